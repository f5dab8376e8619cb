"""Which TLS versions and cipher suites a host accepts, asked with hand-built ClientHellos at one of its addresses.

Addresses of one host run the same configuration as a rule, and each question costs the host a connection: so one
address speaks for all, the first that answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from launchready_tui.checks.reading.endpoints import endpoints
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask, Unseen
from launchready_tui.model.product import Host
from launchready_tui.model.questions import CipherGroup, TlsOffer, TlsReply, TlsVersion
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line

VERSIONS: tuple[TlsVersion, ...] = ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1")
"""The newest first. What a firewall objects to is asked last."""

LEGACY: frozenset[TlsVersion] = frozenset({"TLSv1.1", "TLSv1"})
"""Deprecated by RFC 8996."""

CONTRADICTION = (
    "The host accepts none of the offers, though it speaks TLS otherwise: ask again later or from elsewhere."
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a host says to each version, at one address."""

    host: str
    address: str
    replies: Mapping[TlsVersion, TlsReply]

    @property
    def accepted(self) -> tuple[TlsVersion, ...]:
        """The versions that it accepts, the newest first."""
        return tuple(version for version, reply in self.replies.items() if reply.accepted)

    @property
    def details(self) -> tuple[str, ...]:
        """A line for each version."""
        return tuple(f"{version}: {_said(reply)}" for version, reply in self.replies.items())


@dataclass(frozen=True, slots=True)
class Suites:
    """What a host says to groups of cipher suites, each asked in an old version in which they can be chosen."""

    replies: Mapping[tuple[TlsVersion, CipherGroup], TlsReply]

    def accepted(self, group: CipherGroup) -> str:
        """The suite that it chose of a group, '' if it accepts none."""
        chosen = (reply.cipher for (_, asked), reply in self.replies.items() if asked == group and reply.accepted)
        return next(chosen, "")

    @property
    def details(self) -> tuple[str, ...]:
        """A line for each group."""
        return tuple(f"{group} in {version}: {_said(reply)}" for (version, group), reply in self.replies.items())


def _said(reply: TlsReply) -> str:
    if reply.accepted:
        return f"accepted with {one_line(reply.cipher, 60)}"
    return f"not accepted ({one_line(reply.alert or f'answered with {reply.version}', 60)})"


async def spoken_by(subject: Subject[Host], ask: Ask) -> Spoken:
    """The versions of a host. One after the other, so that the first cut-off ends the series. Raises `Unseen`."""
    found = await endpoints(subject, ask)
    answering = [item for item in found.all if item.session is not None]
    # A host of old versions only fails the handshake of today, and is just what has to be found.
    answering += [item for item, failure in found.failures if failure.reason == "tls"]
    if not answering:
        raise Unseen(found.failures[0][1])
    name, address = subject.item.name, answering[0].address
    replies = {version: (await ask(TlsOffer(name, version, address=address))).facts for version in VERSIONS}
    return Spoken(name, address, replies)


async def suites_of(spoken: Spoken, ask: Ask) -> Suites:
    """The weak suites of a host, asked in its newest version before 1.3. Raises `Unseen`.

    TLS 1.3 has no weak suites. Export suites exist in TLS 1.0 only (RFC 4346 section A.5), so `broken` is asked there
    as well. Whether there is a modern suite needs asking only without TLS 1.3.
    """
    older = [version for version in spoken.accepted if version != "TLSv1.3"]
    if not older:
        return Suites({})
    asked: list[tuple[TlsVersion, CipherGroup]] = [(older[0], "static-rsa"), (older[0], "triple-des")]
    asked += [(version, "broken") for version in dict.fromkeys((older[0], older[-1])) if version in (older[0], "TLSv1")]
    if "TLSv1.3" not in spoken.accepted:
        asked.insert(0, (older[0], "modern"))
    name, address = spoken.host, spoken.address
    return Suites(
        {
            (version, group): (await ask(TlsOffer(name, version, group, address=address))).facts
            for version, group in asked
        }
    )


@check("tls.protocols", over="web-hosts")
async def protocols(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """TLS 1.2 and 1.3 are spoken and nothing older (S1.TLS.04)."""
    spoken = await spoken_by(subject, ask)
    accepted, details = spoken.accepted, spoken.details
    listed = ", ".join(accepted)
    if not accepted:
        return unknown("no-version-accepted", "no TLS version was accepted", decide_by=CONTRADICTION, details=details)
    if LEGACY.issuperset(accepted):
        return failed("legacy-only", f"speaks only {listed}, which no current browser takes", details=details)
    if old := LEGACY.intersection(accepted):
        return failed("legacy-accepted", f"still accepts {' and '.join(sorted(old))} (all: {listed})", details=details)
    if "TLSv1.3" not in accepted:
        return warned("no-tls13", "speaks TLSv1.2 and nothing newer", details=details)
    return passed(f"speaks {listed}, nothing older", details=details)


@check("tls.ciphers", over="web-hosts")
async def ciphers(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """No broken cipher suite is accepted, and forward secrecy is the rule (S1.TLS.06)."""
    spoken = await spoken_by(subject, ask)
    if not spoken.accepted:
        summary = "no TLS version was accepted, so no suite could be asked for"
        return unknown("no-version-accepted", summary, decide_by=CONTRADICTION, details=spoken.details)
    suites = await suites_of(spoken, ask)
    details = suites.details
    if suite := suites.accepted("broken"):
        return failed("broken-cipher", f"accepts {suite}", details=details)
    if suite := suites.accepted("triple-des"):
        return warned("triple-des", f"accepts {suite}, whose blocks are too short", details=details)
    if suite := suites.accepted("static-rsa"):
        return warned("static-rsa", f"accepts {suite}, without forward secrecy", details=details)
    if "TLSv1.3" not in spoken.accepted and not suites.accepted("modern"):
        used = spoken.replies[spoken.accepted[0]].cipher
        return warned(
            "cbc-only", f"accepts no suite with authenticated encryption, only such as {used}", details=details
        )
    if not suites.replies:
        return passed("TLSv1.3 alone, which has no weak suites")
    return passed("accepts no broken, 3DES or static RSA suite", details=details)


@check("tls.probe-pace", over="web-hosts")
async def probe_pace(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """The host answered the whole series of offers and did not hold us off (S1.TLS.10)."""
    try:
        spoken = await spoken_by(subject, ask)
        suites = await suites_of(spoken, ask)
    except Unseen as unseen:
        if unseen.failure.reason != "rate-limited":
            raise
        wait = "Wait ten minutes and run the TLS checks again, or have your address allowed for the audit."
        return unknown("rate-limited", one_line(unseen.failure.message), decide_by=wait)
    return passed(f"answered all {len(spoken.replies) + len(suites.replies)} offers")
