"""The index of the checks says what the registry says, and imports none of them."""

from __future__ import annotations

import subprocess
import sys

from launchready_tui.checks.index import index
from launchready_tui.checks.registry import load_checks


def test_the_index_is_the_registry() -> None:
    assert {(item.id, item.over) for item in index().values()} == {
        (item.id, item.over) for item in load_checks().values()
    }
    assert len(index()) > 100


def test_opening_an_engagement_imports_no_check() -> None:
    code = """
import sys
from launchready_tui.engine.session import Session
session = Session.create(None, '[product]\\nname = "A"\\ndomain = "a.test"', ".", tokens=lambda name: None)
session.snapshot()
session.close()
families = [name.split(".")[2] for name in sys.modules if name.startswith("launchready_tui.checks.")]
print(*sorted(set(families)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"index", "reading", "registry", "subjects"}
