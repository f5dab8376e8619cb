"""The parts of the shop by themselves."""

from __future__ import annotations

import json
import smtplib
import socket
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from launchready_tui.practice.encoding import accepts_gzip, finished
from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.marketplace import API, APP, WWW, mended
from launchready_tui.practice.shop.database import Connection, DatabaseDown, Row, tag
from launchready_tui.practice.shop.litebase import SqliteDatabase
from launchready_tui.practice.shop.logs import LogFile, access_line
from launchready_tui.practice.shop.mailsink import MailSink
from launchready_tui.practice.shop.payments import PaymentProvider, Payments, PaymentsDown
from launchready_tui.practice.shop.pool import Pool, PoolEmpty
from launchready_tui.practice.shop.router import request_id, route_of
from launchready_tui.practice.shop.schema import LISTINGS, slug_of
from launchready_tui.practice.shop.settings import ShopSettings
from launchready_tui.practice.shop.sharedcache import SharedCache, lifetime
from launchready_tui.practice.visitors import PASSWORDS
from launchready_tui.practice.world import COMPRESSED, Reply

# --- the pool ---------------------------------------------------------------------------------------------------------


class Wire:
    """A connection to nothing."""

    def __init__(self) -> None:
        self.closed = False

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return []

    def transaction(self) -> AbstractContextManager[object]:
        return nullcontext()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launchready_tui.practice.shop.pool.PATIENCE", 0.05)


def opened() -> tuple[list[Wire], Pool]:
    made: list[Wire] = []

    def connect() -> Connection:
        made.append(Wire())
        return made[-1]

    return made, Pool(connect, 2)


@pytest.mark.usefixtures("impatient")
def test_a_pool_opens_what_it_needs_and_no_more() -> None:
    made, pool = opened()
    with pool.connection() as first:
        pass
    with pool.connection() as again, pool.connection() as second:
        assert again is first
        assert second is not first
        assert pool.in_use == 2
        with pytest.raises(PoolEmpty, match="2 are taken"), pool.connection():
            pass
        assert pool.longest_wait >= 0.05
    assert pool.in_use == 0
    assert len(made) == 2


@pytest.mark.usefixtures("impatient")
def test_a_connection_is_kept_for_a_visitor_until_they_leave() -> None:
    made, pool = opened()
    for visitor in (7, 8):
        for _ in range(3):
            with pool.connection(visitor):
                pass
    assert pool.in_use == len(made) == 2
    with pytest.raises(PoolEmpty), pool.connection(9):
        pass
    pool.leave(7)
    pool.leave(7)
    pool.leave(99)
    with pool.connection(9):
        pass
    assert len(made) == 2


def test_a_visitor_who_leaves_during_a_request_gives_back_once() -> None:
    _, pool = opened()
    with pool.connection(7):
        pool.leave(7)
        assert pool.in_use == 1
    assert pool.in_use == 0
    with pool.connection() as one, pool.connection() as other:
        assert one is not other


def test_a_broken_connection_is_not_used_again() -> None:
    made, pool = opened()
    with pytest.raises(DatabaseDown), pool.connection(7):
        raise DatabaseDown("gone")
    assert made[0].closed
    with pool.connection():
        pass
    assert len(made) == 2


def test_another_size_closes_what_is_too_much() -> None:
    made, pool = opened()
    with pool.connection(), pool.connection():
        pool.reshape(1)
    assert sorted(wire.closed for wire in made) == [False, True]
    pool.close()
    assert all(wire.closed for wire in made)


def test_renewing_replaces_what_is_idle_and_leaves_what_is_taken() -> None:
    made, pool = opened()
    with pool.connection() as taken:
        with pool.connection():
            pass
        pool.renew()
        assert [wire.closed for wire in made] == [False, True, False]
        assert pool.in_use == 1
        with pool.connection() as fresh:
            assert fresh is made[2]
        assert taken is made[0]
    assert pool.in_use == 0


def test_a_database_that_is_gone_does_not_use_up_the_pool() -> None:
    def connect() -> Connection:
        raise DatabaseDown("gone")

    pool = Pool(connect, 1)
    for _ in range(3):
        with pytest.raises(DatabaseDown), pool.connection():
            pass
    assert pool.in_use == 0


