"""The pages of the app: signing up, logging in, the dashboard, and buying."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import replace
from typing import Any, Final

from launchready_tui.practice.marketplace import APP
from launchready_tui.practice.shop.call import Call
from launchready_tui.practice.shop.database import Row
from launchready_tui.practice.shop.jobs import add_job
from launchready_tui.practice.shop.payments import PaymentsDown
from launchready_tui.practice.shop.schema import hashed
from launchready_tui.practice.visitors import sent
from launchready_tui.practice.world import Page, Reply, Resource

DELIVERY: Final = 25
_PRIVATE = ("Cache-Control", "private, no-store")
_STORED = ("Cache-Control", "public, max-age=120")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+\Z")
_SHORTEST_PASSWORD = 8


def form(call: Call) -> Resource | None:
    """A page with a form, which carries the token of who asked for it."""
    there = call.world.sites[APP].resources.get(call.request.path)
    if not isinstance(there, Page):
        return None
    data: dict[str, Any] = {**there.data, "csrf": call.tools.visitors.form_token(call.request)}
    if call.request.path == "/checkout" and (item := _wanted(call, call.query.get("listing", ""))):
        data["item"] = item
    return replace(there, data=data, headers=(*there.headers, _PRIVATE))


def log_in(call: Call) -> Resource | None:
    """Open a session for who knows their password."""
    if not _comes_from_us(call):
        return _too_old()
    with call.database() as db:
        row = db.one("SELECT email, password_hash FROM users WHERE email = %s", (call.form.get("email", "")[:254],))
    if row is None or not _is_right(str(row[1]), call.form.get("password", "")):
        return None
    return call.tools.visitors.let_in(str(row[0]), "/account")


def sign_up(call: Call) -> Resource | None:
    """Make an account, and let its owner in. A known address gets a mail, and the page says nothing of it."""
    if not _comes_from_us(call):
        return _too_old()
    name, email, password = (call.form.get(key, "").strip() for key in ("name", "email", "password"))
    if not name or not _ADDRESS.match(email) or len(password) < _SHORTEST_PASSWORD:
        return None
    kept = hashed(password, secrets.token_hex(8))
    with call.database() as db, db.transaction():
        made = db.one(
            "INSERT INTO users (name, email, password_hash) VALUES (%s, %s, %s) ON CONFLICT (email) DO NOTHING "
            "RETURNING id",
            (name[:80], email, kept),
        )
        add_job(db, "confirm your address" if made else "you have an account", email)
    call.tools.worker.ring()
    return call.tools.visitors.let_in(email, "/dashboard") if made else sent("/login")


def dashboard(call: Call) -> Resource:
    """One's own orders and sales."""
    if not call.user:
        return sent("/login")
    with call.database() as db:
        user = db.one("SELECT id, name FROM users WHERE email = %s", (call.user,))
        orders = db.run(
            "SELECT o.id, l.title, o.amount, o.state FROM orders o JOIN listings l ON l.id = o.listing_id "
            "WHERE o.buyer_id = %s ORDER BY o.id DESC LIMIT 20",
            (user[0] if user else 0,),
        )
        sold = db.one(
            "SELECT count(*) FROM orders o JOIN sellers s ON s.id = o.seller_id WHERE s.email = %s", (call.user,)
        )
    named = [dict(zip(("number", "title", "amount", "state"), row, strict=True)) for row in orders]
    data = {"email": call.user, "name": user[1] if user else "", "orders": named, "sold": sold[0] if sold else 0}
    caching = _PRIVATE if call.settings.dashboard_is_private else _STORED
    return Page("dashboard.html", "Your dashboard", data, headers=(caching,))


def buy(call: Call) -> Resource | None:
    """Buy a piece: the order, the payment, the confirmation by mail."""
    listing = call.form.get("listing", "")
    if not call.user or not listing:
        return None
    if not _comes_from_us(call):
        return _too_old()
    order = _ordered(call, listing)
    if order is None:
        return None
    number, amount = int(order[0]), int(order[1])
    try:
        call.tools.payments.pay(number, amount, call.settings, call.request_id)
    except PaymentsDown:
        _settled(call, number, "failed")
        return Page("message.html", "That did not work", {"text": "Our payment partner is busy."}, 502)
    _settled(call, number, "paid")
    call.tools.worker.ring()
    return sent(f"/checkout/return?order={number}")


def _ordered(call: Call, listing: str) -> Row | None:
    with call.database() as db:
        return db.one(
            "INSERT INTO orders (listing_id, seller_id, buyer_id, amount, state) SELECT l.id, l.seller_id, u.id, "
            "l.price + %s, 'open' FROM listings l, users u WHERE l.slug = %s AND u.email = %s RETURNING id, amount",
            (DELIVERY, listing[:100], call.user),
        )


def _settled(call: Call, order: int, state: str) -> None:
    with call.database() as db, db.transaction():
        db.run("UPDATE orders SET state = %s WHERE id = %s", (state, order))
        if state == "paid":
            add_job(db, f"your order {order}", call.user)


def _wanted(call: Call, slug: str) -> dict[str, Any] | None:
    """The piece that somebody wants to buy."""
    if not slug:
        return None
    with call.database() as db:
        row = db.one("SELECT slug, title, price FROM listings WHERE slug = %s", (slug[:100],))
    return dict(zip(("slug", "name", "price"), row, strict=True)) if row else None


def _comes_from_us(call: Call) -> bool:
    return call.tools.visitors.knows(call.request, call.form.get("csrf", ""))


def _too_old() -> Reply:
    text = "<!doctype html><title>Please try again</title><p>This form is too old. Please load the page anew.</p>\n"
    return Reply(403, text, headers=(("Cache-Control", "no-store"),))


def _is_right(kept: str, password: str) -> bool:
    parts = kept.split("$")
    return len(parts) == 4 and hmac.compare_digest(kept.encode(), hashed(password, parts[2]).encode())
