"""Launch Ready: a runbook that checks itself."""

__version__ = "0.1.0"
