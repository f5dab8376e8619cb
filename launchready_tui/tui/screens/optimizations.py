"""The optimization log: each change with what was measured before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.content import Content

from launchready_tui.model.board import Snapshot
from launchready_tui.model.optimization import EFFECTS, Effect, Optimization, Sample, optimizations
from launchready_tui.text import one_line, plural
from launchready_tui.tui import render
from launchready_tui.tui.render import Mark, Part
from launchready_tui.tui.screens.board import BoardLines, BoardScreen
from launchready_tui.tui.screens.gate_lines import heading
from launchready_tui.tui.widgets.lines import Line, fit

if TYPE_CHECKING:
    from launchready_tui.engine.measuring import Phase
    from launchready_tui.tui.measuring import Measurer

MARKS: dict[Effect, Mark] = {
    "faster": Mark.PASS,
    "slower": Mark.FAIL,
    "unproven": Mark.UNKNOWN,
    "too-few": Mark.UNKNOWN,
    "open": Mark.NOT_RUN,
}
WORDS: dict[Effect, str] = {
    "faster": "faster",
    "slower": "slower",
    "unproven": "unproven",
    "too-few": "too few",
    "open": "open",
}
BARS = 24
"""Cells of the longest bar of a comparison."""


class OptimizationLines(BoardLines):
    """The changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "screen.begin", "new change", id="optimizations.begin", tooltip="Begin a change for speed"),
        Binding("m", "screen.measure", "measure", id="optimizations.measure", tooltip="Measure this change's route"),
    ]


class OptimizationScreen(BoardScreen):
    """`O`."""

    PLACE = "optimizations"
    TITLE_WORDS = "Optimization log"
    HELP = """
What was changed for speed, for which route, and **what it brought**.

- `c` begins a change: it is measured before anything is touched.
- `m` measures the change under the cursor: after the deploy, or once more.
- *faster* and *slower* are said only where chance explains the difference in fewer than one case of a hundred
  (Mann-Whitney, sixty answers on each side); else the change is *unproven*.
"""
    LIST = OptimizationLines

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        """A line a change, the newest first."""
        ink, found = self.ink, optimizations(snapshot.state)
        if not found:
            return [
                heading(ink, "Nothing recorded yet"),
                Line(ink.line(("c begins a change for speed: it is measured first, then you change it.", "muted"))),
            ]
        proven = sum(item.effect() == "faster" for item in found)
        lines = [heading(ink, plural(len(found), "change"), f"{proven} proven faster")]
        return [*lines, *(self._line(item) for item in reversed(found))]

    def _line(self, item: Optimization) -> Line:
        ink = self.ink
        effect = item.effect()
        mark = MARKS[effect]
        busy = self._measuring(item)
        sign, word = (ink.glyphs.marks[Mark.RUNNING], busy) if busy else (ink.glyphs.marks[mark], WORDS[effect])
        figures = self._figures(item)
        route = 14 if self.room < 90 else 20
        rest = max(10, self.room - 12 - route - len(figures) - 2)
        return Line(
            ink.line(
                (fit(f"{sign} {word}", 12), mark.tone),
                (fit(item.change.endpoint, route, ink.glyphs.ellipsis), "bold"),
                fit(item.change.title, rest, ink.glyphs.ellipsis),
                (f"  {figures}", "muted"),
            ),
            f"change:{item.record.number}",
        )

    def _figures(self, item: Optimization) -> str:
        arrow = "->" if self.ink.glyphs.is_ascii else "→"
        before = f"{item.before.p95:.0f}" if item.before else "?"
        after = f"{item.after.p95:.0f}" if item.after else "?"
        return f"p95 {before} {arrow} {after} ms"

    def _measuring(self, item: Optimization) -> str:
        now = self._app.measuring
        return now[1] if now is not None and now[0] == item.record.number else ""

    @property
    def _app(self) -> Measurer:
        return cast("Measurer", self.app)

    # ------------------------------------------------------------------------------------------------- detail

    def detail(self, snapshot: Snapshot, key: str) -> Content:
        """Both sides of a change beside each other."""
        item = self._item(snapshot, key)
        if item is None:
            return self.ink.line("")
        effect = item.effect()
        mark = MARKS[effect]
        parts: list[Part | Content] = [(one_line(item.change.title, 200), "bold"), "\n"]
        parts.append((f"{item.change.endpoint}", "muted"))
        for words in (item.change.commit[:12], item.change.who, render.moment(item.record.at)):
            parts += [(f" · {one_line(words, 60)}", "muted")] if words else []
        parts += ["\n\n", (f"{self.ink.glyphs.marks[mark]} {EFFECTS[effect]}", f"bold {mark.tone}")]
        if item.p_value is not None:
            chance = "below 0.001" if item.p_value < 0.001 else f"{item.p_value:.3f}"
            parts.append((f"   by chance: {chance}", "muted"))
        parts.append("\n")
        longest = max((side.p95 for side in (item.before, item.after) if side), default=0.0)
        for name, side in (("before", item.before), ("after", item.after)):
            parts += self._side(name, side, longest)
        if item.after is None:
            words = "m measures it now." if item.before else "m measures it before you change anything."
            parts.append((f"\n{words}", "focus"))
        return self.ink.line(*parts, lines=True)

    def _side(self, name: str, side: Sample | None, longest: float) -> list[Part | Content]:
        if side is None:
            return [(f"\n{name:8}", "bold"), ("not measured", "muted"), "\n"]
        filled = "#" if self.ink.glyphs.is_ascii else "█"
        parts: list[Part | Content] = [
            (f"\n{name:8}", "bold"),
            (f"{render.moment(side.record.at)}, n {side.count}", "muted"),
        ]
        for label, value in (("p50", side.p50), ("p95", side.p95)):
            bar = filled * max(1, round(BARS * value / longest)) if longest else ""
            parts += [f"\n  {label} {value:7.0f} ms ", (bar, "focus" if name == "after" else "muted")]
        low, high = side.p95_interval
        if isfinite(low) and isfinite(high):
            parts.append((f"\n  p95 between {low:.0f} and {high:.0f} ms", "muted"))
        said = side.said
        seen = f"{said.queries:g} queries" if said.queries is not None else f"queries not seen: {said.unseen}"
        more = f" · {said.bytes:,} bytes" if said.bytes else ""
        plan = f" · plan {said.plan[:8]}" if said.plan else ""
        parts.append((f"\n  {one_line(seen, 80)}{more}{plan}\n", "muted"))
        return parts

    def _item(self, snapshot: Snapshot, key: str) -> Optimization | None:
        number = key.removeprefix("change:")
        return next((item for item in optimizations(snapshot.state) if str(item.record.number) == number), None)

    # ------------------------------------------------------------------------------------------------- actions

    def action_begin(self) -> None:
        """Record a change, then measure before it."""
        self._app.begin_change(None)

    def action_measure(self) -> None:
        """Measure the change under the cursor: before it where nothing is measured yet, else after it."""
        snapshot = self.launch.snapshot
        item = self._item(snapshot, self.key) if snapshot is not None else None
        if item is None:
            self.launch.say("There is no change here yet: c begins one.", severity="warning")
            return
        phase: Phase = "before" if item.before is None else "after"
        self._app.measure(item.record.number, phase)
