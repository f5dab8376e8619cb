"""Would this server pass SPF? An evaluator of RFC 7208 (`check_host`, section 4) that asks DNS through the one door."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from launchready_tui.checks.mail.rules.spf_macros import IpAddress, Mail, as_name, expand
from launchready_tui.checks.mail.rules.spf_record import Mechanism, SpfRecord, SpfSyntaxError, parse, select
from launchready_tui.checks.reading.names import tidy_name, under
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions import DnsAnswer, DnsLookup

MOST_LOOKUPS = 10
"""Terms that look something up (section 4.6.4)."""

MOST_VOID = 2
"""Look-ups that lead to nothing (section 4.6.4)."""

MOST_NAMES = 10
"""Mail exchangers of one `mx`; names of one `ptr` (section 4.6.4)."""

_NOTHING = DnsAnswer("NXDOMAIN")


class SpfResult(StrEnum):
    """The results of section 2.6."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105 - the word of the RFC, no password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


_OF_QUALIFIER = {"+": SpfResult.PASS, "-": SpfResult.FAIL, "~": SpfResult.SOFTFAIL, "?": SpfResult.NEUTRAL}


@dataclass(frozen=True, slots=True)
class SpfAnswer:
    """How an evaluation ended. `why` is a sentence for errors; `explanation` is what `exp` gives for a fail."""

    result: SpfResult
    why: str = ""
    explanation: str = ""
    lookups: int = 0


class _StoppedError(Exception):
    """An evaluation that cannot go on."""

    def __init__(self, result: SpfResult, why: str) -> None:
        super().__init__(why)
        self.result = result
        self.why = why


@dataclass(slots=True)
class _Evaluation:
    """The state of one check: what it is about, and how much was looked up so far."""

    ask: Ask
    mail: Mail
    lookups: int = 0
    void: int = 0
    names: tuple[str, ...] | None = None
    explaining: tuple[str, str] = ("", "")

    async def check(self, domain: str) -> SpfResult:
        """Evaluate the record of a domain."""
        record = await self._record(domain)
        if record is None:
            return SpfResult.NONE
        for mechanism in record.reached:
            if await self._matches(mechanism, domain):
                result = _OF_QUALIFIER[mechanism.qualifier]
                if result is SpfResult.FAIL:
                    self.explaining = (record.exp, domain)
                return result
        if record.continues_at:
            self._count()
            target = await self._target(record.continues_at, domain)
            result = await self.check(target) if is_name(target) else SpfResult.NONE
            if result is SpfResult.NONE:
                raise _StoppedError(SpfResult.PERMERROR, f"redirect={target} leads to no SPF record")
            return result
        return SpfResult.NEUTRAL

    async def explanation(self) -> str:
        """The text of `exp` for a fail; '' where there is none that can be used (section 6.2)."""
        spec, domain = self.explaining
        if not spec:
            return ""
        name = await self._target(spec, domain)
        if not is_name(name):
            return ""
        answer = await self.ask(DnsLookup(name, "TXT"))
        records = answer.facts.records if answer.failure is None else ()
        if len(records) != 1 or not records[0].isascii():
            return ""
        return await expand(records[0], self.mail, domain, lambda: self._validated_name(domain))

    async def _record(self, domain: str) -> SpfRecord | None:
        found = select((await self._lookup(domain, "TXT")).records)
        if len(found) > 1:
            raise _StoppedError(SpfResult.PERMERROR, f"{domain} has {len(found)} SPF records")
        if not found:
            return None
        try:
            return parse(found[0])
        except SpfSyntaxError as error:
            raise _StoppedError(SpfResult.PERMERROR, f"the record of {domain} cannot be read: {error}") from None

    async def _matches(self, mechanism: Mechanism, domain: str) -> bool:
        match mechanism.name:
            case "all":
                return True
            case "ip4" | "ip6":
                assert mechanism.network is not None
                return mechanism.network.version == self.mail.ip.version and self.mail.ip in mechanism.network
        self._count()
        target = await self._target(mechanism.domain, domain) if mechanism.domain else domain
        match mechanism.name:
            case "include":
                return await self._included(target)
            case "a":
                return await self._is_address_of(target, mechanism)
            case "mx":
                return await self._is_exchanger_of(target, mechanism)
            case "ptr":
                return await self._is_named_under(target)
            case _:
                return bool((await self._counted(target, "A")).records)

    async def _included(self, target: str) -> bool:
        """A match is a pass of the other record; its fail is none (section 5.2)."""
        kept = self.explaining
        result = await self.check(target) if is_name(target) else SpfResult.NONE
        self.explaining = kept
        if result is SpfResult.NONE:
            raise _StoppedError(SpfResult.PERMERROR, f"include:{target} leads to no SPF record")
        return result is SpfResult.PASS

    async def _is_address_of(self, name: str, mechanism: Mechanism) -> bool:
        answer = await self._counted(name, "A" if self.mail.ip.version == 4 else "AAAA")
        prefix = mechanism.prefix4 if self.mail.ip.version == 4 else mechanism.prefix6
        return any(_covers(record, prefix, self.mail.ip) for record in answer.records)

    async def _is_exchanger_of(self, name: str, mechanism: Mechanism) -> bool:
        records = (await self._counted(name, "MX")).records
        if len(records) > MOST_NAMES:
            raise _StoppedError(SpfResult.PERMERROR, f"mx:{name} has {len(records)} mail exchangers")
        for target in (record.partition(" ")[2] for record in records):
            host = tidy_name(target)
            if host and await self._is_address_of(host, mechanism):
                return True
        return False

    async def _is_named_under(self, target: str) -> bool:
        return any(under(name, target) for name in await self._names())

    async def _names(self) -> tuple[str, ...]:
        """The validated names of the client (section 5.5): an error of the PTR look-up means none."""
        if self.names is None:
            answer = await self.ask(DnsLookup(self.mail.ip.reverse_pointer, "PTR"))
            found = answer.facts.records if answer.failure is None else ()
            if answer.failure is None and not found:
                self._count_void()
            good = []
            for name in [tidy_name(record) for record in found[:MOST_NAMES]]:
                back = await self.ask(DnsLookup(name, "A" if self.mail.ip.version == 4 else "AAAA"))
                if back.failure is None and any(_covers(item, 128, self.mail.ip) for item in back.facts.records):
                    good.append(name)
            self.names = tuple(good)
        return self.names

    async def _validated_name(self, domain: str) -> str:
        """`%{p}`: the domain itself, a name under it, any name, in that order (section 7.3)."""
        names = await self._names()
        domain = tidy_name(domain)
        below = [name for name in names if under(name, domain)]
        return domain if domain in names else next(iter((*below, *names)), "unknown")

    async def _target(self, spec: str, domain: str) -> str:
        return as_name(await expand(spec, self.mail, domain, lambda: self._validated_name(domain)))

    async def _counted(self, name: str, rdtype: str) -> DnsAnswer:
        """A look-up that counts as void if it leads to nothing."""
        answer = await self._lookup(name, rdtype)
        if not answer.records:
            self._count_void()
        return answer

    async def _lookup(self, name: str, rdtype: str) -> DnsAnswer:
        """A name that cannot be asked for does not exist (section 4.3)."""
        if not is_name(name, dots=0):
            return _NOTHING
        answer = await self.ask(DnsLookup(name, rdtype))
        if answer.failure is not None:
            if answer.failure.reason == "malformed":
                return _NOTHING
            raise _StoppedError(SpfResult.TEMPERROR, answer.failure.message)
        return answer.facts

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise _StoppedError(SpfResult.PERMERROR, f"more than {MOST_LOOKUPS} look-ups")

    def _count_void(self) -> None:
        self.void += 1
        if self.void > MOST_VOID:
            raise _StoppedError(SpfResult.PERMERROR, f"more than {MOST_VOID} look-ups lead to nothing")


