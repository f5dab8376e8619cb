"""The product profile: what is being launched. Read and written as TOML by `launchready_tui.model.profile`."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from launchready_tui.model.performance import (
    Database,
    Dependency,
    Freshness,
    LoadSettings,
    Logs,
    Method,
    Pools,
    Queue,
    Server,
)

HostRole = Literal["apex", "www", "app", "api", "mail", "other"]
RouteKind = Literal["page", "auth", "api", "webhook", "admin"]
Family = Literal["", "login", "reset", "signup", "invite", "webhook"]
SignalKind = Literal["count", "rate", "latency"]
Reach = Literal["", "payment", "mail"]


@dataclass(frozen=True, slots=True)
class Host:
    """A name (or an IP literal) that the product answers on.

    `expect` holds addresses, CIDRs, CNAME suffixes or provider names that the host should point to; empty: not
    declared. `origin` are the addresses of the machine behind the edge, which should not answer strangers.
    """

    name: str
    role: HostRole = "other"
    expect: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()

    @property
    def is_web(self) -> bool:
        """Every host but mail ones is fetched and judged as a page."""
        return self.role != "mail"

    @property
    def is_address(self) -> bool:
        """Whether the name is an IP literal, which has no DNS records."""
        try:
            ipaddress.ip_address(self.name.strip("[]"))
        except ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Route:
    """One URL that matters.

    `private` pages belong to one person, and are asked as the test account of the role `session`; `cacheable` ones are
    stable enough for a shared cache. `uses` are the fields that the front end reads, `page_size` the query parameter
    that sets the number of rows. `reach`: calling it charges a card, or sends mail.
    """

    id: str
    url: str
    kind: RouteKind = "page"
    family: Family = ""
    core: bool = False
    onboarding: bool = False
    expect_status: tuple[int, ...] = (200,)
    private: bool = False
    session: str = ""
    cacheable: bool = False
    uses: tuple[str, ...] = ()
    page_size: str = ""
    reach: Reach = ""

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it: it belongs to nobody, and is asked without a session."""
        return not self.private and not self.session

    @property
    def host(self) -> str:
        """The host of the URL, in lower case."""
        return (urlsplit(self.url).hostname or "").lower()


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old URL, payment return or invitation link: where it comes in, and where it ends with path and query."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Sender:
    """A provider that sends mail for a domain, with the DKIM selectors that are known."""

    domain: str
    provider: str = ""
    selectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A test account by its role. Its password is a token, `account:ROLE`, and stands in no file.

    `objects` are URLs of what belongs to this account alone: orders, messages, drafts.
    """

    role: str
    username: str
    objects: tuple[str, ...] = ()

    @property
    def secret(self) -> str:
        """The name under which the password is kept (`launchready token set account:ROLE`)."""
        return f"account:{self.role}"


@dataclass(frozen=True, slots=True)
class Budgets:
    """What a product allows its checks, and its routes.

    `burst_per_second` overrides the pace of consented bursts and samplers; 0: the runbook's. `queries` is how many
    statements one request to a route may cause, by the route's id.
    """

    burst_per_second: float = 0.0
    queries: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Environment:
    """Production's environment variables: `production_names` is a file with their names (never values), one a line."""

    production_names: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """Proof of the product's mail, in files: saved messages, and aggregate reports (files or folders of them).

    `authserv_id` is the name under which the mailbox that received the messages writes its verdicts (RFC 8601): only
    what it says is believed.
    """

    messages: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    authserv_id: str = ""


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """One step of a journey: a request to a route, then a pause (`think` is a range such as `2s..6s`).

    `path` replaces path and query of the route's URL; it and the values of `data` may hold placeholders such as
    `{listing}`. `data` is sent as a form, or as JSON where `json` is set. `extract` gives placeholders from the answer:
    a pattern with one group, or `json:items.*.id`. `times` is how often the step is done, such as `3..8`.
    """

    route: str
    think: str = "0s"
    method: Method = "GET"
    path: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    json: bool = False
    extract: Mapping[str, str] = field(default_factory=dict)
    times: str = "1"
    expect_status: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Journey:
    """What a customer does, step by step; `weight` is its share among the journeys.

    `per_hour` is how often it is tried in an ordinary hour, 0 where nobody said. A `minor` journey may go without a
    failure signal. `account` is the role of the test account whose name and password fill its forms.
    """

    id: str
    weight: float = 1
    steps: tuple[JourneyStep, ...] = ()
    per_hour: float = 0.0
    minor: bool = False
    account: str = ""


