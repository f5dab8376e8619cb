"""Runs a load test: starts the generator, listens, watches the server, ends it in time, and tells what was.

    run = LoadRun(planned, product, ...)
    report = await run.run()      # elsewhere: run.stop()

Whatever ends it early (a person, a rule, a crash), what was measured until then is kept and says that it is partial.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from launchready_tui.load import script as scripts
from launchready_tui.load.aborting import Watchdog
from launchready_tui.load.collecting import Collector
from launchready_tui.load.counting import Delta
from launchready_tui.load.figures import Bounds, health, point, route_loads, step_loads
from launchready_tui.load.planning import Planned
from launchready_tui.load.process import Generator, LoadError
from launchready_tui.load.reporting import make_report
from launchready_tui.load.request import Address
from launchready_tui.load.server.watch import Watch
from launchready_tui.load.ticks import LoadTick, Stage, TickListener, no_one
from launchready_tui.model.product import Product
from launchready_tui.model.questions.loadtest import LoadLimits, LoadReport
from launchready_tui.text import one_line, plural

GRACE_S = 0.8
"""Seconds that the generator has to end all traffic by itself; then it is killed (CHECKS.md S6.RUN.04: 1 s)."""

SILENT_S = 15.0
"""Seconds without a report after which the generator counts as dead: it reports every second."""

START_S = 45.0
"""Seconds within which a generator on this machine has to say something."""

WORKERS_S = 600.0
"""Seconds that a master waits for the first worker."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class LoadRun:
    """One load test on its way. `stop` may be called from the loop's thread at any time."""

    def __init__(
        self,
        planned: Planned,
        product: Product,
        *,
        secrets: Mapping[str, str] | None = None,
        limits: LoadLimits | None = None,
        listener: TickListener = no_one,
        watch: Watch | None = None,
        settle_s: float = 0.0,
        master: Address | None = None,
        authorized_by: str = "",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.plan = planned.plan
        self._script = planned.script
        self._secrets = dict(secrets or {})
        self._limits = limits or LoadLimits()
        self._bounds = Bounds(product, self._limits)
        self._listener = listener
        self._watch = watch
        self._settle_s = settle_s
        self._master = master
        self._authorized_by = authorized_by
        self._clock = clock
        self._collected = Collector(planned.script)
        self._watchdog = Watchdog(self._limits)
        self._generator: Generator | None = None
        self._stage: Stage = "starting"
        self._aborted = ""
        self._partial: list[str] = []
        self._workers = self._most_workers = self._strangers = 0
        self._started = 0.0
        self._enough = asyncio.Event()
        self._began = False
        self._finishing = False
        self._stopping: asyncio.Task[None] | None = None

    async def run(self) -> LoadReport:
        """Run it to its end. Raises `LoadError` where the generator could not even begin."""
        started_at = self._clock()
        if self._watch is not None:
            self._watch.start()
        try:
            await self._generate()
            finished_at = self._clock()
            if self._watch is not None and self._began and not self._partial and self._settle_s:
                self._tick("watching")
                await self._settle(self._watch)
        finally:
            server = self._watch.facts() if self._watch is not None else None
            if self._watch is not None:
                await self._watch.aclose()
        report = make_report(
            self._collected,
            self.plan,
            self._limits,
            self._bounds,
            started_at=started_at,
            finished_at=finished_at,
            authorized_by=self._authorized_by,
            aborted=self._aborted,
            partial=tuple(self._partial),
            lost=self._lost,
            server=server,
        )
        self._tick("finished")
        return report

    async def _settle(self, watch: Watch) -> None:
        """Watch the server come back, until it has or nobody wants to wait any more."""
        quiet = asyncio.create_task(watch.until_quiet(self._settle_s), name="settle")
        enough = asyncio.create_task(self._enough.wait(), name="enough")
        try:
            await asyncio.wait({quiet, enough}, return_when=asyncio.FIRST_COMPLETED)
            if not quiet.done():
                self._partial.append("The watch after the load was ended by hand: what came back later was not seen.")
        finally:
            quiet.cancel()
            enough.cancel()

    def stop(self, why: str = "It was stopped by hand.") -> None:
        """End all traffic within a second; what was measured is kept. After the traffic: stop watching."""
        self._enough.set()
        if self._stage in ("watching", "finished"):
            return
        if self._stopping is None:
            self._partial.append(why)
            self._stopping = asyncio.get_running_loop().create_task(self._end_traffic(), name="stop load")

    # --- the generator ------------------------------------------------------------------------------------------------

    async def _generate(self) -> None:
        self._started = asyncio.get_running_loop().time()
        order = scripts.Order(self._script, self._secrets)
        self._tick("starting")
        self._generator = generator = await Generator.start(order, processes=self.plan.processes, master=self._master)
        if self._stopping is not None:
            await generator.stop()
        reports = generator.reports()
        try:
            while True:
                try:
                    async with asyncio.timeout_at(self._until()):
                        figures = await anext(reports, None)
                except TimeoutError:
                    self._partial.append("The generator fell silent." if self._began else "No generator came.")
                    break
                if figures is None:
                    break
                self._hear(figures)
        finally:
            code = await generator.aclose(0.0 if self._stopping is not None and not generator.ended.is_set() else 0.3)
            if self._stopping is not None:
                self._stopping.cancel()
                with suppress(asyncio.CancelledError):
                    await self._stopping
        self._say_how_it_ended(generator, code)

    def _until(self) -> float:
        """When the next report is overdue, on the loop's clock; before the first request, when the first one is."""
        if self._began:
            return asyncio.get_running_loop().time() + SILENT_S + (self._script.drain_s if self._finishing else 0.0)
        return self._started + (WORKERS_S if self._master is not None else START_S)

    def _hear(self, figures: Mapping[str, Any]) -> None:
        at, over = float(figures["at"]), bool(figures["over"])
        if at > 0 and not self._began:
            self._began = True
            if self._watch is not None:
                self._watch.begin(at)
        deltas = [Delta.from_plain(delta) for delta in figures["deltas"]]
        self._collected.hear(at, over, deltas)
        self._count_workers(int(figures["workers"]), int(figures["known"]), int(figures["strangers"]))
        if not over and self._stopping is None:
            if why := self._watchdog.look(self._collected):
                self._abort(why)
            elif self.plan.mode == "steps":
                self._look_at_steps()
        self._tick("ending" if over else "running" if self._began else "starting")

    def _abort(self, why: str) -> None:
        self._aborted = why
        self.stop(f"It ended itself after {self._collected.at:.0f} s: {why}.")

    def _look_at_steps(self) -> None:
        """Go no further once a step that is over broke a limit."""
        if self._finishing:
            return
        over = [step for step in self._steps() if step.until + 2 <= self._collected.at]
        if any(step.broke for step in over):
            self._finishing = True
            assert self._generator is not None
            self._stepping = asyncio.get_running_loop().create_task(self._generator.finish(), name="finish load")

    def _steps(self) -> list[Any]:
        return list(step_loads(self._collected, self._bounds, self._limits))

    def _count_workers(self, workers: int, known: int, strangers: int) -> None:
        self._most_workers = max(self._most_workers, known)
        if self._began and not self._collected.over:
            self._workers = workers
        if strangers > self._strangers:
            self._strangers = strangers
            text = f"{plural(strangers, 'worker')} with other journeys {'was' if strangers == 1 else 'were'} sent away."
            self._partial.append(text)

    @property
    def _lost(self) -> int:
        """Generator processes or machines that disappeared."""
        return max(0, self._most_workers - self._workers) if self._began else 0

    async def _end_traffic(self) -> None:
        """Ask, and kill what does not end by itself."""
        if self._generator is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await self._generator.stop()
                await self._generator.ended.wait()
                return
        self._generator.kill()

    def _say_how_it_ended(self, generator: Generator, code: int) -> None:
        if not self._began and self._stopping is None:
            words = generator.last_words or " ".join(self._partial)
            raise LoadError(
                "The load generator could not begin" + (f": {one_line(words)}" if words else f" (exit code {code})."),
                "`launchready doctor` says what is missing on this machine.",
            )
        if self._lost:
            text = f"{plural(self._lost, 'generator')} disappeared during the test; what they had reported counts."
            self._partial.append(text)
        if not generator.ended.is_set() and self._stopping is None:
            words = generator.last_words
            self._partial.append(
                f"The generator crashed after {self._collected.at:.0f} s" + (f": {words}." if words else ".")
            )
        elif self._stopping is None and not self._finishing and self._collected.at < self.plan.duration_s - 1:
            self._partial.append(f"The test ended after {self._collected.at:.0f} s: no generator was left.")

    # --- telling ------------------------------------------------------------------------------------------------------

    def _tick(self, stage: Stage) -> None:
        self._stage = stage
        collected = self._collected
        second = int(collected.at) - 1
        recent = collected.recent(1, second)
        whole = recent.whole
        count = whole.latency.count
        shown = frozenset(route for route, _ in self._script.keys)
        self._listener(
            LoadTick(
                stage=stage,
                plan=self.plan,
                at=collected.at,
                users=collected.users,
                rps=float(count),
                p95_ms=round(1000 * whole.latency.percentile(0.95), 1),
                error_percent=round(100 * whole.failures / count, 2) if count else 0.0,
                phase=next((phase for phase in self.plan.phases if phase.at <= collected.at < phase.until), None),
                latest=point(self._script, recent, float(second - 1), shown) if second >= 1 else None,
                routes=route_loads(collected, self._bounds, sure=False),
                generator=health(collected, self._limits, self._lost),
                server=self._watch.latest() if self._watch is not None else {},
                note=self._partial[-1] if self._partial else "",
            )
        )
