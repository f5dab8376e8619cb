"""`status` beside the gate: what changed, the runs, several files."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from launchready_tui.cli.formats.changes import change_lines, run_lines
from launchready_tui.engine.comparing import before_last_run
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.store.file import EngagementFile
from tests.cli.conftest import Run
from tests.engine.test_comparing import went_down

CHECK, HOST = "dns.hosts-resolve", "acme.test"


def add_run(path: Path, verdict: Verdict, at: datetime) -> None:
    """A run of one check."""
    file = EngagementFile(path)
    begun = file.start_run(at, "one check", "test")
    reason = "" if verdict is Verdict.PASS else "timeout"
    result = Result(CHECK, HOST, verdict, Severity.BLOCKER, reason, "Words.", Source.LIVE, at, run=begun.id)
    file.append_results(begun.id, (), (result,))
    file.finish_run(begun, at + timedelta(seconds=3), "finished")
    file.close()


@pytest.fixture
def twice(engagement: Path) -> Path:
    """An engagement whose second run could not see what the first one saw."""
    now = datetime.now(UTC)
    add_run(engagement, Verdict.PASS, now + timedelta(seconds=10))
    add_run(engagement, Verdict.UNKNOWN, now + timedelta(seconds=20))
    return engagement


@pytest.mark.parametrize("args", [("--changes",), ("--since", "run"), ("--changes", "--since", "1")])
def test_what_cannot_be_seen_any_more_is_told_first(run: Run, twice: Path, args: tuple[str, ...]) -> None:
    done = run("status", twice, *args)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line]
    assert lines[0].startswith("Everything since 20")
    assert lines[1] == "Cannot be seen any more: 1 (1 unknown)"
    assert f"{HOST}  {CHECK}: Words." in lines[2]
    assert lines[2].endswith("(was pass)")


def test_the_same_as_data(run: Run, twice: Path) -> None:
    data = json.loads(run("status", twice, "--since", "run", "--format", "json").stdout)
    assert data["schema"] == "launchready/changes/1"
    (lost,) = data["lost"]
    assert (lost["check"], lost["subject"], lost["was"], lost["verdict"]) == (CHECK, HOST, "pass", "unknown")
    assert data["gate"] is None


def test_what_was_recorded_since_the_last_run_is_told_in_words(run: Run, engagement: Path) -> None:
    for _ in range(2):
        add_run(engagement, Verdict.PASS, datetime.now(UTC) - timedelta(minutes=5))
    assert run("own", engagement, CHECK, "Ben").returncode == 0
    shown = run("status", engagement, "--since", "2").stdout
    assert "Recorded: 2" in shown
    assert "Ben owns “" in shown


def test_every_run_says_what_it_lost(run: Run, twice: Path) -> None:
    lines = run("status", twice, "--runs").stdout.splitlines()
    assert lines[0] == "2 runs, the newest first:"
    assert lines[1].split()[0] == "2"
    assert lines[2].strip() == "cannot be seen any more: 1 (1 unknown)"
    data = json.loads(run("status", twice, "--runs", "--format", "json").stdout)
    assert [len(item["lost"]) for item in data["runs"]] == [0, 1]


def test_a_gate_that_says_something_else_stands_before_everything() -> None:
    made, _ = went_down()
    snapshot = made.snapshot()
    said = "The gate says NO-GO; it said GO WITH ACCEPTED RISKS"
    lines = [line for line in change_lines(snapshot, made.changes(before_last_run(snapshot.runs))) if line]
    assert lines[1] == said
    assert lines[2] == "Cannot be seen any more: 2 (1 unknown, 1 error)"
    assert run_lines(snapshot, made.run_moves())[2].strip() == said
    made.close()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--since", "7"), "The runs are 1 to 2"),
        (("--since", "yesterday"), "is neither visit nor run"),
        (("--changes", "--radar"), "are two answers"),
        (("--changes", "--at", "2030-01-01"), "is about now"),
        (("--changes", "--format", "csv"), "Only the access map"),
    ],
)
def test_what_does_not_go_together_is_refused(run: Run, twice: Path, args: tuple[str, ...], words: str) -> None:
    done = run("status", twice, *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_file_without_two_runs(run: Run, engagement: Path) -> None:
    assert "There is no run yet" in run("status", engagement, "--since", "1").stderr
    assert "no two runs" in run("status", engagement, "--since", "run").stderr
    assert "No run yet" in run("status", engagement, "--runs").stdout


def test_several_files_have_a_line_each(run: Run, engagement: Path, home: Path) -> None:
    assert run("copy", engagement, "other.launchready").returncode == 0
    assert run("product", "edit", "other.launchready", env=_renaming(home)).returncode == 0
    done = run("status", engagement, "other.launchready", "acme.launchready")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("Acme Bazaar (other.launchready)  NO-GO ")
    assert lines[1].startswith("Acme Market (acme.launchready)   NO-GO ")
    assert all(" not seen" in line and "nothing runs out" in line for line in lines)


def test_a_file_that_cannot_be_read_is_a_line_and_spoils_no_other(run: Run, engagement: Path, home: Path) -> None:
    (home / "junk.launchready").write_text("no database")
    done = run("status", "junk.launchready", engagement, "gone.launchready")
    assert done.returncode == 3
    assert done.stdout.splitlines()[0].startswith("Acme Market")
    assert done.stdout.count("cannot be read: ") == 2
    data = json.loads(run("status", "junk.launchready", engagement, "--format", "json").stdout)
    assert [bool(item["problem"]) for item in data["engagements"]] == [False, True]
    assert run("status", engagement, "gone.launchready", "--radar").returncode == 2


def _renaming(home: Path) -> dict[str, str]:
    editor = home / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/Acme Market/Acme Bazaar/' \"$1\"\n")
    editor.chmod(0o755)
    return {"EDITOR": str(editor), "VISUAL": str(editor)}
