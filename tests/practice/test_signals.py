"""The practice marketplace has a failure signal for each journey, and they can work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from launchready_tui.model.product import Product
from launchready_tui.model.questions import Moment, RunMoment
from launchready_tui.model.verdicts import Verdict
from launchready_tui.practice import profile, traffic
from tests.kit import judge

PRODUCT = Product("Acme", "acme.test", journeys=traffic.journeys(), signals=profile._signals())


@pytest.mark.parametrize("journey", ["browse", "signup", "checkout"])
@pytest.mark.parametrize("check", ["signals.registry", "signals.statistics"])
def test_they_hold(check: str, journey: str) -> None:
    found = judge(check, journey, {RunMoment(): Moment(datetime.now(UTC))}, PRODUCT)
    assert (found.verdict, found.reason) == (Verdict.PASS, "")
