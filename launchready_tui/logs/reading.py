"""Reads logs: divides the work among the cores, reads pipes as they come, and sums up."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import IO

from launchready_tui.logs import w3c
from launchready_tui.logs.blocks import ReadError, Source, open_source
from launchready_tui.logs.crew import Gathered, read_together
from launchready_tui.logs.files import STDIN, LogFile, distinct, look, recognised
from launchready_tui.logs.recognise import ANY, Wanted, layouts_of, recognise
from launchready_tui.logs.report import FileRead, LogReport, summed_up
from launchready_tui.logs.scan import Seen
from launchready_tui.logs.tally import MOST_EXACT, Tally
from launchready_tui.logs.work import Job, Orders, Share, described, read_jobs, scan_source
from launchready_tui.text import one_line, plural

SMALL = 16 * 1024 * 1024
"""Bytes up to which one process is quicker than starting others."""

_PACKED = 8
"""How much larger a packed log is than its file, about: for dividing the work."""

Shown = Callable[[int, int], None]
"""Is told how many bytes were read, and of how many."""


class Stop(threading.Event):
    """Ends a reading after the block at hand.

    `waiting` is set while a pipe is waited for, which only an exception ends.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waiting = False

    @contextmanager
    def while_waiting(self) -> Iterator[None]:
        """Around what may wait for somebody else."""
        self.waiting = True
        try:
            yield
        finally:
            self.waiting = False


