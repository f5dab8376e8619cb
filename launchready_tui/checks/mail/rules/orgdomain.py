"""Which names belong to one organisation, and whether two of them are aligned (RFC 9989 section 4.10)."""

from __future__ import annotations

from functools import cache
from typing import Literal

from publicsuffixlist import PublicSuffixList

from launchready_tui.checks.reading.names import tidy_name

Mode = Literal["r", "s"]


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def organisational_domain(name: str) -> str:
    """The domain below the public suffix, by the whole public suffix list; '' where the name is no such domain.

    RFC 7489 finds the organisation so. RFC 9989 walks the DNS instead (`dmarc.walk`); the list decides where no name
    on the walk says anything.
    """
    if not name or name.startswith(".") or not all(name.rstrip(".").split(".")):
        return ""
    try:
        return _suffixes().privatesuffix(tidy_name(name)) or ""
    except (UnicodeError, ValueError):
        return ""


def aligned(name: str, author: str, mode: Mode, organisations: tuple[str, str] = ("", "")) -> bool:
    """Whether an authenticated name speaks for the author's domain: the same name, or relaxed the same organisation.

    `organisations` are those of both names where a tree walk has found them.
    """
    name, author = tidy_name(name), tidy_name(author)
    if not name or not author:
        return False
    if name == author:
        return True
    if mode == "s":
        return False
    mine = tidy_name(organisations[0]) or organisational_domain(name)
    theirs = tidy_name(organisations[1]) or organisational_domain(author)
    return bool(mine) and mine == theirs
