"""Half-filled forms. The app holds one `Drafts`; a form writes to it at each keystroke, so closing it loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from launchready_tui.tui.forms.stopwatch import Stopwatch

Key = tuple[str, str]
"""The form's name and what it is about."""


@dataclass(slots=True)
class Drafts:
    """What was typed and not saved, by form and subject.

    `me` is who signed last: offered to the next form, never for a signature. `stopwatches` run on, by check, whatever
    is on screen. `asked` is the hour over its time box in which somebody was asked last what to drop, by stage.
    `hurry` is called where not even seconds may be lost.
    """

    me: str = ""
    stopwatches: dict[str, Stopwatch] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    hurry: Callable[[], object] = lambda: None
    _passing: dict[str, frozenset[str]] = field(default_factory=dict)
    _open: dict[Key, dict[str, str]] = field(default_factory=dict)
    _saved: tuple[Key, dict[str, str]] | None = None

    def __len__(self) -> int:
        return len(self._open)

    def get(self, key: Key) -> Mapping[str, str] | None:
        """What was typed in that form about that subject."""
        return self._open.get(key)

    def keep(self, key: Key, values: Mapping[str, str], passing: frozenset[str] = frozenset()) -> None:
        """Remember what is typed now. `passing` fields are forgotten when the program ends."""
        self._open[key] = dict(values)
        self._passing[key[0]] = passing

    def lasting(self) -> Iterator[tuple[Key, Mapping[str, str]]]:
        """What outlives the program: every draft without its passing fields."""
        for key, values in self._open.items():
            passing = self._passing.get(key[0], frozenset())
            yield key, {name: text for name, text in values.items() if name not in passing}

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
