"""Each performance fault is really there while it is planted, and gone when it is mended."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable

import pytest

from launchready_tui.practice.faults.performance import PERFORMANCE_FAULTS
from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.marketplace import API, APP, SCRIPT_PATH, WWW
from launchready_tui.practice.shop.schema import TEST_LISTING, TEST_PRICE
from launchready_tui.practice.target import PracticeTarget
from launchready_tui.practice.visitors import BUYER, PASSWORDS, SELLER
from tests.practice.conftest import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

Look = Callable[[Visitor], Awaitable[bool]]


async def log_in(visitor: Visitor, user: str) -> None:
    answer = await visitor.send(f"https://{APP}/login", email=user, password=PASSWORDS[user])
    assert answer.status_code == 303


async def until(holds: Callable[[], bool], tries: int = 500) -> bool:
    """Whether something comes to hold, for which there is no signal."""
    for _ in range(tries):
        if holds():
            return True
        await asyncio.sleep(0.03)
    return holds()


async def queries_of(visitor: Visitor, url: str, name: str) -> int:
    """How many statements a request sends, by the database's own log."""
    assert (await visitor.get(url, headers={"X-Request-Id": name})).status_code == 200
    path = visitor.target.folder / "logs" / "postgres.log"
    before = -1
    while (found := path.read_text().count(f"request_id='{name}'")) != before or not found:
        before = found
        await asyncio.sleep(0.1)
    return found


async def asks_each_seller(visitor: Visitor) -> bool:
    counts = [
        await queries_of(visitor, f"https://{WWW}/listings?per_page={rows}", f"grow-{rows}-{time.monotonic_ns()}")
        for rows in (10, 40)
    ]
    assert counts[1] - counts[0] in (0, 30)
    return counts[1] > counts[0]


async def reads_all_orders(visitor: Visitor) -> bool:
    database = visitor.target._shop.database

    def plan() -> str:
        connection = database.connect("test")
        rows = connection.run("EXPLAIN SELECT count(*) FROM orders WHERE seller_id = 7")
        connection.close()
        return " ".join(str(row[0]) for row in rows)

    return "Seq Scan on orders" in await asyncio.to_thread(plan)


async def sends_whole_rows(visitor: Visitor) -> bool:
    answer = await visitor.get(f"https://{API}/api/listings")
    found = answer.json()["listings"]
    assert (len(found) > 200) == (len(answer.content) > 500_000)
    return "seller_password_hash" in found[0]