async def check_host(ask: Ask, ip: str, domain: str, sender: str, helo: str = "unknown") -> SpfAnswer:
    """What a receiver concludes about a client at `ip` that sends as `sender`, by the SPF record of `domain`.

    Raises `ValueError` where `ip` is no address.
    """
    address: IpAddress = ipaddress.ip_address(ip)
    address = getattr(address, "ipv4_mapped", None) or address
    local, at, _ = sender.rpartition("@")
    if not at:
        sender = f"postmaster@{sender or domain}"
    elif not local:
        sender = f"postmaster{sender}"
    if not is_name(domain):
        return SpfAnswer(SpfResult.NONE, f"{domain} is no domain name")
    evaluation = _Evaluation(ask, Mail(address, sender, helo))
    try:
        result = await evaluation.check(domain)
        explanation = await evaluation.explanation() if result is SpfResult.FAIL else ""
    except _StoppedError as stopped:
        return SpfAnswer(stopped.result, stopped.why, lookups=evaluation.lookups)
    return SpfAnswer(result, explanation=explanation, lookups=evaluation.lookups)


def is_name(name: str, *, dots: int = 1) -> bool:
    """Whether a name can be asked for (section 4.3): labels of 1 to 63 characters, 253 in all, so many dots or more."""
    labels = name.removesuffix(".").split(".")
    return len(labels) > dots and len(name) <= 254 and all(0 < len(label) <= 63 for label in labels)


def _covers(record: str, prefix: int, ip: IpAddress) -> bool:
    try:
        found = ipaddress.ip_address(record)
    except ValueError:
        return False
    if found.version != ip.version:
        return False
    return ip in ipaddress.ip_network(f"{found}/{min(prefix, found.max_prefixlen)}", strict=False)
