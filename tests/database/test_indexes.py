"""Indexes: what the catalogue shows, what needs a plan, and what may not be said yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.questions import DatabasePlans, IndexCatalogue, IndexFacts, PlanList
from launchready_tui.model.questions.plans import Condition, PlanNode, StatementPlan, Trial
from launchready_tui.model.questions.schema import ForeignKey, IndexUse, TableUse
from launchready_tui.model.verdicts import Judgement
from tests.database.lab import Base, acme, facts, judged
from tests.database.test_plans import BY_SELLER, INDEX, SHOP, tokens
from tests.kit import SEEN_AT, judge

LISTINGS = TableUse(
    "public", "listings", 50_000, 3_900_000, scans=500, scanned=25_000_000, index_scans=90, writes=50_000
)
SELLERS = TableUse("public", "sellers", 2_000, 120_000)


def index(name: str, *columns: str, table: str = "listings", **more: Any) -> IndexUse:
    forms = tuple(f"{column or '(f00)'} 3126 100 0" for column in columns)
    return IndexUse("public", table, name, columns=columns, **{"forms": forms, "scans": 9, "size": 1_600_000, **more})


PRIMARY = index("listings_pkey", "id", unique=True, enforces=True)
OLD = SEEN_AT - timedelta(days=30)


def catalogue(*indexes: IndexUse, **more: Any) -> IndexFacts:
    found = {"since": OLD, "started": OLD, "tables": (LISTINGS, SELLERS), **more}
    return IndexFacts("db.acme.test", 150_004, indexes=(PRIMARY, *indexes), **found)


def statement(**more: Any) -> StatementPlan:
    node = PlanNode(
        0, "Seq Scan", "public", "listings", table_rows=50_000, plan_rows=25, filters=(Condition("seller_id", "="),)
    )
    return StatementPlan(
        "f00d",
        "select id from listings where seller_id = ?",
        **{
            "calls": 500,
            "total_ms": 9_000.0,
            "mean_ms": 18.0,
            "share": 0.4,
            "route": "/sellers/:id",
            "nodes": (node,),
            **more,
        },
    )


def plans(*found: StatementPlan, **more: Any) -> PlanList:
    return PlanList("db.acme.test", 150_004, plans=found or (statement(nodes=()),), share=0.4, **more)


def look(found: IndexFacts, seen: PlanList | Failure | None = None) -> Judgement:
    product = acme()
    table: dict[Any, Any] = {IndexCatalogue(): found, DatabasePlans(): seen or plans()}
    return judge("queries.indexes", "acme.test", table, product)


def verdict(result: Judgement) -> tuple[str, str]:
    return result.verdict.value, result.reason


# --- a missing index needs a plan, a size, repetition and few writes --------------------------------------------------


def test_a_missing_index_is_the_fail() -> None:
    result = look(catalogue(), plans(statement()))
    assert verdict(result) == ("fail", "missing-index")
    assert result.summary == (
        "listings (50,000 rows, 3.9 MB, 0.2% writes) reads all 50,000 rows of listings for about 25, by seller_id"
        " (estimated): CREATE INDEX CONCURRENTLY listings_seller_id_idx ON public.listings (seller_id);"
        " · statement f00d (40.0% of the time, 500 calls, from /sellers/:id)"
        " select id from listings where seller_id = ?"
    )


@pytest.mark.parametrize(
    ("found", "seen", "why"),
    [
        (catalogue(tables=(replace(LISTINGS, rows=-1.0),)), plans(statement()), "size is not known"),
        (catalogue(tables=()), plans(statement()), "size is not known"),
        (
            catalogue(index("by_seller", "seller_id", "price")),
            plans(statement()),
            "by_seller begins with the same column",
        ),
        (catalogue(tables=(replace(LISTINGS, scans=99),)), plans(statement(calls=99)), "only 99 times"),
        (catalogue(tables=(replace(LISTINGS, writes=60_000_000),)), plans(statement()), "71% of the work"),
        (
            catalogue(),
            plans(
                statement(
                    trials=(
                        Trial(
                            "CREATE INDEX CONCURRENTLY listings_seller_id_idx ON public.listings (seller_id);", 90, 89
                        ),
                    )
                )
            ),
            "does not make it cheaper",
        ),
    ],
)
def test_without_all_of_the_evidence_it_is_a_hypothesis(found: IndexFacts, seen: PlanList, why: str) -> None:
    result = look(found, seen)
    assert verdict(result) == ("warn", "index-hypothesis")
    assert result.summary.startswith("hypothesis, ")
    assert why in result.summary


def test_the_invalid_and_the_partial_index_do_not_count_as_there() -> None:
    broken = index("by_seller", "seller_id", valid=False)
    part = index("by_seller_2", "seller_id", condition="f00")
    assert verdict(look(catalogue(broken, part), plans(statement()))) == ("fail", "missing-index")


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (Failure("timeout", "x"), "timeout"),
        (plans(state="not-installed"), "no-statistics"),
        (PlanList("db.acme.test", 150_004), "partly-read"),
        (plans(statement(nodes=(), failure="missing-privilege")), "partly-read"),
        (plans(hidden=2), "partly-read"),
    ],
)
def test_without_plans_nobody_can_say_that_none_is_missing(seen: PlanList | Failure, reason: str) -> None:
    result = look(catalogue(index("twice", "a"), index("twice2", "a")), seen)
    assert verdict(result) == ("unknown", reason)
    assert any("twice" in line for line in result.details)


def test_a_catalogue_that_was_cut_is_unknown() -> None:
    assert verdict(look(catalogue(cut=True))) == ("unknown", "partly-read")


# --- what the catalogue shows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (catalogue(), ("pass", "")),
        (catalogue(index("bad", "a", valid=False)), ("warn", "invalid-index")),
        (catalogue(index("one", "a"), index("two", "a")), ("warn", "duplicate-index")),
        (catalogue(index("one", "a"), index("two", "a", "b")), ("warn", "duplicate-index")),
        (catalogue(index("one", "b"), index("two", "a", "b")), ("pass", "")),
        (catalogue(index("one", "a"), index("two", "a", method="gin")), ("pass", "")),
        (catalogue(index("one", "a"), index("two", "a", condition="f00")), ("pass", "")),
        (catalogue(index("one", "a", forms=("a 1 1 0",)), index("two", "a", forms=("a 1 1 3",))), ("pass", "")),
        (catalogue(index("one", "a", included=("b",)), index("two", "a")), ("warn", "duplicate-index")),
        (catalogue(index("one", "a", unique=True), index("two", "a", "b")), ("pass", "")),
        (catalogue(index("one", "a", unique=True), index("two", "a", unique=True)), ("warn", "duplicate-index")),
        (catalogue(index("one", "a", unique=True, enforces=True), index("two", "a")), ("warn", "duplicate-index")),
        (catalogue(index("wide", "a", "b", "c", "d")), ("warn", "wide-index")),
        (catalogue(index("wide", "a", "b", "c", "d", unique=True, enforces=True)), ("pass", "")),
        (catalogue(tables=(replace(LISTINGS, has_primary_key=False),)), ("warn", "no-primary-key")),
        (catalogue(tables=(replace(LISTINGS, has_primary_key=False, is_partition=True),)), ("pass", "")),
    ],
)
def test_the_catalogue(found: IndexFacts, expected: tuple[str, str]) -> None:
    assert verdict(look(found)) == expected


def test_the_duplicate_that_can_go_is_the_one_named() -> None:
    found = catalogue(
        index("b_needed", "a", "b"), index("a_prefix", "a"), index("c_unique", "a", unique=True, enforces=True)
    )
    details = look(found).details
    assert [line.split()[0] for line in details if "costs" in line] == ["a_prefix"]


KEY = ForeignKey("public", "listings", "listings_seller_fk", ("seller_id", "shop_id"), "sellers")


@pytest.mark.parametrize(
    ("indexes", "expected"),
    [
        ([], ("warn", "foreign-key-unindexed")),
        ([index("one", "seller_id", "shop_id")], ("pass", "")),
        ([index("one", "shop_id", "seller_id", "price")], ("pass", "")),
        ([index("one", "seller_id", "price", "shop_id")], ("warn", "foreign-key-unindexed")),
        ([index("one", "seller_id", "shop_id", condition="f00")], ("warn", "foreign-key-unindexed")),
    ],
)
def test_references(indexes: list[IndexUse], expected: tuple[str, str]) -> None:
    assert verdict(look(catalogue(*indexes, foreign_keys=(KEY,)))) == expected


def test_a_reference_of_a_small_table_is_a_note() -> None:
    result = look(catalogue(tables=(replace(LISTINGS, rows=900),), foreign_keys=(KEY,)))
    assert verdict(result) == ("pass", "")
    assert any("the table is small" in line for line in result.details)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ("warn", "unused-index")),
        ({"since": SEEN_AT - timedelta(days=6)}, ("pass", "")),
        ({"since": None, "started": SEEN_AT - timedelta(days=8)}, ("warn", "unused-index")),
        ({"since": None, "started": SEEN_AT - timedelta(hours=3)}, ("pass", "")),
        ({"since": None, "started": None}, ("pass", "")),
        ({"standby": True}, ("pass", "")),
        ({"replicated": True}, ("pass", "")),
        ({"tables": (replace(LISTINGS, rows=9_999),)}, ("pass", "")),
    ],
)
def test_unused_indexes(more: dict[str, Any], expected: tuple[str, str]) -> None:
    assert verdict(look(catalogue(index("idle", "a", scans=0), **more))) == expected


@pytest.mark.parametrize("kept", [{"unique": True}, {"enforces": True}, {"scans": 1}])
def test_what_enforces_something_is_never_unused(kept: dict[str, Any]) -> None:
    assert verdict(look(catalogue(index("idle", "a", **{"scans": 0, **kept})))) == ("pass", "")


def test_young_statistics_are_said_to_prove_nothing() -> None:
    result = look(catalogue(index("idle", "a", scans=0), since=SEEN_AT - timedelta(days=2)))
    assert any("less than 7 days prove nothing" in line for line in result.details)


# --- a real database --------------------------------------------------------------------------------------------------


def test_a_real_database_before_and_after_the_index(counted: Base) -> None:
    counted.run(*SHOP, "SELECT pg_stat_statements_reset()")
    counted.run(BY_SELLER, times=110)
    result = judged("queries.indexes", acme(), tokens(counted))
    assert verdict(result) == ("fail", "missing-index")
    assert "CREATE INDEX CONCURRENTLY listings_seller_id_idx ON public.listings (seller_id);" in result.summary
    assert "from /sellers/:id" in result.summary
    counted.run(INDEX)
    assert verdict(judged("queries.indexes", acme(), tokens(counted))) == ("pass", "")


def test_the_catalogue_of_a_real_database(base: Base) -> None:
    base.run(
        "CREATE TABLE shops (id int PRIMARY KEY, country text, UNIQUE (country, id))",
        "CREATE TABLE goods (shop int REFERENCES shops, name text, price int, sold boolean, EXCLUDE (price WITH =))",
        "CREATE INDEX one ON goods (name)",
        "CREATE INDEX two ON goods (name, price DESC)",
        "CREATE INDEX three ON goods (lower(name)) WHERE NOT sold",
        "CREATE INDEX four ON goods (lower(name)) WHERE NOT sold",
        "CREATE INDEX five ON goods (upper(name)) INCLUDE (price)",
        "CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at)",
        "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    )
    found = facts(IndexCatalogue(), tokens(base))
    named = {item.name: item for item in found.indexes}
    assert named["two"].forms[0] == named["one"].forms[0]
    assert named["two"].forms[1].endswith(" 3")
    assert named["three"].forms == named["four"].forms != named["five"].forms
    assert named["three"].condition == named["four"].condition != ""
    assert (named["five"].columns, named["five"].included) == (("",), ("price",))
    assert {name for name, item in named.items() if item.enforces} == {
        *("shops_pkey", "shops_country_id_key", "goods_price_excl")
    }
    assert [(key.table, key.columns, key.target) for key in found.foreign_keys] == [("goods", ("shop",), "shops")]
    assert {table.name for table in found.tables if not table.has_primary_key} == {"goods", "parted", "parted_1"}
    assert [table.name for table in found.tables if table.is_partition] == ["parted_1"]


def test_an_index_that_was_not_finished_is_invalid(base: Base) -> None:
    import psycopg

    base.run("CREATE TABLE goods (id int PRIMARY KEY, name text)", "INSERT INTO goods VALUES (1, 'a'), (2, 'a')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        base.run("CREATE UNIQUE INDEX CONCURRENTLY broken ON goods (name)")
    found = facts(IndexCatalogue(), tokens(base))
    assert [item.name for item in found.indexes if not item.valid] == ["broken"]


def test_platform_schemas_and_extensions_are_not_the_products(counted: Base) -> None:
    counted.run("CREATE SCHEMA auth", "CREATE TABLE auth.users (id int)", "CREATE TABLE goods (id int PRIMARY KEY)")
    assert [table.name for table in facts(IndexCatalogue(), tokens(counted)).tables] == ["goods"]
