"""A runbook's mistakes are named with file and line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from launchready_tui.errors import InputError, ProfileError
from launchready_tui.runbook.loader import load_runbook

STAGE = """[stage]
id = "S1"
slug = "one"
title = "One"
goal = "Look."
minutes = 60

[[check]]
id = "a.thing"
kind = "attest"
catalogue = ["R.1"]
claim = "It holds"
why = "Because."
by_hand = "Look."
fix = "Mend."
severity = "high"
impact = "orders"
minutes = 5
statement = "It holds."
methods = ["phone"]

[[signal]]
id = "s"
title = "S"
text = "T"
controls = ["R.1"]

[[deliverable]]
id = "d"
title = "D"
text = "T"
document = "risk-list"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "runbook.toml").write_text('[runbook]\nname = "t"\nversion = "1"\ntitle = "T"\nstages = ["one.toml"]\n')
    (tmp_path / "one.toml").write_text(STAGE)
    (tmp_path / "gate.toml").write_text('[[bar]]\nid = "MB1"\ntitle = "B"\ntext = "T"\ncontrols = ["R.*"]\n')
    (tmp_path / "plan.toml").write_text('[[step]]\nid = "H1"\ntitle = "P"\ntext = "T"\n')
    return tmp_path


def test_a_small_runbook_is_enough(folder: Path) -> None:
    runbook = load_runbook(folder)
    assert [entry.id for entry in runbook.entries] == ["a.thing"]
    assert runbook.entries[0].stage == "S1"


def swap(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "one.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (swap('severity = "high"', 'severity = "hihg"'), "one.toml:16: check: severity: invalid enum value"),
        (
            swap('claim = "It holds"', 'claims = "It holds"'),
            'one.toml:12: unknown key "claims" in check; did you mean "claim"?',
        ),
        (
            swap('kind = "attest"', 'kind = "live"'),
            'one.toml:9: check a.thing: no code of that name; did you mean "a.thin"?',
        ),
        (swap('impact = "orders"', 'impact = "oders"'), 'one.toml:17: impact: "oders" is none of'),
        (swap('id = "a.thing"', 'id = "A thing"'), "one.toml:9: check: id:"),
        (
            swap('controls = ["R.1"]', 'controls = ["R.2"]'),
            'one.toml:26: signal: no check covers "R.2"; did you mean "R.1"?',
        ),
        (
            swap('document = "risk-list"', 'document = "risklist"'),
            'deliverable: no document "risklist"; did you mean "risk-list"?',
        ),
        (swap('statement = "It holds."\n', ""), "one.toml:8: check a.thing: a check of kind attest needs statement"),
        (swap('methods = ["phone"]', 'methods = ["fax"]'), 'methods: "fax" is none of'),
        (
            swap("minutes = 5\n", 'minutes = 5\nslow = "a minute"\n'),
            "one.toml:19: check a.thing: only a live check is slow",
        ),
        (swap("minutes = 5", 'minutes = "five"'), "one.toml:18: check: minutes: expected int, got str"),
        (swap('why = "Because."', 'why = " "'), "one.toml:13: check a.thing: why is empty"),
        (swap("[[signal]]", "[[signals]]"), 'unknown key "signals" in a stage file; did you mean "signal"?'),
        (swap('claim = "It holds"', f'claim = "{"x" * 61}"'), "one.toml:12: check a.thing: claim has 61 characters"),
        (swap('id = "S1"', "id = S1"), "one.toml:2: not TOML"),
    ],
)
def test_mistakes_are_named(folder: Path, change: Callable[[Path], None], problem: str) -> None:
    change(folder)
    with pytest.raises(ProfileError) as caught:
        load_runbook(folder, frozenset({"a.thin"}))
    assert any(problem in line for line in caught.value.problems), caught.value.problems


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "gate.toml").unlink()
    with pytest.raises(InputError, match=r"gate\.toml does not exist"):
        load_runbook(folder)


def test_an_id_used_twice_is_named_with_both_places(folder: Path) -> None:
    shutil.copy(folder / "one.toml", folder / "two.toml")
    (folder / "runbook.toml").write_text(
        '[runbook]\nname="t"\nversion="1"\ntitle="T"\nstages=["one.toml", "two.toml"]\n'
    )
    with pytest.raises(ProfileError) as caught:
        load_runbook(folder)
    assert any("two.toml:9: check: the id" in line and "one.toml:9" in line for line in caught.value.problems)


def test_a_stage_file_stays_in_its_folder(folder: Path) -> None:
    (folder / "runbook.toml").write_text('[runbook]\nname="t"\nversion="1"\ntitle="T"\nstages=["../one.toml"]\n')
    with pytest.raises(ProfileError, match="same folder"):
        load_runbook(folder)
