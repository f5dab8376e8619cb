"""The launch gate: the verdict, what decides it, who signed; the plan, what waits, and what runs by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from launchready_tui.engine.radar import Seen, look
from launchready_tui.engine.togreen import to_green, total
from launchready_tui.engine.topics import decision_on
from launchready_tui.errors import LaunchReadyError
from launchready_tui.model.board import GateVerdict, Snapshot
from launchready_tui.model.journal import payload
from launchready_tui.model.records import SignOff
from launchready_tui.text import plural
from launchready_tui.tui import render
from launchready_tui.tui.render import Part
from launchready_tui.tui.screens import gate_cards as cards
from launchready_tui.tui.screens import gate_green as green
from launchready_tui.tui.screens import gate_lines as parts
from launchready_tui.tui.screens import opening
from launchready_tui.tui.screens.banner import banner
from launchready_tui.tui.screens.board import WIDE, BoardLines, BoardScreen
from launchready_tui.tui.widgets.lines import Line


class GateLines(BoardLines):
    """The list of the gate."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "go there", id="gate.open", tooltip="Go to the first thing that holds the line"),
        Binding(
            "right",
            "screen.segment(1)",
            "to green, plan, kit",
            id="board.next",
            tooltip="The next part: the way to green, the plan, what waits, what runs by itself",
        ),
    ]


