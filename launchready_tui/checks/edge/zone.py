"""How the Cloudflare zone is set: its state and settings, flood protection, firewall, plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from launchready_tui.checks.edge import cloudflare
from launchready_tui.checks.edge.cloudflare import NAME, Rule, Settings, Zone
from launchready_tui.checks.limits import count, text
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.questions import ProviderRead
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line

IDS = (
    "ssl",
    "always_use_https",
    "min_tls_version",
    "tls_1_3",
    "0rtt",
    "automatic_https_rewrites",
    "development_mode",
    "security_level",
    "browser_check",
)
ORDER = ("ssl-off", "zone-paused", "zone-not-active", "old-tls", "security-off", "http-allowed")
WARN_ORDER = ("ssl-unverified", "development-mode", "early-data", "tls13-off", "browser-check-off")

MANAGED = "efb7b8c949ac4650a09736fc376e9aee"
FREE = "77454fe2d30c4220b5701f6fdfb893ba"
OWASP = "4814384a9e5d4991b9815dcfc25d2f1f"


@check("edge.zone-settings", over="domain")
async def zone_settings(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S3.CF.02: the zone is active, encrypts to a verified origin, and no bypass is left on."""
    zone = await cloudflare.zone(subject.product, ask)
    seen = await cloudflare.settings(zone, IDS, ask)
    tally = Tally()
    _state(zone, tally)
    _encryption(seen.values, limits, tally)
    _guards(seen.values, tally)
    for name, failure in seen.unseen.items():
        tally.blind(f"setting {name}", failure)
    _strange(seen, tally)
    for name, value in seen.values.items():
        tally.note(f"{name}: {_shown(value)}")
    decide_by = "Give the token the missing permission, or read the settings in the dashboard."
    return (
        tally.fail_first(ORDER)
        or tally.unknown(f"{len(tally.unseen)} of {len(IDS)} settings could not be judged", decide_by=decide_by)
        or tally.warn_first(WARN_ORDER)
        or tally.passed(f"zone {zone.name} is active, TLS to the origin is {_shown(seen.values.get('ssl'))}")
    )


def _state(zone: Zone, tally: Tally) -> None:
    if zone.paused:
        tally.fail("zone-paused", f"the zone {zone.name} is paused: nothing of the edge works")
    if zone.status and zone.status != "active":
        tally.fail("zone-not-active", f"the zone {zone.name} is {one_line(zone.status, 30)}, not active")


def _encryption(values: Mapping[str, Any], limits: Limits, tally: Tally) -> None:
    ssl = values.get("ssl")
    if ssl in ("off", "flexible"):
        tally.fail("ssl-off", f"SSL mode is {ssl}: the way from the edge to the origin is not encrypted")
    elif ssl == text(limits, "warn_ssl", "full"):
        tally.warn("ssl-unverified", "SSL mode is full: the origin's certificate is not verified")
    least = text(limits, "min_tls_version", "1.2")
    if values.get("min_tls_version") in ("1.0", "1.1", "1.2", "1.3") and values["min_tls_version"] < least:
        tally.fail("old-tls", f"TLS {values['min_tls_version']} is accepted, at least {least} is wanted")
    if values.get("tls_1_3") == "off":
        tally.warn("tls13-off", "TLS 1.3 is off")
    if values.get("tls_1_3") == "zrt" or values.get("0rtt") == "on":
        tally.warn("early-data", "0-RTT is on: a repeated early request may buy twice (RFC 8470)")
    if values.get("always_use_https") == "off":
        tally.note("always_use_https is off; whether the origin redirects, redirects.canonical-matrix tells")


def _guards(values: Mapping[str, Any], tally: Tally) -> None:
    if values.get("security_level") in ("off", "essentially_off"):
        tally.fail("security-off", f"the security level is {values['security_level']}")
    if values.get("development_mode") == "on":
        tally.warn("development-mode", "development mode is on: the cache is bypassed for up to three hours")
    if values.get("browser_check") == "off":
        tally.warn("browser-check-off", "the browser integrity check is off")


_KNOWN: Mapping[str, frozenset[str]] = {
    "ssl": frozenset({"off", "flexible", "full", "strict", "origin_pull"}),
    "min_tls_version": frozenset({"1.0", "1.1", "1.2", "1.3"}),
    "tls_1_3": frozenset({"on", "off", "zrt"}),
    "security_level": frozenset({"off", "essentially_off", "low", "medium", "high", "under_attack"}),
}


def _strange(seen: Settings, tally: Tally) -> None:
    """A value that was not there when this was written is shown as it is, and not guessed at."""
    for name, known in _KNOWN.items():
        if name in seen.values and not (isinstance(value := seen.values[name], str) and value in known):
            message = f"{name} is {_shown(seen.values[name])}, which is not known here"
            tally.blind(f"setting {name}", Failure("unknown-value", message, Fault.TARGET))


@dataclass(frozen=True, slots=True)
class _Override:
    """One place at which the managed flood rules are weakened."""

    where: str
    what: str


