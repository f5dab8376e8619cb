"""URLs from outside, taken apart without ever raising.

A Location header, a link or a sitemap entry is attacker-chosen text: other schemes, control characters, ports beyond
65535, 100 kB. `tidy` is the gate: what it lets through can be asked, split and compared; everything else becomes ''.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

from publicsuffixlist import PublicSuffixList

LONGEST = 8_000
"""Characters of a URL that are followed: what RFC 9110 section 4.1 asks every implementation to support."""

REDACTED = "\u2039redacted\u203a"
"""What stands in evidence for the value of a secret parameter (the mark of `probes.redaction`)."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ENCODED = re.compile("%([0-9A-Fa-f]{2})")
_UNUSABLE = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"\u2028\u2029\ud800-\udfff]")


def tidy(url: str) -> str:
    """The URL as it is asked, '' if it is no usable web URL.

    Scheme and host in lower case, no default port, an explicit path, no fragment (RFC 3986 section 6.2.2 and 6.2.3).
    """
    if len(url) > LONGEST or _UNUSABLE.search(url):
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host or port == 0 or len(host) > 253:
        return ""
    user, at, _ = parts.netloc.rpartition("@")
    name = f"[{host}]" if ":" in host else host
    suffix = "" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}"
    return urlunsplit((scheme, f"{user}{at}{name}{suffix}", parts.path or "/", parts.query, ""))


def split(url: str) -> SplitResult:
    """The parts of a URL; all empty for one that `tidy` refuses."""
    return urlsplit(tidy(url))


def host_of(url: str) -> str:
    """The host in lower case and without a final dot, '' if there is none."""
    return split(url).hostname or ""


def path_of(url: str) -> str:
    """The path as it compares (RFC 3986 section 6.2.2), without a final slash: `/` becomes ''."""
    return normal_path(split(url).path)


def normal_path(path: str) -> str:
    """A path that compares equal to its other spellings: only what needs it is percent-encoded, no final slash."""
    kept = _ENCODED.sub(_decoded, path)
    return quote(kept, safe="/:@!$&'()*+,;=~-._%").rstrip("/")


def _decoded(escape: re.Match[str]) -> str:
    """`A` for `%41`, `%2F` for `%2f`: only unreserved characters mean the same without their escape."""
    character = chr(int(escape[1], 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~") else escape[0].upper()


def query_of(url: str) -> tuple[tuple[str, str], ...]:
    """The query as sorted pairs, percent-encoding undone, so that order and spelling do not matter (at most 1,000)."""
    try:
        pairs = parse_qsl(split(url).query, keep_blank_values=True, max_num_fields=1_000)
    except ValueError:
        return (("", split(url).query),)
    return tuple(sorted(pairs))


def hides_value(url: str) -> bool:
    """Whether the value of a secret parameter is missing from a URL, so that it is not what a visitor asks."""
    return REDACTED in unquote(url)


def lost_pairs(wanted: str, found: str) -> tuple[tuple[str, str], ...]:
    """The query pairs of one URL that another lacks; of a redacted value the name alone has to match."""
    left = list(query_of(found))
    lost: list[tuple[str, str]] = []
    for name, value in query_of(wanted):
        same = (pair for pair in left if pair[0] == name and (pair[1] == value or REDACTED in (pair[1], value)))
        if (pair := next(same, None)) is None:
            lost.append((name, value))
        else:
            left.remove(pair)
    return tuple(lost)


def same_page(one: str, other: str) -> bool:
    """Whether two URLs name the same page: scheme, host, port, path and query alike, whatever their spelling."""
    a, b = split(one), split(other)
    alike = (a.scheme, a.hostname, a.port, normal_path(a.path)) == (b.scheme, b.hostname, b.port, normal_path(b.path))
    return alike and not lost_pairs(one, other) and not lost_pairs(other, one)


def counterpart(host: str, other: str) -> bool:
    """Whether two hosts differ by `www.` alone: the two names that fight over being the canonical one."""
    return host != other and host.removeprefix("www.") == other.removeprefix("www.")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True)


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The registrable domain of a host by the public suffix list; the host itself where it has none (an IP literal)."""
    name = host.lower().rstrip(".")
    if ":" in name or name.replace(".", "").isdigit():
        return name
    try:
        return _suffixes().privatesuffix(name) or name
    except (UnicodeError, ValueError):
        return name
