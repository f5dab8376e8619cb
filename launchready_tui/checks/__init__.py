"""The checks: pure judgements over evidence. One module a family; `load` imports them all into one registry."""

from __future__ import annotations

from launchready_tui.checks.registry import REGISTRY, Check, check, load

__all__ = ["REGISTRY", "Check", "check", "load"]
