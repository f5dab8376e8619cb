"""A provider's member list against the access map."""

from __future__ import annotations

from datetime import UTC, datetime

from launchready_tui.engine.members import compare, compare_read, provider_of
from launchready_tui.model.journal import fold
from launchready_tui.model.members import Member, MemberList
from launchready_tui.model.records import Grant, Payload, Person, Record

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PEOPLE = (Person("Ana Silva", "founder", "ana@acme.test"), Person("Ben Roth", "backup"), Person("Zoë", "consultant"))
GRANTS = (Grant("dns", "Ana Silva", "owner"), Grant("dns", "Ben Roth", "admin"), Grant("hosting", "Zoë", "owner"))
STATE = fold([Record(n, NOW, item) for n, item in enumerate((*PEOPLE, *GRANTS), 1)])
ADMIN = ("Super Administrator - All Privileges",)


def said(*members: Member, capped: bool = False) -> tuple[str, ...]:
    return compare_read(MemberList("cloudflare", members, capped), "dns", STATE).sentences()


def ana(**more: object) -> Member:
    return Member(
        **{"name": "", "address": "Ana@acme.test", "accepted": True, "roles": ADMIN, "second_factor": True, **more}
    )  # type: ignore[arg-type]


def ben(**more: object) -> Member:
    return ana(**{"name": "Ben Roth", "address": "b.roth@gmail.test", **more})


def test_all_agree() -> None:
    found = compare_read(MemberList("cloudflare", (ana(), ben())), "dns", STATE)
    assert found.agrees
    assert found.sentences() == ("all 2 members are on the map, and nobody else is",)


def test_strangers_and_the_absent() -> None:
    assert said(ana(), ana(address="old-dev@acme.test"))[:2] == (
        "old-dev@acme.test is a member and not on the map",
        "Ben Roth is on the map and no member",
    )


def test_what_only_the_provider_knows() -> None:
    found = said(ana(second_factor=False), ben(accepted=False, second_factor=None))
    assert found == (
        "Ben Roth <b.roth@gmail.test> was invited and never accepted",
        "Ana@acme.test has no second factor",
        "1 member can administer it; 2 should",
    )


def test_a_role_for_one_zone_administers_nothing() -> None:
    assert "1 member can administer it; 2 should" in said(ana(), ben(roles=("Domain Administrator Read Only", "DNS")))
    assert not compare_read(MemberList("x", (ana(roles=()), ben(roles=()))), "dns", STATE).weak


def test_a_list_that_was_cut_never_agrees() -> None:
    assert said(ana(), ben(), capped=True) == ("the list is longer than what was read",)


def test_pasted_lists_say_nothing_more_than_before() -> None:
    assert compare("ana@acme.test\nBen Roth  Admin", "dns", STATE).agrees


def test_the_provider_of_a_system() -> None:
    assert provider_of("Cloudflare Pro") == "cloudflare"
    assert provider_of("cloudflared") == ""
    assert provider_of("") == ""


def test_undone_and_hostile_names_stay_one_line() -> None:
    nasty = "x\x1b[31m\n\u202eevil"
    payloads: tuple[Payload, ...] = (Grant("dns", nasty),)
    state = fold([Record(n, NOW, item) for n, item in enumerate(payloads, 1)])
    lines = compare_read(MemberList("c", (ana(name=nasty, second_factor=False),)), "dns", state).sentences()
    assert all(line.isprintable() for line in lines)
