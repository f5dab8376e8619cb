"""Logs that a real PostgreSQL wrote, in each of its forms, about the same work: each tells the same."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from launchready_tui.model.questions.querylog import QueryLogFacts
from launchready_tui.queries.reading import digest_of
from tests.postgres import has_library, missing, running_postgres

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "PostgreSQL is here")

ALL = "log_min_duration_statement = 0"
PREFIX = "log_line_prefix = '%m [%p] %q%u@%d '"
COLLECTED = (ALL, "logging_collector = on", "log_filename = 'pg.log'", "log_file_mode = 0644")
EXPLAIN = ("shared_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0")

FORMS: dict[str, tuple[str, ...]] = {
    "stderr": (ALL, PREFIX),
    "rds": (ALL, "log_line_prefix = '%t:%r:%u@%d:[%p]:'"),
    "pairs": ("log_statement = all", "log_duration = on", PREFIX),
    "everything": ("log_statement = all", "log_duration = on", ALL, "log_line_prefix = '%m [%c] %a '"),
    "csv": (*COLLECTED, "log_destination = 'csvlog'"),
    "explain-text": (ALL, PREFIX, *EXPLAIN, "auto_explain.log_analyze = on"),
    "explain-json": (ALL, PREFIX, *EXPLAIN, "auto_explain.log_format = json"),
}

EXPECTED = {
    "select id, title from listings order by id limit ?": 3,
    "select name from sellers where id = ?": 12,
    "select count(*) from listings where title = ? and id > ?": 4,
    "select title from listings where id = ?": 9,
    "update listings set title = ? where id in (?+)": 1,
}
"""Calls of the statements of `work`."""


def work(dsn: str) -> None:
    """Simple and extended protocol, prepared statements, several lines, quotes, an error, a time-out."""
    import psycopg

    with psycopg.connect(dsn, autocommit=True, application_name="web") as connection:
        run = connection.execute
        run("create table listings (id int primary key, title text)")
        run("create table sellers (id int primary key, name text)")
        run("insert into listings select g, 't' || g from generate_series(1, 2000) g")
        for request in range(3):
            tag = f" /*request_id='r-{request}',route='listing'*/"
            run("select id, title from listings order by id limit 4" + tag)
            for seller in range(4):
                run("select name\n  from sellers\n where id = %s" + tag, (seller,))
        for number in range(4):
            run(f"select count(*) from listings where title = 'it''s sEcReT {number}' and id > {number}")
        for number in range(9):
            run("select title from listings where id = %s", (number,), prepare=True)
        run("update listings set title = %s where id in (1, 2, 3)", ("sEcReT\nline",))
        with pytest.raises(psycopg.Error):
            run("select nothing from nowhere where a = 'sEcReT'")
        run("set statement_timeout = 50")
        with pytest.raises(psycopg.errors.QueryCanceled):
            run("select pg_sleep(5)")


def logged(settings: Sequence[str]) -> QueryLogFacts:
    """The digest of what a server with those settings wrote."""
    import psycopg

    with running_postgres(settings) as dsn:
        work(dsn)
        with psycopg.connect(dsn) as connection:
            row = connection.execute("show data_directory").fetchone()
        assert row is not None
        folder = Path(row[0])
        files = [*folder.glob("log/*.csv"), *folder.glob("log/*.json")] or [folder.parent / "log"]
        until = time.monotonic() + 20
        while b"data_directory" not in files[0].read_bytes() and time.monotonic() < until:
            time.sleep(0.05)
        return digest_of(list(files), top=200)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same(form: str) -> None:
    if "explain" in form and not has_library("auto_explain"):
        pytest.skip("no auto_explain here")
    facts = logged(FORMS[form])
    calls = {query.fingerprint: query.calls for query in facts.queries}
    assert {shape: calls.get(shape) for shape in EXPECTED} == EXPECTED
    assert facts.unparsed == 0
    assert (facts.statements, facts.timed) == (sum(calls.values()),) * 2
    assert "sEcReT" not in repr(facts)
    sleeping = next(query for query in facts.queries if query.fingerprint == "select pg_sleep(?)")
    assert (sleeping.calls, sleeping.troubles, sleeping.timeouts) == (0, 1, 1)
    sellers = next(query for query in facts.queries if query.tables == ("sellers",) and query.repeats)
    assert sellers.repeats is not None
    assert (sellers.repeats.tie, sellers.repeats.requests, sellers.repeats.most) == ("request-id", 3, 4)
    assert sellers.repeats.endpoint == "listing"
    if "explain" in form:
        counted = next(query for query in facts.queries if query.fingerprint.startswith("select count"))
        assert [(node.kind, node.table) for node in counted.plan][-1] == ("Seq Scan", "listings")
