"""Faults at the edge and at the doors: the zone, the domain, limits, sessions, headers, what strangers may read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from launchready_tui.practice.faults.model import HTTPS, Edit, Fault, hints, shows
from launchready_tui.practice.marketplace import API, APP, DOMAIN, EDGE, WWW
from launchready_tui.practice.world import Page, Registration, Reply, World

COMMUNITY, CDN = f"community.{DOMAIN}", f"cdn.{DOMAIN}"


def _cookie(host: str, path: str, cookie: str) -> Edit:
    def edit(world: World) -> World:
        page = world.sites[host].resources[path]
        headers = page.headers if isinstance(page, Page) else ()
        return world.with_page(host, path, headers=(*headers, ("Set-Cookie", cookie)))

    return edit


def _setting(name: str, value: str) -> Edit:
    return lambda world: world.with_edge(settings={**world.edge.settings, name: value})


def _rule(phase: str, *rules: Mapping[str, Any]) -> Edit:
    """The rules of a phase replaced."""
    return lambda world: world.with_edge(rules={**world.edge.rules, phase: rules})


def _open_api(world: World) -> World:
    users = [{"id": 1, "email": "margaux@example.org", "role": "seller"}, {"id": 2, "email": "pieter@example.org"}]
    reply = Reply(200, json.dumps({"users": users}) + "\n", "application/json")
    return world.with_resource(API, "/api/admin/users", reply)


def _public_order(world: World) -> World:
    order = {"order": "2002", "buyer": "seller@acme.test", "item": "Brass lamp"}
    return world.with_resource(APP, "/orders/2002", Reply(200, json.dumps(order), "application/json"))


EDGE_FAULTS: tuple[Fault, ...] = (
    Fault(
        "login-unlimited",
        "Passwords can be tried without end",
        "The limit was on the list for after the launch. Bots do not wait for it.",
        "Brake after five wrong passwords, by account and by address.",
        (shows("limits.login", f"{HTTPS}{APP}/login", "no-throttle"),),
        lambda world: world.without_throttle(APP, "/login"),
    ),
    Fault(
        "reset-unlimited",
        "The reset form is a mail cannon",
        "Anybody can send a thousand reset mails to anybody. By noon the mail provider has blocked the domain.",
        "Brake reset requests by target address.",
        (shows("limits.reset", f"{HTTPS}{APP}/reset", "no-throttle"),),
        lambda world: world.without_throttle(APP, "/reset"),
    ),
    Fault(
        "open-admin-api",
        "The admin API lists all users to anybody",
        "The admin page asks for a password. The API behind it does not.",
        "Check the role in the API, not in the page.",
        (shows("identity.admin-exposure", API, "admin-open"),),
        _open_api,
    ),
    Fault(
        "public-order",
        "Every order opens by its number",
        "The page looks the order up by its number and forgets to ask whose it is.",
        "Look orders up among those of the session's user.",
        (
            shows("identity.object-access", f"{HTTPS}{APP}/orders/2002", "foreign-object"),
            shows("caching.private-pages", f"{HTTPS}{APP}/orders/2002", "private-leak"),
        ),
        _public_order,
    ),
    Fault(
        "api-reflects-origin",
        "Any website may read the API as our customer",
        "CORS was in the way during development, so every origin is allowed, with cookies.",
        "Allow the app's own origin by name.",
        (shows("edge.cors", f"{HTTPS}{API}/me", "reflected-with-credentials"),),
        lambda world: world.with_site(API, reflects=("/me",)),
    ),
    Fault(
        "cookie-not-secure",
        "The welcome page's session cookie travels over plain http",
        "It was set by hand, next to the framework's own, and nobody thought of the flags.",
        "Set Secure, and name it __Host-….",
        (shows("identity.session-cookie", f"{HTTPS}{WWW}/pricing", "not-secure"),),
        _cookie(WWW, "/pricing", "session_id=practice; Path=/; HttpOnly; SameSite=Lax"),
    ),
    Fault(
        "cookie-for-scripts",
        "Scripts can read the seller's session",
        "A widget wanted to show the seller's name and needed the cookie for it.",
        "Set HttpOnly, and give the widget the name alone.",
        (shows("identity.session-cookie", f"{HTTPS}{WWW}/sell", "not-http-only"),),
        _cookie(WWW, "/sell", "__Host-auth=practice; Path=/; Secure; SameSite=Lax"),
    ),
    Fault(
        "cookie-no-samesite",
        "The help centre's session goes along from every site",
        "The framework is old enough to know no SameSite.",
        "Set SameSite=Lax.",
        (hints("identity.session-cookie", f"{HTTPS}{WWW}/help", "no-samesite"),),
        _cookie(WWW, "/help", "__Host-sid=practice; Path=/; Secure; HttpOnly"),
    ),
    Fault(
        "community-framed",
        "Any site can put the community into a frame",
        "The community runs on a server of its own, which got none of the headers.",
        "Send the same headers as everywhere else.",
        (shows("edge.headers", f"{HTTPS}{COMMUNITY}/", "no-frame-protection"),),
        lambda world: world.with_site(
            COMMUNITY, leaves_out=("X-Frame-Options", "X-Content-Type-Options", "Content-Security-Policy")
        ),
    ),
    Fault(
        "media-without-policy",
        "The media host has no content policy",
        "It was left out because a banner broke. The banner is gone.",
        "Send the Content-Security-Policy there too.",
        (hints("edge.headers", f"{HTTPS}{CDN}/", "csp-absent"),),
        lambda world: world.with_site(CDN, leaves_out=("Content-Security-Policy",)),
    ),
    Fault(
        "zone-for-everybody",
        "The name server hands out the whole zone",
        "A second name server was to copy the zone, from any address. It never came.",
        "Allow transfers from the secondary's address only.",
        (shows("dns.zone-transfer", DOMAIN, "transfer-open"),),
        lambda world: replace(world, transfers=True),
    ),
    Fault(
        "domain-runs-out",
        "The domain runs out in three weeks, and is not locked",
        "The reminder goes to a mailbox of the agency, and so would the request to move the domain away.",
        "Renew for some years, switch on auto-renewal and the transfer lock.",
        (shows("dns.registration", DOMAIN, "expires-soon"),),
        lambda world: replace(world, registration=Registration(days=20, locked=False)),
    ),
    Fault(
        "app-past-the-edge",
        "The app stands in front of the edge",
        "The record was switched to grey to debug an upload, and stayed grey.",
        "Switch the proxy on for app.acme.test.",
        (shows("edge.proxy", APP, "unproxied"),),
        lambda world: world.with_edge(unproxied=frozenset({APP})),
    ),
    Fault(
        "edge-flexible",
        "The edge talks to the origin in plain text",
        "Flexible was the mode that worked at once.",
        "Set SSL to Full (strict).",
        (shows("edge.zone-settings", DOMAIN, "ssl-off"), shows("tls.origin-chain", DOMAIN, "ssl-off")),
        _setting("ssl", "flexible"),
    ),
    Fault(
        "edge-flood-rules-low",
        "The flood protection is turned down",
        "An import of pictures looked like a flood, so the sensitivity was lowered for everything.",
        "Delete the override.",
        (shows("edge.ddos", DOMAIN, "ddos-weakened"),),
        _rule(
            "ddos_l7",
            {
                "action": "execute",
                "expression": "true",
                "enabled": True,
                "description": "HTTP DDoS",
                "action_parameters": {"overrides": {"sensitivity_level": "low"}},
            },
        ),
    ),
    Fault(
        "edge-firewall-skipped",
        "A rule skips the firewall for everybody",
        "It was for the payment provider's webhooks and lost its condition in an edit.",
        "Give the rule its condition back.",
        (shows("edge.waf", DOMAIN, "waf-skipped"),),
        _rule(
            "http_request_firewall_custom",
            {"action": "skip", "expression": "true", "enabled": True, "action_parameters": {"ruleset": "current"}},
        ),
    ),
    Fault(
        "edge-caches-checkout",
        "The edge stores the checkout",
        "One rule caches everything below the app, because the dashboard said that it makes sites fast.",
        "Limit the rule to the pictures, and purge the cache.",
        (shows("edge.private-cache-rules", DOMAIN, "private-cached"),),
        _rule(
            "http_request_cache_settings",
            *EDGE.rules["http_request_cache_settings"],
            {
                "action": "set_cache_settings",
                "expression": f'(http.host eq "{APP}" and starts_with(http.request.uri.path, "/checkout"))',
                "enabled": True,
                "description": "Fast checkout",
                "action_parameters": {"cache": True},
            },
        ),
    ),
)
"""All faults that the edge, the registry or a login shows."""
