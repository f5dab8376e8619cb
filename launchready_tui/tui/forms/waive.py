"""Waiver: somebody accepts one finding, with a reason, something that softens it, and an end. The verdict stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.engine.gate import compute_gate
from launchready_tui.engine.rules import MAX_WAIVER, MIN_REASON
from launchready_tui.model.board import Gate, Snapshot, Standing
from launchready_tui.model.records import Record, Waiver
from launchready_tui.model.verdicts import Verdict
from launchready_tui.text import one_line, plural
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import DateField, Field, LinesField, NameField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.render import gate_tone, mark_of_verdict, reflow

DAYS, MOST_DAYS = 14, MAX_WAIVER.days


def why_not(row: Standing) -> str:
    """Why there is nothing to waive, as a sentence; '' if there is."""
    if row.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
        return (
            "There is nothing to accept: it passes."
            if row.verdict is Verdict.PASS
            else "There is nothing to accept: it does not apply."
        )
    if row.verdict is Verdict.NOT_RUN:
        return "Nobody has looked yet: r runs it, a answers it. Only what is known can be accepted."
    return ""


def gate_after(snapshot: Snapshot, row: Standing) -> Gate:
    """What the gate would say with this finding accepted."""
    waiver = Waiver(row.entry.id, row.result.subject, row.result.reason, "", "", "", snapshot.now)
    accepted = replace(row, waiver=Record(0, snapshot.now, waiver))
    board = tuple(accepted if other.key == row.key else other for other in snapshot.board)
    return compute_gate(snapshot.runbook, board, snapshot.state)


class WaiveForm(RecordForm):
    """Closes with the waiver."""

    NAME = "waive"
    SAVE = "Accept the risk"
    HELP: ClassVar[str] = """
# Accepting a risk

A waiver says: we know, and we launch anyway, until this day. The check **stays a fail** on every screen and in the
handover; the waiver stands beside it with your name. The gate opens for it, but then says *go with accepted risks*.

- **Why**: the reason that you would give to the founder's biggest customer. At least 20 characters.
- **Meanwhile**: what you do so that the risk stays small until then.
- A waiver ends by itself, at most 90 days from now. It also ends when the check fails for another reason.
"""

    def __init__(
        self, snapshot: Snapshot, row: Standing, *, drafts: Drafts | None = None, draft: object = None
    ) -> None:
        super().__init__("Accept a risk", f"{row.entry.id} {row.result.subject}", snapshot, drafts, draft)
        self.row = row

    def head(self) -> Iterable[Widget]:
        """The finding, what stays, and what the gate will say."""
        row, result = self.row, self.row.result
        yield self.told(
            self.ink.state(mark_of_verdict(result.verdict), loud=row.blocks),
            "  ",
            self.ink.severity(row.severity),
            "  ",
            (row.entry.claim, "bold"),
        )
        yield self.quoted(f"{one_line(result.subject, 80)}: {one_line(result.summary, 400)}\n{reflow(row.entry.why)}")
        gate = gate_after(self.snapshot, row)
        counts = [
            plural(len(gate.blockers), "blocker") if gate.blockers else "",
            f"{len(gate.unseen)} not seen" if gate.unseen else "",
        ]
        rest = "".join(f", {count}" for count in counts if count)
        yield self.told(
            ("It stays ", "muted"),
            self.ink.state(mark_of_verdict(result.verdict)),
            (" on every screen and in the handover, with this beside it. The gate will then say ", "muted"),
            (gate.verdict.value, gate_tone(gate.verdict)),
            (f"{rest}.", "muted"),
        )

    def fields(self) -> Iterable[Field]:
        """Who, why, what softens it, until when."""
        yield NameField("who", "Accepted by", self.people, self.drafts.me, help="who carries the risk", needed=True)
        yield LinesField("why", "Why", height=3, describe=self._count, needed=True)
        yield LinesField(
            "control",
            "Meanwhile",
            height=2,
            help="what keeps it small: watched daily, a number to call",
            needed=True,
        )
        until = dates.day(self.moment + timedelta(days=DAYS))
        yield DateField(
            "until", "Until", self.moment, until, help=f"{dates.HOW}; at most {MOST_DAYS} days", needed=True
        )

    def _count(self, typed: str) -> tuple[str, str]:
        count = len(typed.strip())
        return (
            (f"{count} characters", "muted")
            if count >= MIN_REASON
            else (f"{count} of at least {MIN_REASON} characters", "muted" if not count else "warn")
        )

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing or too little."""
        wrong: dict[str, str] = {}
        if not values["who"]:
            wrong["who"] = "Say who accepts the risk."
        if len(values["why"]) < MIN_REASON:
            wrong["why"] = f"Say why in at least {MIN_REASON} characters; {MIN_REASON - len(values['why'])} to go."
        if not values["control"]:
            wrong["control"] = "Say what keeps the risk small meanwhile."
        try:
            until = dates.parse_until(values["until"], self.moment)
            if until <= self.moment:
                wrong["until"] = "That is over already: nothing can be accepted for the past."
            elif dates.days_until(until, self.moment) > MOST_DAYS:
                wrong["until"] = (
                    f"At most {MOST_DAYS} days: +{MOST_DAYS}d is {dates.day(self.moment + timedelta(days=MOST_DAYS))}."
                )
        except ValueError as error:
            wrong["until"] = str(error)
        return wrong

    def result(self, values: Values) -> Saved:
        """The waiver, for the reason for which the check fails now."""
        who = self.name_in(values, "who")
        record = Waiver(
            check=self.row.entry.id,
            subject=self.row.result.subject,
            reason=self.row.result.reason,
            who=who,
            why=values["why"],
            control=values["control"],
            until=min(dates.parse_until(values["until"], self.moment), self.moment + MAX_WAIVER),
        )
        return self.with_people((who,), record)
