"""Answers `HttpExchange`: one request, one response, redirects not followed, secrets taken out."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

import httpx

from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Network
from launchready_tui.model.questions import HttpExchange, HttpResponse, Page, Question
from launchready_tui.probes.decoding import decode_text
from launchready_tui.probes.dialling import DialPolicy
from launchready_tui.probes.httpfetch import Fetched, Fetcher, Order, Times
from launchready_tui.probes.outcome import Outcome, failure
from launchready_tui.probes.page import read_page
from launchready_tui.probes.redaction import read_cookie, redact_header, redact_text, redact_url
from launchready_tui.probes.trust import verifying_context
from launchready_tui.probes.walls import wall
from launchready_tui.text import one_line

MAX_TEXT = 16 * 1024
"""Bytes of the body's beginning that are stored."""

MAX_HEADERS = 200
MAX_HEADER = 8_192
MAX_COOKIES = 50

_NO_TEXT = ("image/", "video/", "audio/", "font/")


def read_url(text: str) -> httpx.URL | Failure:
    """A URL that can be fetched."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        return Failure("malformed", f"{one_line(text, 120)} is not a URL: {one_line(str(error), 80)}", Fault.USAGE)
    if url.scheme not in ("http", "https") or not url.raw_host or not 0 < (url.port or 80) < 65536:
        return Failure("malformed", f"{one_line(text, 120)} is not an http or https URL", Fault.USAGE)
    return url


class HttpProbe:
    """Visits as a browser would: system trust and the profile's own, HTTP/2 where offered, no proxy of the environment.

    `base` is the folder of the profile. Raises `InputError` for `connect_to` rules or a `ca_bundle` that cannot be
    read. `policy` and `times` are for tests.
    """

    def __init__(
        self, network: Network, base: str, *, policy: DialPolicy | None = None, times: Times | None = None
    ) -> None:
        self.fetcher = Fetcher(policy or DialPolicy(network), verifying_context(network, base), times)
        self._jars: dict[str, httpx.Cookies] = {}

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer an `HttpExchange`; the third attempt without a pinned family tries IPv6 first."""
        assert isinstance(question, HttpExchange)
        url = read_url(question.url)
        if isinstance(url, Failure):
            return Outcome(failure=url)
        order = Order(
            method=question.method,
            url=url,
            headers=question.headers,
            content=question.body.encode(),
            family=question.family,
            address=question.address,
            prefer="6" if attempt == 3 else "4",
        )
        jar = self.jar(question.session) if question.session else None
        got = await self.fetcher.fetch(order, ask, jar)
        if isinstance(got, Failure):
            return Outcome(failure=got, vantage=Vantage(address=question.address))
        return await asyncio.to_thread(read_response, question, got)

    def jar(self, session: str) -> httpx.Cookies:
        """The cookies of a session, which live for this run."""
        return self._jars.setdefault(session, httpx.Cookies())

    async def aclose(self) -> None:
        """Close all connections and forget all cookies."""
        self._jars.clear()
        await self.fetcher.aclose()


def read_response(question: HttpExchange, got: Fetched) -> Outcome:
    """Pure: the facts of a response, or the failure that it stands for."""
    vantage = Vantage(address=got.target.address)
    headers = got.headers[:MAX_HEADERS]
    status = got.response.status_code
    content_type = next((value for name, value in headers if name == "content-type"), "")
    media_type = content_type.partition(";")[0].strip().lower()
    text = "" if media_type.startswith(_NO_TEXT) else decode_text(got.body, content_type)
    if by := wall(status, headers, text):
        message = f"a bot wall ({by}) answered in place of {question.host}, with status {status}"
        return failure("bot-wall", message, fault=Fault.PERMISSION, vantage=vantage)
    if status == 429:
        message = f"{question.host} answers a single request with 429 Too Many Requests"
        return failure("rate-limited", message, fault=Fault.PERMISSION, vantage=vantage)
    page = read_page(question.url, media_type, text)
    cookies = [read_cookie(value) for name, value in headers if name == "set-cookie"]
    facts = HttpResponse(
        status=status,
        headers=tuple((name[:256], redact_header(name, value[:MAX_HEADER])) for name, value in headers),
        location=_location(question.url, headers),
        cookies=tuple(cookies[:MAX_COOKIES]),
        page=replace(_redacted(page), cut=page.cut or got.cut),
        text=_excerpt(text),
        body_sha256=hashlib.sha256(got.body).hexdigest(),
        body_bytes=len(got.body),
        cut=got.cut,
        address=got.target.address,
        http_version=got.http_version,
        elapsed_ms=round(got.elapsed * 1000, 3),
    )
    return Outcome(facts, vantage=vantage)


def _location(url: str, headers: tuple[tuple[str, str], ...]) -> str:
    """The Location header made absolute; the values of secret parameters are gone (see `redaction`)."""
    value = next((value.strip() for name, value in headers if name == "location"), "")
    if not value:
        return ""
    try:
        return redact_url(urljoin(url, value[:MAX_HEADER]))
    except ValueError:
        # Such as http://[: , which nobody can follow.
        return redact_url(value[:MAX_HEADER])


def _excerpt(text: str) -> str:
    """The stored beginning of a body. Secrets are looked for in a little more, so that none is stored cut in two."""
    shown = redact_text(text[: MAX_TEXT + 4_096]).encode(errors="replace")
    return shown[:MAX_TEXT].decode(errors="ignore")


def _redacted(page: Page) -> Page:
    references = tuple(replace(reference, url=redact_url(reference.url)) for reference in page.references)
    return replace(page, title=redact_text(page.title), references=references)
