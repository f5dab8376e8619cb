"""Who may put a page into a frame: frame-ancestors, else X-Frame-Options (RFC 7034)."""

from __future__ import annotations

from launchready_tui.checks.edge.headerrules import csp
from launchready_tui.checks.edge.headerrules.finding import Finding, Headers


def judge(headers: Headers) -> Finding:
    """The policy wins over the older header; a `<meta>` counts for neither."""
    if csp.frames(headers):
        return Finding("x-frame-options-implemented-via-csp", True)
    value = headers.joined("x-frame-options")
    if value is None:
        return Finding("x-frame-options-not-implemented", False)
    word = value.strip().lower()
    if word in ("deny", "sameorigin"):
        return Finding("x-frame-options-sameorigin-or-deny", True)
    if word.startswith("allow-from "):
        return Finding("x-frame-options-allow-from-origin", True, "current browsers ignore ALLOW-FROM")
    return Finding("x-frame-options-header-invalid", False, f'"{value[:60]}" is neither DENY nor SAMEORIGIN')
