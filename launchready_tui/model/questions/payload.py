"""What is in the JSON that a page or an API sends: its fields, never their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.verdicts import Consent

Danger = Literal["secret", "personal", "location", "internal"]
"""What a field gives away: what opens something, what belongs to a person, where somebody lives, what is for staff."""


USUAL_WORDS = (
    "password", "hash", "salt", "token", "secret", "ssn", "iban", "stripe_customer", "stripe_account", "email", "phone",
    "address", "lat", "lng", "is_admin", "role", "deleted_at", "internal",
)  # fmt: skip
"""Names of fields that should not be public (CHECKS.md S4.PAY.04)."""


@dataclass(frozen=True, slots=True)
class KeyPath:
    """A field of the JSON, such as `listings[].seller.name`: how often it occurs, and its bytes in the text.

    `leaf`: it holds values, not only other fields.
    """

    path: str
    count: int
    bytes: int
    leaf: bool = True


@dataclass(frozen=True, slots=True)
class Exposure:
    """A field that should not be public. `what` says in words what it looks like, without the value; `certain` is False
    where the name alone speaks for it.
    """

    path: str
    danger: Danger
    what: str
    count: int = 1
    certain: bool = True


@dataclass(frozen=True, slots=True)
class LongList:
    """The longest list under a path."""

    path: str
    items: int


@dataclass(frozen=True, slots=True)
class Payload(Facts):
    """The JSON of one answer, or of all documents embedded in a page.

    `documents` is how many were read, `unreadable` what could not be (one line each). `bytes` are those of the largest
    document after decompression; `cut`: there was more than is read. `keys` are at most 2,000.
    """

    status: int
    media_type: str = ""
    documents: int = 0
    bytes: int = 0
    keys: tuple[KeyPath, ...] = ()
    lists: tuple[LongList, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    unreadable: tuple[str, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class PayloadReading(Question[Payload]):
    """Read the JSON of a URL: an API's answer, or what is embedded in a page.

    `own` are the domains whose role addresses (support@, help@) are no personal data. `words` are names of fields that
    should not be public, as whole words; `decimals` is how many a coordinate may have. `session` names the jar of an
    account that has logged in.
    """

    kind: ClassVar[str] = "payload-reading"
    answer: ClassVar[type[Facts]] = Payload

    url: str
    own: tuple[str, ...] = ()
    words: tuple[str, ...] = USUAL_WORDS
    decimals: int = 2
    session: str = ""

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE if self.session else Consent.PASSIVE
