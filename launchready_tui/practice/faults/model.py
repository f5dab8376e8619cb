"""What a planted fault is, and what it has to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from launchready_tui.model.verdicts import Verdict
from launchready_tui.practice.world import World

Edit = Callable[[World], World]
Need = Literal["addresses", "old-tls", "null-ciphers", "weak-keys", "secrets-engine", "postgres"]

HTTPS = "https://"


@dataclass(frozen=True, slots=True)
class Shown:
    """One result that a fault causes."""

    check: str
    subject: str
    reason: str
    verdict: Verdict = Verdict.FAIL


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake as founders make it.

    `plant` puts it into a world. `shows` are all results that it causes, the telling one first; `again` are those that
    take a second run of the same target to be seen, `under_load` those that take a load test (some faults show nothing
    else). `needs` says what the machine must be able to do for it.
    """

    id: str
    title: str
    story: str
    repair: str
    shows: tuple[Shown, ...]
    plant: Edit = field(repr=False)
    needs: Need | None = None
    again: tuple[Shown, ...] = ()
    under_load: tuple[Shown, ...] = ()

    @property
    def everything(self) -> tuple[Shown, ...]:
        """All that it ever shows."""
        return (*self.shows, *self.again, *self.under_load)

    @property
    def check(self) -> str:
        """The check that is there to find it."""
        return self.everything[0].check

    @property
    def subject(self) -> str:
        """The subject under which it is found."""
        return self.everything[0].subject

    @property
    def reason(self) -> str:
        """The reason that is given."""
        return self.everything[0].reason

    @property
    def verdict(self) -> Verdict:
        """Fail or warn."""
        return self.everything[0].verdict


def shows(check: str, subject: str, reason: str) -> Shown:
    """A fail."""
    return Shown(check, subject, reason)


def hints(check: str, subject: str, reason: str) -> Shown:
    """A warning."""
    return Shown(check, subject, reason, Verdict.WARN)
