"""What a provider's read-only API says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from launchready_tui.model.questions.base import Facts, Question


@dataclass(frozen=True, slots=True)
class ProviderReply(Facts):
    """The result part of an answer as canonical JSON, personal fields left out.

    `configured` is False for a 404, which these APIs use for "nothing configured: the default". Lists are complete
    unless `capped`.
    """

    configured: bool
    document: str = "null"
    capped: bool = False

    @property
    def result(self) -> Any:
        """The document as dicts and lists; None for the default."""
        return json.loads(self.document)


@dataclass(frozen=True, slots=True)
class ProviderRead(Question[ProviderReply]):
    """One GET of a provider's API. `path` begins with a slash and carries no secret; the token is the probe's
    business.
    """

    kind: ClassVar[str] = "provider-read"
    answer: ClassVar[type[Facts]] = ProviderReply

    provider: str
    path: str

    @property
    def host(self) -> str:
        return self.provider
