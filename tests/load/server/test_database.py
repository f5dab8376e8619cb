"""The database sampler against a real PostgreSQL: connections, locks, rights, tables that are queues, a full house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from launchready_tui.load.server.database import DatabaseSampler
from launchready_tui.load.server.sampling import Reading
from launchready_tui.load.server.tablequeue import read_table, split_name
from launchready_tui.model.evidence import Failure
from launchready_tui.model.performance import Queue
from launchready_tui.probes.postgres import Login, read_dsn
from tests.postgres import running_postgres

pytest.importorskip("psycopg", reason="psycopg is missing: pip install 'launchready[pg]'")

SETTINGS = ("max_connections = 8", "superuser_reserved_connections = 2")


@pytest.fixture(scope="module")
def owner() -> Iterator[str]:
    with running_postgres(SETTINGS) as dsn:
        run(dsn, "CREATE ROLE watcher LOGIN PASSWORD 'w'", "CREATE ROLE app LOGIN PASSWORD 'a'")
        yield dsn


@pytest.fixture
def tables(owner: str) -> Iterator[str]:
    yield owner
    run(owner, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "GRANT USAGE ON SCHEMA public TO watcher")


def run(dsn: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def as_user(dsn: str, user: str, password: str) -> str:
    scheme, _, rest = dsn.partition("://")
    return f"{scheme}://{user}:{password}@{rest.partition('@')[2]}"


def login(dsn: str) -> Login:
    found = read_dsn(dsn)
    assert isinstance(found, Login)
    return found


async def look(dsn: str, *queues: Queue, connections: bool = True) -> Reading:
    found = await DatabaseSampler(login(dsn), queues, connections=connections).look()
    assert isinstance(found, Reading), found
    return found


async def test_connections_are_counted_without_our_own(owner: str) -> None:
    import psycopg

    before = (await look(owner)).values
    assert before["db.limit"] == 6
    with ExitStack() as stack:
        waiting, idle = (stack.enter_context(psycopg.connect(owner)) for _ in range(2))
        waiting.execute("SELECT pg_advisory_lock(1)")
        idle.execute("SELECT 1")
        found = (await look(owner)).values
    assert found["db.used"] == before["db.used"] + 2
    assert found["db.idle-in-transaction"] == before["db.idle-in-transaction"] + 2


async def test_who_waits_for_a_lock_is_counted(owner: str) -> None:
    import threading

    import psycopg

    run(owner, "CREATE TABLE IF NOT EXISTS locked (id int)")
    with psycopg.connect(owner) as holder, psycopg.connect(owner) as waiter:
        holder.execute("LOCK TABLE locked")
        thread = threading.Thread(target=lambda: waiter.execute("LOCK TABLE locked"))
        thread.start()
        try:
            seen: list[float] = []
            while not seen or (not seen[-1] and len(seen) < 100):
                seen.append((await look(owner)).values["db.lock-waits"])
            assert seen[-1] == 1
        finally:
            holder.rollback()
            thread.join(20)


async def test_a_login_without_the_right_sees_numbers_and_says_what_it_misses(owner: str) -> None:
    import psycopg

    watcher = as_user(owner, "watcher", "w")
    with psycopg.connect(owner):
        found = await look(watcher)
        assert found.values["db.used"] >= 1
        assert found.missing["db.active"].reason == "missing-privilege"
        run(owner, "GRANT pg_monitor TO watcher")
        found = await look(watcher)
        assert "db.active" in found.values
        run(owner, "REVOKE pg_monitor FROM watcher")


async def test_a_limit_of_the_database_itself_counts(owner: str) -> None:
    run(owner, "ALTER DATABASE app CONNECTION LIMIT 4")
    try:
        assert (await look(owner)).values["db.limit"] == 4
    finally:
        run(owner, "ALTER DATABASE app CONNECTION LIMIT -1")


async def test_a_server_without_a_free_connection_is_a_full_house(owner: str) -> None:
    import psycopg

    app = as_user(owner, "app", "a")
    sampler = DatabaseSampler(login(app))
    assert isinstance(await sampler.look(), Reading)
    with ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(psycopg.connect(app))
        found = await sampler.look()
    assert isinstance(found, Reading)
    assert found.values == {"db.used": 6.0, "db.limit": 6.0}
    assert found.events[0][0] == "too-many-connections"


async def test_wrong_passwords_and_dead_servers_are_failures_without_secrets(owner: str) -> None:
    for dsn in (as_user(owner, "app", "hunter2-wrong"), "postgresql://app:hunter2-wrong@127.0.0.1:1/app"):
        found = await DatabaseSampler(login(dsn)).look()
        assert isinstance(found, Failure)
        assert found.reason in ("login-refused", "refused")
        assert "hunter2" not in found.message


# --- tables that are queues -------------------------------------------------------------------------------------------

FAMILIES = {
    "plain": ("id serial, created_at timestamptz, done_at timestamptz", "now() - interval '90 s', {done}"),
    "states": ("id serial, status text, enqueued_at timestamptz", "'{state}', now() - interval '90 s'"),
    "enum": ("id serial, state job_state, inserted_at timestamp",
             "'{state}', (now() at time zone 'utc') - interval '90 s'"),
    "laravel": (
        "id serial, available_at int, reserved_at int, created_at int",
        "extract(epoch from now())::int - 90, {reserved}, extract(epoch from now())::int - 500",
    ),
    "milliseconds": ("id serial, run_at bigint, locked_at timestamptz, failed_at timestamptz",
                     "(extract(epoch from now()) * 1000)::bigint - 90000, {taken}, {done}"),
    "mixed case": ('id serial, "createdOn" timestamptz, "completedOn" timestamptz', "now() - interval '90 s', {done}"),
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
async def test_families_of_job_tables(tables: str, family: str) -> None:
    columns, values = FAMILIES[family]
    if "job_state" in columns:
        run(tables, "CREATE TYPE job_state AS ENUM ('available', 'executing', 'completed')")
    run(tables, f"CREATE TABLE jobs ({columns})")
    names = ", ".join(part.split()[0] for part in columns.split(", ")[1:])
    states = {"waiting": "available", "working": "executing", "over": "completed"}
    for kind in ("waiting", "waiting", "working", "over"):
        row = values.format(
            done="now()" if kind == "over" else "NULL",
            state=states[kind],
            reserved="1732448400" if kind == "working" else "NULL",
            taken="now()" if kind == "working" else "NULL",
        )
        run(tables, f"INSERT INTO jobs ({names}) VALUES ({row})")
    found = await look(tables, Queue("mail", "table", "jobs"), connections=False)
    has_end = family not in ("laravel",)
    assert found.values["queue.mail.depth"] == (3 if has_end else 4)
    assert 85 < found.values["queue.mail.delay"] < 150
    assert found.values["queue.mail.added"] == 4


async def test_only_a_job_that_has_not_begun_waits(tables: str) -> None:
    run(
        tables,
        "CREATE TABLE jobs (id serial, run_at timestamptz, locked_at timestamptz)",
        "INSERT INTO jobs (run_at, locked_at) VALUES (now() - interval '1 h', now()), (now() + interval '1 day', NULL)",
    )
    found = await look(tables, Queue("mail", "table", "jobs"), connections=False)
    assert found.values == {"queue.mail.depth": 1.0, "queue.mail.delay": 0.0, "queue.mail.added": 2.0}


async def test_an_unknown_table_has_a_length_only(tables: str) -> None:
    run(tables, "CREATE TABLE things (body text)", "INSERT INTO things VALUES ('a'), ('b')")
    found = await look(tables, Queue("mail", "table", "things"), connections=False)
    assert found.values == {"queue.mail.depth": 2.0}
    assert found.missing["queue.mail.delay"].reason == "no-time"


async def test_one_broken_queue_does_not_hide_the_others(tables: str) -> None:
    run(
        tables,
        'CREATE TABLE "odd ""name" (created_at timestamptz)',
        "CREATE TABLE closed (created_at timestamptz)",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO watcher",
        "REVOKE ALL ON closed FROM watcher",
    )
    queues = [Queue(name, "table", name) for name in ("missing", "closed", 'odd "name', "; DROP TABLE closed")]
    found = await look(as_user(tables, "watcher", "w"), *queues)
    assert found.values['queue.odd "name.depth'] == 0
    assert found.missing["queue.missing.depth"].reason == "missing-object"
    assert found.missing["queue.closed.depth"].reason == "missing-privilege"
    assert found.missing["queue.; DROP TABLE closed.depth"].reason == "missing-object"
    assert "db.used" in found.values


@pytest.mark.parametrize("source", ["", ".", "a.", ".b", "x" * 64, "a\0b"])
def test_a_source_that_is_no_table_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="no table"):
        split_name(source)


def test_identifiers_are_quoted_in_the_statement() -> None:
    columns: dict[str, Any] = {
        'created_at"; DROP TABLE x; --': "timestamp with time zone",
        "finished_at": "timestamp with time zone",
    }
    table = read_table('we"ird', "t", columns)
    assert table.statement == 'SELECT count(*), NULL, NULL FROM "we""ird"."t" WHERE "finished_at" IS NULL'
