"""Where the program keeps what belongs to the user rather than to an engagement."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """Practice sprints, the list of recent engagements, the user's key. `LAUNCHREADY_DATA_DIR` overrides it."""
    override = os.environ.get("LAUNCHREADY_DATA_DIR")
    if override:
        return Path(override)
    from platformdirs import user_data_path

    return user_data_path("launchready", appauthor=False)


def config_folder() -> Path:
    """Settings, keymap, own runbooks. `LAUNCHREADY_CONFIG_DIR` overrides it."""
    override = os.environ.get("LAUNCHREADY_CONFIG_DIR")
    if override:
        return Path(override)
    from platformdirs import user_config_path

    return user_config_path("launchready", appauthor=False)
