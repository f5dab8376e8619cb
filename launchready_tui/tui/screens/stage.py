"""A stage as a whole: its goal, its failure signals, and the documents that it owes, as they would read now."""

from __future__ import annotations

import asyncio

from textual import events, work
from textual.app import ComposeResult

from launchready_tui.model.board import Snapshot
from launchready_tui.model.runbook import Deliverable, Signal, Stage
from launchready_tui.model.verdicts import Verdict
from launchready_tui.text import plural, span
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.paragraphs import Line, block, wrap
from launchready_tui.tui.render import Mark
from launchready_tui.tui.rows import Board
from launchready_tui.tui.widgets.textlines import TextLines


class StageScreen(LaunchScreen):
    """Goal, signals, deliverables with a preview."""

    PLACE = "stage"
    CSS_PATH = "stage.tcss"
    AUTO_FOCUS = "#text"
    HELP = """
What this stage is for, what would be an alarm, and which documents it owes. The documents are written from the
records at any
time: below each stands how it would read now.
"""

    def __init__(self, stage_id: str) -> None:
        super().__init__()
        self._stage_id = stage_id
        self._documents: dict[str, str] = {}
        self._asked_for = ""

    def compose_body(self) -> ComposeResult:
        """One text that scrolls."""
        yield TextLines(id="text")

    def crumb(self) -> str:
        """The stage."""
        stage = self.stage()
        return f"{stage.number} {stage.title} {self.ink.glyphs.crumb} about" if stage else "Stage"

    def stage(self) -> Stage | None:
        """The stage."""
        snapshot = self.launch.snapshot
        return next((s for s in snapshot.runbook.stages if s.id == self._stage_id), None) if snapshot else None

    def place(self) -> str:
        """Nothing to come back to."""
        return ""

    def show(self, snapshot: Snapshot) -> None:
        """Draw it; documents follow when they are written."""
        self._draw(snapshot)
        if self._asked_for != snapshot.head:
            self._asked_for = snapshot.head
            self._write(snapshot)

    def on_resize(self, event: events.Resize) -> None:
        """Other lines."""
        if self.launch.snapshot is not None:
            self._draw(self.launch.snapshot)

    @work(exclusive=True, group="documents", exit_on_error=False, description="the documents of a stage")
    async def _write(self, snapshot: Snapshot) -> None:
        stage = self.stage()
        try:
            from launchready_tui.deliverables.documents import preview
        except ImportError:
            return
        look = self.launch.session.evidence if self.launch.session else lambda ids: ()
        for deliverable in stage.deliverables if stage else ():
            try:
                text = await asyncio.to_thread(preview, deliverable.document, snapshot, look)
            except (
                Exception
            ) as error:  # a document that cannot be written must not take the screen down; it is said in its place
                text = f"It cannot be written now: {error}"
            self._documents[deliverable.id] = text
        self._draw(snapshot)

    def _draw(self, snapshot: Snapshot) -> None:
        stage = self.stage()
        if stage is None or not self.is_mounted:
            return
        width = max(30, min(100, self.query_one(TextLines).text_width))
        progress = next(tally for tally in Board(snapshot).tallies() if tally.stage is stage)
        waiting = snapshot.progress(stage).waiting
        lines: list[Line] = [*block(stage.goal, width, "bold"), []]
        facts = [
            f"{progress.done} of {plural(progress.total, 'check')} settled",
            f"time box {span(stage.minutes * 60)}",
        ]
        facts += [f"{progress.failing} failing"] if progress.failing else []
        facts += [f"{waiting} waiting for a person"] if waiting else []
        lines += [[(" · ".join(facts), "muted")], [], [("Failure signals", "bold focus")]]
        for signal in stage.signals:
            lines += self._signal(signal, snapshot, width)
        lines += [[], [("Documents that this stage owes", "bold focus")]]
        for deliverable in stage.deliverables:
            lines += self._deliverable(deliverable, width)
        self.query_one(TextLines).set_lines(lines)

    def _signal(self, signal: Signal, snapshot: Snapshot, width: int) -> list[Line]:
        rows = snapshot.covering(signal.controls)
        failing = [row for row in rows if row.verdict is Verdict.FAIL and not row.is_waived]
        unseen = [row for row in rows if row.verdict in (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR)]
        if failing:
            mark, word = Mark.FAIL, "fires"
        elif unseen:
            mark, word = Mark.UNKNOWN, "nobody knows yet"
        else:
            mark, word = Mark.PASS, "quiet"
        sign = self.ink.glyphs.marks[mark]
        lines: list[Line] = [[(f"{sign} {word}".ljust(20), mark.tone), (signal.title, "bold")]]
        lines += block(signal.text, width, "", 4)
        for row in failing[:4]:
            lines += wrap(
                f"{row.result.subject}: {row.result.summary}",
                width,
                "fail",
                6,
                [f"    {self.ink.glyphs.marks[Mark.FAIL]} "],
            )
        return [*lines, []]

    def _deliverable(self, deliverable: Deliverable, width: int) -> list[Line]:
        lines: list[Line] = [[(deliverable.title, "bold")], *block(deliverable.text, width, "muted", 2)]
        text = self._documents.get(deliverable.id)
        if text is None:
            return [*lines, []]
        bar = "|" if self.ink.glyphs.is_ascii else "│"
        shown = text.strip().splitlines()
        for raw in shown[:80]:
            tone = "bold" if raw.startswith("#") else ""
            lines += wrap(raw, width, tone, 4, [(f"  {bar} ", "muted")]) if raw.strip() else [[(f"  {bar}", "muted")]]
        if len(shown) > 80:
            lines.append([(f"  {bar} {len(shown) - 80} more lines; H exports it whole", "muted")])
        return [*lines, []]