def test_who_waits_is_served_when_a_connection_comes_back() -> None:
    _, pool = opened()
    pool.reshape(1)
    waiting = threading.Event()
    got: list[object] = []

    def wait() -> None:
        waiting.set()
        with pool.connection() as found:
            got.append(found)

    thread = threading.Thread(target=wait)
    with pool.connection() as mine:
        thread.start()
        waiting.wait()
    thread.join(5)
    assert got == [mine]


# --- the shared cache -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("public, max-age=60, s-maxage=600", 600),
        ("public, max-age=120", 120),
        ("max-age=60", 0),
        ("private, no-store", 0),
        ("public, no-store, max-age=9", 0),
        ("public", 0),
    ],
)
def test_only_what_is_public_is_kept(control: str, seconds: float) -> None:
    assert lifetime(Reply(200, "x", headers=(("Cache-Control", control),))) == seconds


def test_errors_and_cookies_are_not_kept() -> None:
    public = ("Cache-Control", "public, max-age=60")
    assert lifetime(Reply(404, "x", headers=(public,))) == 0
    assert lifetime(Reply(200, "x", headers=(public, ("Set-Cookie", "a=b")))) == 0


def test_a_cache_forgets_in_time_and_when_it_is_told() -> None:
    now = [0.0]
    cache = SharedCache(lambda: now[0])
    asked = Request("https", "GET", "/a?b=1", WWW)
    reply = Reply(200, "x", headers=(("Cache-Control", "public, max-age=60"),))
    assert cache.find(asked) is None
    assert ("X-Cache", "MISS") in cache.offer(asked, reply).headers
    now[0] = 59.0
    found = cache.find(Request("https", "GET", "/a?b=1", WWW, {"cookie": "who=else"}))
    assert found is not None
    assert ("Age", "59") in found.headers
    assert cache.find(Request("https", "GET", "/a", WWW)) is None
    assert cache.find(Request("https", "GET", "/a?b=1", API)) is None
    assert cache.find(Request("https", "POST", "/a?b=1", WWW)) is None
    now[0] = 60.0
    assert cache.find(asked) is None
    cache.offer(asked, reply)
    cache.purge("/b")
    assert cache.find(asked) is not None
    cache.purge("/a")
    assert cache.find(asked) is None
    cache.offer(asked, reply)
    cache.purge()
    assert cache.find(asked) is None


def test_a_cookie_keeps_an_answer_out_of_the_cache_and_that_is_said() -> None:
    cache, request = SharedCache(), Request("https", "GET", "/api/categories", API)
    public = ("Cache-Control", "public, s-maxage=600")
    kept_out = cache.offer(request, Reply(200, "[]", headers=(public, ("Set-Cookie", "a=1"))))
    assert kept_out.headers == (public, ("Set-Cookie", "a=1"), ("X-Cache", "BYPASS"))
    assert cache.find(request) is None
    private = Reply(200, "[]", headers=(("Cache-Control", "private, no-store"), ("Set-Cookie", "a=1")))
    assert cache.offer(request, private) == private


# --- on the way out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "gzip"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("x-gzip", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("identity", False),
    ],
)
def test_gzip_is_sent_to_who_takes_it(accepted: str, gzip: bool) -> None:
    assert accepts_gzip(accepted) is gzip


def test_short_answers_pictures_and_private_pages_go_out_as_they_are() -> None:
    asked = Request("https", "GET", "/", WWW, {"accept-encoding": "gzip"})
    short = finished(asked, Reply(200, "x" * 100), COMPRESSED)
    assert not any(name in ("Vary", "Content-Encoding") for name, _ in short.headers)
    picture = finished(asked, Reply(200, b"\x89" * 5_000, "image/png"), COMPRESSED)
    assert picture.body == b"\x89" * 5_000
    private = finished(asked, Reply(200, "x" * 5_000, headers=(("Cache-Control", "no-store"),)), COMPRESSED)
    assert not any(name == "ETag" for name, _ in private.headers)
    assert ("Content-Encoding", "gzip") in private.headers


# --- the payment provider ---------------------------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogFile]:
    file = LogFile(tmp_path / "app.log")
    yield file
    file.close()


