"""What a header judgement is made from and what it concludes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One conclusion: a stable name, whether it is good enough, and a few words on what was found."""

    result: str
    passes: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of one response, names in lower case, and what `<meta http-equiv>` adds where a header may stand
    there.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    equivalents: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]], equivalents: Mapping[str, Iterable[str]] | None = None) -> Headers:
        """Headers in any case; `equivalents` are lists by name."""
        meta = tuple((name.lower(), value) for name, values in (equivalents or {}).items() for value in values)
        return cls(tuple((name.lower(), value) for name, value in pairs), meta)

    def all(self, name: str) -> tuple[str, ...]:
        """The values of all headers of a name, in order."""
        return tuple(value for key, value in self.pairs if key == name)

    def joined(self, name: str) -> str | None:
        """The values of a header as one list (RFC 9110 section 5.3), None if it is absent."""
        found = self.all(name)
        return ", ".join(found) if found else None

    def meta(self, name: str) -> tuple[str, ...]:
        """The values that the page gives for a header."""
        return tuple(value for key, value in self.equivalents if key == name)
