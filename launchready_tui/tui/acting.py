"""What can be done about a check: the keys that the sprint screen and the detail screen have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from launchready_tui.engine.events import Selection
from launchready_tui.engine.fixes import filled, fix_text
from launchready_tui.model.board import Standing
from launchready_tui.model.records import ClockMark
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Source, Verdict
from launchready_tui.text import plural, visible
from launchready_tui.tui import render
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.clipboard import native_copy
from launchready_tui.tui.rows import Key, Row

_UNSEEN = (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR)


class ActingScreen(LaunchScreen):
    """A screen on which there is a row to act on. Subclasses say which: `target`, and `chosen_keys` for marked ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run_this", "run", id="check.run", tooltip="Run this check, or the marked ones"),
        Binding("R", "run_stage", "run stage", id="check.run-stage", tooltip="Run all checks of this stage"),
        Binding("a", "attest", "attest", id="record.attest", tooltip="Record a person's answer to this"),
        Binding("w", "waive", "waive", id="record.waive", tooltip="Accept this risk until a day, signed"),
        Binding("d", "decide", "decide", id="record.decide", tooltip="Record a decision: what, why, who"),
        Binding("o", "own", "owner", id="record.own", tooltip="Name who takes care of this"),
        Binding("t", "drill", "stopwatch", show=False, id="record.drill", tooltip="Run this drill against the clock"),
        Binding("e", "note", "note", show=False, id="record.note", tooltip="Write a note about this"),
        Binding(
            "f",
            "run_failed",
            "re-run failed",
            show=False,
            id="check.run-failed",
            tooltip="Run again what did not pass, in all stages",
        ),
        Binding(
            "y",
            "copy",
            "copy",
            show=False,
            id="check.copy",
            tooltip="Copy the value, the fix, a command, or all as Markdown",
        ),
        Binding(
            "v", "raw", "raw evidence", show=False, id="check.raw", tooltip="Evidence in words, or as it is stored"
        ),
        Binding(
            "i",
            "stage_info",
            "stage",
            show=False,
            id="stage.info",
            tooltip="Goal, failure signals and documents of this stage",
        ),
    ]

    FOOTER: ClassVar[tuple[str, ...]] = (
        "check.run",
        "check.run-stage",
        "record.attest",
        "record.waive",
        "go.next-blocker",
        "record.decide",
        "record.own",
        "go.gate",
    )

    def target(self) -> Row | None:
        """The row that the keys are about."""
        return None

    def chosen_keys(self) -> frozenset[Key]:
        """What is marked."""
        return frozenset()

    def chosen_rows(self) -> tuple[Standing, ...]:
        """The marked rows."""
        snapshot, keys = self.launch.snapshot, self.chosen_keys()
        return tuple(row for row in snapshot.board if row.key in keys) if snapshot and keys else ()

    def shown_stage(self) -> str:
        """The stage that is on screen."""
        return ""

    def action_raw(self) -> None:
        """Another view of the evidence."""

    # ------------------------------------------------------------------------------------------------- reasons

    def why_not(self, action: str) -> str:
        """Why a key cannot act now."""
        row = self.target()
        if action in ("run_this", "attest", "waive", "own", "drill", "copy", "note") and (
            row is None or row.lead is None
        ):
            return "" if action == "run_this" and self.chosen_keys() else "There is no check under the cursor."
        if row is None or row.lead is None:
            return ""
        at = row.lead
        match action:
            case "run_this":
                live = bool(self.chosen_keys()) or at.entry.kind is Kind.LIVE
                way = {Kind.DRILL: "t runs it against the clock", Kind.IMPORT: "a records what the file says"}.get(
                    at.entry.kind, "a records the answer"
                )
                return "" if live else f"No program can see this one: {way}."
            case "run_stage":
                return (
                    ""
                    if self._has_live()
                    else "No check of this stage runs by itself: people answer them. a records an answer."
                )
            case "attest":
                return self._why_not_attest(row)
            case "waive":
                problems = [m for m in row.members if m.verdict in (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN)]
                return "" if problems else "There is no finding to accept here. d records a decision."
            case "drill":
                return (
                    "" if at.entry.kind is Kind.DRILL else "This is no drill. The stopwatch is for checks that say so."
                )
        return ""

    def _why_not_attest(self, row: Row) -> str:
        at = row.lead
        if at is None:
            return ""
        if at.entry.kind is Kind.DRILL:
            return "A drill is proven against the clock: t starts the stopwatch."
        if at.result.source is Source.MAP and at.verdict is Verdict.FAIL:
            return "The access map shows it, whatever anybody answers. M mends it there, w accepts the risk."
        if at.entry.kind is Kind.LIVE and at.verdict not in _UNSEEN and at.result.record == 0:
            return "A run has seen this; an answer cannot outweigh it. w accepts the risk, r looks again."
        if at.entry.kind is Kind.LIVE and not at.entry.statement:
            return "The runbook has no statement to attest for this check. r looks, w accepts the risk."
        return ""

    def _has_live(self) -> bool:
        snapshot = self.launch.snapshot
        stage_id = self.shown_stage()
        stage = next((s for s in snapshot.runbook.stages if s.id == stage_id), None) if snapshot else None
        return stage is not None and any(entry.kind is Kind.LIVE for entry in stage.checks)

    # ------------------------------------------------------------------------------------------------- running

    def action_run_this(self) -> None:
        """Run the row, or the marked rows."""
        if self.refuse("run_this"):
            return
        keys = self.chosen_keys()
        row = self.target()
        if not keys and row is not None:
            keys = frozenset(row.keys)
        self._work_here()
        self.launch.ask_run(Selection(keys=keys))

    def action_run_stage(self) -> None:
        """Run the stage."""
        if not self.refuse("run_stage"):
            self._work_here()
            self.launch.ask_run(Selection(stages=frozenset({self.shown_stage()})))

    def action_run_failed(self) -> None:
        """Run again what did not pass."""
        snapshot = self.launch.snapshot
        if snapshot is None:
            return
        bad = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.ERROR)
        keys = frozenset(row.key for row in snapshot.board if row.entry.kind is Kind.LIVE and row.verdict in bad)
        if keys:
            self.launch.ask_run(Selection(keys=keys))
        else:
            self.launch.say("Nothing that was run failed. R runs the stage.")

    def _work_here(self) -> None:
        """The stage clock follows the work."""
        snapshot, stage = self.launch.snapshot, self.shown_stage()
        if (
            snapshot is not None
            and not self.launch.read_only
            and snapshot.state.clock.running
            and stage
            and snapshot.state.clock.stage != stage
        ):
            self.launch.mark_clock(ClockMark("stage", stage=stage), quiet=True)

    # ----------------------------------------------------------------------------------------------- recording

    def _form(self, name: str, row: Standing | Sequence[Standing] | None) -> None:
        self._work_here()
        self.launch.form(name, row)

    def action_attest(self) -> None:
        """A person's answer."""
        row = self.target()
        if not self.refuse("attest") and row is not None:
            self._form("attest", row.lead)

    def action_waive(self) -> None:
        """The acceptance of one finding."""
        row = self.target()
        if self.refuse("waive") or row is None:
            return
        problems = [
            m for m in row.members if m.verdict in (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN) and not m.is_waived
        ] or list(row.members)
        if len(problems) > 1:
            self.launch.say(
                f"A waiver is signed for one finding, and here are {len(problems)}. Right arrow opens them.",
                severity="warning",
            )
            return
        self._form("waive", problems[0])

    def action_decide(self) -> None:
        """A choice."""
        row = self.target()
        self._form("decide", row.lead if row else None)

    def action_own(self) -> None:
        """Who takes care."""
        row = self.target()
        if not self.refuse("own") and row is not None:
            self._form("own", self.chosen_rows() or row.members)

    def action_drill(self) -> None:
        """The stopwatch."""
        row = self.target()
        if not self.refuse("drill") and row is not None:
            self._form("drill", row.lead)

    def action_note(self) -> None:
        """A note."""
        row = self.target()
        self._form("note", row.lead if row else None)

    def action_stage_info(self) -> None:
        """Goal, signals, documents."""
        from launchready_tui.tui.screens.stage import StageScreen

        self.launch.push_screen(StageScreen(self.shown_stage()))

    # ------------------------------------------------------------------------------------------------- copying

    def action_copy(self) -> None:
        """Choose what to copy."""
        row, snapshot = self.target(), self.launch.snapshot
        if self.refuse("copy") or row is None or row.lead is None or snapshot is None:
            return
        from launchready_tui.engine.fixkit import detected_frameworks, kit

        at = row.lead
        hand = filled(at.entry.by_hand, at.result.subject, snapshot.product)
        texts = {
            "summary": at.result.summary,
            "subject": at.result.subject,
            "fix": fix_text(at.entry, at.result, snapshot.product),
            "command": first_command(hand) or hand,
            "cli": f"launchready check {snapshot.path or 'FILE'} --check {at.entry.id}",
            "evidence": "\n".join(at.result.evidence),
            "markdown": as_markdown(
                at, snapshot.product.name, texts_fix=fix_text(at.entry, at.result, snapshot.product)
            ),
        }
        names = {
            "summary": "what was found",
            "subject": "subject",
            "fix": "fix",
            "command": "by hand",
            "cli": "command line",
            "evidence": "evidence ids",
            "markdown": "as Markdown",
        }
        for number, snippet in enumerate(kit(at, snapshot.product, detected_frameworks(snapshot.board))):
            texts[f"kit-{number}"] = snippet.text
            names[f"kit-{number}"] = f"fix for {snippet.title}"
        lines = [(name, names[name], text.strip().split("\n")[0][:80]) for name, text in texts.items() if text.strip()]
        self._copy(lines, texts)

    @work(exclusive=True, group="copy", exit_on_error=False, description="the copy menu")
    async def _copy(self, lines: list[tuple[str, str, str]], texts: dict[str, str]) -> None:
        import asyncio

        from launchready_tui.tui.screens.menu import Menu

        choice = await self.launch.push_screen_wait(Menu("Copy", lines))
        if choice is None:
            return
        text = visible(texts[choice], limit=100_000, lines=True)
        tool = "" if self.app.is_headless else await asyncio.to_thread(native_copy, text)
        if not tool:
            self.app.copy_to_clipboard(text)
        how = (
            f"by {tool}"
            if tool
            else "through the terminal (OSC 52); if nothing arrives, your terminal does not allow it"
        )
        self.launch.say(f"{plural(len(text), 'character')} copied {how}.")


def first_command(text: str) -> str:
    """The first fenced block of a text of the runbook."""
    parts = text.split("```")
    return parts[1].partition("\n")[2].strip() if len(parts) > 2 else ""


def as_markdown(at: Standing, product: str, texts_fix: str) -> str:
    """A finding for a ticket; outside text stands in code."""

    def code(text: str) -> str:
        return f"`{visible(text).replace('`', 'ˋ')}`"

    word = render.mark_of(at).value
    return (
        f"### {at.entry.claim}: {word} ({render.severity_word(at.severity)})\n\n"
        f"{product}, {code(at.result.subject)}, {render.moment(at.result.at)}\n\n{code(at.result.summary)}\n\n"
        f"**Why it matters.** {render.reflow(at.entry.why)}\n\n"
        f"**Fix** ({render.minutes(at.entry.minutes)}).\n\n{texts_fix}\n\n"
        f"Check: `{at.entry.id}`\n"
    )
