"""What a response lets other sites read (WHATWG Fetch, CORS protocol)."""

from __future__ import annotations

from launchready_tui.checks.edge.headerrules.finding import Finding, Headers


def judge(headers: Headers, origin: str) -> Finding:
    """The verdict on the answer to a request that said `Origin: origin`."""
    allowed = headers.joined("access-control-allow-origin")
    if allowed is None:
        return Finding("cross-origin-resource-sharing-not-implemented", True)
    allowed = allowed.strip()
    credentials = (headers.joined("access-control-allow-credentials") or "").strip() == "true"
    if allowed == "*":
        return Finding("cross-origin-resource-sharing-implemented-with-public-access", True, "*")
    if allowed.lower() == origin.lower():
        if credentials:
            result = "cross-origin-resource-sharing-implemented-with-universal-access"
            return Finding(result, False, f"{origin} with credentials")
        return Finding("cross-origin-resource-sharing-implemented-with-reflected-origin", True, origin)
    return Finding("cross-origin-resource-sharing-implemented-with-restricted-access", True, allowed[:80])
