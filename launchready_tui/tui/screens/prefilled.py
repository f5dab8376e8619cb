"""Forms of which a part is known before: a decision that waits or replaces another, a person whose role is clear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Decision, Payload, PersonRole
from launchready_tui.tui.forms.decide import DecideForm
from launchready_tui.tui.forms.form import Saved, Values
from launchready_tui.tui.forms.person import PersonForm


class DecideAbout(DecideForm):
    """The form of a decision with some fields filled in, about a topic."""

    def __init__(
        self, snapshot: Snapshot, known: Mapping[str, str], *, topic: str, refused: Payload | None = None
    ) -> None:
        super().__init__(snapshot, None, draft=refused)
        self._key = (self.NAME, f"{topic} {known.get('supersedes', '')}")
        self._known = known
        self._topic = topic

    def on_mount(self) -> None:
        """Fill in what is known; the form itself goes on from there (Textual calls its handler next)."""
        self._fill(self._known)

    def result(self, values: Values) -> Saved:
        """The decision, with its topic."""
        return tuple(
            replace(item, topic=self._topic) if isinstance(item, Decision) else item for item in super().result(values)
        )


class PersonWithRole(PersonForm):
    """The form of a new person whose role is chosen."""

    def __init__(self, snapshot: Snapshot, role: PersonRole, *, refused: Payload | None = None) -> None:
        super().__init__(snapshot, None, draft=refused)
        self._role = role

    def on_mount(self) -> None:
        """Choose the role; the form itself goes on from there."""
        self._fill({"role": self._role})
