"""The logs of the shop, as a small web server and its application write them. They never grow beyond some megabytes."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from launchready_tui.practice.world import Reply

FOLDER = "logs"
"""Where they are, relative to the profile."""

ACCESS, QUERIES, APP = f"{FOLDER}/access.log", f"{FOLDER}/postgres.log", f"{FOLDER}/app.log"

MOST_BYTES = 16_000_000
"""A log that is larger becomes `….1`, which replaces the one before."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\uffff"\\]')


class LogFile:
    """A file that lines are appended to, by any thread or, through `fileno`, by a child of ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._lock = threading.Lock()
        self._since = 0

    def fileno(self) -> int:
        """The descriptor, for a child that writes into the same file."""
        return self._file

    def line(self, text: str) -> None:
        """Append one line."""
        data = text.encode("utf-8", "replace") + b"\n"
        with self._lock, suppress(OSError):
            os.write(self._file, data)
            self._since += len(data)
            if self._since > MOST_BYTES // 16:
                self._since = 0
                self._tidy()

    def tidy(self) -> None:
        """Begin anew if it has grown too large."""
        with self._lock, suppress(OSError):
            self._tidy()

    def rotate(self) -> None:
        """Begin anew; what was there is kept as `….1`."""
        with self._lock, suppress(OSError):
            self._rotate()

    def close(self) -> None:
        """No more lines."""
        with self._lock, suppress(OSError):
            os.close(self._file)
            self._file = -1

    def _tidy(self) -> None:
        if os.fstat(self._file).st_size > MOST_BYTES:
            self._rotate()

    def _rotate(self) -> None:
        """Copy and truncate: whoever else has the file open goes on writing into it."""
        if os.fstat(self._file).st_size:
            shutil.copyfile(self._path, self._path.with_name(f"{self._path.name}.1"))
            os.truncate(self._file, 0)


def access_line(
    request_line: str, headers: dict[str, str], remote: str, reply: Reply, size: int, seconds: float
) -> str:
    """A line in nginx's combined format with the request time in seconds after it."""
    now = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    referer, agent = (_escaped(headers.get(name, "") or "-") for name in ("referer", "user-agent"))
    asked = _escaped(request_line)
    return f'{remote} - - [{now}] "{asked}" {int(reply.status)} {size} "{referer}" "{agent}" {seconds:.3f}'


def call_line(dependency: str, host: str, status: int, milliseconds: float, request_id: str, error: str = "") -> str:
    """A line of the application about a call to a third party."""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": "info" if status and status < 400 else "warning",
        "event": "outgoing call",
        "dependency": dependency,
        "host": host,
        "status": status,
        "ms": round(milliseconds, 1),
        "request_id": request_id,
    }
    return json.dumps(line | ({"error": error} if error else {}))


def crash_line(route: str, error: str, request_id: str) -> str:
    """A line of the application about a request that it could not answer."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"time": now, "level": "error", "event": "request failed", "route": route, "error": error}
    return json.dumps(line | {"request_id": request_id})


def _escaped(text: str) -> str:
    r"""As nginx writes what visitors send: `\xHH` for whatever could break the line."""
    return _UNSAFE.sub(lambda found: "".join(f"\\x{byte:02X}" for byte in found[0].encode("utf-8", "replace")), text)
