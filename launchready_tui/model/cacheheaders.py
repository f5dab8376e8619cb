"""Pure: what a response says about caches: what they may do (RFC 9111), and what one of them did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Headers = Iterable[tuple[str, str]]
"""Names in lower case."""

ABOUT_CACHES = frozenset(
    {
        "age",
        "akamai-cache-status",
        "cache-control",
        "cache-status",
        "cdn-cache",
        "cdn-cache-control",
        "cdn_cache_status",
        "cf-cache-status",
        "cloudflare-cdn-cache-control",
        "content-encoding",
        "content-type",
        "expires",
        "last-modified",
        "server-timing",
        "surrogate-control",
        "vary",
        "vercel-cdn-cache-control",
        "via",
        "x-cache",
        "x-cache-status",
        "x-litespeed-cache",
        "x-nextjs-cache",
        "x-proxy-cache",
        "x-rack-cache",
        "x-sucuri-cache",
        "x-vercel-cache",
    }
)
"""The headers by which caches are told what to do, and tell what they did."""

_TOLD_BY = (
    "cf-cache-status",
    "x-vercel-cache",
    "cdn-cache",
    "cdn_cache_status",
    "akamai-cache-status",
    "x-cache",
    "x-cache-status",
    "x-proxy-cache",
    "x-litespeed-cache",
    "x-sucuri-cache",
    "x-rack-cache",
    "x-nextjs-cache",
)
"""Headers whose words tell whether an answer came from a cache, those nearest to the visitor first."""

_HIT = re.compile(r"(?<![a-z])(?:[a-z]+_)*(?:refresh)?(?:hit|stale|revalidated|updating|prerender)(?![a-z])")
_MISS = re.compile(r"(?<![a-z])(?:[a-z]+_)*(?:miss|expired)(?![a-z])")
_BYPASS = re.compile(r"(?<![a-z])(?:bypass|pass|private|uncacheable|(?:config_?)?no-?cache)(?![a-z])")
_DYNAMIC = re.compile(r"(?<![a-z])(?:dynamic|none|off|error)(?![a-z])")
_DIRECTIVE = re.compile(r"""\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^,\s]*)))?\s*(?:,|$)""")
_LARGEST = 2**31

State = Literal["hit", "miss", "bypass", "dynamic", ""]
"""What a shared cache did: gave what it had, asked the origin (and may keep the answer), was told to stay out, is not
in charge of this URL; '' where none shows itself.
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """What Cache-Control allows. Ages are in seconds, None where nothing is said."""

    directives: Mapping[str, str] = field(default_factory=dict)

    @property
    def stated(self) -> bool:
        """Whether there is a policy at all."""
        return bool(self.directives)

    @property
    def max_age(self) -> int | None:
        """How long a browser may keep it."""
        return _seconds(self.directives.get("max-age"))

    @property
    def shared_age(self) -> int | None:
        """How long a shared cache may keep it, where it is told something of its own."""
        return _seconds(self.directives.get("s-maxage"))

    @property
    def no_store(self) -> bool:
        """Whether nobody may keep it."""
        return "no-store" in self.directives

    @property
    def private(self) -> bool:
        """Whether only the visitor's own browser may keep it."""
        return "private" in self.directives

    @property
    def revalidates(self) -> bool:
        """Whether it is kept only to ask each time whether it is still right."""
        return "no-cache" in self.directives or self.max_age == 0

    @property
    def shared(self) -> bool:
        """Whether it invites shared caches to keep the answer for everybody."""
        if self.no_store or self.private:
            return False
        return "public" in self.directives or bool(self.shared_age)

    @property
    def keeps_out(self) -> bool:
        """Whether shared caches may not give it to anybody without asking first."""
        return self.no_store or self.private or "no-cache" in self.directives or self.shared_age == 0


def policy(headers: Headers, name: str = "cache-control") -> Policy:
    """The policy of all headers of that name. A directive that comes twice counts the first time (RFC 9111 4.2.1)."""
    found: dict[str, str] = {}
    for key, value in headers:
        if key != name:
            continue
        for match in _DIRECTIVE.finditer(value[:2_000]):
            found.setdefault(match[1].lower(), match[2] if match[2] is not None else match[3] or "")
    return Policy(found)


def shared_invitation(headers: Headers) -> str:
    """What invites shared caches to keep an answer, as it stands in the headers; '' if nothing does."""
    pairs = tuple(headers)
    if policy(pairs).shared:
        return f"Cache-Control: {_joined(pairs, 'cache-control')}"
    for name in ("cdn-cache-control", "cloudflare-cdn-cache-control", "vercel-cdn-cache-control", "surrogate-control"):
        told = policy(pairs, name)
        if not (told.no_store or told.private) and (told.max_age or told.shared_age):
            return f"{name}: {_joined(pairs, name)}"
    return ""


def cache_state(headers: Headers) -> tuple[State, str]:
    """What a shared cache did, and the header that says so, such as `cf-cache-status: HIT`."""
    pairs = tuple(headers)
    if told := _joined(pairs, "cache-status"):
        return _standard(told), f"cache-status: {told}"
    for name in _TOLD_BY:
        if value := _joined(pairs, name):
            return _state(value.lower()), f"{name}: {value}"
    if (named := re.search(r"cdn-cache\s*;\s*desc\s*=\s*\"?([\w-]+)", _joined(pairs, "server-timing"))) is not None:
        return _state(named[1].lower()), f"server-timing: cdn-cache {named[1]}"
    age = _seconds(_joined(pairs, "age"))
    if age:
        return "hit", f"age: {age}"
    return "", ""


def varies_by(headers: Headers, name: str) -> bool:
    """Whether Vary names a request header, or `*`."""
    listed = {part.strip().lower() for key, value in headers if key == "vary" for part in value.split(",")}
    return name.lower() in listed or "*" in listed


def strong_etag(headers: Headers) -> str:
    """The entity tag, '' if there is none or a weak one (RFC 9110 section 8.8.3)."""
    value = next((value.strip() for key, value in headers if key == "etag"), "")
    return value if value.startswith('"') else ""


def _state(text: str) -> State:
    if _HIT.search(text):
        return "hit"
    if _MISS.search(text):
        return "miss"
    if _BYPASS.search(text):
        return "bypass"
    return "dynamic" if _DYNAMIC.search(text) else ""


def _standard(text: str) -> State:
    """Cache-Status (RFC 9211): a list of caches, the one nearest to the visitor last; any that hit answered."""
    members = [member.lower().split(";") for member in text.split(",")]
    parameters = [{part.strip() for part in member[1:]} for member in members]
    if any("hit" in found for found in parameters):
        return "hit"
    last = parameters[-1]
    if "fwd=bypass" in last:
        return "bypass"
    return "miss" if any(part.startswith("fwd=") for part in last) or "stored" in last else ""


def _joined(pairs: tuple[tuple[str, str], ...], name: str) -> str:
    return ", ".join(value.strip() for key, value in pairs if key == name)[:300]


def _seconds(text: str | None) -> int | None:
    """A delta-seconds value (RFC 9111 section 1.2.2), capped at 2^31 as that section says; None for anything else."""
    if text is None or not text.isascii() or not text.isdigit():
        return None
    return min(int(text[:12]), _LARGEST)
