"""The midnight cards: somebody alone with the pack knows what to do, where to get in and whom to call."""

from __future__ import annotations

from dataclasses import replace

from launchready_tui.deliverables import documents, midnight
from launchready_tui.deliverables.reading import read
from launchready_tui.deliverables.to_markdown import to_markdown
from launchready_tui.model.runbook import Runbook
from tests.deliverables.world import snapshot, world

CARDS = ("The site is down", "A bad release is live", "The certificate gives an error", "The queue is stuck", "spam")


def test_each_card_has_steps_places_and_commands() -> None:
    base, evidence = world()
    text = documents.markdown("midnight-cards", base, evidence)
    for title in CARDS:
        assert title in text
    assert text.count("maya\\@acme.test") == len(CARDS)
    assert "1. The status page of the host" in text
    assert "can enter: Maya (owner)" in text
    assert "shared vault" in text
    assert "[the rollback note](rollback-note.md)" in text
    assert "fly releases rollback 'the last one'" in text or "fly releases rollback the last one" in text
    assert "openssl s_client -connect app.acme.test:443" in text
    assert "{host}" not in text
    assert "{domain}" not in text


def test_what_nobody_recorded_is_said() -> None:
    text = documents.markdown("midnight-cards", snapshot())
    assert "not even whom to call" in text
    assert "Nobody recorded how to get into: Registrar, DNS, CDN, Hosting" in text


def test_it_comes_second_in_the_book() -> None:
    base, evidence = world()
    titles = [chapter.title for chapter in documents.chapters(read(base, evidence))]
    assert titles[:2] == ["Handover", "Midnight cards"]
    assert "midnight-cards.md" in documents.texts(read(base, evidence), ("md",))


def test_a_runbook_without_cards_owes_none() -> None:
    base, _ = world()
    stages = tuple(
        replace(stage, checks=tuple(replace(entry, cards=()) for entry in stage.checks))
        for stage in base.runbook.stages
    )
    bare = replace(base, runbook=Runbook("b", "1", "B", "", stages))
    assert midnight.ID not in [info.id for info in documents.available(bare)]


def test_cards_of_another_runbook_get_the_general_help() -> None:
    base, evidence = world()
    stages = tuple(
        replace(stage, checks=tuple(replace(entry, limits={"cards": "no list"}) for entry in stage.checks))
        for stage in base.runbook.stages
    )
    rows = tuple(replace(row, entry=replace(row.entry, limits={"cards": 7})) for row in base.board)
    other = replace(base, runbook=replace(base.runbook, stages=stages), board=rows)
    text = to_markdown(midnight.midnight(read(other, evidence)))
    assert "The site is down" in text
    assert "DNS" in text


def test_a_redacted_copy_says_nothing_of_what_is_left_out() -> None:
    base, _ = world()
    text = to_markdown(midnight.midnight(read(base, (), redacted=True)))
    bare = replace(
        base,
        state=replace(
            base.state,
            systems=tuple(replace(system, custody="") for system in base.state.systems),
            people=tuple(replace(person, contact="") for person in base.state.people),
        ),
    )
    assert "The site is down" in text
    masked = to_markdown(midnight.midnight(read(bare, (), redacted=True)))
    assert "not recorded where" not in masked
    assert "no contact" not in masked
    assert "not recorded where" in to_markdown(midnight.midnight(read(bare)))
