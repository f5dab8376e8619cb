"""The session of PostgreSQL: it cannot write, ends in time, and says nothing that it should not."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from launchready_tui.model.evidence import Answer, Evidence, Failure
from launchready_tui.model.product import Network
from launchready_tui.model.questions import DatabaseHealth, DnsAnswer, DnsLookup, Question
from launchready_tui.probes import postgres
from launchready_tui.probes.postgres import Login, Session, leads_to, read, read_dsn, same_server
from launchready_tui.probes.postgresprobe import PostgresProbe
from tests.database.lab import READERS_PASSWORD, SECRET, Base, acme, assert_no_secret, judged, outcome
from tests.kit import SEEN_AT
from tests.postgres import PASSWORD


def login_of(dsn: str) -> Login:
    found = read_dsn(dsn)
    assert isinstance(found, Login)
    return found


def reading(dsn: str, work: Any, seconds: float = 20.0, connect_seconds: int = 8) -> Any:
    return asyncio.run(read(login_of(dsn), work, seconds=seconds, connect_seconds=connect_seconds))


# --- DSNs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dsn", "host", "database"),
    [
        ("postgresql://u:p@db.acme.test:6543/shop", "db.acme.test", "shop"),
        ("postgres://u:p@DB.Acme.test/shop?sslmode=require", "db.acme.test", "shop"),
        ("postgresql+asyncpg://u:p@db.acme.test/shop?connection_limit=1&pgbouncer=true", "db.acme.test", "shop"),
        ("postgresql://u:p%40%2F@[::1]:5433/shop", "::1", "shop"),
        ("host=db.acme.test user=u password='a b' dbname=shop", "db.acme.test", "shop"),
        ("postgresql://u@/shop?host=/run/postgresql", "local socket", "shop"),
        ("postgresql:///shop", "local socket", "shop"),
        ("postgresql://ada:p@db.acme.test", "db.acme.test", "ada"),
    ],
)
def test_a_dsn_is_understood(dsn: str, host: str, database: str) -> None:
    found = login_of(dsn)
    assert (found.host, found.database) == (host, database)
    assert "password" not in repr(found)


@pytest.mark.parametrize(
    ("dsn", "reason"),
    [
        ("mysql://u:p@db.acme.test/shop", "engine"),
        ("sqlite:///shop.db", "engine"),
        ("hunter2", "malformed"),
        ("service=production", "malformed"),
    ],
)
def test_a_dsn_that_leads_nowhere(dsn: str, reason: str) -> None:
    found = read_dsn(dsn)
    assert isinstance(found, Failure)
    assert found.reason == reason
    assert dsn not in found.message


def test_the_environment_does_not_lead_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.1")
    monkeypatch.setenv("PGHOST", "elsewhere.test")
    found = login_of("postgresql://u:p@db.acme.test/shop")
    assert (found.hosts, dict(found.parameters)["hostaddr"]) == (("db.acme.test",), "")
    assert login_of("postgresql:///shop").hosts == ("elsewhere.test",)


def test_the_same_server_is_known_by_several_names() -> None:
    one = login_of("postgresql://a:b@DB.acme.test.:5432/shop")
    assert same_server(one, login_of("postgresql://c:d@db.acme.test:6543/shop"))
    assert not same_server(one, login_of("postgresql://c:d@db.acme.test:6543/scratch"))
    assert same_server(one, login_of("host=other.test,db.acme.test port=1,2 dbname=shop"))
    local = login_of("postgresql://a:b@127.0.0.1:5432/shop")
    assert same_server(local, login_of("postgresql://a:b@localhost/shop"))
    assert not same_server(local, login_of("postgresql://a:b@localhost:5433/shop"))


@pytest.mark.parametrize(
    ("dsn", "host", "expected"),
    [
        ("postgresql://a:b@db.acme.test:6543/x", "db.acme.test", True),
        ("postgresql://a:b@db.acme.test:6543/x", "DB.ACME.TEST.", True),
        ("postgresql://a:b@db.acme.test:6543/x", "db.acme.test:5432", False),
        ("host=staging.test,db.acme.test dbname=x", "db.acme.test", True),
        ("host=staging.test hostaddr=203.0.113.9 dbname=x", "203.0.113.9", True),
        ("postgresql://a:b@[2001:db8::1]:6543/x", "2001:db8::1", True),
        ("postgresql://a:b@staging.test/x", "db.acme.test", False),
    ],
)
def test_production_is_recognised(dsn: str, host: str, expected: bool) -> None:
    assert leads_to(login_of(dsn), host) is expected


# --- what a session may do --------------------------------------------------------------------------------------------


def test_a_session_cannot_write(base: Base) -> None:
    base.run("CREATE TABLE orders (id int)")
    found = reading(base.owner, lambda session: session.rows("INSERT INTO orders VALUES (1)"))
    assert found == Failure("writes", "127.0.0.1: the statement would write (SQLSTATE 25006)", found.fault)
    assert base.value("SELECT count(*) FROM orders") == 0


def test_a_statement_from_outside_cannot_bring_a_second_one(base: Base) -> None:
    base.run("CREATE TABLE orders (id int)")
    text = "SELECT 1; COMMIT; BEGIN READ WRITE; INSERT INTO orders VALUES (1); COMMIT"
    found = reading(base.owner, lambda session: session.single(text))
    assert isinstance(found, Failure)
    assert found.reason == "refused-statement"
    assert base.value("SELECT count(*) FROM orders") == 0


def test_a_session_is_named_limited_and_read_only(base: Base) -> None:
    names = ("application_name", "transaction_read_only", "statement_timeout", "lock_timeout")
    asked = ", ".join(f"current_setting('{name}')" for name in names)
    found = reading(base.reader, lambda session: session.rows(f"SELECT {asked}"))
    assert found == [("launchready", "on", "10s", "2s")]


def test_what_may_not_be_read_is_none_and_the_session_goes_on(base: Base) -> None:
    def work(session: Session) -> tuple[Any, Any, Any]:
        return (
            session.optional("SELECT * FROM pg_catalog.pg_authid"),
            session.optional("SELECT * FROM nowhere"),
            session.rows("SELECT 1"),
        )

    assert reading(base.reader, work) == (None, None, [(1,)])


def test_what_outlives_a_rollback_is_tidied_up(base: Base) -> None:
    def work(session: Session) -> Any:
        def inner() -> None:
            session.prepare("SELECT $1::int")
            session.optional("SELECT * FROM nowhere")
            session.single("SELECT nonsense")

        failed = session.attempt(inner)
        return failed, session.rows("SELECT count(*) FROM pg_catalog.pg_prepared_statements WHERE from_sql")

    failed, left = reading(base.reader, work)
    assert isinstance(failed, Failure)
    assert left == [(0,)]


# --- hanging, refusing, leaking ---------------------------------------------------------------------------------------


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_server_that_never_answers_is_unknown(silent: int) -> None:
    tokens = {"database": f"postgresql://u:{READERS_PASSWORD}@127.0.0.1:{silent}/shop"}
    found = outcome(DatabaseHealth(), tokens, connect_seconds=2)
    assert found.failure is not None
    assert found.failure.reason == "timeout"
    assert_no_secret(found.failure.message)


def test_the_bound_of_the_whole_holds_as_well(silent: int) -> None:
    tokens = {"database": f"postgresql://u:p@127.0.0.1:{silent}/shop"}
    found = outcome(DatabaseHealth(), tokens, connect_seconds=3, read_seconds=0.3)
    assert found.failure is not None
    assert (found.failure.reason, found.failure.message) == ("timeout", "127.0.0.1 did not answer within 0 s")


def test_a_server_that_hangs_in_the_middle_is_cut_off(base: Base) -> None:
    ended = threading.Event()

    def work(session: Session) -> None:
        try:
            session.rows("SELECT pg_sleep(9)")
        finally:
            ended.set()

    async def run() -> tuple[Any, bool]:
        found = await read(login_of(base.reader), work, seconds=0.5)
        return found, await asyncio.to_thread(ended.wait, 5)

    found, is_over = asyncio.run(run())
    assert isinstance(found, Failure)
    assert found.reason == "timeout"
    assert is_over, "the thread went on waiting for a server that hangs"


def test_a_long_statement_is_stopped_by_the_server(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_SECONDS", 1)
    found = reading(base.reader, lambda session: session.rows("SELECT pg_sleep(8)"))
    assert found.reason == "statement-timeout"


def test_a_lock_of_somebody_else_is_not_waited_for(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LOCK_SECONDS", 1)
    base.run("CREATE TABLE orders (id int)")
    with psycopg.connect(base.owner) as other:
        other.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        found = reading(base.reader, lambda session: session.rows("SELECT * FROM orders"))
    assert found.reason == "locked"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda dsn: dsn.replace(READERS_PASSWORD, f"{READERS_PASSWORD}x"), "login-refused"),
        (lambda dsn: dsn.replace("//reader:", "//nobody-here:"), "login-refused"),
        (lambda dsn: dsn.replace(f":{READERS_PASSWORD}", ""), "login-refused"),
        (lambda dsn: dsn.rpartition("/")[0] + f"/{SECRET}", "login-refused"),
        (lambda dsn: dsn + "?sslmode=require", "tls"),
        (lambda dsn: dsn.rpartition(":")[0] + ":1/shop", "refused"),
        (lambda dsn: dsn.rpartition(":")[0] + ":port/shop", "malformed"),
        (lambda dsn: dsn.replace("127.0.0.1", "db.invalid"), "does-not-resolve"),
    ],
)
def test_a_refusal_is_told_in_words_of_our_own(base: Base, change: Any, reason: str) -> None:
    found = reading(change(base.reader), lambda session: session.rows("SELECT 1"))
    assert isinstance(found, Failure)
    assert found.reason == reason
    assert_no_secret(found.message)
    assert "reader" not in found.message


def test_an_error_that_quotes_a_value_is_not_passed_on(base: Base) -> None:
    found = reading(base.reader, lambda session: session.rows(f"SELECT '{SECRET}'::int"))
    assert isinstance(found, Failure)
    assert_no_secret(found.message)


def test_a_web_server_in_place_of_the_database() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        def answer() -> None:
            stream, _ = listener.accept()
            with stream:
                stream.recv(1024)
                stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        found = reading(f"postgresql://u:{PASSWORD}@127.0.0.1:{port}/x", lambda session: 1)
        thread.join()
    assert isinstance(found, Failure)
    assert found.reason in ("malformed", "reset", "tls")


# --- the probe --------------------------------------------------------------------------------------------------------


def test_without_a_token_the_command_is_named() -> None:
    result = judged("database.health", acme(token="shop-db"), {})
    assert (result.verdict.value, result.reason) == ("not-run", "input-missing")
    assert "launchready token set shop-db" in result.summary


def test_without_the_driver_the_extra_is_named(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    result = judged("database.health", acme(), {"database": base.reader})
    assert (result.verdict.value, result.reason) == ("not-run", "extra-missing")
    assert "launchready[pg]" in result.summary


def test_with_name_servers_of_its_own_the_host_is_resolved_by_them(base: Base) -> None:
    asked: list[Question[Any]] = []

    async def ask(question: Question[Any], /) -> Answer[Any]:
        asked.append(question)
        return Answer(Evidence("e", question, 1, DnsAnswer("NOERROR", ("127.0.0.1",)), None, SEEN_AT, SEEN_AT))

    dsn = base.reader.replace("127.0.0.1", "db.acme.test")
    probe = PostgresProbe(Network(nameservers=("127.0.0.1:5353",)), "", {"database": dsn}.get)
    found = asyncio.run(probe.answer(DatabaseHealth(), 1, ask))
    assert found.failure is None
    assert found.facts is not None
    assert asked == [DnsLookup("db.acme.test", "A")]


def test_a_socket_of_the_machine_itself(base: Base) -> None:
    folder = base.value("SHOW unix_socket_directories")
    dsn = f"host={folder} port={base.port} user=reader password={READERS_PASSWORD} dbname={base.name}"
    assert reading(dsn, lambda session: (session.host, session.encrypted)) == ("local socket", True)
