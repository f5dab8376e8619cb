"""Everything about one check over the whole screen."""

from __future__ import annotations

from textual.app import ComposeResult

from launchready_tui.model.board import Snapshot
from launchready_tui.model.runbook import Stage
from launchready_tui.tui import query
from launchready_tui.tui.acting import ActingScreen
from launchready_tui.tui.rows import Board, Key, Row, build_rows
from launchready_tui.tui.running import Progress
from launchready_tui.tui.widgets.detail import Detail


class DetailScreen(ActingScreen):
    """The detail pane where there is no room for it beside the list."""

    PLACE = "detail"
    CSS_PATH = "detail.tcss"
    AUTO_FOCUS = "#detail"
    HELP = """
Everything about one check: what was found, why it matters, how to repair it, how to look yourself, and how we know.

All keys of the list work here too. `v` shows the evidence as it is stored, `esc` goes back to the list.
"""

    def __init__(self, key: Key) -> None:
        super().__init__()
        self._key = key
        self._row: Row | None = None

    def compose_body(self) -> ComposeResult:
        """The pane."""
        yield Detail(title=True, id="detail")

    def crumb(self) -> str:
        """The stage; the claim is the first line below."""
        stage = self.stage()
        return f"{stage.number} {stage.title}" if stage else "Detail"

    def stage(self) -> Stage | None:
        """The stage of the check."""
        snapshot = self.launch.snapshot
        entry = snapshot.runbook.entry(self._key[0]) if snapshot else None
        return (
            next((stage for stage in snapshot.runbook.stages if entry and stage.id == entry.stage), None)
            if snapshot
            else None
        )

    def shown_stage(self) -> str:
        """Its id."""
        stage = self.stage()
        return stage.id if stage else ""

    def place(self) -> str:
        """The sprint screen below remembers the row."""
        return ""

    def target(self) -> Row | None:
        """The row."""
        return self._row

    def show(self, snapshot: Snapshot) -> None:
        """Draw the row as it stands."""
        progress = self.launch.progress
        self._draw(Board(snapshot, progress.results if progress else None), snapshot, progress)

    def run_progressed(self, progress: Progress) -> None:
        """Its result may just have come in."""
        if self.launch.snapshot is not None:
            self._draw(Board(self.launch.snapshot, progress.results), self.launch.snapshot, progress)

    def _draw(self, board: Board, snapshot: Snapshot, progress: Progress | None) -> None:
        check, subject = self._key
        members = [row for row in board.of_check(check) if subject in ("", row.result.subject)]
        running = progress.snapshot_of_running() if progress else frozenset()
        rows = build_rows(members, query=query.Query(), opened=(), running=running)
        self._row = rows[-1] if rows else None
        self.query_one(Detail).show(self._row, snapshot)

    def action_raw(self) -> None:
        """Evidence in words or as stored."""
        self.query_one(Detail).toggle_raw()
