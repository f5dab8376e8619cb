"""The filter of a list: `certificate`, `status:fail`, `owner:anna`, `severity:blocker`, `group:dns`, and `!` before
any of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from launchready_tui.model.board import Standing
from launchready_tui.text import did_you_mean
from launchready_tui.tui.render import Mark, mark_of

HOW = "text · status:fail · owner:anna · owner:none · severity:blocker · group:tls · !not"
FIELDS = ("status", "owner", "severity", "group")
_STATES = {
    "open": "not settled",
    "blocking": "keeps the gate shut",
    **{mark.value.replace(" ", "-"): "" for mark in Mark},
}


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a filter."""

    field: str
    value: str
    negated: bool

    def fits(self, row: Standing, running: bool) -> bool:
        """Whether a row fits it."""
        return self._fits(row, running) is not self.negated

    def _fits(self, row: Standing, running: bool) -> bool:
        value = self.value
        match self.field:
            case "status":
                if value == "open":
                    return not row.is_settled
                if value == "blocking":
                    return row.blocks
                words = (mark_of(row, running).value.replace(" ", "-"), row.verdict.value)
                return any(word.startswith(value) for word in words)
            case "owner":
                owner = row.owner.owner.lower() if row.owner else ""
                return not owner if value in ("none", "-", "nobody") else value in owner
            case "severity":
                return row.severity.value.startswith(value)
            case "group":
                return value in row.entry.group.lower()
        entry = row.entry
        return (
            value in entry.claim.lower()
            or value in row.result.subject.lower()
            or value in entry.id
            or value in row.result.summary.lower()
            or value in entry.group.lower()
        )


@dataclass(frozen=True, slots=True)
class Query:
    """A filter: all terms have to fit."""

    terms: tuple[Term, ...] = ()
    problem: str = ""

    def fits(self, row: Standing, running: bool = False) -> bool:
        """Whether a row is shown."""
        return all(term.fits(row, running) for term in self.terms)


def parse(text: str) -> Query:
    """The filter in a text; what is not understood is said in `problem` and left out."""
    terms: list[Term] = []
    problem = ""
    for word in text.lower().split():
        negated, word = word.startswith("!"), word.removeprefix("!")
        field, colon, value = word.partition(":")
        if not word or (colon and not value and field in FIELDS):
            continue
        if colon and field in FIELDS:
            if field == "status" and not any(state.startswith(value) for state in (*_STATES, "not-applicable")):
                problem = f"no status “{value}”{did_you_mean(value, list(_STATES))}"
                continue
            terms.append(Term(field, value, negated))
        else:
            terms.append(Term("", word, negated))
    return Query(tuple(terms), problem)
