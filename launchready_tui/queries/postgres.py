"""Pure: what PostgreSQL's messages say about statements, whatever form of log they came in.

A statement may be told in one message (`duration: … statement: …`, from log_min_duration_statement), in two of one
session (`statement: …` from log_statement, then a bare `duration: …` from log_duration), and its plan in one more
(auto_explain): before it in the simple protocol, behind it in the extended one. Each execution is handed on once.
Parsing and binding of the extended protocol have messages of their own; they are counted apart, never as calls.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field

from launchready_tui.model.questions.plans import PlanNode
from launchready_tui.queries.clock import Clock
from launchready_tui.queries.plans import read_plan
from launchready_tui.queries.postgresprefix import Head
from launchready_tui.queries.statement import MOST_SQL, End, Sink, Statement, microseconds

MOST_SESSIONS = 4_000
"""Sessions whose last message is remembered; beyond, the one that was silent longest is let go."""

MOST_HELD = 64 * 1024 * 1024
"""Characters of statements that wait in all sessions together."""

_LARGE = 4_096
_MOST_PLANS = 20

_DURATION = re.compile(
    r"duration: (?P<ms>\d+(?:\.\d+)?) ms"
    r"(?: {1,2}(?P<kind>statement|execute|parse|bind|plan|fastpath function call)(?P<name>[^:]*+): ?\n?(?P<sql>.*))?\Z",
    re.DOTALL,
)
_NAMED = re.compile(r"(?:statement|execute [^:]*+): ?(?P<sql>.*)\Z", re.DOTALL)
_TIMEOUT = re.compile(r"canceling statement due to (?:statement|transaction) timeout")
_SETTING = re.compile(
    r'parameter "(log_min_duration_statement|log_min_duration_sample|log_statement_sample_rate'
    r'|log_transaction_sample_rate|auto_explain\.log_min_duration|auto_explain\.sample_rate)" changed to "([^"]{0,40})"'
)


@dataclass(slots=True)
class _Session:
    """The last words of a session: a statement that waits for its duration, plans that wait for their statement, the
    execution whose plan may still come.
    """

    waiting: Statement | None = None
    plans: list[Statement] = field(default_factory=list)
    done: Statement | None = None
    timeout: bool = False

    @property
    def held(self) -> int:
        """Characters of the statements that are remembered."""
        known = (self.waiting, self.done, *self.plans)
        return sum(len(item.sql) for item in known if item is not None)


@dataclass(slots=True)
class Tally:
    """What was met beside statements: other messages, phases of the extended protocol and their time, settings; `cut`
    are messages about a statement that a log ended in, and that could not be read.
    """

    other: int = 0
    phases: int = 0
    phase_us: int = 0
    errors: int = 0
    unread_plans: int = 0
    unread_documents: int = 0
    cut: int = 0
    settings: dict[str, str] = field(default_factory=dict)


class Messages:
    """Turns messages into statements. One for all files of a product: a session may go on in the next file."""

    def __init__(self, sink: Sink, clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self.tally = Tally()
        self._end: End = ""

    def message(self, head: Head, statement: str = "", *, end: End = "") -> None:
        """One message, all its lines in `head.message`; `statement` is the text that CSV and JSON keep beside it, `end`
        how the log ends behind its last one.
        """
        severity, text = head.severity, head.message
        self._end = end
        if severity == "LOG":
            if text.startswith("duration: "):
                self._duration(head, text)
            elif text.startswith(("statement: ", "execute ")):
                self._named(head, text)
            else:
                self._setting(text)
        elif severity in ("ERROR", "FATAL", "PANIC"):
            self._error(head, statement)
        elif severity == "STATEMENT":
            self._statement_of_error(head, text)
        elif severity not in ("DETAIL", "HINT", "CONTEXT", "QUERY", "LOCATION", "BACKTRACE"):
            self.tally.other += 1

    def finish(self) -> None:
        """Hand on what still waits."""
        while self._sessions:
            self._release(self._sessions.popitem(last=False)[1])

    # ------------------------------------------------------------------------------------------------------- messages

    def _duration(self, head: Head, text: str) -> None:
        found = _DURATION.match(text)
        if found is None:
            self.tally.other += 1
            return
        us, kind = microseconds(found["ms"]), found["kind"]
        session = self._sessions.get(head.session)
        if kind is None:
            self._bare(session, us, head)
        elif kind in ("statement", "execute"):
            self._told(session or self._session(head.session), self._made(head, found["sql"], us))
        elif kind == "plan":
            self._plan(head, found["sql"], us)
        else:
            self.tally.phases += 1
            self.tally.phase_us += us

    def _told(self, session: _Session, made: Statement) -> None:
        """A statement told in full: whatever waited in its session had no duration, but for a plan of its own."""
        waiting, session.waiting = session.waiting, None
        if waiting is not None and waiting.sql != made.sql:
            self._sink(waiting)
        self._sink(self._with_plan(session, made))
        session.done = made if len(made.sql) <= _LARGE else None

    def _bare(self, session: _Session | None, us: int, head: Head) -> None:
        """A duration by itself: of the statement that the session named before, else of a phase."""
        if session is None or session.waiting is None:
            self.tally.phases += 1
            self.tally.phase_us += us
            return
        waiting, session.waiting = session.waiting, None
        at = self._clock.seconds(head.at)
        timed = Statement(
            waiting.sql, us, waiting.at if at is None else at, waiting.session, waiting.database, waiting.user,
            waiting.application,
        )  # fmt: skip
        self._sink(self._with_plan(session, timed))
        session.done = timed if len(timed.sql) <= _LARGE else None

    def _named(self, head: Head, text: str) -> None:
        found = _NAMED.match(text)
        if found is None:
            self.tally.other += 1
            return
        session = self._session(head.session)
        if session.waiting is not None:
            self._sink(session.waiting)
        session.waiting = self._made(head, found["sql"], -1)
        if len(session.waiting.sql) > _LARGE:
            self._bound()

    def _plan(self, head: Head, text: str, us: int) -> None:
        sql, steps = read_plan(text)
        if not sql:
            self.tally.unread_plans += 1
            return
        session = self._session(head.session)
        done = session.done
        # The plan's time is a little less than that of the whole execution.
        if done is not None and us <= done.us <= 2 * us + 1_000 and _same(done.sql, sql):
            session.done = None
            self._sink(self._made(head, sql, us, steps, again=True))
            return
        if len(session.plans) >= _MOST_PLANS:
            self._sink(session.plans.pop(0))
        session.plans.append(self._made(head, sql, us, steps))
        if len(sql) > _LARGE:
            self._bound()

    def _error(self, head: Head, statement: str) -> None:
        self.tally.errors += 1
        timeout = _TIMEOUT.search(head.message[:400]) is not None
        if statement:
            self._failed(head, statement, timeout)
        else:
            self._session(head.session).timeout = timeout

    def _statement_of_error(self, head: Head, text: str) -> None:
        session = self._session(head.session)
        timeout, session.timeout = session.timeout, False
        self._failed(head, text, timeout)

    def _failed(self, head: Head, sql: str, timeout: bool) -> None:
        """A statement that did not finish: no duration will follow."""
        session = self._sessions.get(head.session)
        if session is not None and session.waiting is not None and session.waiting.sql == sql:
            session.waiting = None
        self._sink(self._made(head, sql, -1, trouble="timeout" if timeout else "error"))

    def _setting(self, text: str) -> None:
        self.tally.other += 1
        if (found := _SETTING.match(text[:200])) is not None:
            self.tally.settings[found[1]] = found[2]

    # ------------------------------------------------------------------------------------------------------- sessions

    def _session(self, key: str) -> _Session:
        session = self._sessions.get(key)
        if session is not None:
            self._sessions.move_to_end(key)
            return session
        if len(self._sessions) >= MOST_SESSIONS:
            self._release(self._sessions.popitem(last=False)[1])
        return self._sessions.setdefault(key, _Session())

    def _bound(self) -> None:
        """After a large statement: let the sessions go that were silent longest, while they hold too much."""
        held = sum(session.held for session in self._sessions.values())
        while held > MOST_HELD:
            silent = self._sessions.popitem(last=False)[1]
            held -= silent.held
            self._release(silent)

    def _with_plan(self, session: _Session, made: Statement) -> Statement:
        """The statement with its plan, if that was logged just before; other plans were of statements within it."""
        if not session.plans:
            return made
        plans, session.plans = session.plans, []
        mine = next((item for item in reversed(plans) if _same(item.sql, made.sql)), None)
        for item in plans:
            if item is not mine:
                self._sink(item)
        return made if mine is None else _planned(made, mine.plan)

    def _release(self, session: _Session) -> None:
        for item in (*session.plans, *((session.waiting,) if session.waiting else ())):
            self._sink(item)

    def _made(
        self, head: Head, sql: str, us: int, plan: tuple[PlanNode, ...] = (), *, trouble: str = "", again: bool = False
    ) -> Statement:
        return Statement(
            sql[:MOST_SQL],
            us,
            self._clock.seconds(head.at) if head.at else None,
            head.session,
            _known(head.database),
            _known(head.user),
            _known(head.application.strip()),
            trouble=trouble,
            plan=plan,
            again=again,
            end=self._end,
        )


def _known(name: str) -> str:
    """PostgreSQL writes `[unknown]` until a client has said its name."""
    return "" if name == "[unknown]" else name


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same statement; a log may have lost white space at its ends, and tabs within."""
    return one == other or one.split() == other.split()


def _planned(made: Statement, plan: tuple[PlanNode, ...]) -> Statement:
    return Statement(made.sql, made.us, made.at, made.session, made.database, made.user, made.application, plan=plan)
