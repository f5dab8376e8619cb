"""The app's load test: asked for first, shown live on its screen, ended within a second by `q` or `x`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual import work

from launchready_tui.model.questions.loadtest import LoadReport
from launchready_tui.model.verdicts import Consent
from launchready_tui.text import one_line, plural, span
from launchready_tui.tui.measuring import Measurer
from launchready_tui.tui.render import Part

if TYPE_CHECKING:
    from launchready_tui.engine.loading import LoadRequest, LoadTesting, Prepared
    from launchready_tui.engine.session import Session
    from launchready_tui.load.ticks import LoadTick

MOST_POINTS = 1_200
"""Seconds of the live charts; older ones are let go."""

DRAW_S = 0.5
"""Seconds between two drawings of a load test."""


@dataclass(slots=True)
class LiveLoad:
    """What a running load test has shown so far: the newest tick, and a figure a second for the charts."""

    tick: LoadTick | None = None
    rate: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    users: list[float] = field(default_factory=list)
    server: dict[str, list[float]] = field(default_factory=dict)
    stopping: bool = False
    _seen: float = -1.0

    def hear(self, tick: LoadTick) -> None:
        """Take in a tick; a second counts once."""
        self.tick = tick
        point = tick.latest
        if point is None or point.at == self._seen or tick.stage == "flood":
            return
        self._seen = point.at
        failing = 100 * point.failures / point.requests if point.requests else 0.0
        figures = ((self.rate, tick.rps), (self.p95, point.p95_ms), (self.errors, failing), (self.users, point.users))
        for series, value in figures:
            series.append(float(value))
            del series[:-MOST_POINTS]
        for name, value in tick.server.items():
            known = self.server.setdefault(name, [])
            known.append(value)
            del known[:-MOST_POINTS]


class Loader(Measurer):
    """An app that runs load tests. `live` is the one that runs now, `last_load` the newest report of this sitting."""

    live: LiveLoad | None = None
    last_load: LoadReport | None = None
    _testing: LoadTesting | None = None

    def ask_load(self, request: LoadRequest) -> None:
        """Prepare a load test, show what it would send and by whose leave, and run it when somebody agrees."""
        if self.live is not None:
            self.say("A load test is running. q stops it; what was measured is kept.", severity="warning")
        elif self.progress is not None or self.measuring is not None:
            self.say("Something else is running, and would disturb the load test.", severity="warning")
        elif self.session is not None and self.can_record():
            self._load(request)

    def stop_load(self) -> bool:
        """End all traffic of the load test; whether there was one."""
        if self.live is None or self._testing is None:
            return False
        self.live.stopping = True
        self._testing.stop()
        self.say("Stopping the load test. What was measured is kept.")
        return True

    def cancel_run(self) -> bool:
        """Stop whatever runs: checks, or a load test."""
        return super().cancel_run() or self.stop_load()

    @work(exclusive=True, group="load", exit_on_error=False, description="a load test")
    async def _load(self, request: LoadRequest) -> None:
        from launchready_tui.engine.loading import LoadTesting

        session: Session | None = self.session
        if session is None:
            return
        try:
            testing = LoadTesting(session, request)
            while True:
                self.say("Planning the load test: hosts, proofs, permission.")
                prepared = await testing.prepare()
                answer = await self._agree(prepared)
                if answer != "authorize":
                    break
                await self._authorize_load(prepared)
            if answer == "run":
                await self._run_load(testing, prepared)
        except Exception as error:
            await self.explain(error, "No load was sent" if self.live is None else "The load test ended early")
        finally:
            self.live, self._testing = None, None
            self.run_ended.set()
            if self.is_running:
                await self.refresh_snapshot()

    async def _run_load(self, testing: LoadTesting, prepared: Prepared) -> None:
        self.live, self._testing = LiveLoad(), testing
        self.run_ended.clear()
        drawing = self.set_interval(DRAW_S, self._draw_load)
        self.redraw()
        try:
            loaded = await testing.run(prepared, self.live.hear)
        finally:
            drawing.stop()
        self.last_load = loaded.report
        report = loaded.report
        held = f"{plural(report.max_concurrency, 'session')} at once within the limits"
        words = f"{report.requests:,} requests, {report.failures:,} failed; {held}."
        self.say(words, title="Load test over", timeout=8)

    def _draw_load(self) -> None:
        from launchready_tui.tui.screens.loadtest import LoadScreen

        for screen in self.screen_stack:
            if isinstance(screen, LoadScreen) and screen.is_mounted:
                screen.draw()

    async def _authorize_load(self, prepared: Prepared) -> None:
        from launchready_tui.tui import doors

        if self.snapshot is not None:
            hosts = sorted({target.rpartition(":")[0] for target in prepared.planned.script.targets})
            await self.fill_and_record(doors.authorize(self.snapshot, hosts, levels=(Consent.LOAD,)))

    async def _agree(self, prepared: Prepared) -> str | None:
        """What would be sent, to whom, by whose leave; a refusal where something is missing."""
        from launchready_tui.tui.screens.confirm import Confirm

        ink, plan, gate = self.ink, prepared.planned.plan, prepared.gate
        bullet = ink.glyphs.bullet
        if plan.mode == "arrival":
            what = f"{plan.rate:g} sessions started a second for {span(plan.duration_s)}"
        elif plan.mode == "steps":
            what = f"more users step by step until a limit breaks, {span(plan.duration_s)} at most"
        else:
            what = f"up to {plural(plan.users, 'user')} at once for {span(plan.duration_s)}"
        parts: list[Part] = [(f"{what}\n", "bold")]
        cap = f"at most {plan.max_rps:g} requests a second" if plan.max_rps else "no cap of requests a second"
        parts.append(f"\n {bullet} {cap}")
        parts.append(f"\n {bullet} on {plan.environment or 'an environment that nobody declared'}")
        law = prepared.little
        parts.append(
            f"\n {bullet} Little's law: {law.users} users × sessions of {span(law.session_s)}"
            f" are {law.arrivals_per_s * 3600:.0f} sessions an hour"
        )
        if law.expected:
            parts.append(f"; the launch expects {law.expected_per_hour:g} an hour, {law.expected:.1f} at once")
        parts += [f"\n {bullet} {one_line(note, 200)}" for note in gate.notes]
        choices: list[tuple[str, str]] = [("back", "Back")]
        if gate.refusals:
            parts.append(("\n\nNot yet:", "bold warn"))
            for refusal in gate.refusals:
                parts += [(f"\n {bullet} {one_line(refusal.text, 200)}", "warn")]
                parts += [(f"\n   {one_line(refusal.hint, 200)}", "muted")]
            if any(refusal.reason == "no-authorization" for refusal in gate.refusals):
                choices.append(("authorize", "Authorize…"))
        else:
            parts += [("\n\nAuthorized  ", "muted"), (one_line(gate.who, 120), "pass")]
            parts.append(("\nq stops all traffic within a second; what was measured is kept.", "muted"))
            choices.append(("run", "Send it"))
        body = ink.line(*parts, lines=True, limit=3_000)
        return await self.push_screen_wait(Confirm("Before any load is sent", body, choices, danger="run"))

    async def load_over(self, seconds: float) -> None:
        """Wait until a stopped load test has kept what it measured, at most that long."""
        await asyncio.wait_for(self.run_ended.wait(), seconds)
