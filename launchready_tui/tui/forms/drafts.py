"""Half-filled forms. The app holds one `Drafts`; a form writes to it at each keystroke, so closing it loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from launchready_tui.tui.forms.stopwatch import Stopwatch

Key = tuple[str, str]
"""The form's name and what it is about."""


@dataclass(slots=True)
class Drafts:
    """What was typed and not saved, by form and subject.

    `me` is who signed last: offered to the next form, never for a signature. `stopwatches` run on, by check, whatever
    is on screen.
    """

    me: str = ""
    stopwatches: dict[str, Stopwatch] = field(default_factory=dict)
    _open: dict[Key, dict[str, str]] = field(default_factory=dict)
    _saved: tuple[Key, dict[str, str]] | None = None

    def __len__(self) -> int:
        return len(self._open)

    def get(self, key: Key) -> Mapping[str, str] | None:
        """What was typed in that form about that subject."""
        return self._open.get(key)

    def keep(self, key: Key, values: Mapping[str, str]) -> None:
        """Remember what is typed now."""
        self._open[key] = dict(values)

    def forget(self, key: Key) -> None:
        """Nothing is typed there."""
        self._open.pop(key, None)

    def saved(self, key: Key, values: Mapping[str, str]) -> None:
        """The form closed with a record: no draft any more, but `not_recorded` can bring it back."""
        self.forget(key)
        self._saved = (key, dict(values))

    def not_recorded(self) -> None:
        """What the last form closed with could not be written: it is a draft again."""
        if self._saved is not None:
            key, values = self._saved
            self._open[key] = values
            self._saved = None

    @property
    def names(self) -> tuple[Key, ...]:
        """The forms with something unsaved, the oldest first."""
        return tuple(self._open)
