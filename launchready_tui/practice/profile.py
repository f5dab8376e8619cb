"""The product profile of the practice marketplace, as the consultant would have written it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from launchready_tui.model.product import (
    Account,
    Budgets,
    BusinessSignal,
    Environment,
    Host,
    HostRole,
    Mail,
    Network,
    Product,
    Redirect,
    Route,
    Sender,
)
from launchready_tui.practice import code, post
from launchready_tui.practice.marketplace import API, APP, DOMAIN, MAIL_HOSTS, WWW, address_of
from launchready_tui.practice.shop.api import FIELDS
from launchready_tui.practice.traffic import Behind, journeys, sections
from launchready_tui.practice.visitors import BUYER, SELLER
from launchready_tui.practice.world import World

CA_FILE = "practice-ca.pem"
"""The root certificate, next to the profile."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the servers of a target listen."""

    https: int
    http: int
    dns: int
    rdap: int
    cloudflare: int = 0


def product(world: World, ports: Ports, *, single: bool, behind: Behind = Behind()) -> Product:  # noqa: B008 - a value
    """The profile for a running target."""
    return Product(
        name="Acme Market (practice)",
        domain=DOMAIN,
        hosts=_hosts(world, single=single),
        routes=_routes(),
        redirects=_redirects(),
        senders=tuple(Sender(name, post.PROVIDER, (post.SELECTOR,)) for name in post.sending_domains(DOMAIN)),
        mail=Mail((post.SIGNUP_FILE, post.RESET_FILE), (post.REPORTS_FOLDER,), post.MAILBOX),
        journeys=journeys(),
        repository=code.FOLDER,
        environment=Environment(code.PRODUCTION_NAMES),
        network=Network(
            nameservers=(f"127.0.0.1:{ports.dns}",),
            ca_bundle=CA_FILE,
            connect_to=(f":443::{ports.https}", f":80::{ports.http}"),
            public=("127.0.0.0/8",),
            rdap=f"http://127.0.0.1:{ports.rdap}/",
        ),
        accounts=(
            Account("buyer", BUYER, (f"https://{APP}/orders/1001",)),
            Account("seller", SELLER, (f"https://{APP}/orders/2002",)),
        ),
        providers={"cloudflare": f"http://127.0.0.1:{ports.cloudflare}"} if ports.cloudflare else {},
        budgets=Budgets(burst_per_second=20, queries={"home": 15, "signup": 5, "login": 5, "catalogue": 15}),
        signals=_signals(),
        **sections(behind),
    )


def _hosts(world: World, *, single: bool) -> tuple[Host, ...]:
    roles: dict[str, HostRole] = {DOMAIN: "apex", WWW: "www", APP: "app", API: "api"}
    names = [*list(roles), *MAIL_HOSTS, *(host for host in world.sites if host not in roles)]
    return tuple(
        Host(name, "mail" if name in MAIL_HOSTS else roles.get(name, "other"), (address_of(name, single=single),))
        for name in names
    )


def _routes() -> tuple[Route, ...]:
    return (
        Route("home", f"https://{WWW}/", core=True, onboarding=True),
        Route("listings", f"https://{WWW}/listings", core=True, page_size="per_page"),
        Route("listing", f"https://{WWW}/listings/oak-table", core=True),
        Route("search", f"https://{WWW}/search"),
        Route("pricing", f"https://{WWW}/pricing"),
        Route("sell", f"https://{WWW}/sell"),
        Route("help", f"https://{WWW}/help"),
        Route("terms", f"https://{WWW}/terms"),
        Route("signup", f"https://{APP}/signup", "auth", "signup", core=True, onboarding=True, reach="mail"),
        Route("login", f"https://{APP}/login", "auth", "login", core=True, onboarding=True),
        Route("reset", f"https://{APP}/reset", "auth", "reset"),
        Route("welcome", f"https://{APP}/welcome", onboarding=True),
        Route("dashboard", f"https://{APP}/dashboard", core=True, private=True, session="buyer"),
        Route("checkout", f"https://{APP}/checkout", core=True, onboarding=True, reach="payment"),
        Route("payment-return", f"https://{APP}/checkout/return", onboarding=True),
        Route("health", f"https://{API}/health", "api"),
        Route("api-listings", f"https://{API}/listings", "api", core=True),
        Route("catalogue", f"https://{API}/api/listings", "api", core=True, uses=FIELDS, page_size="per_page"),
        Route("api-search", f"https://{API}/api/search?q=oak", "api", core=True, uses=FIELDS, page_size="per_page"),
        Route("categories", f"https://{API}/api/categories", "api", cacheable=True, uses=("slug", "title")),
        Route("me", f"https://{API}/me", "api", expect_status=(401,)),
        Route("payment-webhook", f"https://{API}/webhooks/payments", "webhook", "webhook", expect_status=(405,)),
        Route("mail-webhook", f"https://{API}/webhooks/mail", "webhook", "webhook", expect_status=(405,)),
    )


def _redirects() -> tuple[Redirect, ...]:
    return (
        Redirect(f"https://{WWW}/pricing-2023?utm_source=letter", f"https://{WWW}/pricing?utm_source=letter"),
        Redirect(f"https://{WWW}/blog/summer-sale?utm_campaign=summer", f"https://{WWW}/listings?utm_campaign=summer"),
        Redirect(f"https://{WWW}/sellers-guide", f"https://{WWW}/sell"),
        Redirect(f"https://{WWW}/tables", f"https://{WWW}/listings/oak-table"),
        Redirect(f"https://{WWW}/catalogue", f"https://{WWW}/search"),
        Redirect(f"https://{WWW}/members", f"https://{APP}/login"),
        Redirect(f"https://{WWW}/invite?from=margaux", f"https://{APP}/signup?from=margaux"),
        Redirect(f"https://{WWW}/payment/return?order=1001", f"https://{APP}/checkout/return?order=1001"),
    )


def _signals() -> tuple[BusinessSignal, ...]:
    """A failure signal for each journey, fired on purpose on the day on which the target was started."""
    today = datetime.now(UTC).date()

    def signal(journey: str, what: str, source: str, **more: Any) -> BusinessSignal:
        action = "Look at the newest release first, then at the provider's status page."
        return BusinessSignal(
            f"{journey}-failures", journey, what, source=source, owner="Margaux", action=action, tested=today, **more
        )

    return (
        signal("browse", "listing pages that answer 5xx", "access log", kind="rate", threshold=14.4, short_window="5m"),
        signal("signup", "sign-ups that fail", "signup_attempts, outcome <> 'ok'", threshold=6.0, window="15m"),
        signal("checkout", "payments that fail", "orders, state = 'failed'", threshold=5.0, window="15m"),
    )
