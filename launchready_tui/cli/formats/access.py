"""The access map as lines of text: who holds what, what is dangerous, whose access ends, what providers say."""

from __future__ import annotations

from collections.abc import Sequence

from launchready_tui.cli import output
from launchready_tui.engine.access import AccessMap, AccessRow, access_map
from launchready_tui.engine.exitlist import ExitState, exit_list
from launchready_tui.engine.members import Compared
from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Grant
from launchready_tui.text import plural


def access_lines(snapshot: Snapshot) -> list[str]:
    """The whole map."""
    found = access_map(snapshot)
    lines = [f"Access map: {plural(len(found.rows), 'system')}, {plural(len(found.people), 'person', 'people')}"]
    lines += [f"  {_system(row)}" for row in found.rows if row.is_known]
    if found.unknown:
        titles = ", ".join(row.title for row in found.unknown)
        lines.append(f"  nobody said anything about {plural(len(found.unknown), 'system')}: {titles}")
    return [*lines, "", *_dangers(found), "", *_exits(snapshot)]


def _system(row: AccessRow) -> str:
    if not row.is_used:
        return f"{row.title}: not used"
    name = output.safe(row.system.name, 60) if row.system and row.system.name else "name not recorded"
    kept = output.safe(row.system.custody, 60) if row.system and row.system.custody else "not recorded where"
    who = "; ".join(_grant(grant) for grant in row.grants.values()) or "nobody"
    return f"{row.title} ({name}), login kept: {kept}. {who}"


def _grant(grant: Grant) -> str:
    parts: list[str] = [grant.role or "no access"]
    parts += ["pays"] if grant.pays else []
    parts += [f"login seen {grant.proven_at:%Y-%m-%d}"] if grant.proven_at else []
    parts += [f"until {grant.until:%Y-%m-%d}"] if grant.until else []
    return f"{output.safe(grant.person, 60)} {', '.join(parts)}"


def _dangers(found: AccessMap) -> list[str]:
    dangers = [danger for danger in found.dangers if danger.kind != "nothing-known"]
    unknown = len(found.dangers) - len(dangers)
    if not dangers and not any(row.is_known for row in found.rows):
        return [f"Nothing is recorded yet: {plural(unknown, 'danger')}, one for each system of which nobody spoke."]
    if not dangers:
        rest = f"; {plural(unknown, 'system')} nobody has spoken of, each a danger until then" if unknown else ""
        return [f"No danger in what is recorded{rest}."]
    head = f"{plural(len(dangers), 'danger')}, the worst first:"
    return [head, *(f"  {danger.severity.value}: {output.safe(danger.sentence, 300)}" for danger in dangers)]


def _exits(snapshot: Snapshot) -> list[str]:
    found = exit_list(snapshot.state, snapshot.now)
    if not found:
        return ["Exit list: nobody leaves."]
    lines = ["Exit list:"]
    for item in found:
        at = item.grant.gone_at if item.state is ExitState.GONE else item.grant.until
        when = f" {at:%Y-%m-%d}" if at else ""
        lines.append(f"  {item.title}, {output.safe(item.grant.person, 60)}: {item.state.value}{when}")
    return lines


def plain_access(snapshot: Snapshot, compared: Sequence[tuple[str, str, Compared]]) -> dict[str, object]:
    """The same as data."""
    found = access_map(snapshot)
    return {
        "schema": "launchready/access/1",
        "people": [{"name": person.name, "role": person.role, "contact": person.contact} for person in found.people],
        "systems": [_plain_system(row) for row in found.rows],
        "exits": [
            {"system": item.grant.area, "person": item.grant.person, "state": item.state.value}
            for item in exit_list(snapshot.state, snapshot.now)
        ],
        "members": [
            {"provider": provider, "system": title, "agrees": one.agrees, "differences": list(one.sentences())}
            for provider, title, one in compared
        ],
    }


def _plain_system(row: AccessRow) -> dict[str, object]:
    return {
        "area": row.area,
        "name": row.system.name if row.system else "",
        "used": row.is_used,
        "known": row.is_known,
        "holders": [{"person": grant.person, "role": grant.role, "pays": grant.pays} for grant in row.grants.values()],
        "dangers": [
            {"kind": danger.kind, "severity": danger.severity.value, "sentence": danger.sentence}
            for danger in row.dangers
        ],
    }


def member_lines(provider: str, title: str, sentences: Sequence[str]) -> list[str]:
    """What a provider's list says about the map."""
    return ["", f"Members of {title}, read from {provider}:", *(f"  {output.safe(line, 200)}" for line in sentences)]
