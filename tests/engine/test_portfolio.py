"""Several engagements at a glance, and what came back when a waiver ran out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from launchready_tui.engine.comparing import compare, ends
from launchready_tui.engine.portfolio import read
from launchready_tui.engine.session import Session
from launchready_tui.model.board import GateVerdict
from launchready_tui.model.records import Grant, System, Waiver
from tests.tui.boards import LIFETIME, NOW, PRODUCT, rich_session


def test_a_file_and_those_that_are_none(tmp_path: Path) -> None:
    good = tmp_path / "good.launchready"
    made = Session.create(good, PRODUCT, ".")
    made.record(System("dns", "Cloudflare", card_expires="2099-01"))
    made.close()
    junk = tmp_path / "junk.launchready"
    junk.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4_000)
    found = [read(path) for path in (good, junk, tmp_path / "gone.launchready", tmp_path)]
    assert (found[0].name, found[0].verdict, found[0].problem) == ("Acme Market", GateVerdict.NO_GO, "")
    assert found[0].next_words == "The card that pays for Cloudflare ends"
    assert all(item.problem and item.verdict is None for item in found[1:])
    assert sorted(found, key=lambda item: item.urgency)[0] is found[0]


def test_a_problem_whose_waiver_ran_out_came_back() -> None:
    made = rich_session()
    before = made.snapshot()
    until = next(r.payload.until for r in before.state.waivers.values() if isinstance(r.payload, Waiver))
    later = made.past(until + timedelta(hours=1))
    changes = compare(later, NOW)
    assert [(f.check, f.subject) for f in changes.reopened] == [(LIFETIME.id, "acme.test")]
    assert (LIFETIME.id, "acme.test") not in [(f.check, f.subject) for f in changes.still_open]
    assert any("waiver" in words for words in changes.expired)
    assert not compare(before, NOW).reopened
    made.close()


def test_everything_that_ends_is_known_with_its_day() -> None:
    made = rich_session()
    made.record(Grant("dns", "Ines", "admin", until=NOW + timedelta(days=2)))
    found = ends(made.snapshot())
    assert [end for end, _ in found] == sorted(end for end, _ in found)
    assert any("access of Ines to dns" in words for _, words in found)
    made.close()
