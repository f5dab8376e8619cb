"""Short ways to write a Cloudflare zone and an edge for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Account, Host, Network, Product, Route
from launchready_tui.model.questions import (
    DnsAnswer,
    DnsLookup,
    Facts,
    HttpExchange,
    HttpResponse,
    Page,
    ProviderRead,
    ProviderReply,
    Question,
)

Table = dict[Question[Any], Facts | Failure]

NO_TOKEN = Failure("input-missing", "no cloudflare token is known")
NO_SCOPE = Failure("missing-scope", "it needs Zone: Read")
NO_CONSENT = Failure("no-consent", "nobody has agreed")
TIMEOUT = Failure("timeout", "no answer")

STRICT = {
    "ssl": "strict",
    "always_use_https": "on",
    "min_tls_version": "1.2",
    "tls_1_3": "on",
    "0rtt": "off",
    "automatic_https_rewrites": "on",
    "development_mode": "off",
    "security_level": "medium",
    "browser_check": "on",
}

WWW, APP, API = Host("www.acme.test", "www"), Host("app.acme.test", "app"), Host("api.acme.test", "api")
MAIL = Host("mail.acme.test", "mail")
LOGIN = Route("login", "https://app.acme.test/login", "auth", "login")
RESET = Route("reset", "https://app.acme.test/reset", "auth", "reset")
SIGNUP = Route("signup", "https://app.acme.test/signup", "auth", "signup")
HOOK = Route("hook", "https://api.acme.test/hook", "webhook", "webhook")
ME = Route("me", "https://api.acme.test/me", "api", expect_status=(401,))
BUYER = Account("buyer", "buyer@acme.test", ("https://app.acme.test/orders/1",))
SELLER = Account("seller", "seller@acme.test")


def acme(
    *hosts: Host, routes: tuple[Route, ...] = (), accounts: tuple[Account, ...] = (), network: Network | None = None
) -> Product:
    """A product at acme.test."""
    return Product(
        "Acme", "acme.test", hosts or (WWW, APP, API, MAIL), routes, network=network or Network(), accounts=accounts
    )


def reply(result: object, *, capped: bool = False) -> ProviderReply:
    return ProviderReply(True, json.dumps(result), capped)


def cloudflare(
    *,
    zone: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    rules: Mapping[str, list[dict[str, Any]]] | None = None,
    records: list[dict[str, Any]] | None = None,
    pagerules: list[dict[str, Any]] | None = None,
) -> Table:
    """Everything that the checks read of a zone; without arguments all is well on a Pro plan."""
    base = {"id": "z", "name": "acme.test", "status": "active", "paused": False, "plan": {"legacy_id": "pro"}}
    ask = lambda path: ProviderRead("cloudflare", path)  # noqa: E731
    table: Table = {ask("/zones?name=acme.test"): reply([{**base, **(zone or {})}])}
    for name, value in {**STRICT, **(settings or {})}.items():
        found = value if isinstance(value, Failure) else reply({"id": name, "value": value})
        table[ask(f"/zones/z/settings/{name}")] = found
    managed = [
        {"action": "execute", "expression": "true", "action_parameters": {"id": "efb7b8c949ac4650a09736fc376e9aee"}}
    ]
    phases: dict[str, list[dict[str, Any]] | None] = {
        "ddos_l7": None,
        "http_request_firewall_managed": managed,
        "http_request_firewall_custom": None,
        "http_request_cache_settings": None,
        **(rules or {}),
    }
    for phase, found_rules in phases.items():
        answer = ProviderReply(False) if found_rules is None else reply({"rules": found_rules})
        table[ask(f"/zones/z/rulesets/phases/{phase}/entrypoint")] = answer
    table[ask("/zones/z/dns_records")] = reply(records or [])
    table[ask("/zones/z/pagerules")] = reply(pagerules or [])
    table[ask("/zones/z/leaked-credential-checks")] = reply({"enabled": True})
    return table


def without_token() -> Table:
    return {ProviderRead("cloudflare", "/zones?name=acme.test"): NO_TOKEN}


def at(name: str, *addresses: str) -> Table:
    """The addresses of a name."""
    return {
        DnsLookup(name, "A"): DnsAnswer("NOERROR", tuple(item for item in addresses if ":" not in item)),
        DnsLookup(name, "AAAA"): DnsAnswer("NOERROR", tuple(item for item in addresses if ":" in item)),
    }


def page(
    url: str, *, status: int = 200, text: str = "", title: str = "", media: str = "text/html", **more: Any
) -> Table:
    """A page at a URL."""
    headers = (("content-type", media), *more.pop("headers", ()))
    facts = HttpResponse(
        status,
        headers,
        text=text,
        page=Page(title, **more.pop("page", {})),
        body_sha256=text or title,
        body_bytes=len(text),
        **more,
    )
    return {HttpExchange("GET", url): facts}
