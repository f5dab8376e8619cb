"""What a selection means, and what is told before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from launchready_tui.checks import load_checks
from launchready_tui.engine.events import Selection
from launchready_tui.engine.judging import conclude
from launchready_tui.engine.planning import plan, preview
from launchready_tui.engine.sending import _RULES, sent_by
from launchready_tui.model.evidence import Answer, Evidence, Failure, Fault, Vantage
from launchready_tui.model.performance import Freshness, Logs
from launchready_tui.model.product import Account, Budgets, Host, Product, Route
from launchready_tui.model.questions import Question
from launchready_tui.model.verdicts import Consent
from launchready_tui.runbook.loader import built_in

PRODUCT = Product(
    "Acme",
    "acme.test",
    hosts=(Host("acme.test", "apex"), Host("api.acme.test", "api")),
    routes=tuple(Route(f"hook{n}", f"https://api.acme.test/hook/{n}", "webhook") for n in range(5)),
)
ACTIVE = frozenset({Consent.PASSIVE, Consent.ACTIVE})
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_selection_narrows_by_stage_check_and_subject() -> None:
    everything = plan(built_in(), load_checks(), PRODUCT, Selection())
    first = plan(built_in(), load_checks(), PRODUCT, Selection(stages=frozenset({"S1"})))
    one = plan(built_in(), load_checks(), PRODUCT, Selection(keys=frozenset({("tls.hsts", "acme.test")})))
    assert {item.entry.stage for item in first} == {"S1"}
    assert len(everything) > len(first) > len(one) == 1
    assert plan(built_in(), load_checks(), PRODUCT, Selection(checks=frozenset({"no.such"}))) == ()


def test_nothing_is_said_to_be_sent_where_nothing_is() -> None:
    planned = plan(built_in(), load_checks(), PRODUCT, Selection())
    seen = preview(planned, frozenset({Consent.PASSIVE}), lambda host, level: False)
    assert seen.active == ()
    assert seen.unauthorized == ()
    assert seen.subjects == len(planned)


def test_what_is_sent_is_said_once_with_its_targets() -> None:
    planned = plan(built_in(), load_checks(), PRODUCT, Selection(checks=frozenset({"redirects.machine-endpoints"})))
    seen = preview(planned, ACTIVE, lambda host, level: False)
    assert len(seen.active) == 1
    assert seen.active[0].startswith("https://api.acme.test/hook/0")
    assert "and 2 more: one POST" in seen.active[0]
    assert seen.unauthorized == ("api.acme.test",)
    assert preview(planned, ACTIVE, lambda host, level: True).unauthorized == ()


def test_every_check_that_goes_beyond_says_what_it_sends() -> None:
    planned = plan(built_in(), load_checks(), PRODUCT, Selection())
    assert all(item.entry.sends for item in planned if item.entry.consent is not Consent.PASSIVE)


def said(check_id: str, product: Product, *, authorized: bool = False) -> tuple[str, ...]:
    planned = plan(built_in(), load_checks(), product, Selection(checks=frozenset({check_id})))
    seen = preview(planned, ACTIVE, lambda host, level: authorized)
    assert bool(seen.active) == bool(seen.unauthorized) or authorized
    return seen.active


HOME, OWN = "https://acme.test/", "https://acme.test/dashboard"
LISTS = (
    Route("list", "https://acme.test/list", page_size="n"),
    Route("own", "https://acme.test/own", page_size="n", session="buyer"),
)
SHOP = Product(
    "Acme",
    "acme.test",
    hosts=(Host("acme.test", "apex"),),
    routes=(
        Route("home", HOME, core=True, uses=("id",)),
        Route("dashboard", OWN, core=True, private=True, session="buyer", uses=("id",)),
        Route("login", "https://acme.test/login", "auth", "login", core=True),
    ),
    accounts=(Account("buyer", "buyer@acme.test", ("https://acme.test/orders/1",)), Account("seller", "s@acme.test")),
    budgets=Budgets(queries={"home": 5, "dashboard": 5}),
    logs=Logs(queries=("db.log",)),
)
NOBODY = replace(SHOP, accounts=())
ONE_LOGIN = "one login of the test account"


@pytest.mark.parametrize("check_id", ["payloads.size", "payloads.unused-fields"])
def test_a_login_is_asked_about_for_the_routes_of_an_account_only(check_id: str) -> None:
    assert said(check_id, SHOP) == (f"{OWN}: {ONE_LOGIN}",)
    assert said(check_id, SHOP, authorized=True) == (f"{OWN}: {ONE_LOGIN}",)
    public = replace(SHOP, routes=tuple(route for route in SHOP.routes if not route.session))
    assert said(check_id, public) == ()
    assert said(check_id, NOBODY) == ()


def test_a_slow_sampler_that_nobody_asked_for_asks_nothing() -> None:
    assert said("latency.core-routes", SHOP) == (f"{OWN}: {ONE_LOGIN}",)
    everything = plan(built_in(), load_checks(), SHOP, Selection())
    told = preview(everything, ACTIVE, lambda host, level: False)
    assert [line for line in told.active if line.endswith(f": {ONE_LOGIN}")] == [f"{OWN}: {ONE_LOGIN}"]
    sampled = [item for item in everything if item.entry.id == "latency.core-routes"]
    assert preview(tuple(sampled), ACTIVE, lambda host, level: False).active == ()


def test_a_count_of_queries_asks_where_a_log_and_a_budget_are_there() -> None:
    check_id = "queries.count-per-flow"
    assert said(check_id, SHOP) == (f"{OWN}: one login of that test account, and three GETs of the route as it",)
    assert said(check_id, replace(SHOP, logs=Logs())) == ()
    assert said(check_id, replace(SHOP, budgets=Budgets(queries={"home": 5}), routes=SHOP.routes[:1])) == ()


def test_a_list_of_everybody_takes_no_login() -> None:
    rows = "four GETs of the list (10 rows twice, then 20 and 40)"
    listed = replace(SHOP, routes=(*LISTS, SHOP.routes[2]))
    assert said("queries.growth", listed) == (
        f"https://acme.test/list: {rows}",
        f"https://acme.test/own: {rows}, and {ONE_LOGIN}",
    )
    assert said("queries.growth", SHOP) == ()


def test_a_page_is_looked_at_signed_in_where_somebody_can_sign_in() -> None:
    (sentence,) = said("caching.negotiation", SHOP)
    assert sentence.startswith(f"{HOME}, https://acme.test/login: {ONE_LOGIN}")
    assert said("caching.negotiation", NOBODY) == ()
    assert said("caching.negotiation", replace(SHOP, routes=SHOP.routes[:1])) == ()


def test_a_login_for_its_cookie_is_tried_at_the_login_alone() -> None:
    (sentence,) = said("identity.session-cookie", SHOP)
    assert sentence.startswith(f"https://acme.test/login: {ONE_LOGIN}")
    assert said("identity.session-cookie", NOBODY) == ()


def test_the_change_of_a_listing_names_a_login_where_an_account_makes_it() -> None:
    trial = Freshness("", "https://acme.test/api/1", values=("1", "2"), read=(HOME,))
    (sentence,) = said("caching.freshness", replace(SHOP, freshness=trial))
    assert sentence.startswith("https://acme.test/api/1: one change of the declared field")
    (sentence,) = said("caching.freshness", replace(SHOP, freshness=replace(trial, account="seller")))
    assert sentence.startswith(f"https://acme.test/api/1: {ONE_LOGIN}; one change of the declared field")
    assert said("caching.freshness", SHOP) == ()


class Watch:
    """A door behind which nobody answers. It remembers what was asked beyond what a browser sends."""

    def __init__(self) -> None:
        self.beyond: list[Question[Any]] = []

    async def ask(self, question: Question[Any], attempt: int) -> Answer[Any]:
        if question.level is Consent.ACTIVE:
            self.beyond.append(question)
        failure = Failure("timeout", "Nobody answers.", Fault.TARGET)
        return Answer(Evidence("", question, attempt, None, failure, NOW, NOW, Vantage(), "test"))


PROFILES = (
    SHOP,
    NOBODY,
    replace(SHOP, accounts=SHOP.accounts[:1]),
    replace(SHOP, routes=SHOP.routes[:2]),
    replace(SHOP, routes=LISTS),
    replace(SHOP, routes=(*LISTS, SHOP.routes[2])),
    replace(SHOP, logs=Logs(), freshness=Freshness("seller", OWN, values=("1", "2"), read=(HOME,))),
    replace(NOBODY, freshness=Freshness("seller", OWN, values=("1", "2"), read=(HOME,))),
    Product("Bare", "acme.test", hosts=(Host("acme.test", "apex"),)),
)
BEHIND_A_VISIT = {"caching.negotiation"}
"""What asks as an account only after a visit that was answered."""


@pytest.mark.parametrize("product", PROFILES)
async def test_what_is_said_to_be_sent_is_what_checks_ask(product: Product) -> None:
    planned = [item for item in plan(built_in(), load_checks(), product, Selection()) if item.entry.id in _RULES]
    assert {item.entry.id for item in planned} >= {"payloads.size", "caching.private-pages"}
    for item in (replace(item, asked=True) for item in planned):
        door = Watch()
        await conclude(item, door, levels=ACTIVE, started_at=NOW, wait=0.0)
        if item.entry.id in BEHIND_A_VISIT:
            assert not door.beyond
        else:
            assert bool(door.beyond) == bool(sent_by(item)), (item.key, door.beyond)
