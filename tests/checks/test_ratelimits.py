"""What a burst means: whether it was braked in time, whom the brake counts, when it lets go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from launchready_tui.checks.identity.enumeration import mann_whitney
from launchready_tui.checks.identity.ratelimits import burst_of
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import AccountCompare, BurstReply, Comparison, Knock
from tests.checks.edge import BUYER, HOOK, LOGIN, NO_CONSENT, RESET, SELLER, SIGNUP, TIMEOUT, acme
from tests.kit import judge

INVITE = Route("invite", "https://app.acme.test/invite", "auth", "invite")


def series(
    *, at: int | None = 6, sent: int = 20, retry: float | None = 60, status: int = 401, **more: Any
) -> BurstReply:
    """A series of equal answers, braked at a request."""
    last = at or sent
    knocks = [Knock(number, status, 10.0, shape="a") for number in range(1, last + (at is None))]
    if at is not None:
        knocks.append(Knock(at, 429, 10.0, ("429",), "b", retry_after=retry))
    return BurstReply("https://app.acme.test/login", tuple(knocks), **more)


def look(
    check: str, route: Route, facts: BurstReply | Failure, product: Product | None = None, **limits: Any
) -> tuple[str, str]:
    product = product or acme(routes=(route,), accounts=(BUYER,))
    judged = judge(check, route.url, {burst_of(route, product, limits): facts}, product, limits)
    return judged.verdict.value, judged.reason


FAMILIES = [
    ("limits.login", LOGIN),
    ("limits.reset", RESET),
    ("limits.signup", SIGNUP),
    ("limits.invite", INVITE),
    ("limits.webhook", HOOK),
]


@pytest.mark.parametrize(("check", "route"), FAMILIES)
def test_a_brake_has_to_come_by_the_tenth_request(check: str, route: Route) -> None:
    assert look(check, route, series(at=10)) == ("pass", "")
    assert look(check, route, series(at=1)) == ("pass", "")
    assert look(check, route, series(at=11)) == ("warn", "late-throttle")
    assert look(check, route, series(at=None)) == ("fail", "no-throttle")
    assert look(check, route, series(at=11), pass_by=15) == ("pass", "")


@pytest.mark.parametrize(("check", "route"), FAMILIES)
@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (TIMEOUT, "timeout"),
        (NO_CONSENT, "no-consent"),
        (Failure("bot-wall", "x"), "bot-wall"),
        (series(at=None, status=404), "no-endpoint"),
        (series(at=None, status=405), "no-endpoint"),
        (series(at=None, status=200, echo=True), "no-endpoint"),
        (series(at=None, status=500), "server-error"),
        (series(at=None, status=301, machine=True), "redirected"),
        (BurstReply("x"), "budget-spent"),
    ],
)
def test_what_was_not_judged_is_unknown(check: str, route: Route, facts: BurstReply | Failure, reason: str) -> None:
    assert look(check, route, facts) == ("unknown", reason)


def test_bounds_do_not_make_another_question_and_are_never_exceeded() -> None:
    product = acme(routes=(LOGIN, RESET), accounts=(BUYER,))
    assert burst_of(LOGIN, product, {"attempts": 5}) == burst_of(LOGIN, product, {})
    assert burst_of(LOGIN, product, {"attempts": 1_000}).budget == 20
    assert burst_of(RESET, product, {"attempts": 20}).budget == 10
    assert burst_of(HOOK, product, {}).body == "{}"
    assert burst_of(LOGIN, product, {}).account == "buyer"
    assert burst_of(LOGIN, acme(), {}).account == ""


BRAKED, FREE = Knock(7, 429, 1.0, ("429",)), Knock(7, 401, 1.0)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (series(spoofed=(BRAKED, BRAKED)), ("pass", "")),
        (series(spoofed=(FREE, FREE), control=BRAKED), ("fail", "forged-address-resets")),
        (series(spoofed=(BRAKED, FREE), control=BRAKED), ("fail", "forged-address-resets")),
        (series(spoofed=(FREE, FREE), control=FREE), ("unknown", "brake-ended")),
        (series(spoofed=(FREE,)), ("unknown", "brake-ended")),
        (series(spoofed=()), ("unknown", "budget-spent")),
        (series(at=None), ("unknown", "not-throttled")),
        (series(at=None, status=404), ("unknown", "no-endpoint")),
        (NO_CONSENT, ("unknown", "no-consent")),
    ],
)
def test_forged_addresses(facts: BurstReply | Failure, expected: tuple[str, str]) -> None:
    assert look("limits.account-key", LOGIN, facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (series(owner=True), ("pass", "")),
        (series(owner=False, owner_later=True, recovered_after=60.0), ("pass", "after-recovery")),
        (series(owner=False, owner_later=False, recovered_after=60.0), ("fail", "locked-out")),
        (series(owner=False, retry=86_400), ("fail", "locked-out")),
        (series(owner=False, watched=60.0), ("unknown", "not-recovered")),
        (series(owner=False, recovered_after=60.0), ("unknown", "budget-spent")),
        (series(owner=None), ("not-run", "input-missing")),
        (series(at=None), ("unknown", "not-throttled")),
    ],
)
def test_owners_are_not_locked_out(facts: BurstReply, expected: tuple[str, str]) -> None:
    assert look("limits.no-lockout", LOGIN, facts) == expected


def test_without_an_account_nobody_can_tell_about_owners() -> None:
    assert look("limits.no-lockout", LOGIN, series(), acme(routes=(LOGIN,))) == ("not-run", "input-missing")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (series(recovered_after=61.0, watched=61.0), ("pass", "")),
        (series(recovered_after=76.0, watched=76.0, braked_until=63.0), ("pass", "")),
        (series(recovered_after=76.0, watched=76.0, braked_until=75.0), ("fail", "retry-after-too-short")),
        (series(watched=76.0, braked_until=75.0), ("fail", "retry-after-too-short")),
        (series(recovered_after=45.0, watched=45.0, early=True), ("warn", "retry-after-too-long")),
        (series(retry=None, recovered_after=30.0, watched=30.0), ("warn", "no-retry-after")),
        (series(retry=None, watched=60.0), ("unknown", "not-recovered")),
        (series(retry=3600, watched=0.0), ("unknown", "not-recovered")),
        (series(at=None), ("not-applicable", "not-applicable")),
        (TIMEOUT, ("unknown", "timeout")),
    ],
)
def test_recovery_keeps_the_promise(facts: BurstReply | Failure, expected: tuple[str, str]) -> None:
    assert look("limits.recovery", LOGIN, facts) == expected


# --- identity.enumeration ---------------------------------------------------------------------------------------------


def compared(facts: Comparison | Failure, route: Route = LOGIN, **limits: Any) -> tuple[str, str]:
    product = acme(routes=(route,), accounts=(BUYER, SELLER))
    question = AccountCompare(burst_of(route, product, {}), "buyer", 15)
    judged = judge("identity.enumeration", route.url, {question: facts}, product, limits)
    return judged.verdict.value, judged.reason


def pairs(count: int, *, known_ms: float = 100.0, invented_ms: float = 100.0, throttled: bool = False) -> Comparison:
    known = tuple(Knock(n, 401, known_ms + n, shape="a") for n in range(count))
    invented = tuple(Knock(n, 401, invented_ms + n, shape="a") for n in range(count))
    return Comparison(known, invented, throttled)


def test_equal_answers_in_equal_time_tell_nothing() -> None:
    assert compared(pairs(15)) == ("pass", "")
    assert compared(pairs(15, known_ms=400)) == ("warn", "timing-differs")
    assert compared(pairs(15, known_ms=130)) == ("pass", "")
    assert compared(pairs(15, known_ms=130), delta_median_ms=20) == ("warn", "timing-differs")


def test_different_answers_tell() -> None:
    one = pairs(1)
    assert compared(replace(one, invented=(replace(one.invented[0], shape="b"),))) == ("fail", "answers-differ")
    assert compared(replace(one, invented=(replace(one.invented[0], status=404),))) == ("fail", "answers-differ")


def test_a_brake_that_works_leaves_time_unknown() -> None:
    assert compared(pairs(3, throttled=True)) == ("unknown", "throttled")
    assert compared(Comparison(throttled=True)) == ("unknown", "throttled")
    assert compared(replace(pairs(15), echo=True)) == ("unknown", "no-endpoint")
    assert compared(Failure("input-missing", "x")) == ("unknown", "input-missing")
    assert compared(NO_CONSENT) == ("unknown", "no-consent")


def test_comparing_takes_an_account() -> None:
    judged = judge("identity.enumeration", LOGIN.url, {}, acme(routes=(LOGIN,)))
    assert (judged.verdict.value, judged.reason) == ("not-run", "input-missing")


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        ([1.0] * 15, [1.0] * 15, 1.0),
        ([float(n) for n in range(15)], [float(n) for n in range(15)], 1.0),
        ([float(n) for n in range(15)], [float(n) for n in range(100, 115)], 3.4e-6),
        ([19.0, 22, 16, 29, 24], [20.0, 11, 17, 12], 0.1113),
        ([], [], 1.0),
    ],
)
def test_mann_whitney_against_known_values(one: list[float], other: list[float], p: float) -> None:
    assert mann_whitney(one, other) == pytest.approx(p, rel=0.05)
