"""The error of the practice target."""

from __future__ import annotations

from launchready_tui.errors import LaunchReadyError


class PracticeError(LaunchReadyError):
    """The practice target cannot do what was asked."""
