"""The app's ground floor: session and snapshot, settings and theme, words on screen, help."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from textual.app import App
from textual.filter import LineFilter
from textual.screen import Screen

from launchready_tui.errors import LaunchReadyError
from launchready_tui.folders import config_folder, keep_traceback
from launchready_tui.model.board import Snapshot
from launchready_tui.model.verdicts import Source
from launchready_tui.tui.base import ControlGuard, LaunchModal, LaunchScreen, PlainSigns
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.render import ASCII, UNICODE, Glyphs, Ink, said
from launchready_tui.tui.settings import Bound, Settings, load_keymap, load_settings, save_settings
from launchready_tui.tui.theme import THEMES

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session
    from launchready_tui.tui.running import Progress

Severity = Literal["information", "warning", "error"]
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class Shell(App[int]):
    """Holds what every screen looks at. Everything slow goes to a thread."""

    def __init__(
        self,
        *,
        ascii_only: bool = False,
        no_animation: bool = False,
        config: Path | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.config = config if config is not None else config_folder()
        self.settings, self._problems = load_settings(self.config)
        self.glyphs: Glyphs = ASCII if ascii_only or self.settings.ascii else UNICODE
        super().__init__()
        self.now = clock
        self.session: Session | None = None
        self.snapshot: Snapshot | None = None
        self.progress: Progress | None = None
        self.read_only = False
        self.seen: datetime | None = None
        self.refresh_seconds = 0.0
        self.drafts = Drafts()
        self._refreshing = asyncio.Lock()
        self._is_mounted_once = False
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._usable_theme(self.settings.theme)
        self.ink = Ink(self.glyphs, self.theme_variables)
        if no_animation or not self.settings.animation or os.environ.get("TEXTUAL_ANIMATIONS") == "none":
            self.animation_level = "none"

    # ---------------------------------------------------------------------------------------------- appearance

    def _usable_theme(self, name: str) -> str:
        known = name in self.available_themes
        # With NO_COLOR the ansi themes draw black on black (TEXTUAL.md d.8).
        unreadable = "NO_COLOR" in os.environ and name.startswith("ansi")
        return name if known and not unreadable else "launchready-dark"

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of Textual, then our guard, then plain signs where they are wanted."""
        plain = [PlainSigns()] if self.glyphs.is_ascii else []
        return [*super().get_line_filters(), ControlGuard(), *plain]

    def watch_theme(self, name: str) -> None:
        """Another theme: other ink, everything drawn again, remembered."""
        usable = self._usable_theme(name)
        if usable != name:
            self.theme = usable
            return
        if self._is_mounted_once:
            self.call_after_refresh(self._new_ink)
            self._remember(replace(self.settings, theme=name))

    def _new_ink(self) -> None:
        self.ink = Ink(self.glyphs, self.theme_variables)
        self.redraw()

    def use_ascii(self, on: bool) -> None:
        """Plain signs or the usual ones; remembered."""
        self.glyphs = ASCII if on else UNICODE
        self._remember(replace(self.settings, ascii=on))
        self._new_ink()
        self.refresh_css(animate=False)

    def use_animation(self, on: bool) -> None:
        """Movement or none; remembered."""
        self.animation_level = "full" if on else "none"
        self._remember(replace(self.settings, animation=on))

    def _remember(self, settings: Settings) -> None:
        self.settings = settings
        save_settings(self.config, settings)

    def apply_keymap(self, screens: Sequence[type[Any]]) -> None:
        """Use the keys of the user's file, as far as they do not meet on one key."""
        bounds = [
            Bound(screen.__name__, binding.id, key)
            for screen in screens
            for key, binding in screen._merge_bindings().key_to_bindings.items()
            for binding in binding
            if binding.id
        ]
        keymap = load_keymap(self.config, _joined(bounds))
        if keymap.keys:
            self.set_keymap(dict(keymap.keys))
        self._problems = (*self._problems, *keymap.problems)

    def tell_problems(self) -> None:
        """Say what was wrong with the user's files."""
        for problem in self._problems[:3]:
            self.say(problem, title="Configuration", severity="warning")
        self._problems = ()

    # --------------------------------------------------------------------------------------------------- words

    def say(self, message: str, *, title: str = "", severity: Severity = "information", timeout: float = 5) -> None:
        """A toast; never markup, whatever the words are."""
        self.notify(said(message), title=said(title), severity=severity, timeout=timeout, markup=False)

    async def explain(self, error: Exception, doing: str) -> None:
        """Show an error and wait until it was read. Anything but a `LaunchReadyError` is our own bug, and said so."""
        from launchready_tui.tui.screens.problem import Problem

        if isinstance(error, LaunchReadyError):
            await self.push_screen_wait(Problem(doing, error.message, error.hint))
            return
        where = await asyncio.to_thread(keep_traceback, error, self.config)
        message = f"{type(error).__name__}: {error}"
        await self.push_screen_wait(
            Problem(f"{doing}: this is a bug of ours", message, f"Please report it. The trace is in {where}.")
        )

    def show_help(self, screen: Screen[Any]) -> None:
        """The help of a screen or dialog, with the keys that work in it now."""
        from launchready_tui.tui.screens.help import HelpModal

        if isinstance(self.screen, HelpModal):
            return
        here: list[tuple[str, str]] = []
        everywhere: list[tuple[str, str]] = []
        done: dict[str, int] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            if not binding.tooltip or binding.system:
                continue
            group = (
                everywhere
                if binding.action.startswith("app.") or binding.action in ("palette", "help", "back")
                else here
            )
            key = self.get_key_display(binding)
            if binding.tooltip in done and group[done[binding.tooltip] :][:1]:
                first, what = group[done[binding.tooltip]]
                group[done[binding.tooltip]] = (f"{first} {key}", what)
            else:
                done[binding.tooltip] = len(group)
                group.append((key, binding.tooltip))
        title = screen.crumb() if isinstance(screen, LaunchScreen) else "Help"
        text = screen.HELP if isinstance(screen, (LaunchScreen, LaunchModal)) else ""
        groups = [("Keys here", here), ("Keys everywhere", everywhere)]
        self.push_screen(HelpModal(title, text or "", [group for group in groups if group[1]]))

    # ------------------------------------------------------------------------------------------------ snapshot

    async def refresh_snapshot(self) -> None:
        """Ask the session how everything stands, and draw it. Never two at once; the screens are drawn in the loop."""
        if self.session is None:
            return
        async with self._refreshing:
            began = asyncio.get_running_loop().time()
            snapshot = await asyncio.to_thread(self.session.snapshot)
            self.refresh_seconds = asyncio.get_running_loop().time() - began
            self.use_snapshot(snapshot)

    def use_snapshot(self, snapshot: Snapshot) -> None:
        """Draw this snapshot."""
        self.snapshot = snapshot
        self.seen = max(
            (row.result.at for row in snapshot.board if row.result.run and row.result.source is Source.LIVE),
            default=None,
        )
        self.redraw()

    def redraw(self) -> None:
        """Every screen of ours draws again, the covered ones when they are uncovered."""
        for screen in self.screen_stack:
            if isinstance(screen, LaunchScreen) and screen.is_mounted:
                screen.snapshot_changed()

    def status_changed(self) -> None:
        """The top line of the screen that is seen."""
        for screen in self.screen_stack:
            if isinstance(screen, LaunchScreen) and screen.is_mounted:
                screen.status_changed()


def _joined(bounds: Sequence[Bound]) -> list[Bound]:
    joined: dict[tuple[str, str], list[str]] = {}
    for bound in bounds:
        joined.setdefault((bound.scope, bound.id), []).append(bound.keys)
    return [Bound(scope, name, ",".join(keys)) for (scope, name), keys in joined.items()]
