"""How many users there are at which time: the plan's phases, as a shape of Locust."""

from __future__ import annotations

from collections.abc import Callable

from locust import LoadTestShape

from launchready_tui.load.generator.control import Control
from launchready_tui.load.phases import level
from launchready_tui.load.script import Script


def shape_class(script: Script, control: Callable[[], Control]) -> type[LoadTestShape]:
    """A shape that follows the script. The control ends the test: ticks come once a second only."""

    class Phases(LoadTestShape):
        _gathered = False
        _level: tuple[int, float] = (1, 1.0)

        def tick(self) -> tuple[int, float]:
            if not self._gathered:
                control().gather()
                self._gathered = True
            if (elapsed := control().elapsed) < script.duration_s:
                self._level = level(script, elapsed, control().pacers)
            return self._level

    return Phases
