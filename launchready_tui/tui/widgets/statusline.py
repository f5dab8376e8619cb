"""The line at the top of every screen: where I am, what the gate says, how long I have, what is running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from launchready_tui.model.board import GateVerdict, Snapshot
from launchready_tui.model.journal import SPRINT
from launchready_tui.model.runbook import Stage
from launchready_tui.text import one_line, plural
from launchready_tui.tui import render
from launchready_tui.tui.render import Ink, Part

if TYPE_CHECKING:
    from launchready_tui.tui.app import LaunchReadyApp
    from launchready_tui.tui.running import Progress

Variants = tuple[tuple[Part, ...], ...]
"""The same words from long to short; an empty one leaves them out."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What the line is drawn from."""

    snapshot: Snapshot
    crumb: str
    now: datetime
    stage: Stage | None = None
    progress: Progress | None = None
    read_only: bool = False
    seen: datetime | None = None


def status(at: Standpoint, ink: Ink, width: int) -> Content:
    """The line for a width: what matters least is shortened first, then left out."""
    product = one_line(at.snapshot.product.name, 40)
    first = one_line(product, 14)
    left: Variants = (
        ((f" {product} ", "bold"), (f"{ink.glyphs.crumb} ", "muted"), at.crumb),
        ((f" {first} ", "bold"), (f"{ink.glyphs.crumb} ", "muted"), at.crumb),
        ((f" {at.crumb}", "bold"),),
    )
    # From the least to the most important: this is the order in which they shrink.
    parts: list[tuple[int, Variants]] = [
        (5, _seen(at)),
        (3, _stage_clock(at, ink)),
        (4, _sprint_clock(at)),
        (0, left),
        (1, _gate(at)),
        (2, _running(at, ink)),
        (6, ((("  READ-ONLY", "bold warn"),), (("  RO", "bold warn"),)) if at.read_only else ((),)),
    ]
    chosen = [0] * len(parts)
    for index in range(len(parts)):
        while _length(parts, chosen) > width and chosen[index] + 1 < len(parts[index][1]):
            chosen[index] += 1
    shown = sorted((place, variants[pick]) for (place, variants), pick in zip(parts, chosen, strict=True))
    head, *rest = [words for _, words in shown]
    right: list[Part] = []
    for words in rest:
        if words:
            right += ["   ", *words]
    gap = max(0, width - _cells(head) - _cells(tuple(right)) - 1)
    return ink.line(*head, " " * gap, *right)


def _length(parts: list[tuple[int, Variants]], chosen: list[int]) -> int:
    return 1 + sum(
        _cells(variants[pick]) + 3 for (_, variants), pick in zip(parts, chosen, strict=True) if variants[pick]
    )


def _cells(words: tuple[Part, ...]) -> int:
    return sum(cell_len(part if isinstance(part, str) else part[0]) for part in words)


def _gate(at: Standpoint) -> Variants:
    gate = at.snapshot.gate
    tone = render.gate_tone(gate.verdict)
    word = gate.verdict.value
    if gate.verdict is not GateVerdict.NO_GO:
        return ((((word, tone)),), (("GO*" if gate.waived else "GO", tone),))
    fails, unseen = len(gate.blockers), len(gate.unseen)
    count = plural(fails, "blocker") if fails or not unseen else f"{unseen:,} not seen"
    long: tuple[Part, ...] = ((word, tone), (f" · {count}", "fail" if fails else "muted"))
    return (long, ((f"{word} {fails or unseen}", tone),))


def _running(at: Standpoint, ink: Ink) -> Variants:
    progress = at.progress
    if progress is None:
        return ((),)
    sign = ink.glyphs.marks[render.Mark.RUNNING]
    counted = f"{progress.done} of {progress.total}" if progress.total else "starting"
    return (
        (ink_bar(ink, progress.fraction, 8), (f" {sign} {counted}", "focus"), (" · x stops", "muted")),
        ((f"{sign} {counted}", "bold focus"),),
    )


def ink_bar(ink: Ink, fraction: float, width: int) -> Part:
    """A bar as one part."""
    filled = round(max(0.0, min(1.0, fraction)) * width)
    return (ink.glyphs.full * filled + ink.glyphs.empty * (width - filled), "focus")


def _stage_clock(at: Standpoint, ink: Ink) -> Variants:
    if at.stage is None or at.snapshot.state.clock.started_at is None:
        return ((),)
    spent, box = at.snapshot.state.clock.elapsed_in(at.stage.id, at.now), at.stage.minutes * 60
    tone = "bold warn" if spent > box else "plain"
    times = f"{render.hours(spent)} of {render.hours(box)}"
    bar = ink_bar(ink, spent / box if box else 0, 8)
    return (
        (("stage ", "muted"), (times, tone), " ", bar),
        (("stage ", "muted"), (times, tone)),
        (("stage ", "muted"), (f"{render.hours(spent)}/{render.hours(box)}", tone)),
        (),
    )


def _sprint_clock(at: Standpoint) -> Variants:
    clock = at.snapshot.state.clock
    if clock.started_at is None:
        return ((("clock not started", "muted"),), (("no clock", "muted"),))
    left = SPRINT.total_seconds() - clock.elapsed(at.now)
    over = left < 0
    words = f"{render.hours(abs(left))} {'over' if over else 'left'}"
    tone = "bold fail" if over else "bold warn" if left < 4 * 3600 else "plain"
    if not clock.running:
        return ((("paused ", "warn"), (words, "muted")), (("paused", "warn"),))
    return ((("sprint ", "muted"), (words, tone)), ((words, tone),))


def _seen(at: Standpoint) -> Variants:
    if at.seen is None:
        return ((("nothing seen yet", "muted"),), ())
    return (((f"seen {render.age(at.seen, at.now)}", "muted"),), ())


class StatusLine(Static):
    """The top line; the screen gives it its crumb, the app everything else."""

    DEFAULT_CSS = """
    StatusLine { dock: top; height: 1; width: 100%; background: $panel; color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__(id="status")
        self._standpoint: Standpoint | None = None
        self._shown: tuple[Content, int] | None = None

    def on_mount(self) -> None:
        """The clock shows minutes: looking four times a minute is enough."""
        self.set_interval(15, self.tick)

    def on_resize(self) -> None:
        """Another width, other words."""
        self._draw()

    def show(self, standpoint: Standpoint | None) -> None:
        """Draw from there."""
        self._standpoint = standpoint
        self._draw()

    def tick(self) -> None:
        """Draw again for the present time."""
        if self._standpoint is not None:
            app = cast("LaunchReadyApp", self.app)
            at = self._standpoint
            self._standpoint = Standpoint(
                at.snapshot, at.crumb, app.now(), at.stage, app.progress, at.read_only, at.seen
            )
            self._draw()

    def _draw(self) -> None:
        app = cast("LaunchReadyApp", self.app)
        width = self.size.width or app.size.width
        if self._standpoint is None:
            line = app.ink.line((" Launch Ready", "bold"))
        else:
            line = status(self._standpoint, app.ink, width)
        if self._shown != (line, width):
            self._shown = (line, width)
            self.update(line, layout=False)
