"""The stopwatch of a drill: a big clock, its limit, the steps to mark. It runs on while other things are on screen."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Digits, Static

from launchready_tui.engine.drilldraw import CARD, NONCE
from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.records import Drill, Note, Payload
from launchready_tui.tui.base import LaunchModal
from launchready_tui.tui.forms.attest import needs_witness
from launchready_tui.tui.forms.confirm import ConfirmModal
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.drillpeople import DrillPeopleForm
from launchready_tui.tui.forms.editor import Edit, edit_in_terminal
from launchready_tui.tui.forms.form import Saved
from launchready_tui.tui.forms.note import NoteForm
from launchready_tui.tui.forms.people import newcomers
from launchready_tui.tui.forms.stopwatch import Seconds, Stopwatch
from launchready_tui.tui.render import Mark, Part, stopwatch
from launchready_tui.tui.screens.drill_draw import Draw, drawn, told
from launchready_tui.tui.widgets.keyline import KeyLine

TICK = 0.25


class DrillScreen(LaunchModal[Saved]):
    """Closes with the drill, behind the people that are new; or with None, and the stopwatch is kept."""

    CSS_PATH = "drill.tcss"
    HELP: ClassVar[str] = """
# A drill

A procedure that nobody ever tried does not work at three in the morning. One person runs it alone, a witness watches,
the clock is on.

- `space` starts the clock, then marks each step as it is done. With the last step the clock stops. `backspace` takes
  back a slip.
- `x` gives up: that is recorded too, and says more than a drill that never took place.
- You may leave: the clock runs on, and the same key on this check brings you back. It runs on too where the window is
  closed or the program is killed: the next time you open the engagement you are asked whether to go back to it.
- `ctrl+l` throws the try away, where somebody started it by mistake.
- A drill with cards draws one by chance as the clock starts, and shows what to look for when it stands still; a drill
  with a nonce shows a word that the recipient of the alert reads back. Both are recorded.
