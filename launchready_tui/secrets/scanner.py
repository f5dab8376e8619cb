"""Finds the secrets in one text: matches, undoes encodings, drops what is none, keeps one match a place, redacts.

Usable from several threads at once. The user's key is fetched when the first secret is found: a clean repository needs
none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from launchready_tui.model.questions.secrets import FoundSecret
from launchready_tui.secrets import classify, decoding, filters, keyfiles
from launchready_tui.secrets.engine import Engine
from launchready_tui.secrets.matches import Match
from launchready_tui.secrets.redact import redact

MOST_BYTES = 5 * 1024 * 1024
"""Bytes of a file that is read; larger ones are no source code."""

MOST_FINDINGS = 200
"""Findings of one text: beyond them it is a list of keys, and says so by itself."""

_LOOKED_AT = 8_000
_CONTAINER = "launchready.key-store"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from, for the findings in it."""

    path: str
    commit: str = ""
    authored_at: str = ""
    in_head: bool | None = None


class SecretScanner:
    """Scans texts. `key` gives the user's key; it is asked at most once."""

    def __init__(self, engine: Engine, key: Callable[[], bytes]) -> None:
        self._engine = engine
        self._ask_key = key
        self._key: bytes | None = None
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """Changes whenever the same text could give other findings."""
        return self._engine.version

    def scan(self, data: bytes, origin: Origin) -> list[FoundSecret]:
        """The secrets of one text, in their order, each value once a line. Raises `TextGivenUp`."""
        container = self._container(data, origin)
        if container is not None:
            return [container]
        if is_binary(data):
            return []
        kept: dict[tuple[str, int], FoundSecret] = {}
        for match, inner in _one_a_place(self._matches(data, origin.path, 0)):
            what = classify.meaning(match, inner, titles=self._engine.titles)
            if not filters.is_no_secret(match, what.kind, inner, origin.path):
                secret = self._redacted(match, what, origin)
                kept.setdefault((secret.fingerprint, secret.line), secret)
            if len(kept) >= MOST_FINDINGS:
                break
        return list(kept.values())

    def key(self) -> bytes:
        """The user's key."""
        with self._lock:
            if self._key is None:
                self._key = self._ask_key()
            return self._key

    @staticmethod
    def is_container(path: str) -> bool:
        """Whether a file is a find by its name alone, whatever its bytes."""
        sort = keyfiles.sort_of(path)
        return sort is not None and sort.container

    def _matches(self, data: bytes, path: str, depth: int) -> Iterator[tuple[Match, bytes]]:
        """Matches with the text that they stand in: the given one, or one that was undone from it."""
        for match in self._engine.matches(data, path):
            if not decoding.is_encoded(match):
                yield match, data
            elif depth < decoding.DEPTH and (inner := decoding.decoded(match)) is not None:
                for found, text in self._matches(inner, path, depth + 1):
                    names = (decoding.name_of(match), *found.decoded)
                    yield Match(found.rule, found.value, match.start, match.end, match.line, found.entropy, names), text

    def _container(self, data: bytes, origin: Origin) -> FoundSecret | None:
        """A file that is a key store by its name."""
        sort = keyfiles.sort_of(origin.path)
        if sort is None or not sort.container:
            return None
        hidden = redact(data.decode("latin-1"), self.key())
        return FoundSecret(
            rule=_CONTAINER,
            title="Key store",
            kind="private-key",
            why=f"a file with this ending is {sort.what}",
            path=origin.path,
            line=0,
            fingerprint=hidden.fingerprint,
            last4="",
            length=hidden.length,
            commit=origin.commit,
            authored_at=origin.authored_at,
            in_head=origin.in_head,
        )

    def _redacted(self, match: Match, what: classify.Meaning, origin: Origin) -> FoundSecret:
        hidden = redact(match.value, self.key())
        return FoundSecret(
            rule=match.rule,
            title=what.title,
            kind="generic" if what.kind == "private-key" and filters.in_test_path(origin.path) else what.kind,
            why=what.why,
            path=origin.path,
            line=match.line,
            fingerprint=hidden.fingerprint,
            last4=hidden.last4,
            length=hidden.length,
            decoded=match.decoded,
            commit=origin.commit,
            authored_at=origin.authored_at,
            in_head=origin.in_head,
        )


def is_binary(data: bytes) -> bool:
    """Whether a file is no text: a zero byte near its beginning, but for UTF-16, which the engine reads."""
    return b"\0" in data[:_LOOKED_AT] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))


def _one_a_place(matches: Iterable[tuple[Match, bytes]]) -> list[tuple[Match, bytes]]:
    """Where several rules match the same bytes, the one that knows most: provider, framework, generic."""
    kept: list[tuple[Match, bytes]] = []
    for match, text in sorted(matches, key=lambda pair: (_rank(pair[0]), pair[0].start)):
        if not any(match.overlaps(other) and bool(match.decoded) == bool(other.decoded) for other, _ in kept):
            kept.append((match, text))
    return sorted(kept, key=lambda pair: (pair[0].start, pair[0].rule))


def _rank(match: Match) -> int:
    kinds = (
        "launchready.provider-",
        "launchready.key-",
        "launchready.framework-",
        "betterleaks.",
        "veles.",
        "launchready.config-",
    )
    rank = next((place for place, start in enumerate(kinds) if match.rule.startswith(start)), len(kinds))
    return rank + 10 if match.rule.endswith(".generic-credential-uri") else rank
