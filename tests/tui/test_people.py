"""The people's side on screen: the gate at another moment, the way to green, ideas and the radar, CSV and the exit list
of the access map, the time box, the lottery of a drill, the board of engagements.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from launchready_tui.engine import rules
from launchready_tui.engine.session import Session
from launchready_tui.errors import InputError
from launchready_tui.model.members import Member, MemberList
from launchready_tui.model.records import ClockMark, Decision, Drill, Grant, Note, Person, System
from launchready_tui.model.runbook import Entry, Kind, ScenarioCard
from launchready_tui.tui import recents
from launchready_tui.tui.forms.idea import IdeaForm
from launchready_tui.tui.forms.members import MembersForm
from launchready_tui.tui.forms.moment import parse_moment
from launchready_tui.tui.forms.overrun import OverrunForm
from launchready_tui.tui.recents import Recent
from launchready_tui.tui.screens.drill_draw import card_of, drawn, nonce_of, told
from launchready_tui.tui.screens.exitlist import ExitListModal
from launchready_tui.tui.screens.gate import GateScreen
from launchready_tui.tui.screens.portfolio import PortfolioScreen
from launchready_tui.tui.screens.sprint import SprintScreen
from tests.tui import boards
from tests.tui.boards import (
    HOSTILE,
    NOW,
    PRODUCT,
    SIZES,
    app_of,
    is_clean,
    opened,
    press,
    rich_session,
    settle,
    text_of,
    toasts,
    type_in,
)

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    boards.use_utc(monkeypatch)


# --------------------------------------------------------------------------------------------------------- the gate


@pytest.mark.parametrize("size", SIZES)
async def test_the_way_to_green_goes_there(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", size, ["right"]) as pilot:
        text = text_of(app)
        assert "To green, the shortest first" in text
        assert "repair" in text
        assert "The certificate outlives" in text
        await press(pilot, "enter")
        assert isinstance(app.screen, SprintScreen)


async def test_the_gate_at_another_moment_and_back(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", (120, 36), ["t"]) as pilot:
        await press(pilot, "ctrl+s")
        text = text_of(app)
        assert "as of" in text
        assert "No resolver knows it" in text
        await press(pilot, "S")
        assert "another moment" in toasts(app)
        await press(pilot, "escape")
        assert "as of" not in text_of(app)
        assert isinstance(app.screen, GateScreen)


async def test_a_moment_before_the_beginning_is_said_beside_the_field(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", (80, 24), ["t"]) as pilot:
        app.screen.field("at").value = "2020-01-01"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        assert "The engagement began on" in text_of(app)


@pytest.mark.parametrize(
    ("text", "hours"), [("-6h", 6), ("yesterday", 14), ("-1d", 14), ("2026-11-24 08:02", 6), ("-1w", 158)]
)
def test_moments(text: str, hours: int) -> None:
    assert round((NOW - parse_moment(text, NOW)).total_seconds() / 3600) == hours


@pytest.mark.parametrize("text", ["", "soon", "-", "-999999w", "-5", "0000-01-01"])
def test_no_moments(text: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        parse_moment(text, NOW)


async def test_an_idea_goes_through_four_questions(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "gate", (80, 24), ["right", "right", "right", "i"]) as pilot:
        form = app.screen
        assert isinstance(form, IdeaForm)
        await type_in(pilot, "A dark theme")
        form.field("yes").value = "support"
        await settle(pilot)
        assert form.field("choice").value == "now"
        form.field("yes").value = ""
        await settle(pilot)
        assert form.field("choice").value == "after the launch"
        form.field("choice").value = "now"
        form.field("who").value = "Ines"
        await press(pilot, "ctrl+s")
        assert "say why you choose this" in text_of(app)
        form.field("why").value = "The founder promised it."
        await press(pilot, "ctrl+s")
        assert "A dark theme" in text_of(app)
    last = made.snapshot().state.decisions[-1].payload
    assert isinstance(last, Decision)
    assert (last.topic, last.choice) == ("idea", "now")


async def test_the_radar_shows_what_was_begun(tmp_path: Path) -> None:
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "web.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\n")
    cards = tuple(replace(card, radar=("kubernetes",)) for card in boards.RUNBOOK.cards if card.id == "N3")
    toml = PRODUCT + f'[repository]\npath = "{tmp_path}"\n'
    made = boards.session(runbook=replace(boards.RUNBOOK, cards=cards), toml=toml)
    app = app_of(made, tmp_path)
    async with opened(app, "gate", (120, 36), ["right", "right", "right"]) as pilot:
        await settle(pilot)
        assert "seen: a manifest" in text_of(app)
        assert "Seen in the repository" in text_of(app)


# ---------------------------------------------------------------------------------------------------------- the map


async def test_the_map_goes_out_and_comes_back(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    path = tmp_path / "map.csv"
    async with opened(app, "access", (80, 24), ["X"]) as pilot:
        app.screen.field("path").value = str(path)  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        assert path.stat().st_mode & 0o777 == 0o600
        lines = path.read_text("utf-8-sig").splitlines()
        path.write_text("\n".join([*lines, "hosting,Fly,,,,,,Zoe,backup,,admin,no,yes,,"]))
        await press(pilot, "I")
        await type_in(pilot, str(path))
        await press(pilot, "ctrl+s")
        assert "3 changes to the map" in text_of(app)
        await press(pilot, "y")
        await settle(pilot)
    state = made.snapshot().state
    assert Grant("hosting", "Zoe", "admin", second_factor=True) in state.grants
    assert Person("Zoe", "backup") in state.people
    assert System("hosting", "Fly") in state.systems


async def test_a_bad_table_changes_nothing(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    path = tmp_path / "bad.csv"
    path.write_text("area,person,role\ndns,Zoe,boss\n")
    before = len(made.snapshot().records)
    async with opened(app, "access", (80, 24), ["I"]) as pilot:
        await type_in(pilot, str(path))
        await press(pilot, "ctrl+s")
        assert 'role: "boss"' in text_of(app) + toasts(app)
    assert len(made.snapshot().records) == before


@pytest.mark.parametrize("size", SIZES)
async def test_the_exit_list_and_what_is_gone(size: tuple[int, int], tmp_path: Path) -> None:
    made = rich_session()
    made.record(Grant("cdn", "Ines", "admin", until=NOW + timedelta(days=9)))
    app = app_of(made, tmp_path)
    async with opened(app, "access", size, ["E"]) as pilot:
        assert isinstance(app.screen, ExitListModal)
        text = text_of(app)
        assert "2 accesses still to be removed" in text
        assert "no removal date" in text
        assert "token forget" in text
        await press(pilot, "escape", "right", "right", "g")
        await settle(pilot)
        await press(pilot, "E")
        assert "gone" in text_of(app)
    assert [grant.area for grant in made.snapshot().state.former] == ["registrar"]


async def test_a_member_list_is_compared_and_not_kept(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "access", (80, 24), ["m"]) as pilot:
        await type_in(pilot, "Ines, owner\nold-dev@acme.test\n")
        app.screen.field("by").value = "Ben"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await settle(pilot)
    note = made.snapshot().state.notes[-1].payload
    assert isinstance(note, Note)
    assert "old-dev@acme.test is a member and not on the map" in note.text


async def test_a_member_list_is_read_where_a_token_is_kept(tmp_path: Path) -> None:
    made = rich_session()
    asked: list[str] = []

    async def members(provider: str) -> MemberList:
        asked.append(provider)
        admin = ("Administrator",)
        found = (Member("", "m@acme.test", True, admin, True), Member("", "old-dev@acme.test", True, admin, False))
        return MemberList(provider, found)

    made.members = members  # type: ignore[method-assign]
    made.has_token = lambda name: name == "cloudflare"  # type: ignore[method-assign]
    app = app_of(made, tmp_path)
    async with opened(app, "access", (80, 24), ["down", "m"]) as pilot:
        form = app.screen
        assert isinstance(form, MembersForm)
        assert "old-dev@acme.test has no second factor" in " ".join(text_of(app).split())
        form.field("by").value = "Ines"
        await press(pilot, "ctrl+s")
        await settle(pilot)
    assert asked == ["cloudflare"]
    note = made.snapshot().records[-1].payload
    assert isinstance(note, Note)
    assert "read from cloudflare" in note.text
    assert "old-dev@acme.test is a member and not on the map" in note.text
    assert "Ben is on the map and no member" in note.text


async def test_a_list_that_cannot_be_read_is_pasted(tmp_path: Path) -> None:
    made = rich_session()

    async def members(provider: str) -> MemberList:
        raise InputError("The member list was not read: no zone.", "Paste it.")

    made.members = members  # type: ignore[method-assign]
    made.has_token = lambda name: True  # type: ignore[method-assign]
    app = app_of(made, tmp_path)
    async with opened(app, "access", (80, 24), ["down", "m"]) as pilot:
        assert "no zone" in text_of(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, MembersForm)
        assert app.screen.field("list").needed


async def test_hostile_names_stay_words(tmp_path: Path) -> None:
    made = rich_session()
    made.record(Person(HOSTILE, "consultant"))
    made.record(Person("\u05e2\u05d3\u05d4 \u202e", "other"))
    made.record(Grant("dns", HOSTILE, "admin", until=NOW - timedelta(days=1)))
    app = app_of(made, tmp_path)
    async with opened(app, "access", (80, 24), ["E"]):
        assert is_clean(app)
        assert "overdue" in text_of(app)


# -------------------------------------------------------------------------------------------------------- the clock


async def test_an_overrun_asks_once_an_hour_what_to_drop(tmp_path: Path) -> None:
    clock = boards.Now(NOW - timedelta(hours=3))
    made = boards.session(clock=clock)
    made.record(Person("Ines", "consultant"))
    made.record(ClockMark("start", stage="S1"))
    clock.at = NOW
    app = app_of(made, tmp_path, clock=clock)
    async with opened(app, "", (80, 24)) as pilot:
        sprint = app.sprint()
        assert sprint is not None
        sprint.look_at_clock()
        await settle(pilot)
        form = app.screen
        assert isinstance(form, OverrunForm)
        assert "took 3 h of 2 h" in text_of(app)
        form.field("drop").value = boards.KEYS.id
        form.field("who").value = "Ines"
        await press(pilot, "ctrl+s")
        await settle(pilot)
        sprint.look_at_clock()
        await settle(pilot)
        assert not isinstance(app.screen, OverrunForm)
        clock.at = NOW + timedelta(hours=1)
        sprint.look_at_clock()
        await settle(pilot)
        assert isinstance(app.screen, OverrunForm)
        assert boards.KEYS.id not in [item.entry.id for item in app.screen.offered]
    last = made.snapshot().state.decisions[-1].payload
    assert isinstance(last, Decision)
    assert (last.topic, last.choice, last.who) == (boards.KEYS.id, "after the launch", "Ines")


async def test_the_remaining_work_can_be_looked_at_any_time(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "", (80, 24), ["T"]) as pilot:
        assert isinstance(app.screen, OverrunForm)
        assert "it fits" in text_of(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, SprintScreen)


# ------------------------------------------------------------------------------------------------------- the drills

CARDS = tuple(ScenarioCard(f"Case {n}", f"A customer says {n}.", f"Look for {n}.") for n in range(5))
MIDNIGHT: Entry = replace(boards.NIGHT, kind=Kind.DRILL, cards=CARDS, nonce=True, limit_minutes=15, steps=("Done",))


def test_a_drill_draws_a_card_and_a_nonce() -> None:
    notes = drawn(MIDNIGHT, lambda most: most - 1)
    assert card_of(MIDNIGHT, notes) == CARDS[4]
    assert nonce_of(notes) == "zzzz-999"
    assert {card_of(MIDNIGHT, drawn(MIDNIGHT)) for _ in range(200)} == set(CARDS)
    during = "".join(part if isinstance(part, str) else part[0] for part in told(MIDNIGHT, notes, over=False))
    after = "".join(part if isinstance(part, str) else part[0] for part in told(MIDNIGHT, notes, over=True))
    assert "A customer says 4." in during
    assert "Look for 4." not in during
    assert "Look for 4." in after
    assert drawn(boards.NIGHT) == []


async def test_the_card_is_recorded_with_the_drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "LEAST_DRILL", 0.0)  # the keys are pressed faster than a person reads
    stages = tuple(
        replace(s, checks=tuple(MIDNIGHT if c.id == MIDNIGHT.id else c for c in s.checks))
        for s in boards.RUNBOOK.stages
    )
    made = boards.session(runbook=replace(boards.RUNBOOK, stages=stages))
    for person in boards.PEOPLE:
        made.record(person)
    app = app_of(made, tmp_path)
    async with opened(app, "", (80, 24)) as pilot:
        app.go_to_check(MIDNIGHT.id)
        await settle(pilot)
        await press(pilot, "t")
        assert "One of 5 cards" in text_of(app)
        await press(pilot, "space")
        assert "A customer says" in text_of(app)
        await press(pilot, "space", "enter")
        app.screen.field("by").value = "Ben"  # type: ignore[attr-defined]
        app.screen.field("witness").value = "Ines"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await settle(pilot)
    drill = made.snapshot().state.drills[MIDNIGHT.id, ""].payload
    assert isinstance(drill, Drill)
    assert drill.note.startswith("Card drawn: Case ")
    assert "\nNonce: " in drill.note


# ---------------------------------------------------------------------------------------------------- the portfolio


@pytest.mark.parametrize("size", SIZES)
async def test_all_engagements_at_a_glance(size: tuple[int, int], tmp_path: Path) -> None:
    data = tmp_path / "data"
    good, bad = tmp_path / "good.launchready", tmp_path / "bad.launchready"
    Session.create(good, PRODUCT, ".", clock=boards.Now()).close()
    bad.write_bytes(b"SQLite format 3\x00 broken")
    recents.save(data, [Recent(path, path.stem, NOW) for path in (good, bad, tmp_path / "gone.launchready")])
    app = app_of(None, tmp_path)
    async with app.run_test(size=size) as pilot:
        app.push_screen(PortfolioScreen(data))
        await settle(pilot)
        text = text_of(app)
        assert "Acme Market" in text
        assert "NO-GO" in text
        assert "does not exist" in text
        await press(pilot, "enter")
        await settle(pilot)
        assert isinstance(app.screen, SprintScreen)
