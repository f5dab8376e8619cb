"""A choice that is drawn in lines of text: `● yes   ○ no`. Arrows choose, space too; a click works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from launchready_tui.text import one_line
from launchready_tui.tui.base import Aware
from launchready_tui.tui.render import Part

GAP = 3


@dataclass(frozen=True, slots=True)
class Option:
    """`value` is stored, `label` is shown, `about` stands after it, `tone` is its colour once it is chosen."""

    value: str
    label: str
    about: str = ""
    tone: str = "focus"


class Choice(Aware, Widget, can_focus=True):
    """One of several options, or several of them. `tall`: one a line, with what they are about.

    The value is '' while nothing is chosen; several values are joined by a comma.
    """

    DEFAULT_CSS = """
    Choice { height: auto; width: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "move(1)", "next", show=False, id="choice.next", tooltip="The next option"),
        Binding("left", "move(-1)", "before", show=False, id="choice.previous", tooltip="The option before"),
        Binding("down", "row(1)", "next", show=False, id="choice.down", tooltip="The option below, or the next field"),
        Binding("up", "row(-1)", "before", show=False, id="choice.up", tooltip="The option above, or the field before"),
        Binding("space", "pick", "choose", show=False, id="choice.pick", tooltip="Choose, or take back"),
        Binding("enter", "done", "next field", show=False, id="choice.done", tooltip="Go to the next field"),
    ]

    class Changed(Message):
        """Something else is chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """The choice."""
            return self.choice

    class Done(Message):
        """Enter was pressed."""

    def __init__(
        self,
        options: Sequence[Option],
        value: str = "",
        *,
        tall: bool = False,
        several: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self._options = tuple(options)
        self._tall = tall
        self._several = several
        self._chosen: set[str] = set()
        self._at = 0
        self._put(value)

    @property
    def value(self) -> str:
        """What is chosen."""
        return ",".join(option.value for option in self._options if option.value in self._chosen)

    @value.setter
    def value(self, value: str) -> None:
        if value != self.value:
            self._put(value)
            self._changed()

    def _put(self, value: str) -> None:
        known = {option.value for option in self._options}
        wanted = set(value.split(",")) if self._several else {value}
        self._chosen = wanted & known
        self._at = next((index for index, option in enumerate(self._options) if option.value in self._chosen), self._at)

    def _changed(self) -> None:
        self.refresh(layout=True)
        if self.is_attached:
            self.post_message(self.Changed(self))

    # ------------------------------------------------------------------------------------------------- drawing

    def _rows(self, width: int) -> list[list[int]]:
        if self._tall:
            return [[index] for index in range(len(self._options))]
        rows: list[list[int]] = [[]]
        used = 0
        for index in range(len(self._options)):
            needed = cell_len(self._label(index))
            if rows[-1] and used + GAP + needed > width:
                rows.append([])
                used = 0
            used += needed + (GAP if rows[-1] else 0)
            rows[-1].append(index)
        return rows

    def _label(self, index: int) -> str:
        option, glyphs = self._options[index], self.ink.glyphs
        chosen = option.value in self._chosen
        if self._several:
            sign = "[x]" if chosen else "[ ]"
        elif glyphs.is_ascii:
            sign = "(*)" if chosen else "( )"
        else:
            sign = glyphs.chosen if chosen else glyphs.backup
        return f"{sign} {one_line(option.label, 60)}"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the options need."""
        return max(1, len(self._rows(width)))

    def render(self) -> Content:
        """The options; the one under the cursor is marked while the field has the focus."""
        width = self.content_size.width or 60
        column = max((cell_len(self._label(index)) for index in range(len(self._options))), default=0)
        lines: list[Content] = []
        for row in self._rows(width):
            parts: list[Part] = []
            for index in row:
                option, label = self._options[index], self._label(index)
                chosen, here = option.value in self._chosen, self.has_focus and index == self._at
                tone = option.tone if chosen else "plain" if self.has_focus else "muted"
                parts += [" " * GAP] if index != row[0] else []
                parts.append((label, f"{'bold ' if chosen else ''}{'underline ' if here else ''}{tone}"))
                if self._tall and option.about:
                    parts.append((" " * (column - cell_len(label) + 2) + one_line(option.about, 300), "muted"))
            lines.append(self.ink.line(*parts).truncate(width, ellipsis=True))
        return Content("\n").join(lines)

    # -------------------------------------------------------------------------------------------------- moving

    def action_move(self, step: int) -> None:
        """Another option; it is chosen at once where there can be only one."""
        if not self._options:
            return
        unset = not self._several and not self._chosen
        self._at = self._at if unset and step > 0 else (self._at + step) % len(self._options)
        if self._several:
            self.refresh()
        else:
            self._choose(self._at)

    def action_row(self, step: int) -> None:
        """In a tall choice the option above or below; beyond its ends, or in a flat one, the field above or below."""
        if self._tall and 0 <= self._at + step < len(self._options):
            self.action_move(step)
        elif step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_pick(self) -> None:
        """Choose what is under the cursor."""
        if self._options:
            self._choose(self._at)

    def action_done(self) -> None:
        """On to the next field."""
        self.post_message(self.Done())

    def _choose(self, index: int) -> None:
        value = self._options[index].value
        self._at = index
        before = set(self._chosen)
        self._chosen = before ^ {value} if self._several else {value}
        if self._chosen != before:
            self._changed()
        else:
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """The option that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if self._tall:
            if offset.y < len(self._options):
                self._choose(offset.y)
            return
        rows = self._rows(self.content_size.width)
        at = 0
        for index in rows[offset.y] if offset.y < len(rows) else ():
            end = at + cell_len(self._label(index))
            if at <= offset.x < end:
                self._choose(index)
            at = end + GAP

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()


YES_NO = (Option("yes", "yes"), Option("no", "no"))
