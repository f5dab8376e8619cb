"""The access map as CSV: out and in without loss, no formula, mistakes with their line."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from launchready_tui.engine.accesscsv import COLUMNS, from_csv, guarded, to_csv, unguarded
from launchready_tui.engine.credentials import looks_like_a_secret
from launchready_tui.errors import InputError
from launchready_tui.model.journal import State
from launchready_tui.model.records import Grant, Person, System

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
EMPTY = State()
FULL = State(
    people=(Person("Ines", "founder", "+49 30 1234567"), Person("\u202eעדה", "backup"), Person("Cleo", "consultant")),
    systems=(
        System("dns", '=HYPERLINK("http://x")', "1Password/Acme", "2027-01-01", "@SUM(A1)", False, "ops@x", "2027-03"),
        System("payments", "Stripe", note="line one\nline two; with, everything\r\"quoted\""),
    ),
    grants=(Grant("dns", "Ines", "owner", True, True, AT, None), Grant("dns", "Cleo", "admin", False, None, None, AT)),
)  # fmt: skip

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12).map(str.strip)
names = texts.filter(bool)


def again(state: State, known: State = EMPTY) -> State:
    found = from_csv(to_csv(state).encode(), known).payloads
    return State(
        people=tuple(p for p in found if isinstance(p, Person)),
        systems=tuple(p for p in found if isinstance(p, System)),
        grants=tuple(p for p in found if isinstance(p, Grant)),
    )


def test_everything_comes_back_and_nothing_is_recorded_twice() -> None:
    found = again(FULL)
    assert set(found.people) == set(FULL.people)
    assert set(found.systems) == set(FULL.systems)
    assert set(found.grants) == set(FULL.grants)
    assert from_csv(to_csv(FULL).encode("utf-8-sig"), FULL).payloads == ()


def test_no_cell_is_a_formula() -> None:
    cells = [cell for row in csv.reader(io.StringIO(to_csv(FULL), newline="")) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


@given(st.text())
def test_the_guard_is_taken_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


@settings(max_examples=60, deadline=None)
@given(names, names, texts, texts)
def test_any_text_survives(area: str, person: str, custody: str, contact: str) -> None:
    state = State(
        people=(Person(person, "other", contact),),
        systems=(System(area, "x", custody),) if custody else (),
        grants=(Grant(area, person),),
    )
    assume(not looks_like_a_secret(custody))
    found = again(state)
    assert (found.people, found.systems, found.grants) == (state.people, state.systems, state.grants)


def test_an_empty_cell_leaves_what_is_known() -> None:
    found = from_csv(b"area,person,role\ndns,Ines,admin\n", FULL).payloads
    assert found == (Grant("dns", "Ines", "admin", True, True, AT, None),)


def test_a_spreadsheet_with_semicolons_is_read() -> None:
    assert from_csv(b"area;person;role\r\ndns;Zoe;owner\r\n", EMPTY).payloads == (
        Person("Zoe"),
        Grant("dns", "Zoe", "owner"),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "names no columns"),
        (b"area,persn\n", 'did you mean "person"'),
        (b"area,area\n", "is there twice"),
        (b"area,person,role\ndns,Ines,boss\n", 'Line 2: role: "boss"'),
        (b"area,person,role,pays\ndns,Ines,owner,maybe\n", "neither yes nor no"),
        (b"area,card_expires\ndns,13/2027\n", "is no month"),
        (b"area,person,until\ndns,Ines,soon\n", "is no date"),
        (b"area,custody\ndns,password: hunter2\n", "looks like a credential"),
        (b"area,name\n,x\n", "neither an area nor a person"),
        (b"area\ndns,more\n", "more cells"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"area,note\ndns," + b"x" * 9_000, "longer than"),
        (b"area,note\n" + b'dns,"' + b"x" * 200_000, "no CSV"),
        (b"area\n" + b"dns\n" * 6_000, "more than 5,000 lines"),
    ],
)
def test_mistakes_name_their_line(text: bytes, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        from_csv(text, FULL)
    assert problem in f"{caught.value} {caught.value.hint}"


def test_required_systems_are_lines_to_fill_in_and_say_nothing_while_empty() -> None:
    text = to_csv(FULL, ("dns", "status-page"))
    assert sum(line.startswith("status-page,") for line in text.splitlines()) == 1
    assert from_csv(text.encode(), FULL).payloads == ()


def test_the_head_is_what_the_reader_knows() -> None:
    assert to_csv(EMPTY) == ",".join(COLUMNS) + "\r\n"


def test_a_dash_empties_a_cell() -> None:
    head = "area,person,name,custody,contact,person_role,role,pays,second_factor,proven_at,until"
    cells = "dns,Ines,Cloudflare,-, - ,-,admin,-,-,-,-"
    known = {type(item): item for item in from_csv(f"{head}\n{cells}\n".encode(), FULL).payloads}
    before = next(system for system in FULL.systems if system.area == "dns")
    assert known[Grant] == Grant("dns", "Ines", "admin")
    assert known[System] == replace(before, name="Cloudflare", custody="")
    assert known[Person] == Person("Ines")


def test_a_dash_as_the_role_takes_the_access_back() -> None:
    (grant,) = from_csv(b"area,person,role\ndns,Ines,-\n", FULL).payloads
    assert isinstance(grant, Grant)
    assert (grant.area, grant.person, grant.role, grant.pays, grant.gone_at) == ("dns", "Ines", "", False, None)
    assert from_csv(b"area,person,role\nhosting,Ines,-\n", FULL).payloads == (), "there was none"


def test_a_dash_that_is_meant_comes_back() -> None:
    state = State(systems=(System("dns", "x", "-"),))
    assert "'-" in to_csv(state)
    assert from_csv(to_csv(state).encode(), state).payloads == ()
    assert from_csv(to_csv(state).encode(), EMPTY).payloads == state.systems


@pytest.mark.parametrize("text", [b"area,name\n-,x\n", b"area,person\ndns,-\n"])
def test_what_a_line_is_about_cannot_be_emptied(text: bytes) -> None:
    with pytest.raises(InputError, match="cannot be emptied"):
        from_csv(text, FULL)


def test_accesses_without_a_line_are_named_and_stay() -> None:
    found = from_csv(b"area,person,role\nhosting,Zoe,owner\n", FULL)
    assert found.missing == FULL.grants
    assert all(item.role for item in found.payloads if isinstance(item, Grant))
    assert from_csv(to_csv(FULL).encode(), FULL).missing == ()
    assert from_csv(b"area,name\ndns,Cloudflare\n", FULL).missing == (), "it is about systems"
