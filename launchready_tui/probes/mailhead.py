"""Reads the head of a saved message (RFC 5322) into `MailFacts`; of addresses only the domains are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import Any

from launchready_tui.checks.mail.rules import authresults
from launchready_tui.checks.mail.rules.authresults import domain_of
from launchready_tui.checks.mail.rules.tags import tag_list, without_blanks
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.questions import MailFacts, MailSignature, MailVerdict
from launchready_tui.probes.localfile import contents
from launchready_tui.text import one_line

MOST_HEAD = 1024 * 1024
"""Bytes of a message that are searched for the end of its head: 1,000 Received lines have half of that."""

MOST_HEADERS = 200
"""Headers of one name that are read; a message may have 1,000 Received lines, of which the newest count."""

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_TLS = re.compile(r"\bwith\s+(?:utf8)?e?smtpsa?\b|\bTLS\s?v?[\d_.]+|cipher[= ]|using TLS", re.IGNORECASE)
_FROM_AFAR = re.compile(r"^\s*from\s", re.IGNORECASE)
_BY_HAND = re.compile(r"\bwith\s+(?:local|lmtp|lmtps)\b", re.IGNORECASE)


def read_message(path: Path, name: str) -> MailFacts | Failure:
    """The head of a saved message."""
    data = contents(path, name)
    return data if isinstance(data, Failure) else parse_message(data, name)


def parse_message(data: bytes, name: str) -> MailFacts | Failure:
    """The facts of a message's head; what cannot be read in it is left out."""
    end = _END_OF_HEAD.search(data, 0, MOST_HEAD)
    head = BytesHeaderParser(policy=compat32).parsebytes(data[: end.end() if end else MOST_HEAD])
    if not head.keys():
        return Failure("malformed", f"{one_line(name, 120)} is no saved message: it has no headers", Fault.USAGE)
    received = _all(head, "Received")
    return MailFacts(
        from_domains=tuple(dict.fromkeys(filter(None, _from_domains(head)))),
        return_path=domain_of(next(iter(_all(head, "Return-Path")), "")),
        signatures=tuple(_signatures(head)),
        verdicts=tuple(_verdicts(head)),
        received=len(head.get_all("Received", [])),
        tls=_tls(received),
        unsubscribe=_unsubscribe(head),
        one_click=any(
            without_blanks(value).lower() == "list-unsubscribe=one-click"
            for value in _all(head, "List-Unsubscribe-Post")
        ),
        sent_at=_date(head),
    )


def _all(head: Message, name: str) -> list[str]:
    """The headers of a name, unfolded; bytes that are no text become marks."""
    found: list[Any] = head.get_all(name, [])[:MOST_HEADERS]
    texts = (str(value) for value in found)
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]


def _from_domains(head: Message) -> Iterator[str]:
    for _, address in getaddresses([value[:10_000] for value in _all(head, "From")[:20]])[:50]:
        yield domain_of(address) if "@" in address else ""


def _signatures(head: Message) -> Iterator[MailSignature]:
    for value in _all(head, "DKIM-Signature")[:50]:
        tags = {name: without_blanks(item) for name, item in tag_list(value)}
        domain = domain_of(tags.get("d", ""))
        if domain:
            yield MailSignature(domain, tags.get("s", "").lower()[:253], tags.get("a", "").lower()[:40])


def _verdicts(head: Message) -> Iterator[MailVerdict]:
    for value in _all(head, "Authentication-Results")[:50]:
        verdict = authresults.parse(value)
        if verdict is not None:
            yield verdict


def _tls(received: list[str]) -> bool | None:
    """Whether the newest hop from another machine was encrypted; hops inside one house are passed over."""
    for value in received:
        if _FROM_AFAR.match(value) and not _BY_HAND.search(value):
            return _TLS.search(value[:10_000]) is not None
    return None


def _unsubscribe(head: Message) -> tuple[str, ...]:
    text = " ".join(_all(head, "List-Unsubscribe"))[:20_000]
    return tuple(sorted({scheme.lower() for scheme in re.findall(r"<\s*(https?|mailto):", text, re.IGNORECASE)}))


def _date(head: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(next(iter(_all(head, "Date")), "")[:200])
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
