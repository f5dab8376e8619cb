"""What an entry of the access map has to say before it is written. Pure; broken rules are `InputError`s."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from launchready_tui.engine import people
from launchready_tui.engine.accessdangers import card_end
from launchready_tui.errors import InputError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import State
from launchready_tui.model.records import Grant, Person, System
from launchready_tui.text import one_line

SOON = timedelta(minutes=5)
"""How far a clock of somebody else may be ahead."""

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def validate(payload: Person | System | Grant, snapshot: Snapshot) -> None:
    """Raise `InputError` unless it may be written."""
    match payload:
        case Person(name=name):
            if not payload.removed and not people.names_somebody(name):
                raise InputError("The person has no name.", "Give the name that colleagues use.")
            if not payload.removed and (other := spelled_otherwise(name, snapshot.state)):
                raise InputError(
                    f"{one_line(name, 60)} is on the map already, as {one_line(other, 60)}.",
                    "Use that spelling: one person in two spellings would count as two.",
                )
        case System(area=area):
            if not area.strip():
                raise InputError("The system has no area.", "Say what it is: registrar, dns, hosting, …")
            if why := wrong_system(payload):
                raise InputError(why, "Correct it, or leave it empty.")
        case Grant():
            if not payload.area.strip():
                raise InputError("The system is missing.", "Name the system.")
            if not payload.person.strip():
                raise InputError("The person is missing.", "Name the person.")
            if payload.role and (why := wrong_grant(payload, snapshot.now)):
                raise InputError(why, "Write when somebody really watched the login.")


def wrong_system(system: System) -> str:
    """What cannot be right about a system, as a sentence; '' if nothing is."""
    if system.card_expires.strip() and card_end(system.card_expires) is None:
        return f'card_expires: "{one_line(system.card_expires, 30)}" is no month such as 2027-03.'
    if _DATE.match(system.renewal.strip()) and not _is_date(system.renewal.strip()):
        return f'renewal: "{one_line(system.renewal, 30)}" is no date.'
    return ""


def wrong_grant(grant: Grant, now: datetime) -> str:
    """What cannot be right about an access; '' if nothing is."""
    if grant.proven_at is not None and grant.proven_at > now + SOON:
        return f"proven_at: {grant.proven_at:%Y-%m-%d} has not been yet, so nobody watched a login then."
    return ""


def spelled_otherwise(name: str, state: State) -> str:
    """The other spelling under which that person is on the map, '' if there is none."""
    known = [person.name for person in state.people] + [grant.person for grant in state.grants]
    if name in known:
        return ""
    return next((other for other in known if people.same(name, other)), "")


def role_of(name: str, state: State) -> str:
    """The role of a person on the map, '' for somebody who is not on it, or whose role was not said."""
    found = next((person.role for person in state.people if people.same(person.name, name)), "")
    return "" if found == "other" else found


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
