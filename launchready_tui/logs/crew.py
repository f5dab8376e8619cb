"""Reads in several processes, one a core, and puts their results together."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO

import msgspec

from launchready_tui.logs.scan import Seen
from launchready_tui.logs.tally import Route, RouteTally
from launchready_tui.logs.timeline import Timeline
from launchready_tui.logs.work import PIECE, Orders, Result, RouteHead, receive, timeline_of

_LOOK_EVERY = 0.2
_PATIENCE_AT_END = 10.0
_WIDTH = array("f").itemsize


class Gathered:
    """The results of all processes: `seen` and `failed` by file; `lost` are the files of those that gave none."""

    def __init__(self) -> None:
        self.routes: dict[Route, RouteTally] = {}
        self.timeline = Timeline()
        self.seen: list[dict[int, Seen]] = []
        self.failed: dict[int, str] = {}
        self.stopped = False
        self.lost: list[int] = []
        self._lock = threading.Lock()

    def take(self, result: Result, stream: IO[bytes]) -> None:
        """Add a result and the durations that follow it on its stream. Raises `EOFError` where they do not."""
        for head in result.routes:
            values = array("f")
            wanted = head.values * _WIDTH
            with self._lock:
                tally = self.routes.setdefault((head.method, head.route), RouteTally())
                _add(tally, head)
            while wanted:
                data = stream.read(min(wanted, PIECE))
                if len(data) % _WIDTH or not data:
                    raise EOFError
                values.frombytes(data)
                wanted -= len(data)
                with self._lock:
                    tally.durations.values.extend(values)
                values = array("f")
        with self._lock:
            self.timeline.merge(timeline_of(result))
            self.seen.append(result.seen)
            self.failed.update(result.failed)
            self.stopped = self.stopped or result.stopped


def _add(tally: RouteTally, head: RouteHead) -> None:
    tally.count += head.count
    tally.statuses.update(head.statuses)
    tally.durations.merge(array("f"), head.buckets, head.total, head.top)


def read_together(
    orders: Sequence[Orders], stop: threading.Event, shown: Callable[[int], None] | None = None
) -> Gathered:
    """Start a process for each of the orders and wait for all. `stop` makes them hand over what they have."""
    gathered = Gathered()
    messages: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    children = [_start(each) for each in orders]
    listeners = [
        threading.Thread(target=_listen, args=(child, each, gathered, messages), daemon=True)
        for child, each in zip(children, orders, strict=True)
    ]
    try:
        for listener in listeners:
            listener.start()
        _wait(children, messages, stop, shown)
    finally:
        for child in children:
            _end(child)
    return gathered


def _start(orders: Orders) -> subprocess.Popen[bytes]:
    # -P: modules that lie in the current folder are not ours to import.
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "launchready_tui.logs.work"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert child.stdin is not None
    with suppress(OSError):
        child.stdin.write(msgspec.json.encode(orders) + b"\n")
        child.stdin.flush()
    return child


def _listen(
    child: subprocess.Popen[bytes], orders: Orders, gathered: Gathered, messages: queue.SimpleQueue[int | None]
) -> None:
    """Hear a process out. At the end comes None, whatever happened."""
    assert child.stdout is not None
    done = False
    try:
        while not done:
            kind, data = receive(child.stdout)
            if kind == b"p":
                messages.put(int(data))
            elif kind == b"r":
                gathered.take(msgspec.msgpack.decode(data, type=Result, strict=False), child.stdout)
                done = True
            else:
                break
    except (OSError, EOFError, ValueError, msgspec.DecodeError):
        done = False
    finally:
        if not done:
            gathered.lost += [job.file for job in orders.jobs]
        messages.put(None)


def _wait(
    children: Sequence[subprocess.Popen[bytes]],
    messages: queue.SimpleQueue[int | None],
    stop: threading.Event,
    shown: Callable[[int], None] | None,
) -> None:
    """Wait until every process was heard out; pass on how far they are, and that they should stop."""
    running, told = len(children), False
    while running:
        if stop.is_set() and not told:
            told = True
            for child in children:
                assert child.stdin is not None
                with suppress(OSError):
                    child.stdin.close()
        try:
            message = messages.get(timeout=_LOOK_EVERY)
        except queue.Empty:
            continue
        if message is None:
            running -= 1
        elif shown is not None:
            shown(message)


def _end(child: subprocess.Popen[bytes]) -> None:
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    try:
        child.wait(_PATIENCE_AT_END)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
