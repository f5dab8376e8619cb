"""Faults of the shop behind the pages: how it asks its database, what it lets caches keep, what it does under load."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from launchready_tui.practice.faults.model import HTTPS, Edit, Fault, shows
from launchready_tui.practice.marketplace import API, APP, DOMAIN, SCRIPT_PATH, WWW
from launchready_tui.practice.shop.schema import TEST_LISTING
from launchready_tui.practice.world import Reply, World

_LISTINGS, _DASHBOARD = f"{HTTPS}{WWW}/listings", f"{HTTPS}{APP}/dashboard"
_CATALOGUE, _SEARCH = f"{HTTPS}{API}/api/listings", f"{HTTPS}{API}/api/search?q=oak"
_CATEGORIES = f"{HTTPS}{API}/api/categories"


def _shop(**changes: Any) -> Edit:
    return lambda world: world.with_shop(**changes)


def _script_never_kept(world: World) -> World:
    script = world.sites[WWW].resources[SCRIPT_PATH]
    assert isinstance(script, Reply)
    return world.with_resource(WWW, SCRIPT_PATH, replace(script, headers=(("Cache-Control", "no-store"),)))


def _unvaried(world: World) -> World:
    return replace(world, unvaried=world.unvaried | {WWW})


def _plain_json(world: World) -> World:
    return replace(world, compressed=world.compressed - {"application/json"})


PERFORMANCE_FAULTS: tuple[Fault, ...] = (
    Fault(
        "listings-ask-each-seller",
        "The listings page asks for every seller by itself",
        "The template prints listing.seller.name. Each of the 36 rows sends a query of its own for that one word.",
        "Load the sellers together with the listings (select_related, includes, a join).",
        (
            shows("queries.growth", _LISTINGS, "grows-with-rows"),
            shows("queries.count-per-flow", _LISTINGS, "over-budget"),
        ),
        _shop(joins_sellers=False),
    ),
    Fault(
        "orders-without-index",
        "Orders by seller are found by reading all orders",
        "Every listing says how much its seller has sold. That was built for ten orders; now 60,000 are read.",
        "CREATE INDEX CONCURRENTLY orders_seller_id_idx ON orders (seller_id).",
        (
            shows("queries.plans", DOMAIN, "seq-scan"),
            shows("queries.indexes", DOMAIN, "missing-index"),
        ),
        _shop(orders_index=False),
        "postgres",
    ),
    Fault(
        "api-whole-rows",
        "The listings API sends whole rows, sellers included",
        "It answers what the query returned: all listings at once, with the sellers' addresses and password hashes.",
        "Answer a page of named fields.",
        (
            shows("payloads.sensitive-fields", _CATALOGUE, "secret"),
            shows("payloads.size", _CATALOGUE, "json-too-large"),
            shows("payloads.unused-fields", _CATALOGUE, "mostly-unused"),
        ),
        _shop(slim_api=False),
    ),
    Fault(
        "json-uncompressed",
        "JSON travels uncompressed",
        "Compression is on, for the types that were in the example: HTML and style sheets. Nobody looked at the API.",
        "Add application/json to the types that the web server compresses.",
        (
            shows("payloads.compression", _CATALOGUE, "uncompressed"),
            shows("payloads.compression", _SEARCH, "uncompressed"),
        ),
        _plain_json,
    ),
    Fault(
        "dashboard-in-shared-cache",
        "One customer's dashboard is shown to all others",
        "Pages were slow, so everything was declared public for two minutes. The cache does not look at cookies.",
        "Send Cache-Control: private, no-store from every page behind the login, and purge the cache.",
        (
            shows("caching.private-pages", _DASHBOARD, "private-leak"),
            shows("caching.deception", _DASHBOARD, "cache-deception"),
        ),
        _shop(dashboard_is_private=False),
    ),
    Fault(
        "prices-stale",
        "A new price shows five minutes later",
        "Listings and searches are cached, and a change tells the cache nothing. Buyers pay a price that is gone.",
        "Purge the listing's pages from the cache whenever its price is saved.",
        (shows("caching.freshness", f"{HTTPS}{APP}/api/listings/{TEST_LISTING}", "stale"),),
        _shop(prices_are_live=False),
    ),
    Fault(
        "categories-by-report",
        "Six categories take a report over all orders",
        "They are sorted by what their buyers are worth to us, so each order is paired with all others of its buyer. "
        "That was quick with a hundred orders; now it is 1.8 million pairs, most of a second for six lines.",
        "Sort them by a column; a job at night may keep it up to date.",
        (shows("queries.slow-digest", DOMAIN, "heavy-statement"),),
        _shop(categories_by_name=False),
    ),
    Fault(
        "categories-set-cookie",
        "A cookie keeps the categories out of the cache",
        "The framework hands its form token to everybody who comes, also with answers of the API, where no form is. A "
        "cache does not store what sets a cookie, so that each visitor wakes the database.",
        "Leave the form middleware out of the API's routes.",
        (shows("caching.hit-ratio", _CATEGORIES, "cookie-bypass"),),
        _shop(categories_set_no_cookie=False),
    ),
    Fault(
        "script-never-kept",
        "The shop's script is fetched anew with every page",
        "Its name holds a hash of its content, so it could be kept for ever. A no-store that was meant for the "
        "dashboard stands in the rules of the whole server.",
        "Send Cache-Control: public, max-age=31536000, immutable for /assets, and no-store from the dashboard alone.",
        (shows("caching.static-assets", _LISTINGS, "short-lifetime"),),
        _script_never_kept,
    ),
    Fault(
        "compressed-without-vary",
        "Caches are not told that pages are compressed",
        "The web server of the shop window compresses, but its gzip_vary is off, as it is without a word about it. A "
        "cache may hand the packed page to a visitor who cannot unpack it.",
        "Switch gzip_vary on (nginx), or have the compressing proxy send Vary: Accept-Encoding.",
        tuple(
            shows("caching.negotiation", f"{HTTPS}{WWW}{path}", "missing-vary-encoding")
            for path in ("/", "/listings", "/listings/oak-table")
        ),
        _unvaried,
    ),
    Fault(
        "pool-per-visitor",
        "Every browser keeps a database connection to itself",
        "A connection is taken when somebody comes and given back when they disconnect, whether they click or read. "
        "With thirty visitors the pool is dry, and the next one waits for somebody to leave.",
        "Take a connection for each request and give it back with the answer.",
        (),
        _shop(connection_per_visitor=True, pool=45),
        under_load=(shows("load.database-connections", DOMAIN, "connections-exhausted"),),
    ),
    Fault(
        "mail-queue-slow",
        "The mail queue falls behind",
        "One worker sends one mail at a time, and looks the template up at a slow service first: eight seconds a mail.",
        "Keep the template, and let several workers send.",
        (),
        _shop(workers=1, job_seconds=8.0),
        under_load=(shows("load.queue", "mail", "queue-not-drained"),),
    ),
    Fault(
        "payments-retry-storm",
        "A busy payment provider is asked again and again",
        "Each checkout makes four calls where one would do. A 429 is repeated at once, five times, which keeps the "
        "limit exceeded for everybody.",
        "Make one call, obey Retry-After, and repeat at most twice with growing pauses.",
        (),
        _shop(payment_calls=4, payment_retries=5, patient=False),
        under_load=(shows("load.third-parties", DOMAIN, "throttled"),),
    ),
    Fault(
        "memory-leak",
        "Every page view stays in memory",
        "A list of recently shown pages was meant for debugging. It only ever grows.",
        "Delete the list.",
        (),
        _shop(kept_per_request=16_384),
        under_load=(shows("load.memory", DOMAIN, "leak"),),
    ),
)
"""All faults that the shop's application, its database or its suppliers show."""
