"""Where the shared corpora lie, and how a test that needs one is skipped without it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

CORPORA = Path(os.environ.get("LAUNCHREADY_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))


def needs(name: str) -> pytest.MarkDecorator:
    """Skip a test, in one clear line, where a corpus is not there."""
    file = CORPORA / name
    return pytest.mark.skipif(not file.is_file(), reason=f"no corpus at {file} (set LAUNCHREADY_CORPORA)")


def read(name: str) -> Any:
    """The cases of a corpus."""
    return json.loads((CORPORA / name).read_text("utf-8"))
