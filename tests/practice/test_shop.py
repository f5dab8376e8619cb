"""The shop without a fault: its pages come out of a real database, and what it does stands in its logs."""

from __future__ import annotations

import asyncio
import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from launchready_tui.model.profile import parse_product
from launchready_tui.practice.marketplace import API, APP, SCRIPT_PATH, WWW
from launchready_tui.practice.shop.catalogue import PAGE_SIZE
from launchready_tui.practice.shop.schema import LISTINGS, ORDERS, TEST_LISTING, TEST_PRICE
from launchready_tui.practice.shop.settings import ShopSettings
from launchready_tui.practice.target import PracticeTarget
from launchready_tui.practice.visitors import BUYER, PASSWORDS, SELLER
from tests.practice.conftest import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

_CARD = re.compile(rf'class="card" href="https://{re.escape(WWW)}/listings/([a-z0-9-]+)"')


async def log_in(visitor: Visitor, user: str = BUYER) -> None:
    answer = await visitor.send(f"https://{APP}/login", email=user, password=PASSWORDS[user])
    assert answer.status_code == 303


async def until(holds: Callable[[], bool]) -> None:
    """Wait for the worker, or for a log that another process writes."""
    for _ in range(300):
        if holds():
            return
        await asyncio.sleep(0.05)
    assert holds()


def log(target: PracticeTarget, name: str) -> str:
    return (target.folder / "logs" / name).read_text(encoding="utf-8")


