"""Reads a runbook folder into plain values and names every mistake with its file and line."""

from __future__ import annotations

from launchready_tui.runbook.loader import load_runbook

__all__ = ["load_runbook"]
