"""What every screen stands on: the frame with its two lines, the common keys, help, and the guard against control
characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.filter import LineFilter
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from launchready_tui.model.board import Snapshot
from launchready_tui.model.runbook import Stage
from launchready_tui.tui.render import Ink
from launchready_tui.tui.widgets.keyline import KeyLine
from launchready_tui.tui.widgets.statusline import Standpoint, StatusLine

if TYPE_CHECKING:
    from launchready_tui.tui.app import LaunchReadyApp
    from launchready_tui.tui.running import Progress

T = TypeVar("T")

SMALLEST = (60, 16)
BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

_FORBIDDEN = dict.fromkeys(
    [
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        0x200E,
        0x200F,
        0x061C,
        0x2028,
        0x2029,
    ]
)


class ControlGuard(LineFilter):
    """Deletes control, bidi and surrogate characters from whatever is about to be drawn: the second wall behind
    `text.visible`.

    It deletes and does not replace: these characters have no width, so the line stays in place.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line without them."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment
            if segment.text.isprintable() or segment.control
            else Segment(segment.text.translate(_FORBIDDEN), segment.style)
            for segment in segments
        ]


_PLAIN = str.maketrans(
    {
        **dict.fromkeys("─━═╌╍┄┅–—", "-"),
        **dict.fromkeys("│┃║▎▌▐▏▕┆┇", "|"),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼┏┓┗┛╔╗╚╝", "+"),
        **dict.fromkeys("▁▂▃▄▅▆▇█▓▒░▔▀", "#"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‘’", "'"),
        **dict.fromkeys("→▸▶›", ">"),
        **dict.fromkeys("←◂", "<"),
        **dict.fromkeys("↓▾▼", "v"),
        **dict.fromkeys("↑▲", "^"),
        **dict.fromkeys("•●■", "*"),
        **dict.fromkeys("✗×", "x"),
        **dict.fromkeys("○◯", "o"),
        "·": ".",
        "…": "~",
        "✓": "+",
        "✎": "a",
        "⟳": "*",
        "↻": "%",
        "‼": "E",
        "÷": "/",
        "√": "v",
        "\u00a0": " ",
    }
)


class PlainSigns(LineFilter):
    """For `--ascii`: every sign that we draw becomes a plain one of the same width; what people wrote stays."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line in plain signs."""
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [
            segment
            if segment.text.isascii() or segment.control
            else Segment(segment.text.translate(_PLAIN), segment.style)
            for segment in segments
        ]


class Aware:
    """Typed ways to the app for screens and widgets."""

    @property
    def launch(self) -> LaunchReadyApp:
        """The app, typed."""
        return cast("LaunchReadyApp", cast(Widget, self).app)

    @property
    def ink(self) -> Ink:
        """What styled text is built with."""
        return self.launch.ink


class LaunchScreen(Aware, Screen[None]):
    """A full screen of an engagement.

    Subclasses set `PLACE` (the word that `Session.leave` stores), `TITLE_WORDS` (the crumb) and `HELP` (Markdown, our
    own words), write their
    widgets in `compose_body`, and draw in `show`, which is called when the screen is mounted and whenever the
    snapshot changed. It has to be
    fast and to keep the cursor.
    """

    PLACE: ClassVar[str] = ""
    TITLE_WORDS: ClassVar[str] = ""
    HELP: ClassVar[str] = ""
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = BREAKPOINTS
    AUTO_FOCUS: ClassVar[str | None] = "*"
    FOOTER: ClassVar[tuple[str, ...]] = ()
    """Ids of the bindings in the bottom line, the most important first; without it, those with `show`."""

    DEFAULT_CSS = """
    LaunchScreen { layers: base notice; background: $background; overflow: hidden; }
    LaunchScreen > #too-small {
        layer: notice; display: none; width: 100%; height: 100%; background: $background; content-align: center middle;
    }
    LaunchScreen.-too-small > #too-small { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(n), f"app.stage({n})", f"stage {n}", show=False, id=f"go.stage-{n}", tooltip=f"Go to stage {n}")
            for n in range(1, 8)
        ),
        Binding(
            "left_square_bracket",
            "app.next_stage(-1)",
            "previous stage",
            show=False,
            id="go.previous-stage",
            tooltip="Go to the stage before",
            key_display="[",
        ),
        Binding(
            "right_square_bracket",
            "app.next_stage(1)",
            "next stage",
            show=False,
            id="go.next-stage",
            tooltip="Go to the stage after",
            key_display="]",
        ),
        Binding(
            "n",
            "app.next_blocker",
            "next blocker",
            show=False,
            id="go.next-blocker",
            tooltip="Go to the next thing that blocks the launch",
        ),
        Binding("G", "app.go('gate')", "gate", show=False, id="go.gate", tooltip="The launch gate"),
        Binding("M", "app.go('access')", "access map", show=False, id="go.access", tooltip="Who holds the keys"),
        Binding("L", "app.go('log')", "log", show=False, id="go.log", tooltip="Everything that was recorded, in order"),
        Binding("P", "app.go('product')", "product", show=False, id="go.product", tooltip="The product profile"),
        Binding(
            "D",
            "app.go('changes')",
            "changes",
            show=False,
            id="go.changes",
            tooltip="What changed since the last run or visit",
        ),
        Binding("H", "app.go('handover')", "handover", show=False, id="go.handover", tooltip="The handover pack"),
        Binding("B", "app.go('load')", "load test", show=False, id="go.load", tooltip="The load test"),
        Binding(
            "O",
            "app.go('optimizations')",
            "optimizations",
            show=False,
            id="go.optimizations",
            tooltip="Changes for speed, measured before and after",
        ),
        Binding("u", "app.undo", "undo", show=False, id="record.undo", tooltip="Take back what was recorded last"),
        Binding("U", "app.redo", "redo", show=False, id="record.redo", tooltip="Record again what was taken back last"),
        Binding(
            "p", "app.clock", "clock", show=False, id="clock.toggle", tooltip="Start, pause or resume the sprint clock"
        ),
        Binding(
            "A",
            "app.authorize",
            "authorize",
            show=False,
            id="record.authorize",
            tooltip="Record the permission to go beyond passive looking",
        ),
        Binding(
            "x", "app.stop", "stop", show=False, id="run.stop", tooltip="Stop what is running; what is finished is kept"
        ),
        Binding(
            "F",
            "app.repair",
            "repair a fault",
            show=False,
            id="practice.repair",
            tooltip="Practice: repair a planted fault",
        ),
        Binding(
            "colon",
            "palette",
            "all",
            show=False,
            id="palette.colon",
            tooltip="Everything that can be done, by name",
            key_display=":",
        ),
        Binding(
            "question_mark",
            "help",
            "more",
            show=False,
            id="help.open",
            tooltip="Where you are and which keys work here",
            key_display="?",
        ),
        Binding("f1", "help", "more", show=False, id="help.f1", tooltip="Where you are and which keys work here"),
        Binding("escape", "back", "back", show=False, id="go.back", tooltip="Back to where you came from; never quits"),
        Binding(
            "q", "app.leave", "quit", show=False, id="app.leave", tooltip="Quit; asks only while something is running"
        ),
    ]

    def compose(self) -> ComposeResult:
        """The frame; what is in it comes from `compose_body`."""
        yield StatusLine()
        yield from self.compose_body()
        yield KeyLine()
        least = f"{SMALLEST[0]} × {SMALLEST[1]} is the least; 120 × 36 is comfortable."
        yield Static(
            self.ink.line(f"Please make the window larger.\n{least}\nAll keys work on.", lines=True), id="too-small"
        )

    def compose_body(self) -> ComposeResult:
        """The widgets between the top and the bottom line."""
        yield from ()

    def on_mount(self, event: events.Mount) -> None:
        """Draw what is known."""
        self.snapshot_changed()

    def on_resize(self, event: events.Resize) -> None:
        """Cover the screen where nothing sensible fits."""
        self.set_class(event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1], "-too-small")

    def on_screen_resume(self) -> None:
        """Somebody came back: time went on meanwhile."""
        if self.is_mounted:
            self.snapshot_changed()

    # ---------------------------------------------------------------------------------------- for subclasses

    def crumb(self) -> str:
        """Where this is, for the top line."""
        return self.TITLE_WORDS

    def stage(self) -> Stage | None:
        """The stage whose clock is shown."""
        snapshot = self.launch.snapshot
        if snapshot is None:
            return None
        worked_on = snapshot.state.clock.stage
        return next((stage for stage in snapshot.runbook.stages if stage.id == worked_on), None)

    def show(self, snapshot: Snapshot) -> None:
        """Draw the snapshot."""

    def run_progressed(self, progress: Progress) -> None:
        """A run went on (called at most four times a second); the top line is drawn anyway."""

    def why_not(self, action: str) -> str:
        """Why a key cannot act now, as a sentence that says what to do instead; '' if it can."""
        return ""

    def place(self) -> str:
        """What `Session.leave` stores for this screen."""
        return self.PLACE

    # ------------------------------------------------------------------------------------------------ common

    def snapshot_changed(self) -> None:
        """Called by the app: draw everything from its snapshot."""
        snapshot = self.launch.snapshot
        if snapshot is not None and self.is_attached:
            self.show(snapshot)
        self.status_changed()

    def status_changed(self) -> None:
        """Draw the top line and the keys."""
        app, snapshot = self.launch, self.launch.snapshot
        if not self.is_attached:
            return
        line = self.query_one_optional(StatusLine)
        if line is not None:
            line.show(
                Standpoint(snapshot, self.crumb(), app.now(), self.stage(), app.progress, app.read_only, app.seen)
                if snapshot is not None
                else None
            )
        keys = self.query_one_optional(KeyLine)
        if keys is not None:
            keys.draw()

    def refuse(self, action: str) -> bool:
        """Whether the action cannot be done now; says why on screen."""
        reason = self.why_not(action)
        if reason:
            self.launch.say(reason, severity="warning")
        return bool(reason)

    def action_help(self) -> None:
        """Show the help of this screen."""
        self.launch.show_help(self)

    def action_palette(self) -> None:
        """Open the palette."""
        self.launch.action_command_palette()

    def action_back(self) -> None:
        """Back to where one came from; does nothing at the bottom."""
        self.launch.back()


class LaunchModal(Aware, ModalScreen[T]):
    """A dialog. `esc` closes it with None. `HELP` is shown by f1 (and `?` where no text is being typed)."""

    HELP: ClassVar[str] = ""
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS

    DEFAULT_CSS = """
    LaunchModal { align: center middle; background: $background 60%; }
    LaunchModal > .dialog {
        width: 76; max-width: 94%; height: auto; max-height: 92%;
        background: $surface; border: round $border; padding: 1 2;
        border-title-color: $text-primary; border-title-style: bold; border-subtitle-color: $text-muted;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "back", id="dialog.cancel", tooltip="Close without doing anything"),
        Binding("f1", "help", "help", show=False, id="dialog.help-f1", tooltip="What this dialog is for"),
        Binding(
            "question_mark",
            "help",
            "help",
            show=False,
            id="dialog.help",
            tooltip="What this dialog is for",
            key_display="?",
        ),
    ]

    def action_cancel(self) -> None:
        """Close without a result."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the help of this dialog."""
        self.launch.show_help(self)


__all__ = ["BREAKPOINTS", "SMALLEST", "Aware", "ControlGuard", "LaunchModal", "LaunchScreen", "PlainSigns"]
