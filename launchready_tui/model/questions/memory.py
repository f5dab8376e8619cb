"""What earlier runs saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from launchready_tui.model.questions.base import Facts, Question


@dataclass(frozen=True, slots=True)
class SeenCertificate(Facts):
    """The certificate of a host in an earlier run, when it was seen; `found` is False where no earlier run saw one."""

    found: bool
    serial: str = ""
    not_after: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EarlierCertificate(Question[SeenCertificate]):
    """Which certificate the engagement's newest earlier run saw on a host.

    Answered from the records, not from the network.
    """

    kind: ClassVar[str] = "earlier-certificate"
    answer: ClassVar[type[Facts]] = SeenCertificate

    name: str

    @property
    def host(self) -> str:
        return self.name
