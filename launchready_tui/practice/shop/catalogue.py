"""The pages that show goods: the list, one listing, the search. Their faults are in how they ask the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from launchready_tui.practice.marketplace import ITEMS, WWW
from launchready_tui.practice.shop.call import Call
from launchready_tui.practice.shop.database import Row, Tagged
from launchready_tui.practice.world import Page, Resource

PAGE_SIZE: Final = 36
MOST_ROWS: Final = 60
_LONGEST_SEARCH = 60

_LOOKS = tuple({name: item[name] for name in ("wall", "wood", "shape")} for item in ITEMS)
_WITH_SELLER = (
    "SELECT l.id, l.slug, l.title, l.price, l.place, s.name FROM listings l JOIN sellers s ON s.id = l.seller_id"
)
_ALONE = "SELECT l.id, l.slug, l.title, l.price, l.place, l.seller_id FROM listings l"
_NEWEST = " ORDER BY l.created_at DESC, l.id DESC LIMIT %s"

NO_CACHE: Final = ("Cache-Control", "no-cache")
FIVE_MINUTES: Final = ("Cache-Control", "public, max-age=0, s-maxage=300")


def listings(call: Call) -> Resource | None:
    """The newest pieces; `?per_page=` says how many."""
    with call.database() as db:
        items = newest(call, db, call.number("per_page", PAGE_SIZE, MOST_ROWS))
    return _shown(call, "/listings", {"items": items}, NO_CACHE)


def newest(call: Call, db: Tagged, count: int) -> list[dict[str, Any]]:
    """The newest pieces with the names of their sellers."""
    if call.settings.joins_sellers:
        return _cards(db.run(_WITH_SELLER + _NEWEST, (count,)))
    rows = []
    for row in db.run(_ALONE + _NEWEST, (count,)):
        seller = db.one("SELECT name, place FROM sellers WHERE id = %s", (row[5],))
        rows.append((*row[:5], seller[0] if seller else ""))
    return _cards(rows)


def found(call: Call, db: Tagged, count: int) -> list[dict[str, Any]]:
    """The newest pieces whose title holds what was searched for; the newest of all without a word."""
    word = call.query.get("q", "")[:_LONGEST_SEARCH].strip()
    if not word:
        return _cards(db.run(_WITH_SELLER + _NEWEST, (count,)))
    like = "ILIKE" if call.tools.kind == "postgresql" else "LIKE"
    escaped = word.replace("\\", "").replace("%", "").replace("_", " ")
    return _cards(db.run(f"{_WITH_SELLER} WHERE l.title {like} %s{_NEWEST}", (f"%{escaped}%", count)))


def search(call: Call) -> Resource | None:
    """What was searched for."""
    with call.database() as db:
        items = found(call, db, call.number("per_page", PAGE_SIZE, MOST_ROWS))
    return _shown(call, "/search", {"items": items}, _prices(call))


def listing(call: Call) -> Resource | None:
    """One piece, with what its seller has sold and what is like it."""
    with call.database() as db:
        row = db.one(
            "SELECT l.id, l.slug, l.title, l.price, l.place, s.name, l.story, l.seller_id, l.category_id "
            "FROM listings l JOIN sellers s ON s.id = l.seller_id WHERE l.slug = %s",
            (call.rest,),
        )
        if row is None:
            return None
        sold = db.one("SELECT count(*) FROM orders WHERE seller_id = %s AND state = 'paid'", (row[7],))
        last = db.one("SELECT max(created_at) FROM orders WHERE seller_id = %s", (row[7],))
        alike = db.run(f"{_WITH_SELLER} WHERE l.category_id = %s AND l.id <> %s{_NEWEST}", (row[8], row[0], 3))
    item = {
        **_cards([row])[0],
        "story": row[6],
        "sold": sold[0] if sold else 0,
        "last_sale": str(last[0])[:10] if last and last[0] else "",
    }
    data = {"item": item, "like_it": _cards(alike)}
    return _shown(call, f"/listings/{call.rest}", data, _prices(call), Page("listing.html", str(row[2])))


def _prices(call: Call) -> tuple[str, str]:
    """How long what shows a price may be stored."""
    return NO_CACHE if call.settings.prices_are_live else FIVE_MINUTES


def _cards(rows: Iterable[Row]) -> list[dict[str, Any]]:
    names = ("slug", "name", "price", "place", "seller")
    return [{**dict(zip(names, row[1:6], strict=True)), **_LOOKS[(int(row[0]) - 1) % len(_LOOKS)]} for row in rows]


def _shown(
    call: Call, path: str, data: dict[str, Any], caching: tuple[str, str], otherwise: Page | None = None
) -> Resource | None:
    """The page of the world under a path with other data in it, `otherwise` where it has none there."""
    there = call.world.sites[WWW].resources.get(path, otherwise)
    if not isinstance(there, Page):
        return there
    return replace(there, data={**there.data, **data}, headers=(*there.headers, caching))
