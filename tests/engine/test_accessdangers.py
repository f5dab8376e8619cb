"""Cards, recovery addresses, the consultant's exit, and pasted member lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from launchready_tui.engine.access import compute
from launchready_tui.engine.accessdangers import card_end
from launchready_tui.engine.exitlist import ExitState, exit_list
from launchready_tui.engine.members import compare
from launchready_tui.model.journal import State, fold
from launchready_tui.model.records import Grant, Payload, Person, Record, System

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PEOPLE = (Person("Ines", "founder", "ines@acme.test"), Person("Cleo", "consultant", "cleo@help.test"), Person("Zoë"))


def state(*payloads: Payload) -> State:
    return fold(Record(number, NOW, payload) for number, payload in enumerate((*PEOPLE, *payloads), 1))


def kinds(*payloads: Payload) -> set[str]:
    row = compute(state(*payloads), NOW, required=(), domain="acme.test").row("dns")
    assert row is not None
    return {danger.kind for danger in row.dangers}


@pytest.mark.parametrize(
    ("system", "kind"),
    [
        (System("dns", "x", card_expires="2026-10"), "card-expired"),
        (System("dns", "x", card_expires="2027-01"), None),
        (System("dns", "x", card_expires="2026-12"), "card-ends"),
        (System("dns", "x", card_expires="soon"), None),
        (System("dns", "x", recovery="Cleo <cleo@help.test>"), "recovery-consultant"),
        (System("dns", "x", recovery="root@acme.test"), "recovery-circle"),
        (System("dns", "x", recovery="ines@elsewhere.test"), None),
    ],
)
def test_cards_and_recovery(system: System, kind: str | None) -> None:
    dated = kinds(system) & {"card-expired", "card-ends", "recovery-consultant", "recovery-circle"}
    assert dated == ({kind} if kind else set())


def test_a_card_holds_to_the_end_of_its_month() -> None:
    assert card_end("2028-02") == datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)
    assert [card_end(text) for text in ("", "0000-01", "2027-13", "27-01", "2027-1")] == [None] * 5


def test_the_consultant_leaves_on_a_day() -> None:
    day = timedelta(days=1)
    assert "no-exit-date" in kinds(Grant("dns", "Cleo", "admin"))
    assert "exit-overdue" in kinds(Grant("dns", "Cleo", "admin", until=NOW - day))
    assert not {"no-exit-date", "exit-overdue"} & kinds(Grant("dns", "Cleo", "admin", until=NOW + day))
    assert "exit-overdue" in kinds(Grant("dns", "Zoë", "member", until=NOW - day))


def test_the_exit_list_keeps_what_is_gone() -> None:
    found = exit_list(
        state(
            Grant("dns", "Ines", "owner"),
            Grant("cdn", "Cleo", "admin", until=NOW - timedelta(days=1)),
            Grant("dns", "Cleo", "admin"),
            Grant("ci", "Cleo", "", gone_at=NOW),
            Grant("ci", "Zoë", ""),
        ),
        NOW,
    )
    assert [(item.grant.area, item.state) for item in found] == [
        ("cdn", ExitState.OVERDUE),
        ("dns", ExitState.NO_DATE),
        ("ci", ExitState.GONE),
    ]


def test_members_against_the_map() -> None:
    known = state(Grant("dns", "Ines", "owner"), Grant("dns", "Zoë", "backup"), Grant("cdn", "Cleo", "admin"))
    found = compare("INES@acme.test  Owner  2FA\nlast-spring@dev.test\n\n", "dns", known)
    assert (found.strangers, found.absent) == (("last-spring@dev.test",), ("Zoë",))
    assert compare("ines@acme.test\nzoë (pending)", "dns", known).agrees
    assert compare("", "dns", known).absent == ("Ines", "Zoë")
    assert compare("\u202e\x1b]52;\n" * 9_000, "dns", known).strangers
