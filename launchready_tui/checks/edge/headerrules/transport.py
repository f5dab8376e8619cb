"""Strict-Transport-Security (RFC 6797) and the way from http to https, with a preload list where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from launchready_tui.checks.edge.headerrules.finding import Finding, Headers
from launchready_tui.checks.tls.hsts import max_age

SIX_MONTHS = 15_768_000
"""Seconds."""

Preloaded = Mapping[str, bool]
"""Hosts of the preload list; whether their sub-domains are on it too."""


@dataclass(frozen=True, slots=True)
class Step:
    """One URL of a chain of redirects."""

    url: str

    @property
    def secure(self) -> bool:
        """Whether it is https."""
        return urlsplit(self.url).scheme == "https"

    @property
    def host(self) -> str:
        """Its host."""
        return urlsplit(self.url).hostname or ""


def preloaded(host: str, known: Preloaded) -> bool:
    """Whether browsers insist on https for a host before they ever saw it."""
    if host in known:
        return True
    parts = host.split(".")
    return any(known.get(".".join(parts[start:]), False) for start in range(1, len(parts)))


def hsts(headers: Headers | None, host: str, *, verified: bool = True, known: Preloaded | None = None) -> Finding:
    """The verdict on the header of the https answer (None: there is no https)."""
    if preloaded(host, known or {}):
        return Finding("hsts-preloaded", True)
    if headers is None:
        return Finding("hsts-not-implemented-no-https", False)
    value = headers.joined("strict-transport-security")
    if value is None:
        return Finding("hsts-not-implemented", False)
    if not verified:
        return Finding("hsts-invalid-cert", False, "browsers ignore it behind a certificate that they do not trust")
    age = max_age(value)
    if age is None:
        return Finding("hsts-header-invalid", False, f'"{value[:60]}"')
    if age < SIX_MONTHS:
        return Finding("hsts-implemented-max-age-less-than-six-months", False, f"max-age={age}")
    return Finding("hsts-implemented-max-age-at-least-six-months", True, f"max-age={age}")


def redirection(chain: Sequence[Step], *, known: Preloaded | None = None) -> Finding:
    """The verdict on where http leads (an empty chain: nobody answers on port 80)."""
    if not chain:
        return Finding("redirection-not-needed-no-http", True)
    if all(preloaded(step.host, known or {}) for step in chain):
        return Finding("redirection-all-redirects-preloaded", True)
    if len(chain) == 1 and not chain[0].secure:
        return Finding("redirection-missing", False)
    if not chain[-1].secure:
        return Finding("redirection-not-to-https", False, chain[-1].url[:80])
    if len(chain) > 1 and not chain[1].secure:
        return Finding("redirection-not-to-https-on-initial-redirection", False, chain[1].url[:80])
    if len(chain) > 1 and chain[1].host != chain[0].host:
        return Finding("redirection-off-host-from-http", False, chain[1].url[:80])
    return Finding("redirection-to-https", True)
