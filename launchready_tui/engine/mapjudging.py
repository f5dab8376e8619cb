"""What the access map itself says about the claims on access. Computed from the records at every look, so that an
answer cannot hide what the map shows: an administrator who leaves, a card that ended, a removal that is overdue. Pure
(CHECKS.md S7.ACC.01, 02, 05, 06, 07).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from launchready_tui.engine.access import AccessMap, AccessRow
from launchready_tui.engine.accessdangers import Danger
from launchready_tui.model.records import Grant
from launchready_tui.model.runbook import Entry
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line, plural

SHOWN = 12
"""Lines of detail that a judgement keeps."""

REMOVAL_DAYS = 30
"""How long after today an access of the consultant may last at most, where the runbook does not say."""

_NOTHING = "every system is marked as not used, and a product without a domain and a host cannot be launched"
_UNLISTED = ("nothing-known",)
_LOST = ("recovery-consultant", "recovery-circle")
_HOLDERS = ("consultant-only", "no-admin", "one-owner")
_UNPROVEN = ("never-proven", "not-all-proven", "proof-old")
_CARDS = ("consultant-pays", "card-expired")


def judged(entry: Entry, access: AccessMap, now: datetime) -> Judgement | None:
    """What the map says about an entry of the runbook, by its catalogue row; None where it says nothing."""
    return next((rule(entry, access, now) for row, rule in _RULES.items() if row in entry.catalogue), None)


def decides_alone(entry: Entry) -> bool:
    """Whether a map without a danger proves the claim. Who opened the vault, and which spending alarm is set, stands on
    no map: a person has to say it.
    """
    return any(row in entry.catalogue for row in ("S7.ACC.01", "S7.ACC.02", "S7.ACC.07"))


def _systems(entry: Entry, access: AccessMap, now: datetime) -> Judgement | None:
    """S7.ACC.01: every required system is on the map or marked as not used, with all that one has to know about it."""
    found = _of_kind(access, _UNLISTED)
    if found:
        names = ", ".join(row.title for row in access.unknown[:4])
        more = f" and {len(access.unknown) - 4} more" if len(access.unknown) > 4 else ""
        summary = f"{plural(len(found), 'system')} not on the map, nor marked as not used: {names}{more}"
        return failed(found[0].kind, summary, details=_lines(found))
    if lost := _of_kind(access, _LOST):
        return failed(lost[0].kind, _summary(lost), details=_lines(lost))
    used = _used(access)
    if not used:
        return unknown("nothing-used", _NOTHING, decide_by="Put at least registrar and hosting on the map (M).")
    empty = [f"{row.title}: {', '.join(holes)} not recorded" for row in used if (holes := _holes(row))]
    if empty:
        summary = f"{plural(len(empty), 'system')} half filled: {empty[0]}"
        return warned("half-filled", summary, details=tuple(empty[:SHOWN]))
    unused = len(access.rows) - len(used)
    return passed(f"{plural(len(used), 'system')} on the map, {unused} marked as not used")


def _administrators(entry: Entry, access: AccessMap, now: datetime) -> Judgement | None:
    """S7.ACC.02: two people of the business on each system, each watched when logging in."""
    if found := _of_kind(access, _HOLDERS):
        return failed(found[0].kind, _summary(found), details=_lines(found))
    if access.unknown:
        summary = f"nobody said who administers {plural(len(access.unknown), 'system')}"
        return unknown("nothing-known", summary, decide_by="Fill the map (M), or answer for all of them.")
    if found := _of_kind(access, _UNPROVEN):
        told = "Watch the login and press v on the map (M); without the interface, fill in proven_at in the map's CSV."
        return unknown(found[0].kind, _summary(found), decide_by=told, details=_lines(found))
    if found := _of_kind(access, ("shared-account",)):
        return warned("shared-account", _summary(found), details=_lines(found))
    used = _used(access)
    if not used:
        return unknown("nothing-used", _NOTHING, decide_by="Put at least registrar and hosting on the map (M).")
    return passed(f"two people of the business on each of {plural(len(used), 'system')}, logins watched")


def _custody(entry: Entry, access: AccessMap, now: datetime) -> Judgement | None:
    """S7.ACC.05: no login lies where one person alone can open it. What is written about the place is not repeated: a
    redacted pack must not tell it.
    """
    rows = [row.title for row in access.rows if any(danger.kind == "one-person-custody" for danger in row.dangers)]
    if not rows:
        return None
    words = tuple(f"{title}: its login is kept where one person alone can open it" for title in rows)
    more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
    return failed("one-person-custody", f"{words[0]}{more}", details=words[:SHOWN])


def _bills(entry: Entry, access: AccessMap, now: datetime) -> Judgement | None:
    """S7.ACC.06: the cards last, and are none of the consultant's."""
    if found := _of_kind(access, _CARDS):
        return failed(found[0].kind, _summary(found), details=_lines(found))
    found = _of_kind(access, ("card-ends",))
    return warned("card-ends", _summary(found), details=_lines(found)) if found else None


