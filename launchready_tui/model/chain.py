"""The hash chain over everything that is only ever appended: what a row is, and how each row seals those before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from launchready_tui.model import codec

TABLES = ("records", "runs", "run_ends", "evidence", "results")
"""The tables that the chain covers, all of them numbered by one count."""


@dataclass(frozen=True, slots=True)
class ChainRow:
    """A row as it was hashed. `stored` are its columns but the hash, `seq` among them."""

    table: str
    stored: Mapping[str, Any]
    hash: str

    @property
    def seq(self) -> int:
        """Its place in the chain, from 1."""
        return int(self.stored["seq"])


def link(head: str, table: str, stored: Mapping[str, Any]) -> str:
    """The hash of a row that follows the row with the hash `head` ('' before the first)."""
    return codec.digest([head, table, dict(stored)])


def first_break(rows: Iterable[ChainRow]) -> ChainRow | None:
    """The first row, of all rows in order, that does not fit those before it; None if the chain is whole."""
    head = ""
    for row in rows:
        head = link(head, row.table, row.stored)
        if head != row.hash:
            return row
    return None
