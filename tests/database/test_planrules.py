"""Reading plans and the rules about them, on plans made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from launchready_tui.checks.queries.planflaws import Waste, wastes
from launchready_tui.database.conditions import conditions
from launchready_tui.database.planreading import read_plan, shape_of
from launchready_tui.database.planreview import LIMITS, Flaw, review
from launchready_tui.database.statements import (
    ColumnValues,
    called,
    explainable,
    placeholders,
    reads_only,
    values_for,
)
from launchready_tui.database.suggestions import idea_for, quoted
from launchready_tui.model.questions.plans import Condition, PlanList, PlanNode, StatementPlan

SIZES = {("public", "listings"): 50_000.0, ("public", "sellers"): 2_000.0, ("shop", "orders"): 900_000.0}


def plan(*nodes: Any, **root: Any) -> str:
    return json.dumps([{"Plan": {**root, "Plans": list(nodes)}}])


def scan(kind: str = "Seq Scan", table: str = "listings", schema: str = "public", **more: Any) -> dict[str, Any]:
    return {"Node Type": kind, "Relation Name": table, "Schema": schema, **more}


def ran(rows: float, loops: float = 1, **more: Any) -> dict[str, Any]:
    return {"Actual Rows": rows, "Actual Loops": loops, **more}


def rules(*nodes: Any, **root: Any) -> list[str]:
    return [flaw.rule for flaw in review(read_plan(plan(*nodes, **{"Node Type": "Result", **root}), SIZES))]


# --- rules on a run ---------------------------------------------------------------------------------------------------

BY = {"Filter": "(seller_id = 42)", "Plan Rows": 25}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (scan(**BY, **ran(25, **{"Rows Removed by Filter": 49_975})), ["seq-scan"]),
        (scan(**BY, **ran(0, **{"Rows Removed by Filter": 10_000})), ["seq-scan"]),
        (scan(**BY, **ran(0, **{"Rows Removed by Filter": 9_999})), []),
        (scan(**BY, **ran(500, **{"Rows Removed by Filter": 49_500})), []),
        (scan(**BY, **ran(100, **{"Rows Removed by Filter": 10_000})), ["seq-scan"]),
        (scan(**BY, **ran(1, 20, **{"Rows Removed by Filter": 1_000})), ["seq-scan"]),
        (scan("Index Scan", **BY, **ran(10, **{"Rows Removed by Filter": 1_000})), ["index-filter"]),
        (scan("Index Scan", **BY, **ran(9, **{"Rows Removed by Filter": 999})), []),
        (scan("Index Scan", **BY, **ran(11, **{"Rows Removed by Filter": 1_000})), []),
        (scan("Bitmap Heap Scan", **{"Plan Rows": 5_000}, **ran(5_000, **{"Lossy Heap Blocks": 7})), ["lossy-bitmap"]),
        (scan("Bitmap Heap Scan", **{"Plan Rows": 5_000}, **ran(5_000, **{"Exact Heap Blocks": 7})), []),
        ({"Node Type": "Sort", "Sort Space Type": "Disk", "Sort Space Used": 2_048, **ran(1)}, ["disk-sort"]),
        ({"Node Type": "Sort", "Sort Space Type": "Memory", "Sort Space Used": 2_048, **ran(1)}, []),
        (scan(**{"Plan Rows": 100}, **ran(1_000)), ["wrong-estimate"]),
        (scan(**{"Plan Rows": 101}, **ran(1_000)), []),
        (scan(**{"Plan Rows": 10}, **ran(900)), []),
        (scan(**{"Plan Rows": 20_000}, **ran(1_000)), ["wrong-estimate"]),
        (scan(**{"Plan Rows": 20_000}, **ran(0, 0)), []),
    ],
)
def test_what_a_run_shows(node: dict[str, Any], expected: list[str]) -> None:
    assert rules(node) == expected


@pytest.mark.parametrize(
    ("loops", "rows", "removed", "expected"),
    [(50_000, 2, 0, []), (50_001, 2, 0, ["nested-loop"]), (1_000, 1, 100, ["nested-loop"])],
)
def test_a_nested_loop_that_touches_too_much(loops: int, rows: int, removed: int, expected: list[str]) -> None:
    inner = scan(
        "Index Scan", "sellers", **{"Plan Rows": rows}, **ran(rows, loops, **{"Rows Removed by Filter": removed})
    )
    outer = scan("Index Only Scan", **{"Plan Rows": loops}, **ran(loops))
    join = {"Node Type": "Nested Loop", "Plan Rows": loops, **ran(loops), "Plans": [outer, inner]}
    assert [rule for rule in rules(join) if rule == "nested-loop"] == expected


def test_only_the_deepest_wrong_estimate_is_named() -> None:
    deep = scan(**{"Plan Rows": 1}, **ran(5_000))
    join = {"Node Type": "Hash Join", "Plan Rows": 1, **ran(5_000), "Plans": [deep]}
    flaws = review(read_plan(plan(join, **{"Node Type": "Result"}), SIZES))
    assert [(flaw.rule, flaw.table) for flaw in flaws] == [("wrong-estimate", "listings")]


def test_a_limit_that_ends_a_scan_early_is_no_wrong_estimate() -> None:
    limit = {"Node Type": "Limit", "Plan Rows": 20, **ran(20)}
    assert rules(scan(**{"Plan Rows": 50_000}, **ran(20)), **limit) == []
    sort = {
        "Node Type": "Sort",
        "Plan Rows": 50_000,
        **ran(20),
        "Plans": [scan(**{"Plan Rows": 50_000}, **ran(900_000))],
    }
    assert rules(sort, **limit) == ["wrong-estimate"]


@pytest.mark.parametrize(("child", "expected"), [(1_020, []), (1_021, ["deep-offset"])])
def test_rows_that_are_read_to_be_skipped(child: int, expected: list[str]) -> None:
    node = scan("Index Scan", **{"Plan Rows": child}, **ran(child))
    assert rules(node, **{"Node Type": "Limit", "Plan Rows": 20, **ran(20)}) == expected


# --- rules on an estimate ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (scan(**BY), ["seq-scan"]),
        (scan(**{**BY, "Plan Rows": 495}), ["seq-scan"]),
        (scan(**{**BY, "Plan Rows": 496}), []),
        (scan(table="sellers", **{**BY, "Plan Rows": 1}), []),
        (scan(table="unheard_of", **{**BY, "Plan Rows": 1}), []),
        (scan(**{"Plan Rows": 1}), []),
        (scan("Index Scan", **BY), []),
        (scan(schema="shop", table="orders", **{**BY, "Plan Rows": 1}), ["seq-scan"]),
    ],
)
def test_what_an_estimate_shows(node: dict[str, Any], expected: list[str]) -> None:
    assert rules(node) == expected


def test_a_parallel_scan_is_counted_as_a_whole() -> None:
    """Two workers and the leader: 300 rows each are 720 (get_parallel_divisor: 2.4), more than 1 in 100 of 50,000."""
    node = scan(**{**BY, "Plan Rows": 300, "Parallel Aware": True})
    gather = {"Node Type": "Gather", "Workers Planned": 2}
    assert rules(node, **gather) == []
    assert rules({**node, "Plan Rows": 200}, **gather) == ["seq-scan"]


def test_a_limit_without_a_sort_reads_no_further_than_it_needs() -> None:
    """20 of 400 rows: a twentieth of the table is read, 2,500 rows."""
    node = scan(**{**BY, "Plan Rows": 400})
    assert rules(node, **{"Node Type": "Limit", "Plan Rows": 20}) == []
    sort = {"Node Type": "Sort", "Plan Rows": 400, "Plans": [node]}
    assert rules(sort, **{"Node Type": "Limit", "Plan Rows": 20}) == ["seq-scan"]


def test_an_expected_loop() -> None:
    outer, inner = scan(**{"Plan Rows": 50_000}), scan("Index Scan", "sellers", **{"Plan Rows": 3})
    assert rules({"Node Type": "Nested Loop", "Plan Rows": 9, "Plans": [outer, inner]}) == ["nested-loop"]


# --- hostile and odd plans --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "[]", "{}", "[{}]", '[{"Plan": 3}]', "nonsense", "[" * 100_000, '"x"', "null"])
def test_what_is_no_plan_has_no_steps(text: str) -> None:
    assert read_plan(text) == ()


def test_a_plan_of_wrong_types_is_read_as_far_as_it_goes() -> None:
    text = plan(
        {"Node Type": 7, "Plan Rows": "many", "Filter": ["x"], "Plans": "none", "Actual Loops": True},
        {"Node Type": "Seq\x1b[2JScan", "Relation Name": "l\u202elistings", "Plan Rows": -1, "Total Cost": 1e300},
        **{"Node Type": "Result"},
    )
    nodes = read_plan(text)
    assert [node.kind for node in nodes] == ["Result", "unknown", "Seq␛[2JScan"]
    assert all(node.loops is None and node.plan_rows == 0 for node in nodes)
    assert "\u202e" not in nodes[2].table


def test_a_deep_and_a_wide_plan_are_bounded() -> None:
    wide = read_plan(plan(*[scan() for _ in range(5_000)], **{"Node Type": "Append"}))
    assert len(wide) == 400
    deep: dict[str, Any] = scan()
    for _ in range(300):
        deep = {"Node Type": "Materialize", "Plans": [deep]}
    assert len(read_plan(plan(deep, **{"Node Type": "Result"}))) <= 62


def test_the_object_that_auto_explain_logs_is_a_plan_too() -> None:
    logged = json.dumps({"Query Text": "select 1", "Plan": scan(**BY, **ran(0, **{"Rows Removed by Filter": 20_000}))})
    assert [flaw.rule for flaw in review(read_plan(logged))] == ["seq-scan"]


def test_no_value_of_a_condition_is_kept() -> None:
    nodes = read_plan(plan(scan(Filter="((email = 'ada@x.test'::text) AND (pin = 4711))"), **{"Node Type": "Result"}))
    assert nodes[1].filters == (Condition("email", "="), Condition("pin", "="))
    assert "ada" not in repr(nodes)
    assert "4711" not in repr(nodes)


def test_a_shape_is_of_steps_tables_and_indexes() -> None:
    one = read_plan(plan(scan(**BY), **{"Node Type": "Limit", "Total Cost": 5}))
    same = read_plan(plan(scan(**{**BY, "Plan Rows": 7}), **{"Node Type": "Limit", "Total Cost": 99}))
    other = read_plan(plan(scan("Index Scan", **{"Index Name": "i"}), **{"Node Type": "Limit"}))
    assert shape_of(one) == shape_of(same) != shape_of(other)


# --- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(seller_id = 42)", [Condition("seller_id", "=")]),
        ("(listings.seller_id = $2)", [Condition("seller_id", "=", parameter=2)]),
        ("((status)::text = ($1)::text)", [Condition("status", "=", parameter=1)]),
        ("($1 < l.created_at)", [Condition("created_at", ">", parameter=1)]),
        ("(id = ANY ($1))", [Condition("id", "=", parameter=1)]),
        ("(lower((email)::text) = $1)", [Condition("email", "=", "lower", 1)]),
        ("((data ->> 'k'::text) = $1)", [Condition("data", "=", "->>", 1)]),
        ("((a = $1) OR (b = $2))", [Condition("a", "or"), Condition("b", "or")]),
        ("(NOT sold)", [Condition("sold", "not")]),
        ("sold", [Condition("sold", "true")]),
        ("(deleted_at IS NULL)", [Condition("deleted_at", "is")]),
        ('("Order"."buyer Id" = $1)', [Condition("buyer Id", "=", parameter=1)]),
        (
            "((x)::timestamp with time zone >= ($1)::timestamp(3) without time zone)",
            [Condition("x", ">=", parameter=1)],
        ),
        ("(created_at > (now() - ($1)::interval))", [Condition("created_at", ">")]),
        ("(name ~~ '%o''ak (= 3) AND x%'::text)", [Condition("name", "~~")]),
        ("(hashed SubPlan 1)", []),
        ("((((", []),
        (")" * 50, []),
    ],
)
def test_conditions(text: str, expected: list[Condition]) -> None:
    assert list(conditions(text)) == expected


def test_a_hostile_condition_is_bounded() -> None:
    assert conditions("(" * 1_000_000 + "a = 1") == ()
    assert len(conditions(" AND ".join(f"(c{n} = {n})" for n in range(100_000)))) <= 24


# --- suggestions ------------------------------------------------------------------------------------------------------


def flaw(*found: Condition, rule: str = "seq-scan", schema: str = "public", table: str = "listings") -> Flaw:
    return Flaw(rule, "x", True, schema, table, found, 50_000, 25)


@pytest.mark.parametrize(
    ("found", "keys"),
    [
        ([Condition("price", ">="), Condition("seller_id", "=")], "(seller_id, price)"),
        ([Condition("a", "="), Condition("b", "="), Condition("c", "="), Condition("d", "=")], "(a, b, c)"),
        ([Condition("a", ">"), Condition("b", "<")], "(a)"),
        ([Condition("email", "=", "lower")], "(lower(email))"),
        ([Condition("Order", "="), Condition("user", "=")], '("Order", "user")'),
        ([Condition("title", "~~*"), Condition("created_at", ">")], "USING gin (title gin_trgm_ops)"),
        ([Condition("title", "~~"), Condition("seller_id", "=")], "(seller_id)"),
    ],
)
def test_an_index_for_a_scan(found: list[Condition], keys: str) -> None:
    idea = idea_for(flaw(*found))
    assert idea is not None
    assert idea.statement.endswith(f" ON public.listings {keys};")
    assert idea.statement.startswith("CREATE INDEX CONCURRENTLY listings_") or '"listings_' in idea.statement
    assert idea.sure is ("gin" not in keys)
    assert "CONCURRENTLY" not in idea.plain


@pytest.mark.parametrize(
    "found",
    [[], [Condition("a", "or")], [Condition("sold", "not")], [Condition("data", "=", "->>")], [Condition("a", "<>")]],
)
def test_where_no_index_would_help_none_is_named(found: list[Condition]) -> None:
    assert idea_for(flaw(*found)) is None


def test_other_wastes_call_for_no_index() -> None:
    assert idea_for(flaw(Condition("a", "="), rule="disk-sort")) is None


def test_names_are_quoted_where_they_must_be() -> None:
    assert [quoted(name) for name in ("price", "user", "Buyer", 'a"b', "1st")] == [
        *("price", '"user"', '"Buyer"', '"a""b"', '"1st"')
    ]


# --- statements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", True),
        ("  /* x */ ( select a from b ) union select 2", True),
        ("WITH x AS (SELECT 1) SELECT * FROM x", True),
        ("SELECT updated_at, deleted FROM insert_log", True),
        ("SELECT a FROM b -- FOR UPDATE", True),
        ("SELECT a FROM b FOR UPDATE SKIP LOCKED", False),
        ("SELECT a FROM b FOR NO KEY UPDATE", False),
        ("WITH x AS (DELETE FROM b RETURNING a) SELECT * FROM x", False),
        ("WITH x AS (UPDATE b SET a = 1 RETURNING a) SELECT * FROM x", False),
        ("SELECT * INTO new_table FROM b", False),
        ("UPDATE b SET a = 1", False),
        ("CALL work()", False),
        ("", False),
    ],
)
def test_which_statements_only_read(sql: str, expected: bool) -> None:
    assert reads_only(sql) is expected


def test_a_typed_literal_becomes_a_cast() -> None:
    assert explainable("SELECT now() - interval $1;") == "SELECT now() - CAST($1 AS interval)"
    assert explainable("SELECT x AT TIME ZONE $2 FROM t") == "SELECT x AT TIME ZONE $2 FROM t"
    assert placeholders("a = $1 AND b IN ($2, $12)") == 12
    assert placeholders("SELECT 1") == 0
    assert called("SELECT lower(a), Pg_Sleep (3) FROM t /* evil() */") == ("lower", "pg_sleep")


NODE = PlanNode(0, "Seq Scan", "public", "listings", filters=(Condition("seller_id", "=", parameter=1),))


def test_values_come_from_the_statistics_of_the_column() -> None:
    known = {("public", "listings", "seller_id"): ColumnValues(("7", "9"), ("1", "5", "9"))}
    sql = "SELECT a, $3 FROM listings WHERE seller_id = $1 LIMIT $2 OFFSET $4"
    types = ("integer", "bigint", "text", "bigint")
    assert values_for(sql, types, (NODE,), known) == ("7", "20", "a", "0")
    only_bounds = {("public", "listings", "seller_id"): ColumnValues((), ("1", "5", "9"))}
    assert values_for(sql, types, (NODE,), only_bounds) == ("5", "20", "a", "0")
    assert values_for(sql, ("integer[]", *types[1:]), (NODE,), known) == ('{"7"}', "20", "a", "0")


def test_without_statistics_or_for_a_pattern_no_value_is_made_up() -> None:
    assert values_for("x", ("integer",), (NODE,), {}) is None
    pattern = PlanNode(0, "Seq Scan", "public", "listings", filters=(Condition("title", "~~", parameter=1),))
    known = {("public", "listings", "title"): ColumnValues(("oak",))}
    assert values_for("x", ("text",), (pattern,), known) is None
    assert values_for("x", ("polygon",), (), {}) is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (60_000.0, []),  # a run on a table of realistic size went without the waste
        (500.0, [("seq-scan", False)]),  # a run on a handful of rows disproves nothing
    ],
)
def test_a_run_outweighs_an_estimate_only_on_realistic_data(rows: float, expected: list[tuple[str, bool]]) -> None:
    expensive = PlanNode(0, "Seq Scan", "public", "listings", "", 50_000, 25, filters=(Condition("seller_id", "="),))
    cheap = PlanNode(0, "Index Scan", "public", "listings", "by_seller", rows, 25, 0, 25, 1, 0)
    statement = StatementPlan("f00d", "select", 9, 9, 1, 1, nodes=(expensive,))
    both = PlanList("h", 1, plans=(statement, replace(statement, basis="measured", nodes=(cheap,))))
    assert [(waste.flaw.rule, waste.flaw.measured) for waste in wastes(both, LIMITS)] == expected


def test_a_waste_that_a_run_shows_is_told_once_and_as_measured() -> None:
    guess = PlanNode(0, "Seq Scan", "public", "listings", "", 50_000, 25, filters=(Condition("seller_id", "="),))
    seen = replace(guess, rows=25.0, loops=1.0, removed=49_975.0)
    statement = StatementPlan("f00d", "select", 9, 9, 1, 1, nodes=(guess,))
    both = PlanList("h", 1, plans=(statement, replace(statement, basis="measured", nodes=(seen,))))
    assert [(waste.flaw.rule, waste.flaw.measured) for waste in wastes(both, LIMITS)] == [("seq-scan", True)]


@pytest.mark.parametrize(
    ("found", "measured", "expected"),
    [
        ([Condition("a", "=")], False, True),
        ([Condition("a", "="), Condition("b", ">")], False, True),
        ([Condition("a", ">"), Condition("a", "<")], False, False),
        ([Condition("a", "="), Condition("t", "~~*")], False, False),
        ([Condition("a", ">")], False, False),
        ([Condition("t", "~~*")], True, True),
    ],
)
def test_an_estimate_counts_where_it_is_more_than_a_guess(
    found: list[Condition], measured: bool, expected: bool
) -> None:
    statement = StatementPlan("f", "select", 1, 1, 1, 1)
    assert Waste(statement, Flaw("seq-scan", "x", measured, conditions=tuple(found))).is_sure is expected
