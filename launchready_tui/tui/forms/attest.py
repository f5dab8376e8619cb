"""Attestation: a person answers what no program can see. The statement is shown as it is recorded, word for word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from textual import work
from textual.widget import Widget
from textual.worker import Worker, WorkerState, get_current_worker

from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Attestation
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.text import one_line, plural
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, DateField, Field, LinesField, NameField, PathField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.forms.paths import expand, file_problem, sha256_of
from launchready_tui.tui.forms.people import same_person
from launchready_tui.tui.render import mark_of_verdict, moment, reflow

METHODS = {
    "screen-share": "screen share",
    "cli-output": "command output",
    "screenshot": "screenshot",
    "phone": "phone call",
    "document": "document",
}
"""What the ways to see something are called."""


def why_not(row: Standing) -> str:
    """Why there is nothing to attest, as a sentence that says what to do instead; '' if there is."""
    if row.entry.kind is Kind.DRILL:
        return "A drill is run against the clock: t opens the stopwatch."
    if row.result.source is Source.MAP and row.verdict is Verdict.FAIL:
        return "The access map shows it, whatever anybody answers. M mends it there, w accepts the risk."
    if (
        row.entry.kind is Kind.LIVE
        and row.verdict in (Verdict.PASS, Verdict.WARN, Verdict.FAIL)
        and row.attestation is None
    ):
        return "The program saw this itself, and nobody's word outweighs that. w accepts the risk of a fail."
    return ""


def needs_witness(row: Standing) -> bool:
    """Whether two different people have to stand behind the answer."""
    return Severity.BLOCKER in (row.entry.severity, row.severity)


class AttestForm(RecordForm):
    """Closes with the attestation."""

    NAME = "attest"
    HELP: ClassVar[str] = """
# An answer of a person

Some things no program can see: whether the founder can enter the registrar, whether a restore was ever tried. You read
the statement, say whether it holds, and stand behind it with your name. A blocker needs a **witness**: somebody else
who saw it too.

