"""The generator as a process of its own: started with a clean environment, heard line by line, ended without fail."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import site
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from launchready_tui.errors import LaunchReadyError
from launchready_tui.load import script as scripts
from launchready_tui.load.request import Address
from launchready_tui.text import one_line

LOCUSTFILE = Path(__file__).parent / "entry" / "locustfile.py"
STATS, END = b"@STATS ", b"@END"
MOST_LINE = 32 * 1024 * 1024
"""Bytes of one line of figures."""

REMEMBERED = 30
"""Lines of its log that are kept, to say why it crashed."""

_NOISE = re.compile(r"^\[[^\]]*\]\s*\S+/(?:INFO|DEBUG|WARNING)/|^\s|^Traceback|^KeyboardInterrupt|^$")


class LoadError(LaunchReadyError):
    """A load test that could not be run."""


def require_locust() -> None:
    """Raises `LoadError` where the extra is missing."""
    if find_spec("locust") is None:
        raise LoadError(
            "Load tests need Locust, which is not installed.",
            "Install the extra that brings it: pip install 'launchready[load]'",
        )


class Generator:
    """A Locust process. Whatever happens to this side, it ends: its lifeline breaks."""

    def __init__(self, process: asyncio.subprocess.Process, control: int, lifeline: int, home: Any) -> None:
        self._process = process
        self._control = control
        self._lifeline = lifeline
        self._home = home
        self._log: deque[str] = deque(maxlen=REMEMBERED)
        self._reading = asyncio.create_task(self._read_log(), name="generator log")
        self.ended = asyncio.Event()

    @classmethod
    async def start(
        cls, order: scripts.Order, *, processes: int = 1, master: Address | None = None, worker: Address | None = None
    ) -> Self:
        """Start it. The order, with its passwords, goes through a pipe; nothing of it is in a file or an argument."""
        require_locust()
        control_read, control_write = os.pipe()
        lifeline_read, lifeline_write = os.pipe()
        home = tempfile.TemporaryDirectory(prefix="launchready-load-")
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-P", "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"),
                *("--loglevel", "WARNING", "--stop-timeout", "0"),
                *_role(processes, master, worker),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=MOST_LINE,
                cwd=home.name,
                env=_environment(home.name, control_read, lifeline_read),
                pass_fds=(control_read, lifeline_read),
                # A group to end at once, away from the terminal's ctrl+c; a session would be scheduled apart as well.
                process_group=0,
            )
        except BaseException:
            for descriptor in (control_write, lifeline_write):
                os.close(descriptor)
            home.cleanup()
            raise
        finally:
            os.close(control_read)
            os.close(lifeline_read)
        found = cls(process, control_write, lifeline_write, home)
        await found._send(scripts.encode(order))
        return found

    async def reports(self) -> AsyncIterator[Mapping[str, Any]]:
        """The figures as they come, until its last line or its end."""
        assert self._process.stdout is not None
        while True:
            try:
                line = await self._process.stdout.readline()
            except ValueError:
                continue
            if not line:
                return
            if line.startswith(END):
                self.ended.set()
                return
            if line.startswith(STATS):
                with suppress(ValueError):
                    yield json.loads(line[len(STATS) :])

    async def finish(self) -> None:
        """Ask it to send nothing new and to let requests end."""
        await self._send(b"finish\n")

    async def stop(self) -> None:
        """Ask it to end all traffic now."""
        await self._send(b"stop\n")

    async def aclose(self, patience: float = 5.0) -> int:
        """Wait for its end, and make sure of it. Returns its exit code."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._process.wait()
        for descriptor in (self._control, self._lifeline):
            with suppress(OSError):
                os.close(descriptor)
        self._control = self._lifeline = -1
        self.kill()
        code = await self._process.wait()
        with suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self._reading, 1.0)
        await asyncio.to_thread(self._home.cleanup)
        return code

    def kill(self) -> None:
        """End it and every process that it started, at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    @property
    def last_words(self) -> str:
        """The last line of its log that says something, '' if there is none."""
        return next((one_line(line, 200) for line in reversed(self._log) if not _NOISE.match(line)), "")

    async def _send(self, data: bytes) -> None:
        if self._control >= 0:
            with suppress(OSError):
                await asyncio.to_thread(_write, self._control, data)

    async def _read_log(self) -> None:
        assert self._process.stderr is not None
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:
                continue
            if not line:
                return
            self._log.append(line[:2_000].decode("utf-8", "replace").rstrip())


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _role(processes: int, master: Address | None, worker: Address | None) -> list[str]:
    several = ["--processes", str(processes)] if processes > 1 else []
    if worker is not None:
        return ["--worker", "--master-host", worker.host, "--master-port", str(worker.port), *several]
    if master is not None:
        return ["--master", "--master-bind-host", master.host or "*", "--master-bind-port", str(master.port)]
    if several:
        port = str(_free_port())
        loopback = ["--master-bind-host", "127.0.0.1", "--master-host", "127.0.0.1"]
        return [*several, *loopback, "--master-bind-port", port, "--master-port", port]
    return []


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: str, control: int, lifeline: int) -> dict[str, str]:
    """What Locust needs to start: no settings of its own from the user's environment or home folder, no secrets."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV")
    package = str(Path(__file__).parents[2])
    installed = package in (*site.getsitepackages(), site.getusersitepackages())
    # Not where it is installed: before the standard library that folder could shadow parts of it.
    paths = [*([] if installed else [package]), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": home,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUSERBASE": site.getuserbase(),
        "PYTHONUNBUFFERED": "1",
        "LAUNCHREADY_LOAD_CONTROL": str(control),
        "LAUNCHREADY_LOAD_LIFELINE": str(lifeline),
    }
