"""`launchready attest`: record a person's answer to a check, a drill, a note, a signature under the gate."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Attestation
    from launchready_tui.model.runbook import Entry


@click.command("attest")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("check")
@click.option("--subject", default="", help="What it is about, where the check has several subjects.")
@click.option("--yes/--no", "holds", default=None, help="Does the statement hold? For a drill: was every step done?")
@click.option("--by", default="", help="Who answers, who ran the drill, who signs.")
@click.option("--witness", default="", help="Who saw it; needed for blockers, and somebody else.")
@click.option("--method", default="", help="How it was shown; one of the check's methods (default: the best).")
@click.option("--note", default="", help="What there is to say about it. Without --yes or --no it is all that is kept.")
@click.option("--note-file", type=click.Path(path_type=Path), help="The same, from a file: a rollback note.")
@click.option("--proof", type=click.Path(path_type=Path), help="A file that proves it; its SHA-256 is recorded.")
@click.option(
    "--until",
    default="",
    metavar="DATE",
    help="When the answer expires (2026-12-01 or +14d); default: what the runbook says.",
)
@click.option("--took", default="", metavar="TIME", help="For a drill: how long it took, as 6:41; needed with --yes.")
@click.option("--step", "steps", multiple=True, metavar="TIME", help="For a drill: when each step was done, in order.")
@click.option("--role", type=click.Choice(["consultant", "founder"]), help="For CHECK `gate`: as whom --by signs.")
def command(
    file: Path,
    check: str,
    subject: str,
    holds: bool | None,
    by: str,
    witness: str,
    method: str,
    note: str,
    note_file: Path | None,
    proof: Path | None,
    until: str,
    took: str,
    steps: tuple[str, ...],
    role: Literal["consultant", "founder"] | None,
) -> None:
    """Record the answer to CHECK in FILE, or a drill with its times.

    Without --yes or --no the statement is printed and nothing is recorded, but for a --note, which is kept.

    CHECK `gate` signs the launch gate as it stands: --by NAME --role consultant or founder.
    """
    from launchready_tui.cli import opening
    from launchready_tui.cli.verbs import drilling, recording
    from launchready_tui.engine.rules import entry_of
    from launchready_tui.model.runbook import Kind

    note = opening.read_text(note_file) if note_file else note
    if check == "gate":
        _sign(file, by, role)
        return
    if holds is None and not note:
        _show(file, check)
    if holds is None:
        _keep_note(file, check, subject, note, by)
        return
    yes = holds

    with opening.engagement(file) as session:
        entry = entry_of(check, session.snapshot())
        if entry.kind is Kind.DRILL:
            drilling.record(session, entry, done=yes, by=by, witness=witness, took=took, steps=steps, note=note)
            return
        if took or steps:
            raise InputError(f"{entry.id} is no drill.", "Leave --took and --step out.")
        answer = _answer(
            session.snapshot(),
            entry,
            subject,
            holds=yes,
            by=by,
            witness=witness,
            method=method,
            note=note,
            until=until,
            proof=proof,
        )
        recording.write_in(session, answer)


def _answer(
    snapshot: Snapshot,
    entry: Entry,
    subject: str,
    *,
    holds: bool,
    by: str,
    witness: str,
    method: str,
    note: str,
    until: str,
    proof: Path | None,
) -> Attestation:
    from launchready_tui.cli import opening
    from launchready_tui.cli.verbs import recording
    from launchready_tui.model.records import Attestation

    entry_id, name = recording.subject_or_only(snapshot, entry.id, subject)
    return Attestation(
        check=entry_id,
        subject=name,
        statement=entry.statement.strip() or entry.claim,
        holds=holds,
        by=by,
        witness=witness,
        method=method or (entry.methods[0] if entry.methods else "document"),
        note=note,
        expires_at=opening.day(until, snapshot.now) if until else snapshot.now + timedelta(days=entry.valid_days),
        proof=proof.name if proof else "",
        proof_sha256=_sha256(proof) if proof else "",
    )


def _show(file: Path, check: str) -> None:
    """Print what would be answered, and say how."""
    from launchready_tui.cli import opening, output
    from launchready_tui.cli.verbs import drilling
    from launchready_tui.engine.rules import entry_of
    from launchready_tui.model.runbook import Kind

    with opening.engagement(file) as session:
        entry = entry_of(check, session.snapshot())
        lines = drilling.instructions(session, entry) if entry.kind is Kind.DRILL else []
    output.line(entry.statement.strip() or entry.claim)
    for line in lines:
        output.line(line)
    if entry.kind is Kind.DRILL:
        drawn = " The same is shown until a drill is recorded." if drilling.draws(entry) else ""
        raise InputError(
            "Nothing was recorded.", f"Record it with --yes or --no, --by NAME, --witness NAME, --took 6:41.{drawn}"
        )
    raise InputError(
        "Nothing was recorded.",
        f"Answer with --yes or --no, --by NAME, --method {'|'.join(entry.methods) or 'METHOD'}.",
    )


def _keep_note(file: Path, check: str, subject: str, text: str, by: str) -> None:
    from launchready_tui.cli.verbs import recording
    from launchready_tui.engine.rules import entry_of
    from launchready_tui.model.records import Note

    recording.write(file, lambda snapshot: Note(entry_of(check, snapshot).id, subject, text, by))


def _sign(file: Path, by: str, role: Literal["consultant", "founder"] | None) -> None:
    """Sign the gate, and print the head of the chain that `verify --head` takes."""
    from launchready_tui.cli import output
    from launchready_tui.cli.verbs import recording
    from launchready_tui.model.records import SignOff

    if role is None:
        raise InputError("It is not said as whom.", "Sign with --by NAME --role consultant, or --role founder.")
    record = recording.write(file, lambda snapshot: SignOff(by, role, snapshot.gate.verdict.value, snapshot.head))
    output.line(f"signed head {getattr(record.payload, 'head', '')}")
    output.line(f"chain head {record.hash}: write it down, `launchready verify DIR --head` compares it")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Name a file that proves it, or leave --proof out."
        ) from None
