"""Which certificate authorities the CAA records allow (RFC 8659), compared with the one in use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from launchready_tui.checks.limits import texts
from launchready_tui.checks.reading.names import listed, registered_domain, shown, tidy_name
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Host
from launchready_tui.model.questions import Certificate, DnsLookup, TlsHandshake
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, passed, unknown, warned
from launchready_tui.text import one_line

_AMAZON = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com")
_DIGICERT = ("digicert.com", "www.digicert.com", "symantec.com", "geotrust.com", "rapidssl.com", "thawte.com",
             "digicert.ne.jp", "cybertrust.ne.jp")  # fmt: skip
_SECTIGO = ("sectigo.com", "comodo.com", "comodoca.com", "usertrust.com", "trust-provider.com", "entrust.net")
_GODADDY = ("godaddy.com", "starfieldtech.com")

ISSUERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("let's encrypt", ("letsencrypt.org",)),
    ("google trust services", ("pki.goog", "google.com")),
    ("cloudflare tls", ("ssl.com",)),
    ("cloudflare", ("digicert.com", "ssl.com")),
    ("amazon", _AMAZON),
    ("microsoft", ("microsoft.com", "digicert.com")),
    ("digicert", _DIGICERT),
    ("geotrust", _DIGICERT),
    ("rapidssl", _DIGICERT),
    ("thawte", _DIGICERT),
    ("encryption everywhere", _DIGICERT),
    ("zerossl", _SECTIGO),
    ("sectigo", _SECTIGO),
    ("comodo", _SECTIGO),
    ("usertrust", _SECTIGO),
    ("gandi", _SECTIGO),
    ("globalsign", ("globalsign.com",)),
    ("alphassl", ("globalsign.com",)),
    ("buypass", ("buypass.com", "buypass.no")),
    ("ssl corp", ("ssl.com",)),
    ("ssl.com", ("ssl.com",)),
    ("godaddy", _GODADDY),
    ("starfield", _GODADDY),
    ("entrust", ("entrust.net", "affirmtrust.com", "sectigo.com")),
    ("actalis", ("actalis.it",)),
    ("certum", ("certum.pl", "certum.eu")),
    ("asseco", ("certum.pl", "certum.eu")),
    ("harica", ("harica.gr",)),
    ("hellenic academic", ("harica.gr",)),
    ("identrust", ("identrust.com",)),
    ("swisssign", ("swisssign.com",)),
    ("quovadis", ("quovadisglobal.com", "digicert.com")),
    ("d-trust", ("d-trust.net", "d-trust.de", "dtrust.de")),
    ("telia", ("telia.com", "telia.fi", "telia.se")),
    ("trustasia", ("trustasia.com",)),
)
"""A part of an issuer's name, in lower case, and the CAA identifiers of its authority. The first match counts.

Source: the authorities' practice statements, as collected in the CCADB's list of CAA identifiers."""

KNOWN_TAGS = frozenset({"issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"})
"""Property tags that authorities understand; an unknown critical one forbids all issuance (section 4.5)."""

CRITICAL = 128
"""The flag of a property that must be understood (section 4.1)."""

REFUSALS = ("dns-refused", "split-dns")
"""Failures by which a name server says that it is not the one to ask."""

_RECORD = re.compile(r'^(\d{1,3})\s+([0-9A-Za-z]+)\s+(?:"(.*)"|(\S*))$', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Policy:
    """The relevant record set of a name. `issue` and `issuewild` are None where no such property is present.

    `critical` is a property that authorities do not understand but must; `unreadable` counts records that are no CAA.
    """

    owner: str = ""
    issue: tuple[str, ...] | None = None
    issuewild: tuple[str, ...] | None = None
    critical: str = ""
    unreadable: int = 0

    def allowed(self, *, wildcard: bool = False) -> tuple[str, ...] | None:
        """The identifiers of those who may issue, '' for nobody; None: everybody may (sections 4.2 and 4.3)."""
        return self.issuewild if wildcard and self.issuewild is not None else self.issue

    def allows(self, identifiers: tuple[str, ...], *, wildcard: bool = False) -> bool:
        """Whether an authority that answers to one of the identifiers may issue."""
        allowed = self.allowed(wildcard=wildcard)
        return not self.critical and (allowed is None or any(identifier in allowed for identifier in identifiers))

    def closed(self, *, wildcard: bool = False) -> bool:
        """Whether no authority at all may issue."""
        allowed = self.allowed(wildcard=wildcard)
        return bool(self.critical) or (allowed is not None and not any(allowed))

    @property
    def lines(self) -> tuple[str, ...]:
        """The policy for the details of a result."""
        lines = [
            f"{self.owner}: {tag} {listed(allowed) if any(allowed) else 'nobody'}"
            for tag, allowed in (("issue", self.issue), ("issuewild", self.issuewild))
            if allowed is not None
        ]
        if self.critical:
            lines.append(f"{self.owner}: {shown(self.critical)}, critical and unknown (section 4.5)")
        return tuple(lines)


@check("dns.caa", over="named-hosts")
async def caa(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.13: the authority of the current certificate may issue the next one.

    Limit `issuers`: further `NAME=IDENTIFIER` pairs, a part of an issuer's name and its authority's CAA identifier.
    """
    host = subject.item
    if not host.is_web:
        return not_applicable(f"{host.name} is a mail host; its certificate is not judged here")
    own = await policy_of(ask, host.name)
    if not own.owner:
        return passed(f"no CAA record at {host.name} or above: every authority may issue", note="caa-absent")
    session = await ask(TlsHandshake(host.name))
    if session.failure is not None and own.closed() and own.closed(wildcard=True):
        summary = f"CAA at {own.owner} allows no authority: no certificate for {host.name} can be issued"
        return failed("forbids-current-issuer", summary, details=own.lines, facts={"owner": own.owner})
    leaf = session.facts.leaf
    return await _compare(ask, host.name, own, leaf, identifiers_of(leaf.issuer, texts(limits, "issuers")))


