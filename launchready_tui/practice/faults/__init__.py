"""The truth about the practice target: every planted fault with the results that it causes. Nothing else is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from launchready_tui.practice.faults.dns import DNS_FAULTS
from launchready_tui.practice.faults.edge import EDGE_FAULTS
from launchready_tui.practice.faults.mail import MAIL_FAULTS
from launchready_tui.practice.faults.model import Edit, Fault, Need, Shown
from launchready_tui.practice.faults.performance import PERFORMANCE_FAULTS
from launchready_tui.practice.faults.secrets import SECRET_FAULTS
from launchready_tui.practice.faults.tls import TLS_FAULTS
from launchready_tui.practice.faults.web import WEB_FAULTS
from launchready_tui.practice.world import World

FAULTS: tuple[Fault, ...] = (
    *DNS_FAULTS,
    *WEB_FAULTS,
    *TLS_FAULTS,
    *MAIL_FAULTS,
    *SECRET_FAULTS,
    *EDGE_FAULTS,
    *PERFORMANCE_FAULTS,
)
"""All faults, in the order in which they are planted."""


def planted(world: World, faults: Iterable[Fault]) -> World:
    """The world with these faults in it."""
    return reduce(lambda changed, fault: fault.plant(changed), faults, world)


__all__ = ["FAULTS", "Edit", "Fault", "Need", "Shown", "planted"]
