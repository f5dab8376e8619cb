"""Reads lines as the program does, and hands back every request instead of counting it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from launchready_tui.logs.layouts import Columns
from launchready_tui.logs.recognise import ANY, Wanted, recognise
from launchready_tui.logs.scan import Scanner, Seen
from launchready_tui.logs.tally import Tally
from launchready_tui.logs.timeline import seconds_of


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a log: `path` as it was logged, without its query; `ms` and `second` None where unknown."""

    method: str
    path: str
    status: str
    ms: float | None
    second: int | None


class Collecting(Tally):
    """Keeps the requests of every block."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []

    def add(self, columns: Columns) -> int:
        """Keep them."""
        durations = [None] * len(columns.calls) if columns.durations is None else list(columns.durations)
        rows = zip(columns.times, columns.calls, columns.statuses, durations, strict=True)
        for moment, call, status, took in rows:
            text = call.decode() if isinstance(call, bytes) else call
            method, _, path = text.partition(" ")
            word = status.decode() if isinstance(status, bytes) else str(status)
            self.requests.append(
                Request(method, path, word, None if took is None else round(took, 6), seconds_of(moment))
            )
        return sum(took is not None for took in durations)


def collect(lines: Sequence[bytes], wanted: Wanted = ANY) -> tuple[list[Request], Seen]:
    """The requests in lines, in the order of their layouts, and what was seen of the lines."""
    tally, seen = Collecting(), Seen()
    scanner = Scanner(recognise(lines, wanted), tally, seen)
    scanner.read(b"".join(line + b"\n" for line in lines))
    return tally.requests, seen


def one(line: str, wanted: Wanted = ANY) -> tuple[Request, str]:
    """The only request of a line, and the title of its format."""
    requests, seen = collect([line.encode()], wanted)
    assert len(requests) == 1, f"{len(requests)} requests, {seen.unparsed} lines not understood: {line}"
    (title,) = seen.formats
    return requests[0], title
