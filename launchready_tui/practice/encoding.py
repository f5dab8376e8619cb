"""What the web server does with every answer on its way out: a validator, and compression for who can read it."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import replace

from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.world import Reply

LEAST_BYTES = 860
"""Shorter answers travel plain: they fit into one packet anyhow."""

_LEVEL = 5
_TAG = re.compile(r'"[^"]*"')
"""Without the W/ of a weak one: for If-None-Match both are the same (RFC 9110 section 13.1.2)."""

_REFUSED = re.compile(r"q=0(?:\.0*)?$")


def finished(request: Request, reply: Reply, compressed: frozenset[str], *, varies: bool = True) -> Reply:
    """The answer as it is sent. `compressed` are the media types that travel compressed; `varies` says that Vary tells
    caches so.
    """
    body = reply.body.encode() if isinstance(reply.body, str) else reply.body
    headers = reply.headers
    encoding = ""
    if reply.media_type.partition(";")[0] in compressed and len(body) >= LEAST_BYTES:
        if varies:
            headers = (*headers, ("Vary", "Accept-Encoding"))
        if accepts_gzip(request.headers.get("accept-encoding", "")):
            encoding = "gzip"
    tag = _validator(request, reply, body, encoding)
    if tag:
        headers = (*headers, ("ETag", tag))
        if tag in _TAG.findall(request.headers.get("if-none-match", "")):
            return replace(reply, status=304, body=b"", headers=headers)
    if encoding:
        body = gzip.compress(body, _LEVEL, mtime=0)
        headers = (*headers, ("Content-Encoding", encoding))
    return replace(reply, body=body, headers=headers)


def accepts_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110 section 12.5.3)."""
    offers = [part.strip().lower() for part in accepted.split(",")]
    named = [offer for offer in offers if offer.partition(";")[0].strip() in ("gzip", "x-gzip", "*")]
    return any(not _REFUSED.search(offer.replace(" ", "")) for offer in named)


def _validator(request: Request, reply: Reply, body: bytes, encoding: str) -> str:
    """A strong ETag, another one for each encoding (RFC 9110 section 8.8.3.3); '' for what nobody may store."""
    control = next((value for name, value in reply.headers if name.lower() == "cache-control"), "")
    if request.method not in ("GET", "HEAD") or reply.status != 200 or not body or "no-store" in control:
        return ""
    digest = hashlib.blake2b(body, digest_size=10).hexdigest()
    return f'"{digest}{f"-{encoding}" if encoding else ""}"'
