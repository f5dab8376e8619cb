"""DMARC: reads a policy record and finds the one that counts for a domain (RFC 9989 sections 4.7 and 4.10)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from launchready_tui.checks.mail.rules.orgdomain import organisational_domain
from launchready_tui.checks.mail.rules.tags import tag_list
from launchready_tui.checks.reading.names import is_address, tidy_name, under
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions import DnsLookup
from launchready_tui.text import one_line

MOST_QUERIES = 8
"""Names that a tree walk asks (section 4.10)."""

OBSOLETE = ("pct", "rf", "ri")
"""Tags that RFC 9989 removed; receivers of the new RFC ignore them."""

_VERSION = re.compile(r"\s*v\s*=\s*DMARC1\s*(?:;|$)")
_POLICIES = ("none", "quarantine", "reject")
_ALLOWED = {
    "p": _POLICIES,
    "sp": _POLICIES,
    "np": _POLICIES,
    "adkim": ("r", "s"),
    "aspf": ("r", "s"),
    "psd": ("y", "n", "u"),
    "t": ("y", "n"),
}
_MAILTO = re.compile(r"mailto:([^@\s,;]{1,256}@[^@\s,;!?]{1,253})(?:\?[^\s,;]*)?(![0-9]+[kmgt]?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReportAddress:
    """One address of `rua`. `domain` is '' where it is no usable mailto: address."""

    text: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy record. An absent tag has its default; an absent `p` means none.

    `problems` are values that no reader accepts, `old_problems` values of removed tags at which readers of RFC 7489
    throw the record away. `obsolete` are the removed tags that it holds.
    """

    text: str
    p: str = "none"
    sp: str = ""
    np: str = ""
    adkim: str = "r"
    aspf: str = "r"
    psd: str = "u"
    testing: bool = False
    rua: tuple[ReportAddress, ...] = ()
    has_p: bool = False
    obsolete: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    old_problems: tuple[str, ...] = ()

    @property
    def usable_rua(self) -> tuple[ReportAddress, ...]:
        """The addresses that reports can be sent to."""
        return tuple(address for address in self.rua if address.domain)

    def for_name(self, *, inherited: bool, exists: bool = True) -> str:
        """The policy for the record's own domain, or for a name below it (`sp`; `np` where that does not exist)."""
        if not inherited:
            return self.p
        below = self.sp or self.p
        return below if exists else self.np or below


def select(records: Iterable[str]) -> tuple[str, ...]:
    """The TXT records that are DMARC records: the version stands first, in capitals (section 4.7)."""
    return tuple(record for record in records if _VERSION.match(record[:200]))


def parse(text: str) -> Policy | None:
    """Read a record; None where it is no DMARC record. Unknown tags are ignored."""
    if not select((text,)):
        return None
    values = dict(reversed(tag_list(text)))
    problems = []
    for name, allowed in _ALLOWED.items():
        if name in values and values[name].lower() not in allowed:
            problems.append(f"{name}={one_line(values[name], 40) or '(empty)'} is none of {', '.join(allowed)}")

    def value(name: str, default: str) -> str:
        found = values.get(name, default).lower()
        return found if found in _ALLOWED[name] else default

    return Policy(
        text=text,
        p=value("p", "none"),
        sp=value("sp", ""),
        np=value("np", ""),
        adkim=value("adkim", "r"),
        aspf=value("aspf", "r"),
        psd=value("psd", "u"),
        testing=value("t", "n") == "y",
        rua=_addresses(values.get("rua", "")),
        has_p="p" in values,
        obsolete=tuple(name for name in OBSOLETE if name in values),
        problems=tuple(problems),
        old_problems=_old_problems(values),
    )


def _addresses(text: str) -> tuple[ReportAddress, ...]:
    found = []
    for part in [part.strip() for part in text.split(",")][:50]:
        if part:
            match = _MAILTO.fullmatch(part)
            domain = tidy_name(unquote(match.group(1)).rpartition("@")[2]) if match else ""
            good = "." in domain and not is_address(domain) and all(domain.split("."))
            found.append(ReportAddress(one_line(part, 120), domain if good else ""))
    return tuple(found)


