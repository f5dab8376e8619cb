"""What files say about the product's mail: saved messages, and the aggregate reports of receivers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from launchready_tui.model.questions.base import Facts, Question


@dataclass(frozen=True, slots=True)
class MailMethod:
    """One verdict of a receiver (RFC 8601): `method` is spf, dkim, dmarc, …; `domain` is whom it is about ('' unsaid).

    For spf that is the envelope sender's domain (`helo` says that it was the HELO name instead), for dkim the signer's,
    for dmarc the From domain.
    """

    method: str
    result: str
    domain: str = ""
    helo: bool = False


@dataclass(frozen=True, slots=True)
class MailVerdict:
    """One Authentication-Results header: who wrote it, and the verdicts in it."""

    authserv_id: str
    methods: tuple[MailMethod, ...] = ()


@dataclass(frozen=True, slots=True)
class MailSignature:
    """One DKIM-Signature header: the signer's domain (`d=`), the selector (`s=`), the algorithm (`a=`)."""

    domain: str
    selector: str
    algorithm: str = ""


@dataclass(frozen=True, slots=True)
class MailFacts(Facts):
    """The head of a message: no body, no subject, no address, of addresses their domains only.

    `from_domains` has more than one entry where the message has several From headers or addresses. `return_path` is the
    envelope sender's domain ('' unsaid). `verdicts` are in the order of the headers, the newest first. `received` is
    the number of Received headers; `tls` says whether the newest one that came from another machine names TLS (None:
    there is none). `unsubscribe` holds the schemes of List-Unsubscribe; `one_click` is RFC 8058's second header.
    """

    from_domains: tuple[str, ...] = ()
    return_path: str = ""
    signatures: tuple[MailSignature, ...] = ()
    verdicts: tuple[MailVerdict, ...] = ()
    received: int = 0
    tls: bool | None = None
    unsubscribe: tuple[str, ...] = ()
    one_click: bool = False
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailMessage(Question[MailFacts]):
    """The head of a message that was saved as a file; `path` is relative to the profile."""

    kind: ClassVar[str] = "mail-message"
    answer: ClassVar[type[Facts]] = MailFacts

    path: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What receivers saw of one source (RFC 9990 section 3): how many messages, and what passed with alignment.

    `dkim` and `spf` are the aligned verdicts. `dkim_domains` and `spf_domains` are the names that passed by
    themselves, aligned or not: they name the provider.
    """

    source: str
    count: int
    from_domain: str
    dkim: bool
    spf: bool
    dkim_domains: tuple[str, ...] = ()
    spf_domains: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether DMARC passes: one of the two is enough."""
        return self.dkim or self.spf


@dataclass(frozen=True, slots=True)
class ReportFacts(Facts):
    """All reports of a file or folder together: equal rows are added up.

    `reports` is how many were read, `receivers` who sent them. `unread` names the files that could not be read, each
    with the reason; `cut` says that there was more than is read.
    """

    reports: int = 0
    receivers: tuple[str, ...] = ()
    begin: datetime | None = None
    end: datetime | None = None
    rows: tuple[ReportRow, ...] = ()
    unread: tuple[str, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class MailReports(Question[ReportFacts]):
    """DMARC aggregate reports: an XML, gzip or zip file, or a folder of them; `path` is relative to the profile."""

    kind: ClassVar[str] = "mail-reports"
    answer: ClassVar[type[Facts]] = ReportFacts

    path: str
