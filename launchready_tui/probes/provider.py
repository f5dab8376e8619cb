"""Answers `ProviderRead`: reads the API of a provider with the operator's own token. It cannot write.

A token goes to the provider's own host, or to an address that only this machine or its network can reach (a fake
server, a gateway): a profile that names a stranger's host is refused, and redirects are not followed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import httpx

from launchready_tui.model.codec import canonical
from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Network
from launchready_tui.model.questions import ProviderRead, ProviderReply, Question
from launchready_tui.probes.dialling import DialPolicy
from launchready_tui.probes.http import read_url
from launchready_tui.probes.httpfetch import Fetched, Fetcher, Order
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.redaction import redact_text
from launchready_tui.probes.trust import verifying_context
from launchready_tui.text import one_line

Tokens = Callable[[str], str | None]
"""The token of a provider, or the password of a test account (`account:ROLE`); None if there is none. May block."""

MOST_PAGES = 20
MOST_MEMBERS = 50
"""Members of one page: the API refuses more."""

MOST_ITEMS = 2_000
MAX_BYTES = 4 * 1024 * 1024
LONGEST_WAIT = 10.0
"""Seconds of a Retry-After that are waited for; longer ones end the question as `rate-limited`."""

MOST_RETRIES = 2
_AT_ONCE = 4

_PERSONAL = frozenset(
    {"owner", "email", "user", "created_by", "modified_by", "comment", "tags", "meta", "permissions", "first_name"}
    | {"last_name", "token", "secret", "password", "private_key", "certificate", "phone", "address"}
)
"""Fields that are dropped wherever they stand: people and secrets are no evidence."""


@dataclass(frozen=True, slots=True)
class ProviderApi:
    """How an API is reached. `scopes` name the permission that a path needs, by its beginning or end."""

    base: str
    scopes: tuple[tuple[str, str], ...] = ()
    page_size: int = 100

    def scope(self, path: str) -> str:
        """The permission for a path, in the provider's words."""
        return next((scope for part, scope in self.scopes if part in path), "read access")


APIS: Mapping[str, ProviderApi] = {
    "cloudflare": ProviderApi(
        "https://api.cloudflare.com/client/v4",
        (
            ("/members", "Account Settings: Read"),
            ("/settings/", "Zone Settings: Read"),
            ("/dns_records", "DNS: Read"),
            ("/phases/ddos_l7/", "HTTP DDoS Managed Ruleset: Read"),
            ("/phases/http_request_cache_settings/", "Cache Rules: Read"),
            ("/phases/http_request_firewall", "Zone WAF: Read"),
            ("/phases/http_ratelimit/", "Zone WAF: Read"),
            ("/leaked-credential-checks", "Zone WAF: Read"),
            ("/pagerules", "Page Rules: Read"),
            ("/bot_management", "Bot Management: Read"),
            ("/ssl/", "SSL and Certificates: Read"),
            ("/zones", "Zone: Read"),
        ),
    )
}
"""The providers that can be read (ADAPTERS.md d1)."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer with all its pages; `configured` is False for a 404."""

    address: str
    result: Any = None
    capped: bool = False
    configured: bool = True