async def sends_plain_json(visitor: Visitor) -> bool:
    page = await visitor.get(f"https://{WWW}/listings", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    answer = await visitor.get(f"https://{API}/api/search?q=oak", headers={"Accept-Encoding": "gzip"})
    return "content-encoding" not in answer.headers


async def leaks_the_dashboard(visitor: Visitor) -> bool:
    owner = Visitor(visitor.target)
    await log_in(owner, BUYER)
    assert BUYER in (await owner.get(f"https://{APP}/dashboard")).text
    answer = await Visitor(visitor.target).get(f"https://{APP}/dashboard")
    assert (BUYER in answer.text) == (answer.headers.get("x-cache") == "HIT")
    return BUYER in answer.text


async def shows_old_prices(visitor: Visitor) -> bool:
    page, own = f"https://{WWW}/listings/{TEST_LISTING}", f"https://{APP}/api/listings/{TEST_LISTING}"
    assert f"€{TEST_PRICE}" in (await visitor.get(page)).text
    seller = Visitor(visitor.target)
    await log_in(seller, SELLER)
    try:
        assert (await seller.get(own, "PATCH", json={"price": TEST_PRICE + 1})).status_code == 200
        return f"€{TEST_PRICE + 1}" not in (await visitor.get(page)).text
    finally:
        await seller.get(own, "PATCH", json={"price": TEST_PRICE})


async def keeps_connections(visitor: Visitor) -> bool:
    """Thirty browsers look at one page each, and stay connected."""
    pool, site = visitor.target._shop.pool, visitor.target.world.sites[WWW]
    writers = []
    for _ in range(30):
        reader, writer = await asyncio.open_connection(
            site.address, visitor.target.ports.https, ssl=visitor.trust(), server_hostname=WWW
        )
        writer.write(f"GET /search HTTP/1.1\r\nHost: {WWW}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length is not None
        await reader.readexactly(int(length[1]))
        writers.append(writer)
    taken = pool.in_use
    for writer in writers:
        writer.close()
    assert await until(lambda: pool.in_use == 0)
    assert taken in (0, 30)
    return taken == 30


async def mails_late(visitor: Visitor) -> bool:
    sink = visitor.target._shop.sink
    before = sink.messages
    number = time.monotonic_ns()
    guest = Visitor(visitor.target)
    answer = await guest.send(
        f"https://{APP}/signup", name="Ada", email=f"late-{number}@visitors.example", password="long enough"
    )
    assert answer.status_code == 303
    return not await until(lambda: sink.messages > before, tries=100)


async def storms(visitor: Visitor) -> bool:
    """How a checkout behaves while the provider refuses: spent before by somebody else's calls."""
    shop = visitor.target._shop
    await log_in(visitor, BUYER)
    for _ in range(30):
        shop.provider.refuses()
    before = shop.provider.calls
    answer = await visitor.send(f"https://{APP}/checkout", listing="oak-table")
    calls = shop.provider.calls - before
    lines = (visitor.target.folder / "logs" / "app.log").read_text().splitlines()
    assert [json.loads(line)["status"] for line in lines[-calls:]].count(429) >= 1
    assert answer.status_code in (303, 502)
    # Who waits as it is told calls three times at most; who does not has used up all its tries before the limit ends.
    assert calls <= 3 or (calls == 6 and answer.status_code == 502)
    return calls == 6


async def remembers_pages(visitor: Visitor) -> bool:
    shop = visitor.target._shop
    before = shop._kept_bytes
    for _ in range(5):
        await visitor.get(f"https://{WWW}/listings")
    assert shop._kept_bytes - before in (0, 5 * 16_384)
    return shop._kept_bytes > before


async def reports_for_categories(visitor: Visitor) -> bool:
    name = f"report-{time.monotonic_ns()}"
    visitor.target._shop.cache.purge()
    assert await queries_of(visitor, f"https://{API}/api/categories", name) == 1
    log = (visitor.target.folder / "logs" / "postgres.log").read_text()
    line = next(line for line in log.splitlines() if f"request_id='{name}'" in line)
    return "JOIN orders other ON other.buyer_id = o.buyer_id" in line


async def hands_out_cookies(visitor: Visitor) -> bool:
    answers = [await Visitor(visitor.target).get(f"https://{API}/api/categories") for _ in range(2)]
    assert ("set-cookie" in answers[1].headers) == (answers[1].headers["x-cache"] == "BYPASS")
    assert answers[1].json() == answers[0].json()
    return answers[1].headers["x-cache"] != "HIT"


async def forbids_keeping_the_script(visitor: Visitor) -> bool:
    answer = await visitor.get(f"https://{WWW}{SCRIPT_PATH}")
    assert ("etag" in answer.headers) == ("immutable" in answer.headers["cache-control"])
    return answer.headers["cache-control"] == "no-store"


async def hides_the_coding(visitor: Visitor) -> bool:
    """The shop window alone: the other hosts go on as before."""
    answers = [
        await visitor.get(url, headers={"Accept-Encoding": "gzip"})
        for url in (f"https://{APP}/login", f"https://{WWW}/listings")
    ]
    assert [answer.headers["content-encoding"] for answer in answers] == ["gzip", "gzip"]
    assert answers[0].headers["vary"] == "Accept-Encoding"
    return "vary" not in answers[1].headers


LOOKS: dict[str, Look] = {
    "listings-ask-each-seller": asks_each_seller,
    "orders-without-index": reads_all_orders,
    "api-whole-rows": sends_whole_rows,
    "json-uncompressed": sends_plain_json,
    "dashboard-in-shared-cache": leaks_the_dashboard,
    "prices-stale": shows_old_prices,
    "categories-by-report": reports_for_categories,
    "categories-set-cookie": hands_out_cookies,
    "script-never-kept": forbids_keeping_the_script,
    "compressed-without-vary": hides_the_coding,
    "pool-per-visitor": keeps_connections,
    "mail-queue-slow": mails_late,
    "payments-retry-storm": storms,
    "memory-leak": remembers_pages,
}


@pytest.mark.parametrize("fault", [fault.id for fault in PERFORMANCE_FAULTS])
async def test_a_fault_is_there_until_it_is_mended(target: PracticeTarget, fault: str) -> None:
    state = next(state for state in target.faults if state.fault.id == fault)
    if state.left_out:
        pytest.skip(state.left_out)
    look = LOOKS[fault]
    target.repair_all()
    await target.settled()
    assert not await look(Visitor(target))
    target.break_again(fault)
    await target.settled()
    assert await look(Visitor(target))
    target.repair(fault)
    await target.settled()
    assert not await look(Visitor(target))


async def test_a_release_begins_with_new_logs_and_statistics(target: PracticeTarget) -> None:
    target.repair_all()
    await target.settled()
    await Visitor(target).get(f"https://{WWW}/listings", headers={"X-Request-Id": "before-the-release"})
    target.break_again("listings-ask-each-seller")
    await target.settled()
    logs = target.folder / "logs"
    assert "before-the-release" not in (logs / "postgres.log").read_text()
    assert "before-the-release" in (logs / "postgres.log.1").read_text()
    assert '"GET /listings HTTP' in (logs / "access.log").read_text()
    target.repair_all()
    await target.settled()


async def test_the_shop_says_when_it_is_full(target: PracticeTarget) -> None:
    target.repair_all()
    await target.settled()
    pool = target._shop.pool
    size = pool.size
    pool.reshape(0)
    answer = await asyncio.to_thread(target._serving.answer, Request("https", "GET", "/listings", WWW))
    pool.reshape(size)
    assert answer.status == 503
    assert ("Retry-After", "5") in answer.headers
    assert (await Visitor(target).get(f"https://{WWW}/listings")).status_code == 200
