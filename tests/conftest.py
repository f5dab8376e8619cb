"""Every test has folders of its own: nothing is read from or written to the user's."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the data and settings folders at a temporary place, and keep terminal switches of the caller out."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LAUNCHREADY_DATA_DIR", str(home / "data"))
    monkeypatch.setenv("LAUNCHREADY_CONFIG_DIR", str(home / "config"))
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS"):
        monkeypatch.delenv(name, raising=False)
    return home
