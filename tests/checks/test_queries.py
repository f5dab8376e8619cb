"""Statements of a request, growth with rows, and the slow digest: judged from evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from launchready_tui.checks.queries.count import budget_of
from launchready_tui.checks.queries.digest import core_route
from launchready_tui.checks.queries.growth import rows_seen, slope_of
from launchready_tui.model.evidence import Failure
from launchready_tui.model.performance import Database, Logs
from launchready_tui.model.product import Account, Budgets, Product, Route
from launchready_tui.model.questions import (
    Login,
    LoginReply,
    QueryLogFacts,
    QueryLogReading,
    StatementList,
    StatementStatistics,
    TaggedReply,
    TaggedRequest,
)
from launchready_tui.model.questions.database import StatementRow
from launchready_tui.model.questions.querylog import Issuer, QueryLoad, Repeated, TaggedStatement, Ties
from launchready_tui.model.verdicts import Judgement
from tests.checks.edge import LOGIN, NO_CONSENT, TIMEOUT, Table, acme
from tests.kit import judge

URL = "https://www.acme.test/listings"
LISTING = Route("listing", URL, core=True, page_size="per_page")
PATHS = ("logs/postgres.log",)
SELLERS, LISTINGS = "select name from sellers where id = ?", "select * from listings limit ?"


def outcome(judged: Judgement) -> tuple[str, str]:
    return judged.verdict.value, judged.reason


def product(*routes: Route, **more: Any) -> Product:
    settings = {"logs": Logs(queries=PATHS), **more}
    return replace(acme(routes=(*(routes or (LISTING,)), LOGIN)), **settings)


def reply(sellers: int = 0, others: int = 3, rows: int = 0, **more: Any) -> TaggedReply:
    """An answer whose request sent `sellers` equal statements and `others` different ones."""
    statements = [TaggedStatement(f"select {chr(97 + n)} from listings", 1, 0.5, ("listings",)) for n in range(others)]
    if sellers:
        statements.insert(0, TaggedStatement(SELLERS, sellers, sellers * 0.25, ("sellers",)))
    statements.append(TaggedStatement("begin", 1, 0.1, control=True))
    settings: dict[str, Any] = {"tie": "request-id", "grown": True, **more}
    if rows:
        settings["repeated"] = (Repeated("json:items", rows), Repeated("a", 50))
    return TaggedReply(settings.pop("status", 200), statements=tuple(statements), **settings)


def asked(take: int, rows: int = 0, session: str = "", url: str = URL) -> TaggedRequest:
    parameter = "per_page" if rows else ""
    return TaggedRequest(url, PATHS, parameter=parameter, rows=rows, session=session, take=take)


# --- S4.Q.01 ----------------------------------------------------------------------------------------------------------


def counted(*replies: TaggedReply | Failure, made: Product | None = None, session: str = "") -> Judgement:
    table: Table = {asked(take, session=session): item for take, item in enumerate(replies, 1)}
    return judge("queries.count-per-flow", URL, table, made or product())


@pytest.mark.parametrize(
    ("sellers", "verdict"),
    [(0, ("pass", "")), (12, ("pass", "")), (13, ("warn", "above-budget")), (27, ("warn", "above-budget")),
     (28, ("fail", "over-budget"))],
)  # fmt: skip
def test_the_budget_of_a_flow(sellers: int, verdict: tuple[str, str]) -> None:
    assert outcome(counted(*[reply(sellers)] * 3)) == verdict


def test_the_median_counts_and_the_repeated_statement_is_named() -> None:
    judged = counted(reply(60), reply(40), reply(0))
    assert outcome(judged) == ("fail", "over-budget")
    assert "43 queries (budget 15)" in judged.summary
    assert "one of them 40 times on sellers" in judged.summary
    assert judged.details[0] == "3 requests: 63, 43, 3 queries; tied by request-id"
    assert judged.details[1] == f"40× on sellers: {SELLERS}"
    assert not any("begin" in line for line in judged.details)


def test_budgets() -> None:
    made = product(LISTING, budgets=Budgets(queries={"listing": 50}))
    assert outcome(counted(*[reply(40)] * 3, made=made)) == ("pass", "")
    assert budget_of(Route("seller-dashboard", URL), product(), {}) == 25
    assert budget_of(Route("seller-dashboard", URL), product(), {"dashboard_queries": 7}) == 7
    assert budget_of(Route("home", URL), product(), {}) is None
    nobody = product(Route("home", URL, core=True))
    judged = counted(reply(), made=nobody)
    assert outcome(judged) == ("not-run", "input-missing")
    assert "[budgets.queries] home" in judged.summary


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (reply(tie="", others=0), ("unknown", "log-silent")),
        (TaggedReply(200, waited=8.0), ("unknown", "log-silent")),
        (TaggedReply(200, others=7, grown=True), ("unknown", "nothing-ties")),
        (TaggedReply(200, others=7, untagged=1, echoed=True, grown=True), ("unknown", "nothing-ties")),
        (TaggedReply(200, others=7, echoed=True, grown=True), ("pass", "")),
        (TaggedReply(200, others=7, echoed=True, grown=True, cached=True), ("unknown", "served-from-cache")),
        (TaggedReply(200, echoed=True), ("unknown", "log-silent")),
        (TaggedReply(200, cached=True), ("unknown", "served-from-cache")),
        (TaggedReply(200, floor_ms=100.0), ("unknown", "log-partial")),
        (TaggedReply(302), ("unknown", "unexpected-status")),
        (reply(floor_ms=50.0), ("unknown", "log-partial")),
        (reply(sampled=True), ("unknown", "log-partial")),
        (reply(80, floor_ms=50.0), ("fail", "over-budget")),
        (TIMEOUT, ("unknown", "timeout")),
        (Failure("file-missing", "no log"), ("unknown", "file-missing")),
    ],
)
def test_what_cannot_be_counted(seen: TaggedReply | Failure, verdict: tuple[str, str]) -> None:
    judged = counted(seen, seen, seen)
    assert outcome(judged) == verdict
    if verdict[1] == "nothing-ties":
        assert isinstance(seen, TaggedReply)
        assert ("sqlcommenter" in judged.decide_by) is bool(seen.untagged)


def test_a_page_that_remembers_its_answer_is_counted_by_the_first_request() -> None:
    assert outcome(counted(reply(5), TaggedReply(200), TaggedReply(200))) == ("pass", "")


def test_nothing_is_asked_where_something_is_not_declared() -> None:
    for made in (product(logs=Logs()), product(replace(LISTING, core=False))):
        subject = URL if made.routes[0].core else "acme.test"
        judged = judge("queries.count-per-flow", subject, {}, made)
        assert outcome(judged) == ("not-run", "input-missing")
    payment = product(replace(LISTING, id="checkout", reach="payment"))
    assert outcome(counted(*[reply()] * 3, made=payment)) == ("pass", "")


def test_a_route_of_an_account() -> None:
    private = replace(LISTING, id="dashboard", private=True, session="buyer")
    made = product(private, accounts=(Account("buyer", "buyer@acme.test"),))
    login = Login(LOGIN.url, "buyer")
    table: Table = {asked(take, session=login.session): reply(1) for take in (1, 2, 3)}
    table[login] = LoginReply(True, 303)
    assert outcome(judge("queries.count-per-flow", URL, table, made)) == ("pass", "")
    table[login] = LoginReply(False, 401)
    assert outcome(judge("queries.count-per-flow", URL, table, made)) == ("unknown", "login-refused")
    table[login] = NO_CONSENT
    judged = judge("queries.count-per-flow", URL, table, made)
    assert judged.reason == "no-consent"


# --- S4.Q.02 ----------------------------------------------------------------------------------------------------------


def grown(replies: dict[int, TaggedReply | Failure], made: Product | None = None) -> Judgement:
    table: Table = {asked(1, rows): item for rows, item in replies.items()}
    table[asked(0, 10)] = replies[10]
    return judge("queries.growth", URL, table, made or product())


def test_n_plus_one_is_named_with_its_statement_and_table() -> None:
    judged = grown({rows: reply(rows, rows=rows) for rows in (10, 20, 40)})
    assert outcome(judged) == ("fail", "grows-with-rows")
    assert "13, 23, 43 queries for 10, 20, 40 rows: 1.00 more for each row" in judged.summary
    assert f"40 times on sellers: {SELLERS}" in judged.summary
    assert judged.details[:2] == (
        "rows seen as json:items; tied by request-id",
        f"1.00 for each row: 40× on sellers: {SELLERS}",
    )
    assert judged.facts == {"slope": "1.00", "table": "sellers"}


def test_slopes() -> None:
    assert outcome(grown({rows: reply(4, rows=rows) for rows in (10, 20, 40)})) == ("pass", "repeated-statement")
    assert outcome(grown({rows: reply(0, rows=rows) for rows in (10, 20, 40)})) == ("pass", "")
    half = grown({rows: reply(rows // 2, rows=rows) for rows in (10, 20, 40)})
    assert outcome(half) == ("warn", "grows-with-rows")
    two = grown({rows: reply(2 * rows, rows=rows) for rows in (10, 20, 40)})
    assert "2.00 more for each row" in two.summary
    assert slope_of((10, 20, 40), (12, 22, 42)) == pytest.approx(1)
    assert slope_of((10, 10), (1, 2)) == 0


def test_a_page_with_fewer_rows_than_asked() -> None:
    short = grown({10: reply(10, rows=10), 20: reply(18, rows=18), 40: reply(18, rows=18)})
    assert outcome(short) == ("fail", "grows-with-rows")
    assert "for 10, 18, 18 rows" in short.summary
    for same in ((10, 10, 10), (3, 3, 3), (10, 11, 12)):
        seen = dict(zip((10, 20, 40), (reply(5, rows=rows) for rows in same), strict=True))
        judged = grown(seen)
        assert outcome(judged) == ("unknown", "rows-do-not-grow")
        assert "asked for 10, 20, 40 rows" in judged.summary
        assert ("ignored or capped" in judged.summary) is (len(set(same)) == 1), "a fixed page size is told apart"


def test_which_things_are_the_rows() -> None:
    def seen(**counts: int) -> TaggedReply:
        return TaggedReply(200, repeated=tuple(Repeated(what, count) for what, count in counts.items()))

    sizes = (10, 20, 40)
    links = [seen(a=30 + 2 * rows, li=rows, td=rows * 3, nav=9) for rows in sizes]
    assert rows_seen(links, sizes) == ("li", (10, 20, 40))
    assert rows_seen([seen(td=rows * 3) for rows in sizes], sizes) == ("td", (10, 20, 40))
    assert rows_seen([seen(a=30 + rows * 2) for rows in sizes], sizes) == ("", ())
    assert rows_seen([seen() for _ in sizes], sizes) == ("", ())


def test_growth_in_a_log_of_slow_statements() -> None:
    partly = grown({rows: reply(0, rows=rows, floor_ms=20.0) for rows in (10, 20, 40)})
    assert outcome(partly) == ("unknown", "log-partial")
    sure = grown({rows: reply(rows, rows=rows, floor_ms=20.0) for rows in (10, 20, 40)})
    assert outcome(sure) == ("fail", "grows-with-rows")


def test_growth_unseen_and_undeclared() -> None:
    nothing = {rows: TaggedReply(200, others=3, grown=True) for rows in (10, 20, 40)}
    assert outcome(grown(dict(nothing))) == ("unknown", "nothing-ties")
    assert outcome(grown({10: NO_CONSENT, 20: NO_CONSENT, 40: NO_CONSENT})) == ("unknown", "no-consent")
    plain = product(replace(LISTING, page_size=""))
    assert outcome(judge("queries.growth", "acme.test", {}, plain)) == ("not-run", "input-missing")
    assert outcome(judge("queries.growth", URL, {}, product(logs=Logs()))) == ("not-run", "input-missing")


# --- S4.Q.03 ----------------------------------------------------------------------------------------------------------


def load(text: str = LISTINGS, **more: Any) -> QueryLoad:
    settings: dict[str, Any] = {"calls": 10, "total_ms": 10.0, "mean_ms": 1.0, "max_ms": 2.0, "share": 0.01}
    return QueryLoad(text, **{**settings, "timed": 10, "tables": ("listings",), **more})


def digested(*loads: QueryLoad, made: Product | None = None, **more: Any) -> Judgement:
    facts = QueryLogFacts(**{"statements": 100, "timed": 100, "lines": 100, "queries": loads, "shapes": 5, **more})
    return judge("queries.slow-digest", "acme.test", {QueryLogReading(PATHS): facts}, made or product())


ON_LISTING = (Issuer("listing", 10),)
ELSEWHERE = (Issuer("nightly", 10),)


@pytest.mark.parametrize(
    ("query", "verdict"),
    [
        (load(), ("pass", "")),
        (load(mean_ms=19.9, calls=500), ("pass", "")),
        (load(mean_ms=20.0, calls=99), ("pass", "")),
        (load(mean_ms=20.0, calls=100), ("warn", "often-slow")),
        (load(mean_ms=150.0, share=0.04), ("pass", "")),
        (load(mean_ms=150.0, share=0.06), ("fail", "heavy-statement")),
        (load(mean_ms=100.0, share=0.5, calls=10), ("pass", "")),
        (load(max_ms=1_001.0, endpoints=ON_LISTING), ("fail", "slow-on-core-route")),
        (load(max_ms=1_001.0, endpoints=(Issuer("/listings", 3),)), ("fail", "slow-on-core-route")),
        (load(max_ms=1_000.0, endpoints=ON_LISTING), ("pass", "")),
        (load(max_ms=5_000.0, endpoints=ELSEWHERE), ("warn", "slow-statement")),
        (load(max_ms=5_000.0), ("warn", "slow-statement")),
        (load(timeouts=3, troubles=3, endpoints=ON_LISTING), ("fail", "timed-out")),
        (load(timeouts=3, troubles=3), ("warn", "timed-out")),
        (load("commit", mean_ms=300.0, share=0.9, calls=900, control=True), ("pass", "")),
    ],
)
def test_the_digest(query: QueryLoad, verdict: tuple[str, str]) -> None:
    assert outcome(digested(query)) == verdict


def test_the_digest_names_statement_and_table() -> None:
    judged = digested(load(mean_ms=150.0, share=0.31), load(max_ms=4_000.0, endpoints=ON_LISTING))
    assert outcome(judged) == ("fail", "slow-on-core-route")
    assert judged.summary == f"up to 4,000 ms on listing: on listings, {LISTINGS}"
    assert any("31% of the time, 150 ms on average" in line for line in judged.details)
    assert any("nothing in the log ties" in line for line in judged.details)
    tied = digested(load(), ties=Ties(request=5))
    assert not any("nothing in the log ties" in line for line in tied.details)


def test_a_partial_log_proves_only_what_it_shows() -> None:
    floor = "no statement under 100 ms was logged: calls and totals are lower bounds"
    heavy = load(mean_ms=150.0, share=0.9, calls=500)
    assert outcome(digested(heavy, lower_bound=floor)) == ("unknown", "log-partial")
    slow = load(max_ms=3_000.0, endpoints=ON_LISTING)
    assert outcome(digested(heavy, slow, lower_bound=floor)) == ("fail", "slow-on-core-route")


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"statements": 0, "timed": 0, "unparsed": 9}, ("unknown", "no-statements")),
        ({"timed": 0}, ("unknown", "no-times")),
    ],
)
def test_logs_that_tell_nothing(more: dict[str, int], verdict: tuple[str, str]) -> None:
    assert outcome(digested(**more)) == verdict


def row(**more: Any) -> StatementRow:
    settings: dict[str, Any] = {"calls": 500, "total_ms": 500.0, "mean_ms": 1.0, "max_ms": 2.0, "deviation_ms": 0.1,
                                "rows": 5, "share": 0.01, "tables": ("listings",)}  # fmt: skip
    return StatementRow("0123456789abcdef", LISTINGS, **{**settings, **more})


def from_statistics(
    facts: StatementList | Failure, log: QueryLogFacts | Failure | None = None, kind: str = "postgresql"
) -> Judgement:
    made = product(
        database=Database(kind=kind),  # type: ignore[arg-type]
        logs=Logs(queries=PATHS if log is not None else ()),
    )
    table: Table = {StatementStatistics("database", 100): facts}
    if log is not None:
        table[QueryLogReading(PATHS)] = log
    return judge("queries.slow-digest", "acme.test", table, made)


def test_the_statistics_of_the_database() -> None:
    def told(*rows: StatementRow, **more: Any) -> StatementList:
        return StatementList("db.acme.test", 150004, statements=rows, **more)

    assert outcome(from_statistics(told(row()))) == ("pass", "")
    assert outcome(from_statistics(told(row(mean_ms=150.0, share=0.4)))) == ("fail", "heavy-statement")
    assert outcome(from_statistics(told(row(max_ms=2_000.0, route="listing")))) == ("fail", "slow-on-core-route")
    assert outcome(from_statistics(told(row(mean_ms=25.0)))) == ("warn", "often-slow")
    assert outcome(from_statistics(told(row(), hidden=3))) == ("unknown", "log-partial")
    assert outcome(from_statistics(told())) == ("unknown", "no-statements")
    assert outcome(from_statistics(told(state="not-installed"))) == ("unknown", "no-statistics")
    assert outcome(from_statistics(TIMEOUT)) == ("unknown", "timeout")
    assert outcome(from_statistics(told(), kind="sqlite"))[0] == "not-applicable"


def test_the_log_goes_first_and_the_statistics_fill_in() -> None:
    whole = QueryLogFacts(statements=9, timed=9, queries=(load(),), shapes=1)
    partial = replace(whole, lower_bound="one in 10 statements was logged")
    slow = StatementList("db", 150004, statements=(row(mean_ms=150.0, share=0.4),))
    assert outcome(from_statistics(slow, whole)) == ("pass", "")
    assert outcome(from_statistics(slow, partial)) == ("fail", "heavy-statement")
    assert outcome(from_statistics(slow, Failure("file-missing", "gone"))) == ("fail", "heavy-statement")
    blind = StatementList("db", 150004, state="not-installed")
    assert outcome(from_statistics(blind, partial)) == ("unknown", "log-partial")
    assert outcome(from_statistics(blind, Failure("file-missing", "gone"))) == ("unknown", "no-statistics")
    nothing = product(logs=Logs())
    assert outcome(judge("queries.slow-digest", "acme.test", {}, nothing)) == ("not-run", "input-missing")
    assert outcome(judge("queries.slow-digest", "acme.test", {}, product())) == ("unknown", "timeout")


@pytest.mark.parametrize(
    ("endpoint", "url", "tied"),
    [
        ("listing", "https://www.acme.test/x", True),
        ("/listings/:id", "https://www.acme.test/listings/7?a=1", True),
        ("^listings/<int:id>/$", "https://www.acme.test/listings/7", True),
        ("/listings/{slug}", "https://www.acme.test/listings/oak", True),
        ("/listings", "https://www.acme.test/listings/7", False),
        ("listings#index", "https://www.acme.test/listings", False),
        ("/", "https://www.acme.test", True),
    ],
)
def test_which_route_sends_a_statement(endpoint: str, url: str, tied: bool) -> None:
    core = [Route("listing", url, core=True)]
    assert (core_route(load(endpoints=(Issuer(endpoint, 1),)), core) is not None) is tied


def test_patience_makes_no_other_question() -> None:
    assert TaggedRequest(URL, PATHS, wait=1.0) == TaggedRequest(URL, PATHS, wait=9.0)
    assert asked(1) != asked(2)
