"""`launchready own`: say who owns a check, and who holds the keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Ownership, Payload

MAP = ("access", "take_back", "gone", "not_used", "remove_system", "remove_person")
"""The options about the access map."""


@click.command("own")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("check", required=False)
@click.argument("owner", required=False)
@click.option("--subject", default="", help="Only for this subject; default: all of them.")
@click.option("--due", default="", help="By when.")
@click.option(
    "--access",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Take people, systems and who holds them from this CSV; `status FILE --access --format csv` writes one. "
    "An empty cell says nothing, a cell with a single - is emptied, a line that is missing removes nothing.",
)
@click.option("--take-back", metavar="SYSTEM:PERSON", help="Take an access back that the map is wrong about: dns:Ana.")
@click.option(
    "--gone", metavar="SYSTEM:PERSON", help="Record that you looked again and the person's access is gone: dns:Ana."
)
@click.option("--not-used", metavar="SYSTEM", help="Say that the product does without this system.")
@click.option("--remove-system", metavar="SYSTEM", help="Take a system off the map that nobody holds any more.")
@click.option("--remove-person", metavar="NAME", help="Take a person off the map who holds nothing any more.")
def command(
    file: Path,
    check: str | None,
    owner: str | None,
    subject: str,
    due: str,
    access: Path | None,
    **corrections: str | None,
) -> None:
    """Record that OWNER looks after CHECK in FILE; an empty OWNER ("") takes it back.

    With one of the options about systems and people it is about the access map instead; `launchready status FILE
    --access` shows it.
    """
    from launchready_tui.cli import mapping, opening
    from launchready_tui.cli.verbs import recording

    asked = {name: value for name, value in corrections.items() if value is not None}
    if (check is not None) + (access is not None) + len(asked) != 1 or (check is not None and owner is None):
        options = ", ".join(f"--{name.replace('_', '-')}" for name in MAP)
        raise InputError("It is not clear what to record.", f"Give CHECK and OWNER, or one of {options}.")
    if access is not None:
        with opening.engagement(file) as session:
            mapping.take_over(session, access)
        return

    def make(snapshot: Snapshot) -> Payload:
        match asked:
            case {"take_back": str(text)}:
                return mapping.taken_back(text, snapshot)
            case {"gone": str(text)}:
                return mapping.gone(text, snapshot)
            case {"not_used": str(area)}:
                return mapping.not_used(area, snapshot)
            case {"remove_system": str(area)}:
                return mapping.without_system(area, snapshot)
            case {"remove_person": str(name)}:
                return mapping.without_person(name, snapshot)
            case _:
                return _ownership(snapshot, check or "", subject, owner or "", due)

    recording.write(file, make)


def _ownership(snapshot: Snapshot, check: str, subject: str, owner: str, due: str) -> Ownership:
    from launchready_tui.engine.rules import entry_of
    from launchready_tui.model.records import Ownership

    return Ownership(entry_of(check, snapshot).id, subject, owner.strip(), due)