async def _compare(ask: Ask, name: str, own: Policy, leaf: Certificate, identifiers: tuple[str, ...]) -> Judgement:
    """Judge the names of the certificate that cover the host: the host's own, and the wildcard above it."""
    issuer = one_line(leaf.issuer, 100) or "an unnamed issuer"
    names = {item.strip().lower() for item in leaf.names}
    parent = name.partition(".")[2]
    wildcard = f"*.{parent}" in names
    above = await policy_of(ask, parent) if wildcard else Policy()
    needed = [(own, False)] if name in names or not wildcard else []
    needed += [(above, True)] if wildcard else []
    details = tuple(dict.fromkeys((f"issuer: {issuer}", *own.lines, *above.lines)))
    facts = {"issuer": issuer, "identifier": (*identifiers, "")[0]}
    mismatch = False
    for policy, wild in needed:
        if not (policy.closed(wildcard=wild) or (identifiers and not policy.allows(identifiers, wildcard=wild))):
            continue
        if wild and identifiers and policy.allows(identifiers):
            mismatch = True
            continue
        summary = f"CAA at {policy.owner} does not allow {issuer}: the next renewal will fail"
        return failed("forbids-current-issuer", summary, details=details, facts=facts | {"owner": policy.owner})
    if any(policy.unreadable for policy, _ in needed):
        return unknown("malformed", "one of the CAA records cannot be read", details=details)
    if not identifiers and any(policy.allowed(wildcard=wild) is not None for policy, wild in needed):
        return unknown(
            "issuer-unknown",
            f"CAA is set, but the CAA identifier of {issuer} is not known",
            decide_by="ask the authority for its CAA identifier and compare it with the records",
            details=details,
        )
    if mismatch:
        summary = f"issuewild at {above.owner} does not allow {issuer}: the wildcard *.{parent} cannot be renewed"
        return warned("wildcard-mismatch", summary, details=details, facts=facts | {"owner": above.owner})
    return passed(f"the CAA records allow {issuer}", details=details)


async def policy_of(ask: Ask, name: str) -> Policy:
    """The relevant record set (RFC 8659 section 3): the first CAA records from a name upwards.

    A CNAME is followed at each name, but the names above its target do not count, which is what RFC 8659 changed.
    Raises `Unseen` where one of the names could not be seen: an authority would not issue then either.
    """
    labels = tidy_name(name).split(".")
    for start in range(len(labels)):
        owner = ".".join(labels[start:])
        answer = await ask(DnsLookup(owner, "CAA"))
        # A private name server refuses what it does not hold: a registry's own zone is public and out of its reach.
        if answer.failure is not None and answer.failure.reason in REFUSALS and not registered_domain(owner):
            continue
        records = answer.facts.records
        if records:
            return _read(owner, records)
    return Policy()


def _read(owner: str, records: tuple[str, ...]) -> Policy:
    allowed: dict[str, list[str]] = {}
    critical, unreadable = "", 0
    for record in records:
        match = _RECORD.match(record.strip())
        if match is None:
            unreadable += 1
            continue
        tag, value = match[2].lower(), match[3] if match[3] is not None else match[4]
        if tag in ("issue", "issuewild"):
            allowed.setdefault(tag, []).append(tidy_name(value.partition(";")[0]))
        elif int(match[1]) & CRITICAL and tag not in KNOWN_TAGS:
            critical = tag
    issue, wild = allowed.get("issue"), allowed.get("issuewild")
    return Policy(owner, tuple(issue) if issue else None, tuple(wild) if wild else None, critical, unreadable)


def identifiers_of(issuer: str, further: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The CAA identifiers of an issuer by its distinguished name, empty if it is not known."""
    name = issuer.replace("’", "'").replace("\\", "").lower()
    for pair in further:
        part, _, identifier = pair.partition("=")
        if part.strip() and part.strip().lower() in name:
            return (tidy_name(identifier),)
    return next((identifiers for part, identifiers in ISSUERS if part in name), ())
