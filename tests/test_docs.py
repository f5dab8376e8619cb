"""The documentation names every verb, every state and every file that it points to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from launchready_tui.cli.main import VERBS
from launchready_tui.model.verdicts import Verdict

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "guide.md").read_text("utf-8")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_guide(verb: str) -> None:
    assert re.search(rf"`(?:[\w, ]*, )?{verb}\b|`launchready {verb}\b", GUIDE), verb


def test_every_state_is_in_the_guide() -> None:
    words = {Verdict.NOT_APPLICABLE: "n/a", Verdict.NOT_RUN: "not run"}
    for verdict in Verdict:
        assert f"| {words.get(verdict, verdict.value)} |" in GUIDE


@pytest.mark.parametrize("page", ["README.md", "docs/guide.md", "docs/architecture.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_no_machine_of_ours_is_named() -> None:
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / ".ci" / "run", ROOT / "pyproject.toml"]:
        assert not re.search(r"/work/|/root/|pypi-more|\.library", path.read_text("utf-8")), path
