"""Plans of a real database: a missing index is found, named and, once it is there, no longer complained about."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest

from launchready_tui.model.questions import DatabasePlans, PlanList, StatementStatistics
from launchready_tui.model.questions.plans import PlanNode, StatementPlan
from launchready_tui.probes import postgresprobe
from tests.database.lab import READER, SECRET, Base, acme, database, facts, judged
from tests.kit import judge
from tests.postgres import running_postgres

SHOP = (
    "CREATE TABLE sellers (id int PRIMARY KEY, name text)",
    "CREATE TABLE listings (id int PRIMARY KEY, seller_id int NOT NULL, title text, status text, price int,"
    " created_at timestamptz NOT NULL DEFAULT now())",
    "INSERT INTO sellers SELECT n, 'seller ' || n FROM generate_series(1, 2000) n",
    "INSERT INTO listings SELECT n, 1 + n % 2000, 'title ' || n, CASE WHEN n % 10 = 0 THEN 'sold' ELSE 'active' END,"
    " n % 500, now() - n * interval '1 minute' FROM generate_series(1, 50000) n",
    "ANALYZE",
)
BY_SELLER = "SELECT id, title FROM listings WHERE seller_id = 42 /*route='/sellers/7'*/"
INDEX = "CREATE INDEX listings_seller_id_idx ON listings (seller_id)"


@pytest.fixture
def shop(counted: Base) -> Base:
    """50,000 listings of 2,000 sellers; nothing was asked yet."""
    counted.run(*SHOP, "SELECT pg_stat_statements_reset()")
    return counted


def tokens(base: Base, scratch: Base | None = None) -> dict[str, str]:
    return {"database": base.reader, **({"scratch": scratch.reader} if scratch else {})}


def plan_of(found: PlanList, word: str, basis: str = "estimated") -> StatementPlan:
    return next(plan for plan in found.plans if word in plan.text and plan.basis == basis)


# --- the missing index ------------------------------------------------------------------------------------------------


def test_a_missing_index_is_found_by_estimate(shop: Base) -> None:
    shop.run(BY_SELLER, times=3)
    result = judged("queries.plans", acme(), tokens(shop))
    assert (result.verdict.value, result.reason) == ("fail", "seq-scan")
    assert result.summary.startswith("reads all 50,000 rows of listings for about 25, by seller_id (estimated)")
    assert "from /sellers/:id" in result.summary
    assert "42" not in result.summary.replace("listings", "")


def test_with_the_index_it_passes_and_says_that_it_is_an_estimate(shop: Base) -> None:
    shop.run(INDEX)
    shop.run(BY_SELLER, times=3)
    result = judged("queries.plans", acme(), tokens(shop))
    assert (result.verdict.value, result.reason) == ("pass", "estimated")
    assert "1 statement" in result.summary
    assert any("scratch_token" in line for line in result.details)


def test_where_production_is_elsewhere_the_statements_are_run(shop: Base) -> None:
    shop.run(BY_SELLER, times=3)
    product = acme(production_host="db.acme.example")
    result = judged("queries.plans", product, tokens(shop))
    assert result.summary.startswith("read 50,000 rows of listings to return 25, by seller_id: statement")
    shop.run(INDEX)
    result = judged("queries.plans", product, tokens(shop))
    assert (result.verdict.value, result.reason) == ("pass", "")
    assert "as they were run" in result.summary


def test_on_production_nothing_is_run(shop: Base) -> None:
    shop.run(INDEX, BY_SELLER)
    found = facts(DatabasePlans(production_host=f"127.0.0.1:{shop.port}"), tokens(shop))
    assert [plan.basis for plan in found.plans] == ["estimated"]


def test_a_plan_keeps_its_shape_until_its_index_comes(shop: Base) -> None:
    shop.run(BY_SELLER)
    before = plan_of(facts(DatabasePlans(), tokens(shop)), "seller_id")
    again = plan_of(facts(DatabasePlans(), tokens(shop)), "seller_id")
    shop.run(INDEX)
    after = plan_of(facts(DatabasePlans(), tokens(shop)), "seller_id")
    assert before.shape == again.shape != after.shape
    assert [node.kind for node in before.nodes] == ["Seq Scan"]
    assert [(node.table, item.column, item.operator) for node in before.nodes for item in node.filters] == [
        ("listings", "seller_id", "=")
    ]


# --- what only a run shows --------------------------------------------------------------------------------------------


def test_a_sort_on_disk_shows_in_a_run_only(shop: Base) -> None:
    shop.run(f"ALTER DATABASE {shop.name} SET work_mem = '64kB'")
    shop.run("SELECT id FROM listings ORDER BY title, price")
    assert judged("queries.plans", acme(), tokens(shop)).verdict.value == "pass"
    result = judged("queries.plans", acme(production_host="db.acme.example"), tokens(shop))
    assert (result.verdict.value, result.reason) == ("fail", "disk-sort")
    assert "kB did not fit into work_mem" in result.summary


def test_a_page_of_unknown_depth_is_said(shop: Base) -> None:
    shop.run(INDEX, "SELECT id FROM listings ORDER BY id LIMIT 20 OFFSET 4000")
    result = judged("queries.plans", acme(), tokens(shop))
    assert any(line.startswith("pages by OFFSET") for line in result.details)


def test_statements_that_do_something_are_not_run(shop: Base) -> None:
    shop.run(
        "CREATE TABLE calls (n int)",
        "CREATE FUNCTION ping() RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN PERFORM pg_notify(''x'', ''y'');"
        " RETURN 1; END'",
        "SELECT ping()",
        "SELECT id FROM listings WHERE id = 3 FOR UPDATE",
        "WITH gone AS (DELETE FROM calls RETURNING n) SELECT * FROM gone",
    )
    found = facts(DatabasePlans(production_host="db.acme.example"), tokens(shop))
    assert [(plan.text, plan.basis) for plan in found.plans] == [("select ping()", "estimated")]


def test_a_pattern_search_is_no_more_than_a_hint(shop: Base) -> None:
    shop.run("SELECT id FROM listings WHERE title ILIKE '%itle 123%'", times=3)
    result = judged("queries.plans", acme(), tokens(shop))
    assert (result.verdict.value, result.reason) == ("warn", "seq-scan")
    assert "by title (estimated)" in result.summary


# --- scratch ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def second_server() -> Iterator[str]:
    with running_postgres() as found:
        yield found


@pytest.fixture
def scratch(second_server: str) -> Iterator[Base]:
    """A database of the same form on another server."""
    import psycopg

    from tests.database.lab import READERS_PASSWORD

    with psycopg.connect(second_server, autocommit=True) as connection:
        made = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [READER]).fetchone()
        if made is None:
            connection.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{READERS_PASSWORD}'".encode())
    with database(second_server, f"scratch{secrets.token_hex(4)}") as found:
        yield found


def test_a_scratch_database_runs_what_production_only_estimates(shop: Base, scratch: Base) -> None:
    scratch.run(*SHOP)
    shop.run(BY_SELLER, times=3)
    product = acme(scratch_token="scratch", production_host=f"127.0.0.1:{shop.port}")
    result = judged("queries.plans", product, tokens(shop, scratch))
    assert result.summary.startswith("read 50,000 rows of listings to return 25, by seller_id: statement")
    scratch.run(INDEX)
    shop.run(INDEX)
    assert judged("queries.plans", product, tokens(shop, scratch)).verdict.value == "pass"


def test_an_empty_scratch_database_disproves_nothing(shop: Base, scratch: Base) -> None:
    scratch.run(*SHOP[:2], "ANALYZE")
    shop.run(BY_SELLER, times=3)
    result = judged("queries.plans", acme(scratch_token="scratch"), tokens(shop, scratch))
    assert (result.verdict.value, result.reason) == ("fail", "seq-scan")
    assert "(estimated)" in result.summary


def test_a_scratch_database_that_is_production_is_refused(shop: Base) -> None:
    shop.run(INDEX, BY_SELLER)
    product = acme(scratch_token="scratch", production_host="127.0.0.1")
    result = judged("queries.plans", product, tokens(shop, shop))
    assert (result.verdict.value, result.reason) == ("unknown", "refused")
    assert "production's host" in result.summary


def test_a_scratch_database_that_is_the_read_only_one_is_refused(shop: Base) -> None:
    shop.run(INDEX, BY_SELLER)
    result = judged("queries.plans", acme(scratch_token="scratch"), tokens(shop, shop))
    assert (result.verdict.value, result.reason) == ("unknown", "refused")
    assert "same host and database" in result.summary


def test_the_same_database_under_another_name_is_refused_as_well(shop: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names may hide that it is the same (a pooler, an alias): the server's own identity does not."""
    shop.run(INDEX, BY_SELLER)
    monkeypatch.setattr(postgresprobe, "same_server", lambda first, second: False)
    found = facts(DatabasePlans(scratch_token="scratch"), tokens(shop, shop))
    assert (found.scratch, {plan.basis for plan in found.plans}) == ("refused", {"estimated"})
    assert "same database" in found.scratch_note


