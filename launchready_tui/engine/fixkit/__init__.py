"""Ready-to-copy text for a problem: zone-file lines, redirect rules, header and cookie settings. Pure."""

from __future__ import annotations

from launchready_tui.engine.fixkit.kit import detected_frameworks, kit
from launchready_tui.engine.fixkit.snippet import Snippet

__all__ = ["Snippet", "detected_frameworks", "kit"]
