"""Nothing typed is ever lost, nothing from outside is ever markup, every field can be reached, at any size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea

from launchready_tui.engine.events import Preview
from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.product import Host
from launchready_tui.model.records import Decision, Grant, Note, Person, System
from launchready_tui.model.verdicts import Verdict
from launchready_tui.tui.forms.attest import AttestForm
from launchready_tui.tui.forms.authorize import AuthorizeForm
from launchready_tui.tui.forms.choice import Choice
from launchready_tui.tui.forms.confirm import ConfirmModal
from launchready_tui.tui.forms.decide import DecideForm
from launchready_tui.tui.forms.drillpeople import DrillPeopleForm
from launchready_tui.tui.forms.fields import Field
from launchready_tui.tui.forms.form import Form
from launchready_tui.tui.forms.grant import GrantForm
from launchready_tui.tui.forms.new import NewForm
from launchready_tui.tui.forms.note import NoteForm
from launchready_tui.tui.forms.own import OwnForm
from launchready_tui.tui.forms.pause import PauseForm
from launchready_tui.tui.forms.person import PersonForm
from launchready_tui.tui.forms.signoff import SignOffForm
from launchready_tui.tui.forms.stopwatch import Stopwatch
from launchready_tui.tui.forms.system import SystemForm
from launchready_tui.tui.forms.waive import WaiveForm
from launchready_tui.tui.screens.drill import DrillScreen
from tests.tui.formhost import ATTEST, DRILL, LIVE, SIZES, Host_, owned, row, snapshot
from tests.tui.hostile import HOSTILE, found_in

S = snapshot()

Make = Callable[[Snapshot, Standing], Screen[Any]]
FORMS: dict[str, Make] = {
    "attest": AttestForm,
    "waive": WaiveForm,
    "decide": DecideForm,
    "own": lambda s, r: OwnForm(s, [owned(r, "Ben Roth"), r]),
    "authorize": lambda s, r: AuthorizeForm(s, preview=Preview(1, 1, (), (r.result.summary,), (r.result.subject,))),
    "note": NoteForm,
    "person": lambda s, _r: PersonForm(s),
    "a known person": lambda s, _r: PersonForm(s, s.state.people[-1]),
    "system": lambda s, _r: SystemForm(s),
    "a known system": lambda s, _r: SystemForm(s, s.state.systems[-1]),
    "grant": lambda s, _r: GrantForm(s, s.state.grants[-1].area, s.state.grants[-1].person),
    "pause": lambda s, _r: PauseForm(s),
    "sign-off": lambda s, _r: SignOffForm(s),
    "new": lambda _s, _r: NewForm(),
    "drill people": lambda s, r: DrillPeopleForm(s, r, Stopwatch(r.entry.steps, lambda: 0.0)),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("size", [*SIZES, (60, 16)])
async def test_every_field_is_reached_by_tab_and_is_on_screen_then(name: str, size: tuple[int, int]) -> None:
    app = Host_(lambda _app: FORMS[name](S, S.board[2]))
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        assert form.HELP.strip()
        fields = list(form.query(Field))
        fields[0].enter()
        await pilot.pause()
        for number, field in enumerate(fields):
            assert field.has_focus_within, f"{field.key} is not number {number}"
            control = form.control_of(field.key)
            top, bottom = form.query_one("#body").region.y, form.query_one("#body").region.bottom
            assert top <= control.region.y < bottom, field.key
            await pilot.press("tab")
            await pilot.pause()
        assert form.focused is form.query_one("#save")
        foot = form.query_one("#foot").region
        assert foot.bottom <= size[1]


@pytest.mark.parametrize("name", [name for name in FORMS if name not in ("drill people",)])
async def test_esc_keeps_what_was_typed_and_opening_again_brings_it_back(name: str) -> None:
    app = Host_()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.show(FORMS[name](S, S.board[2]))
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        first = form.values()
        assert not form.query_one("#draft").display
        field = next(field for field in form.query(Field) if form.control_of(field.key).__class__ in (Input, TextArea))
        field.value = "half a thought"
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert app.results == [None]
        assert len(app.drafts) == 1

        app.show(FORMS[name](S, S.board[2]))
        await pilot.pause()
        again = app.screen
        assert isinstance(again, Form)
        assert again.values()[field.key] == "half a thought"
        assert "Draft restored" in str(again.query_one("#draft", Static).render())
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert again.values() == first
        assert len(app.drafts) == 0
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert again.values()[field.key] == "half a thought"
        assert len(app.drafts) == 1


async def test_drafts_of_different_subjects_are_apart() -> None:
    app = Host_()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.show(NoteForm(S, S.board[2]))
        await pilot.pause()
        await pilot.press("a", "escape")
        app.show(NoteForm(S, S.board[0]))
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        assert form.values()["text"] == ""


async def test_typing_and_deleting_again_leaves_no_draft() -> None:
    app = Host_(lambda _app: PauseForm(S))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("a", "backspace")
        await pilot.pause()
        assert len(app.drafts) == 0


async def test_what_was_refused_comes_back_in_the_form() -> None:
    app = Host_(lambda _app: PauseForm(S))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press(*"sleeping", "enter")
        await pilot.pause()
        (saved,) = app.results
        assert len(app.drafts) == 0
        app.show(PauseForm(S, draft=saved[-1]))
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        assert form.values() == {"reason": "sleeping"}


@pytest.mark.parametrize("name", FORMS)
async def test_a_resize_loses_nothing(name: str) -> None:
    app = Host_(lambda _app: FORMS[name](S, S.board[2]))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        form.query(Field).first().value = "yes"
        await pilot.pause()
        before = form.values()
        for size in ((80, 24), (60, 16), (120, 36)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert form.values() == before


async def test_what_is_wrong_goes_away_while_it_is_mended() -> None:
    app = Host_(lambda _app: WaiveForm(S, S.board[2]))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+s")
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        assert form.field("who").problem
        assert "3 fields to look at" in str(form.query_one("#wrong", Static).render())
        await pilot.press("B")
        await pilot.pause()
        assert not form.field("who").problem
        assert form.field("why").problem
        assert "2 fields to look at" in str(form.query_one("#wrong", Static).render())


async def test_a_field_is_judged_when_it_is_left_but_not_while_it_is_empty() -> None:
    app = Host_(lambda _app: WaiveForm(S, S.board[2]))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        await pilot.press("tab", *"short", "tab")
        await pilot.pause()
        assert not form.field("who").problem
        assert form.field("why").problem.startswith("Say why in at least 20 characters")


async def test_help_and_mouse() -> None:
    app = Host_(lambda _app: AttestForm(S, S.board[0]))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("f1", "question_mark")
        assert len(app.helped) == 2
        form = app.screen
        assert isinstance(form, Form)
        await pilot.click(form.control_of("holds"), offset=(20, 0))
        assert form.values()["holds"] == "no"
        await pilot.click(form.control_of("holds"), offset=(3, 0))
        assert form.values()["holds"] == "yes"
        await pilot.click("#back")
        await pilot.pause()
        assert app.results == [None]


async def test_a_tall_choice_by_keys_and_mouse() -> None:
    app = Host_(lambda _app: AuthorizeForm(S))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        choice = form.control_of("levels")
        assert isinstance(choice, Choice)
        choice.focus()
        await pilot.press("down", "space", "up", "space")
        assert choice.value == "load"
        await pilot.click(choice, offset=(3, 2))
        assert choice.value == "load,local"
        await pilot.press("down")
        await pilot.pause()
        assert form.field("who").has_focus_within


async def test_enter_through_the_form_chooses_nothing() -> None:
    app = Host_(lambda _app: AttestForm(S, S.board[0]))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("enter")
        form = app.screen
        assert isinstance(form, Form)
        assert form.values()["holds"] == ""
        assert form.field("by").has_focus_within


WORST = ("clear", "bidi", "markup", "action", "surrogate", "long")
"""A kind of attack each; the form of attestations gets all of them."""


def hostile(text: str) -> tuple[Snapshot, Standing]:
    """An engagement in which everything that can come from outside is that text."""
    short = text[:200]
    entry = replace(LIVE, claim=short, why=text, statement=text, reads=text, methods=(short,), steps=(short,))
    standing = row(entry, Verdict.FAIL, "renewal-overdue", text, summary=text)
    base = snapshot(
        Person(short, "backup", text),
        System(short, text, text, text, text),
        Grant(short, short),
        Decision(short, (short,), short, text, short),
        Note(entry.id, text, text, text),
        board=[standing, row(ATTEST), row(DRILL)],
    )
    product = replace(base.product, hosts=(Host(short),), domain=short)
    return replace(base, head=text, product=product), standing


@pytest.mark.parametrize("name", FORMS)
async def test_hostile_text_neither_crashes_nor_becomes_markup(name: str) -> None:
    app = Host_()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for kind in HOSTILE if name == "attest" else WORST:
            text = HOSTILE[kind]
            base, standing = hostile(text)
            app.show(FORMS[name](base, standing))
            await pilot.pause()
            form = app.screen
            assert isinstance(form, Form)
            if kind == "markup" and name in ("attest", "waive", "note", "decide", "own"):
                assert text[:20] in " ".join(str(widget.render()) for widget in form.query(".head").results(Static))
            for field in form.query(Field):
                field.value = text
            await pilot.pause()
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert not found_in(app.export_screenshot()), kind
            if app.screen is form:
                await pilot.press("escape")
                await pilot.pause()
            assert app.is_running
            assert app.return_code is None


async def test_hostile_text_on_the_stopwatch_and_in_questions() -> None:
    app = Host_()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for kind in WORST:
            text = HOSTILE[kind]
            base, standing = hostile(text)
            app.drafts.stopwatches.clear()
            app.show(DrillScreen(base, standing))
            await pilot.pause()
            app.drafts.stopwatches[standing.entry.id].notes.append(text)
            await pilot.press("space", "space")
            await pilot.pause()
            assert not found_in(app.export_screenshot()), kind
            app.show(ConfirmModal(text[:500], [text], text[:20]))
            await pilot.pause()
            assert not found_in(app.export_screenshot()), kind
            await pilot.press("escape", "escape", "y")
            await pilot.pause()
        assert app.return_code is None


@pytest.mark.parametrize("size", SIZES)
async def test_forms_work_with_plain_signs(size: tuple[int, int]) -> None:
    app = Host_(lambda _app: AttestForm(S, S.board[0]), ascii_only=True)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("right", "ctrl+s")
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        choice = form.control_of("holds")
        assert str(choice.render()).startswith("(*) It holds   ( ) It does not hold")
        assert str(form.query_one("#field-by .about", Static).render()) == "x Say who answers."


# ----------------------------------------------------------------------------------------------------- new engagement

PROFILE = '[product]\nname = "Acme Market"\ndomain = "acme.test"  # ours\n'


async def new(pilot: Any, app: Host_, folder: Path, **values: str) -> Any:
    """What the form closes with, or what is wrong by field."""
    form = NewForm(folder)
    app.show(form)
    await pilot.pause()
    return await go_on(pilot, app, form, **values)


async def go_on(pilot: Any, app: Host_, form: NewForm, **values: str) -> Any:
    for name, value in values.items():
        form.field(name).value = value
    await pilot.pause()
    await pilot.press("ctrl+s")
    await pilot.pause()
    if app.results:
        return app.results.pop()
    return {field.key: field.problem for field in form.query(Field) if field.problem}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_new_engagement(tmp_path: Path) -> None:
    app = Host_()
    profile = tmp_path / "acme.toml"
    profile.write_text(PROFILE)
    (tmp_path / "taken.launchready").touch()
    good = {"name": "Acme Market", "domain": "https://Acme.test/", "me": "Anna Berg", "founder": "Ben Roth"}
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        made = await new(pilot, app, tmp_path, **good)
        assert made.path == tmp_path / "acme-market.launchready"
        assert (made.name, made.domain, made.repository) == ("Acme Market", "acme.test", "")
        assert made.people == (Person("Anna Berg", "consultant"), Person("Ben Roth", "founder"))
        assert 'domain = "acme.test"' in made.toml

        made = await new(pilot, app, tmp_path, **good, repository=str(tmp_path), file=str(tmp_path / "other"))
        assert made.path == tmp_path / "other.launchready"
        assert f'path = "{tmp_path}"' in made.toml

        made = await new(pilot, app, tmp_path, **good, profile=str(profile))
        assert (made.toml, made.base) == (PROFILE, str(tmp_path))

        made = await new(pilot, app, tmp_path, **{**good, "name": "Acme"}, profile=str(profile))
        assert 'name = "Acme"' in made.toml

        form = NewForm(tmp_path)
        app.show(form)
        await pilot.pause()
        assert set(await go_on(pilot, app, form)) == {"name", "domain", "file", "me"}
        empty = form.values()
        agree = "The profile is about acme.test: both have to agree."
        for values, field, message in (
            ({"domain": "not a domain"}, "domain", '"not a domain" is not a domain name such as acme.com.'),
            ({"domain": "localhost"}, "domain", '"localhost" is not a domain name such as acme.com.'),
            ({"domain": "b.test", "profile": str(profile)}, "domain", agree),
            ({"repository": "/nowhere"}, "repository", "There is no such folder."),
            ({"profile": "/nowhere"}, "profile", "There is no such file."),
            ({"founder": "anna berg"}, "founder", "That is your own name: then your role is founder."),
            ({"file": str(tmp_path / "taken")}, "file", "That exists already"),
            ({"file": "/nowhere/x"}, "file", "There is no such folder to put it in."),
            ({"me": ""}, "me", "Say who you are: it is how you sign."),
        ):
            file = {"file": str(tmp_path / "new")}
            wrong = await go_on(pilot, app, form, **{**empty, **good, **file, **values})
            assert set(wrong) == {field}, values
            assert wrong[field].startswith(message)
        profile.write_text("[product]\nnam = 1\n")
        wrong = await go_on(pilot, app, form, **{**empty, **good, "profile": str(profile)})
        assert wrong["profile"].startswith("acme.toml:")
    assert names_in(tmp_path) == ["acme.toml", "taken.launchready"]


async def test_a_profile_fills_in_name_domain_and_file(tmp_path: Path) -> None:
    profile = tmp_path / "acme.toml"
    profile.write_text(PROFILE)
    app = Host_(lambda _app: NewForm(tmp_path))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        form.field("profile").value = str(profile)
        form.field("profile").enter()
        await pilot.press("tab")
        await pilot.pause()
        values = form.values()
        assert (values["name"], values["domain"]) == ("Acme Market", "acme.test")
        assert values["file"] == str(tmp_path / "acme-market.launchready")
