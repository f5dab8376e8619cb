"""Expands the macros of SPF (RFC 7208 section 7)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_NAME = 253

_MACRO = re.compile(r"%\{([a-zA-Z])(\d*)([rR]?)([.\-+,/_=]*)\}|%(%)|%(_)|%(-)")


@dataclass(frozen=True, slots=True)
class Mail:
    """The delivery that is judged: client address, envelope sender (`local@domain`), the client's HELO name."""

    ip: IpAddress
    sender: str
    helo: str

    @property
    def local(self) -> str:
        """The part of the sender before the last @."""
        return self.sender.rpartition("@")[0]

    @property
    def sender_domain(self) -> str:
        """The part of the sender after the last @."""
        return self.sender.rpartition("@")[2]


async def expand(text: str, mail: Mail, domain: str, validated: Callable[[], Awaitable[str]]) -> str:
    """The text with its macros replaced; the pattern of a parsed record is taken for granted.

    `validated` gives the value of `%{p}`, which takes look-ups. No clock is read: `%{t}` is 0. `%{r}` is `unknown`, as
    the RFC has it for a receiver that does not say its name.
    """
    pieces: list[str] = []
    at = 0
    for found in _MACRO.finditer(text):
        pieces.append(text[at : found.start()])
        at = found.end()
        letter = found.group(1)
        if letter is None:
            pieces.append("%" if found.group(5) else " " if found.group(6) else "%20")
            continue
        value = await validated() if letter in "pP" else _value(letter.lower(), mail, domain)
        value = _transformed(value, found.group(2), bool(found.group(3)), found.group(4) or ".")
        pieces.append(quote(value, safe="-._~") if letter.isupper() else value)
    return "".join((*pieces, text[at:]))


def as_name(text: str) -> str:
    """An expanded domain-spec as a name: without the final dot, labels dropped from the left above 253 characters."""
    name = text.removesuffix(".")
    while len(name) > LONGEST_NAME and "." in name:
        name = name.partition(".")[2]
    return name


def _value(letter: str, mail: Mail, domain: str) -> str:
    match letter:
        case "s":
            return mail.sender
        case "l":
            return mail.local
        case "o":
            return mail.sender_domain
        case "d":
            return domain
        case "i":
            return str(mail.ip) if mail.ip.version == 4 else ".".join(mail.ip.exploded.replace(":", "").upper())
        case "v":
            return "in-addr" if mail.ip.version == 4 else "ip6"
        case "h":
            return mail.helo
        case "c":
            return str(mail.ip)
        case "r":
            return "unknown"
        case _:
            return "0"


def _transformed(value: str, digits: str, reverse: bool, delimiters: str) -> str:
    parts = re.split(f"[{re.escape(delimiters)}]", value)
    if reverse:
        parts.reverse()
    if digits:
        parts = parts[-int(digits) :]
    return ".".join(parts)
