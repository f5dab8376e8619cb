"""A piece of text that somebody pastes into a configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    """`title` says for what it is ("nginx"), `where` in which file or on which page it belongs.

    Words in CAPITALS within `text` are values that only the provider's page for the account shows.
    """

    title: str
    language: str
    text: str
    where: str
