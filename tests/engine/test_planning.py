"""What a selection means, and what is told before anything is sent."""

from __future__ import annotations

from launchready_tui.checks import load_checks
from launchready_tui.engine.events import Selection
from launchready_tui.engine.planning import plan, preview
from launchready_tui.model.product import Host, Product, Route
from launchready_tui.model.verdicts import Consent
from launchready_tui.runbook.loader import built_in

PRODUCT = Product(
    "Acme",
    "acme.test",
    hosts=(Host("acme.test", "apex"), Host("api.acme.test", "api")),
    routes=tuple(Route(f"hook{n}", f"https://api.acme.test/hook/{n}", "webhook") for n in range(5)),
)
ACTIVE = frozenset({Consent.PASSIVE, Consent.ACTIVE})


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
