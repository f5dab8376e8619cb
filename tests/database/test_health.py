"""The health of a database: thresholds on made-up facts, the facts on a real server."""

from __future__ import annotations

import time
from typing import Any

import psycopg
import pytest

from launchready_tui.model.questions import DatabaseHealth, HealthFacts
from launchready_tui.model.questions.database import DeadRows, Replica, SequenceUse
from launchready_tui.model.verdicts import Judgement
from tests.database.lab import READER, Base, acme, facts, judged
from tests.kit import judge

HEALTHY = {
    "blocks_hit": 999_000,
    "blocks_read": 1_000,
    "connections": 12,
    "max_connections": 100,
    "transaction_age": 2_000_000,
}


def look(pool: int = 0, **more: Any) -> Judgement:
    found = HealthFacts("db.acme.test", 150_004, **{**HEALTHY, **more})
    return judge("database.health", "acme.test", {DatabaseHealth(): found}, acme(pool=pool))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ("pass", "")),
        ({"blocks_hit": 99_000, "blocks_read": 1_000}, ("pass", "")),
        ({"blocks_hit": 98_900, "blocks_read": 1_100}, ("warn", "cache-misses")),
        ({"blocks_hit": 10, "blocks_read": 90}, ("pass", "")),
        ({"connections": 69}, ("pass", "")),
        ({"connections": 70}, ("warn", "connections-high")),
        ({"connections": 90}, ("fail", "connections-exhausted")),
        ({"pool": 80}, ("warn", "connections-high")),
        ({"longest_transaction_s": 59.9}, ("pass", "")),
        ({"longest_transaction_s": 60.0}, ("fail", "long-transaction")),
        ({"idle_in_transaction_s": 59.0}, ("pass", "")),
        ({"idle_in_transaction_s": 61.0}, ("fail", "idle-in-transaction")),
        ({"sequences": (SequenceUse("public", "orders_id_seq", 0.89),)}, ("pass", "")),
        ({"sequences": (SequenceUse("public", "orders_id_seq", 0.9),)}, ("fail", "sequence-full")),
        ({"transaction_age": 1_499_999_999}, ("pass", "")),
        ({"transaction_age": 1_500_000_000}, ("fail", "transaction-ids")),
        ({"replicas": (Replica("eu-2", 9.9), Replica("us-1", None))}, ("pass", "")),
        ({"replicas": (Replica("eu-2", 10.0),)}, ("fail", "replication-lag")),
        ({"standby": True, "replay_lag_s": 11.0}, ("fail", "replication-lag")),
        ({"activity_hidden": 3}, ("unknown", "missing-privilege")),
        ({"activity_hidden": 3, "connections": 95}, ("fail", "connections-exhausted")),
        ({"sequences_hidden": 1}, ("unknown", "missing-privilege")),
        ({"replicas_hidden": True}, ("unknown", "missing-privilege")),
    ],
)
def test_thresholds(more: dict[str, Any], expected: tuple[str, str]) -> None:
    result = look(**more)
    assert (result.verdict.value, result.reason) == expected


def test_what_is_worth_knowing_is_a_note() -> None:
    result = look(
        dead_rows=(DeadRows("public", "carts", 100, 9_000, 1_000_000),),
        sequences=(SequenceUse("public", "orders_id_seq", 0.7),),
        blocks_hit=5,
        blocks_read=5,
        encrypted=False,
        can_write=True,
    )
    assert result.verdict.value == "pass"
    text = "\n".join(result.details)
    for word in (
        "9,000 dead rows",
        "70% of its numbers",
        "cannot be told from 10 blocks",
        "not encrypted",
        "may write",
    ):
        assert word in text


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("", ("not-run", "input-missing")),
        ("sqlite", ("not-applicable", "not-applicable")),
        ("mysql", ("unknown", "engine")),
    ],
)
@pytest.mark.parametrize("check", ["queries.plans", "queries.indexes", "database.health", "database.row-security"])
def test_other_databases(check: str, kind: str, expected: tuple[str, str]) -> None:
    from launchready_tui.model.performance import Database
    from launchready_tui.model.product import Product

    product = Product("Acme", "acme.test", database=Database(kind=kind))  # type: ignore[arg-type]
    result = judge(check, "acme.test", {}, product)
    assert (result.verdict.value, result.reason) == expected