- Say *It does not hold* without fear: it becomes a finding with a fix, and nothing else.
- The proof file stays where it is. Its name and checksum are recorded, so that nobody can swap it later.
- After the date the answer counts as unknown, and somebody has to look again.
"""

    def __init__(
        self, snapshot: Snapshot, row: Standing, *, drafts: Drafts | None = None, draft: object = None
    ) -> None:
        super().__init__(
            "Answer for what no program can see", f"{row.entry.id} {row.result.subject}", snapshot, drafts, draft
        )
        self.row = row
        self.statement = reflow(row.entry.statement or row.entry.claim)
        self._sums: dict[str, str] = {}
        self._save_after = False

    def head(self) -> Iterable[Widget]:
        """Whom it is about, the statement, and what is known so far."""
        row, entry = self.row, self.row.entry
        yield self.told(
            (entry.claim, "bold"),
            "   ",
            self.ink.severity(row.severity),
            "   ",
            (one_line(row.result.subject, 60), "muted"),
        )
        yield self.quoted(self.statement)
        if entry.reads:
            yield self.told(("Read for it  ", "muted"), one_line(entry.reads, 300))
        seen = row.live or (row.result if row.result.run else None)
        if seen is not None:
            yield self.told(
                ("The program  ", "muted"),
                self.ink.state(mark_of_verdict(seen.verdict)),
                f"  {one_line(seen.summary, 300)}",
            )
        if row.attestation is not None:
            said = payload(row.attestation, Attestation)
            answer = "it holds" if said.holds else "it does not hold"
            yield self.told(
                ("Last answer  ", "muted"),
                f"{one_line(said.by, 40)}: {answer}, {moment(row.attestation.at)}",
                (f" · until {dates.day(said.expires_at)}", "muted"),
            )

    def fields(self) -> Iterable[Field]:
        """The answer, who stands behind it, and the proof."""
        methods = self.row.entry.methods or tuple(METHODS)
        options = [Option(method, METHODS.get(method, method)) for method in methods]
        witness = (
            "somebody else who saw it; a blocker needs two people"
            if needs_witness(self.row)
            else "somebody else who saw it, if anybody"
        )
        yield ChoiceField(
            "holds",
            "Answer",
            [Option("yes", "It holds", tone="pass"), Option("no", "It does not hold", tone="fail")],
            help="arrows choose",
            needed=True,
        )
        yield NameField("by", "Answered by", self.people, self.drafts.me, help="who says so", needed=True)
        yield NameField("witness", "Witness", self.people, help=witness, needed=needs_witness(self.row))
        yield ChoiceField(
            "method",
            "Seen by",
            options,
            options[0].value if len(options) == 1 else "",
            help="how it was seen; the best first",
            needed=True,
        )
        yield LinesField("note", "Note", height=2, help="what was seen, or what is missing")
        yield PathField(
            "proof",
            "Proof file",
            help="optional: only its name and checksum are recorded",
            describe=self._checksum,
        )
        valid = plural(self.row.entry.valid_days, "day")
        until = dates.day(self.moment + timedelta(days=self.row.entry.valid_days))
        yield DateField(
            "until", "Holds until", self.moment, until, help=f"{dates.HOW}; the runbook says {valid}", needed=True
        )

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing or cannot be."""
        wrong: dict[str, str] = {}
        if not values["holds"]:
            wrong["holds"] = "Say whether it holds."
        if not values["by"]:
            wrong["by"] = "Say who answers."
        if needs_witness(self.row) and values["holds"] == "yes" and not values["witness"]:
            wrong["witness"] = "A blocker needs a witness: somebody else who saw it."
        elif values["witness"] and same_person(values["by"], values["witness"]):
            wrong["witness"] = "The witness must be somebody else than who answers."
        if not values["method"]:
            wrong["method"] = "Say how it was seen."
        if values["proof"] and (problem := file_problem(values["proof"])):
            wrong["proof"] = problem
        try:
            until = dates.parse_until(values["until"], self.moment)
            if until <= self.moment:
                wrong["until"] = "That is over already."
        except ValueError as error:
            wrong["until"] = str(error)
        return wrong

    def result(self, values: Values) -> Saved:
        """The attestation."""
        by, witness = self.name_in(values, "by"), self.name_in(values, "witness")
        record = Attestation(
            check=self.row.entry.id,
            subject=self.row.result.subject,
            statement=self.statement,
            holds=values["holds"] == "yes",
            by=by,
            witness=witness,
            method=values["method"],
            note=values["note"],
            expires_at=dates.parse_until(values["until"], self.moment),
            proof=values["proof"],
            proof_sha256=self._sums.get(values["proof"], ""),
        )
        return self.with_people((by, witness), record)

    # --------------------------------------------------------------------------------------------------- proof

    def _checksum(self, typed: str) -> str | tuple[str, str]:
        found = self._sums.get(typed.strip(), "")
        return (f"sha256 {found[:16]}…{found[-8:]}", "pass") if found else ""

    def left(self, field: Field) -> None:
        """The checksum is made when the field is left."""
        path = field.value.strip()
        if field.key == "proof" and path and path not in self._sums and not field.problem:
            self.sum_up(path)

    def is_waiting(self) -> bool:
        """Saving waits for the checksum."""
        path = self.values()["proof"]
        self._save_after = bool(path) and path not in self._sums
        if self._save_after:
            self.sum_up(path)
        return self._save_after

    @work(thread=True, exclusive=True, group="proof", exit_on_error=False, description="the checksum of a proof file")
    def sum_up(self, typed: str) -> tuple[str, str]:
        """Path and checksum of the file."""
        worker = get_current_worker()
        return typed, sha256_of(expand(typed), lambda: worker.is_cancelled)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show the checksum, or why there is none; go on saving if that was waited for."""
        if event.worker.group != "proof" or not self.is_attached:
            return
        field = self.field("proof")
        if event.state is WorkerState.ERROR:
            self._save_after = False
            field.problem = "That file could not be read to its end."
        elif event.state is WorkerState.SUCCESS:
            typed, checksum = event.worker.result or ("", "")
            if checksum:
                self._sums[typed] = checksum
            field.say()
            if self._save_after and self.values()["proof"] == typed and checksum:
                self._save_after = False
                self.action_save()
