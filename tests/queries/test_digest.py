"""The digest: figures against a plain reference, requests and repeats, bounds."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.logs.durations import ERROR
from launchready_tui.model.questions.querylog import QueryLogFacts
from launchready_tui.model.statistics import percentile
from launchready_tui.queries.digest import Digest
from launchready_tui.queries.requests import PAUSE
from launchready_tui.queries.statement import Statement, microseconds
from tests.queries.logs import one, read, stderr

TRACE = "5bd66ef5095369c7b0d1f8f4bd33716a"


def digest(*statements: Statement, top: int = 100, **bounds: int) -> QueryLogFacts:
    made = Digest(**bounds)  # type: ignore[arg-type]
    for statement in statements:
        made.add(statement)
    return made.facts(top)


@given(st.lists(st.integers(0, 3_600_000_000), min_size=1, max_size=60))
def test_figures_are_those_of_a_sorted_reference(times: list[int]) -> None:
    query = one(digest(*(Statement("select 1 from t", us) for us in times)))
    exact = sorted(times)
    assert query.total_ms == pytest.approx(sum(times) / 1000, abs=0.0005)
    assert query.max_ms == exact[-1] / 1000
    mean = Fraction(sum(times), len(times))
    assert query.mean_ms == pytest.approx(float(mean / 1000), abs=0.00051)
    for share, told in ((0.5, query.p50_ms), (0.95, query.p95_ms), (0.99, query.p99_ms)):
        # Single precision holds seven digits.
        assert told == pytest.approx(percentile(exact, share) / 1000, rel=1e-6, abs=0.0005)
    variance = sum((us - mean) ** 2 for us in times) / len(times)
    expected = float(variance / mean / 10**6) if mean else 0.0
    assert query.variance_to_mean == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_ranked_by_total_time_with_shares() -> None:
    facts = digest(
        *[Statement("select 1 from often", 1_000)] * 70,
        *[Statement("select 1 from rare", 30_000)],
        Statement("select 1 from unknown", -1),
    )
    assert [(query.tables[0], query.share) for query in facts.queries] == [
        ("often", 0.7),
        ("rare", 0.3),
        ("unknown", 0.0),
    ]
    assert (facts.statements, facts.timed, facts.total_ms) == (72, 71, 100.0)
    assert facts.queries[2].p95_ms is None
    few = digest(*[Statement("select 1 from a", 9)] * 3, Statement("select 1 from b", 5), top=1)
    assert (few.more, few.more_ms) == (1, 0.005)


@pytest.mark.parametrize(
    ("text", "us"), [("12.345", 12_345), ("0.02", 20), ("7", 7_000), ("1.2345678", 1_234), ("x", -1)]
)
def test_microseconds_are_exact(text: str, us: int) -> None:
    assert microseconds(text) == us


def tagged(sql: str, request: str, route: str = "listing", **more: object) -> Statement:
    return Statement(f"{sql} /*request_id='{request}',route='{route}'*/", 1_000, **more)  # type: ignore[arg-type]


def test_repeats_by_request() -> None:
    statements = []
    for request in range(10):
        statements.append(tagged("select 1 from listings", f"r{request}"))
        statements += [tagged(f"select 1 from sellers where id = {n}", f"r{request}") for n in range(request + 1)]
        statements += [Statement("begin", 10), tagged("commit", f"r{request}")]
    random.Random(1).shuffle(statements)
    facts = digest(*statements)
    sellers = next(query for query in facts.queries if query.tables == ("sellers",))
    assert sellers.repeats is not None
    assert (sellers.repeats.tie, sellers.repeats.requests, sellers.repeats.repeating) == ("request-id", 10, 9)
    assert (sellers.repeats.most, sellers.repeats.mean, sellers.repeats.endpoint) == (10, 6.0, "listing")
    assert all(query.repeats is None for query in facts.queries if query.tables == ("listings",))
    assert [(item.endpoint, item.calls) for item in sellers.endpoints] == [("listing", 55)]
    (endpoint,) = facts.endpoints
    assert (endpoint.requests, endpoint.mean_queries, endpoint.most_queries) == (10, 6.5, 11)


def test_a_trace_is_a_request_too() -> None:
    sql = f"select 1 from t where a = {{}} /*traceparent='00-{TRACE}-c532cb4098ac3dd2-01'*/"
    facts = digest(*(Statement(sql.format(n), 10) for n in range(3)))
    repeats = one(facts).repeats
    assert repeats is not None
    assert (repeats.tie, repeats.most) == ("traceparent", 3)
    assert facts.ties.trace == 3


def test_bursts_are_a_guess_that_says_so() -> None:
    at, statements = 1_000.0, []
    for _ in range(4):
        for n in range(5):
            at += 0.01
            statements.append(Statement(f"select {n} from t", 1_000, at, "s1"))
        at += PAUSE + 0.02
    repeats = one(digest(*statements)).repeats
    assert repeats is not None
    assert (repeats.tie, repeats.requests, repeats.most, repeats.mean) == ("burst", 4, 5, 5.0)
    spread = [Statement(f"select {n} from t", 1_000, 1_000.0 + n, "s1") for n in range(9)]
    assert one(digest(*spread)).repeats is None
    sessions = [Statement("select 1 from t", 1_000, 1_000.0, f"s{n}") for n in range(9)]
    assert one(digest(*sessions)).repeats is None


def test_what_is_known_outweighs_what_is_guessed() -> None:
    statements = [Statement(f"select {n} from t", 10, 1_000.0, "s") for n in range(50)]
    statements += [tagged("select 5 from t", "a"), tagged("select 6 from t", "a")]
    repeats = one(digest(*statements)).repeats
    assert repeats is not None
    assert (repeats.tie, repeats.most) == ("request-id", 2)


def test_coarse_clocks_make_no_bursts(tmp_path: Path) -> None:
    text = "".join(
        stderr(f"duration: 1.0 ms  statement: select {n} from t", at="2026-11-24 10:00:00 UTC") for n in range(9)
    )
    assert one(read(tmp_path, text)).repeats is None
    fine = text.replace("10:00:00 UTC", "10:00:00.000 UTC")
    assert one(read(tmp_path, fine)).repeats is not None


def test_ties_are_counted_and_nothing_is_said_to_tie_where_nothing_does() -> None:
    facts = digest(
        tagged("select 1", "a"),
        Statement("select 2 /*route='x'*/", 1),
        Statement("select 3", 1, application="web"),
        Statement("select 4", 1),
        Statement("select 5", 1),
    )
    ties = facts.ties
    assert (ties.request, ties.trace, ties.route, ties.application, ties.none) == (1, 0, 1, 1, 2)
    assert facts.queries[0].applications == ("web",)


def test_memory_is_bounded_by_folding_rare_shapes() -> None:
    heavy = [Statement("select 1 from heavy", 10_000)] * 50
    rare = [Statement(f"select 1 from t_{'x' * (n % 7)}{chr(97 + n % 26)}{n}", 10) for n in range(500)]
    facts = digest(*heavy, *rare, *heavy, most_shapes=100)
    assert facts.queries[0].tables == ("heavy",)
    assert facts.queries[0].calls == 100
    assert (facts.statements, facts.shapes) == (600, 501)
    assert facts.folded >= 400
    assert facts.more == 501 - len(facts.queries)
    assert facts.total_ms == 100 * 10 + 500 * 0.01


def test_durations_beyond_the_bound_keep_their_stated_error() -> None:
    times = [random.Random(n).randrange(1, 5_000_000) for n in range(3_000)]
    made = Digest(most_exact=1_000)
    for us in times:
        made.add(Statement("select 1 from t", us))
    made._bound()
    facts = made.facts(10)
    query = one(facts)
    assert facts.percentile_error == ERROR
    exact = percentile(sorted(times), 0.95) / 1000
    assert query.p95_ms == pytest.approx(exact, rel=ERROR * 1.01)
    assert query.total_ms == sum(times) / 1000
    assert query.max_ms == max(times) / 1000
    assert one(digest(*(Statement("select 1 from t", us) for us in times))).p95_ms == pytest.approx(exact, rel=1e-6)


def test_names_are_bounded() -> None:
    facts = digest(*(Statement("select 1 from t", 1, user=f"u{n}", application=f"a{n}") for n in range(500)))
    assert len(one(facts).users) == len(one(facts).applications) == 20
