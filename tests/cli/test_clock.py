"""The sprint clock by commands: what it marks, what it refuses, and what it says of the remaining work."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from launchready_tui.engine.session import Session
from launchready_tui.model.records import ClockMark
from tests.cli.conftest import Run


def test_the_clock_is_started_paused_and_goes_on(run: Run, engagement: Path) -> None:
    assert "Sprint clock: not started" in run("clock", engagement).stdout
    assert "record 2: clock" in run("clock", engagement, "start").stdout
    shown = run("clock", engagement).stdout
    assert "Sprint clock: running" in shown
    assert re.search(r"^  S1 .*← now$", shown, re.MULTILINE)
    assert run("clock", engagement, "stage", "handover").returncode == 0
    assert re.search(r"^  S7 .*← now$", run("clock", engagement).stdout, re.MULTILINE)
    assert run("clock", engagement, "pause", "--why", "sleep").returncode == 0
    assert "Sprint clock: paused (sleep)" in run("clock", engagement).stdout
    assert run("clock", engagement, "start").returncode == 0
    again = run("clock", engagement).stdout
    assert re.search(r"^  S7 .*← now$", again, re.MULTILINE), "it goes on where it was"


@pytest.mark.parametrize(
    ("before", "args", "message"),
    [
        ((), ("pause", "--why", "sleep"), "does not run"),
        (("start",), ("start",), "runs already"),
        (("start",), ("pause",), "not said why"),
        (("start",), ("stage",), "stage is missing"),
        (("start",), ("stage", "S9"), 'no stage "S9"'),
        ((), ("stage", "S3"), "does not run"),
        ((), ("--drop",), "is a decision"),
    ],
)
def test_it_refuses_what_changes_nothing(
    run: Run, engagement: Path, before: tuple[str, ...], args: tuple[str, ...], message: str
) -> None:
    if before:
        run("clock", engagement, *before)
    done = run("clock", engagement, *args)
    assert done.returncode == 2
    assert message in done.stderr


def test_what_remains_and_what_may_be_dropped(run: Run, engagement: Path) -> None:
    shown = run("clock", engagement, "--all").stdout
    left = re.search(r"^(\d+) checks left, .* of work", shown, re.MULTILINE)
    assert left is not None
    assert len(re.findall(r"^ +\d+ min  (?:blocker|high|medium) ", shown.split("too much")[0], re.MULTILINE)) >= int(
        left[1]
    )
    assert "too much" not in shown, "all of it fits into 48 hours"
    done = run("clock", engagement, "--drop", "--who", "Ana", "--why", "After the launch.")
    assert "Nothing was put off" in done.stdout


def test_what_does_not_fit_is_put_off_and_blockers_never(run: Run, engagement: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=47)
    session = Session.open(engagement, clock=lambda: long_ago)
    session.record(ClockMark("start", stage="S1"))
    session.close()
    shown = run("clock", engagement).stdout
    assert "too much. What would be missed least:" in shown
    told = shown.split("missed least:")[1]
    assert "blocker" not in told
    dropped = run("clock", engagement, "--drop", "--who", "Ana", "--why", "After the launch.")
    assert re.search(r"[1-9]\d* decisions recorded: put off", dropped.stdout)
