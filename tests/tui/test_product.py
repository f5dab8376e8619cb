"""The product profile on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import TextArea

from launchready_tui.tui.forms.editor import EditorError
from launchready_tui.tui.screens import product as module
from launchready_tui.tui.screens.product import ProductScreen
from tests.tui import boards
from tests.tui.boards import PRODUCT, SIZES, app_of, opened, press, rich_session, session, settle, text_of, toasts

MORE = PRODUCT + '\n[[host]]\nname = "api.acme.test"\nrole = "api"\n'
WRONG = PRODUCT + '\n[[host]]\nname = "api.acme.test"\nrolle = "api"\n'


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    boards.use_utc(monkeypatch)


class Editor:
    """An editor that changes the text as it is told."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.seen: list[str] = []

    def __call__(self, app: Any, text: str) -> str:
        self.seen.append(text)
        if not self.texts:
            raise EditorError("No editor found: set $EDITOR.")
        return self.texts.pop(0)


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Editor:
    """The person's editor."""
    made = Editor()
    monkeypatch.setattr("launchready_tui.tui.forms.editor.edit_in_terminal", made)
    return made


@pytest.mark.parametrize("size", SIZES)
async def test_everything_and_its_sections_can_be_read(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "product", size) as pilot:
        text = text_of(app)
        for words in (
            "Acme Market",
            "app.acme.test",
            "cloudflare",
            "core onboarding",
            "→ https://acme.test/new?x=1",
            "Hosts 2",
        ):
            assert words in text
        await press(pilot, "right", "right", "right", "right")
        assert "No mail sender is declared." in text_of(app)
        await press(pilot, "right")
        assert "login (2s..6s)" in text_of(app)
        await press(pilot, "right")
        assert "as any customer sees it" in text_of(app)


async def test_e_edits_in_the_editor_and_saves_with_the_same_base(editor: Editor, tmp_path: Path) -> None:
    editor.texts = [MORE]
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "product", (120, 36), ["e"]) as pilot:
        await settle(pilot)
        assert editor.seen == [PRODUCT]
        saved = made.snapshot().state.product
        assert saved is not None
        assert (saved.toml, saved.base) == (MORE, ".")
        assert "api.acme.test" in text_of(app)
        await press(pilot, "u")
        await settle(pilot)
        assert "api.acme.test" not in text_of(app)


async def test_nothing_changed_records_nothing(editor: Editor, tmp_path: Path) -> None:
    editor.texts = [PRODUCT]
    made = rich_session()
    before = made.snapshot().head
    app = app_of(made, tmp_path)
    async with opened(app, "product", (80, 24), ["e"]):
        assert "Nothing was changed." in toasts(app)
    assert made.snapshot().head == before


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_wrong_is_said_with_its_line_and_the_text_is_kept(
    editor: Editor, size: tuple[int, int], tmp_path: Path
) -> None:
    editor.texts = [WRONG, MORE]
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "product", size, ["e"]) as pilot:
        text = text_of(app)
        assert "product.toml:" in text
        assert "rolle" in text
        assert "not saved yet" in text
        await press(pilot, "enter")
        assert "A draft is kept" in text_of(app)
        assert made.snapshot().product.host("api.acme.test") is None
        await press(pilot, "e")
        await settle(pilot)
        assert editor.seen == [PRODUCT, WRONG]
        assert "A draft is kept" not in text_of(app)
        assert made.snapshot().product.host("api.acme.test") is not None


async def test_a_draft_survives_leaving_and_can_be_thrown_away(editor: Editor, tmp_path: Path) -> None:
    editor.texts = [WRONG]
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "product", (80, 24), ["e", "enter", "escape", "P"]) as pilot:
        assert isinstance(app.screen, ProductScreen)
        assert "A draft is kept" in text_of(app)
        await press(pilot, "ctrl+l")
        assert "A draft is kept" not in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_without_an_editor_there_is_one_on_the_screen(
    editor: Editor, size: tuple[int, int], tmp_path: Path
) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "product", size, ["e"]) as pilot:
        assert "No editor found" in toasts(app)
        app.screen.query_one(TextArea).load_text(MORE)
        await press(pilot, "ctrl+s")
        await settle(pilot)
        assert made.snapshot().product.host("api.acme.test") is not None


async def test_esc_in_the_editor_on_the_screen_saves_nothing_and_loses_nothing(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "product", (80, 24), ["E"]) as pilot:
        app.screen.query_one(TextArea).load_text(MORE)
        await press(pilot, "escape")
        assert made.snapshot().product.host("api.acme.test") is None
        assert "A draft is kept" in text_of(app)
        await press(pilot, "E")
        assert "api.acme.test" in app.screen.query_one(TextArea).text
        await press(pilot, "ctrl+s")
        await settle(pilot)
        assert made.snapshot().product.host("api.acme.test") is not None


@pytest.mark.parametrize("size", SIZES)
async def test_a_bare_profile_teaches(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(session(toml='[product]\nname = "Bare"\ndomain = "bare.test"\n'), tmp_path)
    async with opened(app, "product", size):
        assert "No route is declared" in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_words_stay_words(editor: Editor, size: tuple[int, int], tmp_path: Path) -> None:
    name = "evil [/x] [@click=app.quit]q[/] \\u001b]52;c;x\\u0007 \\u202egnp"
    toml = PRODUCT.replace("Acme Market", name).replace('"cloudflare"', f'"{name}"')
    editor.texts = [toml + f'\n["{name}"]\n']
    app = app_of(session(toml=toml), tmp_path)
    async with opened(app, "product", size) as pilot:
        assert boards.is_clean(app)
        await press(pilot, "e")
        assert boards.is_clean(app)
        await press(pilot, "enter")
        assert boards.is_clean(app)


def test_problems_are_lines_with_file_and_line() -> None:
    problems = module.problems_of(WRONG, ".")
    assert problems
    assert problems[0].startswith("product.toml:")
    assert module.problems_of(PRODUCT, ".") == ()


@pytest.mark.parametrize("size", SIZES)
def test_product_picture(size: tuple[int, int], snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(app_of(rich_session(), tmp_path), terminal_size=size, run_before=boards.on_board("product"))
