"""The access map as it is handed over: who holds the keys of what, where they are kept, what is dangerous."""

from __future__ import annotations

from launchready_tui.deliverables import marks
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Callout,
    Column,
    Line,
    Paragraph,
    RecordRef,
    Row,
    Section,
    Table,
    Text,
    When,
    joined,
    line,
)
from launchready_tui.deliverables.dates import day
from launchready_tui.deliverables.kept import exits
from launchready_tui.deliverables.reading import Reading
from launchready_tui.engine.access import AccessMap, AccessRow, access_map
from launchready_tui.engine.accessdangers import Danger
from launchready_tui.model.records import Grant
from launchready_tui.text import plural

_ROLES = {"owner": "■ owner", "admin": "▲ admin", "backup": "○ backup", "member": "· member"}


def access(reading: Reading) -> Section:
    """The map, its dangers, the people."""
    found = access_map(reading.snapshot)
    known = [row for row in found.rows if row.is_known]
    blocks: list[Block] = []
    if known:
        blocks.append(_map(reading, found, known))
    else:
        blocks.append(Callout("unknown", "Nothing is recorded on the access map yet"))
    if found.unknown:
        names = joined([line(row.title) for row in found.unknown])
        count = plural(len(found.unknown), "system")
        blocks.append(Paragraph(line(Text(f"Nobody said anything about {count}: ", "strong"), names, ".")))
    blocks += _dangers(reading, found)
    blocks += exits(reading)
    blocks += _people(reading, found)
    return Section("Access map", "access", tuple(blocks), page=True)


def _map(reading: Reading, found: AccessMap, rows: list[AccessRow]) -> Table:
    columns = (
        Column("System"),
        Column("Who", "main"),
        Column("Kept in", "main"),
        Column("Last login seen", "short"),
        Column("Record", "source"),
    )
    return Table(columns, tuple(Row(_cells(reading, found, row)) for row in rows))


def _cells(reading: Reading, found: AccessMap, row: AccessRow) -> tuple[Line, ...]:
    system = row.system
    name = line(Text(row.title, "strong"), Break(), system.name if system else "")
    roles = {person.name: person.role for person in found.people}
    people = [_holder(grant, roles.get(grant.person, "")) for grant in row.grants.values()]
    proven = line(day(row.proven_at)) if row.proven_at else line(Text("never" if row.is_used else "–", "muted"))
    records = [reading.record_of(item) for item in (*((system,) if system else ()), *row.grants.values())]
    proof = joined([line(RecordRef(record.number), " ", When(day(record.at))) for record in records if record], Break())
    kept = line(system.custody) if system and system.custody else line(Text("not recorded", "muted"))
    if system and system.recovery:
        kept = (*kept, *line(Break(), Text(f"recovery {system.recovery}", "muted")))
    if system and system.card_expires:
        kept = (*kept, *line(Break(), Text(f"card until {system.card_expires}", "muted")))
    nobody = line(Text("nobody" if row.is_used else "the product does without", "muted"))
    return (name, joined(people, Break()) or nobody, kept, proven, proof)


def _holder(grant: Grant, role: str) -> Line:
    extras = [role] if role and role != "other" else []
    extras += ["pays"] if grant.pays else []
    extras += {True: ["second factor"], False: ["no second factor"], None: []}[grant.second_factor]
    extras += [f"login seen {day(grant.proven_at)}"] if grant.proven_at else []
    return line(
        f"{_ROLES.get(grant.role, grant.role)} ",
        Text(grant.person, "strong"),
        Text(f" ({', '.join(extras)})" if extras else "", "muted"),
    )


def _dangers(reading: Reading, found: AccessMap) -> tuple[Block, ...]:
    dangers = [danger for danger in found.dangers if danger.kind != "nothing-known"]
    if not dangers:
        return ()
    columns = (Column("Label", "state"), Column("Danger", "main"), Column("From", "source"))
    rows = tuple(
        Row((line(marks.severity_mark(danger.severity)), line(danger.sentence), _from(reading, found, danger)))
        for danger in dangers
    )
    return (Section(plural(len(dangers), "danger"), "access-dangers", (Table(columns, rows),)),)


def _from(reading: Reading, found: AccessMap, danger: Danger) -> Line:
    """The newest record about the system that is in danger."""
    row = found.row(danger.area)
    said = [*([row.system] if row and row.system else []), *(row.grants.values() if row else ())]
    records = [record for record in (reading.record_of(item) for item in said) if record]
    newest = max(records, key=lambda record: record.number, default=None)
    return line(RecordRef(newest.number), ", ", When(day(newest.at))) if newest else line(Text("no record", "muted"))


def _people(reading: Reading, found: AccessMap) -> tuple[Block, ...]:
    if not found.people:
        return (Callout("unknown", "No person is recorded: not even whom to call"),)
    columns = (Column("Person", "main"), Column("Role", "person"), Column("Contact"), Column("Record", "source"))
    rows = []
    for person in found.people:
        record = reading.record_of(person)
        contact = line(person.contact) if person.contact else line(Text("not recorded", "muted"))
        proof = (
            line(RecordRef(record.number), ", ", When(day(record.at)))
            if record
            else line(Text("named in a grant only", "muted"))
        )
        rows.append(Row((line(Text(person.name, "strong")), line(person.role), contact, proof)))
    return (Section("Whom to call", "people", (Table(columns, tuple(rows)),)),)
