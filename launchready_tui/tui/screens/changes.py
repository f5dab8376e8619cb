"""What changed since the last visit, what runs out soon, and the runs with their counts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content

from launchready_tui.engine.comparing import MOVES, before_last_run, lost_counts
from launchready_tui.model.board import Snapshot
from launchready_tui.model.changes import Changes, GateMove, Lost, RunMove
from launchready_tui.model.results import Finding, Run
from launchready_tui.model.verdicts import Severity
from launchready_tui.text import plural, span
from launchready_tui.tui import render
from launchready_tui.tui.render import Ink, Mark, Part
from launchready_tui.tui.screens.board import BoardLines, BoardScreen
from launchready_tui.tui.screens.gate_lines import STATE, blank, heading, row_detail, row_key, row_of
from launchready_tui.tui.widgets.lines import Line, fit
from launchready_tui.tui.widgets.segments import Segments
from launchready_tui.words.records import describe


def gate_words(ink: Ink, move: GateMove) -> Content:
    """What the gate says, and what it said before."""
    before = f"  it said {move.before.value}"
    return ink.line((move.after.value, f"bold {render.gate_tone(move.after)}"), (before, "muted"))


class ChangeLines(BoardLines):
    """What changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "go there", id="changes.open", tooltip="Go to the check"),
        Binding("right", "screen.segment(1)", "last run, all runs", id="board.next", tooltip="The next part"),
    ]


