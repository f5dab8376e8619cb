"""Corrections of the access map by commands: taken back, emptied, not used, off the map."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

MAP = """area,name,custody,person,person_role,role,pays
dns,Cloudflare,shared vault,Margaux,founder,owner,yes
dns,Cloudflare,shared vault,Ines,consultant,admin,no
hosting,Fly,shared vault,Margaux,founder,owner,yes
hsoting,Fly,,,,,
,,,Ben,backup,,
"""


@pytest.fixture
def mapped(run: Run, engagement: Path, home: Path) -> Path:
    """An engagement with a map that has mistakes."""
    (home / "map.csv").write_text(MAP, "utf-8")
    done = run("own", engagement, "--access", "map.csv")
    assert done.returncode == 0, done.stderr
    return engagement


def shown(run: Run, file: Path) -> str:
    """The map."""
    return run("status", file, "--access").stdout


def test_an_access_is_taken_back(run: Run, mapped: Path) -> None:
    assert run("own", mapped, "--take-back", "dns:Ines").returncode == 0
    assert "Ines" not in shown(run, mapped)
    assert run("undo", mapped).returncode == 0
    assert "Ines admin" in shown(run, mapped)
    wrong = run("own", mapped, "--take-back", "dns:Inez")
    assert wrong.returncode == 2
    assert 'did you mean "dns:Ines"?' in wrong.stderr


def test_a_dash_empties_a_cell_and_an_empty_cell_says_nothing(run: Run, mapped: Path, home: Path) -> None:
    (home / "less.csv").write_text("area,person,name,custody,role\ndns,Ines,,-,-\n", "utf-8")
    done = run("own", mapped, "--access", "less.csv")
    assert "1 line read, 2 changes of the map recorded" in done.stdout
    assert "DNS (Cloudflare), login kept: not recorded where. Margaux owner" in shown(run, mapped)
    assert "Ines" not in shown(run, mapped)


def test_a_line_that_is_not_there_removes_nothing_and_is_told(run: Run, mapped: Path, home: Path) -> None:
    (home / "less.csv").write_text(MAP.replace("hosting,Fly,shared vault,Margaux,founder,owner,yes\n", ""), "utf-8")
    done = run("own", mapped, "--access", "less.csv")
    assert "0 changes of the map recorded" in done.stdout
    assert "1 access of the map is not in the table (hosting:Margaux); --take-back removes one" in done.stdout
    assert "Margaux owner, pays" in shown(run, mapped)
    assert "not in the table" not in run("own", mapped, "--access", "map.csv").stdout


def test_a_system_is_not_used_or_was_a_mistake(run: Run, mapped: Path) -> None:
    assert run("own", mapped, "--not-used", "app-stores").returncode == 0
    assert run("own", mapped, "--remove-system", "hsoting").returncode == 0
    after = shown(run, mapped)
    assert "not used" in next(line for line in after.splitlines() if "tores" in line)
    assert "soting" not in after


def test_a_person_leaves_the_map(run: Run, mapped: Path) -> None:
    assert run("own", mapped, "--remove-person", "Ben").returncode == 0
    assert ",Ben," not in run("status", mapped, "--access", "--format", "csv").stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--remove-person", "Margaux"), "still has 2 accesses: dns:Margaux, hosting:Margaux"),
        (("--remove-person", "Bem"), 'did you mean "Ben"?'),
        (("--remove-system", "dns"), "dns still has 2 accesses"),
        (("--remove-system", "hostig"), 'did you mean "hosting"?'),
        (("--not-used", "hosting"), "hosting still has 1 access: hosting:Margaux"),
        (("--not-used", "cdn", "--take-back", "dns:Ines"), "not clear what to record"),
    ],
)
def test_what_would_hide_an_access_is_refused(run: Run, mapped: Path, args: tuple[str, ...], words: str) -> None:
    before = shown(run, mapped)
    done = run("own", mapped, *args)
    assert done.returncode == 2
    assert words in done.stderr
    assert shown(run, mapped) == before
