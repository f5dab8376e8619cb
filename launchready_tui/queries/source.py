"""Reads the lines of logs, plain, packed or from standard input, each bounded, whatever is in them."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launchready_tui.errors import InputError
from launchready_tui.logs.blocks import ReadError, Source, open_source
from launchready_tui.text import one_line

CHUNK = 1024 * 1024
LONGEST_LINE = 2 * 1024 * 1024
"""Bytes of a line that are kept; the rest up to the next line end is dropped. (A statement may be long: its shape is
not.)
"""

_DAMAGED = (OSError, EOFError, zlib.error, gzip.BadGzipFile, ReadError)


class Lines:
    """The lines of one log. `cut` says why reading ended early ('': it did not); `torn`: the last line has no end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cut = ""
        self.torn = False

    def read(self, source: Source) -> Iterator[list[str]]:
        """Batches of lines, as text; bytes that are none become a mark."""
        rest = b""
        skipping = False
        data = source.head.removeprefix(b"\xef\xbb\xbf")
        source.head = b""
        while data or (data := self._next(source)):
            chunk, data = data, b""
            if skipping:
                end = chunk.find(b"\n")
                if end < 0:
                    continue
                chunk, skipping = chunk[end:], False
            end = chunk.rfind(b"\n")
            if end >= 0:
                yield _split(rest + chunk[:end])
                rest = chunk[end + 1 :]
                continue
            rest += chunk
            if len(rest) > LONGEST_LINE:
                rest, skipping = rest[:LONGEST_LINE], True
        self.torn = bool(rest)
        if rest:
            yield _split(rest)

    def _next(self, source: Source) -> bytes:
        try:
            data = source.stream.read(CHUNK)
            if not data:
                # Whether a program that unpacks was content shows at the end, which `blocks` looks at.
                for _ in source.blocks():
                    pass
        except _DAMAGED as error:
            return self._damaged(error)
        except Exception as error:  # the zstd module of the standard library has an error class of its own
            if type(error).__name__ != "ZstdError":
                raise
            return self._damaged(error)
        return data

    def _damaged(self, error: Exception) -> bytes:
        self.cut = f"damaged: {one_line(str(error) or type(error).__name__, 80)}"
        return b""


def _split(data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").removesuffix("\r")
    return [line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] for line in text.split("\n")]


@contextmanager
def opened(path: Path | None, lines: Lines) -> Iterator[Source]:
    """A log to be read; None is standard input. Raises `InputError` for what cannot be opened."""
    try:
        source = open_source("-" if path is None else str(path), stdin=sys.stdin.buffer)
    except (ReadError, ValueError) as error:
        told = one_line(str(error), 120).rstrip(".")
        raise InputError(f"{lines.name} cannot be read: {told}.", "Name log files, or - for standard input.") from None
    try:
        yield source
    finally:
        source.close()
