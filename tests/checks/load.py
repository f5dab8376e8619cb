"""A load test as evidence: a good one, from which tests take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from launchready_tui.model.performance import Database, Dependency, LoadSettings, Queue
from launchready_tui.model.product import Journey, JourneyStep, Product, Route
from launchready_tui.model.questions import (
    GeneratorHealth,
    JourneyLoad,
    KeptLoad,
    LoadPhase,
    LoadPlan,
    LoadPoint,
    LoadReport,
    NewestLoad,
    RouteLoad,
)
from launchready_tui.model.questions.serverwatch import Series, ServerWatch, Unwatched
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement
from launchready_tui.runbook.loader import built_in
from tests.kit import SEEN_AT, judge

Points = Iterable[tuple[float, float]]
LISTING = Route("listing", "https://www.acme.test/listings")
CHECKOUT = Route("checkout", "https://www.acme.test/checkout", reach="payment")
LISTING_URL, CHECKOUT_URL = LISTING.url, CHECKOUT.url

PRODUCT = Product(
    "Acme",
    "acme.test",
    routes=(LISTING, CHECKOUT),
    journeys=(
        Journey("browse", 4, (JourneyStep("listing", "2s..6s", times="3..8"),)),
        Journey("buy", 1, (JourneyStep("listing", "2s..6s"), JourneyStep("checkout", "4s"))),
    ),
    load=LoadSettings(environment="staging", peak=20),
    database=Database("postgresql"),
    queues=(Queue("mail"),),
    dependencies=(Dependency("stripe", "api.stripe.com", "payments", 1500, {"buy": 4}),),
)

END = 600.0
"""Seconds of the load."""

GOOD = LoadReport(
    plan=LoadPlan(
        mode="closed",
        users=20,
        duration_s=END,
        phases=(LoadPhase("warm-up", 0, 60, 2), LoadPhase("ramp", 60, 120, 20), LoadPhase("hold", 120, END, 20)),
        environment="staging",
        max_rps=50,
        peak=20,
        think_s=30.0,
        requests_per_session=5.0,
    ),
    started_at=SEEN_AT - timedelta(seconds=1_000),
    finished_at=SEEN_AT - timedelta(seconds=100),
    routes=(
        RouteLoad("listing", "browse", 4_000, p50_ms=80, p95_ms=200, p99_ms=300, max_ms=500,
                  p95_low_ms=190, p95_high_ms=215, bytes=40_000_000, peak_requests=3_000, peak_p95_ms=210),
        RouteLoad("listing", "buy", 900, p50_ms=80, p95_ms=205, p99_ms=320, max_ms=400,
                  p95_low_ms=190, p95_high_ms=230, bytes=9_000_000, peak_requests=700, peak_p95_ms=220),
        RouteLoad("checkout", "buy", 850, p50_ms=300, p95_ms=900, p99_ms=1_200, max_ms=1_900, p95_low_ms=850,
                  p95_high_ms=980, pass_ms=2_000, fail_ms=2_000, bytes=800_000, peak_requests=600, peak_p95_ms=950),
    ),
    journeys=(JourneyLoad("browse", 800, 790, 0, 30.0), JourneyLoad("buy", 200, 195, 0, 12.0)),
    timeline=tuple(LoadPoint(float(at), 20, 10, 0, 0, 210.0) for at in range(0, 600, 5)),
    every_s=5.0,
    generator=GeneratorHealth(cpu_percent=35, lag_p99_ms=3, open_files=60, file_limit=1024),
    most_users=20,
    max_concurrency=20,
    arrivals_per_s=0.66,
    session_s=30.0,
    authorized_by="Ben Roth",
)  # fmt: skip

LIMITS: dict[str, Limits] = {entry.id: entry.limits for entry in built_in().entries}


def kept(report: LoadReport | None) -> dict[Any, Any]:
    """The answer of the engagement."""
    if report is None:
        return {NewestLoad(): KeptLoad(False)}
    return {NewestLoad(): KeptLoad(True, report, report.finished_at, "e-load")}


def look(
    check: str, report: LoadReport | None, subject: str = "acme.test", product: Product = PRODUCT, **limits: float
) -> Judgement:
    """Judge with the limits of the runbook."""
    return judge(check, subject, kept(report), product, {**LIMITS[check], **limits})


def outcome(judged: Judgement) -> tuple[str, str]:
    return judged.verdict.value, judged.reason


def watched(*series: tuple[str, Points], report: LoadReport = GOOD, **more: Any) -> LoadReport:
    """The report with those series on the server's side."""
    found = tuple(Series(name, "", tuple((float(at), float(value)) for at, value in points)) for name, points in series)
    until = max((points.points[-1][0] for points in found if points.points), default=END)
    return replace(report, server=ServerWatch(until=until, series=found, **more))


def over(
    value: Callable[[float], float] | float, start: int = -10, end: int = 900, step: int = 5
) -> list[tuple[float, float]]:
    """A series over time."""
    of = value if callable(value) else lambda _: value
    return [(float(at), float(of(at))) for at in range(start, end + 1, step)]


def blind(what: str, reason: str = "input-missing", message: str = "nobody declared it") -> LoadReport:
    """The report in which a part was not watched."""
    return replace(GOOD, server=ServerWatch(unwatched=(Unwatched(what, reason, message),)))


INVALID = replace(GOOD, generator=GeneratorHealth(cpu_percent=99, reasons=("CPU 99 %: the generator was the limit",)))
STOPPED = replace(GOOD, partial=("stopped by hand after 40 s",))
OLD = replace(GOOD, finished_at=SEEN_AT - timedelta(days=60), started_at=SEEN_AT - timedelta(days=61))