def test_a_scratch_token_that_is_not_there_is_said(shop: Base) -> None:
    shop.run(INDEX, BY_SELLER)
    result = judged("queries.plans", acme(scratch_token="scratch"), tokens(shop))
    assert (result.verdict.value, result.reason) == ("pass", "estimated")
    assert any("launchready token set scratch" in line for line in result.details)


# --- what cannot be seen ----------------------------------------------------------------------------------------------


def test_without_statistics_it_is_unknown(base: Base) -> None:
    result = judged("queries.plans", acme(), tokens(base))
    assert (result.verdict.value, result.reason) == ("unknown", "no-statistics")
    assert "CREATE EXTENSION" in result.decide_by


def test_without_a_statement_it_is_unknown(counted: Base) -> None:
    counted.run("SELECT pg_stat_statements_reset()")
    result = judged("queries.plans", acme(), tokens(counted))
    assert (result.verdict.value, result.reason) == ("unknown", "no-statements")


def test_a_table_that_the_login_may_not_read_is_unknown(shop: Base) -> None:
    shop.run(INDEX, BY_SELLER, f"REVOKE SELECT ON listings FROM {READER}")
    result = judged("queries.plans", acme(), tokens(shop))
    assert (result.verdict.value, result.reason) == ("unknown", "missing-privilege")
    assert "GRANT SELECT" in result.decide_by


