"""The line at the bottom of every screen: the few keys that matter here, `? more`, and the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.widgets import Static

from launchready_tui.tui.render import Part

if TYPE_CHECKING:
    from launchready_tui.tui.app import LaunchReadyApp

MOST = 8
"""More keys than these nobody reads."""


class KeyLine(Static):
    """Draws the bindings that are shown, as many as fit; a click is the key.

    A screen may have a method `why_not(action)`: the reason why a key cannot act now, '' if it can. Such keys are
    dimmed, not hidden.
    """

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; width: 100%; background: $panel; color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._spots: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.draw())
        self.call_after_refresh(self.draw)

    def on_resize(self) -> None:
        """Another width, other keys."""
        self.draw()

    def draw(self) -> None:
        """Draw the keys of what has the focus."""
        if not self.is_attached:
            return
        app = cast("LaunchReadyApp", self.app)
        width = self.size.width or app.size.width
        order: tuple[str, ...] = getattr(self.screen, "FOOTER", ())
        shown: dict[str, Binding] = {}
        tail: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.action == "help":
                if binding.id == "help.open" or binding.action not in tail:
                    tail[binding.action] = binding
            elif binding.action in ("palette", "command_palette", "app.command_palette"):
                if binding.action != "palette" or "palette" not in tail:
                    tail["palette"] = binding
            elif (binding.show or binding.id in order) and binding.action not in shown:
                shown[binding.action] = binding
        if order:
            places = {name: place for place, name in enumerate(order)}
            shown = {b.action: b for b in sorted(shown.values(), key=lambda b: places.get(b.id or "", len(places)))}
        why_not = getattr(self.screen, "why_not", lambda _action: "")
        end = [
            (self._key(tail[name]), word, tail[name].action, False)
            for name, word in (("help", "more"), ("palette", "all"))
            if name in tail
        ]
        room = width - 1 - sum(cell_len(key) + cell_len(word) + 4 for key, word, _, _ in end)
        items: list[tuple[str, str, str, bool]] = []
        for binding in list(shown.values())[:MOST]:
            key = self._key(binding)
            needed = cell_len(key) + cell_len(binding.description) + 4
            if room < needed:
                break
            room -= needed
            items.append((key, binding.description, binding.action, bool(why_not(binding.action))))
        parts: list[Part] = [" "]
        self._spots = []
        at = 1
        for index, (key, word, action, dimmed) in enumerate([*items, *end]):
            if index == len(items) + len(end) - 1 and end:
                gap = max(0, width - at - cell_len(key) - cell_len(word) - 2)
                parts.append(" " * gap)
                at += gap
            parts += [(key, "muted" if dimmed else "bold focus"), (f" {word}", "muted"), "   "]
            self._spots.append((at, at + cell_len(key) + cell_len(word) + 1, action))
            at += cell_len(key) + cell_len(word) + 4
        self.update(app.ink.line(*parts), layout=False)

    async def on_click(self, event: events.Click) -> None:
        """A click on a key presses it."""
        for start, end, action in self._spots:
            if start <= event.x < end:
                await self.run_action(
                    f"app.{action}" if action == "command_palette" else action if "." in action else f"screen.{action}"
                )

    def _key(self, binding: Binding) -> str:
        return self.app.get_key_display(binding)
