"""The lint of a rollback note."""

from __future__ import annotations

import pytest

from launchready_tui.checks.operations.rollbacknote import NOTE, lint
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Product
from launchready_tui.model.questions import KeptNote, NoteText
from launchready_tui.model.verdicts import Verdict
from tests.kit import judge

GOOD = """# Rolling back

Trigger: 5xx above 2 % for five minutes. Ines decides; it takes 6 minutes.

```
fly releases rollback v41 -a acme
```

Database: no step, migrations are expand-only.
Verify: the smoke test is green and /version shows the old commit.
Call Ines, +49 30 1234567.
"""
PRODUCT = Product("Acme", "acme.test")


def parts(text: str) -> set[str]:
    return {gap.part for gap in lint(text)}


def test_a_whole_note_has_no_gap() -> None:
    assert lint(GOOD) == ()


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("Trigger: 5xx above 2 % for five minutes. ", "", "trigger"),
        ("fly releases rollback v41 -a acme", "", "commands"),
        ("Database: no step, migrations are expand-only.", "", "database"),
        ("Ines decides; ", "", "decision"),
        ("it takes 6 minutes", "it is quick", "time"),
        ("Verify: the smoke test is green and /version shows the old commit.", "", "verification"),
        ("Call Ines, +49 30 1234567.", "Call Ines on 2026-11-24.", "contact"),
        ("v41", "<release>", "placeholder"),
        ("Ines decides", "TODO decides", "placeholder"),
    ],
)
def test_each_gap_is_found(old: str, new: str, part: str) -> None:
    assert old in GOOD
    assert parts(GOOD.replace(old, new)) == {part}


def test_commands_outside_a_block_and_open_blocks() -> None:
    assert parts(GOOD + "\n$ fly deploy\n") == {"commands"}
    assert "commands" in parts(GOOD.replace("```\n\nDatabase", "\n\nDatabase"))


@pytest.mark.parametrize("text", ["", "\x00\x1b[2J\u202e", "```" * 1000, "<" * 5000, "a" * 50_000, "+1" * 20_000])
def test_any_text_is_read(text: str) -> None:
    assert lint(text)


def test_the_check() -> None:
    def verdict(answer: NoteText | Failure) -> tuple[Verdict, str]:
        found = judge(NOTE, "acme.test", {KeptNote(NOTE): answer}, PRODUCT)
        return found.verdict, found.reason

    assert verdict(NoteText(7, GOOD)) == (Verdict.PASS, "")
    assert verdict(NoteText(7, "later")) == (Verdict.FAIL, "gaps")
    assert verdict(NoteText(0)) == (Verdict.UNKNOWN, "no-note")
    assert verdict(Failure("cancelled", "stopped"))[0] is Verdict.UNKNOWN
