"""Serves a master on another machine: this one sends what it is told to, with the profile that lies here."""

from __future__ import annotations

import asyncio

from launchready_tui.errors import InputError
from launchready_tui.load import script as scripts
from launchready_tui.load.preparing import Prepared
from launchready_tui.load.process import Generator, LoadError
from launchready_tui.load.request import parse_address


class Worker:
    """A generator that belongs to somebody else's test. `stop` ends its traffic within a second."""

    def __init__(self, prepared: Prepared) -> None:
        prepared.gate.require()
        self._prepared = prepared
        self._address = parse_address(prepared.request.worker, "--worker")
        if not self._address.host:
            raise InputError("--worker needs the master's host.", "Write HOST:PORT, as the master was started with.")
        self._generator: Generator | None = None
        self._stopped = False

    async def run(self) -> None:
        """Serve until the master ends the test. Raises `LoadError` where it cannot be reached, or went away."""
        planned = self._prepared.planned
        order = scripts.Order(planned.script, self._prepared.secrets)
        self._generator = await Generator.start(order, processes=planned.plan.processes, worker=self._address)
        try:
            async for _ in self._generator.reports():
                """A worker reports to its master, not to us."""
        finally:
            code = await self._generator.aclose(0.0 if self._stopped else 5.0)
        if code and not self._stopped:
            words = self._generator.last_words
            raise LoadError(
                f"The worker ended with an error{': ' + words if words else f' (exit code {code})'}.",
                f"Is a master listening on {self._prepared.request.worker}, and does it run the same journeys?",
            )

    def stop(self) -> None:
        """End all traffic of this machine."""
        self._stopped = True
        if self._generator is not None:
            self._generator.kill()


async def serve(prepared: Prepared) -> None:
    """Serve; cancelling the task ends the traffic."""
    worker = Worker(prepared)
    try:
        await worker.run()
    except asyncio.CancelledError:
        worker.stop()
        raise
