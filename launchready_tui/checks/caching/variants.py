"""Whether two answers of one URL are the same page, apart from what changes at every visit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from launchready_tui.model.questions import HttpResponse

_NOISE = re.compile(
    r"""<!--.{0,2000}?-->|<input[^>]{0,400}type=["']?hidden[^>]{0,400}>|<meta[^>]{0,200}(?:csrf|xsrf)[^>]{0,400}>
    |(?:nonce|integrity|data-(?:csrf|token|request-id))=["'][^"']{0,300}["']
    |\b[0-9A-Za-z+/_-]{24,}={0,2}|\b[0-9a-f]{8,}\b|\d+""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""Tokens, nonces, hashes, times and counters."""

LEAST_DIFFERENCE = 32
"""Bytes by which the sizes of two pages have to differ beyond the usual, where only the sizes can be compared."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an answer shows: its status, where it sends on, its title, its text without noise, its size."""

    status: int
    location: str
    title: str
    language: str
    text: str
    digest: str
    size: int

    @classmethod
    def of(cls, response: HttpResponse) -> Look:
        """The look of an answer."""
        return cls(
            response.status,
            _NOISE.sub("", response.location),
            response.page.title,
            response.header("content-language").strip().lower(),
            " ".join(_NOISE.sub("", response.text).split()),
            response.body_sha256,
            response.body_bytes,
        )


class Usual:
    """How a page looks when nothing about the request changes: two plain visits."""

    def __init__(self, first: HttpResponse, second: HttpResponse) -> None:
        self._first = Look.of(first)
        second_look = Look.of(second)
        self._jitter = abs(self._first.size - second_look.size)
        self.stable = not self._differs(second_look, 0)

    def differs(self, response: HttpResponse) -> bool:
        """Whether an answer is another page. Only meaningful where the page is `stable`."""
        return self._differs(Look.of(response), self._jitter)

    def _differs(self, other: Look, jitter: int) -> bool:
        mine = self._first
        if mine.digest == other.digest and mine.status == other.status and mine.location == other.location:
            return False
        shown = (mine.status, mine.location, mine.title, mine.language, mine.text)
        if shown != (other.status, other.location, other.title, other.language, other.text):
            return True
        # Beyond the stored beginning of a body only its size tells.
        beyond = abs(mine.size - other.size)
        return beyond > max(LEAST_DIFFERENCE, mine.size // 100) + 2 * jitter