def test_a_table_of_another_schema_is_found(shop: Base) -> None:
    shop.run("CREATE SCHEMA shop", f"GRANT USAGE ON SCHEMA shop TO {READER}")
    shop.run("CREATE TABLE shop.carts (id int PRIMARY KEY)", f"GRANT SELECT ON shop.carts TO {READER}")
    shop.run("SET search_path = shop; SELECT * FROM carts WHERE id = 5")
    result = judged("queries.plans", acme(), tokens(shop))
    assert (result.verdict.value, result.reason) == ("pass", "estimated")


def test_a_typed_literal_is_explained(shop: Base) -> None:
    shop.run(INDEX, "SELECT id FROM listings WHERE seller_id = 5 AND created_at > now() - interval '7 days'")
    found = facts(DatabasePlans(production_host="db.acme.example"), tokens(shop))
    assert [(plan.basis, plan.failure) for plan in found.plans] == [("estimated", ""), ("measured", "")]


def test_a_hypothetical_index_is_tried(shop: Base) -> None:
    if not shop.value("SELECT count(*) FROM pg_available_extensions WHERE name = 'hypopg'"):
        pytest.skip("this PostgreSQL has no hypopg (Debian: postgresql-15-hypopg)")
    shop.run("CREATE EXTENSION hypopg")
    shop.run(BY_SELLER, times=3)
    trial = plan_of(facts(DatabasePlans(), tokens(shop)), "seller_id").trials[0]
    assert trial.statement == "CREATE INDEX CONCURRENTLY listings_seller_id_idx ON public.listings (seller_id);"
    assert trial.cost_after < trial.cost_before / 5
    assert "(hypopg)" in " ".join(judged("queries.indexes", acme(), tokens(shop)).details)
    assert shop.value("SELECT count(*) FROM pg_indexes WHERE tablename = 'listings'") == 1


# --- statistics -------------------------------------------------------------------------------------------------------


def test_statements_are_ranked_named_and_stripped_of_their_values(shop: Base) -> None:
    shop.run(f"SELECT id FROM listings WHERE title = '{SECRET}' /* mail='{SECRET}@x.test' */", times=4)
    shop.run(f"SELECT id FROM listings WHERE id IN (1, 2, {len(SECRET)})", "SELECT id FROM listings WHERE id IN (4)")
    shop.run(f"CREATE ROLE temporary PASSWORD '{SECRET}'", "DROP ROLE temporary")
    found = facts(StatementStatistics(), tokens(shop))
    assert [(row.text, row.calls, row.tables) for row in found.statements] == [
        ("select id from listings where title = ?", 4, ("listings",)),
        ("select id from listings where id in (?+)", 2, ("listings",)),
    ]
    first = found.statements[0]
    assert first.total_ms == pytest.approx(first.mean_ms * 4, rel=0.01)
    assert first.mean_ms <= first.max_ms
    assert 0 < first.share <= 1
    assert found.since is not None
    assert found.state == ""


def test_what_only_others_may_read_is_no_pass() -> None:
    node = PlanNode(0, "Index Scan", "public", "listings", "listings_pkey", 50_000, 1)
    plan = StatementPlan("f00d", "select ?", 9, 9.0, 1.0, 0.5, nodes=(node,))
    seen = PlanList("db.acme.test", 150_004, plans=(plan,), share=0.5, hidden=1)
    result = judge("queries.plans", "acme.test", {DatabasePlans(): seen}, acme())
    assert (result.verdict.value, result.reason) == ("unknown", "missing-privilege")
    assert (
        judge("queries.plans", "acme.test", {DatabasePlans(): replace(seen, hidden=0)}, acme()).verdict.value == "pass"
    )


def test_statements_of_others_are_counted_and_not_read(shop: Base) -> None:
    import psycopg

    with psycopg.connect(shop.owner, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS narrow")
        connection.execute("CREATE ROLE narrow LOGIN PASSWORD 'n'")
    shop.run(BY_SELLER)
    dsn = shop.reader.replace("reader:", "narrow:").replace("pw-of-the-reader-0815", "n")
    found = facts(StatementStatistics(), {"database": dsn})
    assert found.statements == ()
    assert found.hidden >= 1
    result = judged("queries.plans", acme(), {"database": dsn})
    assert (result.verdict.value, result.reason) == ("unknown", "missing-privilege")
