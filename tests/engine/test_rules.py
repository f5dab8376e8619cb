"""What a record must not get away with: one person as two, an answer for ever, a drill in no time, a secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from launchready_tui.engine.accesscsv import from_csv
from launchready_tui.engine.session import Session
from launchready_tui.errors import InputError
from launchready_tui.model.journal import State
from launchready_tui.model.records import (
    Attestation,
    Decision,
    Drill,
    Grant,
    Note,
    Payload,
    Person,
    SignOff,
    System,
    Waiver,
)

TOML = '[product]\nname = "Acme"\ndomain = "acme.test"\n'
BUILD, MIDNIGHT, GO = "build.clean-build", "operations.midnight-test", "gate.go-no-go"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = Session.create(tmp_path / "a.launchready", TOML, str(tmp_path))
    yield opened
    opened.close()


def refused(session: Session, payload: Payload, words: str) -> None:
    before = len(session.snapshot().records)
    with pytest.raises(InputError, match=words):
        session.record(payload)
    assert len(session.snapshot().records) == before


def answer(session: Session, check: str = BUILD, by: str = "Ben", witness: str = "Ana", days: float = 3) -> Attestation:
    now, entry = session.snapshot().now, session.snapshot().runbook.entry(check)
    method = entry.methods[0] if entry else ""
    return Attestation(check, "acme.test", "s", True, by, witness, method, "", now + timedelta(days=days))


@pytest.mark.parametrize("witness", ["", " ben.", "B en", "Ben (consultant)", "Ben\u200b", "\u0412en", "-", "nobody"])
def test_one_person_cannot_attest_a_blocker(session: Session, witness: str) -> None:
    refused(session, answer(session, witness=witness), "somebody else")


def test_two_people_can(session: Session) -> None:
    assert session.record(answer(session)).number


def test_an_answer_does_not_count_for_ever(session: Session) -> None:
    entry = session.snapshot().runbook.entry(BUILD)
    assert entry is not None
    refused(session, answer(session, days=entry.valid_days + 3), "at most")
    assert session.record(answer(session, days=entry.valid_days)).number


def test_nobody_signs_in_somebody_elses_place(session: Session) -> None:
    session.record(Person("Ben", "consultant"))
    refused(session, SignOff("Nobody", "founder", "GO", "h"), "Nobody is named")
    refused(session, SignOff("ben", "founder", "GO", "h"), "as consultant, not as founder")
    session.record(SignOff("Ben", "consultant", "GO", "h"))
    refused(session, SignOff("B.en", "founder", "GO", "h"), "as consultant")


def test_the_go_needs_both_signatures(session: Session) -> None:
    refused(session, answer(session, GO, "Ana", "Ben"), "signed the gate as consultant yet")
    session.record(SignOff("Ben", "consultant", "GO", "h"))
    refused(session, answer(session, GO, "Ana", "Ben"), "signed the gate as founder yet")
    session.record(SignOff("Ana", "founder", "GO", "h"))
    assert session.record(answer(session, GO, "Ana", "Ben")).number


def drilled(session: Session, by: str, seconds: float, completed: bool = True) -> Drill:
    later = session.snapshot().now + timedelta(days=30)
    return Drill(MIDNIGHT, by, "Cleo", seconds, completed, (), "", later)


def test_a_drill_takes_time_and_the_midnight_test_a_backup_operator(session: Session) -> None:
    session.record(Person("Maya", "backup"))
    session.record(Person("Ana", "founder"))
    refused(session, drilled(session, "Maya", 3), "is no time for")
    refused(session, drilled(session, "ana", 400), "is the founder")
    assert session.record(drilled(session, "Maya", 400)).number
    assert session.record(drilled(session, "Maya", 0, completed=False)).number, "given up at once"


def test_one_person_is_on_the_map_once(session: Session) -> None:
    session.record(Person("Ben", "consultant"))
    refused(session, Person("BEN", "founder"), "is on the map already, as Ben")
    assert session.record(Person("Ben", "other")).number, "a correction"


def test_what_cannot_be_right_on_the_map(session: Session) -> None:
    refused(session, System("dns", "Cloudflare", renewal="2026-99-99"), "is no date")
    refused(session, Grant("dns", "Ben", proven_at=session.snapshot().now + timedelta(days=900)), "has not been yet")
    assert session.record(System("dns", "Cloudflare", renewal="yearly, in May")).number


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("area,role\ndns,owner\n", "Line 2: role: somebody is owner, but no person"),
        ("area,renewal\ndns,2026-99-99\n", "Line 2: renewal"),
        ("area,person,proven_at\ndns,Ben,2031-01-01\n", "Line 2: proven_at"),
        ("area,person\ndns,Ben\ncdn,BEN\n", "Line 3: person: .BEN. is on the map already, as Ben"),
    ],
)
def test_what_cannot_be_right_in_a_table(session: Session, table: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        from_csv(table.encode(), State(), session.snapshot().now)


AKIA = "AKIA" + "QYLPMN5HNM4O" + "Z56K"


@pytest.mark.parametrize(
    "text",
    [f"the key is {AKIA}", "postgres://u:sekrit99@db.acme.example/shop", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"],
)
def test_a_secret_is_not_recorded(session: Session, text: str) -> None:
    refused(session, Note("", "", text, "Ben"), "holds a secret")
    refused(session, Decision("Where", (), text, "because", "Ben"), "holds a secret")


@pytest.mark.parametrize(
    "text",
    [
        "rolled back to 4f6b1cc2d1e95b7c2a9f6e6e3b1d7a0c9e8f7a6b",
        "https://acme.test/path/with/a/long-word-1234567890abcdef",
        "psql postgres://user:$DB_PASSWORD@db.acme.example/shop",
        "password: in the shared vault, item Registrar 2026",
    ],
)
def test_what_is_no_secret_is_recorded(session: Session, text: str) -> None:
    assert session.record(Note("", "", text, "Ben")).number


@pytest.mark.parametrize(("why", "control"), [("a" * 30, "none"), ("it is behind a login page", ".")])
def test_a_waiver_says_something(session: Session, why: str, control: str) -> None:
    session.record(replace(answer(session), holds=False))
    until = session.snapshot().now + timedelta(days=3)
    refused(session, Waiver(BUILD, "acme.test", "attested-false", "Ana", why, control, until), "says nothing")
