"""The app's measurements for the optimization log: one at a time, in the background, whatever screen is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from launchready_tui.text import one_line, span
from launchready_tui.tui import doors
from launchready_tui.tui.runner import Runner

if TYPE_CHECKING:
    from launchready_tui.engine.measuring import Phase
    from launchready_tui.engine.session import Session
    from launchready_tui.model.board import Standing


class Measurer(Runner):
    """An app that measures. `measuring` is the number of the change that is measured now and on which side of it."""

    measuring: tuple[int, Phase] | None = None

    def measure(self, change: int, phase: Phase) -> None:
        """Measure the endpoint of a recorded change, about a minute long."""
        if self.measuring is not None:
            self.say("A measurement is going on; two at once would disturb each other.", severity="warning")
        elif self.progress is not None:
            self.say("A run is going on, and would disturb the measurement. x stops it.", severity="warning")
        elif self.can_record():
            self._measure(change, phase)

    def begin_change(self, row: Standing | None) -> None:
        """Ask what is going to be changed, record it, and measure before it."""
        if self.snapshot is not None and self.can_record():
            self._begin_change(doors.about("change", self.snapshot, row))

    @work(exclusive=True, group="form", exit_on_error=False, description="a change for speed")
    async def _begin_change(self, make: doors.Make) -> None:
        if not await self.fill_and_record(make) or self.snapshot is None:
            return
        newest = self.snapshot.state.changes[-1:]
        if newest:
            self.measure(newest[0].number, "before")

    @work(exclusive=True, group="measure", exit_on_error=False, description="a measurement")
    async def _measure(self, change: int, phase: Phase) -> None:
        from launchready_tui.engine import measuring
        from launchready_tui.model.optimization import optimizations

        session: Session | None = self.session
        if session is None or self.snapshot is None:
            return
        self.measuring = (change, phase)
        try:
            for item in optimizations(self.snapshot.state):
                if item.record.number == change:
                    plan = measuring.plan_of(self.snapshot, item.change.endpoint)
                    self.say(
                        f"{plan.sample.requests} requests to {one_line(plan.route.url, 80)}, one after the other: "
                        f"about {span(plan.seconds)}. You can work on meanwhile.",
                        title=f"Measuring {phase}",
                    )
            self.redraw()
            await measuring.measure(session, change, phase)
        except Exception as error:
            await self.explain(error, "Nothing was measured")
        finally:
            self.measuring = None
            if self.is_running:
                await self.refresh_snapshot()