# --- a real server ----------------------------------------------------------------------------------------------------


def read(base: Base) -> HealthFacts:
    found = facts(DatabaseHealth(), {"database": base.reader})
    assert isinstance(found, HealthFacts)
    return found


def test_a_quiet_server_is_healthy(base: Base) -> None:
    base.run(
        "CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)", "INSERT INTO orders DEFAULT VALUES"
    )
    result = judged("database.health", acme(), {"database": base.reader})
    assert result.verdict.value == "pass", result
    found = read(base)
    assert (found.max_connections, found.standby, found.can_write) == (50, False, False)
    assert (found.activity_hidden, found.sequences_hidden, found.replicas_hidden) == (0, 0, False)
    assert [(item.name, item.used) for item in found.sequences] == [("orders_id_seq", 0.0)]
    assert found.started is not None


def test_a_forgotten_transaction_shows(base: Base) -> None:
    with psycopg.connect(base.owner) as forgotten, psycopg.connect(base.owner) as working:
        forgotten.execute("SELECT 1")
        working.execute("SELECT 1")
        before = read(base)
        time.sleep(0.25)
        after = read(base)
    assert after.connections == 2
    assert after.idle_in_transaction_s > before.idle_in_transaction_s
    assert after.longest_transaction_s == 0.0


def test_a_working_transaction_shows(base: Base) -> None:
    import threading

    started = threading.Event()

    def work() -> None:
        with psycopg.connect(base.owner) as connection:
            started.set()
            connection.execute("SELECT pg_sleep(1.5)")

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    seen: list[HealthFacts] = []
    while thread.is_alive() and not (seen and seen[-1].longest_transaction_s):
        seen.append(read(base))
    thread.join()
    assert max(found.longest_transaction_s for found in seen) > 0
    assert max(found.idle_in_transaction_s for found in seen) == 0


def test_a_sequence_that_runs_out_is_named(base: Base) -> None:
    base.run("CREATE SEQUENCE tickets MAXVALUE 100", "SELECT setval('tickets', 95)")
    base.run("CREATE SEQUENCE down INCREMENT -1 MINVALUE -100 MAXVALUE -1", "SELECT setval('down', -99)")
    base.run("CREATE SEQUENCE round MAXVALUE 100 CYCLE", "SELECT setval('round', 100)")
    result = judged("database.health", acme(), {"database": base.reader})
    assert (result.verdict.value, result.reason) == ("fail", "sequence-full")
    assert {line.split()[0] for line in result.details if "has used" in line} == {"public.tickets", "public.down"}


def test_a_sequence_that_may_not_be_read_is_unknown(base: Base) -> None:
    base.run("CREATE SEQUENCE tickets", f"REVOKE ALL ON SEQUENCE tickets FROM {READER}")
    result = judged("database.health", acme(), {"database": base.reader})
    assert (result.verdict.value, result.reason) == ("unknown", "missing-privilege")
    assert "GRANT" in result.decide_by


def test_a_login_without_a_view_of_the_others_is_unknown(base: Base) -> None:
    with psycopg.connect(base.owner, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS blind")
        connection.execute("CREATE ROLE blind LOGIN PASSWORD 'b'")
        dsn = base.reader.replace("reader:", "blind:").replace("pw-of-the-reader-0815", "b")
        result = judged("database.health", acme(), {"database": dsn})
    assert (result.verdict.value, result.reason) == ("unknown", "missing-privilege")


def test_a_login_that_may_write_is_told_apart(base: Base) -> None:
    base.run("CREATE TABLE orders (id int)")
    assert not read(base).can_write
    base.run(f"GRANT INSERT ON orders TO {READER}")
    assert read(base).can_write
