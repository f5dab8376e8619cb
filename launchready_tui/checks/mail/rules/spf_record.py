"""Reads an SPF record into its terms (RFC 7208 sections 4.6 and 12). A record is read whole, or not at all."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from launchready_tui.text import one_line

Qualifier = Literal["+", "-", "~", "?"]
IpNetwork: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOKING_UP = frozenset({"include", "a", "mx", "ptr", "exists"})
"""Mechanisms that count against the limit of ten (section 4.6.4); `redirect` does too."""

LONGEST_RECORD = 65_535
"""Bytes of a TXT record: more cannot come over the wire."""

_MECHANISM = re.compile(r"([+\-~?]?)([A-Za-z][A-Za-z0-9._-]*)(.*)", re.DOTALL)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)", re.DOTALL)
_DUAL_CIDR = re.compile(r"(.*?)(?:/(0|[1-9]\d{0,2}))?(?://(0|[1-9]\d{0,2}))?", re.DOTALL)
_EXPAND = r"%\{[slodiphcrtvSLODIPHCRTV](?:[1-9]\d{0,3})?[rR]?[.\-+,/_=]*\}"
_MACRO_STRING = re.compile(rf"(?:{_EXPAND}|%%|%_|%-|[\x21-\x24\x26-\x7e])*")
_LAST_EXPAND = re.compile(rf".*{_EXPAND}", re.DOTALL)
_TOP_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_EXPLANATION_ONLY = re.compile(r"%\{[crtCRT]")
_IP4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


class SpfSyntaxError(Exception):
    """What makes a record unreadable, in one sentence; evaluators answer `permerror`."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One mechanism. `domain` is its domain-spec with the macros unexpanded ('' stands for the current domain).

    `network` is that of `ip4` and `ip6`; `prefix4` and `prefix6` are the prefix lengths of `a` and `mx`.
    """

    qualifier: Qualifier
    name: str
    domain: str = ""
    network: IpNetwork | None = None
    prefix4: int = 32
    prefix6: int = 128

    @property
    def text(self) -> str:
        """The mechanism as people write it, for messages."""
        rest = f":{self.network}" if self.network is not None else f":{self.domain}" if self.domain else ""
        return one_line(f"{'' if self.qualifier == '+' else self.qualifier}{self.name}{rest}", 120)


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """A record that follows the grammar. `redirect` and `exp` are domain-specs, '' where the modifier is absent."""

    text: str
    mechanisms: tuple[Mechanism, ...] = ()
    redirect: str = ""
    exp: str = ""

    @property
    def reached(self) -> tuple[Mechanism, ...]:
        """The mechanisms that can be reached: those after `all` never are (section 5.1)."""
        for index, mechanism in enumerate(self.mechanisms):
            if mechanism.name == "all":
                return self.mechanisms[: index + 1]
        return self.mechanisms

    @property
    def all(self) -> Mechanism | None:
        """The `all` that ends the record."""
        return self.reached[-1] if self.reached and self.reached[-1].name == "all" else None

    @property
    def continues_at(self) -> str:
        """The domain-spec of a redirect that is followed: one beside `all` is not (section 6.1)."""
        return "" if self.all is not None else self.redirect


def select(records: Iterable[str]) -> tuple[str, ...]:
    """The TXT records that are SPF records (section 4.5): version 1, ended by a space or the end of the record."""
    return tuple(record for record in records if record[:6].lower() == "v=spf1" and record[6:7] in ("", " "))


def parse(text: str) -> SpfRecord:
    """Read a record that `select` chose. Raises `SpfSyntaxError`."""
    if len(text) > LONGEST_RECORD:
        raise SpfSyntaxError(f"it has {len(text):,} characters")
    if not text.isascii():
        raise SpfSyntaxError("it holds a character that is not ASCII")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text[6:].split(" "):
        if not term:
            continue
        if modifier := _MODIFIER.fullmatch(term):
            _add_modifier(modifiers, modifier.group(1).lower(), modifier.group(2))
        else:
            mechanisms.append(_mechanism(term))
    return SpfRecord(text, tuple(mechanisms), modifiers.get("redirect", ""), modifiers.get("exp", ""))


def _add_modifier(modifiers: dict[str, str], name: str, value: str) -> None:
    if name in ("redirect", "exp"):
        if name in modifiers:
            raise SpfSyntaxError(f"{name}= stands in it twice")
        _require_domain(value, f"{name}={value}")
        modifiers[name] = value
    elif not _MACRO_STRING.fullmatch(value):
        raise SpfSyntaxError(f'"{_shown(f"{name}={value}")}" is not well formed')


def _mechanism(term: str) -> Mechanism:
    found = _MECHANISM.fullmatch(term)
    name = found.group(2).lower() if found else ""
    if found is None or name not in LOOKING_UP | {"all", "ip4", "ip6"}:
        raise SpfSyntaxError(f'"{_shown(term)}" is no term of SPF')
    qualifier: Qualifier = found.group(1) or "+"  # type: ignore[assignment]  # the pattern allows these four only
    rest = found.group(3)
    match name:
        case "all":
            if rest:
                raise SpfSyntaxError(f'"{_shown(term)}": all takes no argument')
            return Mechanism(qualifier, name)
        case "ip4" | "ip6":
            return Mechanism(qualifier, name, network=_network(name, rest, term))
        case "a" | "mx":
            return _with_prefixes(qualifier, name, rest, term)
        case _:
            if not rest and name == "ptr":
                return Mechanism(qualifier, name)
            if not rest.startswith(":"):
                raise SpfSyntaxError(f'"{_shown(term)}" lacks its domain')
            _require_domain(rest[1:], term)
            return Mechanism(qualifier, name, rest[1:])


def _with_prefixes(qualifier: Qualifier, name: str, rest: str, term: str) -> Mechanism:
    """`a` and `mx`: an optional domain, then optional prefix lengths for each family (section 5.3)."""
    found = _DUAL_CIDR.fullmatch(rest)
    assert found is not None  # every part of the pattern is optional
    domain, prefix4, prefix6 = found.group(1), 32, 128
    if found.group(2) is not None:
        prefix4 = int(found.group(2))
    if found.group(3) is not None:
        prefix6 = int(found.group(3))
    if prefix4 > 32 or prefix6 > 128:
        raise SpfSyntaxError(f'"{_shown(term)}" has a prefix length that no address has')
    if domain:
        if not domain.startswith(":"):
            raise SpfSyntaxError(f'"{_shown(term)}" is no term of SPF')
        _require_domain(domain[1:], term)
    return Mechanism(qualifier, name, domain[1:], prefix4=prefix4, prefix6=prefix6)


def _network(name: str, rest: str, term: str) -> IpNetwork:
    address, slash, prefix = rest.removeprefix(":").partition("/")
    good_prefix = not slash or re.fullmatch(r"0|[1-9]\d{0,2}", prefix) is not None
    if not rest.startswith(":") or not good_prefix or (name == "ip4" and not _IP4.fullmatch(address)):
        raise SpfSyntaxError(f'"{_shown(term)}" holds no address')
    kind = ipaddress.IPv4Network if name == "ip4" else ipaddress.IPv6Network
    try:
        return kind(f"{address}/{prefix}" if slash else address, strict=False)
    except ValueError:
        raise SpfSyntaxError(f'"{_shown(term)}" holds no address') from None


def _require_domain(spec: str, term: str) -> None:
    """A domain-spec: macros and visible characters that end in a macro or in a label that can end a name (7.1)."""
    _, dot, last = spec.removesuffix(".").rpartition(".")
    is_label = bool(dot) and _TOP_LABEL.fullmatch(last) is not None and not last.isdigit()
    ends_well = is_label or _LAST_EXPAND.fullmatch(spec) is not None
    if not spec or not ends_well or not _MACRO_STRING.fullmatch(spec) or _EXPLANATION_ONLY.search(spec):
        raise SpfSyntaxError(f'"{_shown(term)}" names no domain')


def _shown(term: str) -> str:
    return one_line(term, 80)
