"""The access map: who is on it, which systems are missing, and what is dangerous."""

from __future__ import annotations

from datetime import timedelta

import pytest

from launchready_tui.engine.access import NOT_USED, REQUIRED, AccessMap, compute, proof_days, required, title
from launchready_tui.model.journal import fold
from launchready_tui.model.records import Grant, Payload, Person, Record, System
from launchready_tui.model.verdicts import Severity
from launchready_tui.runbook.loader import built_in
from tests.kit import SEEN_AT

FOUNDER, BACKUP, CONSULTANT = Person("Ada", "founder"), Person("Ben", "backup"), Person("Cleo", "consultant")
RECENTLY = SEEN_AT - timedelta(days=3)
VAULT = System("dns", "Cloudflare", custody="1Password / Acme vault")


def mapped(*payloads: Payload, required: tuple[str, ...] = ("dns",)) -> AccessMap:
    """The map of a journal."""
    records = [
        Record(number, SEEN_AT, payload) for number, payload in enumerate((FOUNDER, BACKUP, CONSULTANT, *payloads), 1)
    ]
    return compute(fold(records), SEEN_AT, required=required)


def kinds(found: AccessMap, area: str = "dns") -> list[str]:
    """The dangers of a system."""
    row = found.row(area)
    assert row is not None
    return [danger.kind for danger in row.dangers]


def test_required_systems_are_shown_though_nothing_is_recorded() -> None:
    found = mapped(required=REQUIRED)
    assert [row.area for row in found.rows] == list(REQUIRED)
    assert len(found.unknown) == len(REQUIRED) == 18
    assert {danger.kind for danger in found.dangers} == {"nothing-known"}


def test_a_system_in_good_hands_is_no_danger() -> None:
    found = mapped(
        VAULT, Grant("dns", "Ada", "owner", proven_at=RECENTLY), Grant("dns", "Ben", "admin", proven_at=RECENTLY)
    )
    assert kinds(found) == []
    assert found.rows[0].proven_at == RECENTLY


def test_a_system_that_is_not_used_is_no_danger() -> None:
    found = mapped(System("dns", NOT_USED))
    assert kinds(found) == []
    assert not found.rows[0].is_used
    assert found.unknown == ()


def test_only_the_consultant_is_a_blocker_and_comes_first() -> None:
    found = mapped(VAULT, Grant("dns", "Cleo", "owner", proven_at=RECENTLY), required=("cdn", "dns"))
    assert kinds(found) == ["consultant-only", "no-exit-date"]
    assert found.dangers[0].severity is Severity.BLOCKER
    assert "Cleo" in found.dangers[0].sentence


def test_a_backup_without_administrator_does_not_hide_the_consultant() -> None:
    found = mapped(
        VAULT, Grant("dns", "Cleo", "admin", proven_at=RECENTLY), Grant("dns", "Ben", "backup", proven_at=RECENTLY)
    )
    assert kinds(found) == ["consultant-only", "no-exit-date"]


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ((Grant("dns", "Ada", "owner", proven_at=RECENTLY),), ["one-owner"]),
        (
            (Grant("dns", "Ada", "owner", proven_at=RECENTLY), Grant("dns", "Cleo", "backup", proven_at=RECENTLY)),
            ["one-owner", "no-exit-date"],
        ),
        ((Grant("dns", "Ada", "owner", proven_at=RECENTLY), Grant("dns", "Ben", "backup", proven_at=RECENTLY)), []),
        ((Grant("dns", "Ada", "member", proven_at=RECENTLY),), ["no-admin"]),
    ],
)
def test_one_owner_needs_a_backup_of_the_business(grants: tuple[Grant, ...], expected: list[str]) -> None:
    assert kinds(mapped(VAULT, *grants)) == expected


def test_logins_have_to_be_watched_and_the_proof_ages() -> None:
    old, just = SEEN_AT - timedelta(days=31), SEEN_AT - timedelta(days=30)
    both = ("Ada", "Ben")
    assert kinds(mapped(VAULT, *(Grant("dns", name, "admin") for name in both))) == ["never-proven"]
    assert kinds(mapped(VAULT, *(Grant("dns", name, "admin", proven_at=old) for name in both))) == ["proof-old"]
    assert kinds(mapped(VAULT, *(Grant("dns", name, "admin", proven_at=just) for name in both))) == []
    assert kinds(mapped(VAULT, Grant("dns", "Ada", "admin", proven_at=just), Grant("dns", "Ben", "admin"))) == [
        "not-all-proven"
    ]


@pytest.mark.parametrize("name", ["team@acme.test", "Shared login", "Ada & Ben", "Ada and Ben"])
def test_a_shared_account_is_a_danger(name: str) -> None:
    grants = [Grant("dns", person, "admin", proven_at=RECENTLY) for person in ("Ada", "Ben", name)]
    assert kinds(mapped(VAULT, *grants)) == ["shared-account"]


def test_a_shared_account_may_stand_in_the_note_and_a_shared_vault_is_none() -> None:
    grants = [Grant("dns", person, "admin", proven_at=RECENTLY) for person in ("Ada", "Ben")]
    assert kinds(mapped(System("dns", "X", custody="vault", note="the same login for both"), *grants)) == [
        "shared-account"
    ]
    assert kinds(mapped(System("dns", "X", custody="shared vault"), *grants)) == []


@pytest.mark.parametrize(
    ("custody", "expected"),
    [
        ("their 1Password", ["one-person-custody"]),
        ("Ada's keychain", ["one-person-custody"]),
        ("Ada’s vault", ["one-person-custody"]),
        ("my browser", ["one-person-custody"]),
        ("", ["no-custody"]),
        ("1Password / Acme", []),
    ],
)
def test_the_login_must_not_live_in_one_persons_manager(custody: str, expected: list[str]) -> None:
    grants = [Grant("dns", person, "admin", proven_at=RECENTLY) for person in ("Ada", "Ben")]
    assert kinds(mapped(System("dns", "X", custody=custody), *grants)) == expected


def test_people_stand_in_the_order_of_their_roles_and_nobody_with_a_grant_is_hidden() -> None:
    found = mapped(Grant("dns", "Zoë", "admin"), Grant("own-thing", "Ada", "owner"))
    assert [person.name for person in found.people] == ["Ada", "Ben", "Cleo", "Zoë"]
    assert [row.area for row in found.rows] == ["dns", "own-thing"]
    assert not found.rows[1].required


def test_a_grant_that_was_taken_back_and_a_system_that_was_removed_are_gone() -> None:
    found = mapped(VAULT, System("dns", removed=True), Grant("dns", "Ada", "owner"), Grant("dns", "Ada", ""))
    assert found.unknown == found.rows


def test_the_runbook_says_what_is_required_and_how_old_a_proof_may_be() -> None:
    runbook = built_in()
    assert required(runbook) == REQUIRED
    assert proof_days(runbook) == 30


def test_titles_are_words() -> None:
    assert [title(area) for area in ("dns", "error-tracking", "ai-provider")] == [
        "DNS",
        "Error tracking",
        "AI provider",
    ]