@dataclass(frozen=True, slots=True)
class BusinessSignal:
    """What tells within minutes that a journey fails for customers (MB12).

    `threshold` is a number of failures in the `window` (kind count), a failing share in percent (rate), or a 95th
    percentile in milliseconds (latency). A rate also says its second, `short_window`, and the `budget`: the failing
    share in percent that is allowed. `usual` is the number of failures an ordinary hour has. `tested` is the day on
    which it was last fired on purpose.
    """

    id: str
    journey: str
    signal: str
    kind: SignalKind = "count"
    threshold: float = 0.0
    window: str = "1h"
    source: str = ""
    owner: str = ""
    action: str = ""
    tested: date | None = None
    usual: float = 0.0
    budget: float = 1.0
    short_window: str = ""

    @property
    def lacking(self) -> tuple[str, ...]:
        """What nobody filled in yet: without it the signal is an intention."""
        parts = {"source": self.source, "threshold": self.threshold, "owner": self.owner, "action": self.action}
        return tuple(name for name, value in parts.items() if not value)


@dataclass(frozen=True, slots=True)
class Network:
    """How the outside world is reached: split DNS, private CA, redirected connections.

    `nameservers` (`ADDRESS` or `ADDRESS:PORT`) replace every resolver and the authority. `connect_to` are curl's
    `HOST1:PORT1:HOST2:PORT2` rules. `public` are networks that count as globally routable.
    """

    nameservers: tuple[str, ...] = ()
    ca_bundle: str = ""
    connect_to: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    rdap: str = ""
    ranges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def counts_as_public(self, address: str) -> bool:
        """Whether an address may be dialled: globally routable (RFC 6890), or covered by `public`."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = getattr(ip, "ipv4_mapped", None)
        ip = mapped or ip
        if any(ip in net for net in map(_network, self.public) if net.version == ip.version):
            return True
        return ip.is_global and not ip.is_multicast


def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr, strict=False)


@dataclass(frozen=True, slots=True)
class Product:
    """The whole profile. `base` is the folder that relative paths are relative to.

    `providers` are base URLs of provider APIs, where they differ from the public ones.
    """

    name: str
    domain: str
    hosts: tuple[Host, ...] = ()
    routes: tuple[Route, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    senders: tuple[Sender, ...] = ()
    journeys: tuple[Journey, ...] = ()
    repository: str = ""
    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    network: Network = Network()
    accounts: tuple[Account, ...] = ()
    providers: Mapping[str, str] = field(default_factory=dict)
    budgets: Budgets = Budgets()
    environment: Environment = Environment()
    mail: Mail = Mail()
    signals: tuple[BusinessSignal, ...] = ()
    pools: Pools = field(default_factory=dict)
    load: LoadSettings = field(default_factory=LoadSettings)
    database: Database = field(default_factory=Database)
    logs: Logs = field(default_factory=Logs)
    queues: tuple[Queue, ...] = ()
    server: Server = field(default_factory=Server)
    dependencies: tuple[Dependency, ...] = ()
    freshness: Freshness = field(default_factory=Freshness)
    base: str = "."

    @property
    def web_hosts(self) -> tuple[Host, ...]:
        """The hosts that serve pages or an API."""
        return tuple(host for host in self.hosts if host.is_web)

    def names(self, host: str) -> bool:
        """Whether a host is the product's own: declared, of a declared route, or a name under the product's domain."""
        declared = {item.name for item in self.hosts} | {route.host for route in self.routes}
        return host in declared or host == self.domain or host.endswith(f".{self.domain}")

    def host(self, name: str) -> Host | None:
        """The declared host of that name."""
        return next((host for host in self.hosts if host.name == name.lower()), None)

    def account(self, role: str) -> Account | None:
        """The test account of that role."""
        return next((account for account in self.accounts if account.role == role), None)

    def route(self, route_id: str) -> Route | None:
        """The declared route of that id."""
        return next((route for route in self.routes if route.id == route_id), None)
