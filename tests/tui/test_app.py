"""The app shell: opening and leaving, settings and keys, help and palette, what must not happen."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from textual.binding import Binding

from launchready_tui.errors import EngagementError
from launchready_tui.model.changes import Changes
from launchready_tui.tui.acting import ActingScreen
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.palette import LaunchCommands
from launchready_tui.tui.screens.sprint import SprintScreen
from launchready_tui.tui.settings import Bound, load_settings, without_clashes
from tests.tui.driving import NOW, driving, working

TUI = Path(__file__).parents[2] / "launchready_tui" / "tui"
HEAVY = ("httpx", "httpcore", "dns", "keyring", "cryptography", "sqlite_utils", "jinja2", "typst", "locust")


def test_importing_the_app_is_light() -> None:
    code = f"import sys, launchready_tui.tui.app; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


# ------------------------------------------------------------------------------------------------- opening and leaving


async def test_lands_where_the_work_was_left(tmp_path: Path) -> None:
    session = working()
    async with driving(session, tmp_path) as drive:
        drive.sprint.go_to("dns.hosts-resolve", "app.acme.test")
        await drive.press("go.gate", "app.quit")
    assert session.left == ["S1|dns.hosts-resolve|app.acme.test gate"]
    again = working()
    again.start_place = session.left[0]
    async with driving(again, tmp_path) as drive:
        await drive.until(lambda: drive.on == "GateScreen")
        await drive.press("go.back")
        assert drive.row.key == ("dns.hosts-resolve", "app.acme.test")


async def test_a_place_that_is_gone_is_no_problem(tmp_path: Path) -> None:
    session = working()
    session.start_place = "S9|no.such|x [/] \x1b] nowhere"
    async with driving(session, tmp_path) as drive:
        assert drive.sprint.stage_id == "S1"


async def test_says_what_changed_since_the_last_visit(tmp_path: Path) -> None:
    session = working()
    session.told = Changes(NOW - timedelta(days=3), new=session.snapshot().findings[:2])
    async with driving(session, tmp_path) as drive:
        assert drive.said("Since 3 days ago")
        assert drive.said("2 new problems")
        assert drive.said("D shows what changed")


async def test_a_file_that_cannot_be_opened_is_explained(tmp_path: Path) -> None:
    def opener(path: Path) -> object:
        raise EngagementError("gone.launchready does not exist.", "launchready new makes one.")

    async with driving(None, tmp_path, path=Path("gone.launchready"), opener=opener) as drive:
        await drive.until(lambda: drive.on == "Problem" and "esc closes" in drive.text)
        assert "does not exist" in drive.text
        assert "launchready new makes one" in drive.text
        await drive.pilot.press("enter")
        await drive.pilot.pause(0.2)
    assert drive.app.return_code == 2


async def test_without_a_file_the_picker_opens(tmp_path: Path) -> None:
    async with driving(None, tmp_path) as drive:
        await drive.until(lambda: drive.on == "PickerScreen")
        await drive.press("escape")
        assert drive.app.is_running


async def test_quit_asks_only_while_something_runs(tmp_path: Path) -> None:
    session = working(delay=0.2)
    async with driving(session, tmp_path) as drive:
        drive.app.start_run(drive_selection())
        await drive.until(lambda: drive.app.progress)
        await drive.press("app.leave")
        await drive.until(lambda: drive.on == "Confirm")
        await drive.press("enter")
        assert drive.app.is_running
        assert drive.app.progress is not None
        await drive.press("app.leave")
        await drive.until(lambda: drive.on == "Confirm")
        await drive.press("right", "enter")
        await drive.pilot.pause(0.2)
    assert drive.app.return_value == 0
    assert len(session.left) == 1


def drive_selection() -> object:
    """Stage 1."""
    from launchready_tui.engine.events import Selection

    return Selection(stages=frozenset({"S1"}))


async def test_ctrl_c_explains(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        await drive.pilot.press("ctrl+c")
        assert drive.said("To leave: q")
        assert drive.app.is_running


# ---------------------------------------------------------------------------------------------------- settings and keys


async def test_theme_and_signs_are_remembered(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        drive.app.theme = "launchready-light"
        drive.app.use_ascii(True)
        await drive.settle()
        assert all(line.isascii() for line in drive.lines)
    settings, problems = load_settings(tmp_path)
    assert (settings.theme, settings.ascii, problems) == ("launchready-light", True, ())
    async with driving(working(), tmp_path) as drive:
        assert drive.app.theme == "launchready-light"
        assert "x fail" in drive.text


async def test_no_color_refuses_ansi_themes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(working(), tmp_path) as drive:
        drive.app.theme = "ansi-dark"
        await drive.settle()
        assert drive.app.theme == "launchready-dark"


async def test_broken_configuration_is_said_and_ignored(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("theme = [")
    (tmp_path / "keys.toml").write_text('"check.rum" = "f5"\n"record.waive" = "r"\n')
    async with driving(working(), tmp_path) as drive:
        assert drive.said("settings.toml cannot be read")
        assert drive.said('did you mean "check.run"')
        assert drive.said("record.waive cannot have r: check.run has it")
        assert drive.app.theme == "launchready-dark"


async def test_keys_can_be_changed(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('[go]\nnext-blocker = "f9"\n')
    async with driving(working(), tmp_path) as drive:
        await drive.pilot.press("f9")
        await drive.settle()
        assert drive.row.lead is not None
        assert drive.row.lead.blocks
        assert "f9" in drive.lines[-1]


def test_swapped_keys_do_not_clash() -> None:
    bounds = [Bound("A", "one", "a"), Bound("A", "two", "b"), Bound("B", "three", "a")]
    assert without_clashes({"one": "b", "two": "a"}, bounds).keys == {"one": "b", "two": "a"}
    assert without_clashes({"one": "b"}, bounds).keys == {}
    assert without_clashes({"three": "b"}, bounds).keys == {"three": "b"}


# ----------------------------------------------------------------------------------------------------- help and palette


async def test_help_knows_the_keys(tmp_path: Path) -> None:
    async with driving(working(), tmp_path, (120, 90)) as drive:
        await drive.press("help.open")
        await drive.until(lambda: drive.on == "HelpModal")
        assert "Run this check, or the marked ones" in drive.text
        await drive.press("question_mark")
        assert drive.on == "SprintScreen"


async def test_palette_goes_to_a_check(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        await drive.press("palette.open", *"outlives the")
        await drive.pilot.pause(0.6)
        await drive.pilot.press("enter", "enter")
        await drive.until(lambda: drive.on == "SprintScreen")
        await drive.settle()
        assert drive.row.key[0] == "tls.certificate-lifetime"


async def test_palette_provider_offers_keys_stages_findings(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        provider = LaunchCommands(drive.sprint)
        hits = [hit async for hit in provider.search("acme")]
        assert len(hits) > 10
        keys = [hit async for hit in provider.discover()]
        assert any("key r" in (hit.help or "") for hit in keys)


async def test_too_small_says_so_and_keys_work(tmp_path: Path) -> None:
    async with driving(working(), tmp_path, (50, 12)) as drive:
        assert "Please make the window larger" in drive.text
        await drive.press("go.stage-2")
        assert drive.sprint.stage_id == "S2"


# ------------------------------------------------------------------------------------------------------------ the rules


@pytest.mark.parametrize("screen", [LaunchScreen, ActingScreen, SprintScreen])
def test_every_binding_has_id_and_tooltip(screen: type[LaunchScreen]) -> None:
    bindings = [binding for items in screen._merge_bindings().key_to_bindings.values() for binding in items]
    ours = [
        binding
        for binding in bindings
        if isinstance(binding, Binding) and not binding.action.startswith(("screen.", "app.focus"))
    ]
    assert all(
        binding.id and binding.tooltip
        for binding in ours
        if binding.key not in ("tab", "shift+tab", "ctrl+c", "super+c")
    )


MARKUP_EATERS = {"Static", "Label", "notify", "update", "add_row", "add_leaf", "Option", "Button"}
SAFE = ("ink", "render", "plain", "said", "Content")


def _modules() -> list[Path]:
    return sorted(TUI.rglob("*.py"))


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(TUI)))
def test_no_outside_text_is_read_as_markup(path: Path) -> None:
    wrong = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MARKUP_EATERS and isinstance(node.args[0], ast.JoinedStr):
                wrong.append(f"{path.name}:{node.lineno} {name}")
            if name == "notify" and not any(word.arg == "markup" for word in node.keywords):
                wrong.append(f"{path.name}:{node.lineno} notify without markup=False")
    assert wrong == []


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(TUI)))
def test_work_is_spelled_in_full(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                name = decorator.func if isinstance(decorator, ast.Call) else decorator
                if isinstance(name, ast.Name) and name.id == "work":
                    given = {word.arg for word in decorator.keywords} if isinstance(decorator, ast.Call) else set()
                    assert {"exclusive", "group", "exit_on_error", "description"} <= given, f"{path.name}:{node.lineno}"
    assert len(path.read_text("utf-8").splitlines()) < 400


def test_every_screen_of_ours_has_help() -> None:
    for name, cls in (("sprint", "SprintScreen"), ("detail", "DetailScreen"), ("stage", "StageScreen")):
        assert getattr(import_module(f"launchready_tui.tui.screens.{name}"), cls).HELP.strip()


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (120, 36)])
async def test_the_choices_stay_in_sight_however_much_is_said(size: tuple[int, int]) -> None:
    from textual.app import App
    from textual.content import Content
    from textual.widgets import Button

    from launchready_tui.tui.screens.confirm import Confirm

    words = Content("\n".join(f"line {number}" for number in range(60)))
    app: App[None] = App()
    async with app.run_test(size=size) as pilot:
        app.push_screen(Confirm("Before anything is sent", words, [("stay", "Passive only"), ("run", "Send it")]))
        await pilot.pause()
        for button in app.screen.query(Button):
            assert button.region.height == 1
            assert app.screen.region.contains_region(button.region), button.id
            assert button.parent is not None
            assert button.visible
        bottom = app.screen.query_one(".dialog").region.bottom
        assert all(button.region.bottom < bottom for button in app.screen.query(Button))
