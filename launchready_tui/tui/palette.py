"""The palette: every key by name, every stage, check and finding."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from launchready_tui.model.verdicts import Verdict
from launchready_tui.text import one_line, visible
from launchready_tui.tui.render import mark_of

if TYPE_CHECKING:
    from launchready_tui.tui.app import LaunchReadyApp

BOARDS = {
    "gate": "Launch gate: what blocks the launch, sign off",
    "handover": "Handover: read the documents, export the pack",
    "access": "Access map: who holds the keys",
    "log": "Log: decisions, waivers, attestations",
    "product": "Product: show and edit the profile",
    "optimizations": "Optimization log: changes for speed, measured before and after",
    "load": "Load test: how many people at once, and what gives way first",
    "changes": "What changed since the last run or visit",
}

Command = tuple[str, str, Callable[[], object]]


class LaunchCommands(Provider):
    """Offers what can be done and where one can go."""

    @property
    def _launch(self) -> LaunchReadyApp:
        return cast("LaunchReadyApp", self.app)

    def actions(self) -> Iterator[Command]:
        """Every binding of the screen below, with its key."""
        seen: set[str] = set()
        screen = self.screen
        for active in screen.active_bindings.values():
            binding = active.binding
            words = binding.tooltip or binding.description
            if not words or binding.system or words in seen or binding.action in ("palette", "back", "command_palette"):
                continue
            seen.add(words)
            key = self.app.get_key_display(binding)
            yield words, f"key {key}", partial(self._run, binding.action, active.node)

    async def _run(self, action: str, node: object) -> None:
        await self.app.run_action(action, cast("LaunchReadyApp", node))

    def boards(self) -> Iterator[Command]:
        """The boards by what one does there."""
        for name, words in BOARDS.items():
            yield words, name, partial(self._launch.action_go, name)

    def places(self) -> Iterator[Command]:
        """Stages and checks."""
        snapshot = self._launch.snapshot
        if snapshot is None:
            return
        for stage in snapshot.runbook.stages:
            yield f"Stage {stage.number} {stage.title}", "go there", partial(self._launch.action_stage, stage.number)
        for entry in snapshot.runbook.entries:
            yield (
                entry.claim,
                f"{entry.id}, stage {entry.stage.lstrip('S')}",
                partial(self._launch.go_to_check, entry.id),
            )

    def findings(self) -> Iterator[Command]:
        """What does not pass, by subject."""
        snapshot = self._launch.snapshot
        for row in snapshot.board if snapshot else ():
            if row.verdict in (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN):
                words = f"{one_line(row.result.subject, 80)}: {one_line(row.result.summary, 120)}"
                yield words, f"{mark_of(row).value} · {row.entry.claim}", partial(self._launch.go_to_check, *row.key)

    async def discover(self) -> Hits:
        """Before anything is typed: the keys."""
        for words, note, command in (*self.boards(), *self.actions()):
            yield DiscoveryHit(Content(visible(words)), command, text=words, help=visible(note))

    async def search(self, query: str) -> Hits:
        """What fits; findings last, a breath between hundreds of them."""
        matcher = self.matcher(query)
        for number, (words, note, command) in enumerate(
            (*self.boards(), *self.actions(), *self.places(), *self.findings())
        ):
            shown = visible(words)
            if (score := matcher.match(shown)) > 0:
                yield Hit(score, _highlighted(shown, query), command, text=shown, help=visible(note))
            if number % 200 == 199:
                await asyncio.sleep(0)


def _highlighted(words: str, query: str) -> Content:
    """The words with what was typed underlined; Textual's own way reads the words as markup."""
    content = Content(words)
    lower = words.lower()
    for part in query.lower().split():
        at = lower.find(part)
        if at >= 0:
            content = content.stylize("bold underline", at, at + len(part))
    return content