class ChangesScreen(BoardScreen):
    """`D`."""

    PLACE = "changes"
    TITLE_WORDS = "What changed"
    CSS_PATH = "changes.tcss"
    HELP = """
For whoever comes back: a **gate** that says something else now, what **cannot be seen any more**, what is **new**, what
**came back**, what was **repaired**, what **ran out**, and what runs out within a week.

- *Since last visit* compares with the moment when somebody last closed this engagement; *since last run* with
  the run before the newest.
- `enter` goes to the check.
- The part *Runs* lists all runs with what they lost sight of, what they made of the gate, and what they found.
"""
    LIST = ChangeLines
    PARTS = (("visit", "Since last visit"), ("run", "Since last run"), ("runs", "Runs"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "n",
            "app.next_blocker",
            "next blocker",
            id="go.next-blocker",
            tooltip="Go to the next thing that blocks the launch",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._changes: Changes | None = None
        self._for = ""
        self._problem = ""
        self._moves: Mapping[int, RunMove] = {}
        self._moves_of: tuple[Run, ...] = ()

    def show(self, snapshot: Snapshot) -> None:
        """Draw what is known, and ask for the changes."""
        super().show(snapshot)
        self._ask(self.part)

    @work(exclusive=True, group="changes", exit_on_error=False, description="comparing with an earlier moment")
    async def _ask(self, part: str) -> None:
        session, snapshot = self.launch.session, self.launch.snapshot
        if session is None or snapshot is None:
            return
        try:
            if part == "runs":
                if self._moves_of != snapshot.runs:
                    self._moves, self._moves_of = await asyncio.to_thread(session.run_moves), snapshot.runs
            else:
                since = before_last_run(snapshot.runs) if part == "run" else None
                self._changes, self._for = await asyncio.to_thread(session.changes, since), part
        except Exception as error:
            self._problem = str(error)
        else:
            self._problem = ""
        if self.is_attached and self.part == part and self.launch.snapshot is not None:
            super().show(self.launch.snapshot)

    # ------------------------------------------------------------------------------------------------- lines

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        """The lines of the part."""
        self.query_one(Segments).count({"runs": str(len(snapshot.runs))} if snapshot.runs else {})
        if self.part == "runs":
            return self._run_lines(snapshot)
        if self._problem:
            return [Line(self.ink.line((self._problem, "fail")))]
        if self._changes is None or self._for != self.part:
            return [Line(self.ink.line(("Comparing…", "muted")))]
        return self._change_lines(snapshot, self._changes)

    def _change_lines(self, snapshot: Snapshot, changes: Changes) -> list[Line]:
        ink, glyphs = self.ink, self.ink.glyphs
        since = (
            f"since {render.moment(changes.since)}, {render.age(changes.since, snapshot.now)}"
            if changes.since
            else "since the beginning"
        )
        lines = [Line(ink.line(("Everything ", "muted"), (since, "muted")))]
        if changes.gate is not None:
            lines += [blank(ink), heading(ink, "The gate says something else", "G shows why")]
            lines.append(Line(gate_words(ink, changes.gate), f"gate:{changes.gate.after.value}"))
        if changes.lost:
            kinds = lost_counts(item.row.verdict for item in changes.lost)
            lines += [blank(ink), heading(ink, "Cannot be seen any more", f"{len(changes.lost)}: {kinds}")]
            lines += [self._lost(snapshot, item) for item in changes.lost]
        findings = (
            ("New", changes.new, Mark.FAIL),
            ("Came back", changes.reopened, Mark.FAIL),
            ("Repaired", changes.resolved, Mark.PASS),
        )
        for title, found, mark in findings:
            if found:
                lines += [blank(ink), heading(ink, title, str(len(found)))]
                lines += [self._finding(snapshot, finding, mark) for finding in found]
        for title, sentences, tone in (
            ("Ran out", changes.expired, "fail"),
            ("Runs out within a week", changes.soon, "warn"),
        ):
            if sentences:
                lines += [blank(ink), heading(ink, title, str(len(sentences)))]
                sign = glyphs.marks[Mark.STALE]
                lines += [
                    Line(ink.line((f"{sign} ", tone), fit(words, self.room - 2, glyphs.ellipsis)), f"end:{words}")
                    for words in sentences
                ]
        if changes.records:
            lines += [blank(ink), heading(ink, "Recorded", f"{len(changes.records)}; L shows all")]
            for record in reversed(changes.records):
                words = describe(record.payload, snapshot.runbook)
                when = fit(render.short_age(record.at, snapshot.now), 5, right=True)
                shown = fit(words[:1].upper() + words[1:], self.room - 8, glyphs.ellipsis)
                lines.append(
                    Line(
                        ink.line((f"{glyphs.bullet} ", "muted"), shown, (f" {when}", "muted")),
                        f"record:{record.number}",
                    )
                )
        if changes.still_open:
            lines += [blank(ink), heading(ink, "Still open", str(len(changes.still_open)))]
            lines += [self._finding(snapshot, finding, Mark.FAIL) for finding in changes.still_open]
        if len(lines) == 1:
            words = (
                "Nothing changed." if snapshot.runs else "Nobody looked yet: r or R on the sprint screen runs checks."
            )
            lines.append(Line(ink.line((words, "plain"))))
        return lines

    def _lost(self, snapshot: Snapshot, item: Lost) -> Line:
        result = item.row.result
        words = self._words(snapshot, render.mark_of(item.row), item.row.severity, result.key, result.at)
        return Line(words, row_key(result.key) + f"\x1f{result.reason}")

    def _finding(self, snapshot: Snapshot, finding: Finding, mark: Mark) -> Line:
        if mark is Mark.FAIL:
            mark = render.mark_of_verdict(finding.verdict)
        key = (finding.check, finding.subject)
        words = self._words(snapshot, mark, finding.severity, key, finding.last_seen)
        return Line(words, row_key(key) + f"\x1f{finding.reason}")

    def _words(self, snapshot: Snapshot, mark: Mark, severity: Severity, key: tuple[str, str], at: datetime) -> Content:
        ink = self.ink
        entry = snapshot.runbook.entry(key[0])
        claim = entry.claim if entry else key[0]
        loud = severity is Severity.BLOCKER and mark is Mark.FAIL
        subject = 18 if self.room < 90 else 26
        rest = max(10, self.room - STATE - subject - 8)
        return ink.line(
            (fit(f"{ink.glyphs.marks[mark]} {mark.value}", STATE), f"bold {mark.tone}" if loud else mark.tone),
            fit(claim, rest, ink.glyphs.ellipsis),
            ("  " + fit(key[1], subject, ink.glyphs.ellipsis), "muted"),
            (fit(render.short_age(at, snapshot.now), 5, right=True), "muted"),
        )

    def _run_lines(self, snapshot: Snapshot) -> list[Line]:
        ink = self.ink
        if not snapshot.runs:
            return [Line(ink.line(("No run yet. R on the sprint screen runs a stage.", "muted")))]
        lines = [heading(ink, plural(len(snapshot.runs), "run"), "the newest first")]
        for run in reversed(snapshot.runs):
            mark = {"finished": Mark.PASS, "running": Mark.RUNNING}.get(run.state, Mark.STALE)
            word = {Mark.PASS: "finished", Mark.RUNNING: "running"}.get(mark, "stopped")
            moved = self._moved(snapshot, run)
            rest = max(8, self.room - 5 - 12 - 14 - 32)
            lines.append(
                Line(
                    ink.line(
                        (fit(str(run.id), 4, right=True) + " ", "muted"),
                        (fit(f"{ink.glyphs.marks[mark]} {word}", 12), mark.tone),
                        (fit(render.moment(run.started_at), 14), "plain"),
                        fit(run.scope, rest, ink.glyphs.ellipsis),
                        ("  " + fit(moved, 30, ink.glyphs.ellipsis), "muted"),
                    ),
                    f"run:{run.id}",
                )
            )
        return lines

    def _moved(self, snapshot: Snapshot, run: Run) -> str:
        move = self._moves.get(run.id, RunMove())
        found = [f"gate {move.gate.after.value}"] if move.gate else []
        found += [f"{len(move.lost)} unseen"] if move.lost else []
        states = [finding.state.value for finding in snapshot.findings if finding.since_run == run.id]
        return " · ".join(
            [*found, *(f"{states.count(state)} {word}" for state, word in MOVES.items() if state in states)]
        )

    # ------------------------------------------------------------------------------------------------- detail

    def detail(self, snapshot: Snapshot, key: str) -> Content:
        """The detail of a line."""
        ink = self.ink
        kind, _, name = key.partition(":")
        if kind == "row":
            check, rest = row_of(key)
            subject, _, reason = rest.partition("\x1f")
            return self._finding_detail(snapshot, check, subject, reason)
        if kind == "gate" and self._changes is not None and self._changes.gate is not None:
            told = ("\n\nenter shows what holds it. What cannot be seen any more stands below.", "muted")
            return ink.line(gate_words(ink, self._changes.gate), told, lines=True)
        if kind == "end":
            return ink.line(
                name,
                (
                    "\n\nAnswers, waivers and authorizations end by themselves, so that nobody relies on an old one.",
                    "muted",
                ),
                lines=True,
            )
        if kind == "record":
            record = next((record for record in snapshot.records if str(record.number) == name), None)
            return (
                ink.line(
                    describe(record.payload, snapshot.runbook), (f"\n{render.moment(record.at)}", "muted"), lines=True
                )
                if record
                else ink.line("")
            )
        if kind == "run":
            return self._run_detail(snapshot, int(name))
        return ink.line("")

    def _finding_detail(self, snapshot: Snapshot, check: str, subject: str, reason: str) -> Content:
        row = snapshot.standing(check, subject)
        fingerprint = (check, subject, reason)
        finding = next((finding for finding in snapshot.findings if finding.fingerprint == fingerprint), None)
        parts: list[Part | Content] = []
        if finding is not None:
            parts += [
                ("First seen ", "muted"),
                render.moment(finding.first_seen),
                (", last ", "muted"),
                render.moment(finding.last_seen),
            ]
            if finding.resolved_at:
                parts += [(", repaired ", "muted"), (render.moment(finding.resolved_at), "pass")]
            parts += ["\n", (finding.summary, "muted"), "\n\n"]
        if row is not None:
            parts.append(row_detail(snapshot, self.ink, row))
        return self.ink.line(*parts, lines=True)

    def _run_detail(self, snapshot: Snapshot, number: int) -> Content:
        run = next((run for run in snapshot.runs if run.id == number), None)
        if run is None:
            return self.ink.line("")
        parts: list[Part | Content] = [(f"Run {run.id}", "bold"), (f"  {run.scope}", "muted"), "\n"]
        move = self._moves.get(run.id, RunMove())
        if move.gate is not None:
            parts += [gate_words(self.ink, move.gate), "\n\n"]
        if move.lost:
            kinds = lost_counts(verdict for *_, verdict in move.lost)
            parts += [("Cannot be seen any more  ", "bold"), (f"{len(move.lost)}: {kinds}\n", "muted")]
            for check, subject, verdict in move.lost:
                entry = snapshot.runbook.entry(check)
                mark = render.mark_of_verdict(verdict)
                parts += [(f"{mark.value}  ", mark.tone), entry.claim if entry else check, (f"  {subject}\n", "muted")]
            parts.append("\n")
        parts += [("started   ", "muted"), render.moment(run.started_at), "\n"]
        took = span((run.finished_at - run.started_at).total_seconds()) if run.finished_at else "not over"
        ended = render.moment(run.finished_at) if run.finished_at else "not yet"
        parts += [("ended     ", "muted"), f"{ended} ({run.state})\n", ("took      ", "muted"), f"{took}\n"]
        parts += [("tool      ", "muted"), f"{run.tool}\n\n"]
        for finding in snapshot.findings:
            if finding.since_run == run.id:
                entry = snapshot.runbook.entry(finding.check)
                word = MOVES[finding.state.value]
                tone = {"repaired": "pass", "waived": "waived"}.get(word, "fail")
                parts += [
                    (f"{word}  ", tone),
                    entry.claim if entry else finding.check,
                    (f"  {finding.subject}\n", "muted"),
                ]
        return self.ink.line(*parts, lines=True)

    # ------------------------------------------------------------------------------------------------- actions

    def open_line(self, snapshot: Snapshot, key: str) -> None:
        """Go to the check."""
        kind, _, name = key.partition(":")
        if kind == "gate":
            self.launch.action_go("gate")
        elif kind == "row":
            check, rest = row_of(key)
            self.launch.go_to_check(check, rest.partition("\x1f")[0])
        elif kind == "record":
            record = next((record for record in snapshot.records if str(record.number) == name), None)
            check = getattr(record.payload, "check", "") if record else ""
            if check and record is not None:
                self.launch.go_to_check(check, getattr(record.payload, "subject", ""))
            else:
                self.launch.action_go("log")
