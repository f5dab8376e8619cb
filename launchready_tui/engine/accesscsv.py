"""The access map as a table that a spreadsheet can edit, and back: nothing is lost on the way, no cell becomes a
formula, and a mistake names its line. Pure.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, cast, get_args

from launchready_tui.engine import maprules, people
from launchready_tui.engine.accessdangers import card_end
from launchready_tui.engine.credentials import looks_like_a_secret
from launchready_tui.errors import InputError
from launchready_tui.model.journal import State
from launchready_tui.model.records import Grant, GrantRole, Payload, Person, PersonRole, System
from launchready_tui.text import did_you_mean, one_line

_SYSTEM = ("name", "custody", "recovery", "card_expires", "renewal", "note")
COLUMNS = (
    "area", *_SYSTEM, "person", "person_role", "contact", "role", "pays", "second_factor", "proven_at", "until",
)  # fmt: skip
"""A line a grant; a system or a person without any has a line of its own."""

TOLD = "dangers"
"""A last column that a pack's table has for its readers; it says nothing to who reads the table in again."""

CLEAR = "-"
"""What stands in a cell that is to be emptied, for an empty one says nothing. A dash that is meant has an apostrophe
before it, as `guarded` writes it.
"""

MOST_BYTES = 2_000_000
MOST_LINES = 5_000
MOST_CELL = 5_000

Known = Mapping[tuple[Any, ...], Payload]
"""Records of the map by what they are about."""

_RISKY = re.compile(r"^'*[=+\-@\t\r\n|%＝＋－＠]")
_YES = {"yes": True, "y": True, "true": True, "1": True, "x": True}
_NO = {"no": False, "n": False, "false": False, "0": False, "": False}
_UNKNOWN = ("", "unknown", "?")


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what could be one."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """The cell without the apostrophe that `guarded` put before it."""
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text


def to_csv(
    state: State,
    required: Iterable[str] = (),
    dangers: Mapping[str, str] | None = None,
    clean: Callable[[str], str] = str,
) -> str:
    """The map, with an empty line for each required system of which nobody recorded anything: somebody fills it in.

    `dangers` adds what is dangerous about each area as a last column; `clean` is applied to the text of every cell.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = COLUMNS if dangers is None else (*COLUMNS, TOLD)

    def write(cells: Mapping[str, str]) -> None:
        writer.writerow([guarded(clean(cells.get(column, ""))) for column in columns])

    writer.writerow(columns)
    people = {person.name: person for person in state.people}
    systems = {system.area: system for system in state.systems}
    used: set[str] = set()
    for area in dict.fromkeys([*systems, *(grant.area for grant in state.grants), *required]):
        grants = [grant for grant in state.grants if grant.area == area]
        each: list[Grant | None] = [*grants] or [None]
        for grant in each:
            used.add(grant.person if grant else "")
            told = {TOLD: (dangers or {}).get(area, "")}
            write(_row(area, systems.get(area), people, grant) | told)
    for person in state.people:
        if person.name not in used:
            write(_person(person.name, people))
    return out.getvalue()


def _row(area: str, system: System | None, people: Mapping[str, Person], grant: Grant | None) -> dict[str, str]:
    cells = {"area": area}
    if system is not None:
        cells |= {name: str(getattr(system, name)) for name in _SYSTEM}
    if grant is not None:
        factor = {True: "yes", False: "no", None: "unknown"}[grant.second_factor]
        cells |= _person(grant.person, people)
        cells |= {"role": grant.role, "pays": "yes" if grant.pays else "no", "second_factor": factor}
        cells |= {"proven_at": _moment(grant.proven_at), "until": _moment(grant.until)}
    return cells


