"""The part of the practice profile that is about speed: who comes and what they do, and what is behind the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from launchready_tui.model.performance import (
    Database,
    Dependency,
    Freshness,
    LoadSettings,
    Logs,
    Queue,
    Server,
)
from launchready_tui.model.product import Journey, JourneyStep
from launchready_tui.practice.marketplace import API, APP, DOMAIN, WWW
from launchready_tui.practice.shop import logs
from launchready_tui.practice.shop.cluster import MOST_CONNECTIONS
from launchready_tui.practice.shop.database import Kind
from launchready_tui.practice.shop.payments import HOST as PAYMENTS_HOST
from launchready_tui.practice.shop.payments import LIMIT_PER_MINUTE
from launchready_tui.practice.shop.schema import TEST_LISTING, TEST_PRICE, THINGS, WOODS
from launchready_tui.practice.shop.settings import ShopSettings
from launchready_tui.practice.visitors import DATABASE_TOKEN

PAYMENT_MODE: Final = "/payments/mode"
"""Where the API says that payments are in test mode."""

PEAK: Final = 20
_CSRF = {"csrf": r'name="csrf" value="([0-9a-f]{32})"'}
_LISTING = {"listing": rf'href="https://{WWW.replace(".", "[.]")}/listings/([a-z0-9-]+)"'}
_LOG_IN = {"email": "{account.username}", "password": "{account.password}", "csrf": "{csrf}"}


@dataclass(frozen=True, slots=True)
class Behind:
    """What runs behind the pages: the kind of the database, and the ports of the metrics and of the mail sink."""

    database: Kind = "postgresql"
    metrics: int = 0
    sink: int = 0


def sections(behind: Behind) -> dict[str, Any]:
    """The sections of the profile by the names of `Product`."""
    metrics = f"http://127.0.0.1:{behind.metrics}/metrics"
    is_server = behind.database == "postgresql"
    in_table = Queue("mail", "table", "jobs")
    in_metrics = Queue("mail", "prometheus", "queue_depth", url=metrics)
    return {
        "pools": {"word": tuple(word.lower() for word in (*WOODS, *THINGS))},
        "load": LoadSettings(
            environment="staging",
            peak=PEAK,
            max_rps=400.0,
            payment_test=f"https://{API}{PAYMENT_MODE}",
            mail_sink=f"127.0.0.1:{behind.sink}",
        ),
        "database": Database(
            behind.database,
            DATABASE_TOKEN,
            production_host=f"db.{DOMAIN}",
            pool=ShopSettings().pool,
        ),
        "logs": Logs(access=(logs.ACCESS,), queries=(logs.QUERIES,), app=(logs.APP,)),
        "queues": (in_table if is_server else in_metrics,),
        "server": Server(
            metrics,
            connections="db_pool_in_use",
            max_connections=str(MOST_CONNECTIONS) if is_server else "db_pool_size",
            pool_wait="db_pool_longest_wait_seconds",
        ),
        "dependencies": (
            Dependency(
                "payments",
                PAYMENTS_HOST,
                "payments",
                float(LIMIT_PER_MINUTE),
                {"checkout": float(ShopSettings().payment_calls)},
            ),
        ),
        "freshness": Freshness(
            "seller",
            f"https://{APP}/api/listings/{TEST_LISTING}",
            "PATCH",
            "price",
            (str(TEST_PRICE), str(TEST_PRICE + 1)),
            (f"https://{WWW}/listings/{TEST_LISTING}", f"https://{WWW}/search?q=test+chair"),
            "5s",
        ),
    }


def journeys() -> tuple[Journey, ...]:
    """What customers do, and how often."""
    look = "1s..4s"
    type_in = "2s..5s"
    home = JourneyStep("home", look)
    some = JourneyStep("listings", look, extract=_LISTING)
    one = JourneyStep("listing", look, path="/listings/{listing}", times="3..8")
    search = JourneyStep("search", look, path="/search?q={word}", extract=_LISTING, times="1..3")
    login = JourneyStep("login", type_in, extract=_CSRF)
    log_in = JourneyStep("login", look, "POST", data=_LOG_IN, expect_status=(303,))
    return (
        Journey("browse", 5, (home, some, one, search), per_hour=600),
        Journey(
            "search",
            3,
            (home, JourneyStep("search", look, path="/search?q={word}", extract=_LISTING, times="2..4"), _once(one)),
            minor=True,
        ),
        Journey(
            "signup",
            2,
            (
                home,
                JourneyStep("signup", type_in, extract=_CSRF),
                JourneyStep(
                    "signup",
                    look,
                    "POST",
                    data={
                        "name": "Load {n}",
                        "email": "load-{n}@visitors.example",
                        "password": "practice-{n}",
                        "csrf": "{csrf}",
                    },
                    expect_status=(303,),
                ),
                JourneyStep("dashboard", look),
            ),
            per_hour=60,
        ),
        Journey("login", 2, (login, log_in, JourneyStep("dashboard", look)), account="buyer", minor=True),
        Journey(
            "checkout",
            2,
            (
                some,
                _once(one),
                login,
                log_in,
                JourneyStep("checkout", type_in, path="/checkout?listing={listing}", extract=_CSRF),
                JourneyStep(
                    "checkout",
                    look,
                    "POST",
                    path="/checkout",
                    data={"listing": "{listing}", "csrf": "{csrf}"},
                    expect_status=(303,),
                ),
                JourneyStep("payment-return", look),
            ),
            per_hour=40,
            account="buyer",
        ),
    )


def _once(step: JourneyStep) -> JourneyStep:
    return JourneyStep(step.route, step.think, path=step.path)
