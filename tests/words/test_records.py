"""Every kind of record, word for word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from launchready_tui.model.records import (
    PAYLOADS,
    Attestation,
    Authorization,
    Change,
    ClockMark,
    Decision,
    Drill,
    DrillStep,
    Grant,
    Measurement,
    Note,
    Ownership,
    Payload,
    Person,
    ProductText,
    Redo,
    SignOff,
    System,
    Undo,
    Waiver,
)
from launchready_tui.runbook.loader import built_in
from launchready_tui.words.records import describe

UNTIL = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)
HOST = "app.acme.test"
EXAMPLES: list[tuple[Payload, str]] = [
    (ProductText("[product]", ""), "the product profile was saved"),
    (Person("Ana", "founder"), "Ana takes part as founder"),
    (Person("Ana", removed=True), "Ana left the access map"),
    (System("dns", "Cloudflare"), "system dns: Cloudflare"),
    (System("dns"), "system dns: no name yet"),
    (System("dns", removed=True), "dns left the access map"),
    (Grant("dns", "Ana", "owner", True), "Ana is owner of dns and pays for it"),
    (Grant("dns", "Ana", ""), "Ana no longer has access to dns"),
    (
        Attestation("X", HOST, "It works.", True, "Ana", "Ben", "seen", "", UNTIL),
        f"Ana attests that X for {HOST} holds",
    ),
    (Attestation("X", "", "It works.", False, "Ana", "Ben", "seen", "", UNTIL), "Ana attests that X does not hold"),
    (Decision("Rollback", ("a", "b"), "a", "fast", "Ana"), "decision of Ana: Rollback → a"),
    (
        Waiver("X", HOST, "r", "Ana", "why", "control", UNTIL),
        f"Ana accepts the risk of X for {HOST} until 3 Dec 2026",
    ),
    (Ownership("X", HOST, "Ana", "2026-12-01"), f"Ana owns X for {HOST}, due 2026-12-01"),
    (Ownership("X", "", ""), "nobody owns X"),
    (Note("X", "", "Look\nagain"), "note on X: Look again"),
    (Note("", "", "Look again"), "note: Look again"),
    (
        Authorization("*", ("active", "load"), "Ana", ""),
        "Ana authorizes active and load checks of every host of the profile",
    ),
    (Authorization(HOST, ("active",), "Ana", ""), f"Ana authorizes active checks of {HOST}"),
    (
        Drill("X", "Ana", "Ben", 200.0, True, (DrillStep("a", 1.0), DrillStep("b", 2.0)), "", UNTIL),
        "Ana drilled X: took 3 min, 2 steps",
    ),
    (Drill("X", "Ana", "Ben", 40.0, False, (), "", UNTIL), "Ana drilled X: gave up after 40 s, 0 steps"),
    (ClockMark("start"), "the clock was started"),
    (ClockMark("resume"), "the clock was resumed"),
    (ClockMark("pause", "night"), "the clock is paused: night"),
    (ClockMark("stage", stage="S2"), "work moved to stage S2"),
    (SignOff("Ana", "founder", "GO", "abc"), "Ana signed as founder at GO"),
    (Change("Add an index", "listing"), "change to listing: Add an index"),
    (Change("Add an index", "listing", "0123456789abcdef"), "change to listing: Add an index, commit 0123456789ab"),
    (
        Measurement(4, "before", "https://acme.test/", (30.0, 40.0)),
        "measured before change 4: p50 30 ms, p95 40 ms of 2 samples",
    ),
    (Undo(4), "record 4 was taken back"),
    (Redo(4), "record 4 counts again"),
]


@pytest.mark.parametrize(("payload", "words"), EXAMPLES, ids=[words[:40] for _, words in EXAMPLES])
def test_words(payload: Payload, words: str) -> None:
    assert describe(payload) == words


def test_every_kind_has_an_example() -> None:
    assert {payload.kind for payload, _ in EXAMPLES} == set(PAYLOADS)


def test_a_check_is_called_by_its_claim() -> None:
    entry = built_in().entries[0]
    assert describe(Note(entry.id, "", "hm"), built_in()) == f"note on “{entry.claim}”: hm"
