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


def keep_traceback(error: BaseException, folder: Path) -> Path:
    """Write a traceback without the values of variables (they may be secrets) to a file for its owner only."""
    import traceback

    path = folder / "trace.log"
    text = "".join(traceback.format_exception(error))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return Path("(it could not be written)")
    return path
