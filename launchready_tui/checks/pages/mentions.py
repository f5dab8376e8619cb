"""Which other places a response names: in its references, headers, cookies and redirects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from launchready_tui.checks.reading.urls import host_of
from launchready_tui.model.questions import HttpResponse
from launchready_tui.text import one_line


@dataclass(frozen=True, slots=True)
class Mention:
    """A URL (or a bare host) that the page names: in which part of it, and what for."""

    where: str
    role: str
    url: str
    host: str

    @property
    def line(self) -> str:
        """The mention in one line: what, and where it stands."""
        return f"{one_line(self.url, 120)} ({self.role} in {one_line(self.where, 120)})"


def of_response(where: str, response: HttpResponse) -> list[Mention]:
    """Everything that a response names: its redirect, its references, its headers. A host counts once for each role.

    Of `localhost` each URL counts by itself: what they mean depends on port and path.
    """
    found: dict[tuple[str, str, str], Mention] = {}
    for reference in response.page.references:
        host = _lenient_host(reference.url)
        if host:
            at = reference.url if host == "localhost" else ""
            found.setdefault((reference.role, host, at), Mention(where, reference.role, reference.url, host))
    if response.location and 300 <= response.status < 400:
        target = Mention(where, "redirect", response.location, _lenient_host(response.location))
        found["redirect", target.host, response.location] = target
    sitemaps = _of_robots(where, response) if where.endswith("/robots.txt") else []
    every = (*found.values(), *_of_headers(where, response), *sitemaps)
    return [mention for mention in every if mention.host]


def _of_headers(where: str, response: HttpResponse) -> list[Mention]:
    """The hosts in connect-src of a Content-Security-Policy, and the Domain of cookies."""
    found = []
    for policy in (*response.all_headers("content-security-policy"),
                   *response.all_headers("content-security-policy-report-only")):  # fmt: skip
        for directive in policy.split(";"):
            name, *sources = directive.split()[:200] or [""]
            if name.lower() == "connect-src":
                found += [Mention(where, "connect-src", source, _source_host(source)) for source in sources]
    for cookie in response.cookies:
        domain = cookie.get("domain") or ""
        found.append(Mention(where, "cookie", f"{cookie.name}; Domain={domain}", domain.strip(".").lower()))
    return found


def _of_robots(where: str, response: HttpResponse) -> list[Mention]:
    """The sitemaps that robots.txt names (RFC 9309 section 2.2.4)."""
    if response.status != 200:
        return []
    urls = re.findall(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", response.text)
    return [Mention(where, "sitemap", url, host_of(url)) for url in urls[:100]]


def _source_host(source: str) -> str:
    """The host of a CSP source expression: `api.acme.com` of `https://*.api.acme.com:443/v1`, '' for keywords."""
    if source.startswith("'") or source.endswith(":"):
        return ""
    rest = source.partition("://")[2] or source
    return re.sub(r":[\d*]*$", "", re.split(r"[/?#]", rest, maxsplit=1)[0]).removeprefix("*.").strip(".").lower()


def _lenient_host(url: str) -> str:
    """The host of a URL of any scheme: web sockets and strings with a wildcard are mentions too."""
    try:
        return (urlsplit(url[:2_000]).hostname or "").strip(".").lower()
    except ValueError:
        return ""
