"""`launchready attest`: record a person's answer to a check."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Attestation


@click.command("attest")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("check")
@click.option("--subject", default="", help="What it is about, where the check has several subjects.")
@click.option("--yes/--no", "holds", default=None, help="Does the statement hold?")
@click.option("--by", default="", help="Who answers.")
@click.option("--witness", default="", help="Who saw it; needed for blockers, and somebody else.")
@click.option("--method", default="", help="How it was shown; one of the check's methods (default: the best).")
@click.option("--note", default="", help="What there is to say about it.")
@click.option("--proof", type=click.Path(path_type=Path), help="A file that proves it; its SHA-256 is recorded.")
@click.option(
    "--until",
    default="",
    metavar="DATE",
    help="When the answer expires (2026-12-01 or +14d); default: what the runbook says.",
)
def command(
    file: Path,
    check: str,
    subject: str,
    holds: bool | None,
    by: str,
    witness: str,
    method: str,
    note: str,
    proof: Path | None,
    until: str,
) -> None:
    """Record the answer to CHECK in FILE. Without --yes or --no the statement is printed and nothing is recorded."""
    from launchready_tui.cli import opening, output
    from launchready_tui.cli.verbs import recording
    from launchready_tui.engine.rules import entry_of

    if holds is None:
        with opening.engagement(file) as session:
            entry = entry_of(check, session.snapshot())
        output.line(entry.statement.strip() or entry.claim)
        raise InputError(
            "Nothing was recorded.",
            f"Answer with --yes or --no, --by NAME, --method {'|'.join(entry.methods) or 'METHOD'}.",
        )

    def make(snapshot: Snapshot) -> Attestation:
        from launchready_tui.model.records import Attestation

        entry_id, name = recording.subject_or_only(snapshot, check, subject)
        entry = entry_of(entry_id, snapshot)
        expires = opening.day(until, snapshot.now) if until else snapshot.now + timedelta(days=entry.valid_days)
        return Attestation(
            check=entry_id,
            subject=name,
            statement=entry.statement.strip() or entry.claim,
            holds=bool(holds),
            by=by,
            witness=witness,
            method=method or (entry.methods[0] if entry.methods else "document"),
            note=note,
            expires_at=expires,
            proof=proof.name if proof else "",
            proof_sha256=_sha256(proof) if proof else "",
        )

    recording.write(file, make)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Name a file that proves it, or leave --proof out."
        ) from None
