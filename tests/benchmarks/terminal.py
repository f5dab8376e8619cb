"""A program in a pseudo terminal that answers queries as a terminal does, with the moment at which each byte came."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLUMNS, ROWS = 120, 36

FRAME_END = b"\x1b[?2026l"
"""The end of a synchronized update: what came before it is on the glass."""

_CONTROLS = re.compile(rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78]")

_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>1;10;0c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[5n": b"\x1b[0n",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
    b"\x1b]10;?": b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
    b"\x1b]11;?": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
}
"""Device attributes, cursor and status reports, modes 2026 (yes) and 2048 (unknown), colours."""


class NotShown(Exception):
    """What was waited for did not come in time."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a program used until it ended: resident memory at its highest in MiB, processor time in seconds."""

    peak_mib: float
    cpu: float


class Terminal:
    """Starts a program; times are `time.perf_counter` seconds since just before it was started."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: str) -> None:
        full = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env}
        full.pop("NO_COLOR", None)
        self.began = time.perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execvpe(command[0], list(command), full)
        self.output = bytearray()
        self._arrivals: list[tuple[int, float]] = []
        self._answered = 0

    def now(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.began

    def send(self, data: bytes) -> float:
        """Type something; when that was."""
        at = self.now()
        os.write(self._fd, data)
        return at

    def _read(self, seconds: float) -> bool:
        """Take in what has come, waiting at most that long; whether anything came."""
        ready, _, _ = select.select([self._fd], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            data = os.read(self._fd, 65_536)
        except OSError:
            data = b""
        if not data:
            raise NotShown(f"the program ended: {self.text(-2_000)}")
        at = self.now()
        self.output += data
        self._arrivals.append((len(self.output), at))
        self._answer()
        return True

    def _answer(self) -> None:
        """Answer the queries in what has come since the last look."""
        fresh = bytes(self.output[max(0, self._answered - 16) :])
        start = max(0, self._answered - 16)
        done = self._answered
        for query, answer in _ANSWERS.items():
            at = fresh.find(query)
            while at >= 0:
                if start + at + len(query) > done:
                    os.write(self._fd, answer)
                at = fresh.find(query, at + 1)
        self._answered = len(self.output)

    def arrival(self, position: int) -> float:
        """When the byte at a position of the output came."""
        return next(at for end, at in self._arrivals if end > position)

    def wait_for(self, *marks: str, seconds: float = 30.0) -> float:
        """When the frame was complete after which all marks had been drawn. A mark is text of one style."""
        wanted = [mark.encode() for mark in marks]
        until = self.now() + seconds
        while True:
            places = [self.output.find(mark) for mark in wanted]
            if min(places) >= 0:
                end = self.output.find(FRAME_END, max(places))
                if end >= 0:
                    return self.arrival(end + len(FRAME_END) - 1)
            left = until - self.now()
            if left <= 0:
                missing = [mark for mark, at in zip(marks, places, strict=True) if at < 0]
                raise NotShown(f"{missing or marks} not drawn within {seconds:.0f} s: {self.text(-3_000)}")
            self._read(min(left, 1.0))

    def frames(self, start: int) -> list[float]:
        """When each frame ended that lies after a position of the output."""
        found: list[float] = []
        at = self.output.find(FRAME_END, start)
        while at >= 0:
            found.append(self.arrival(at + len(FRAME_END) - 1))
            at = self.output.find(FRAME_END, at + 1)
        return found

    def settle(self, quiet: float = 0.25, *, first: float = 0.0, most: float = 10.0) -> bool:
        """Read until nothing has come for a while; whether anything came. The first byte may take `first` seconds."""
        until = self.now() + most
        if not self._read(max(first, quiet)):
            return False
        while self._read(quiet) and self.now() < until:
            pass
        return True

    def text(self, start: int = 0) -> str:
        """The output from a position on, without its controls."""
        return _CONTROLS.sub(b"", bytes(self.output[start:])).decode(errors="replace")

    def kill(self) -> Usage:
        """End the program at once."""
        os.kill(self._pid, signal.SIGKILL)
        _, _, used = os.wait4(self._pid, 0)
        os.close(self._fd)
        return Usage(used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)