def read(
    paths: Sequence[str | Path],
    wanted: Wanted = ANY,
    *,
    stop: Stop | None = None,
    shown: Shown | None = None,
    workers: int = 0,
    apart: bool = False,
    stdin: IO[bytes] | None = None,
    most_exact: int = MOST_EXACT,
) -> LogReport:
    """Read logs and sum them up. `-` is `stdin`; files may be packed with gzip or zstd; pipes are read as they come.

    `workers`: how many processes read (0: one a core). `apart`: never in this process, so that it stays responsive.
    Raises `InputError` for what is no file, cannot be opened, or is wrong in `wanted`. A file without any line that can
    be read is no error: see `requests` of the report.
    """
    stop = stop or Stop()
    layouts_of(wanted)
    files = [look(path) for path in distinct(paths)]
    share = Share(Tally(most_exact))
    for number, file in enumerate(files):
        if file.size < 0 and not stop.is_set():
            _read_pipe(file, number, wanted, share, stop, stdin)
    files = [recognised(file, wanted) if file.size >= 0 else file for file in files]
    jobs = _divided(files, workers or cores())
    progress = _progress(shown, sum(file.size for file in files if file.size > 0))
    gathered = Gathered()
    if jobs and (len(jobs) > 1 or apart):
        most = max(1, most_exact // len(jobs))
        gathered = read_together([Orders(tuple(part), wanted, most) for part in jobs], stop, progress)
    else:
        for part in jobs:
            _into(gathered, read_jobs(Orders(tuple(part), wanted, most_exact), stop.is_set, progress))
    _into(gathered, share)
    return _report(files, gathered, stop)


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _divided(files: Sequence[LogFile], workers: int) -> list[list[Job]]:
    """The work of each process: large plain files in as many parts as there are processes, others as a whole."""
    if sum(map(_effort, files)) <= SMALL:
        workers = 1
    parts: list[tuple[int, Job]] = []
    for number, file in enumerate(files):
        if file.size < 0:
            continue
        plain = file.kind == "plain"
        count = workers if plain and file.size > SMALL // 4 else 1
        edges = [file.size * place // count for place in range(count)] + [file.size if plain else -1]
        for start, end in pairwise(edges):
            job = Job(number, file.path, start, end, described(file.plan), file.plan.wrapped, file.plan.only)
            parts.append((_effort(file) // count, _with_header(job, file)))
    parts.sort(key=lambda part: -part[0])
    loads = [0] * min(workers, len(parts))
    shares: list[list[Job]] = [[] for _ in loads]
    for effort, job in parts:
        place = loads.index(min(loads))
        loads[place] += effort
        shares[place].append(job)
    return shares


def _effort(file: LogFile) -> int:
    return max(0, file.size) if file.kind == "plain" else file.size * _PACKED


def _with_header(job: Job, file: LogFile) -> Job:
    """A part of a log that names its columns begins with the columns that hold there."""
    before = [line for place, line in file.headers if place <= job.start]
    layout = w3c.layout_of(before[-1]) if before else None
    if layout is None:
        return job
    others = tuple(pair for pair in job.layouts if not pair[0].startswith("w3c:"))
    return replace(job, layouts=((layout.name, layout.title), *others))


def _read_pipe(file: LogFile, number: int, wanted: Wanted, share: Share, stop: Stop, stdin: IO[bytes] | None) -> None:
    """Read what comes through a pipe, as it comes; its first lines tell the format."""
    source: Source | None = None
    try:
        with stop.while_waiting():
            source = open_source(file.path, stdin=stdin or sys.stdin.buffer)
        blocks = source.blocks()
        with stop.while_waiting():
            first = next(blocks, b"")
        plan = recognise(first.split(b"\n"), wanted)
        scan_source(source, plan, share, number, stop.is_set, blocks=_waited(first, blocks, stop))
    except ReadError as error:
        share.failed[number] = str(error)
    except KeyboardInterrupt:
        stop.set()
        share.stopped = True
    finally:
        if source is not None:
            source.close()


def _waited(first: bytes, blocks: Iterator[bytes], stop: Stop) -> Iterator[bytes]:
    """The first block, then the others."""
    if first:
        yield first
    while True:
        with stop.while_waiting():
            block = next(blocks, b"")
        if not block:
            return
        yield block


def _progress(shown: Shown | None, total: int) -> Callable[[int], None]:
    done = 0

    def add(count: int) -> None:
        nonlocal done
        done += count
        if shown is not None:
            shown(done, total)

    return add


def _into(gathered: Gathered, share: Share) -> None:
    """Add what was read in this process."""
    for route, tally in share.tally.routes.items():
        if route in gathered.routes:
            gathered.routes[route].absorb(tally)
        else:
            gathered.routes[route] = tally
    gathered.timeline.merge(share.tally.timeline)
    gathered.seen.append(share.seen)
    gathered.failed.update(share.failed)
    gathered.stopped = gathered.stopped or share.stopped


def _report(files: Sequence[LogFile], gathered: Gathered, stop: Stop) -> LogReport:
    by_file: dict[int, Seen] = {}
    for part in gathered.seen:
        for number, seen in part.items():
            by_file.setdefault(number, Seen()).merge(seen)
    everything = Seen()
    for seen in by_file.values():
        everything.merge(seen)
    interrupted = gathered.stopped or stop.is_set()
    return summed_up(
        gathered.routes,
        gathered.timeline,
        everything,
        tuple(_file_read(file, by_file.get(number, Seen())) for number, file in enumerate(files)),
        tuple(_partial(files, gathered, interrupted=interrupted)),
        interrupted=interrupted,
    )


def _file_read(file: LogFile, seen: Seen) -> FileRead:
    return FileRead(
        path="stdin" if file.path == STDIN else file.path,
        kind="pipe" if file.size < 0 else file.kind,
        size=max(0, file.size),
        lines=seen.lines + seen.overlong,
        unparsed=seen.unparsed + seen.overlong,
        formats=tuple(sorted(seen.formats, key=lambda title: (-seen.formats[title], title))),
    )


def _partial(files: Sequence[LogFile], gathered: Gathered, *, interrupted: bool) -> Iterator[str]:
    if interrupted:
        yield "the reading was stopped before the end"
    for number, why in sorted(gathered.failed.items()):
        path = files[number].path
        yield f"{'stdin' if path == STDIN else one_line(path, 160)}: {why}"
    lost = set(gathered.lost)
    if lost:
        yield f"a process ended without a result: parts of {plural(len(lost), 'file')} are missing"
