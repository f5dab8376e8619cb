"""The checks: pure judgements over evidence. One folder a family; `load_checks` imports them all into one registry."""

from __future__ import annotations

from launchready_tui.checks.registry import REGISTRY, Check, check, load_checks

__all__ = ["REGISTRY", "Check", "check", "load_checks"]
