"""`launchready own`: say who owns a check, and who holds the keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Grant, Ownership


@click.command("own")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("check", required=False)
@click.argument("owner", required=False)
@click.option("--subject", default="", help="Only for this subject; default: all of them.")
@click.option("--due", default="", help="By when.")
@click.option(
    "--access",
    "table",
    type=click.Path(path_type=Path),
    help="Take people, systems and who holds them from this CSV; `status FILE --access --format csv` writes one.",
)
@click.option(
    "--gone", metavar="SYSTEM:PERSON", help="Record that you looked again and the person's access is gone: dns:Ana."
)
def command(
    file: Path, check: str | None, owner: str | None, subject: str, due: str, table: Path | None, gone: str | None
) -> None:
    """Record that OWNER looks after CHECK in FILE; an empty OWNER ("") takes it back.

    With --access or --gone it is about the access map instead; `launchready status FILE --access` shows it.
    """
    from launchready_tui.cli import opening
    from launchready_tui.cli.verbs import recording

    asked = [check is not None, table is not None, gone is not None]
    if sum(asked) != 1 or (check is not None and owner is None):
        raise InputError(
            "It is not clear what to record.", "Give CHECK and OWNER, or --access CSV, or --gone SYSTEM:PERSON."
        )
    if table is not None:
        with opening.engagement(file) as session:
            _take_over(session, table)
    elif gone is not None:
        what = gone
        recording.write(file, lambda snapshot: _gone(what, snapshot))
    else:
        recording.write(file, lambda snapshot: _ownership(snapshot, check or "", subject, owner or "", due))


def _ownership(snapshot: Snapshot, check: str, subject: str, owner: str, due: str) -> Ownership:
    from launchready_tui.engine.rules import entry_of
    from launchready_tui.model.records import Ownership

    return Ownership(entry_of(check, snapshot).id, subject, owner.strip(), due)


def _take_over(session: Session, table: Path) -> None:
    """Record what the table adds or changes; a mistake in it changes nothing."""
    from launchready_tui.cli import output
    from launchready_tui.engine.accesscsv import MOST_BYTES, from_csv
    from launchready_tui.text import plural

    try:
        with table.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{table} cannot be read: {error.strerror}.", "Name a CSV of the access map.") from None
    found = from_csv(data, session.snapshot().state)
    for item in found.payloads:
        session.record(item)
    output.line(f"{plural(found.lines, 'line')} read, {plural(len(found.payloads), 'change')} of the map recorded")


def _gone(text: str, snapshot: Snapshot) -> Grant:
    from dataclasses import replace

    from launchready_tui.text import did_you_mean, one_line

    area, _, person = (part.strip() for part in text.partition(":"))
    held = {f"{grant.area}:{grant.person}": grant for grant in snapshot.state.grants}
    grant = held.get(f"{area}:{person}")
    if grant is None:
        raise InputError(
            f'The map knows no access "{one_line(text, 80)}"{did_you_mean(text, list(held))}',
            "Write it as dns:Ana; `launchready status FILE --access` lists them.",
        )
    return replace(grant, role="", pays=False, gone_at=snapshot.now)