def _old_problems(values: dict[str, str]) -> tuple[str, ...]:
    """Values of removed tags that RFC 7489 section 6.3 does not allow."""
    found = []
    pct, interval = values.get("pct", "100"), values.get("ri", "86400")
    if not (pct.isascii() and pct.isdigit() and len(pct) <= 3 and int(pct) <= 100):
        found.append(f"pct={one_line(pct, 20)}")
    if not (interval.isascii() and interval.isdigit() and len(interval) <= 10):
        found.append(f"ri={one_line(interval, 20)}")
    if any(part.strip().lower() != "afrf" for part in values.get("rf", "afrf").split(":")):
        found.append(f"rf={one_line(values['rf'], 20)}")
    return tuple(found)


# --- the tree walk ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a tree walk: what stands at `_dmarc.` before it. Of several records none counts."""

    domain: str
    records: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """A tree walk from a domain upwards, the names that were asked in order."""

    domain: str
    steps: tuple[Step, ...]

    @property
    def start(self) -> Step:
        """What the domain says itself."""
        return self.steps[0]

    @property
    def organisation(self) -> str:
        """The organisational domain (section 4.10.2); where no name has a record, what the public suffix list says."""
        found = [step for step in self.steps if step.policy is not None]
        for step in found:
            assert step.policy is not None
            if step.policy.psd == "n":
                return step.domain
            if step.policy.psd == "y" and step is not self.start:
                below = len(step.domain.split(".")) + 1
                return ".".join(self.domain.split(".")[-below:])
        return found[-1].domain if found else organisational_domain(self.domain) or self.domain

    @property
    def governing(self) -> Step | None:
        """Whose record counts (section 4.10.1): the domain's own, else its organisation's, else the suffix's."""
        by_name = {step.domain: step for step in self.steps if step.policy is not None}
        suffix = next((step for step in by_name.values() if step.policy and step.policy.psd == "y"), None)
        return by_name.get(self.domain) or by_name.get(self.organisation) or suffix


def walk_names(domain: str) -> tuple[str, ...]:
    """The names that a tree walk may ask: of a long one only the last seven labels, then one label less each time."""
    labels = tidy_name(domain).split(".")
    shorter = labels[1:] if len(labels) < MOST_QUERIES else labels[-(MOST_QUERIES - 1) :]
    return (tidy_name(domain), *(".".join(shorter[index:]) for index in range(len(shorter))))


async def walk(ask: Ask, domain: str) -> Walk:
    """Walk the tree. Raises `Unseen` where a name cannot be seen whose record might be the one that counts.

    A public suffix about which nobody answers has said nothing: hardly one has a record, and none is ours to mend.
    """
    steps: list[Step] = []
    for name in walk_names(domain):
        answer = await ask(DnsLookup(f"_dmarc.{name}", "TXT"))
        silent = answer.failure is not None and name != tidy_name(domain) and not organisational_domain(name)
        records = () if silent else answer.facts.records
        found = select(records)
        policy = parse(found[0]) if len(found) == 1 else None
        strays = tuple(record for record in records if record not in found and "dmarc" in record[:200].lower())
        steps.append(Step(name, found, strays, policy))
        if policy is not None and policy.psd in ("y", "n"):
            break
    return Walk(tidy_name(domain), tuple(steps))


def needs_permission(domain: str, destination: str, organisation: str) -> bool:
    """Whether reports about a domain may go to another only with that one's permission (RFC 9990 section 4)."""
    theirs = organisational_domain(destination) or destination
    return not (under(destination, organisation) or theirs == (organisational_domain(domain) or domain))


async def permits(ask: Ask, domain: str, destination: str) -> bool:
    """Whether the destination of reports has said that it takes them (RFC 9990 section 4). Raises `Unseen`."""
    records = (await ask(DnsLookup(f"{domain}._report._dmarc.{destination}", "TXT"))).facts.records
    return bool(select(records))
