"""How many users a script wants at which time. Pure."""

from __future__ import annotations

from launchready_tui.load.script import Script


def level(script: Script, elapsed: float, pacers: int) -> tuple[int, float]:
    """Users at a time, and how many may come or go a second."""
    if script.mode == "arrival":
        return pacers, 100.0
    before = 0
    for phase in script.phases:
        if elapsed < phase.until:
            if phase.name == "ramp":
                return phase.users, max(0.01, abs(phase.users - before) / (phase.until - phase.at))
            return phase.users, float(max(1, abs(phase.users - before)))
        before = phase.users
    return before, float(max(1, before))
