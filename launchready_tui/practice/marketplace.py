"""Acme Market as it should be: every host, record and page in good order. Faults are edits of this world."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from launchready_tui.practice import code, post
from launchready_tui.practice.post import PROVIDER as MAIL_PROVIDER
from launchready_tui.practice.world import EdgeZone, Page, Record, Redirect, Reply, Resource, Site, Throttle, World

DOMAIN = "acme.test"
WWW = f"www.{DOMAIN}"
APP = f"app.{DOMAIN}"
API = f"api.{DOMAIN}"
MAIL_HOSTS = (f"mail.{DOMAIN}", f"mail2.{DOMAIN}")
OLD_SERVER = "127.0.0.99"
"""The machine that the shop lived on before it moved."""

SAAS_ADDRESS = "127.0.0.98"
"""Where the hosted services of other companies answer."""

EXTRA_ADDRESSES = (OLD_SERVER, SAAS_ADDRESS)
"""Addresses that no site of the marketplace has, but faults lead to."""

THROTTLES = (
    Throttle(APP, "/login"),
    Throttle(APP, "/signup"),
    Throttle(APP, "/reset"),
    Throttle(API, "/webhooks/payments"),
    Throttle(API, "/webhooks/mail"),
)
"""What is braked when all is well."""

EDGE = EdgeZone(
    settings={
        "ssl": "strict",
        "always_use_https": "on",
        "min_tls_version": "1.2",
        "tls_1_3": "on",
        "0rtt": "off",
        "automatic_https_rewrites": "on",
        "development_mode": "off",
        "security_level": "medium",
        "browser_check": "on",
    },
    rules={
        "http_request_firewall_managed": (
            {
                "id": "r1",
                "action": "execute",
                "expression": "true",
                "enabled": True,
                "description": "Cloudflare Managed Ruleset",
                "action_parameters": {"id": "efb7b8c949ac4650a09736fc376e9aee"},
            },
        ),
        "http_request_cache_settings": (
            {
                "id": "r2",
                "action": "set_cache_settings",
                "expression": '(http.host eq "cdn.acme.test")',
                "enabled": True,
                "description": "Pictures",
                "action_parameters": {"cache": True},
            },
        ),
    },
)
"""The zone at the edge when all is well."""

_ONE_ADDRESS = "127.0.0.1"
_A_YEAR = ("Cache-Control", "public, max-age=31536000, immutable")

SIDE_SITES: tuple[tuple[str, str, str], ...] = (
    ("jobs.team", "Work with us", "Drivers, restorers and one very patient accountant."),
    ("events", "Open evenings", "Meet sellers and their sofas every first Thursday."),
    ("press", "Press", "Pictures, numbers and a telephone that is answered."),
    ("shop", "Outlet", "Pieces with a scratch, at half the price."),
    ("start", "Start selling", "Three photographs and a price, that is all."),
    ("office", "For offices", "Forty matching chairs? Sometimes we have them."),
    ("go", "Short links", "Links that fit on a flyer."),
    ("cdn", "Media", "Where our pictures come from."),
    ("img", "Pictures", "Photographs of furniture, by furniture people."),
    ("news", "Newsletter", "One letter a month, twelve good chairs."),
    ("docs", "Seller handbook", "How to pack a table so that it arrives as one."),
    ("partners", "Partners", "Carpenters and hauliers whom we trust."),
    ("pay", "Payments", "How money moves from the buyer to the seller."),
    ("help", "Help centre", "Answers written by people who carried the wardrobe."),
    ("guide", "Buying guide", "Oak or veneer? A short course."),
    ("status", "Status", "Everything runs."),
    ("blog", "Blog", "Stories of things that outlived their owners."),
    ("learn", "Academy", "Repair a wobbling chair in an afternoon."),
    ("forum", "Forum", "Ask somebody who has owned one."),
    ("community", "Community", "Neighbours who share a van."),
    ("billing", "Billing", "Invoices of the last ten years."),
    ("chat", "Chat", "Talk to a seller."),
    ("files", "Files", "Assembly instructions, if there ever were any."),
    ("media", "Press pictures", "In print resolution."),
    ("invest", "Investors", "Quarterly letters."),
    ("legacy", "Old catalogue", "What we sold before 2020."),
    ("sso", "Staff login", "For colleagues."),
)
"""The hosts around the marketplace: label, title, one sentence. Their addresses count up from 127.0.0.20."""

ITEMS: tuple[dict[str, Any], ...] = (
    {
        "slug": "oak-table",
        "name": "Oak table, 1962",
        "price": 480,
        "place": "Lyon",
        "seller": "Margaux",
        "wall": "#e9dcc6",
        "wood": "#8a5a33",
        "shape": "M60 95h200v14h-14v62h-10v-62H84v62H74v-62H60z",
        "story": "Four generations did their homework on it. One corner knows Greek.",
    },
    {
        "slug": "reading-chair",
        "name": "Reading chair",
        "price": 220,
        "place": "Ghent",
        "seller": "Pieter",
        "wall": "#d7e0d3",
        "wood": "#3f6b4f",
        "shape": "M110 50h24v60h76v-20h14v50h-10v32h-10v-32h-74v32h-10v-32h-10z",
        "story": "New upholstery, old patience. Comes with the cat's approval.",
    },
    {
        "slug": "brass-lamp",
        "name": "Brass lamp",
        "price": 95,
        "place": "Leeds",
        "seller": "Aisha",
        "wall": "#dcd8e6",
        "wood": "#b58a2c",
        "shape": "M130 45h60l18 45h-96zM155 90h10v70h25v10h-60v-10h25z",
        "story": "Rewired last spring, with the receipt.",
    },
    {
        "slug": "kitchen-dresser",
        "name": "Kitchen dresser",
        "price": 640,
        "place": "Graz",
        "seller": "Jonas",
        "wall": "#eadad2",
        "wood": "#6d4a3a",
        "shape": "M95 30h130v60H95zM88 96h144v74h-14v-6H102v6H88z",
        "story": "Holds a service for twelve and forty years of birthday cards.",
    },
    {
        "slug": "cane-bench",
        "name": "Cane bench",
        "price": 310,
        "place": "Porto",
        "seller": "Inês",
        "wall": "#d5e2e6",
        "wood": "#a6764a",
        "shape": "M70 70h180v10H70zM70 112h180v12h-8v46h-8v-46H86v46h-8v-46h-8z",
        "story": "Stood in a railway waiting room until the railway stopped waiting.",
    },
    {
        "slug": "writing-desk",
        "name": "Writing desk",
        "price": 390,
        "place": "Oslo",
        "seller": "Signe",
        "wall": "#e6e2cf",
        "wood": "#5c5340",
        "shape": "M70 92h180v12h-6v66h-9v-40H85v40h-9v-66h-6zM86 106h50v18H86z",
        "story": "Two novels and a tax return were written here.",
    },
)


SCRIPT = """document.addEventListener("keydown", (event) => {
  const search = document.querySelector("form.search input");
  if (event.key === "/" && search && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
});
"""
"""A slash begins a search."""

SCRIPT_PATH = f"/assets/shop-{hashlib.sha256(SCRIPT.encode()).hexdigest()[:12]}.js"
_SCRIPT_TAG = f'<script src="{SCRIPT_PATH}" defer></script>'


def live_key() -> str:
    """A string in the form of a publishable payment key; it belongs to nobody."""
    return "_".join(("pk", "live", "practiceonly0000"))


def address_of(host: str, *, single: bool) -> str:
    """The loopback address of a host."""
    if single:
        return _ONE_ADDRESS
    main = {DOMAIN: 10, WWW: 11, APP: 12, API: 13, MAIL_HOSTS[0]: 14, MAIL_HOSTS[1]: 15}
    if host in main:
        return f"127.0.0.{main[host]}"
    labels = [label for label, _, _ in SIDE_SITES]
    return f"127.0.0.{20 + labels.index(host.removesuffix(f'.{DOMAIN}'))}"


def mended(*, single: bool = False) -> World:
    """The world without a fault. `single` puts every host on 127.0.0.1, for machines with no other loopback address."""
    sites = {
        DOMAIN: {},
        WWW: _www(),
        APP: _app(),
        API: _api(),
    }
    made = {host: Site(host, address_of(host, single=single), resources=resources) for host, resources in sites.items()}
    made[DOMAIN] = Site(DOMAIN, made[DOMAIN].address, forward=Redirect(f"https://{WWW}", keep_path=True))
    for label, title, lead in SIDE_SITES:
        host = f"{label}.{DOMAIN}"
        made[host] = Site(
            host,
            address_of(host, single=single),
            resources={"/": side_page(title, lead), "/robots.txt": _text("User-agent: *\n")},
        )
    world = World(
        DOMAIN,
        {},
        made,
        files={**post.files(DOMAIN), **code.files()},
        commits=code.commits(),
        throttles=THROTTLES,
        edge=EDGE,
        registered=frozenset({DOMAIN, MAIL_PROVIDER, "helpscoutdocs.com", "ghost.io", "fastedge.test"}),
    )
    return code.dressed(world, WWW, APP).with_records(*_zone(world, single=single))


def _zone(world: World, *, single: bool) -> list[Record]:
    name_servers = (f"ns1.{DOMAIN}.", f"ns2.{DOMAIN}.")
    zone = [
        Record(DOMAIN, "SOA", (f"ns1.{DOMAIN}. hostmaster.{DOMAIN}. 2026112401 14400 3600 1209600 3600",), 3600),
        Record(DOMAIN, "NS", name_servers, 3600),
        Record(DOMAIN, "MX", (f"10 {MAIL_HOSTS[0]}.", f"20 {MAIL_HOSTS[1]}."), 3600),
        Record(DOMAIN, "TXT", (f'"v=spf1 mx include:spf.{MAIL_PROVIDER} -all"',), 3600),
        Record(f"_dmarc.{DOMAIN}", "TXT", (f'"v=DMARC1; p=quarantine; rua=mailto:dmarc@{DOMAIN}"',), 3600),
        Record(f"team.{DOMAIN}", "TXT", ('"everybody who works here"',), 3600),
        Record(MAIL_PROVIDER, "NS", (f"ns1.{DOMAIN}.",), 3600),
        Record(f"spf.{MAIL_PROVIDER}", "TXT", ('"v=spf1 ip4:127.0.0.97 -all"',), 3600),
    ]
    zone += post.records(DOMAIN)
    zone += [Record(name.rstrip("."), "A", (_ONE_ADDRESS,), 3600) for name in name_servers]
    zone += [Record(host, "A", (address_of(host, single=single),)) for host in (*world.sites, *MAIL_HOSTS)]
    return zone


def side_page(title: str, lead: str) -> Page:
    """The home page of one of the hosts around the marketplace."""
    more = "This corner of the market is small on purpose. The tables and chairs are one click away, on the main site."
    return Page("text.html", title, {"lead": lead, "paragraphs": (more,)})


def _text(body: str, media_type: str = "text/plain; charset=utf-8") -> Reply:
    return Reply(200, body, media_type)


def _json(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value, ensure_ascii=False) + "\n", "application/json")


def sitemap(*paths: str) -> Reply:
    """A sitemap of pages of the marketplace."""
    places = "".join(f"<url><loc>https://{WWW}{path}</loc></url>" for path in paths)
    text = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>\n'
    return _text(text, "application/xml")


SITEMAP_PATHS = ("/", "/listings", "/pricing", "/sell", "/help", *(f"/listings/{item['slug']}" for item in ITEMS))
"""The pages that the sitemap lists."""


def _www() -> dict[str, Resource]:
    pages: dict[str, Resource] = {
        "/": Page("home.html", "Furniture with a story", {"items": ITEMS[:3]}),
        "/listings": Page("listings.html", "All listings", {"items": ITEMS}, foot=(_SCRIPT_TAG,)),
        "/search": Page("listings.html", "Search", {"items": ITEMS[1:4]}, foot=(_SCRIPT_TAG,)),
        SCRIPT_PATH: Reply(200, SCRIPT, "text/javascript; charset=utf-8", (_A_YEAR,)),
        "/pricing": _article(
            "Pricing", "Listing is free.", "We take eight per cent when it sells, and nothing when it does not."
        ),
        "/sell": _article(
            "Sell with us",
            "Three photographs and a price.",
            "We read every listing before it goes live, usually within the hour.",
        ),
        "/help": _article(
            "Help",
            "Somebody who carried the wardrobe answers.",
            "Write to help@acme.test; we reply on the same day, Sundays included.",
        ),
        "/terms": _article(
            "Terms", "Short and in plain words.", "You have three days to send anything back. The van comes to you."
        ),
        "/robots.txt": _text(f"User-agent: *\nAllow: /\nSitemap: https://{WWW}/sitemap.xml\n"),
        "/sitemap.xml": sitemap(*SITEMAP_PATHS),
        "/pricing-2023": Redirect(f"https://{WWW}/pricing"),
        "/blog/summer-sale": Redirect(f"https://{WWW}/listings"),
        "/sellers-guide": Redirect(f"https://{WWW}/sell"),
        "/tables": Redirect(f"https://{WWW}/listings/oak-table"),
        "/catalogue": Redirect(f"https://{WWW}/search"),
        "/members": Redirect(f"https://{APP}/login"),
        "/invite": Redirect(f"https://{APP}/signup"),
        "/payment/return": Redirect(f"https://{APP}/checkout/return"),
    }
    pages |= {f"/listings/{item['slug']}": Page("listing.html", item["name"], {"item": item}) for item in ITEMS}
    return pages


def _article(title: str, lead: str, *paragraphs: str) -> Page:
    return Page("text.html", title, {"lead": lead, "paragraphs": paragraphs})


_EMAIL = {"label": "E-mail", "name": "email", "type": "email", "autocomplete": "email"}
_PASSWORD = {"label": "Password", "name": "password", "type": "password", "autocomplete": "current-password"}
_NAME = {"label": "Your name", "name": "name", "type": "text", "autocomplete": "name"}


def _form(
    title: str, action: str, button: str, fields: tuple[dict[str, str], ...], text: str = "", **links: str
) -> Page:
    shown = tuple(
        {"label": label.replace("_", " ").capitalize(), "to": f"https://{APP}{to}"} for label, to in links.items()
    )
    return Page(
        "form.html", title, {"action": action, "button": button, "fields": fields, "text": text, "links": shown}
    )


def _app() -> dict[str, Resource]:
    sign_up_text = "Free for buyers, free for sellers until something sells."
    return {
        "/": _article("Your corner of the market", "Log in to see your orders and your listings."),
        "/login": replace(
            _form("Log in", "/login", "Log in", (_EMAIL, _PASSWORD), lost_it="/reset", new_here="/signup"),
            obeys_next="own",
        ),
        "/signup": _form(
            "Sign up",
            "/signup",
            "Create account",
            (_NAME, _EMAIL, _PASSWORD),
            sign_up_text,
            our_privacy_notice="/privacy",
        ),
        "/welcome": _article("Welcome", "Look into your mailbox.", "We sent you a link; it is good for a day."),
        "/privacy": _article(
            "Privacy", "We know your address, because the van has to find it.", "Nobody else learns it."
        ),
        "/reset": _form("Reset your password", "/reset", "Send me a link", (_EMAIL,), back_to_login="/login"),
        "/checkout": Page("checkout.html", "Checkout", {"item": ITEMS[0], "payment_key": live_key()}),
        "/checkout/return": _article(
            "Thank you", "The van is being loaded.", "You get the invoice by mail within a few minutes."
        ),
        "POST /login": Page("message.html", "That did not work", {"text": "E-mail or password is wrong."}, 401),
        "POST /signup": Page("message.html", "That did not work", {"text": "Please fill in all fields."}, 422),
        "POST /reset": _article("Look into your mailbox", "If we know this address, a link is on its way."),
        "POST /checkout": Page("message.html", "That did not work", {"text": "Your basket is empty."}, 422),
        "/robots.txt": _text("User-agent: *\nDisallow: /checkout\n"),
    }


def _api() -> dict[str, Resource]:
    listings = [{key: item[key] for key in ("slug", "name", "price", "place", "seller")} for item in ITEMS]
    unsigned = _json({"error": "signature missing"}, 400)
    return {
        "/": _json({"name": "Acme Market API", "version": "2026-11"}),
        "/health": _json({"status": "ok", "database": "ok"}),
        "/listings": _json({"listings": listings}),
        "/payments/mode": _json({"provider": "Paywell", "livemode": False}),
        "/me": _json({"error": "log in first"}, 401),
        "POST /listings": _json({"error": "log in first"}, 401),
        "POST /me": _json({"error": "log in first"}, 401),
        "POST /health": _json({"error": "method not allowed"}, 405),
        "POST /webhooks/payments": unsigned,
        "POST /webhooks/mail": unsigned,
    }