def _exits(entry: Entry, access: AccessMap, now: datetime) -> Judgement | None:
    """S7.ACC.07: each access of the consultant ends, on a date that is neither past nor far away.

    Limit `removal_days`: how many days from now the last of them may end.
    """
    if found := _of_kind(access, ("exit-overdue", "no-exit-date")):
        return failed(found[0].kind, _summary(found), details=_lines(found))
    leaving = [(row, grant) for row, grant in _grants(access) if grant.until is not None]
    if not leaving:
        return None
    limit = entry.limits.get("removal_days")
    days = limit if isinstance(limit, int) and not isinstance(limit, bool) else REMOVAL_DAYS
    late = [(row, grant) for row, grant in leaving if grant.until and grant.until > now + timedelta(days=days)]
    if late:
        lines = tuple(
            f"{row.title}: {one_line(grant.person, 40)} until {grant.until:%d %b %Y}" for row, grant in late[:SHOWN]
        )
        return warned("exit-late", f"{len(late)} of {len(leaving)} end more than {days} days from now", details=lines)
    return passed(f"{plural(len(leaving), 'access', 'accesses')} that ends, each with its date")


_Rule = Callable[[Entry, AccessMap, datetime], Judgement | None]
_RULES: Mapping[str, _Rule] = {
    "S7.ACC.01": _systems,
    "S7.ACC.02": _administrators,
    "S7.ACC.05": _custody,
    "S7.ACC.06": _bills,
    "S7.ACC.07": _exits,
}


def _of_kind(access: AccessMap, kinds: tuple[str, ...]) -> list[Danger]:
    """The dangers of those kinds, by the order of the kinds."""
    return sorted((d for d in access.dangers if d.kind in kinds), key=lambda danger: kinds.index(danger.kind))


def _summary(found: list[Danger]) -> str:
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{found[0].sentence.removesuffix('.')}{more}"


def _lines(found: list[Danger]) -> tuple[str, ...]:
    cut = len(found) - SHOWN
    lines = tuple(danger.sentence for danger in found[:SHOWN])
    return (*lines, f"and {cut} more") if cut > 0 else lines


def _used(access: AccessMap) -> list[AccessRow]:
    return [row for row in access.rows if row.is_known and row.is_used]


def _grants(access: AccessMap) -> list[tuple[AccessRow, Grant]]:
    return [(row, grant) for row in access.rows for grant in row.grants.values()]


def _holes(row: AccessRow) -> list[str]:
    """What is not recorded about a system that is in use."""
    system = row.system
    found = {
        "where the login is kept": bool(system and system.custody.strip()),
        "the way back to a lost login": bool(system and system.recovery.strip()),
        "the renewal date": bool(system and system.renewal.strip()),
        "who pays": any(grant.pays for grant in row.grants.values()),
        "second factors": bool(row.grants) and all(g.second_factor is not None for g in row.grants.values()),
    }
    return [words for words, known in found.items() if not known]
