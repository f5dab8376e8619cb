"""The cells and sentences of the access map. Pure: a map in, styled text out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text
from textual.content import Content

from launchready_tui.engine.access import NOT_USED, AccessMap, AccessRow
from launchready_tui.model.records import Grant, PersonRole
from launchready_tui.model.verdicts import Severity
from launchready_tui.text import one_line, plural
from launchready_tui.tui import render
from launchready_tui.tui.render import Ink, Mark, Part
from launchready_tui.tui.widgets.lines import fit

SYSTEM, CUSTODY, PROVEN, DANGER = "system", "custody", "proven", "danger"
"""Keys of the columns that are no people."""

PLACES: tuple[PersonRole, ...] = ("founder", "backup", "consultant")
"""The columns before anybody is on the map."""

Change = Callable[[Grant], Grant]
"""What a key does to an access; without one it gets an empty access, whose role is ''."""

_GAP = 2
"""Cells of padding that a table adds to each column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its width, not counting the room beside it. `place` waits for somebody of that role."""

    key: str
    words: str
    width: int
    person: str = ""
    place: PersonRole | None = None


def columns(access: AccessMap, width: int) -> list[Column]:
    """The columns for a width: the custody is left out first; the dangers take what is left."""
    wide = width >= 100
    count = max(1, len(access.people) or len(PLACES))
    system = 27 if wide else 20
    rest = width - system - _GAP - 6 - _GAP
    each = max(7, min(13 if wide else 9, (rest - (52 if wide else 22)) // count - _GAP))
    rest -= count * (each + _GAP)
    found = [Column(SYSTEM, "", system)]
    if access.people:
        found += [Column(f"person:{person.name}", person.name, each, person=person.name) for person in access.people]
    else:
        found += [Column(f"place:{role}", role, each, place=role) for role in PLACES]
    custody = min(22, rest - 30) if wide else 0
    if custody >= 12:
        found.append(Column(CUSTODY, "kept in", custody))
        rest -= custody + _GAP
    found.append(Column(PROVEN, "proven", 6))
    found.append(Column(DANGER, "", max(16, rest - _GAP)))
    return found


def header(ink: Ink, column: Column) -> Text:
    """The head of a column."""
    return ink.cell((fit(column.words, column.width, ink.glyphs.ellipsis), "bold" if column.person else "muted"))


def cell(ink: Ink, row: AccessRow, column: Column, now: datetime) -> Text:
    """One cell."""
    width, dots = column.width, ink.glyphs.ellipsis
    if column.key == SYSTEM:
        name = row.system.name if row.system and row.is_used else ""
        if not name:
            return ink.cell((fit(row.title, width, dots), "plain" if row.is_known and row.is_used else "muted"))
        title = row.title if len(row.title) + 3 < width else row.title[: width - 4]
        return ink.cell(title, ("  " + fit(name, max(1, width - len(title) - 2), dots), "muted"))
    if not row.is_used:
        return ink.cell((fit(NOT_USED if column.key == DANGER else "", width, dots), "muted"))
    if column.key == CUSTODY:
        custody = row.system.custody if row.system else ""
        return ink.cell((fit(custody or ink.glyphs.dash, width, dots), "plain" if custody else "muted"))
    if column.key == PROVEN:
        proven = row.proven_at
        return ink.cell((render.short_age(proven, now) if proven else ink.glyphs.dash, "plain" if proven else "muted"))
    if column.key == DANGER:
        return _danger(ink, row, width)
    return ink.cell(*grant_parts(ink, row.grants.get(column.person)))


def _danger(ink: Ink, row: AccessRow, width: int) -> Text:
    if not row.dangers:
        return ink.cell((f"{ink.glyphs.marks[Mark.PASS]} safe", "pass"))
    first = row.dangers[0]
    more = f" +{len(row.dangers) - 1}" if len(row.dangers) > 1 else ""
    if not row.is_known:
        return ink.cell(("nobody recorded: enter" if width >= 22 else "not recorded", "muted"))
    sign = ink.glyphs.marks[Mark.FAIL if first.severity is Severity.BLOCKER else Mark.WARN]
    tone = {Severity.BLOCKER: "bold fail", Severity.HIGH: "warn"}.get(first.severity, "muted")
    return ink.cell(
        (fit(f"{sign} {first.words}", width - len(more), ink.glyphs.ellipsis).rstrip(), tone), (more, "muted")
    )


def grant_parts(ink: Ink, grant: Grant | None) -> list[Part]:
    """`■ $ ✓`: role, who pays, proven."""
    if grant is None:
        return [(ink.glyphs.dash, "muted")]
    glyphs = ink.glyphs
    sign = {"owner": glyphs.owner, "admin": glyphs.admin, "backup": glyphs.backup}.get(grant.role, glyphs.member)
    parts: list[Part] = [
        (sign, "bold focus" if grant.role == "owner" else "focus" if grant.role == "admin" else "plain")
    ]
    if grant.pays:
        parts += [" ", (glyphs.pays, "warn")]
    if grant.proven_at:
        parts += [" ", (glyphs.marks[Mark.PASS], "pass")]
    return parts


def summary(ink: Ink, access: AccessMap, width: int) -> Content:
    """The line above the grid: the legend, and how dangerous it is."""
    glyphs = ink.glyphs
    known = [danger for danger in access.dangers if danger.kind != "nothing-known"]
    blockers = sum(danger.severity is Severity.BLOCKER for danger in known)
    legend = f"{glyphs.owner} owner  {glyphs.admin} admin  {glyphs.backup} backup  {glyphs.pays} pays"
    if width >= 100:
        legend += f"  {glyphs.member} member  {glyphs.marks[Mark.PASS]} proven"
    parts: list[Part] = [(legend, "muted"), "   "]
    if blockers:
        parts += [(plural(blockers, "blocker"), "bold fail"), " · "]
    if len(known) - blockers:
        parts += [(plural(len(known) - blockers, "danger"), "warn"), " · "]
    if access.unknown:
        parts += [(f"{len(access.unknown)} not recorded", "unknown"), " · "]
    return ink.line(
        *(parts[:-1] if len(parts) > 2 else [*parts, (f"{glyphs.marks[Mark.PASS]} no danger seen", "pass")])
    )


def detail(ink: Ink, access: AccessMap, row: AccessRow | None, person: str, now: datetime) -> Content:
    """What is known about the cell, and the dangers of its system in sentences."""
    if not access.people and row is not None:
        return _nobody(ink, row)
    if row is None:
        return ink.line(("No system is required or recorded. s adds one.", "muted"))
    parts: list[Part] = [(row.title, "bold")]
    system = row.system
    if system is not None and system.name:
        parts.append(f"  {one_line(system.name, 60)}")
    if row.required and not row.is_known:
        parts.append(("  required, nobody recorded: press enter; - says that it is not used", "muted"))
    parts.append("\n")
    if person:
        role = next((someone.role for someone in access.people if someone.name == person), "other")
        parts += [*_grant_words(row.grants.get(person), person, role, now), "\n"]
    if system is not None and row.is_used:
        known = [("kept in ", system.custody), ("renews ", system.renewal), ("card until ", system.card_expires)]
        known += [("recovery ", system.recovery), ("", system.note)]
        words = " · ".join(label + one_line(value, 80) for label, value in known if value)
        parts += [(words, "muted"), "\n"] if words else []
    for danger in row.dangers:
        tone = (
            "bold fail"
            if danger.severity is Severity.BLOCKER
            else "warn"
            if danger.severity is Severity.HIGH
            else "muted"
        )
        sentence = danger.sentence.partition(": ")[2]
        parts += [(f"{render.severity_word(danger.severity)}  ", tone), sentence[:1].upper() + sentence[1:], "\n"]
    return ink.line(*parts, lines=True)


def _nobody(ink: Ink, row: AccessRow) -> Content:
    return ink.line(
        "Nobody is on the map yet. ",
        ("P", "bold focus"),
        " adds a person: the founder first, then the backup, then the consultant.\n",
        (
            f"{row.title}: whoever holds it can lock everybody else out. Record who owns it, "
            "who could step in, and where the login is kept.",
            "muted",
        ),
        lines=True,
    )


def _grant_words(grant: Grant | None, person: str, role: str, now: datetime) -> list[Part]:
    name = one_line(person, 40) + ("" if role == "other" else f", {role},")
    if grant is None:
        return [(f"{name} has no access   o owner  a admin  b backup", "muted")]
    factor = {True: "second factor on", False: "no second factor", None: "second factor not known"}[grant.second_factor]
    proven = (
        f"logged in {render.age(grant.proven_at, now)} ({render.moment(grant.proven_at)})"
        if grant.proven_at
        else "never seen logging in"
    )
    ends = f"to be removed by {render.moment(grant.until)}" if grant.until else ""
    words = [grant.role, "pays" if grant.pays else "", ends, factor, proven]
    return [(f"{name.rstrip(',')}  ", "plain"), (" · ".join(word for word in words if word), "muted")]
