"""The baseline file: findings that somebody accepted, with a name, a reason and a date.

Holds fingerprints, never values.

[[accepted]]
fingerprint = "0123456789abcdef"    # as printed by `launchready secrets`
rule = "betterleaks.jwt"            # optional: only findings of this rule
path = "docs/tutorial.md"           # optional: only in this file
who = "Ada Lovelace"
why = "A token of the public demo account, which may read only."
until = 2027-01-31
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from launchready_tui.model.questions.secrets import Acceptance, FoundSecret
from launchready_tui.text import one_line

FILE = ".launchready-baseline.toml"
MOST_BYTES = 1024 * 1024
SHORTEST_WHY = 10
"""Characters that a reason has at least."""

_KEYS = frozenset({"fingerprint", "rule", "path", "who", "why", "until"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One acceptance and what it is for; `rule` and `path` are '' where they do not matter."""

    fingerprint: str
    acceptance: Acceptance
    rule: str = ""
    path: str = ""

    def covers(self, finding: FoundSecret) -> bool:
        """Whether it is about this finding."""
        return (
            self.fingerprint == finding.fingerprint
            and self.rule in ("", finding.rule)
            and self.path in ("", finding.path)
        )


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline file, and what is wrong with it. A wrong entry accepts nothing."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()

    def applied(self, findings: Iterable[FoundSecret]) -> list[FoundSecret]:
        """The findings, each with the acceptance that covers it. Whether it has run out is for the judgement."""
        return [replace(finding, accepted=self._for(finding)) for finding in findings]

    def _for(self, finding: FoundSecret) -> Acceptance | None:
        covering = [entry.acceptance for entry in self.entries if entry.covers(finding)]
        return max(covering, key=lambda acceptance: acceptance.until, default=None)


def load_baseline(folder: Path) -> Baseline:
    """The baseline file of a folder; empty where there is none."""
    path = folder / FILE
    if path.is_symlink() or not path.is_file():
        return Baseline()
    try:
        if path.stat().st_size > MOST_BYTES:
            return Baseline(problems=(f"{FILE} is larger than {MOST_BYTES:,} bytes and was not read",))
        return read_baseline(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return Baseline(problems=(f"{FILE} cannot be read: {one_line(str(error), 120)}",))


def read_baseline(text: str) -> Baseline:
    """Pure: the entries of a baseline file's text."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Baseline(problems=(f"{FILE} is no TOML: {one_line(str(error), 120)}",))
    tables = data.get("accepted", [])
    if not isinstance(tables, list):
        return Baseline(problems=(f"{FILE}: write [[accepted]] with two brackets",))
    entries: list[Entry] = []
    problems: list[str] = [f"{FILE}: nothing is called {one_line(key, 40)!r}" for key in data if key != "accepted"]
    for number, table in enumerate(tables, 1):
        problem = _problem(table)
        if problem:
            problems.append(f"{FILE}: entry {number}: {problem}")
        else:
            acceptance = Acceptance(table["who"].strip(), table["why"].strip(), table["until"].isoformat())
            entries.append(Entry(table["fingerprint"], acceptance, table.get("rule", ""), table.get("path", "")))
    return Baseline(tuple(entries), tuple(problems))


def _problem(table: Any) -> str:
    """What is wrong with an entry, '' if nothing."""
    if not isinstance(table, dict):
        return "it is no table"
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        return f"nothing is called {one_line(unknown[0], 40)!r}"
    texts = [
        key for key in ("fingerprint", "who", "why") if not (isinstance(table.get(key), str) and table[key].strip())
    ]
    if texts:
        return f"{texts[0]} is missing"
    if any(not isinstance(table.get(key, ""), str) for key in ("rule", "path")):
        return "rule and path are texts"
    if len(table["why"].strip()) < SHORTEST_WHY:
        return f"why needs a sentence ({SHORTEST_WHY} characters at least)"
    if type(table.get("until")) is not date:
        return "until must be a date such as 2027-01-31"
    return ""
