"""The exit list: whose access ends when, what is overdue, what was looked up again and is gone."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from launchready_tui.engine.exitlist import Exit, ExitState, exit_list
from launchready_tui.model.board import Snapshot
from launchready_tui.text import plural
from launchready_tui.tui import render
from launchready_tui.tui.base import LaunchModal
from launchready_tui.tui.render import Ink, Mark, Part
from launchready_tui.tui.widgets.lines import fit

_MARKS = {
    ExitState.OVERDUE: (Mark.FAIL, "fail"),
    ExitState.NO_DATE: (Mark.UNKNOWN, "unknown"),
    ExitState.DATED: (Mark.NOT_RUN, "muted"),
    ExitState.GONE: (Mark.PASS, "pass"),
}


def exit_content(ink: Ink, snapshot: Snapshot) -> Content:
    """The list as styled text."""
    found = exit_list(snapshot.state, snapshot.now)
    if not found:
        words = "No access of a consultant is recorded, and no access has a removal date. enter on a cell gives it one."
        return ink.line((words, "muted"))
    left = sum(item.state is not ExitState.GONE for item in found)
    parts: list[Part | Content] = [(f"{plural(left, 'access', 'accesses')} still to be removed\n\n", "bold")]
    for item in found:
        parts += [*_line(ink, item), "\n"]
    parts += [
        ("\nenter", "bold focus"),
        (" on a cell of the map gives an access its removal date; ", "muted"),
        ("g", "bold focus"),
        (" records that you looked again and it is gone.\n", "muted"),
        ("Last of all, tokens on this machine: launchready token list, then launchready token forget NAME.", "muted"),
    ]
    return ink.line(*parts, lines=True, limit=20_000)


def _line(ink: Ink, item: Exit) -> list[Part | Content]:
    mark, tone = _MARKS[item.state]
    grant = item.grant
    when = {
        ExitState.GONE: f"looked up {render.moment(grant.gone_at)}" if grant.gone_at else "",
        ExitState.NO_DATE: "no removal date",
    }.get(item.state, f"by {render.moment(grant.until)}" if grant.until else "")
    dots = ink.glyphs.ellipsis
    return [
        (fit(f"{ink.glyphs.marks[mark]} {item.state.value}", 11), tone),
        fit(item.title, 20, dots),
        ("  " + fit(grant.person, 18, dots), "plain"),
        ("  " + when, "muted"),
    ]


class ExitListModal(LaunchModal[None]):
    """Shows the list."""

    CSS_PATH = "help.tcss"
    HELP = """
# The exit list

Access left behind is a key under the mat. Every access of the consultant gets a day on which it is removed; when the
day has come, look at the provider's member list again and record that it is gone.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("E,q,enter", "cancel", "close", show=False, id="exits.close", tooltip="Close the list"),
        Binding("j,down", "scroll(1)", "down", show=False, id="exits.down", tooltip="Scroll down"),
        Binding("k,up", "scroll(-1)", "up", show=False, id="exits.up", tooltip="Scroll up"),
    ]

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def compose(self) -> ComposeResult:
        """The list."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = self.ink.line("Exit list")
            dialog.border_subtitle = self.ink.line("esc closes")
            yield Static(exit_content(self.ink, self._snapshot))

    def action_scroll(self, direction: int) -> None:
        """A few lines."""
        self.query_one(VerticalScroll).scroll_relative(y=2 * direction, animate=False)
