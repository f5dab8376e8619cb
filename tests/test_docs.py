"""The documentation names every verb, every key, every state and every file that it points to."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import launchready_tui.tui
from launchready_tui.cli.main import VERBS
from launchready_tui.model.verdicts import Verdict
from launchready_tui.tui import doors
from launchready_tui.tui.screens.sprint import SprintScreen

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "guide.md").read_text("utf-8")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_guide(verb: str) -> None:
    assert re.search(rf"`(?:[\w, ]*, )?{verb}\b|`launchready {verb}\b", GUIDE), verb


def test_every_state_is_in_the_guide() -> None:
    words = {Verdict.NOT_APPLICABLE: "n/a", Verdict.NOT_RUN: "not run"}
    for verdict in Verdict:
        assert f"| {words.get(verdict, verdict.value)} |" in GUIDE


EVERYWHERE, LISTS = "everywhere", "lists, texts"
PLACES = {
    **dict.fromkeys(("app", "base"), EVERYWHERE),
    **dict.fromkeys(("acting", "overrunning", "screens.sprint", "widgets.checklist", "widgets.filter"), "sprint"),
    **dict.fromkeys(("widgets.detail", "widgets.lines", "widgets.stages", "screens.board"), LISTS),
    **dict.fromkeys(("forms.choice", "forms.confirm", "forms.form", "forms.note", "screens.confirm"), "forms"),
    **dict.fromkeys(("screens.menu", "screens.rediscovery", "screens.toml_editor"), "forms"),
    **dict.fromkeys(("screens.access", "screens.exitlist"), "access map"),
    "screens.changes": "changes",
    "screens.drill": "drill",
    "screens.gate": "gate",
    "screens.handover": "handover",
    "screens.loadtest": "load test",
    "screens.log": "log",
    "screens.optimizations": "changes for speed",
    "screens.picker": "first screen",
    "screens.portfolio": "all engagements",
    "screens.product": "product",
    **dict.fromkeys(("screens.help", "screens.problem"), EVERYWHERE),
}
"""Under which place of the guide the keys of a module stand; those of every screen and list hold there too."""

SIGNS = {
    "slash": "/", "colon": ":", "question_mark": "?", "asterisk": "*", "dollar_sign": "$", "minus": "-",
    "left_square_bracket": "[", "right_square_bracket": "]", "left": "←", "right": "→", "up": "↑", "down": "↓",
    "escape": "esc", "pageup": "page up", "pagedown": "page down",
}  # fmt: skip
CLOSING = {"help.close", "problem.close", "exits.close"}
"""Windows that only show something close with whatever key is at hand."""


def bindings() -> Iterator[tuple[str, Binding]]:
    """Every key that the help or the bottom line shows somewhere, with the module that it is from."""
    package = launchready_tui.tui
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = import_module(found.name)
        name = found.name.removeprefix(f"{package.__name__}.")
        for node in vars(module).values():
            if inspect.isclass(node) and issubclass(node, DOMNode) and node.__module__ == module.__name__:
                yield from ((name, item) for item in node.__dict__.get("BINDINGS", ()) if item.tooltip)


def key_table() -> dict[str, list[tuple[list[str], list[str]]]]:
    """Keys and ids, line by line, by their place."""
    lines = GUIDE.partition("| where | key |")[2].partition("\n\n")[0].splitlines()[2:]
    found: dict[str, list[tuple[list[str], list[str]]]] = {}
    place = ""
    for line in lines:
        where, keys, _, ids = (cell.strip() for cell in re.split(r"(?<!`)\|(?!`)", line)[1:5])
        place = where or place
        spread = re.sub(r"`(\d)`–`(\d)`", lambda m: " ".join(f"`{n}`" for n in range(int(m[1]), int(m[2]) + 1)), keys)
        found.setdefault(place, []).append((re.findall(r"`([^`]+)`", spread), re.findall(r"`([^`]+)`", ids)))
    return found


def test_every_key_is_in_the_guide() -> None:
    table = key_table()
    known = {place: {key for keys, _ in rows for key in keys} for place, rows in table.items()}
    missing = []
    for module, binding in bindings():
        assert module in PLACES, f"say in PLACES and in the guide where the keys of {module} work"
        here = known[PLACES[module]] | known[EVERYWHERE] | known[LISTS]
        keys = [SIGNS.get(key.strip(), key.strip()) for key in binding.key.split(",")]
        if binding.id not in CLOSING and not set(keys) <= here:
            missing.append(f"{PLACES[module]}: {keys} {binding.id} ({binding.tooltip})")
    assert missing == []


def test_every_id_in_the_guide_can_be_changed_and_is_the_one_of_its_key() -> None:
    real: dict[str, set[str]] = {}
    for screen in (SprintScreen, *doors.existing_boards()):
        for key, several in screen._merge_bindings().key_to_bindings.items():
            for binding in several:
                real.setdefault(binding.id or "", set()).add(SIGNS.get(key, key))
    named = [(name, keys) for rows in key_table().values() for keys, ids in rows for name in ids]
    assert len(named) > 50
    for name, keys in named:
        assert real[name] & set(keys), name
    (example,) = re.findall(r'^"([a-z.-]+)" = ', GUIDE, re.MULTILINE)
    assert example in real


@pytest.mark.parametrize("page", ["README.md", "docs/guide.md", "docs/architecture.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_no_machine_of_ours_is_named() -> None:
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / ".ci" / "run", ROOT / "pyproject.toml"]:
        assert not re.search(r"/work/|/root/|pypi-more|\.library", path.read_text("utf-8")), path
