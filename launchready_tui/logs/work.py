"""One process's share of a reading: parts of files, read one after the other into one tally.

Started by `crew` as `python -m launchready_tui.logs.work`, it takes its orders from stdin and hands its result to
stdout. It stops after the block at hand when stdin is closed, and its result is then that of what it read.
"""

from __future__ import annotations

import os
import select
import sys
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

import msgspec

from launchready_tui.errors import InputError
from launchready_tui.logs import w3c
from launchready_tui.logs.blocks import ReadError, Source, open_source
from launchready_tui.logs.dialects import DIALECTS
from launchready_tui.logs.jsonlog import JsonLayout
from launchready_tui.logs.layouts import Layout, TextLayout
from launchready_tui.logs.plan import Plan, text_layouts
from launchready_tui.logs.recognise import Wanted, layouts_of
from launchready_tui.logs.scan import Scanner, Seen
from launchready_tui.logs.tally import RouteTally, Tally
from launchready_tui.logs.timeline import Timeline

PIECE = 1 << 20
"""Bytes of durations that are handed over at once."""

_LENGTH = 8
_SHOW_EVERY = 64


@dataclass(frozen=True, slots=True)
class Job:
    """A part of a file: the lines that begin from `start` up to `end` (-1: to its end).

    `layouts` are names and titles, in order.
    """

    file: int
    path: str
    start: int = 0
    end: int = -1
    layouts: tuple[tuple[str, str], ...] = ()
    wrapped: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True)
class Orders:
    """All parts of one process. `most_exact` durations are kept one by one."""

    jobs: tuple[Job, ...]
    wanted: Wanted
    most_exact: int


@dataclass(frozen=True, slots=True)
class RouteHead:
    """A route in a result: its counts, and how many durations follow as raw numbers, in the order of the routes."""

    method: str
    route: str
    count: int
    statuses: dict[str, int]
    values: int
    buckets: dict[int, int]
    total: float
    top: float


@dataclass(frozen=True, slots=True)
class Result:
    """What a process read. `seen` is by file, `failed` says why a file was not read to its end, `stopped` that it was
    told to stop.
    """

    routes: list[RouteHead]
    step: int
    slots: dict[int, int]
    first: int | None
    last: int | None
    back: int
    seen: dict[int, Seen]
    failed: dict[int, str]
    stopped: bool


@dataclass(slots=True)
class Share:
    """What was read so far."""

    tally: Tally
    seen: dict[int, Seen] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    stopped: bool = False


def described(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The layouts of a plan by name and title, for a job."""
    return tuple((layout.name, layout.title) for layout in plan.first)


def plan_of(job: Job, wanted: Wanted) -> Plan:
    """The plan that a job describes."""
    known: dict[str, Layout] = {layout.name: layout for layout in text_layouts()}
    known |= {dialect.name: JsonLayout(dialect) for dialect in DIALECTS}
    known |= {layout.name: layout for layout in layouts_of(wanted)}
    first = []
    for name, title in job.layouts:
        layout = w3c.layout_of(name.removeprefix("w3c:").encode()) if name.startswith("w3c:") else known.get(name)
        if isinstance(layout, TextLayout):
            layout.title = title
        if layout is not None:
            first.append(layout)
    return Plan(tuple(first), job.wrapped, job.only)


def scan_source(
    source: Source,
    plan: Plan,
    share: Share,
    file: int,
    stop: Callable[[], bool],
    shown: Callable[[int], None] = lambda count: None,
    blocks: Iterator[bytes] | None = None,
) -> None:
    """Read a source to its end, or until `stop` says so. `shown` gets the bytes that were taken since the last call.

    `blocks` are those of the source, where some were taken already.
    """
    seen = share.seen.setdefault(file, Seen())
    scanner = Scanner(plan, share.tally, seen)
    told = 0
    try:
        for number, block in enumerate(blocks or source.blocks()):
            if stop():
                share.stopped = True
                break
            scanner.read(block)
            if number % _SHOW_EVERY == _SHOW_EVERY - 1:
                shown(source.taken - told)
                told = source.taken
    except ReadError as error:
        share.failed[file] = str(error)
    finally:
        seen.overlong += source.overlong
        shown(source.taken - told)


def read_jobs(orders: Orders, stop: Callable[[], bool], shown: Callable[[int], None]) -> Share:
    """Read all parts, one after the other."""
    share = Share(Tally(orders.most_exact))
    for job in orders.jobs:
        if stop():
            share.stopped = True
            break
        try:
            source = open_source(job.path, job.start, job.end)
        except (ReadError, InputError) as error:
            share.failed[job.file] = str(error)
            continue
        try:
            scan_source(source, plan_of(job, orders.wanted), share, job.file, stop, shown)
        finally:
            source.close()
        if job.end >= 0 and source.limit > 0 and not share.stopped and job.file not in share.failed:
            share.failed[job.file] = "it became shorter while it was read"
    return share


def result_of(share: Share) -> tuple[Result, Iterator[array[float]]]:
    """The result, and the durations that follow it."""
    routes = share.tally.routes
    heads = [_head(method, route, tally) for (method, route), tally in routes.items()]
    timeline = share.tally.timeline
    result = Result(
        heads,
        timeline.step,
        timeline.slots,
        timeline.first,
        timeline.last,
        timeline.back,
        share.seen,
        share.failed,
        share.stopped,
    )
    return result, (tally.durations.values for tally in routes.values())


def _head(method: str, route: str, tally: RouteTally) -> RouteHead:
    durations = tally.durations
    total, top = durations.folded_sums
    return RouteHead(
        method, route, tally.count, dict(tally.statuses), len(durations.values), dict(durations.buckets), total, top
    )


def timeline_of(result: Result) -> Timeline:
    """The timeline of a result."""
    return Timeline(result.step, result.slots, result.first, result.last, result.back)


def main() -> None:
    """Take orders, read, hand over."""
    orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=Orders)
    out = sys.stdout.buffer

    def stop() -> bool:
        return bool(select.select([sys.stdin.fileno()], [], [], 0)[0])

    def shown(count: int) -> None:
        send(out, b"p", str(count).encode())

    result, values = result_of(read_jobs(orders, stop, shown))
    send(out, b"r", msgspec.msgpack.encode(result))
    for each in values:
        view = memoryview(each).cast("B")
        for begin in range(0, len(view), PIECE):
            out.write(view[begin : begin + PIECE])
    out.flush()


def send(out: IO[bytes], kind: bytes, data: bytes) -> None:
    """One message: its kind, its length, itself."""
    out.write(kind + len(data).to_bytes(_LENGTH, "big") + data)
    out.flush()


def receive(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """One message; an empty kind at the end."""
    kind = stream.read(1)
    if not kind:
        return b"", b""
    return kind, stream.read(int.from_bytes(stream.read(_LENGTH), "big"))


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(1)