class GateScreen(BoardScreen):
    """`G`."""

    PLACE = "gate"
    TITLE_WORDS = "Launch gate"
    CSS_PATH = "gate.tcss"
    HELP = """
The gate is **computed**, nobody sets it. It is **NO-GO** while a blocker fails, or while nobody could see or
looked at one.
With everything green it is **GO**; with risks that somebody signed for, **GO WITH ACCEPTED RISKS**.

- `enter` on a bar goes to the first thing that holds it; `n` goes to the next blocker, wherever it is.
- `S` signs the gate as it stands: the name, the verdict, and the head of the chain of records at that moment.
- Left and right show the other parts: what would turn it green, the shortest first; the 48-hour plan; what waits
  until after the launch (`d` records the decision, `i` asks the four questions of a new idea); and what goes on running
  by itself.
- `t` shows the gate as it stood at another moment; `esc` comes back to now.
- A result decides the gate for 48 hours, an answer of a person until it expires.
"""
    LIST = GateLines
    PARTS = (
        ("bar", "Minimum bar"),
        ("green", "To green"),
        ("plan", "48-hour plan"),
        ("cards", "Not now"),
        ("auto", "Automation"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "n",
            "app.next_blocker",
            "fix next",
            id="go.next-blocker",
            tooltip="Go to the next thing that blocks the launch",
        ),
        Binding("S", "sign", "sign", id="gate.sign", tooltip="Sign the gate as it stands"),
        Binding("i", "idea", "idea", show=False, id="gate.idea", tooltip="Ask the four questions of a new idea"),
        Binding("t", "then", "at a date", id="gate.then", tooltip="The gate as it stood at another moment"),
        Binding(
            "d",
            "decide",
            "not now",
            id="gate.decide",
            tooltip="Record the decision that a card waits until after the launch",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._past: Snapshot | None = None
        self._seen: Seen | None = None

    def compose_head(self) -> Iterable[Widget]:
        """The verdict."""
        yield Static(id="verdict")

    def show(self, snapshot: Snapshot) -> None:
        """The verdict, then the part; of another moment, if one was chosen."""
        snapshot = self._past or snapshot
        tall = self.app.size.width >= WIDE and self.app.size.height >= 30
        self.query_one("#verdict", Static).update(self._big(snapshot) if tall else self._small(snapshot))
        super().show(snapshot)

    # ------------------------------------------------------------------------------------------------- verdict

    def _facts(self, snapshot: Snapshot) -> list[Part]:
        gate = snapshot.gate
        accepted = gate.waived + (len(gate.risks) if gate.verdict is GateVerdict.GO_WITH_ACCEPTED_RISKS else 0)
        counts = [
            (plural(len(gate.blockers), "blocker"), "bold fail", len(gate.blockers)),
            (f"{len(gate.unseen)} not seen", "unknown", len(gate.unseen)),
            (f"{gate.stale} stale", "warn", gate.stale),
            (plural(accepted, "accepted risk"), "waived", accepted),
        ]
        shown = [(words, tone) for words, tone, count in counts if count] or [("nothing blocks the launch", "pass")]
        facts: list[Part] = []
        for words in shown:
            facts += [words, (" · ", "muted")]
        return facts[:-1]

    def _work(self, snapshot: Snapshot) -> str:
        if snapshot.gate.verdict is not GateVerdict.NO_GO:
            return "ready to launch"
        return f"about {render.minutes(total(to_green(snapshot)))} of work to green"

    def _signed(self, snapshot: Snapshot) -> list[Part]:
        shown: list[Part] = []
        for role in parts.ROLES:
            record = parts.newest_sign_off(snapshot, role)
            name = payload(record, SignOff).by if record else self.ink.glyphs.dash
            outdated = bool(record and parts.changed_since(snapshot, record))
            shown += [(f"{role} ", "muted"), (name, "warn" if outdated else "bold pass" if record else "muted")]
            shown += [(" (outdated)" if outdated else "", "warn"), "   "]
        return shown[:-1]

    def _big(self, snapshot: Snapshot) -> Content:
        gate = snapshot.gate
        tone = render.gate_tone(gate.verdict)
        letters = banner(gate.verdict, ascii_only=self.ink.glyphs.is_ascii)
        green = sum(item.state.is_green for item in gate.bars)
        accepted = ("with accepted risks   ", tone) if gate.verdict is GateVerdict.GO_WITH_ACCEPTED_RISKS else ""
        rows: list[list[Part | Content]] = [
            [accepted, *self._facts(snapshot)],
            [
                (self._work(snapshot), "plain"),
                ("   ", ""),
                self.ink.bar(green / max(1, len(gate.bars)), 12),
                (f" {green} of {len(gate.bars)} green", "muted"),
            ],
            [("signed by  ", "muted"), *self._signed(snapshot)],
        ]
        shown: list[Part | Content] = []
        for letter, row in zip(letters, rows, strict=True):
            shown += [(f" {letter}", tone), "     ", *row, "\n"]
        return self.ink.line(*shown[:-1], lines=True)

    def _small(self, snapshot: Snapshot) -> Content:
        verdict = snapshot.gate.verdict
        first: list[Part | Content] = [(verdict.value, render.gate_tone(verdict)), "   ", *self._facts(snapshot)]
        return self.ink.line(
            *first, "\n", (f"{self._work(snapshot)}   signed: ", "muted"), *self._signed(snapshot), lines=True
        )

    # ------------------------------------------------------------------------------------------------ the parts

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        """The lines of the part."""
        if self.part == "cards":
            self._look_around()
            return cards.card_lines(snapshot, self.ink, self.room, self._seen or Seen())
        make = {
            "green": green.green_lines,
            "plan": parts.plan_lines,
            "auto": parts.automation_lines,
        }.get(self.part, parts.bar_lines)
        return make(snapshot, self.ink, self.room)

    def detail(self, snapshot: Snapshot, key: str) -> Content:
        """The detail of a line."""
        kind, _, name = key.partition(":")
        ink, runbook = self.ink, snapshot.runbook
        if kind in ("bar", "item"):
            items = (*snapshot.gate.bars, *snapshot.gate.items)
            return next((parts.bar_detail(snapshot, ink, item) for item in items if item.id == name), ink.line(""))
        if kind == "green":
            return green.green_detail(snapshot, ink, name)
        if kind == "row":
            row = snapshot.standing(*parts.row_of(key))
            return parts.row_detail(snapshot, ink, row) if row else ink.line("")
        if kind == "sign":
            return parts.sign_detail(snapshot, ink, name)
        if kind == "step":
            return next(
                (parts.plan_detail(snapshot, ink, step) for step in runbook.plan if step.id == name), ink.line("")
            )
        if kind == "card":
            seen = self._seen or Seen()
            return next(
                (cards.card_detail(snapshot, ink, card, seen) for card in runbook.cards if card.id == name),
                ink.line(""),
            )
        if kind == "idea":
            return cards.idea_detail(snapshot, ink, name)
        found = (parts.automation_detail(snapshot, ink, item) for item in runbook.automations if item.id == name)
        return next(found, ink.line(("This runbook has none.", "muted")))

    def open_line(self, snapshot: Snapshot, key: str) -> None:
        """Go where the work is."""
        kind, _, name = key.partition(":")
        if kind == "sign":
            self.action_sign()
        elif kind == "card":
            self.action_decide()
        elif kind == "idea":
            self.launch.action_go("log")
        elif kind == "step":
            step = next(step for step in snapshot.runbook.plan if step.id == name)
            stages = [stage for stage in snapshot.runbook.stages if stage.id in step.stages]
            unfinished = [stage for stage in stages if (at := snapshot.progress(stage)).done < at.total]
            for stage in (unfinished or stages)[:1]:
                self.launch.action_stage(stage.number)
        elif kind == "green":
            for work_left in to_green(snapshot):
                if work_left.entry.id == name or name == green.RUNS:
                    self.launch.go_to_check(*work_left.keys[0])
                    break
        elif kind == "row":
            self.launch.go_to_check(*parts.row_of(key))
        else:
            self._open_controls(snapshot, kind, name)

    def _open_controls(self, snapshot: Snapshot, kind: str, name: str) -> None:
        items = (*snapshot.gate.bars, *snapshot.gate.items)
        because = next((item.because for item in items if item.id == name), ()) if kind in ("bar", "item") else ()
        runbook = snapshot.runbook
        controls = {item.id: item.controls for item in (*runbook.bars, *runbook.items)}
        controls |= {item.id: item.controls for item in runbook.automations}
        rows = sorted(
            snapshot.covering(controls.get(name, ())), key=lambda row: render.URGENCY.index(render.mark_of(row))
        )
        target = because[0] if because else rows[0].key if rows else None
        if target is None:
            self.launch.say("No check of this runbook decides it.", severity="warning")
        else:
            self.launch.go_to_check(*target)

    # -------------------------------------------------------------------------------------------------- actions

    def why_not(self, action: str) -> str:
        """Why a key cannot act."""
        if action == "decide" and not self.key.startswith("card:"):
            return "d records that a card waits: choose one in the part “Not now”."
        if action in ("decide", "sign", "idea") and self._past is not None:
            return "This is another moment, where nothing can be recorded: esc comes back to now."
        if action in ("decide", "sign", "idea") and self.launch.read_only:
            return "Another process holds this file for writing: here it can only be read."
        return ""

    # ----------------------------------------------------------------------------------------- another moment

    def show_detail(self) -> None:
        """The detail of the line, of the moment that is shown."""
        if self._past is not None:
            self.query_one("#detail", Static).update(self.detail(self._past, self.key))
        else:
            super().show_detail()

    def crumb(self) -> str:
        """Where this is; and when, if it is not now."""
        if self._past is None:
            return self.TITLE_WORDS
        return f"Launch gate as of {render.moment(self._past.now)}"

    def action_then(self) -> None:
        """Choose another moment."""
        if self.launch.snapshot is not None:
            self._then(self.launch.snapshot)

    @work(exclusive=True, group="form", exit_on_error=False, description="the gate at another moment")
    async def _then(self, snapshot: Snapshot) -> None:
        from launchready_tui.tui.forms.moment import MomentForm

        session = self.launch.session
        moment: datetime | None = await self.app.push_screen_wait(MomentForm(snapshot))
        if moment is None or session is None:
            return
        try:
            self._past = await asyncio.to_thread(session.past, moment)
        except LaunchReadyError as error:
            await self.launch.explain(error, "Not shown")
            return
        self.draw()
        self.status_changed()

    def action_back(self) -> None:
        """Back to now first."""
        if self._past is None:
            super().action_back()
            return
        self._past = None
        self.draw()
        self.status_changed()

    def action_sign(self) -> None:
        """Sign."""
        if not self.refuse("sign") and self.launch.can_record():
            self._sign()

    @work(exclusive=True, group="form", exit_on_error=False, description="signing the gate")
    async def _sign(self) -> None:
        snapshot = self.launch.snapshot
        assert snapshot is not None
        await opening.fill(self, opening.sign(snapshot))

    def action_idea(self) -> None:
        """Ask the four questions of an idea."""
        if not self.refuse("idea") and self.launch.can_record():
            self._idea()

    @work(exclusive=True, group="form", exit_on_error=False, description="an idea")
    async def _idea(self) -> None:
        snapshot = self.launch.snapshot
        assert snapshot is not None
        await opening.fill(self, opening.idea(snapshot))

    def _look_around(self) -> None:
        """Look through the repository, once, when the part is shown first."""
        if self._seen is None and self.launch.snapshot is not None:
            self._seen = Seen()
            self._radar(self.launch.snapshot)

    @work(exclusive=True, group="radar", exit_on_error=False, description="looking through the repository")
    async def _radar(self, snapshot: Snapshot) -> None:
        self._seen = await look(snapshot.product)
        if self.is_attached and self.part == "cards":
            self.draw()

    def action_decide(self) -> None:
        """Record that a card waits."""
        if not self.refuse("decide") and self.launch.can_record():
            self._decide()

    @work(exclusive=True, group="form", exit_on_error=False, description="a decision about a card")
    async def _decide(self) -> None:
        snapshot = self.launch.snapshot
        assert snapshot is not None
        card = next(card for card in snapshot.runbook.cards if card.id == self.key.removeprefix("card:"))
        await opening.fill(self, opening.decide_card(snapshot, card, decision_on(snapshot, card)))
