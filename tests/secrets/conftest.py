"""One engine for all tests of this folder: loading its rules takes a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchready_tui.secrets.scanner import SecretScanner
from tests.secrets.material import Repo


@pytest.fixture(scope="session")
def scanner() -> SecretScanner:
    pytest.importorskip("kingfisher_sdk", reason="the extra launchready[secrets] is not installed")
    from launchready_tui.secrets.engine import Engine

    return SecretScanner(Engine(), lambda: b"k" * 32)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")