@check("edge.ddos", over="domain")
async def ddos(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S3.CF.03: no override weakens the managed flood rules, which are on by default in every plan."""
    zone = await cloudflare.zone(subject.product, ask)
    found = await cloudflare.rules(zone, "ddos_l7", ask)
    weak = [item for rule in found or () if rule.enabled for item in _weakened(rule)]
    if weak:
        details = tuple(f"{item.where}: {item.what}" for item in weak)
        return failed("ddos-weakened", f"flood protection is turned down: {weak[0].what}", details=details)
    if zone.paused:
        return failed("zone-paused", f"the zone {zone.name} is paused: no flood protection at all")
    return passed("flood protection is at its default strength" + (", with overrides that keep it" if found else ""))


def _weakened(rule: Rule) -> list[_Override]:
    overrides = cloudflare.parts(rule.parameters, "overrides")
    nested = [item for key in ("rules", "categories") for item in _dicts(overrides.get(key))]
    found = []
    for item, where in (
        (overrides, rule.name),
        *((item, str(item.get("id") or item.get("category"))) for item in nested),
    ):
        if item.get("sensitivity_level") in ("low", "eoff"):
            found.append(_Override(one_line(where, 60), f"sensitivity {item['sensitivity_level']}"))
        if item.get("action") == "log":
            found.append(_Override(one_line(where, 60), "it only logs"))
        if item.get("enabled") is False:
            found.append(_Override(one_line(where, 60), "it is disabled"))
    return found


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


@check("edge.waf", over="domain")
async def waf(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S3.CF.06: the managed rules run, and nothing skips them for all traffic."""
    zone = await cloudflare.zone(subject.product, ask)
    found = await cloudflare.rules(zone, "http_request_firewall_managed", ask)
    managed, free = text(limits, "managed_ruleset", MANAGED), text(limits, "free_ruleset", FREE)
    owasp = text(limits, "owasp_ruleset", OWASP)
    custom = await cloudflare.rules(zone, "http_request_firewall_custom", ask)
    if skips := [rule for rule in (*(found or ()), *(custom or ())) if _skips_all(rule)]:
        return failed("waf-skipped", f"a rule skips the firewall for all traffic: {one_line(skips[0].name, 60)}")
    running = {
        cloudflare.word(rule.parameters, "id") for rule in found or () if rule.enabled and rule.action == "execute"
    }
    leaked = await ask(ProviderRead(NAME, f"/zones/{zone.id}/leaked-credential-checks"))
    result = None if leaked.failure else leaked.facts.result
    enabled = result.get("enabled") if isinstance(result, dict) else None
    details = (
        f"OWASP rules: {'on' if owasp in running else 'off'}",
        f"leaked-credential check: {'on' if enabled is True else 'off' if enabled is False else 'not seen'}",
    )
    if managed in running:
        return passed("the managed firewall rules run", details=details)
    off = [rule for rule in found or () if cloudflare.word(rule.parameters, "id") == managed and not rule.enabled]
    if off:
        return failed("waf-disabled", "the managed firewall rules are there and disabled", details=details)
    if zone.plan in ("free", "") or free in running:
        return warned("waf-free-only", "only the free managed rules run", details=details)
    return failed("waf-disabled", f"the plan {zone.plan} has managed rules, and they are not deployed", details=details)


def _skips_all(rule: Rule) -> bool:
    """Whether a rule lets everything past the managed rules."""
    if not rule.enabled or rule.action != "skip" or rule.expression.strip(" ()").lower() != "true":
        return False
    found = rule.parameters.get("phases")
    phases = found if isinstance(found, list) else []
    return rule.parameters.get("ruleset") == "current" or "http_request_firewall_managed" in phases or not phases


@check("edge.plan-capability", over="domain")
async def plan_capability(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S3.CF.05: what the plan's rate limits can do; whatever they cannot is for the application."""
    zone = await cloudflare.zone(subject.product, ask)
    plans = {
        "free": (count(limits, "free_rules", 1), f"by path alone, over {count(limits, 'free_period_seconds', 10)} s"),
        "pro": (
            count(limits, "pro_rules", 2),
            f"by host, path and query, up to {count(limits, 'pro_period_seconds', 60)} s",
        ),
        "business": (
            count(limits, "business_rules", 5),
            f"also by method, header and answer, up to {count(limits, 'business_period_seconds', 600)} s",
        ),
        "enterprise": (count(limits, "enterprise_rules", 100), "also by characteristics of your own"),
    }
    families = sorted({route.family for route in subject.product.routes if route.family})
    if zone.plan not in plans:
        summary = f"the plan {one_line(zone.plan, 40) or '(not named)'} is not known here"
        return unknown("plan-unknown", summary, decide_by="Read the plan's rate-limit table in the dashboard.")
    number, how = plans[zone.plan]
    beyond = len(families) - number
    rest = f"; {beyond} of {len(families)} families need a limit in the application" if beyond > 0 else ""
    return passed(f"{zone.plan}: {number} rate-limit rules, {how}{rest}", note="plan", details=tuple(families))


def _shown(value: object) -> str:
    return (
        one_line(str(value), 60)
        if isinstance(value, str | int | float | bool)
        else "not seen"
        if value is None
        else "set"
    )