@pytest.fixture
def provider() -> Iterator[PaymentProvider]:
    now = [0.0]
    found = PaymentProvider(lambda: now[0])
    found.now = now  # type: ignore[attr-defined]
    yield found
    found.stop()


def calls(log: Path) -> list[int]:
    return [json.loads(line)["status"] for line in log.read_text().splitlines()]


def test_a_checkout_makes_the_calls_that_it_is_built_with(
    provider: PaymentProvider, log: LogFile, tmp_path: Path
) -> None:
    payments = Payments(provider.port, log)
    payments.pay(1, 100, ShopSettings(payment_calls=4), "r1")
    assert provider.calls == 4
    assert calls(tmp_path / "app.log") == [200] * 4


def test_who_is_patient_waits_as_it_is_told(provider: PaymentProvider, log: LogFile, tmp_path: Path) -> None:
    while not provider.refuses():
        pass
    pauses: list[float] = []
    payments = Payments(provider.port, log, pauses.append)
    with pytest.raises(PaymentsDown, match="429"):
        payments.pay(1, 100, ShopSettings(), "r1")
    assert calls(tmp_path / "app.log") == [429] * 3
    assert len(pauses) == 2
    assert min(pauses) >= 1.0

    def later(seconds: float) -> None:
        provider.now[0] += seconds  # type: ignore[attr-defined]

    Payments(provider.port, log, later).pay(1, 100, ShopSettings(), "r2")
    assert calls(tmp_path / "app.log")[-1] == 200


def test_who_is_not_repeats_at_once(provider: PaymentProvider, log: LogFile, tmp_path: Path) -> None:
    while not provider.refuses():
        pass
    pauses: list[float] = []
    payments = Payments(provider.port, log, pauses.append)
    with pytest.raises(PaymentsDown):
        payments.pay(1, 100, ShopSettings(payment_retries=5, patient=False), "r1")
    assert calls(tmp_path / "app.log") == [429] * 6
    assert pauses == []


def test_a_provider_that_is_gone_is_a_failed_payment(log: LogFile, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(PaymentsDown):
            Payments(nobody.getsockname()[1], log).pay(1, 100, ShopSettings(), "r1")
    [line] = [json.loads(text) for text in (tmp_path / "app.log").read_text().splitlines()]
    assert (line["status"], line["error"]) == (0, "ConnectionRefusedError")


# --- the mail sink ----------------------------------------------------------------------------------------------------


def test_the_sink_takes_mail_and_survives_nonsense() -> None:
    sink = MailSink()
    with smtplib.SMTP("127.0.0.1", sink.port, local_hostname="acme.test", timeout=5) as server:
        server.sendmail("a@acme.test", ["b@acme.test"], "Subject: x\r\n\r\n..\r\nhello\r\n")
        assert server.docmd("WHATEVER")[0] == 502
    with socket.create_connection(("127.0.0.1", sink.port), timeout=5) as rude:
        rude.sendall(b"DATA\r\nhalf a message")
    with socket.create_connection(("127.0.0.1", sink.port), timeout=5) as rude:
        rude.sendall(b"\xff" * 10_000 + b"\r\nQUIT\r\n")
        while rude.recv(4_096):
            pass
    sink.stop()
    assert sink.messages == 1


# --- logs -------------------------------------------------------------------------------------------------------------


def test_a_log_begins_anew_when_it_is_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launchready_tui.practice.shop.logs.MOST_BYTES", 1_000)
    path = tmp_path / "logs" / "x.log"
    log = LogFile(path)
    for number in range(60):
        log.line(f"line {number:03d} {'x' * 30}")
    assert path.stat().st_size <= 1_100
    assert path.with_name("x.log.1").stat().st_size <= 1_100
    log.rotate()
    assert path.read_text() == ""
    log.line("after")
    assert path.read_text() == "after\n"
    log.close()
    log.line("too late")
    assert path.read_text() == "after\n"


def test_nobody_writes_lines_of_their_own_into_the_access_log() -> None:
    hostile = 'x"\n127.0.0.1 - - [now] "GET /'
    line = access_line(f"GET /{hostile}", {"user-agent": hostile, "referer": "ä\\"}, "127.0.0.1", Reply(200), 5, 0.25)
    assert "\n" not in line
    assert line.count('"') == 6
    assert line.endswith(" 0.250")
    assert "\\xC3\\xA4\\x5C" in line


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("abc-1", " /*request_id='abc-1',route='x'*/"),
        ("", " /*route='x'*/"),
        ("*/ x", " /*route='x'*/"),
        ("a'b", " /*route='x'*/"),
        ("a\n", " /*route='x'*/"),
        ("%s", " /*route='x'*/"),
    ],
)
def test_a_comment_holds_plain_words_only(name: str, comment: str) -> None:
    assert tag(name, "x") == comment


