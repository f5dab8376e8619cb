"""The stages: a rail on wide screens, one line on narrow ones; and what to repair first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from launchready_tui.text import one_line, span
from launchready_tui.tui.base import Aware
from launchready_tui.tui.render import Ink, Mark, Part, fit
from launchready_tui.tui.rows import Key, Row, StageTally


@dataclass
class StageChosen(Message):
    """Somebody wants to see a stage."""

    stage_id: str


def sign_of(progress: StageTally, ink: Ink) -> tuple[str, str]:
    """The one sign for a stage: what fails, what waits, or done."""
    glyphs = ink.glyphs.marks
    if progress.failing:
        return (f"{glyphs[Mark.FAIL]}{progress.failing}", "bold fail" if progress.blocking else "fail")
    if progress.total and progress.done == progress.total:
        return (glyphs[Mark.PASS], "pass")
    if progress.done:
        return (glyphs[Mark.NOT_RUN], "plain")
    return (ink.glyphs.dot, "muted")


class _Options(Aware, OptionList):
    """An option list with our keys, whose content is replaced line by line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "down", show=False, id="rail.down", tooltip="The line below"),
        Binding("k", "cursor_up", "up", show=False, id="rail.up", tooltip="The line above"),
    ]

    def put(self, lines: Sequence[tuple[str, Content]], highlighted: int | None) -> None:
        """Show these lines; nothing is announced."""
        with self.prevent(OptionList.OptionHighlighted):
            if [option.id for option in self.options] == [name for name, _ in lines]:
                for index, (_, content) in enumerate(lines):
                    if self.options[index].prompt != content:
                        self.replace_option_prompt_at_index(index, content)
            else:
                self.clear_options()
                self.add_options([Option(content, id=name) for name, content in lines])
            if highlighted is not None and self.highlighted != highlighted:
                self.highlighted = highlighted


class StageRail(_Options):
    """Two lines a stage: its name, then how far it is."""

    def __init__(self) -> None:
        super().__init__(id="stages")
        self._ids: list[str] = []
        self._progress: Sequence[StageTally] = ()
        self._current = ""

    def on_resize(self) -> None:
        """Another width, other lines."""
        self.show(self._progress, self._current)

    def show(self, progress: Sequence[StageTally], current: str) -> None:
        """Draw the stages."""
        self._progress, self._current = progress, current
        width = max(12, self.scrollable_content_region.width - 1 if self.size.width else 26)
        self._ids = [item.stage.id for item in progress]
        at = self._ids.index(current) if current in self._ids else None
        self.put([(item.stage.id, self._line(item, width, item.stage.id == current)) for item in progress], at)

    def _line(self, item: StageTally, width: int, current: bool) -> Content:
        ink = self.ink
        cursor = ink.glyphs.cursor if current else " "
        sign, tone = sign_of(item, ink)
        counts = f"{item.done}/{item.total}"
        bar = max(4, width - 4 - len(counts) - 6)
        filled = round(bar * item.done / item.total) if item.total else 0
        return ink.line(
            (cursor, "focus"),
            (f"{item.stage.number} ", "bold" if current else "muted"),
            (fit(item.stage.title, width - 3, ink.glyphs.ellipsis), "bold" if current else ""),
            "\n   ",
            (ink.glyphs.full * filled, "pass" if item.done == item.total else "focus"),
            (ink.glyphs.empty * (bar - filled), "faint"),
            (f" {counts}", "muted"),
            (f" {sign}", tone),
            lines=True,
        )

    @on(OptionList.OptionHighlighted)
    def moved(self, event: OptionList.OptionHighlighted) -> None:
        """Moving here moves the stage."""
        event.stop()
        if event.option.id:
            self.post_message(StageChosen(event.option.id))

    @on(OptionList.OptionSelected)
    def selected(self, event: OptionList.OptionSelected) -> None:
        """Enter goes to the list."""
        event.stop()
        self.post_message(StageChosen(event.option.id or ""))
        self.screen.focus_next()


@dataclass
class FixChosen(Message):
    """Somebody wants to see what is to be repaired."""

    key: Key


class FixFirst(_Options):
    """The fix plan: the most risk per minute of work first."""

    def __init__(self) -> None:
        super().__init__(id="fix-first")
        self._keys: list[Key] = []
        self._rows: Sequence[Row] = ()

    def on_resize(self) -> None:
        """Another width, other lines."""
        self.show(self._rows)

    def show(self, rows: Sequence[Row]) -> None:
        """Draw the plan."""
        self._rows = rows
        width = max(16, (self.scrollable_content_region.width if self.size.width else 28) - 1)
        self._keys = [(row.key[0], row.key[1]) for row in rows]
        self.put([("|".join(row.key), self._line(row, width)) for row in rows], None)
        self.set_class(not rows, "-empty")

    def _line(self, row: Row, width: int) -> Content:
        ink = self.ink
        effort = span(row.lead.entry.minutes * 60) if row.lead else ""
        where = row.about or (one_line(row.lead.result.subject, 60) if row.lead else "")
        return ink.line(
            (ink.glyphs.marks[row.mark], f"bold {row.mark.tone}" if row.loud else row.mark.tone),
            f" {fit(row.title, width - 2, ink.glyphs.ellipsis)}\n  ",
            (fit(where, width - 3 - len(effort), ink.glyphs.ellipsis), "muted"),
            (f" {effort}", "muted"),
            lines=True,
        )

    @on(OptionList.OptionSelected)
    def selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        event.stop()
        self.post_message(FixChosen(self._keys[event.option_index]))


class StageLine(Aware, Static):
    """All stages in one line, for narrow screens."""

    DEFAULT_CSS = "StageLine { height: 1; width: 100%; background: $surface; }"

    def __init__(self) -> None:
        super().__init__(id="stage-line")
        self._spots: list[tuple[int, int, str]] = []

    def show(self, progress: Sequence[StageTally], current: str) -> None:
        """Draw the stages."""
        parts: list[Part] = [" "]
        self._spots = []
        at = 1
        done = ""
        for item in progress:
            sign, tone = sign_of(item, self.ink)
            text = f"{item.stage.number} {sign}"
            if item.stage.id == current:
                parts += [("[", "focus"), (f"{item.stage.number} ", "bold"), (sign, tone), ("]", "focus"), " "]
                done = f"{item.done} of {item.total} done"
            else:
                parts += [" ", (f"{item.stage.number} ", "muted"), (sign, tone), "  "]
            self._spots.append((at, at + len(text) + 2, item.stage.id))
            at += len(text) + 3
        gap = max(1, (self.size.width or self.app.size.width) - at - len(done) - 1)
        self.update(self.ink.line(*parts, " " * gap, (done, "muted")), layout=False)

    def on_click(self, event: events.Click) -> None:
        """A click on a stage goes there."""
        for start, end, stage_id in self._spots:
            if start <= event.x < end:
                self.post_message(StageChosen(stage_id))
