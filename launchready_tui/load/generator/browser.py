"""A visitor's browser: keeps connections and cookies, follows redirects within the product, reads bounded bodies."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any, cast
from urllib.parse import urljoin, urlsplit
from urllib.request import Request

import gevent  # type: ignore[import-untyped]
from geventhttpclient.client import HTTPClient, HTTPClientPool
from geventhttpclient.response import HTTPParseError, HTTPSocketPoolResponse

from launchready_tui import __version__
from launchready_tui.load.generator.failures import kind
from launchready_tui.load.script import Script
from launchready_tui.load.templates import MOST_TEXT

USER_AGENT = f"LaunchReady/{__version__} (+load test)"
MOST_HOPS = 10
MOST_BYTES = 16 * 1024 * 1024
"""Bytes of one body that are read; a longer one is a failure `too-large`."""

_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOST = (OSError, HTTPParseError, EOFError, ValueError)
"""What a connection, a server or its headers can make geventhttpclient raise."""

HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}


@dataclass(slots=True)
class Reply:
    """The answer to a step, after its redirects.

    `error` is '' or the kind of failure; `size` is in bytes on the wire.
    """

    status: int = 0
    error: str = ""
    body: bytes = b""
    size: int = 0
    coding: str = ""
    charset: str = ""

    def text(self) -> str:
        """The decoded beginning of the body, for extractors; '' where it cannot be decoded."""
        body = self.body
        if self.coding in ("gzip", "deflate"):
            body = _inflated(body, self.coding)
        try:
            return body[: MOST_TEXT * 4].decode(self.charset or "utf-8", "replace")
        except LookupError:
            return body[: MOST_TEXT * 4].decode("utf-8", "replace")


class Browser:
    """One visitor at a time. `forget` makes a new visitor of it, who has no cookies; connections are kept, as a server
    with keep-alive sees them.
    """

    def __init__(self, script: Script, pool: HTTPClientPool) -> None:
        self._script = script
        self._pool = pool
        self._clients: dict[str, HTTPClient] = {}
        self._jar: CookieJar | None = None

    def forget(self) -> None:
        """Forget all cookies."""
        self._jar = None

    def ask(
        self, method: str, origin: str, target: str, body: bytes, headers: Mapping[str, str], expect: tuple[int, ...]
    ) -> Reply:
        """Send one request and follow where it leads, as a browser does. What the outside does is in the reply."""
        limit = gevent.Timeout.start_new(self._script.request_s, TimeoutError)
        try:
            return self._followed(method, origin, target, body, headers, expect)
        finally:
            limit.close()

    def _followed(
        self, method: str, origin: str, target: str, body: bytes, headers: Mapping[str, str], expect: tuple[int, ...]
    ) -> Reply:
        size = 0
        for _ in range(MOST_HOPS + 1):
            try:
                reply, location = self._once(method, origin, target, body, headers)
            except _LOST as error:
                return Reply(error=kind(error), size=size)
            reply.size += size
            if reply.error or reply.status in expect:
                return reply
            if reply.status not in _REDIRECTS or not location:
                reply.error = f"status-{reply.status}"
                return reply
            size = reply.size
            where = self._within(f"{origin}{target}", location)
            if where is None:
                reply.error = "left-site"
                return reply
            origin, target = where
            if reply.status == 303 or (reply.status in (301, 302) and method == "POST"):
                method, body, headers = "GET", b"", {}
        return Reply(error="redirects", size=size)

    def _once(
        self, method: str, origin: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[Reply, str]:
        client = self._clients.get(origin)
        if client is None:
            client = self._clients[origin] = self._pool.get_client(origin)
        if self._jar is not None and (cookie := self._cookie(origin + target)):
            headers = {**headers, "Cookie": cookie}
        response = client.request(method, target, body, headers)
        found = response.info()
        reply = Reply(status=response.get_code())
        reply.body, reply.error = _read(response)
        reply.size = len(reply.body)
        cookies = found.getlist("set-cookie")
        if cookies:
            self._keep(origin + target, cookies)
        if "content-encoding" in found:
            reply.coding = found.getlist("content-encoding")[0].strip().lower()
        if "content-type" in found:
            reply.charset = _charset(found.getlist("content-type")[0])
        location = found.getlist("location")
        return reply, location[0].strip() if location else ""

    def _within(self, url: str, location: str) -> tuple[str, str] | None:
        """Origin and target of a redirect; None where it leads to a host that is not a target of this test."""
        try:
            parts = urlsplit(urljoin(url, location[:8_192]))
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            return None
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or f"{host}:{port}" not in self._script.targets:
            return None
        shown = f"[{host}]" if ":" in host else host
        return f"{parts.scheme}://{shown}:{port}", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _cookie(self, url: str) -> str:
        assert self._jar is not None
        request = Request(url)  # noqa: S310 - never opened: it only carries the URL to the cookie jar
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie") or ""

    def _keep(self, url: str, cookies: list[str]) -> None:
        message = Message()
        for cookie in cookies[:50]:
            message["Set-Cookie"] = cookie[:8_192]
        self._jar = self._jar if self._jar is not None else CookieJar()
        request = Request(url)  # noqa: S310 - never opened: it only carries the URL to the cookie jar
        self._jar.extract_cookies(cast(HTTPResponse, _Headers(message)), request)


@dataclass(slots=True)
class _Headers:
    """As much of a response as a cookie jar wants to see."""

    message: Message

    def info(self) -> Message:
        return self.message


def _read(response: HTTPSocketPoolResponse) -> tuple[bytes, str]:
    """The body, and '' or why it is not whole."""
    first: bytes = response.read(_CHUNK)
    if len(first) < _CHUNK:
        return first, ""
    parts, size = [first], len(first)
    while part := response.read(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            response.release()
            return b"".join(parts), "too-large"
    return b"".join(parts), ""


def _inflated(body: bytes, coding: str) -> bytes:
    """The decompressed beginning of a body, bounded; what breaks off is cut there."""
    unzip: Any = zlib.decompressobj(31 if coding == "gzip" else 15)
    try:
        return bytes(unzip.decompress(body, MOST_TEXT * 4))
    except zlib.error:
        return b""


def _charset(content_type: str) -> str:
    _, _, parameters = content_type.partition("charset=")
    return parameters.partition(";")[0].strip("\"' ").lower()[:40]
