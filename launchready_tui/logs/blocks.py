"""Logs as blocks of whole lines: plain files and parts of them, gzip, zstd, pipes. Bounded, whatever a log holds.

Every block ends with a line feed. A line that is longer than `BLOCK` is left out and counted.
"""

from __future__ import annotations

import gzip
import importlib
import io
import os
import shutil
import stat
import subprocess
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from launchready_tui.errors import InputError

BLOCK = 256 * 1024
"""Bytes that are read at once, and the longest line."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_STDIN = "-"


class ReadError(Exception):
    """A log cannot be read on: the message says why. What was read before counts."""


class Readable(Protocol):
    """What a source reads from."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Source:
    """An opened log. `kind`: plain, gzip, zstd. `read` counts the bytes that were taken from the file or pipe."""

    stream: Readable
    kind: str
    limit: int = -1
    head: bytes = b""
    overlong: int = 0
    read: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _below: IO[bytes] | None = field(default=None, repr=False)

    def blocks(self) -> Iterator[bytes]:
        """All lines. Raises `ReadError` where the source ends as it should not."""
        rest = b""
        skipping = False
        while data := self._next():
            if skipping:
                end = data.find(b"\n")
                if end < 0:
                    continue
                data = data[end + 1 :]
                skipping = False
            cut = data.rfind(b"\n") + 1
            if cut:
                yield rest + data[:cut] if rest else data[:cut]
                rest = data[cut:]
            else:
                rest += data
            if len(rest) > BLOCK:
                self.overlong += 1
                rest, skipping = b"", True
        if rest:
            yield rest + b"\n"
        self._finish()

    def _next(self) -> bytes:
        if self.head:
            data, self.head = self.head, b""
            return data
        wanted = BLOCK if self.limit < 0 else min(BLOCK, self.limit)
        if not wanted:
            return b""
        try:
            # Of packed data what was unpacked so far: where they end in the middle, that much can still be told.
            data = self.stream.read1(wanted) if isinstance(self.stream, gzip.GzipFile) else self.stream.read(wanted)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ReadError(f"the compressed data end or break in the middle ({type(error).__name__})") from None
        except OSError as error:
            raise ReadError(error.strerror or type(error).__name__) from None
        except Exception as error:  # the zstd module of the standard library has an error class of its own
            if type(error).__name__ != "ZstdError":
                raise
            raise ReadError("the compressed data break in the middle") from None
        if self.limit >= 0:
            self.limit -= len(data)
        self.read += len(data)
        return data

    @property
    def taken(self) -> int:
        """Bytes that were taken from the file as it lies on the disk, or from a pipe."""
        if self._below is not None:
            with suppress(OSError, ValueError):
                return self._below.tell()
        return self.read

    def _finish(self) -> None:
        if self._process is not None and self._process.wait():
            raise ReadError("the compressed data end or break in the middle (zstd)")

    def close(self) -> None:
        """Give back what is held open."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self.stream, self._below):
            if stream is not None:
                with suppress(OSError, ValueError):
                    stream.close()


def kind_of(head: bytes) -> str:
    """How data are compressed, by how they begin."""
    return "gzip" if head.startswith(_GZIP) else "zstd" if head.startswith(_ZSTD) else "plain"


def is_file(path: str) -> bool:
    """Whether a path names a regular file (not a pipe, not stdin)."""
    return path != _STDIN and stat.S_ISREG(Path(path).stat().st_mode)


def open_source(path: str, start: int = 0, end: int = -1, *, stdin: IO[bytes] | None = None) -> Source:
    """Open a log, or of a plain file the lines that begin from `start` up to `end` (-1: all of it).

    Raises `ReadError`, and `InputError` where a program that unpacks it is missing.
    """
    stream: IO[bytes]
    if path == _STDIN and stdin is not None:
        # Raw, so that what a pipe holds is read when it is there and not when it fills a buffer.
        stream = getattr(stdin, "raw", stdin)
    else:
        try:
            stream = open(path, "rb", buffering=0)  # noqa: SIM115, PTH123 - the source closes it
        except OSError as error:
            raise ReadError(error.strerror or type(error).__name__) from None
    if start or end >= 0:
        return _part(stream, start, end)
    try:
        head = _fill(stream, 4)
    except OSError as error:
        stream.close()
        raise ReadError(error.strerror or type(error).__name__) from None
    kind = kind_of(head)
    if kind == "plain":
        return Source(stream, kind, head=head)
    if kind == "gzip":
        return Source(gzip.GzipFile(fileobj=_joined(head, stream), mode="rb"), kind, _below=stream)
    return _zstd(path, head, stream)


def _fill(stream: IO[bytes], wanted: int) -> bytes:
    """The first bytes; a pipe may hand them over one by one."""
    data = b""
    while len(data) < wanted and (more := stream.read(wanted - len(data))):
        data += more
    return data


def _part(stream: IO[bytes], start: int, end: int) -> Source:
    """The lines that begin within a part of a plain file: the last may end beyond it, where the next part begins."""
    size = os.fstat(stream.fileno()).st_size
    end = size if end < 0 else min(end, size)
    begin = _line_from(stream, start, size)
    finish = _line_from(stream, end, size)
    stream.seek(begin)
    return Source(stream, "plain", limit=max(0, finish - begin))


def _line_from(stream: IO[bytes], place: int, size: int) -> int:
    """Where the first line begins that does not begin before `place`; `size` where none does."""
    if not 0 < place < size:
        return min(place, size)
    at = place - 1
    stream.seek(at)
    while data := stream.read(64 * 1024):
        found = data.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(data)
    return size


class _Joined(io.RawIOBase):
    """What was read to look at, followed by the rest."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As every raw file."""
        data = self._head[: len(buffer)] or self._stream.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _joined(head: bytes, stream: IO[bytes]) -> io.BufferedReader:
    return io.BufferedReader(_Joined(head, stream), BLOCK)


def _zstd_module() -> Any:
    """The standard library's module; None before Python 3.14."""
    with suppress(ImportError):
        return importlib.import_module("compression.zstd")
    return None


def _zstd(path: str, head: bytes, stream: IO[bytes]) -> Source:
    """Unpack with the standard library (Python 3.14) or with the program `zstd`."""
    module = _zstd_module()
    if module is not None:
        return Source(module.ZstdFile(_joined(head, stream)), "zstd", _below=stream)
    program = shutil.which("zstd")
    if program is None:
        stream.close()
        raise InputError(
            f"{path} is packed with zstd, which neither this Python (3.14 can) nor a program here unpacks.",
            "Install zstd, or unpack it first: zstd -d FILE.",
        )
    process = subprocess.Popen(  # noqa: S603 - a fixed program; the log goes to its input
        [program, "-dcq", "-M256MB"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None
    assert process.stdout is not None
    threading.Thread(target=_feed, args=(head, stream, process.stdin), daemon=True).start()
    return Source(process.stdout, "zstd", _process=process, _below=stream)


def _feed(head: bytes, stream: IO[bytes], into: IO[bytes]) -> None:
    """Hand a packed log to the program that unpacks it, until one of the two ends."""
    with suppress(OSError, ValueError), into:
        into.write(head)
        shutil.copyfileobj(stream, into, BLOCK)
