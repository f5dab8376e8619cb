"""Headers whose value is one word: content type sniffing, referrer, and the three cross-origin policies."""

from __future__ import annotations

import re
from collections.abc import Mapping

from launchready_tui.checks.edge.headerrules.finding import Finding, Headers

_PRIVATE = frozenset({"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"})
_UNSAFE = frozenset({"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"})

_REPORT_TO = re.compile(r'report-to(?:=(?:"[^"\\]*"|[A-Za-z*][A-Za-z0-9_.:/*%-]*))?')
"""The parameter of a structured field (RFC 8941): alone, a token, or a quoted string."""

_EMBEDDER = {"require-corp": True, "credentialless": True, "unsafe-none": True}
_OPENER = {"same-origin": True, "same-origin-allow-popups": True, "noopener-allow-popups": True, "unsafe-none": True}
_RESOURCE = {"same-origin": True, "same-site": True, "cross-origin": True}


def content_type_options(headers: Headers) -> Finding:
    """X-Content-Type-Options (WHATWG Fetch): `nosniff`, once."""
    value = headers.joined("x-content-type-options")
    if value is None:
        return Finding("x-content-type-options-not-implemented", False)
    if value.strip().lower() == "nosniff":
        return Finding("x-content-type-options-nosniff", True)
    return Finding("x-content-type-options-header-invalid", False, f'"{value[:60]}" is not nosniff')


def referrer_policy(headers: Headers) -> Finding:
    """Referrer-Policy (W3C): the last value that a browser knows counts, the page's own over the header's."""
    texts = [*headers.all("referrer-policy"), *headers.meta("referrer-policy")]
    if not texts:
        return Finding("referrer-policy-not-implemented", True, "browsers use strict-origin-when-cross-origin")
    words = [word.strip().lower() for text in texts for word in text.split(",")][-100:]
    known = [word for word in words if word in _PRIVATE | _UNSAFE]
    if not known:
        return Finding("referrer-policy-header-invalid", False, f'"{texts[-1][:60]}" is no policy')
    if known[-1] in _PRIVATE:
        return Finding("referrer-policy-private", True, known[-1])
    return Finding("referrer-policy-unsafe", False, known[-1])


def embedder_policy(headers: Headers) -> Finding:
    """Cross-Origin-Embedder-Policy (HTML standard)."""
    return _policy("coep", headers.all("cross-origin-embedder-policy"), _EMBEDDER, structured=True)


def opener_policy(headers: Headers) -> Finding:
    """Cross-Origin-Opener-Policy (HTML standard)."""
    return _policy("coop", headers.all("cross-origin-opener-policy"), _OPENER, structured=True)


def resource_policy(headers: Headers) -> Finding:
    """Cross-Origin-Resource-Policy (WHATWG Fetch)."""
    return _policy("corp", headers.all("cross-origin-resource-policy"), _RESOURCE, structured=False)


def _policy(name: str, found: tuple[str, ...], words: Mapping[str, bool], *, structured: bool) -> Finding:
    """A header that is given once with one of a few words; these are tokens, so that case and quotes matter."""
    if not found:
        return Finding(f"{name}-not-implemented", True)
    word, _, parameters = found[0].partition(";") if structured else (found[0], "", "")
    good = len(found) == 1 and word.strip() in words
    if good and parameters:
        good = all(_REPORT_TO.fullmatch(part.strip()) for part in parameters.split(";"))
    if not good:
        return Finding(f"{name}-header-invalid", False, f'"{", ".join(found)[:60]}"')
    return Finding(f"{name}-implemented-with-{word.strip()}", words[word.strip()])
