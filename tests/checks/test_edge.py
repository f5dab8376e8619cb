"""The edge: what stands in front of hosts, how the zone is set, and what is behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from launchready_tui.checks.edge.expression import covers
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Network
from launchready_tui.model.questions import (
    Certificate,
    DnsAnswer,
    DnsLookup,
    HttpExchange,
    HttpResponse,
    Page,
    ProviderRead,
    TlsHandshake,
    TlsSession,
)
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.edge import (
    APP,
    LOGIN,
    MAIL,
    NO_CONSENT,
    NO_SCOPE,
    NO_TOKEN,
    TIMEOUT,
    WWW,
    Table,
    acme,
    at,
    cloudflare,
    page,
    reply,
    without_token,
)
from tests.kit import SEEN_AT, judge

RANGES = Network(ranges={"cloudflare": ("198.51.100.0/24",)})
NO_MX: Table = {DnsLookup("acme.test", "MX"): DnsAnswer("NOERROR"), DnsLookup("acme.test", "TXT"): DnsAnswer("NOERROR")}


def outcome(judged: Judgement) -> tuple[str, str]:
    return judged.verdict.value, judged.reason


# --- edge.proxy -------------------------------------------------------------------------------------------------------


def proxy(host: Host, table: Table, network: Network = RANGES, **more: Any) -> Judgement:
    return judge("edge.proxy", host.name, {**NO_MX, **table}, acme(network=network, **more))


def test_addresses_and_headers_show_the_edge() -> None:
    assert outcome(proxy(WWW, {**without_token(), **at(WWW.name, "198.51.100.7")})) == ("pass", "")
    direct = {**without_token(), **at(WWW.name, "203.0.113.7")}
    shown = page("https://www.acme.test/", headers=(("cf-ray", "1-LHR"),))
    assert outcome(proxy(WWW, {**direct, **shown})) == ("pass", "")


def test_without_any_sign_of_an_edge_nobody_can_tell() -> None:
    table = {**without_token(), **page("https://www.acme.test/")}
    for host in (WWW, APP, Host("api.acme.test")):
        table |= at(host.name, "203.0.113.7")
    judged = proxy(WWW, table)
    assert outcome(judged) == ("unknown", "edge-not-recognised")
    assert "expect" in judged.decide_by


@pytest.mark.parametrize(
    ("name", "expected"),
    [("app", ("fail", "unproxied")), ("api", ("warn", "api-unproxied")), ("www", ("warn", "unproxied-host"))],
)
def test_a_host_past_the_edge_that_others_have(name: str, expected: tuple[str, str]) -> None:
    hosts = {"www.acme.test", "app.acme.test", "api.acme.test"}
    table = {**without_token(), **page(f"https://{name}.acme.test/")}
    for host in hosts:
        table |= at(host, "203.0.113.7" if host.startswith(name) else "198.51.100.7")
    host = next(host for host in acme().hosts if host.name.startswith(name))
    assert outcome(proxy(host, table)) == expected


def test_the_record_of_the_zone_decides() -> None:
    record = {"type": "A", "name": "app.acme.test", "content": "203.0.113.7", "proxied": False}
    table = {**cloudflare(records=[record]), **at(APP.name, "203.0.113.7"), **page("https://app.acme.test/")}
    assert outcome(proxy(APP, table, routes=(LOGIN,))) == ("fail", "unproxied")
    table |= cloudflare(records=[{**record, "proxied": True}])
    assert outcome(proxy(APP, table)) == ("pass", "")


def test_mail_hosts_must_not_be_proxied() -> None:
    assert outcome(proxy(MAIL, at(MAIL.name, "203.0.113.25"))) == ("pass", "")
    assert outcome(proxy(MAIL, at(MAIL.name, "198.51.100.25"))) == ("fail", "mail-proxied")
    exchanger = {
        **at(WWW.name, "198.51.100.25"),
        DnsLookup("acme.test", "MX"): DnsAnswer("NOERROR", ("10 www.acme.test",)),
    }
    assert outcome(judge("edge.proxy", WWW.name, exchanger, acme(network=RANGES))) == ("fail", "mail-proxied")


def test_what_cannot_be_resolved_cannot_be_judged() -> None:
    table = {**without_token(), DnsLookup(WWW.name, "A"): TIMEOUT, DnsLookup(WWW.name, "AAAA"): TIMEOUT}
    assert outcome(proxy(WWW, table)) == ("unknown", "timeout")
    address = Host("192.0.2.1")
    assert judge("edge.proxy", address.name, {}, acme(address)).verdict is Verdict.NOT_APPLICABLE


# --- the zone ---------------------------------------------------------------------------------------------------------


def zone(check: str, table: Table, **limits: Any) -> tuple[str, str]:
    return outcome(judge(check, "acme.test", table, acme(), limits))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("pass", "")),
        ({"ssl": "flexible"}, ("fail", "ssl-off")),
        ({"ssl": "off"}, ("fail", "ssl-off")),
        ({"ssl": "full"}, ("warn", "ssl-unverified")),
        ({"min_tls_version": "1.0"}, ("fail", "old-tls")),
        ({"security_level": "essentially_off"}, ("fail", "security-off")),
        ({"development_mode": "on"}, ("warn", "development-mode")),
        ({"0rtt": "on"}, ("warn", "early-data")),
        ({"tls_1_3": "zrt"}, ("warn", "early-data")),
        ({"browser_check": "off"}, ("warn", "browser-check-off")),
        ({"ssl": "quantum"}, ("unknown", "unknown-value")),
        ({"ssl": 7}, ("unknown", "unknown-value")),
        ({"ssl": {"strange": []}}, ("unknown", "unknown-value")),
        ({"min_tls_version": ["1.2"], "development_mode": {}}, ("unknown", "unknown-value")),
        ({"0rtt": NO_SCOPE}, ("unknown", "missing-scope")),
        ({"0rtt": NO_SCOPE, "ssl": "off"}, ("fail", "ssl-off")),
    ],
)
def test_zone_settings(settings: dict[str, Any], expected: tuple[str, str]) -> None:
    assert zone("edge.zone-settings", cloudflare(settings=settings)) == expected


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"paused": True}, "zone-paused"),
        ({"status": "pending"}, "zone-not-active"),
        ({"status": "odd"}, "zone-not-active"),
    ],
)
def test_a_zone_that_is_not_there_protects_nothing(state: dict[str, Any], reason: str) -> None:
    assert zone("edge.zone-settings", cloudflare(zone=state)) == ("fail", reason)


ZONE_CHECKS = (
    "edge.zone-settings",
    "edge.ddos",
    "edge.waf",
    "edge.plan-capability",
    "edge.private-cache-rules",
    "tls.origin-chain",
)


@pytest.mark.parametrize("check", ZONE_CHECKS)
def test_without_token_zone_or_permission_nothing_is_claimed(check: str) -> None:
    first = ProviderRead("cloudflare", "/zones?name=acme.test")
    assert zone(check, {first: NO_TOKEN})[1] == "input-missing"
    assert zone(check, {first: NO_SCOPE}) == ("unknown", "missing-scope")
    assert zone(check, {first: reply([])}) == ("unknown", "zone-not-found")
    assert zone(check, {first: reply("nonsense")}) == ("unknown", "zone-not-found")
    assert zone(check, {first: reply([{"name": "other.test", "id": "x"}, 7, None])}) == ("unknown", "zone-not-found")


def override(**values: Any) -> Table:
    rule = {"action": "execute", "expression": "true", "action_parameters": {"overrides": values}}
    return cloudflare(rules={"ddos_l7": [rule]})


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (cloudflare(), ("pass", "")),
        (override(sensitivity_level="default"), ("pass", "")),
        (override(sensitivity_level="medium"), ("pass", "")),
        (override(sensitivity_level="low"), ("fail", "ddos-weakened")),
        (override(sensitivity_level="eoff"), ("fail", "ddos-weakened")),
        (override(action="log"), ("fail", "ddos-weakened")),
        (override(rules=[{"id": "1", "action": "log"}]), ("fail", "ddos-weakened")),
        (override(categories=[{"category": "x", "enabled": False}]), ("fail", "ddos-weakened")),
        (override(sensitivity_level="purple", rules=["nonsense", 7]), ("pass", "")),
        (override(sensitivity_level=["low"], rules=7, categories={}), ("pass", "")),
        (cloudflare(zone={"paused": True}), ("fail", "zone-paused")),
    ],
)
def test_flood_protection(table: Table, expected: tuple[str, str]) -> None:
    assert zone("edge.ddos", table) == expected


MANAGED, FREE = "efb7b8c949ac4650a09736fc376e9aee", "77454fe2d30c4220b5701f6fdfb893ba"


def firewall(plan: str = "pro", custom: list[dict[str, Any]] | None = None, *rules: dict[str, Any]) -> Table:
    return cloudflare(
        zone={"plan": {"legacy_id": plan}},
        rules={"http_request_firewall_managed": list(rules), "http_request_firewall_custom": custom or []},
    )


def execute(ruleset: str, **more: Any) -> dict[str, Any]:
    return {"action": "execute", "expression": "true", "action_parameters": {"id": ruleset}, **more}


SKIP = {"action": "skip", "expression": "true", "action_parameters": {"phases": ["http_request_firewall_managed"]}}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (firewall("pro", None, execute(MANAGED)), ("pass", "")),
        (firewall("free", None, execute(FREE)), ("warn", "waf-free-only")),
        (firewall("free"), ("warn", "waf-free-only")),
        (firewall("pro"), ("fail", "waf-disabled")),
        (firewall("pro", None, execute(MANAGED, enabled=False)), ("fail", "waf-disabled")),
        (firewall("pro", [SKIP], execute(MANAGED)), ("fail", "waf-skipped")),
        (firewall("pro", [{**SKIP, "action_parameters": {"phases": 7}}], execute(MANAGED)), ("fail", "waf-skipped")),
        (firewall("pro", [{**SKIP, "enabled": False}], execute(MANAGED)), ("pass", "")),
        (firewall("pro", [{**SKIP, "expression": 'http.host eq "x"'}], execute(MANAGED)), ("pass", "")),
    ],
)
def test_the_firewall(table: Table, expected: tuple[str, str]) -> None:
    assert zone("edge.waf", table) == expected


@pytest.mark.parametrize(
    ("plan", "expected"),
    [("free", ("pass", "plan")), ("business", ("pass", "plan")), ("cosmic", ("unknown", "plan-unknown"))],
)
def test_what_the_plan_can_do(plan: str, expected: tuple[str, str]) -> None:
    assert zone("edge.plan-capability", cloudflare(zone={"plan": {"legacy_id": plan}})) == expected


def caching(expression: str, cache: object = True, **more: Any) -> Table:
    rule = {"action": "set_cache_settings", "expression": expression, "action_parameters": {"cache": cache}, **more}
    return cloudflare(rules={"http_request_cache_settings": [rule]})


def page_rule(target: str, value: str = "cache_everything", status: str = "active") -> Table:
    actions = [{"id": "cache_level", "value": value}]
    return cloudflare(
        pagerules=[{"targets": [{"constraint": {"value": target}}], "actions": actions, "status": status}]
    )


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (cloudflare(), ("pass", "")),
        (caching('http.request.uri.path eq "/account"'), ("fail", "private-cached")),
        (caching("true"), ("fail", "private-cached")),
        (caching('starts_with(http.request.uri.path, "/static")'), ("pass", "")),
        (caching('starts_with(http.request.uri.path, "/api")', cache=False), ("pass", "")),
        (caching('starts_with(http.request.uri.path, "/api")', enabled=False), ("pass", "")),
        (caching('starts_with(http.request.uri.path, "/api")', cache="odd"), ("pass", "")),
        (caching('http.cookie contains "x"'), ("unknown", "expression")),
        (caching("((("), ("unknown", "expression")),
        (page_rule("*acme.test/*"), ("fail", "private-cached")),
        (page_rule("https://app.acme.test/checkout*"), ("fail", "private-cached")),
        (page_rule("*acme.test/*", status="disabled"), ("pass", "")),
        (page_rule("*acme.test/*", value="basic"), ("pass", "")),
        (page_rule("*acme.test/static/*"), ("pass", "")),
        (cloudflare(pagerules=["nonsense", {"actions": 7}]), ("pass", "")),  # type: ignore[list-item]
    ],
)
def test_private_pages_are_not_stored(table: Table, expected: tuple[str, str]) -> None:
    assert zone("edge.private-cache-rules", table) == expected


def test_the_last_cache_rule_counts() -> None:
    rules = [
        {"action": "x", "expression": "true", "action_parameters": {"cache": True}},
        {"action": "x", "expression": "true", "action_parameters": {"cache": False}},
    ]
    assert zone("edge.private-cache-rules", cloudflare(rules={"http_request_cache_settings": rules})) == ("pass", "")


@pytest.mark.parametrize(
    ("expression", "truth"),
    [
        ('(http.request.uri.path eq "/login")', True),
        ('http.request.uri.path ne "/login"', False),
        ('not http.request.uri.path in {"/a" "/login"}', False),
        ('http.host contains "acme" and starts_with(http.request.uri.path, "/log")', True),
        ('lower(http.request.uri.path) eq "/login" or ip.src eq 1', True),
        ('ip.geoip.country eq "T1"', None),
        ('ip.geoip.country eq "T1" and http.request.uri.path eq "/x"', False),
        ('ip.geoip.country eq "T1" or http.request.uri.path eq "/login"', True),
        ('http.request.uri.path matches "^/l"', None),
        ('http.request.uri.path wildcard "/log*"', True),
        ('http.request.method eq "POST"', False),
        ("true", True),
        ("", None),
        ('"', None),
        ("(" * 5_000, None),
        ("not " * 5_000 + "true", None),
        ("x" * 10_000, None),
        ('any(http.request.headers["x"][*] eq "1")', None),
    ],
)
def test_expressions(expression: str, truth: bool | None) -> None:
    assert covers(expression, "app.acme.test", "/login") is truth


# --- the origin -------------------------------------------------------------------------------------------------------

HIDDEN = replace(APP, origin=("192.0.2.80",))
HOME = "https://app.acme.test/"
DIRECT = HttpExchange("GET", HOME, address="192.0.2.80", active=True)
USUAL = HttpResponse(200, page=Page("Acme"), body_sha256="a", body_bytes=3)


def hidden(answer: HttpResponse | Failure, host: Host = HIDDEN, **more: Any) -> tuple[str, str]:
    table: Table = {
        **NO_MX,
        **without_token(),
        **at(APP.name, "198.51.100.7"),
        HttpExchange("GET", HOME): USUAL,
        DIRECT: answer,
    }
    return outcome(judge("edge.hidden-origin", APP.name, table, acme(host, network=RANGES, **more)))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (USUAL, ("fail", "origin-open")),
        (replace(USUAL, body_sha256="b"), ("fail", "origin-open")),
        (HttpResponse(200, page=Page("Welcome to nginx"), body_sha256="n"), ("warn", "default-host")),
        (HttpResponse(403), ("pass", "")),
        (HttpResponse(421), ("pass", "")),
        (Failure("refused", "x"), ("pass", "")),
        (Failure("timeout", "x"), ("unknown", "timeout")),
        (Failure("certificate", "x"), ("warn", "origin-answers-tls")),
        (Failure("malformed", "x"), ("unknown", "malformed")),
        (NO_CONSENT, ("unknown", "no-consent")),
    ],
)
def test_the_origin_is_hidden(answer: HttpResponse | Failure, expected: tuple[str, str]) -> None:
    assert hidden(answer) == expected


def test_candidates_come_from_mail_and_records() -> None:
    table: Table = {
        **without_token(),
        **at(APP.name, "198.51.100.7"),
        **at("mail.acme.test", "192.0.2.80", "198.51.100.7"),
        DnsLookup("acme.test", "MX"): DnsAnswer("NOERROR", ("10 mail.acme.test", "20 mx.google.example")),
        DnsLookup("acme.test", "TXT"): DnsAnswer("NOERROR", ("v=spf1 ip4:192.0.2.80 ip4:10.0.0.0/8 -all",)),
        HttpExchange("GET", HOME): USUAL,
        DIRECT: USUAL,
    }
    assert outcome(judge("edge.hidden-origin", APP.name, table, acme(network=RANGES))) == ("fail", "origin-open")


def test_nothing_known_and_nothing_to_hide() -> None:
    assert hidden(USUAL, APP) == ("unknown", "no-origin-known")
    table = {**NO_MX, **without_token(), **at(APP.name, "203.0.113.7"), HttpExchange("GET", HOME): USUAL}
    judged = judge("edge.hidden-origin", APP.name, table, acme(network=RANGES))
    assert judged.verdict is Verdict.NOT_APPLICABLE


def session(problem: str = "", issuer: str = "CN=Let's Encrypt") -> TlsSession:
    day = timedelta(days=1)
    leaf = Certificate(
        "CN=app", issuer, "1", ("app.acme.test",), SEEN_AT - day, SEEN_AT + 90 * day, "EC", 256, "sha256", "x"
    )
    return TlsSession("192.0.2.80", "TLSv1.3", "x", (leaf,), problem, problem)


@pytest.mark.parametrize(
    ("answer", "ssl", "expected"),
    [
        (session(), "strict", ("pass", "")),
        (session(), "full", ("warn", "ssl-unverified")),
        (session(), "flexible", ("fail", "ssl-off")),
        (session("expired"), "strict", ("warn", "origin-expired")),
        (session("untrusted", "CN=CloudFlare Origin CA"), "strict", ("pass", "")),
        (Failure("refused", "x"), "strict", ("unknown", "origin-closed")),
    ],
)
def test_the_chain_of_the_origin(answer: TlsSession | Failure, ssl: str, expected: tuple[str, str]) -> None:
    table = {**cloudflare(settings={"ssl": ssl}), TlsHandshake(APP.name, address="192.0.2.80"): answer}
    assert outcome(judge("tls.origin-chain", "acme.test", table, acme(HIDDEN))) == expected


def test_the_chain_of_the_origin_without_a_token() -> None:
    table = {**without_token(), TlsHandshake(APP.name, address="192.0.2.80"): session()}
    assert outcome(judge("tls.origin-chain", "acme.test", table, acme(HIDDEN))) == ("pass", "")
    assert outcome(judge("tls.origin-chain", "acme.test", without_token(), acme())) == ("unknown", "input-missing")
    strange = cloudflare(settings={"ssl": "quantum"})
    assert outcome(judge("tls.origin-chain", "acme.test", strange, acme())) == ("unknown", "unknown-value")