# --- routes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "host", "target", "found"),
    [
        ("GET", WWW, "/listings", ("listings", "")),
        ("HEAD", WWW, "/listings?per_page=3", ("listings", "")),
        ("GET", WWW, "/listings/oak-table", ("listing", "oak-table")),
        ("GET", WWW, "/listings/oak-table/x.css", None),
        ("GET", WWW, "/listings/", None),
        ("POST", WWW, "/listings", None),
        ("GET", APP, "/dashboard/x.css", None),
        ("GET", APP, "/dashboard;x.css", None),
        ("PATCH", APP, "/api/listings/test-1", ("own-listing", "test-1")),
        ("PATCH", API, "/api/listings/test-1", None),
        ("GET", "elsewhere.test", "/listings", None),
    ],
)
def test_routes(method: str, host: str, target: str, found: tuple[str, str] | None) -> None:
    route = route_of(mended(), Request("https", method, target, host))
    assert (route and (route[0].name, route[1])) == found
    assert route_of(mended(), Request("http", method, target, host)) is None
    assert route_of(mended(), Request("https", method, target, host, address="127.0.0.99")) is None


def test_a_request_keeps_its_id_if_it_has_a_good_one() -> None:
    assert request_id(Request("https", "GET", "/", WWW, {"x-request-id": "a.b_c-1"})) == "a.b_c-1"
    for bad in ("", "a b", "a'b", "x" * 65, "ä"):
        made = request_id(Request("https", "GET", "/", WWW, {"x-request-id": bad}))
        assert len(made) == 16
        assert made != request_id(Request("https", "GET", "/", WWW, {"x-request-id": bad}))


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _fail_within(connection: Connection) -> None:
    connection.run("INSERT INTO jobs (kind, payload) VALUES (%s, %s)", ("mail", "it's"))
    connection.run("INSERT INTO jobs (kind) VALUES ('mail with nobody to send it to')")


def test_sqlite_holds_the_same_shop(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "postgres.log")
    database = SqliteDatabase(tmp_path, log, PASSWORDS)
    connection = database.connect("acme-shop")
    assert connection.run("SELECT count(*) FROM listings") == [(LISTINGS,)]
    assert connection.run("SELECT count(*) FROM orders WHERE seller_id = %s AND state = %s", (7, "paid"))[0][0] > 50
    assert connection.run("SELECT count(*) FROM listings WHERE slug = %s", (slug_of(77),)) == [(1,)]
    assert connection.run(
        "SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT 1 FROM sellers WHERE id = o.seller_id)"
    ) == [(0,)]
    assert connection.run("SELECT count(*) FROM sqlite_master WHERE type = 'table'")[0][0] >= 6
    with pytest.raises(sqlite3.IntegrityError), connection.transaction():
        _fail_within(connection)
    assert connection.run("SELECT count(*) FROM jobs") == [(0,)]
    with pytest.raises(DatabaseDown):
        connection.run("SELECT nothing FROM nowhere")
    lines = (tmp_path / "postgres.log").read_text()
    assert "statement: SELECT count(*) FROM orders WHERE seller_id = 7 AND state = 'paid'\n" in lines
    assert "VALUES ('mail', 'it''s')" in lines
    connection.close()
    database.set_orders_index(True)
    database.set_orders_index(True)
    database.set_orders_index(False)
    database.forget_statistics()
    assert (tmp_path / "postgres.log").read_text() == ""
    database.stop()
    assert not (tmp_path / "database").exists()
    log.close()
