"""Pure: statements counted by shape, request and endpoint, in memory that does not grow with the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from launchready_tui.logs.durations import ERROR
from launchready_tui.model.questions.querylog import EndpointLoad, LogFile, QueryLogFacts, Tie, Ties
from launchready_tui.queries.fingerprint import shape
from launchready_tui.queries.lexing import Dialect, is_open, take_comments
from launchready_tui.queries.requests import Bursts, Requests, Unit
from launchready_tui.queries.shapes import Shape, is_control
from launchready_tui.queries.statement import Statement
from launchready_tui.queries.tags import NO_TAGS, Tags, read_tags
from launchready_tui.text import one_line

MOST_SHAPES = 5_000
"""Shapes that are counted apart. Beyond, the quarter with the least time is folded into `other`."""

MOST_EXACT = 30_000_000
"""Durations that are held one by one (four bytes each); beyond, in narrow buckets."""

MOST_ENDPOINTS = 1_000
_MOST_KNOWN, _LONGEST_KNOWN = 4_096, 4_000
_COMPLETE_MS = 1.0
_ENOUGH = 20


@dataclass(slots=True)
class _Endpoint:
    requests: int = 0
    queries: int = 0
    most: int = 0
    us: int = 0


@dataclass(slots=True)
class Digest:
    """Takes statements one by one. `fine` says whether the log has parts of a second (bursts need them); `cut` counts
    statements of which a log holds the beginning only.
    """

    most_shapes: int = MOST_SHAPES
    most_exact: int = MOST_EXACT
    fine: Callable[[], bool] = lambda: True
    begin: float | None = None
    end: float | None = None
    floor_us: int = -1
    folded: int = 0
    cut: int = 0
    _shapes: dict[str, Shape] = field(default_factory=dict)
    _numbers: dict[int, Shape] = field(default_factory=dict)
    _known: dict[tuple[str, Dialect], Shape] = field(default_factory=dict)
    _other: Shape = field(default_factory=lambda: Shape("(other statements)", 0))
    _endpoints: dict[str, _Endpoint] = field(default_factory=dict)
    _ties: dict[str, int] = field(default_factory=dict)
    _next: int = 1
    _until_check: int = 1_000_000
    _requests: Requests = field(init=False)
    _bursts: Bursts = field(init=False)

    def __post_init__(self) -> None:
        self._requests = Requests(self._unit)
        self._bursts = Bursts(self._unit)

    def add(self, item: Statement) -> None:
        """One statement."""
        if item.end and self._is_cut(item):
            self.cut += 1
            return
        found, tags = self._shape(item)
        found.add(item, tags)
        if item.again:
            return
        at = item.at
        if at is not None:
            if self.begin is None or at < self.begin:
                self.begin = at
            if self.end is None or at > self.end:
                self.end = at
        us = item.us
        if us >= 0 and (self.floor_us < 0 or us < self.floor_us) and not found.control:
            self.floor_us = us
        self._tie(found, item, tags)
        self._until_check -= 1
        if self._until_check <= 0:
            self._bound()

    def _is_cut(self, item: Statement) -> bool:
        """Whether the last statement of a log lacks its end. Where the log has no mark for it, a text that is open, or
        one at a torn line that has no shape met before: an editor may have taken the last line's end away.
        """
        sql = item.sql.strip()
        if not sql or is_open(sql, item.dialect):
            return True
        if item.end == "line" or sql.endswith((";", "*/")):
            return False
        return shape(take_comments(sql, item.dialect)[0], item.dialect) not in self._shapes

    def _shape(self, item: Statement) -> tuple[Shape, Tags]:
        bare, comments = take_comments(item.sql, item.dialect)
        tags = read_tags(comments) if comments else NO_TAGS
        key = (bare, item.dialect)
        found = self._known.get(key)
        if found is not None:
            return found, tags
        text = shape(bare, item.dialect)
        found = self._shapes.get(text)
        if found is None:
            if len(self._shapes) >= self.most_shapes:
                self._fold()
            found = self._shapes[text] = Shape(text, self._next, is_control(text))
            self._numbers[self._next] = found
            self._next += 1
        # Statements with parameters come again and again as they are; those with values do not, and make room.
        if len(bare) <= _LONGEST_KNOWN:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = found
        return found, tags

    def _tie(self, found: Shape, item: Statement, tags: Tags) -> None:
        tie: Tie = "request-id" if tags.request else "traceparent" if tags.trace else ""
        kind = tie or ("route" if tags.endpoint else "application-name" if tags.application or item.application else "")
        self._ties[kind] = self._ties.get(kind, 0) + 1
        if found.control or item.trouble:
            return
        if tie:
            self._requests.add(tags.unit, tie, tags.endpoint, found.number, item.us)
        elif item.at is not None and item.session:
            self._bursts.add(item.session, item.at, found.number, item.us)

    def _unit(self, unit: Unit) -> None:
        """A finished request or burst."""
        if unit.tie == "burst" and not self.fine():
            return
        for number, times in unit.shapes.items():
            known = self._numbers.get(number)
            if known is not None:
                known.repeats.add(unit, times)
                if unit.endpoint and (unit.endpoint, "route") not in known.endpoints:
                    key: tuple[str, Tie] = (unit.endpoint, unit.tie)
                    known.endpoints[key] = known.endpoints.get(key, 0) + times
        if unit.tie != "burst":
            name = unit.endpoint
            if name not in self._endpoints and len(self._endpoints) >= MOST_ENDPOINTS:
                return
            endpoint = self._endpoints.setdefault(name, _Endpoint())
            endpoint.requests += 1
            endpoint.queries += unit.count
            endpoint.most = max(endpoint.most, unit.count)
            endpoint.us += unit.us

    # ---------------------------------------------------------------------------------------------------------- bounds

    def _fold(self) -> None:
        """Forget the quarter of the shapes with the least time: their calls and time stay, as `other`."""
        ranked = sorted(self._shapes.values(), key=lambda item: (item.us, item.calls))
        for item in ranked[: max(1, len(ranked) // 4)]:
            other = self._other
            other.calls += item.calls
            other.timed += item.timed
            other.us += item.us
            other.longest = max(other.longest, item.longest)
            other.troubles += item.troubles
            del self._shapes[item.text], self._numbers[item.number]
            self.folded += 1
        self._known.clear()

    def _bound(self) -> None:
        """Now and then: are there more single durations than may be held? The longest lists go into buckets."""
        self._until_check = 1_000_000
        held = sum(len(item.durations.values) for item in self._shapes.values())
        for item in sorted(self._shapes.values(), key=lambda item: -len(item.durations.values)):
            if held <= self.most_exact:
                break
            held -= len(item.durations.values)
            item.durations.fold()

    # ---------------------------------------------------------------------------------------------------------- result

    def facts(
        self,
        top: int,
        *,
        files: tuple[LogFile, ...] = (),
        other_lines: int = 0,
        sampled: str = "",
        notices: tuple[str, ...] = (),
    ) -> QueryLogFacts:
        """The digest of all that was added. `sampled` says that the log itself tells of being a sample."""
        self._requests.finish()
        self._bursts.finish()
        shapes = sorted(self._shapes.values(), key=lambda item: (-item.us, -item.calls, item.text))
        every = [*shapes, self._other]
        all_us = sum(item.us for item in every)
        timed = sum(item.timed for item in every)
        rest = [*shapes[top:], self._other]
        endpoints = sorted(self._endpoints.items(), key=lambda item: (-item[1].us, -item[1].queries, item[0]))
        return QueryLogFacts(
            files=files,
            lines=sum(file.lines for file in files),
            unparsed=sum(file.unparsed for file in files),
            other_lines=other_lines,
            statements=sum(item.calls for item in every),
            timed=timed,
            total_ms=round(all_us / 1000, 3),
            begin=self.begin,
            end=self.end,
            lower_bound=sampled or self._threshold(timed),
            floor_ms=round(max(self.floor_us, 0) / 1000, 3),
            ties=Ties(
                self._ties.get("request-id", 0),
                self._ties.get("traceparent", 0),
                self._ties.get("route", 0),
                self._ties.get("application-name", 0),
                self._ties.get("", 0),
            ),
            queries=tuple(item.load(all_us) for item in shapes[:top]),
            endpoints=tuple(_endpoint(name, item) for name, item in endpoints[:top]),
            shapes=len(shapes) + self.folded,
            more=len(shapes[top:]) + self.folded,
            more_ms=round(sum(item.us for item in rest) / 1000, 3),
            folded=self.folded,
            percentile_error=0.0 if all(item.durations.exact for item in shapes) else ERROR,
            troubles=sum(item.troubles for item in every),
            notices=notices,
        )

    def _threshold(self, timed: int) -> str:
        """Whether only slow statements were logged. Every product has some that take less than a millisecond."""
        floor = self.floor_us / 1000
        if timed < _ENOUGH or floor < _COMPLETE_MS:
            return ""
        return f"no statement under {floor:,.0f} ms was logged: calls and totals are lower bounds"


def _endpoint(name: str, item: _Endpoint) -> EndpointLoad:
    mean = round(item.queries / item.requests, 2) if item.requests else 0.0
    return EndpointLoad(one_line(name, 120), item.requests, mean, item.most, round(item.us / 1000, 3))
