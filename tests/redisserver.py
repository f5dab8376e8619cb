"""A real Redis for tests: found on this machine, started on a free loopback port, ended afterwards."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

_PATIENCE = 20.0
_ATTEMPTS = 3


@contextmanager
def running_redis(*settings: str, at: int = 0) -> Iterator[int]:
    """Start a server without persistence and yield its port (`at`, if given). Skips the test without a Redis."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("no Redis here: redis-server is not on PATH")
    with TemporaryDirectory(prefix="lr-redis-") as folder:
        process = None
        try:
            for attempt in range(_ATTEMPTS):
                port = at or _free_port()
                own = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
                with (Path(folder) / "log").open("ab") as log:
                    process = subprocess.Popen([program, *own, *settings], stdout=log, stderr=log)
                if _is_up(process, port):
                    break
                _end(process)
                assert attempt < _ATTEMPTS - 1, (Path(folder) / "log").read_text(errors="replace")[-2000:]
            yield port
        finally:
            if process is not None:
                _end(process)


def say(port: int, *words: str) -> bytes:
    """One command, as a client of the product would send it; the first part of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        parts = [b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words]
        line.sendall(b"*%d\r\n" % len(parts) + b"".join(parts))
        answer = line.recv(65_536)
    assert not answer.startswith(b"-"), answer
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server that was started here."""
    if process.poll() is None:
        process.terminate()
        process.wait(10)


def _is_up(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
        except OSError:
            time.sleep(0.02)
    return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
