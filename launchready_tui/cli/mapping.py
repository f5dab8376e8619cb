"""Corrections of the access map by commands: what is taken back, gone, not used, or taken off the map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from launchready_tui.cli import output
from launchready_tui.engine.access import NOT_USED
from launchready_tui.engine.accesscsv import MOST_BYTES, from_csv
from launchready_tui.engine.session import Session
from launchready_tui.errors import InputError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Grant, Person, System
from launchready_tui.text import did_you_mean, one_line, plural

MOST_NAMED = 8
"""So many accesses are named in a sentence."""


def take_over(session: Session, table: Path) -> None:
    """Record what the table adds or changes, and say what it leaves out; a mistake in it changes nothing."""
    try:
        with table.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{table} cannot be read: {error.strerror}.", "Name a CSV of the access map.") from None
    snapshot = session.snapshot()
    found = from_csv(data, snapshot.state, snapshot.now)
    for item in found.payloads:
        session.record(item)
    output.line(f"{plural(found.lines, 'line')} read, {plural(len(found.payloads), 'change')} of the map recorded")
    if found.missing:
        of_map = plural(len(found.missing), "access", "accesses")
        verb = "is" if len(found.missing) == 1 else "are"
        output.line(f"{of_map} of the map {verb} not in the table ({_names(found.missing)}); --take-back removes one")


def gone(text: str, snapshot: Snapshot) -> Grant:
    """The record that somebody looked again and the access is gone."""
    return replace(_grant(text, snapshot), role="", pays=False, gone_at=snapshot.now)


def taken_back(text: str, snapshot: Snapshot) -> Grant:
    """The record that takes an access off the map: it was never there, or was written down by mistake."""
    return replace(_grant(text, snapshot), role="", pays=False)


def not_used(area: str, snapshot: Snapshot) -> System:
    """The record that the product does without a system."""
    area = area.strip()
    _nobody_holds(area, [grant for grant in snapshot.state.grants if grant.area == area])
    known = next((system for system in snapshot.state.systems if system.area == area), None)
    return replace(known, name=NOT_USED) if known else System(area, NOT_USED)


def without_system(area: str, snapshot: Snapshot) -> System:
    """The record that takes a system off the map."""
    systems = {system.area: system for system in snapshot.state.systems}
    known = systems.get(area.strip())
    if known is None:
        raise InputError(
            f'The map knows no system "{one_line(area, 80)}"{did_you_mean(area, list(systems))}',
            "`launchready status FILE --access` lists them.",
        )
    _nobody_holds(known.area, [grant for grant in snapshot.state.grants if grant.area == known.area])
    return replace(known, removed=True)


def without_person(name: str, snapshot: Snapshot) -> Person:
    """The record that takes a person off the map."""
    people = {person.name: person for person in snapshot.state.people}
    known = people.get(name.strip())
    if known is None:
        raise InputError(
            f'The map knows no person "{one_line(name, 80)}"{did_you_mean(name, list(people))}',
            "`launchready status FILE --access --format csv` lists them.",
        )
    _nobody_holds(known.name, [grant for grant in snapshot.state.grants if grant.person == known.name])
    return replace(known, removed=True)


def _grant(text: str, snapshot: Snapshot) -> Grant:
    area, _, person = (part.strip() for part in text.partition(":"))
    held = {f"{grant.area}:{grant.person}": grant for grant in snapshot.state.grants}
    grant = held.get(f"{area}:{person}")
    if grant is None:
        raise InputError(
            f'The map knows no access "{one_line(text, 80)}"{did_you_mean(text, list(held))}',
            "Write it as dns:Ana; `launchready status FILE --access` lists them.",
        )
    return grant


def _nobody_holds(what: str, grants: list[Grant]) -> None:
    """Refuse to hide an access with what it is about."""
    if grants:
        raise InputError(
            f"{one_line(what, 80)} still has {plural(len(grants), 'access', 'accesses')}: {_names(grants)}.",
            "Take each back first, with --take-back SYSTEM:PERSON, or with --gone where somebody looked.",
        )


def _names(grants: Iterable[Grant]) -> str:
    names = [one_line(f"{grant.area}:{grant.person}", 60) for grant in grants]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
