"""What changed since the last visit, what runs out soon, and the runs with their counts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content

from launchready_tui.model.board import Snapshot
from launchready_tui.model.changes import Changes
from launchready_tui.model.results import Finding, Run
from launchready_tui.model.verdicts import Severity
from launchready_tui.text import plural, span
from launchready_tui.tui import render
from launchready_tui.tui.render import Mark, Part
from launchready_tui.tui.screens.board import BoardLines, BoardScreen
from launchready_tui.tui.screens.gate_lines import STATE, blank, heading, row_detail, row_key, row_of
from launchready_tui.tui.widgets.lines import Line, fit
from launchready_tui.tui.widgets.segments import Segments
from launchready_tui.tui.words import describe

MOVES = {"open": "new", "reopened": "came back", "resolved": "repaired", "waived": "waived"}
"""What a run did to a finding, in words."""


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
For whoever comes back: what is **new**, what **came back**, what was **repaired**, what **ran out**, and what
runs out within a week.

- *Since last visit* compares with the moment when somebody last closed this engagement; *since last run* with
  the run before the newest.
- `enter` goes to the check.
- The part *Runs* lists all runs with what they found.
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

    def show(self, snapshot: Snapshot) -> None:
        """Draw what is known, and ask for the changes."""
        super().show(snapshot)
        if self.part != "runs":
            self._ask(self.part)

    @work(exclusive=True, group="changes", exit_on_error=False, description="comparing with an earlier moment")
    async def _ask(self, part: str) -> None:
        session, snapshot = self.launch.session, self.launch.snapshot
        if session is None or snapshot is None:
            return
        since = None
        if part == "run":
            finished = [run for run in snapshot.runs if run.state != "running"]
            since = finished[-2].finished_at or finished[-2].started_at if len(finished) > 1 else None
        try:
            changes = await asyncio.to_thread(session.changes, since)
        except Exception as error:
            self._problem = str(error)
        else:
            self._changes, self._for, self._problem = changes, part, ""
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

    def _finding(self, snapshot: Snapshot, finding: Finding, mark: Mark) -> Line:
        ink = self.ink
        if mark is Mark.FAIL:
            mark = render.mark_of_verdict(finding.verdict)
        entry = snapshot.runbook.entry(finding.check)
        claim = entry.claim if entry else finding.check
        loud = finding.severity is Severity.BLOCKER and mark is Mark.FAIL
        subject = 18 if self.room < 90 else 26
        rest = max(10, self.room - STATE - subject - 8)
        return Line(
            ink.line(
                (fit(f"{ink.glyphs.marks[mark]} {mark.value}", STATE), f"bold {mark.tone}" if loud else mark.tone),
                fit(claim, rest, ink.glyphs.ellipsis),
                ("  " + fit(finding.subject, subject, ink.glyphs.ellipsis), "muted"),
                (fit(render.short_age(finding.last_seen, snapshot.now), 5, right=True), "muted"),
            ),
            row_key((finding.check, finding.subject)) + f"\x1f{finding.reason}",
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
        states = [finding.state.value for finding in snapshot.findings if finding.since_run == run.id]
        return " · ".join(f"{states.count(state)} {word}" for state, word in MOVES.items() if state in states)

    # ------------------------------------------------------------------------------------------------- detail

    def detail(self, snapshot: Snapshot, key: str) -> Content:
        """The detail of a line."""
        ink = self.ink
        kind, _, name = key.partition(":")
        if kind == "row":
            check, rest = row_of(key)
            subject, _, reason = rest.partition("\x1f")
            return self._finding_detail(snapshot, check, subject, reason)
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
        if kind == "row":
            check, rest = row_of(key)
            self.launch.go_to_check(check, rest.partition("\x1f")[0])
        elif kind == "record":
            record = next((record for record in snapshot.records if str(record.number) == name), None)
            check = getattr(record.payload, "check", "") if record else ""
            if check and record is not None:
                self.launch.go_to_check(check, getattr(record.payload, "subject", ""))
            else:
                self.launch.action_go("log")
