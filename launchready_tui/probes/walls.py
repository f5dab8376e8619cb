"""Pure: recognises a bot wall that answered in place of the product (CHECKS.md b0).

A wall says nothing about the product: no verdict may be built on its page. The markers in a body count only with the
statuses that walls use, because the same scripts are injected into pages that were let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from launchready_tui.probes.htmltokens import plain

_WALL_STATUSES = (403, 429, 503)
_LOOKED_AT = 65_536
"""Characters of the body that are searched."""

_HEADERS = {
    ("cf-mitigated", "challenge"): "Cloudflare",
    ("x-vercel-mitigated", "challenge"): "Vercel",
    ("x-amzn-waf-action", "challenge"): "AWS WAF",
    ("x-amzn-waf-action", "captcha"): "AWS WAF",
}
_BODIES = (
    ("Cloudflare", re.compile(r"/cdn-cgi/challenge-platform/|Attention Required! \| Cloudflare|Just a moment\.\.\.")),
    ("Imperva", re.compile(r"_Incapsula_Resource")),
    ("Akamai", re.compile(r"Access Denied.{0,2000}Reference\s{0,4}#", re.DOTALL)),
    ("DataDome", re.compile(r"captcha-delivery\.com")),
)
_IMPERVA_FRAME = re.compile(r'<iframe[^>]{0,200}id="main-iframe"[^>]{0,200}_Incapsula_Resource')
"""Imperva's challenge comes with status 200: a page that is nothing but this frame."""


def wall(status: int, headers: Iterable[tuple[str, str]], text: str) -> str:
    """The name of the wall that sent this response, '' if it comes from the product. Header names are in lower case."""
    for name, value in headers:
        if by := _HEADERS.get((name, value.strip().lower())):
            return by
    start = text[:_LOOKED_AT]
    if _IMPERVA_FRAME.search(start):
        return "Imperva"
    if status not in _WALL_STATUSES:
        return ""
    shown = plain(start)
    return next((name for name, marker in _BODIES if marker.search(shown)), "")
