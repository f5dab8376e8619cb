"""What the access map shows counts for the gate, whatever anybody answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from launchready_tui.engine.access import REQUIRED
from launchready_tui.engine.gate import compute_gate
from launchready_tui.engine.standing import board
from launchready_tui.model.board import BarState, Gate, Standing
from launchready_tui.model.journal import fold
from launchready_tui.model.product import Product
from launchready_tui.model.records import Attestation, Grant, Payload, Person, Record, System, Waiver
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.runbook.loader import built_in
from tests.kit import SEEN_AT

RUNBOOK = built_in()
PRODUCT = Product("Acme", "acme.test")
PEOPLE = (
    Person("Ada", "founder", "ada@elsewhere.test"),
    Person("Ben", "backup"),
    Person("Cleo", "consultant", "c@c.test"),
)
NOBODY = (Grant("cdn", "Ada", ""), Grant("cdn", "Ben", ""))
WATCHED = SEEN_AT - timedelta(days=3)
MAP, ADMINS, VAULT, BILLS, EXITS = (
    "access.map",
    "access.two-admins",
    "access.backup-vault",
    "access.billing",
    "access.consultant-exit",
)


def system(area: str, **more: Any) -> System:
    whole = System(area, "Supplier", "shared vault Operations", "2027-05-01", "", recovery="ada@elsewhere.test")
    return replace(whole, **more)


def owner(area: str, name: str = "Ada", **more: Any) -> Grant:
    return replace(Grant(area, name, "owner", True, True, WATCHED), **more)


def second(area: str, **more: Any) -> Grant:
    return replace(Grant(area, "Ben", "admin", False, True, WATCHED), **more)


def filled() -> list[Payload]:
    """A map without a danger: every required system, two people on each."""
    found: list[Payload] = list(PEOPLE)
    for area in REQUIRED:
        found += [system(area), owner(area), second(area)]
    return found


def answered(check: str, holds: bool = True) -> Attestation:
    later = SEEN_AT + timedelta(days=9)
    return Attestation(check, PRODUCT.domain, "s", holds, "Ada", "Ben", "screen-share", "", later)


def stood(*payloads: Payload) -> tuple[dict[str, Standing], Gate]:
    """How every check stands, and the gate."""
    records = [Record(n, SEEN_AT - timedelta(minutes=900 - n), payload) for n, payload in enumerate(payloads, 1)]
    state = fold(records)
    rows = board(RUNBOOK, {}, PRODUCT, state, (), (), SEEN_AT)
    return {row.entry.id: row for row in rows}, compute_gate(RUNBOOK, rows, state)


def one(check: str, *payloads: Payload) -> tuple[str, str]:
    row = stood(*payloads)[0][check]
    return row.verdict.value, row.result.reason


def test_an_untouched_map_says_nothing() -> None:
    for check in (MAP, ADMINS, VAULT, BILLS, EXITS):
        assert one(check) == ("not-run", "not-answered")
    assert one(MAP, *PEOPLE, System("dns", "Cloudflare")) == ("not-run", "not-answered"), "seen by discovery only"


def test_a_full_map_stands_for_the_answers_that_it_holds() -> None:
    rows, _ = stood(*filled())
    for check in (MAP, ADMINS):
        row = rows[check]
        assert (row.verdict, row.result.source) == (Verdict.PASS, Source.MAP)
        assert row.result.record == len(filled()), "the newest record of the map proves it"
    for check in (VAULT, BILLS, EXITS):
        assert rows[check].verdict is Verdict.NOT_RUN, "a person has to say it"


def test_a_consultant_who_alone_has_the_keys_is_a_blocker_of_the_gate() -> None:
    lonely = [item for item in filled() if not (isinstance(item, Grant) and item.area == "registrar")]
    rows, gate = stood(*lonely, owner("registrar", "Cleo"), answered(ADMINS))
    row = rows[ADMINS]
    assert (row.verdict, row.result.reason, row.severity) == (Verdict.FAIL, "consultant-only", Severity.BLOCKER)
    assert "Cleo" in row.result.summary
    assert row.key in gate.blockers
    assert next(item for item in (*gate.bars, *gate.items) if row.key in item.because).state is BarState.FAIL


def test_an_answer_does_not_hide_what_the_map_shows_and_a_waiver_accepts_it() -> None:
    shown = [*filled(), Grant("cdn", "Ben", ""), answered(ADMINS)]
    assert one(ADMINS, *shown) == ("fail", "one-owner")
    until = SEEN_AT + timedelta(days=5)
    signed = Waiver(ADMINS, PRODUCT.domain, "one-owner", "Ada", "w" * 20, "none", until)
    assert stood(*shown, signed)[0][ADMINS].is_waived
    other = Waiver(ADMINS, PRODUCT.domain, "consultant-only", "Ada", "w" * 20, "none", until)
    assert not stood(*shown, other)[0][ADMINS].is_waived, "signed for another reason"


@pytest.mark.parametrize(
    ("check", "changed", "expected"),
    [
        (MAP, [system("dns", custody="")], ("warn", "half-filled")),
        (MAP, [system("dns", recovery="c@c.test")], ("fail", "recovery-consultant")),
        (MAP, [system("dns", recovery="ops@acme.test")], ("fail", "recovery-circle")),
        (MAP, [system("cdn", removed=True), *NOBODY], ("fail", "nothing-known")),
        (ADMINS, [*NOBODY], ("fail", "no-admin")),
        (ADMINS, [second("cdn", proven_at=None)], ("unknown", "not-all-proven")),
        (ADMINS, [second("cdn", proven_at=SEEN_AT - timedelta(days=31))], ("unknown", "proof-old")),
        (ADMINS, [system("dns", note="one shared account for all")], ("warn", "shared-account")),
        (VAULT, [system("dns", custody="Ada's keychain")], ("fail", "one-person-custody")),
        (BILLS, [system("dns", card_expires="2020-01")], ("fail", "card-expired")),
        (BILLS, [Grant("dns", "Cleo", "member", pays=True)], ("fail", "consultant-pays")),
        (EXITS, [Grant("dns", "Cleo", "member")], ("fail", "no-exit-date")),
        (EXITS, [Grant("dns", "Cleo", "member", until=SEEN_AT - timedelta(days=1))], ("fail", "exit-overdue")),
        (EXITS, [Grant("dns", "Cleo", "member", until=SEEN_AT + timedelta(days=3))], ("pass", "")),
        (EXITS, [Grant("dns", "Cleo", "member", until=SEEN_AT + timedelta(days=99))], ("warn", "exit-late")),
    ],
)  # fmt: skip
def test_what_one_change_of_the_map_does(check: str, changed: list[Payload], expected: tuple[str, str]) -> None:
    assert one(check, *filled(), *changed) == expected


def test_an_answer_settles_what_the_map_cannot_see_and_an_old_one_does_not() -> None:
    unproven = [*filled(), second("cdn", proven_at=None)]
    assert one(ADMINS, *unproven, answered(ADMINS)) == ("pass", "")
    assert one(ADMINS, *unproven, answered(ADMINS, holds=False)) == ("fail", "attested-false")
    assert one(ADMINS, *filled(), answered(ADMINS, holds=False)) == ("fail", "attested-false"), "no map outweighs a no"


def test_an_answer_that_the_map_is_whole_does_not_fill_it() -> None:
    assert one(MAP, answered(MAP)) == ("fail", "nothing-known")


def test_a_map_on_which_nothing_is_used_proves_nothing() -> None:
    nothing = [*PEOPLE, *(System(area, "not used") for area in REQUIRED), owner("dns")]
    for check in (MAP, ADMINS):
        assert one(check, *nothing) == ("unknown", "nothing-used")


def test_where_a_login_is_kept_is_not_repeated() -> None:
    row = stood(*filled(), system("dns", custody="Ada's red notebook"))[0][VAULT]
    assert "notebook" not in f"{row.result.summary} {row.result.details}"