def _person(name: str, people: Mapping[str, Person]) -> dict[str, str]:
    person = people.get(name)
    return {"person": name} | ({"person_role": person.role, "contact": person.contact} if person else {})


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table would record, in order; nothing for what is on the map already.

    `missing` are the accesses of the map that the table does not name: they stay, for a line that is not there says
    nothing.
    """

    payloads: tuple[Payload, ...]
    lines: int
    missing: tuple[Grant, ...] = ()


def from_csv(data: bytes, state: State, now: datetime | None = None) -> Imported:
    """What a table adds to the map or changes on it. Raises `InputError` with the line of the first mistake.

    Given `now`, a login that was watched in the future is one.
    """
    lines = list(_lines(data))
    known: dict[tuple[Any, ...], Payload] = {}
    for payload in (*state.people, *state.systems, *state.grants):
        known[_key(payload)] = payload
    changed: dict[tuple[Any, ...], Payload] = {}
    for at, cells in lines:
        for payload in _payloads(at, cells, changed, known):
            _plausible(at, payload, now)
            key = _key(payload)
            if payload != changed.get(key, known.get(key)):
                changed[key] = payload
    order = (Person, System, Grant)
    payloads = sorted(changed.values(), key=lambda payload: order.index(cast(Any, type(payload))))
    new = tuple(payload for payload in payloads if payload != known.get(_key(payload)))
    return Imported(new, len(lines), _missing(state, lines))


def _missing(state: State, lines: Iterable[tuple[int, Mapping[str, str]]]) -> tuple[Grant, ...]:
    """The accesses without a line; none where the table is not about accesses at all."""
    named = {(cells.get("area", "").strip(), cells.get("person", "").strip()) for _, cells in lines}
    about = any(area and person for area, person in named)
    return tuple(grant for grant in state.grants if about and (grant.area, grant.person) not in named)


def _plausible(at: int, payload: Payload, now: datetime | None) -> None:
    why = ""
    if isinstance(payload, System):
        why = maprules.wrong_system(payload)
    elif isinstance(payload, Grant) and now is not None:
        why = maprules.wrong_grant(payload, now)
    if why:
        raise InputError(f"Line {at}: {why}", "Correct the line; nothing was changed.")


def _one_spelling(at: int, name: str, known: Known, changed: Known) -> None:
    names = [key[1] for key in (*known, *changed) if key[0] == "person"]
    other = next((found for found in names if found != name and people.same(found, name)), "")
    if other and name not in names:
        raise InputError(
            f'Line {at}: person: "{one_line(name, 60)}" is on the map already, as {one_line(other, 60)}.',
            "Use that spelling: one person in two spellings would count as two.",
        )


def _key(payload: Payload) -> tuple[Any, ...]:
    match payload:
        case Person(name=name):
            return ("person", name)
        case System(area=area):
            return ("system", area)
        case Grant(area=area, person=person):
            return ("grant", area, person)
        case _:
            raise TypeError(payload.kind)


def _lines(data: bytes) -> Iterable[tuple[int, dict[str, str]]]:
    if len(data) > MOST_BYTES:
        raise InputError("The table is larger than 2 MB.", "An access map has some dozens of lines.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"The table is not UTF-8 (byte {error.start}).", "Save it as CSV UTF-8.") from None
    separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        head = [name.strip().lower().replace(" ", "_") for name in next(reader, [])]
        _check_head(head)
        for number, row in enumerate(reader):
            if number >= MOST_LINES:
                raise InputError(f"The table has more than {MOST_LINES:,} lines.", "An access map has some dozens.")
            if any(cell.strip() for cell in row):
                yield reader.line_num, _cells(reader.line_num, head, row)
    except csv.Error as error:
        raise InputError(f"Line {reader.line_num} is no CSV: {error}.", "Save it as CSV UTF-8 again.") from None


def _check_head(head: list[str]) -> None:
    for name in head:
        if name and name not in (*COLUMNS, TOLD):
            raise InputError(
                f'The table has an unknown column "{one_line(name, 40)}"{did_you_mean(name, COLUMNS)}',
                f"The columns are {', '.join(COLUMNS)}.",
            )
    if "area" not in head and "person" not in head:
        raise InputError("The first line names no columns.", f"The columns are {', '.join(COLUMNS)}.")
    twice = next((name for name in head if name and head.count(name) > 1), "")
    if twice:
        raise InputError(f'The column "{twice}" is there twice.', "Take one of them out.")


def _cells(at: int, head: list[str], row: list[str]) -> dict[str, str]:
    if len(row) > len(head) and any(cell.strip() for cell in row[len(head) :]):
        raise InputError(f"Line {at} has more cells than the first line.", "Is a comma missing its quotes?")
    cells = {name: _read_cell(cell) for name, cell in zip(head, row, strict=False) if name and name != TOLD}
    for name, cell in cells.items():
        if len(cell) > MOST_CELL:
            raise InputError(f"Line {at}: {name} is longer than {MOST_CELL:,} characters.", "Shorten it.")
        if name in ("name", "custody", "note") and looks_like_a_secret(cell):
            raise InputError(
                f"Line {at}: {name} looks like a credential.", "Write where it is kept: this file is copied and mailed."
            )
    return cells


class _Cleared(str):
    """The text of a cell that is to be emptied: no text, but not nothing either."""

    __slots__ = ()


def _read_cell(cell: str) -> str:
    return _Cleared() if cell.strip() == CLEAR else unguarded(cell)


def _is_cleared(cells: Mapping[str, str], name: str) -> bool:
    return isinstance(cells.get(name), _Cleared)


def _text(cells: Mapping[str, str], name: str, before: str) -> str:
    """The text of a cell; an empty one leaves what was there before, a dash empties it."""
    return "" if _is_cleared(cells, name) else cells.get(name, "").strip() or before


def _payloads(at: int, cells: Mapping[str, str], changed: Known, known: Known) -> Iterable[Payload]:
    """The person, system and grant of a line; an empty or missing cell leaves what is known, a dash empties it."""

    def before(*key: str) -> Payload | None:
        return changed.get(key, known.get(key))

    area, person = cells.get("area", "").strip(), cells.get("person", "").strip()
    for name in ("area", "person"):
        if _is_cleared(cells, name):
            raise InputError(
                f"Line {at}: {name}: it says what the line is about, and cannot be emptied.",
                "`launchready own FILE --remove-system AREA` and `--remove-person NAME` take one off the map.",
            )
    if not area and not person:
        raise InputError(f"Line {at} names neither an area nor a person.", "Say what it is about.")
    role = cells.get("role", "").strip()
    if role and not person:
        raise InputError(
            f"Line {at}: role: somebody is {one_line(role, 20)}, but no person is named.", "Name the person."
        )
    if person:
        _one_spelling(at, person, known, changed)
        yield _read_person(at, person, cells, before("person", person))
    if area:
        system = _read_system(at, area, cells, before("system", area))
        if system is not None:
            yield system
    if area and person:
        grant = _read_grant(at, area, person, cells, before("grant", area, person))
        if grant is not None:
            yield grant


def _read_person(at: int, name: str, cells: Mapping[str, str], before: Payload | None) -> Person:
    person = before if isinstance(before, Person) else Person(name)
    role = _text(cells, "person_role", person.role).lower() or "other"
    return Person(
        name,
        cast(PersonRole, _one(at, "person_role", role, get_args(PersonRole))),
        _text(cells, "contact", person.contact),
    )


def _read_system(at: int, area: str, cells: Mapping[str, str], before: Payload | None) -> System | None:
    given = {name: cells[name].strip() for name in _SYSTEM if cells.get(name, "").strip() or _is_cleared(cells, name)}
    month = given.get("card_expires", "")
    if month and card_end(month) is None:
        raise InputError(
            f'Line {at}: card_expires: "{one_line(month, 30)}" is no month.', "Write it as 2027-03, as on the card."
        )
    if not any(given.values()) and before is None:
        return None
    system = before if isinstance(before, System) else System(area)
    old = {name: getattr(system, name) for name in _SYSTEM}
    return System(area, **{**old, **given})


def _read_grant(at: int, area: str, person: str, cells: Mapping[str, str], before: Payload | None) -> Grant | None:
    """The access; a role that is emptied takes it back, and is nothing where there was none."""
    grant = before if isinstance(before, Grant) else Grant(area, person)
    if _is_cleared(cells, "role"):
        return replace(grant, role="", pays=False) if before is not None else None
    role = cells.get("role", "").strip().lower() or grant.role or "member"
    factor = cells.get("second_factor", "").strip().lower()
    pays = cells.get("pays", "").strip().lower()
    unknown = factor in _UNKNOWN
    knows = factor or _is_cleared(cells, "second_factor")
    return Grant(
        area,
        person,
        cast(GrantRole, _one(at, "role", role, get_args(GrantRole))),
        pays=_yes(at, "pays", pays) if pays or _is_cleared(cells, "pays") else grant.pays,
        second_factor=(None if unknown else _yes(at, "second_factor", factor)) if knows else grant.second_factor,
        proven_at=_when(at, "proven_at", cells, grant.proven_at),
        until=_when(at, "until", cells, grant.until),
    )


def _one(at: int, column: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise InputError(
            f'Line {at}: {column}: "{one_line(value, 40)}" is none of {", ".join(choices)}'
            f"{did_you_mean(value, choices)}",
            "Correct the line; nothing was changed.",
        )
    return value


def _yes(at: int, column: str, value: str) -> bool:
    answers = {**_YES, **_NO}
    if value not in answers:
        raise InputError(f'Line {at}: {column}: "{one_line(value, 40)}" is neither yes nor no.', "Write yes or no.")
    return answers[value]


def _when(at: int, column: str, cells: Mapping[str, str], before: datetime | None) -> datetime | None:
    text = cells.get(column, "").strip()
    if not text:
        return None if _is_cleared(cells, column) else before
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), tzinfo=UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(
            f'Line {at}: {column}: "{one_line(text, 40)}" is no date.', "Write 2026-12-01, or a moment in ISO 8601."
        ) from None
