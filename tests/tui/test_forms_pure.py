"""Dates, drafts, names, paths, the stopwatch: everything of the forms that knows no screen."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from launchready_tui.engine.access import REQUIRED
from launchready_tui.model.records import Person
from launchready_tui.tui.forms import areas, dates, paths
from launchready_tui.tui.forms.decide import options_in
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.editor import EditorError, editor_command
from launchready_tui.tui.forms.people import known_name, listed, new_name_note, newcomers
from launchready_tui.tui.forms.stopwatch import Stopwatch
from launchready_tui.tui.forms.system import looks_like_a_secret

BERLIN = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # already the 25th in Berlin


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-12-01", datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC)),
        (" 2026-12-1 ", datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC)),
        ("2026-12-01 18:00", datetime(2026, 12, 1, 17, 0, tzinfo=UTC)),
        ("+14d", datetime(2026, 12, 9, 22, 59, 59, tzinfo=UTC)),
        ("+14 days", datetime(2026, 12, 9, 22, 59, 59, tzinfo=UTC)),
        ("+2w", datetime(2026, 12, 9, 22, 59, 59, tzinfo=UTC)),
        ("+6h", datetime(2026, 11, 25, 5, 30, tzinfo=UTC)),
        ("today", datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC)),
        ("Tomorrow", datetime(2026, 11, 26, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_dates_that_people_type(typed: str, expected: datetime) -> None:
    assert dates.parse_until(typed, NOW, BERLIN) == expected


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-02-31", "2026-13-01", "+999999w", "14d", "01.12.2026", "2026-12-01 25:00", "\x1b[2J"]
)
def test_what_is_no_date_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match=r"no date: write|The calendar has no") as error:
        dates.parse_until(typed, NOW, BERLIN)
    assert "\x1b" not in str(error.value)


def test_a_day_counts_to_its_end_without_a_zone_too() -> None:
    until = dates.parse_until("2026-12-01", NOW).astimezone()
    assert (until.year, until.month, until.day, until.hour, until.minute) == (2026, 12, 1, 23, 59)


def test_dates_are_spoken_and_tidied() -> None:
    until = dates.parse_until("+14d", NOW, BERLIN)
    assert dates.spoken(until, NOW, BERLIN) == "Wed 9 Dec 2026, in 14 days"
    assert dates.spoken(dates.parse_until("tomorrow", NOW, BERLIN), NOW, BERLIN) == "Thu 26 Nov 2026, tomorrow"
    assert dates.spoken(NOW + timedelta(hours=1), NOW, BERLIN) == "Wed 25 Nov 2026 01:30, today"
    assert dates.spoken(NOW - timedelta(days=3), NOW, BERLIN).endswith("3 days ago")
    assert dates.days_until(until, NOW, BERLIN) == 14
    assert dates.tidy("+14d", NOW, BERLIN) == "2026-12-09"
    assert dates.tidy("2026-12-01 18:00", NOW, BERLIN) == "2026-12-01 18:00"
    assert dates.tidy(" before the demo ", NOW, BERLIN) == "before the demo"


def test_a_draft_is_kept_until_it_is_saved_and_comes_back_when_that_failed() -> None:
    drafts = Drafts()
    drafts.keep(("waive", "x"), {"why": "because"})
    assert drafts.get(("waive", "x")) == {"why": "because"}
    assert drafts.get(("waive", "y")) is None
    assert drafts.names == (("waive", "x"),)
    drafts.saved(("waive", "x"), {"why": "because of it"})
    assert len(drafts) == 0
    drafts.not_recorded()
    assert drafts.get(("waive", "x")) == {"why": "because of it"}
    drafts.forget(("waive", "x"))
    drafts.not_recorded()
    assert len(drafts) == 0


def test_names_are_known_whatever_their_capitals() -> None:
    people = (Person("Anna Berg", "consultant"), Person("Ben Roth", "founder"))
    assert known_name(" anna  berg", people) == "Anna Berg"
    assert known_name("Dora  Lind ", people) == "Dora Lind"
    assert newcomers(("anna berg", "Dora Lind", "dora lind", ""), people) == (Person("Dora Lind"),)
    assert listed(people) == "Anna Berg (consultant), Ben Roth (founder)"
    assert listed([Person(f"P{n}") for n in range(6)]) == "P0, P1, P2, P3 and 2 more"
    assert listed(()) == ""
    assert new_name_note("anna berg", people) == ""
    assert new_name_note("Ben", people) == "Right arrow takes Ben Roth; as it stands, somebody new is added."
    assert new_name_note("Dora", people) == "A new name: it is added to the people."


def test_paths_are_completed_and_judged(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shot.png").write_bytes(b"proof")
    (tmp_path / ".hidden").touch()
    base = f"{tmp_path}/"
    assert paths.complete(base + "sho") == base + "shop/"
    assert paths.complete(base + "shot") == base + "shot.png"
    assert paths.complete(base + "shot", folders=True) is None
    assert paths.complete(base) == base + "shop/"
    assert paths.complete(base + ".h") == base + ".hidden"
    assert paths.complete(base + "nothing") is None
    assert paths.complete("") is None
    assert paths.complete("a\0b") is None
    assert paths.sha256_of(tmp_path / "shot.png") == hashlib.sha256(b"proof").hexdigest()
    assert paths.sha256_of(tmp_path / "shot.png", lambda: True) == ""
    assert paths.file_problem(base + "shot.png") == ""
    assert paths.file_problem(base + "nothing") == "There is no such file."
    assert paths.file_problem(base + "shop") == "That is not a file."
    assert paths.file_problem("a\0b")
    assert paths.folder_problem(base + "shop") == ""
    assert paths.folder_problem(base + "nothing") == "There is no such folder."
    assert paths.folder_problem(base + "shot.png") == "That is not a folder."
    assert paths.new_file_problem(base + "new.launchready") == ""
    assert paths.new_file_problem(base + "shot.png").startswith("That exists already")
    assert paths.new_file_problem(base + "no/new") == "There is no such folder to put it in."


def test_a_stopwatch_marks_steps_takes_back_a_slip_and_stops_with_the_last() -> None:
    now = [100.0]
    watch = Stopwatch(("one", "two"), lambda: now[0])
    watch.mark()
    assert not watch.marks
    watch.start()
    now[0] += 10
    watch.start()
    watch.mark()
    now[0] += 5
    watch.mark()
    assert (watch.is_completed, watch.seconds, [s.seconds for s in watch.done]) == (True, 15.0, [10.0, 15.0])
    now[0] += 5
    assert watch.unmark()
    assert (watch.is_running, watch.seconds) == (True, 20.0)
    watch.give_up()
    now[0] += 5
    assert (watch.is_over, watch.is_completed, watch.seconds, watch.unmark()) == (True, False, 20.0, False)


def test_options_areas_and_secrets() -> None:
    assert options_in("- Postmark\n* SES\n\nPostmark\n  own  server ") == ("Postmark", "SES", "own server")
    assert areas.area_of("mail sending") == "email-sending"
    assert areas.area_of("Status-Page") == "status-page"
    assert areas.area_of("Fax machine") == "fax-machine"
    assert areas.title_of("fax-machine") == "fax-machine"
    assert "registrar" not in areas.missing(["registrar"])
    assert tuple(areas.AREAS) == REQUIRED
    for secret in ("password: hunter2", "sk_live_abcdefgh1234", "AKIAABCDEFGHIJKL", "aB3" * 9, "ghp_" + "x" * 24):
        assert looks_like_a_secret(secret), secret
    for place in (
        "1Password/Acme",
        "the founder's 1Password",
        "Bitwarden, vault Launch 2026",
        "their own head",
        "monthly",
    ):
        assert not looks_like_a_secret(place), place


def test_the_editor_is_the_persons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "code --wait")
    assert editor_command() == ["code", "--wait"]
    monkeypatch.setenv("VISUAL", "'")
    with pytest.raises(EditorError):
        editor_command()
    monkeypatch.delenv("VISUAL")
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EditorError, match=r"set \$EDITOR"):
        editor_command()