- At the end `enter` records it. Longer than the limit is a fail.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "step",
            "start / mark step",
            id="drill.step",
            tooltip="Start the clock, then mark the next step as done",
        ),
        Binding(
            "enter", "record", "record", id="drill.record", tooltip="Record the drill, once the clock stands still"
        ),
        Binding(
            "x", "give_up", "give up", id="drill.give-up", tooltip="Stop without the rest; recorded as not completed"
        ),
        Binding("e", "note", "note", id="drill.note", tooltip="Write down what was seen, with the time on the clock"),
        Binding("b", "people", "who", id="drill.people", tooltip="Who runs it and who is the witness"),
        Binding("backspace", "unmark", "unmark", show=False, id="drill.unmark", tooltip="The last mark was a slip"),
        Binding(
            "ctrl+l",
            "afresh",
            "start afresh",
            show=False,
            id="drill.afresh",
            tooltip="Throw this try away, unrecorded, and put the clock back to zero",
        ),
        Binding("j,down", "scroll(1)", "down", show=False, id="drill.down", tooltip="Scroll down"),
        Binding("k,up", "scroll(-1)", "up", show=False, id="drill.up", tooltip="Scroll up"),
    ]

    def __init__(
        self,
        snapshot: Snapshot,
        row: Standing,
        *,
        drafts: Drafts | None = None,
        draft: object = None,
        clock: Seconds = time.monotonic,
        edit: Edit = edit_in_terminal,
        draw: Draw = secrets.randbelow,
    ) -> None:
        super().__init__()
        self._draw = draw
        self.snapshot = snapshot
        self.row = row
        self.edit = edit
        self.clock = clock
        self._given = drafts
        self._refused = draft is not None
        self._shown = -1
        self._timer: Stopwatch | None = None

    @property
    def drafts(self) -> Drafts:
        """Where the stopwatch is kept."""
        if self._given is None:
            found = getattr(self.launch, "drafts", None)
            self._given = found if isinstance(found, Drafts) else Drafts()
        return self._given

    @property
    def timer(self) -> Stopwatch:
        """The stopwatch of this check: the one that runs already, or a new one."""
        if self._timer is None:
            found = self.drafts.stopwatches.get(self.row.entry.id)
            if found is None or (found.is_handed_in and not self._refused):
                found = Stopwatch(self.row.entry.steps or ("Done",), self.clock)
                self.drafts.stopwatches[self.row.entry.id] = found
            found.is_handed_in = False
            self._timer = found
        return self._timer

    @property
    def limit(self) -> float:
        """Seconds that it may take; 0 for no limit."""
        return self.row.entry.limit_minutes * 60.0

    # ------------------------------------------------------------------------------------------------- drawing

    def compose(self) -> ComposeResult:
        """Title, clock and limit, steps, what is known, keys."""
        with Vertical(id="drill"):
            yield Static(self.ink.line((self.row.entry.claim, "bold")), id="title")
            yield Digits("00:00", id="clock")
            yield Static(id="limit")
            with VerticalScroll(id="steps", can_focus=False):
                yield Static(id="list")
                yield Static(id="known")
            yield Static(id="say")
        yield KeyLine()

    def on_mount(self) -> None:
        """Draw, and keep time."""
        self.draw()
        self.set_interval(TICK, self.tick)

    def on_resize(self) -> None:
        """The bar has another length."""
        if self.is_attached:
            self.call_after_refresh(self.draw)

    def on_screen_resume(self) -> None:
        """Somebody came back: time went on meanwhile."""
        if self.query("#clock"):
            self.draw()

    def tick(self) -> None:
        """Another second."""
        if self.timer.is_running and int(self.timer.seconds) != self._shown:
            self._draw_clock()

    def draw(self) -> None:
        """Draw everything."""
        self._draw_clock()
        self.query_one("#list", Static).update(self._steps())
        self.query_one("#known", Static).update(self._known())
        self.query_one("#say", Static).update(self.ink.line(self._saying()))
        self.query_one(KeyLine).draw()

    def _draw_clock(self) -> None:
        watch = self.timer
        self._shown = int(watch.seconds)
        clock = self.query_one("#clock", Digits)
        clock.update(stopwatch(watch.seconds))
        over = bool(self.limit) and watch.seconds > self.limit
        clock.set_class(over, "-over")
        clock.set_class(watch.is_completed and not over, "-done")
        clock.set_class(watch.is_running and not over, "-running")
        if not self.limit:
            self.query_one("#limit", Static).update(self.ink.line(("no limit", "muted")))
            return
        share = watch.seconds / self.limit
        tone = "fail" if over else "warn" if share > 0.8 else "pass"
        left = (
            f"{stopwatch(watch.seconds - self.limit)} over" if over else f"{stopwatch(self.limit - watch.seconds)} left"
        )
        words: list[Part | Content] = [("limit ", "muted"), stopwatch(self.limit), "  "]
        width = max(10, min(60, self.size.width - 34))
        words += [self.ink.bar(share, width, tone), "  ", (left, f"bold {tone}" if over else "muted")]
        self.query_one("#limit", Static).update(self.ink.line(*words))

    def _steps(self) -> Content:
        watch, glyphs = self.timer, self.ink.glyphs
        width = max(20, min(96, self.size.width - 6))
        lines: list[Content] = []
        for index, text in enumerate(watch.steps):
            done, here = index < len(watch.marks), index == len(watch.marks) and not watch.is_over
            sign = glyphs.marks[Mark.PASS] if done else glyphs.cursor if here else glyphs.dot
            tone = "pass" if done else "bold focus" if here and watch.is_running else "muted" if not here else "plain"
            at = stopwatch(watch.marks[index]) if done else glyphs.ellipsis if here and watch.is_running else ""
            left = self.ink.line(
                (f"{sign} ", tone), (f"{index + 1} ", "muted"), (text.replace("\n", " "), "" if done else tone)
            )
            left = left.truncate(width - 8, ellipsis=True)
            gap = max(1, width - left.cell_length - 6)
            lines.append(self.ink.line(left, " " * gap, (at, "plain" if done else "muted")))
        return Content("\n").join(lines)

    def _known(self) -> Content:
        watch = self.timer
        parts: list[Part] = told(self.row.entry, watch.notes, over=watch.is_over)
        parts += [
            ("\nRun by   ", "muted"),
            (watch.by, "plain") if watch.by else ("nobody yet: b says who", "person"),
        ]
        parts += [("\nWitness  ", "muted"), watch.witness or self.ink.glyphs.dash]
        for note in watch.notes:
            parts += [("\nNote     ", "muted"), note]
        return self.ink.line(*parts, lines=True)

    def _saying(self) -> Part:
        watch = self.timer
        if not watch.is_started:
            return ("The clock stands. space starts it, as the first thing happens.", "muted")
        if watch.is_running:
            return ("space marks the step as done.", "muted")
        if watch.is_given_up:
            return (
                f"Given up after {stopwatch(watch.seconds)}. enter records it as not completed.",
                "fail",
            )
        if self.limit and watch.seconds > self.limit:
            return (
                f"Done, but {stopwatch(watch.seconds - self.limit)} over the limit: a fail. enter records it.",
                "warn",
            )
        return (f"Done in {stopwatch(watch.seconds)}. enter records it; esc keeps it for later.", "pass")

    # ------------------------------------------------------------------------------------------------- actions

    def why_not(self, action: str) -> str:
        """Why a key cannot act now; '' if it can."""
        watch = self.timer
        if action == "step" and watch.is_over:
            return "The clock stands still: enter records the drill."
        if action == "record" and not watch.is_over:
            return "There is something to record once every step is marked, or you gave up with x."
        if action == "give_up" and not watch.is_running:
            return "The clock does not run."
        if action == "afresh" and not watch.is_started:
            return "The clock stands at zero."
        return ""

    def _refuses(self, action: str) -> bool:
        reason = self.why_not(action)
        if reason:
            self.launch.say(reason, severity="warning")
        return bool(reason)

    def action_step(self) -> None:
        """Start, or mark the next step."""
        if self._refuses("step"):
            return
        if self.timer.is_started:
            self.timer.mark()
        else:
            self.timer.start(self.launch.now())
            if not any(note.startswith((CARD, NONCE)) for note in self.timer.notes):
                self.timer.notes += drawn(self.row.entry, self._draw)
        self._turned()

    def _turned(self) -> None:
        """The stopwatch is another: drawn, and kept at once."""
        self.draw()
        self.drafts.hurry()

    def action_unmark(self) -> None:
        """Take back a slip."""
        if not self.timer.unmark():
            self.launch.say("No step is marked.", severity="warning")
        self._turned()

    def action_give_up(self) -> None:
        """Stop, after a question."""
        if self._refuses("give_up"):
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.timer.give_up()
            self._turned()

        text = ["It is recorded as not completed: a fail, until the next try.", "The clock runs on while you think."]
        self.app.push_screen(ConfirmModal("Give up?", text, "Give up", danger=True), answered)

    def action_afresh(self) -> None:
        """Throw the try away, after a question; who runs it and who watches stays."""
        if self._refuses("afresh"):
            return
        old = self.timer

        def answered(yes: bool | None) -> None:
            if yes:
                new = Stopwatch(self.row.entry.steps or ("Done",), self.clock, old.by, old.witness)
                self._timer = self.drafts.stopwatches[self.row.entry.id] = new
            self._turned()

        text = [
            "Nothing of it is recorded, as if it had never been started.",
            "Throw away a slip. A drill that failed is worth recording: x gives up, enter records it.",
        ]
        self.app.push_screen(ConfirmModal("Throw this try away?", text, "Throw away", danger=True), answered)

    def action_note(self) -> None:
        """Something to remember, with the time on the clock."""
        at = stopwatch(self.timer.seconds)

        def written(saved: tuple[Payload, ...] | None) -> None:
            self.timer.notes += [f"{at} {note.text}" for note in saved or () if isinstance(note, Note)]
            self._turned()

        self.app.push_screen(NoteForm(self.snapshot, self.row, edit=self.edit, drafts=self.drafts), written)

    def action_people(self, then_record: bool = False) -> None:
        """Who runs it and who watches."""

        def named(saved: tuple[Payload, ...] | None) -> None:
            self._turned()
            if then_record and saved is not None:
                self.action_record()

        self.app.push_screen(DrillPeopleForm(self.snapshot, self.row, self.timer, drafts=self.drafts), named)

    def action_record(self) -> None:
        """Close with the drill."""
        watch = self.timer
        if self._refuses("record"):
            return
        if not watch.by or (needs_witness(self.row) and not watch.witness):
            self.action_people(then_record=True)
            return
        now = max(self.snapshot.now, self.launch.now())
        drill = Drill(
            check=self.row.entry.id,
            by=watch.by,
            witness=watch.witness,
            seconds=round(watch.seconds, 1),
            completed=watch.is_completed,
            steps=watch.done,
            note="\n".join(watch.notes),
            expires_at=now + timedelta(days=self.row.entry.valid_days),
        )
        watch.is_handed_in = True
        self.dismiss((*newcomers((watch.by, watch.witness), self.snapshot.state.people), drill))

    def action_cancel(self) -> None:
        """Leave; asks while the clock runs, or while something is not recorded."""
        watch = self.timer
        if not watch.is_started:
            self.dismiss(None)
            return
        if watch.is_running:
            title, text = (
                "The clock runs on",
                "You can look at other things. The same key on this check brings you back; only then are steps marked.",
            )
        else:
            title, text = (
                "Not recorded yet",
                "It is kept until you come back. enter records it, ctrl+l throws it away.",
            )

        def answered(yes: bool | None) -> None:
            if yes:
                self.dismiss(None)

        self.app.push_screen(ConfirmModal(title, [text], "Leave"), answered)

    def action_scroll(self, direction: int) -> None:
        """A few lines."""
        self.query_one("#steps").scroll_relative(y=2 * direction, animate=False)
