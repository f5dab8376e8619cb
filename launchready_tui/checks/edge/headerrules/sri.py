"""Subresource Integrity (W3C): whether scripts from other companies are pinned to what they were."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from launchready_tui.checks.edge.headerrules.finding import Finding
from launchready_tui.checks.reading.urls import registrable

MOST_SCRIPTS = 500

_SCRIPT = re.compile(r"<script\b([^>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,4000}))"""
)


@dataclass(frozen=True, slots=True)
class Script:
    """A script that a page loads: its source as it stands there, and its integrity."""

    source: str
    integrity: str = ""


def scripts(body: str) -> tuple[Script, ...]:
    """The scripts that the markup of a page loads."""
    found: list[Script] = []
    for match in _SCRIPT.finditer(body):
        values = {
            name.lower(): html.unescape(double or single or bare)
            for name, double, single, bare in _ATTRIBUTE.findall(match[1])
        }
        if values.get("src") and len(found) < MOST_SCRIPTS:
            found.append(Script(values["src"].strip(), values.get("integrity", "")))
    return tuple(found)


def judge(loaded: Iterable[Script], page_url: str, *, is_html: bool = True) -> Finding:
    """The verdict on all scripts of a page."""
    if not is_html:
        return Finding("sri-not-implemented-response-not-html", True)
    found = tuple(loaded)
    if not found:
        return Finding("sri-not-implemented-but-no-scripts-loaded", True)
    insecure = [script for script in found if not _secure(script.source, page_url)]
    foreign = [script for script in found if not _own(script.source, page_url)]
    unpinned = [script for script in foreign if not script.integrity]
    pinned = any(script.integrity for script in found)
    if insecure:
        kind = "sri-implemented-but" if all(s.integrity for s in insecure) else "sri-not-implemented-and"
        return Finding(f"{kind}-external-scripts-not-loaded-securely", False, insecure[0].source[:80])
    if unpinned:
        return Finding("sri-not-implemented-but-external-scripts-loaded-securely", False, unpinned[0].source[:80])
    if foreign:
        return Finding("sri-implemented-and-external-scripts-loaded-securely", True)
    if pinned:
        return Finding("sri-implemented-and-all-scripts-loaded-securely", True)
    return Finding("sri-not-implemented-but-all-scripts-loaded-from-secure-origin", True)


def _secure(source: str, page_url: str) -> bool:
    """Whether a source names https, or is relative to the page; `//host` follows the page and counts as insecure."""
    if source.startswith("//"):
        return False
    return urlsplit(_joined(page_url, source)).scheme == "https"


def _own(source: str, page_url: str) -> bool:
    host = urlsplit(_joined(page_url, source)).hostname or ""
    return registrable(host) == registrable(urlsplit(page_url).hostname or "")


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""