class ProviderProbe:
    """Reads with GET and nothing else. `base` is the folder of the profile.

    No `connect_to` rule applies to a token. The provider's own host is trusted as the system trusts it; the profile's
    authorities count only for an address nearby. A profile with name servers of its own must name the API.
    """

    def __init__(
        self,
        bases: Mapping[str, str],
        network: Network,
        base: str,
        tokens: Tokens,
        *,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        self._bases = bases
        self._network = network
        self._base = base
        self._fetchers: dict[bool, Fetcher] = {}
        self._tokens = tokens
        self._longest_wait = longest_wait
        self._known: dict[str, asyncio.Task[str | None]] = {}
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `ProviderRead`."""
        assert isinstance(question, ProviderRead)
        api = APIS.get(question.provider)
        if api is None:
            return Outcome(
                failure=Failure("malformed", f"no API of {one_line(question.provider, 40)} is known", Fault.USAGE)
            )
        base = trusted_base(self._bases.get(question.provider, ""), api)
        if isinstance(base, Failure):
            return Outcome(failure=base)
        if self._network.nameservers and not self._bases.get(question.provider):
            message = f"the profile names its own name servers but no {question.provider} API ([providers])"
            return Outcome(failure=Failure("input-missing", message, Fault.USAGE))
        token = await self.token(question.provider)
        if not token:
            hint = f"no {question.provider} token is known (`launchready token set {question.provider}`)"
            return Outcome(failure=Failure("input-missing", hint, Fault.USAGE))
        async with self._at_once:
            found = await self._pages(question, api, base, token, ask)
        if isinstance(found, Failure):
            return Outcome(failure=found)
        reply, address = found
        return Outcome(reply, vantage=Vantage(address=address))

    async def aclose(self) -> None:
        """Close all connections."""
        for fetcher in self._fetchers.values():
            await fetcher.aclose()

    def _fetcher(self, *, nearby: bool) -> Fetcher:
        """The way to an address nearby, or to a provider."""
        if nearby not in self._fetchers:
            network = replace(self._network, connect_to=()) if nearby else Network()
            self._fetchers[nearby] = Fetcher(DialPolicy(network), verifying_context(network, self._base))
        return self._fetchers[nearby]

    def override(self, provider: str) -> str:
        """The base URL that the profile names, '' for the provider's own."""
        return self._bases.get(provider, "")

    async def token(self, provider: str) -> str | None:
        """The token, asked for once: a keyring may take seconds."""
        if provider not in self._known:
            self._known[provider] = asyncio.create_task(asyncio.to_thread(self._tokens, provider))
        return await self._known[provider]

    async def _pages(
        self, question: ProviderRead, api: ProviderApi, base: str, token: str, ask: Ask
    ) -> tuple[ProviderReply, str] | Failure:
        found = await self.whole(question, api, base, token, ask)
        if isinstance(found, Failure):
            return found
        if not found.configured:
            return ProviderReply(configured=False), found.address
        return ProviderReply(True, canonical(_cleaned(found.result)), capped=found.capped), found.address

    async def whole(self, question: ProviderRead, api: ProviderApi, base: str, token: str, ask: Ask) -> Whole | Failure:
        """The result with all its pages, personal fields and all: whoever keeps it cleans it first."""
        items: list[Any] = []
        page = 1
        while True:
            got = await self._get(_paged(base + question.path, page, api.page_size), token, ask)
            if isinstance(got, Failure):
                return got
            if got.response.status_code == 404:
                return Whole(got.target.address, configured=False)
            envelope = _envelope(question, api, got)
            if isinstance(envelope, Failure):
                return envelope
            result = envelope.get("result")
            if not isinstance(result, list):
                return Whole(got.target.address, result)
            items += result
            info = envelope.get("result_info")
            total = info.get("total_pages") if isinstance(info, dict) else None
            more = isinstance(total, int) and page < total and bool(result)
            if not more or page >= MOST_PAGES or len(items) >= MOST_ITEMS:
                return Whole(got.target.address, items[:MOST_ITEMS], capped=more)
            page += 1

    async def _get(self, url: str, token: str, ask: Ask) -> Fetched | Failure:
        """The only request that this module can make: GET, with the token, repeated after a short Retry-After."""
        target = read_url(url)
        if isinstance(target, Failure):
            return target
        headers = (("authorization", f"Bearer {token}"), ("accept", "application/json"))
        host = target.host
        # A name server must not say where "localhost" is.
        address = "127.0.0.1" if host == "localhost" else ""
        order = Order("GET", target, headers, address=address, max_bytes=MAX_BYTES)
        fetcher = self._fetcher(nearby=_is_nearby(host))
        for _ in range(MOST_RETRIES + 1):
            got = await fetcher.fetch(order, ask)
            if isinstance(got, Failure) or got.response.status_code != 429:
                return got
            wait = _seconds(got.response.headers.get("retry-after", ""))
            if wait > self._longest_wait:
                break
            await asyncio.sleep(wait)
        return Failure("rate-limited", f"{target.host} asks to come back later (429)", Fault.PERMISSION)


def trusted_base(override: str, api: ProviderApi) -> str | Failure:
    """The base URL to which a token may be sent: the provider's own host over https, or an address nearby."""
    if not override:
        return api.base
    url = read_url(override)
    if isinstance(url, Failure):
        return url
    if url.scheme == "https" and url.host == httpx.URL(api.base).host:
        return override.rstrip("/")
    if not _is_nearby(url.host):
        message = f"[providers] names {one_line(url.host, 80)}, which is not the provider: no token is sent there"
        return Failure("not-trusted", message, Fault.USAGE)
    return override.rstrip("/")


def _is_nearby(host: str) -> bool:
    """Whether a host is an address that only this machine or its network can reach."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost"


def _paged(url: str, page: int, size: int) -> str:
    """Lists are asked for in pages; what is no list ignores the parameters."""
    lists = ("/dns_records", "/zones?", "/pagerules", "/members")
    if not any(part in url for part in lists):
        return url
    size = min(size, MOST_MEMBERS) if "/members" in url else size
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'per_page': size, 'page': page})}"


def _envelope(question: ProviderRead, api: ProviderApi, got: Fetched) -> dict[str, Any] | Failure:
    """The answer's envelope, or what its status or form means."""
    status, name = got.response.status_code, question.provider
    if status in (401, 403):
        scope = api.scope(question.path)
        message = f"the {name} token may not read {question.path.partition('?')[0]} ({status}): it needs {scope}"
        return Failure("missing-scope", message, Fault.PERMISSION)
    if got.cut:
        return Failure("too-large", f"{name} answered more than {MAX_BYTES:,} bytes", Fault.TARGET)
    if status >= 500:
        return Failure("server-error", f"{name} answered {status}", Fault.TARGET)
    try:
        envelope = json.loads(got.body)
    except (ValueError, RecursionError):
        envelope = None
    if not isinstance(envelope, dict) or status != 200 or envelope.get("success") is False:
        return Failure("malformed", f"{name} answered {status} without the JSON that it documents", Fault.TARGET)
    return envelope


def _cleaned(value: Any, depth: int = 0) -> Any:
    """A value without personal fields, with secrets in texts replaced; deep nesting ends as null."""
    if depth > 12:
        return None
    if isinstance(value, dict):
        return {str(key)[:80]: _cleaned(item, depth + 1) for key, item in value.items() if str(key) not in _PERSONAL}
    if isinstance(value, list):
        return [_cleaned(item, depth + 1) for item in value[:MOST_ITEMS]]
    if isinstance(value, str):
        return redact_text(value[:4_000])
    return value if value is None or isinstance(value, bool | int) else _number(value)


def _number(value: Any) -> Any:
    """A float that JSON can hold; infinities and NaN become null."""
    return value if isinstance(value, float) and value == value and abs(value) != float("inf") else None


def _seconds(text: str) -> float:
    """A Retry-After in seconds (RFC 9110 section 10.2.3); a date or nonsense counts as one second."""
    text = text.strip()
    return float(text[:6]) if text.isascii() and text.isdigit() else 1.0