def metric(text: str, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    assert found is not None
    return float(found[1])


async def metrics(target: PracticeTarget) -> str:
    product = parse_product(target.product_toml)
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(product.server.metrics)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return answer.text


# --- goods ------------------------------------------------------------------------------------------------------------


async def test_the_list_shows_as_many_as_are_wanted(guest: Visitor) -> None:
    assert len(_CARD.findall((await guest.get(f"https://{WWW}/listings")).text)) == PAGE_SIZE
    for asked, shown in ((10, 10), (40, 40), (100_000, 60), (0, 1)):
        page = await guest.get(f"https://{WWW}/listings?per_page={asked}")
        assert len(set(_CARD.findall(page.text))) == shown
    for odd in ("", "-1", "x", "1e9", "²"):
        assert (
            len(_CARD.findall((await guest.get(f"https://{WWW}/listings", params={"per_page": odd})).text)) == PAGE_SIZE
        )


async def test_every_listing_has_a_page_and_others_have_none(guest: Visitor) -> None:
    names = _CARD.findall((await guest.get(f"https://{WWW}/listings?per_page=60")).text)
    page = await guest.get(f"https://{WWW}/listings/{names[-1]}")
    assert page.status_code == 200
    assert "More like it" in page.text
    assert (await guest.get(f"https://{WWW}/listings/oak-table")).text.count("Oak table, 1962") >= 2
    for nothing in ("velvet-sofa", "elm-stool", "..%2fx", "'; DROP TABLE orders; --"):
        assert (await guest.get(f"https://{WWW}/listings/{nothing}")).status_code == 404


async def test_a_search_finds_by_a_part_of_the_title(guest: Visitor) -> None:
    text = (await guest.get(f"https://{WWW}/search", params={"q": "WALNUT"})).text
    assert _CARD.findall(text)
    assert all(name.startswith("walnut-") for name in _CARD.findall(text))
    for wild in ("%", "_%_", "\\", "'"):
        assert (await guest.get(f"https://{WWW}/search", params={"q": f"walnut{wild}zz"})).status_code == 200
    found = (await guest.get(f"https://{API}/api/search", params={"q": "oak", "per_page": "3"})).json()["listings"]
    assert len(found) == 3
    assert set(found[0]) == {"slug", "name", "price", "place", "seller"}


async def test_categories_come_out_of_the_shared_cache(guest: Visitor) -> None:
    await guest.target.settled()
    first, second = [await guest.get(f"https://{API}/api/categories") for _ in range(2)]
    assert len(second.json()["categories"]) == 6
    assert first.content == second.content
    assert second.headers["x-cache"] == "HIT"
    assert int(second.headers["age"]) >= 0


async def test_pages_are_compressed_and_asked_for_again(guest: Visitor) -> None:
    url = f"https://{WWW}/listings"
    packed = await guest.get(url, headers={"Accept-Encoding": "br, gzip"})
    plain = await guest.get(url, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    tags = [answer.headers["etag"] for answer in (packed, plain)]
    assert tags[0] != tags[1]
    again = await guest.get(url, headers={"Accept-Encoding": "gzip", "If-None-Match": f'"other", W/{tags[0]}'})
    assert again.status_code == 304
    assert not again.content
    script = await guest.get(f"https://{WWW}{SCRIPT_PATH}")
    assert "immutable" in script.headers["cache-control"]


# --- members ----------------------------------------------------------------------------------------------------------


async def test_somebody_signs_up_and_gets_a_mail(guest: Visitor) -> None:
    before = metric(await metrics(guest.target), "mails_sent_total")
    url = f"https://{APP}/signup"
    answer = await guest.send(url, name="<Ada>", email="ada@visitors.example", password="long enough")
    assert answer.status_code == 303
    page = await guest.get(f"https://{APP}{answer.headers['location']}")
    assert "&lt;Ada&gt;" in page.text
    assert "private" in page.headers["cache-control"]
    sink = guest.target._shop.sink
    await until(lambda: sink.messages > before)
    assert metric(await metrics(guest.target), "queue_depth") == 0


async def test_a_sign_up_that_cannot_be_is_refused(guest: Visitor) -> None:
    url = f"https://{APP}/signup"
    good = {"name": "Ada", "email": "eve@visitors.example", "password": "long enough"}
    for bad in ({"name": ""}, {"email": "eve@x\r\nBcc: a@b.example"}, {"email": "eve"}, {"password": "short"}):
        assert (await guest.send(url, **{**good, **bad})).status_code in (422, 429)
    assert (await guest.get(url, "POST", data=good)).status_code in (403, 429)


async def test_a_known_address_learns_nothing_from_signing_up(guest: Visitor) -> None:
    await asyncio.sleep(2.1)  # the brake of the test before
    answer = await guest.send(f"https://{APP}/signup", name="X", email=BUYER, password="long enough")
    assert answer.status_code == 303
    assert not guest.cookies


async def test_the_dashboard_is_for_who_is_logged_in(guest: Visitor) -> None:
    assert (await guest.get(f"https://{APP}/dashboard")).headers["location"] == "/login"
    await log_in(guest)
    mine = (await guest.get(f"https://{APP}/dashboard")).text
    other = Visitor(guest.target)
    await log_in(other, SELLER)
    theirs = (await other.get(f"https://{APP}/dashboard")).text
    assert BUYER in mine
    assert BUYER not in theirs
    assert SELLER in theirs


async def test_a_wrong_password_and_a_foreign_form_do_not_open_anything(guest: Visitor) -> None:
    url = f"https://{APP}/login"
    assert (await guest.send(url, email=BUYER, password="wrong")).status_code == 401
    assert (await guest.get(url, "POST", data={"email": BUYER, "password": PASSWORDS[BUYER]})).status_code == 403
    assert not guest.cookies


async def test_buying_pays_and_confirms(guest: Visitor) -> None:
    await log_in(guest)
    form = f"https://{APP}/checkout?listing=brass-lamp"
    assert "Brass lamp" in (await guest.get(form)).text
    answer = await guest.send(f"https://{APP}/checkout", form=form, listing="brass-lamp")
    assert answer.status_code == 303
    order = answer.headers["location"].partition("order=")[2]
    assert int(order) > ORDERS
    assert f"<td>{order}</td>" in (await guest.get(f"https://{APP}/dashboard")).text
    [call] = [json.loads(line) for line in log(guest.target, "app.log").splitlines()][-1:]
    assert (call["dependency"], call["status"]) == ("payments", 200)
    assert call["ms"] > 0
    request_id = answer.headers["x-request-id"]
    assert call["request_id"] == request_id


async def test_nothing_is_bought_without_a_login_or_a_piece(guest: Visitor) -> None:
    url = f"https://{APP}/checkout"
    assert (await guest.send(url, listing="brass-lamp")).status_code == 422
    await log_in(guest)
    assert (await guest.send(url, listing="no-such-piece")).status_code == 422
    assert (await guest.get(url, "POST", data={"listing": "brass-lamp"})).status_code == 403


async def test_only_the_seller_changes_a_price_and_it_shows_at_once(guest: Visitor) -> None:
    own, page = f"https://{APP}/api/listings/{TEST_LISTING}", f"https://{WWW}/listings/{TEST_LISTING}"
    await guest.target.settled()
    assert (await guest.get(own, "PATCH", json={"price": 1})).status_code == 401
    await log_in(guest)
    assert (await guest.get(own, "PATCH", json={"price": 1})).status_code == 404
    seller = Visitor(guest.target)
    await log_in(seller, SELLER)
    for bad in ("-1", "x", "0", "1.5", "99999999999"):
        assert (await seller.get(own, "PATCH", json={"price": bad})).status_code == 422
    assert (await seller.get(f"https://{APP}/api/listings/oak-table", "PATCH", json={"price": 1})).status_code == 404
    assert f"€{TEST_PRICE}" in (await guest.get(page)).text
    assert (await seller.get(own, "PATCH", json={"price": str(TEST_PRICE + 1)})).json()["price"] == TEST_PRICE + 1
    assert f"€{TEST_PRICE + 1}" in (await guest.get(page)).text
    assert (await seller.get(own, "PATCH", data={"price": str(TEST_PRICE)})).status_code == 200
    assert (await seller.get(own)).json()["price"] == TEST_PRICE


# --- logs and figures -------------------------------------------------------------------------------------------------


async def test_a_request_is_tied_to_its_statements(guest: Visitor) -> None:
    await guest.target.settled()
    answer = await guest.get(f"https://{WWW}/listings", headers={"X-Request-Id": "count-me-1"})
    assert answer.headers["x-request-id"] == "count-me-1"
    comment = "/*request_id='count-me-1',route='listings'*/"
    await until(lambda: comment in log(guest.target, "postgres.log"))
    [line] = [line for line in log(guest.target, "postgres.log").splitlines() if comment in line]
    assert re.match(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC \[\d+\]: user=shop,db=shop,app=acme-shop,client=127\.0\.0\.1 "
        r"LOG:  duration: \d+\.\d+ ms  statement: SELECT ",
        line,
    )


async def test_hostile_words_are_answered_and_not_obeyed(guest: Visitor) -> None:
    for word in ("\0", "a\0b", "\ud800", "%s", "%(x)s", "'; SELECT pg_sleep(9); --", "x" * 9_000):
        asked = word.encode("utf-8", "surrogatepass")
        answer = await guest.get(f"https://{WWW}/search", params={"q": asked})
        assert answer.status_code == 200, word[:20]
    await log_in(guest, SELLER)
    own = f"https://{APP}/api/listings/{TEST_LISTING}"
    for body in (b'{"price": "\\ud800\\u0000"}', b"[" * 60_000, b"[1]", b"{", b'{"price": {"a": 1}}', b"\xff"):
        answer = await guest.get(own, "PATCH", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, body[:20]


async def test_an_odd_request_id_stays_out_of_statements(guest: Visitor) -> None:
    await guest.target.settled()
    answer = await guest.get(f"https://{WWW}/listings", headers={"X-Request-Id": "*/ DROP TABLE orders; --"})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
    assert "DROP TABLE orders" not in log(guest.target, "postgres.log")


async def test_the_access_log_is_nginx_combined_with_the_time(guest: Visitor) -> None:
    await guest.target.settled()
    await guest.get(f'https://{WWW}/search?q=a"b', headers={"User-Agent": 'evil"\\agent'})
    await until(lambda: "evil" in log(guest.target, "access.log"))
    line = log(guest.target, "access.log").splitlines()[-1]
    found = re.fullmatch(
        r'127\.0\.0\.\d+ - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET (\S+) HTTP/1\.1" 200 \d+ '
        r'"-" "evil\\x22\\x5Cagent" \d+\.\d{3}',
        line,
    )
    assert found is not None, line


async def test_every_start_leaves_logs_of_a_quiet_morning(guest: Visitor) -> None:
    await guest.target.settled()
    lines = log(guest.target, "access.log").splitlines()
    assert sum('"GET /listings HTTP' in line for line in lines) >= 40
    assert log(guest.target, "postgres.log").count("route='search'") >= 20
    folder = guest.target.folder / "logs"
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.log")} == {0o600}


async def test_the_figures_are_there(guest: Visitor) -> None:
    await guest.target.settled()
    text = await metrics(guest.target)
    assert metric(text, "process_resident_memory_bytes") > 10_000_000
    assert metric(text, "db_pool_size") == ShopSettings().pool
    assert metric(text, "db_pool_in_use") == 0
    assert metric(text, "queue_delay_seconds") == 0


async def test_the_profile_leads_to_everything(guest: Visitor, tmp_path: Path) -> None:
    product = parse_product(guest.target.product_toml, base=str(guest.target.folder))
    assert product.load.environment == "staging"
    for name in (*product.logs.access, *product.logs.queries, *product.logs.app):
        assert (guest.target.folder / name).is_file()
    host, _, port = product.load.mail_sink.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    assert (await reader.readline()).startswith(b"220 ")
    writer.close()
    assert (await guest.get(product.load.payment_test)).json()["livemode"] is False
    for journey in product.journeys:
        for step in journey.steps:
            assert product.route(step.route) is not None


async def test_a_reader_can_read_and_nothing_else(guest: Visitor) -> None:
    if guest.target._shop.database.kind != "postgresql":
        pytest.skip("no PostgreSQL here")
    import psycopg

    def look() -> tuple[int, int]:
        with psycopg.connect(guest.target.database_dsn, autocommit=True) as connection:
            counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("listings", "orders")]
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                connection.execute("DELETE FROM orders")
            connection.execute("SET default_transaction_read_only = off")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DELETE FROM orders")
            return counts[0][0], counts[1][0]  # type: ignore[index]

    listings, orders = await asyncio.to_thread(look)
    assert listings == LISTINGS
    assert orders >= ORDERS
