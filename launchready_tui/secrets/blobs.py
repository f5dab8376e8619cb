"""Reads blobs out of a repository and hands each to a worker, several at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from launchready_tui.secrets.gitcommand import GitFailed, Repository

WORKERS = max(2, min(8, os.cpu_count() or 2))
_SLICE = 256
"""Blobs that a worker takes at once; their names fit into a pipe's buffer."""


class Stopped(Exception):
    """Nobody waits for the answer any more."""


def for_each_blob(
    repository: Repository, blobs: Sequence[bytes], work: Callable[[bytes, bytes], None], stop: threading.Event
) -> int:
    """Call `work(blob, data)` for every blob that git can read; returns how many it could not.

    Raises `GitFailed` and `Stopped`.

    `work` is called from several threads. The engine lets go of Python's lock while it matches, so threads use all
    processors.
    """
    slices = iter([blobs[at : at + _SLICE] for at in range(0, len(blobs), _SLICE)])
    lock = threading.Lock()

    def take() -> Sequence[bytes]:
        with lock:
            return next(slices, ())

    def run() -> int:
        unread = 0
        with repository.running("cat-file", "--batch", stdin=True) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            while part := take():
                child.stdin.write(b"\n".join(part) + b"\n")
                child.stdin.flush()
                for blob in part:
                    if stop.is_set():
                        raise Stopped
                    data = _next(child.stdout)
                    if data is None:
                        unread += 1
                    else:
                        work(blob, data)
        return unread

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="blobs") as pool:
        runs = [pool.submit(run) for _ in range(min(WORKERS, len(blobs) // _SLICE + 1))]
        try:
            return sum(done.result() for done in runs)
        except BrokenPipeError:
            raise GitFailed("git went away while objects were read") from None


def _next(stdout: IO[bytes]) -> bytes | None:
    """The next object of a `cat-file --batch`; None for one that is not there.

    Raises `GitFailed` where git went away.
    """
    header = stdout.readline()
    if not header:
        raise GitFailed("git went away while objects were read")
    parts = header.split()
    if len(parts) != 3:
        return None
    size = int(parts[2])
    data = stdout.read(size)
    if len(data) != size or stdout.read(1) != b"\n":
        raise GitFailed("git went away in the middle of an object")
    return data
