"""The load test: what would be sent, live charts while it runs, the newest report."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from launchready_tui.model.board import Snapshot
from launchready_tui.model.questions.loadtest import LoadReport
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.paragraphs import Line
from launchready_tui.tui.screens.load_lines import empty_lines, live_lines, report_lines
from launchready_tui.tui.widgets.textlines import TextLines

if TYPE_CHECKING:
    from launchready_tui.tui.loading import Loader


class LoadText(TextLines):
    """The figures. Its keys begin and end load tests."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "screen.run", "run in stages", id="load.run", tooltip="Run the journeys up to the expected peak"),
        Binding("s", "screen.steps", "steps", id="load.steps", tooltip="More users step by step, until a limit breaks"),
        Binding("c", "screen.choose", "choose", id="load.choose", tooltip="Choose users, time or rate"),
        Binding("x", "app.stop", "stop", id="load.stop", tooltip="End all traffic within a second"),
    ]


class LoadScreen(LaunchScreen):
    """`B`, for the first busy day."""

    PLACE = "load"
    CSS_PATH = "loadtest.tcss"
    TITLE_WORDS = "Load test"
    AUTO_FOCUS = "#text"
    HELP = """
What the first busy day would send, and **what gives way first**.

- `r` runs the journeys in stages up to the expected peak; `s` raises the load step by step to the knee; `c` chooses.
- Before anything is sent you read what, to whom and by whose leave. Production takes a window and proofs.
- `q` or `x` ends all traffic within a second; what was measured is kept.
- *invalid*: the generator was the limit, so the figures say nothing about the product.
- Charts end on the right with now; each column shows the largest value of its time.
"""

    def __init__(self) -> None:
        super().__init__()
        self._report: LoadReport | None = None
        self._for = ""

    def compose_body(self) -> ComposeResult:
        """One text that scrolls."""
        yield LoadText(id="text")

    def crumb(self) -> str:
        """The title."""
        return self.TITLE_WORDS

    @property
    def loader(self) -> Loader:
        """The app, which owns the load test."""
        return cast("Loader", self.app)

    def show(self, snapshot: Snapshot) -> None:
        """Draw it; the newest report is fetched from the file."""
        self.draw()
        if self._for != snapshot.head:
            self._for = snapshot.head
            self._fetch()

    @work(exclusive=True, group="load-report", exit_on_error=False, description="the newest load test")
    async def _fetch(self) -> None:
        session = self.launch.session
        if session is None:
            return
        self._report = await asyncio.to_thread(session.newest_load)
        if self.is_attached:
            self.draw()

    def draw(self) -> None:
        """Draw what there is: a running test, the newest report, or what would be sent."""
        snapshot = self.launch.snapshot
        if snapshot is None or not self.is_mounted:
            return
        text = self.query_one(LoadText)
        text.set_lines(self._lines(snapshot, max(40, text.text_width)))

    def _lines(self, snapshot: Snapshot, width: int) -> list[Line]:
        live = self.loader.live
        if live is not None:
            return live_lines(self.ink, live, width)
        report = self.loader.last_load or self._report
        if report is not None:
            return report_lines(self.ink, report, width)
        return empty_lines(self.ink, snapshot.product, width)

    def on_resize(self, event: events.Resize) -> None:
        """Other lines."""
        self.call_after_refresh(self.draw)

    # ------------------------------------------------------------------------------------------------- actions

    def action_run(self) -> None:
        """In stages, up to the expected peak."""
        from launchready_tui.load.request import LoadRequest

        self.loader.ask_load(LoadRequest())

    def action_steps(self) -> None:
        """Step by step to the knee."""
        from launchready_tui.load.request import LoadRequest

        self.loader.ask_load(LoadRequest(steps=True))

    @work(exclusive=True, group="form", exit_on_error=False, description="choosing a load")
    async def action_choose(self) -> None:
        """Ask for users, time, rate and processes."""
        from launchready_tui.tui.forms.loadform import LoadForm

        if self.launch.snapshot is None:
            return
        request = await self.app.push_screen_wait(LoadForm(self.launch.snapshot.product))
        if request is not None:
            self.loader.ask_load(request)
