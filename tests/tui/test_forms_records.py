"""Each form: the way through gives the right record, and each mistake is named beside its field."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static, TextArea

from launchready_tui.engine.events import Preview
from launchready_tui.engine.rules import validate
from launchready_tui.model.records import (
    Attestation,
    Authorization,
    ClockMark,
    Decision,
    Grant,
    Note,
    Ownership,
    Person,
    SignOff,
    System,
    Waiver,
)
from launchready_tui.model.verdicts import Verdict
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.attest import AttestForm
from launchready_tui.tui.forms.attest import why_not as why_not_attest
from launchready_tui.tui.forms.authorize import AuthorizeForm
from launchready_tui.tui.forms.confirm import ConfirmModal
from launchready_tui.tui.forms.decide import DecideForm
from launchready_tui.tui.forms.editor import EditorError
from launchready_tui.tui.forms.form import Form
from launchready_tui.tui.forms.grant import GrantForm
from launchready_tui.tui.forms.note import NoteForm
from launchready_tui.tui.forms.own import OwnForm
from launchready_tui.tui.forms.pause import PauseForm
from launchready_tui.tui.forms.person import PersonForm
from launchready_tui.tui.forms.signoff import SignOffForm
from launchready_tui.tui.forms.system import SystemForm
from launchready_tui.tui.forms.waive import WaiveForm
from launchready_tui.tui.forms.waive import why_not as why_not_waive
from tests.tui.formhost import ATTEST, DRILL, LIVE, NOW, SIZES, Host_, owned, row, snapshot

S = snapshot()
BLOCKER, PLAIN, FAILING = S.board[0], S.board[1], S.board[2]


@asynccontextmanager
async def shown(screen: Screen[Any], size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Host_, Pilot[None]]]:
    """The host with that screen on it."""
    app = Host_(lambda _app: screen)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield app, pilot


async def fill(app: Host_, pilot: Pilot[None], **values: str) -> None:
    """Put values into fields, as a person would have typed them."""
    form = app.screen
    assert isinstance(form, Form)
    for name, value in values.items():
        form.field(name).value = value
        await pilot.pause()


async def save(app: Host_, pilot: Pilot[None]) -> Any:
    """Press ctrl+s; what the form closed with, or what is wrong by field."""
    await pilot.press("ctrl+s")
    await pilot.pause()
    if app.results:
        for record in app.results[-1]:
            validate(record, S)  # what a form closes with is never refused
        return app.results[-1]
    form = app.screen
    assert isinstance(form, Form)
    return {field.key: field.problem for field in form.query("Field") if field.problem}  # type: ignore[attr-defined]


async def typed(pilot: Pilot[None], text: str) -> None:
    await pilot.press(*("space" if key == " " else key for key in text))


# ------------------------------------------------------------------------------------------------------------ attest


@pytest.mark.parametrize("size", SIZES)
async def test_attesting_with_the_keyboard_alone(size: tuple[int, int]) -> None:
    async with shown(AttestForm(S, BLOCKER), size) as (app, pilot):
        await pilot.press("right", "enter")  # it holds
        await typed(pilot, "anna")
        await pilot.press("right", "enter")  # the suggestion
        await typed(pilot, "Dora Lind")
        await pilot.press("enter", "right", "right", "tab")
        await typed(pilot, "seen")
        await pilot.press("tab", "enter", "enter")
        await pilot.pause()
        assert app.results == [
            (
                Person("Dora Lind"),
                Attestation(
                    check="acc.map",
                    subject="acme.test",
                    statement="The access map names, for each system that we use, its owner, administrators and backup"
                    ', and where the credential is kept. Each is filled in or marked "not used".',
                    holds=True,
                    by="Anna Berg",
                    witness="Dora Lind",
                    method="document",
                    note="seen",
                    expires_at=dates.parse_until("+30d", NOW),
                ),
            )
        ]
        assert app.drafts.me == "Anna Berg"
        assert len(app.drafts) == 0


async def test_the_statement_stands_on_screen_word_for_word() -> None:
    async with shown(AttestForm(S, BLOCKER)) as (app, _pilot):
        quotes = [str(widget.render()) for widget in app.screen.query(".-quote").results(Static)]
        assert len(quotes) == 1
        assert quotes[0] == app.screen.statement  # type: ignore[attr-defined]


GOOD_ATTEST = {"holds": "yes", "by": "Anna Berg", "witness": "Ben Roth", "method": "document", "until": "+30d"}


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"holds": ""}, "holds", "Say whether it holds."),
        ({"by": ""}, "by", "Say who answers."),
        ({"witness": ""}, "witness", "A blocker needs a witness: somebody else who saw it."),
        ({"witness": "anna  BERG"}, "witness", "The witness must be somebody else than who answers."),
        ({"method": ""}, "method", "Say how it was seen."),
        ({"proof": "/nowhere/at/all"}, "proof", "There is no such file."),
        ({"until": "soon"}, "until", '"soon" is no date: write 2026-12-01 or +14d.'),
        ({"until": "2026-11-01"}, "until", "That is over already."),
    ],
)
async def test_what_is_wrong_with_an_attestation(wrong: dict[str, str], field: str, message: str) -> None:
    async with shown(AttestForm(S, BLOCKER)) as (app, pilot):
        await fill(app, pilot, **{**GOOD_ATTEST, **wrong})
        assert await save(app, pilot) == {field: message}
        await fill(app, pilot, **{field: GOOD_ATTEST.get(field, "")})
        assert isinstance(await save(app, pilot), tuple)


async def test_a_plain_attestation_needs_no_witness_and_knows_its_only_method() -> None:
    async with shown(AttestForm(S, PLAIN)) as (app, pilot):
        await fill(app, pilot, holds="no", by="ben roth")
        (record,) = await save(app, pilot)
        assert (record.holds, record.by, record.witness, record.method) == (False, "Ben Roth", "", "document")


async def test_that_a_blocker_does_not_hold_one_person_may_say() -> None:
    async with shown(AttestForm(S, BLOCKER)) as (app, pilot):
        await fill(app, pilot, holds="no", by="Ben Roth", method="document")
        (record,) = await save(app, pilot)
        assert (record.holds, record.witness) == (False, "")


async def test_the_checksum_of_a_proof_is_made_when_the_field_is_left(tmp_path: Path) -> None:
    proof = tmp_path / "proof.png"
    proof.write_bytes(b"a picture")
    expected = hashlib.sha256(b"a picture").hexdigest()
    async with shown(AttestForm(S, PLAIN)) as (app, pilot):
        await fill(app, pilot, holds="yes", by="Anna Berg", proof=str(proof))
        app.screen.field("proof").enter()  # type: ignore[attr-defined]
        await pilot.press("tab")
        await app.workers.wait_for_complete()
        await pilot.pause()
        about = app.screen.query_one("#field-proof .about", Static)
        assert expected[:16] in str(about.render())
        (record,) = await save(app, pilot)
        assert (record.proof, record.proof_sha256) == (str(proof), expected)


async def test_saving_waits_for_the_checksum(tmp_path: Path) -> None:
    proof = tmp_path / "proof.png"
    proof.write_bytes(b"a picture")
    async with shown(AttestForm(S, PLAIN)) as (app, pilot):
        await fill(app, pilot, holds="yes", by="Anna Berg", proof=str(proof))
        await pilot.press("ctrl+s")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.results[0][0].proof_sha256 == hashlib.sha256(b"a picture").hexdigest()


# ------------------------------------------------------------------------------------------------------------- waive

WHY = "The founder renews it on Thursday with the registrar."
GOOD_WAIVER = {"who": "Ben Roth", "why": WHY, "control": "watched daily", "until": "+14d"}


@pytest.mark.parametrize("size", SIZES)
async def test_waiving_keeps_the_reason_of_the_result(size: tuple[int, int]) -> None:
    async with shown(WaiveForm(S, FAILING), size) as (app, pilot):
        await fill(app, pilot, **GOOD_WAIVER)
        assert await save(app, pilot) == (
            Waiver(
                LIVE.id,
                "app.acme.test",
                "renewal-overdue",
                "Ben Roth",
                WHY,
                "watched daily",
                dates.parse_until("+14d", NOW),
            ),
        )


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"who": ""}, "who", "Say who accepts the risk."),
        ({"why": "short"}, "why", "Say why in at least 20 characters; 15 to go."),
        ({"control": ""}, "control", "Say what keeps the risk small meanwhile."),
        ({"until": "2026-11-23"}, "until", "That is over already: nothing can be accepted for the past."),
        ({"until": "+91d"}, "until", "At most 90 days: +90d is 2027-02-22."),
        ({"until": "never"}, "until", '"never" is no date: write 2026-12-01 or +14d.'),
    ],
)
async def test_what_is_wrong_with_a_waiver(wrong: dict[str, str], field: str, message: str) -> None:
    async with shown(WaiveForm(S, FAILING)) as (app, pilot):
        await fill(app, pilot, **{**GOOD_WAIVER, **wrong})
        assert await save(app, pilot) == {field: message}


async def test_ninety_days_are_just_allowed_and_characters_are_counted() -> None:
    async with shown(WaiveForm(S, FAILING)) as (app, pilot):
        await fill(app, pilot, **{**GOOD_WAIVER, "until": "+90d", "why": "behind a login page"})
        about = app.screen.query_one("#field-why .about", Static)
        assert "19 of at least 20 characters" in str(about.render())
        await fill(app, pilot, why="behind a login pages")
        assert "20 characters" in str(about.render())
        (waiver,) = await save(app, pilot)
        assert waiver.until == NOW + timedelta(days=90)


async def test_the_form_of_a_waiver_says_what_the_gate_will_say() -> None:
    only = snapshot(board=[row(LIVE, Verdict.FAIL, "renewal-overdue", "app.acme.test")])
    async with shown(WaiveForm(only, only.board[0])) as (app, _pilot):
        words = " ".join(str(widget.render()) for widget in app.screen.query(".head").results(Static))
        assert "It stays ✗ fail" in words
        assert "The gate will then say GO WITH ACCEPTED RISKS." in words
    async with shown(WaiveForm(S, FAILING)) as (app, _pilot):
        words = " ".join(str(widget.render()) for widget in app.screen.query(".head").results(Static))
        assert "NO-GO, 2 not seen." in words


def test_what_cannot_be_waived_or_attested_says_why() -> None:
    assert why_not_waive(FAILING) == ""
    assert "passes" in why_not_waive(row(LIVE, Verdict.PASS, ""))
    assert "Nobody has looked" in why_not_waive(BLOCKER)
    assert why_not_attest(BLOCKER) == ""
    assert why_not_attest(row(LIVE, Verdict.UNKNOWN, "timeout")) == ""
    assert "saw this itself" in why_not_attest(FAILING)
    assert "stopwatch" in why_not_attest(row(DRILL))


# ------------------------------------------------------------------------------------------- decide, own, note, pause

GOOD_DECISION = {"title": "Mail?", "options": "Postmark\nSES", "choice": "ses", "why": "cheap", "who": "Ben Roth"}


@pytest.mark.parametrize("size", SIZES)
async def test_deciding(size: tuple[int, int]) -> None:
    async with shown(DecideForm(S, FAILING), size) as (app, pilot):
        earlier = S.state.decisions[0].number
        await fill(app, pilot, **GOOD_DECISION, supersedes=str(earlier))
        assert await save(app, pilot) == (
            Decision("Mail?", ("Postmark", "SES"), "SES", "cheap", "Ben Roth", earlier, LIVE.id),
        )


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"title": ""}, "title", "Say what was decided about."),
        ({"options": " \n"}, "options", "Write what was possible, one a line; what you chose is one of them."),
        ({"choice": ""}, "choice", "Say what was chosen."),
        ({"choice": "own"}, "choice", "That is not one of the options above: choose one of them, or add it."),
        ({"why": ""}, "why", "Say why: it is what people look for later."),
        ({"who": ""}, "who", "Say who decided."),
    ],
)
async def test_what_is_wrong_with_a_decision(wrong: dict[str, str], field: str, message: str) -> None:
    async with shown(DecideForm(S)) as (app, pilot):
        await fill(app, pilot, **{**GOOD_DECISION, **wrong})
        assert await save(app, pilot) == {field: message}


async def test_owning_several_rows_and_taking_it_back() -> None:
    async with shown(OwnForm(S, [FAILING, BLOCKER])) as (app, pilot):
        await fill(app, pilot, owner="dora lind", due="+7d")
        assert await save(app, pilot) == (
            Person("dora lind"),
            Ownership(LIVE.id, "app.acme.test", "dora lind", "2026-12-01"),
            Ownership(ATTEST.id, "acme.test", "dora lind", "2026-12-01"),
        )
        assert app.drafts.me == ""
    async with shown(OwnForm(S, owned(FAILING, "Ben Roth", "Tuesday"))) as (app, pilot):
        form = app.screen
        assert isinstance(form, Form)
        assert form.values() == {"owner": "Ben Roth", "due": "Tuesday"}
        await fill(app, pilot, owner="", due="")
        assert await save(app, pilot) == (Ownership(LIVE.id, "app.acme.test", "", ""),)


async def test_what_is_wrong_with_an_owner() -> None:
    async with shown(OwnForm(S, FAILING)) as (app, pilot):
        assert "nothing to take back" in (await save(app, pilot))["owner"]
        await fill(app, pilot, due="Tuesday")
        assert await save(app, pilot) == {"owner": "A date needs somebody who keeps it."}


async def test_a_note_typed_here_and_in_the_editor() -> None:
    seen: list[str] = []

    def edit(_app: object, text: str) -> str:
        seen.append(text)
        return text + "\nand more"

    async with shown(NoteForm(S, FAILING, edit=edit)) as (app, pilot):
        assert "text" in await save(app, pilot)
        await typed(pilot, "first")
        await pilot.press("ctrl+e")
        await typed(pilot, "!")
        assert seen == ["first"]
        assert await save(app, pilot) == (Note(LIVE.id, "app.acme.test", "first\nand more!", ""),)


async def test_an_editor_that_fails_loses_nothing() -> None:
    def edit(_app: object, text: str) -> str:
        raise EditorError("[/x] is not there.")

    async with shown(NoteForm(S, edit=edit)) as (app, pilot):
        await typed(pilot, "kept")
        await pilot.press("ctrl+e")
        await pilot.pause()
        assert app.screen.query_one(TextArea).text == "kept"
        assert await save(app, pilot) == (Note("", "", "kept", ""),)


async def test_pausing_needs_a_reason() -> None:
    async with shown(PauseForm(S)) as (app, pilot):
        assert await save(app, pilot) == {"reason": "Say why the clock stops."}
        await typed(pilot, "sl")
        await pilot.press("right", "enter")
        await pilot.pause()
        assert app.results == [(ClockMark("pause", "Sleep"),)]


# ---------------------------------------------------------------------------------------------------------- authorize

GOOD_PERMISSION = {"who": "Ben Roth", "proof": "signed statement", "detail": "mail of 24 Nov"}


@pytest.mark.parametrize("size", SIZES)
async def test_authorizing(size: tuple[int, int]) -> None:
    preview = Preview(9, 2, ("acme.test",), ("POST to [/x] machine endpoints",), ("app.acme.test",))
    async with shown(AuthorizeForm(S, preview=preview), size) as (app, pilot):
        words = " ".join(str(widget.render()) for widget in app.screen.query(".head").results(Static))
        assert "POST to [/x] machine endpoints" in words
        assert "Not allowed yet for app.acme.test." in words
        await fill(app, pilot, **GOOD_PERMISSION, levels="active,load")
        end = NOW + timedelta(hours=46)  # two of the 48 hours are spent
        assert await save(app, pilot) == (
            Authorization("*", ("active", "load"), "Ben Roth", "signed statement: mail of 24 Nov", end),
        )


async def test_authorizing_named_hosts() -> None:
    async with shown(AuthorizeForm(S, ("acme.test", "app.acme.test"))) as (app, pilot):
        await fill(app, pilot, **GOOD_PERMISSION, until="+1d")
        records = await save(app, pilot)
        assert [record.host for record in records] == ["acme.test", "app.acme.test"]


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"host": ""}, "host", "Name a host, or * for all of the profile."),
        ({"host": "evil.test"}, "host", "The profile has no host evil.test."),
        ({"levels": ""}, "levels", "Tick at least one: passive looking needs no permission."),
        ({"who": ""}, "who", "Say who allows it."),
        ({"proof": ""}, "proof", "Say how the permission was shown."),
        ({"detail": ""}, "detail", "Say where the proof can be found again."),
        ({"until": "2026-11-01"}, "until", "That is over already."),
    ],
)
async def test_what_is_wrong_with_an_authorization(wrong: dict[str, str], field: str, message: str) -> None:
    async with shown(AuthorizeForm(S)) as (app, pilot):
        await fill(app, pilot, **{**GOOD_PERMISSION, **wrong})
        assert await save(app, pilot) == {field: message}


# --------------------------------------------------------------------------------------------------------- access map


async def test_a_person_new_changed_and_off_the_map() -> None:
    async with shown(PersonForm(S)) as (app, pilot):
        assert await save(app, pilot) == {"name": "Type a name.", "role": "Choose a role."}
        await fill(app, pilot, name="ben ROTH", role="other")
        assert await save(app, pilot) == {"name": "Ben Roth is on the map already."}
        await fill(app, pilot, name="Dora  Lind", contact="+49 1")
        assert await save(app, pilot) == (Person("Dora Lind", "other", "+49 1"),)
    async with shown(PersonForm(S, S.state.people[0])) as (app, pilot):
        await fill(app, pilot, name="Someone else")
        assert "how somebody signed" in (await save(app, pilot))["name"]
        await fill(app, pilot, name="Anna Berg", there="no")
        assert await save(app, pilot) == (Person("Anna Berg", "consultant", "anna@berg.test", True),)


async def test_a_system_and_what_is_wrong_with_it() -> None:
    async with shown(SystemForm(S, area="dns")) as (app, pilot):
        assert await save(app, pilot) == {"name": 'Say whose it is, or "not used".'}
        await fill(app, pilot, area="registrar", name="Cloudflare", custody="password: hunter2")
        problems = await save(app, pilot)
        assert problems["area"] == "Registrar is on the map already: change it there."
        assert problems["custody"].startswith("That looks like a credential.")
        await fill(app, pilot, note="eyJ" * 50_000)
        assert (await save(app, pilot))["note"].startswith("Longer than 2,000 characters")
        await fill(app, pilot, note="")
        await fill(app, pilot, area="", custody="1Password/Acme")
        assert await save(app, pilot) == {"area": "Say what it is for."}
        await fill(app, pilot, area="DNS", renewal="+30d")
        assert await save(app, pilot) == (System("dns", "Cloudflare", "1Password/Acme", "2026-12-24"),)
    async with shown(SystemForm(S, S.state.systems[0])) as (app, pilot):
        await fill(app, pilot, area="dns")
        assert "The area stays" in (await save(app, pilot))["area"]
        await fill(app, pilot, area="Registrar", there="no")
        assert await save(app, pilot) == (System("registrar", "Namecheap", "their 1Password", "", "", True),)


async def test_a_grant_keeps_what_is_known_and_can_be_taken_back() -> None:
    watched = NOW - timedelta(days=3)
    async with shown(GrantForm(S, "registrar", "Anna Berg")) as (app, pilot):
        await fill(app, pilot, factor="yes")
        assert await save(app, pilot) == (Grant("registrar", "Anna Berg", "owner", True, True, watched),)
    async with shown(GrantForm(S, "registrar", "Anna Berg")) as (app, pilot):
        await fill(app, pilot, role="none")
        assert await save(app, pilot) == (Grant("registrar", "Anna Berg", ""),)
    async with shown(GrantForm(S)) as (app, pilot):
        assert set(await save(app, pilot)) == {"area", "person", "role"}
        await fill(app, pilot, area="Fly", person="Dora Lind", role="none")
        assert "nothing to take back" in (await save(app, pilot))["role"]
        await fill(app, pilot, role="admin", proven="today")
        assert await save(app, pilot) == (Person("Dora Lind"), Grant("fly", "Dora Lind", "admin", False, None, NOW))


async def test_a_cell_that_is_typed_brings_what_is_known_of_it() -> None:
    async with shown(GrantForm(S)) as (app, pilot):
        await typed(pilot, "Registrar")
        await pilot.press("enter")
        await typed(pilot, "anna berg")
        await pilot.press("enter")
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        assert form.values()["role"] == "owner"
        assert form.values()["pays"] == "yes"


# ------------------------------------------------------------------------------------------------- sign-off, confirm


@pytest.mark.parametrize("size", SIZES)
async def test_signing_the_gate_as_it_stands(size: tuple[int, int]) -> None:
    async with shown(SignOffForm(S), size) as (app, pilot):
        words = " ".join(str(widget.render()) for widget in app.screen.query(".head").results(Static))
        assert "NO-GO" in words
        assert "1 blocker" in words
        assert S.head in words
        app.drafts.me = "Somebody"
        assert set(await save(app, pilot)) == {"by", "role"}
        await typed(pilot, "Ben Roth")
        assert await save(app, pilot) == (SignOff("Ben Roth", "founder", "NO-GO", S.head),)


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("n", False), ("escape", False), ("enter", False)])
async def test_a_question_is_answered_safely_unless_one_says_yes(key: str, answer: bool) -> None:
    async with shown(ConfirmModal("Abort [/x]?", ["This [b]cannot[/b] be undone."], "Abort", danger=True)) as (
        app,
        pilot,
    ):
        await pilot.press(key)
        await pilot.pause()
        assert app.results == [answer]


async def test_a_question_is_answered_with_the_mouse() -> None:
    async with shown(ConfirmModal("Really?", ["Yes."])) as (app, pilot):
        await pilot.click("#yes")
        await pilot.pause()
        assert app.results == [True]
