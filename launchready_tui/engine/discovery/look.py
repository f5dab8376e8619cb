"""Looks at a domain and a repository as any visitor would, and proposes what was seen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from launchready_tui.checks.reading.names import registered_domain, under
from launchready_tui.engine.asking import LiveDoor
from launchready_tui.engine.discovery import vendors
from launchready_tui.engine.discovery.proposal import Proposal, Sighting, proposed_hosts, proposed_senders
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Family, Product, Route, RouteKind
from launchready_tui.model.profile import is_host_name
from launchready_tui.model.profilesignals import SEEDS
from launchready_tui.model.questions import (
    DnsAnswer,
    DnsLookup,
    HttpExchange,
    HttpResponse,
    RdapDomain,
    Registration,
    RepositorySummary,
    RepositorySurvey,
)
from launchready_tui.text import one_line

USUAL = {
    "www": "www", "app": "app", "api": "api", "admin": "other", "auth": "other", "login": "other", "blog": "other",
    "help": "other", "docs": "other", "status": "other", "shop": "other", "cdn": "other", "static": "other",
    "mail": "mail",
}  # fmt: skip
"""The labels that are tried, with the role that they usually have."""

_ROUTES: tuple[tuple[re.Pattern[str], str, RouteKind], ...] = (
    (re.compile(r"/(log-?in|sign-?in)/?$", re.I), "login", "auth"),
    (re.compile(r"/(sign-?up|register|join)/?$", re.I), "signup", "auth"),
    (re.compile(r"/(password|forgot|reset)[\w/-]*$", re.I), "reset", "auth"),
    (re.compile(r"/(listings?|products?|browse|explore|search)/?$", re.I), "listing", "page"),
    (re.compile(r"/(checkout|cart)/?$", re.I), "checkout", "page"),
)
_FAMILIES: dict[str, Family] = {"login": "login", "signup": "signup", "reset": "reset"}
_INCLUDE = re.compile(r"\b(?:include:|redirect=)([^\s]+)", re.I)
MOST_LINKED_HOSTS = 20

Tell = Callable[[str], None]
"""Hears what goes on, a line at a time: what is looked at now, and, indented, what was seen there."""

SEEN = "  "
"""How a line about something that was seen begins."""


def nobody(line: str) -> None:
    """Hears nothing."""


@dataclass
class _Notebook:
    """What was seen so far; everything that is written into it is told at once."""

    tell: Tell = nobody
    hosts: list[tuple[str, str]] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    routes: dict[str, Route] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    def see(self, found: Iterable[vendors.Vendor], by: str) -> None:
        for vendor in found:
            sighting = Sighting(vendor.area, vendor.name, one_line(by, 120))
            if (vendor.area, vendor.name) not in {(s.area, s.name) for s in self.sightings}:
                self.sight(sighting)
            if vendor.provider:
                self.providers.append(vendor.provider)

    def sight(self, sighting: Sighting) -> None:
        """A system."""
        self.sightings.append(sighting)
        self.tell(f"{SEEN}{sighting.area}: {sighting.name} ({sighting.by})")

    def host(self, name: str, role: str, by: str) -> None:
        """A host of the product, which may be known already."""
        if name not in {known for known, _ in self.hosts}:
            self.tell(f"{SEEN}host {one_line(name, 120)} ({by})")
        self.hosts.append((name, role))

    def notice(self, text: str) -> None:
        """What could not be seen."""
        self.notices.append(text)
        self.tell(f"{SEEN}{one_line(text)}")

    def fact(self, text: str) -> None:
        """What is worth knowing and belongs to no system."""
        self.facts.append(text)
        self.tell(f"{SEEN}{text}")


async def discover(product: Product, door: LiveDoor, tell: Tell = nobody) -> Proposal:
    """Look at a product's domain (and its repository, where the profile names one).

    Never raises for what the outside does. `tell` hears every step while it is taken.
    """
    notebook = _Notebook(tell)
    domain = product.domain
    await asyncio.gather(
        _names(domain, door, notebook),
        _zone(domain, door, notebook),
        _registration(domain, door, notebook),
        _repository(product, door, notebook),
    )
    if not any(name == domain for name, _ in notebook.hosts):
        notebook.hosts.append((domain, "apex"))
        notebook.notice(f"{domain} has no address that could be seen from here; it is in the profile all the same")
    await asyncio.gather(
        *(_page(name, domain, door, notebook) for name, role in list(notebook.hosts) if role != "mail")
    )
    return Proposal(
        Product(
            product.name,
            domain,
            hosts=proposed_hosts(domain, notebook.hosts),
            routes=tuple(notebook.routes.values()),
            senders=proposed_senders(domain, notebook.providers),
            repository=product.repository,
            network=product.network,
            signals=SEEDS,
            base=product.base,
        ),
        tuple(notebook.sightings),
        tuple(dict.fromkeys(one_line(text) for text in notebook.notices)),
        tuple(notebook.facts),
    )


async def _answer(door: LiveDoor, name: str, rdtype: str) -> DnsAnswer | Failure:
    answer = await door.ask(DnsLookup(name, rdtype), 1)
    return answer.failure or answer.facts


async def _names(domain: str, door: LiveDoor, notebook: _Notebook) -> None:
    """The usual hosts that have an address, and whom their aliases point to.

    A wildcard answers to everything: then only the usual three are proposed.
    """
    notebook.tell(f"Looking up {domain} and {len(USUAL)} usual names under it")
    wildcard = await _answer(door, f"launchready-no-such-name.{domain}", "A")
    anything = isinstance(wildcard, DnsAnswer) and bool(wildcard.records)
    if anything:
        notebook.notice(f"every name under {domain} resolves (a wildcard); only www, app and api are proposed")
    labels = [label for label in USUAL if not anything or label in ("www", "app", "api")]
    names = {domain: "apex", **{f"{label}.{domain}": USUAL[label] for label in labels}}
    await asyncio.gather(*(_name(name, role, door, notebook) for name, role in names.items()))


async def _name(name: str, role: str, door: LiveDoor, notebook: _Notebook) -> None:
    answers = await asyncio.gather(_answer(door, name, "A"), _answer(door, name, "AAAA"))
    seen = [answer for answer in answers if isinstance(answer, DnsAnswer)]
    if any(answer.records for answer in seen):
        notebook.host(name, role, "has an address")
    elif not seen:
        notebook.notice(f"{name} could not be looked up: {getattr(answers[0], 'message', 'no answer')}")
    for answer in seen:
        for alias in answer.aliases:
            notebook.see(vendors.by_alias(alias.target), f"{alias.name} → {alias.target}")


async def _zone(domain: str, door: LiveDoor, notebook: _Notebook) -> None:
    """Name servers, mail exchangers and SPF includes."""
    notebook.tell(f"Reading name servers, mail exchangers and SPF of {domain}")
    ns, mx, txt = await asyncio.gather(*(_answer(door, domain, rdtype) for rdtype in ("NS", "MX", "TXT")))
    for record in ns.records if isinstance(ns, DnsAnswer) else ():
        notebook.see(vendors.by_name_server(record), f"name server {record}")
    for record in mx.records if isinstance(mx, DnsAnswer) else ():
        target = record.split()[-1].lower() if record.split() else ""
        notebook.see(vendors.by_exchanger(target), f"mail exchanger {target}")
        if under(target, domain) and is_host_name(target):
            notebook.host(target, "mail", "a mail exchanger")
    for record in txt.records if isinstance(txt, DnsAnswer) else ():
        if record.lower().startswith("v=spf1"):
            for target in _INCLUDE.findall(record)[:30]:
                notebook.see(vendors.by_spf(target), f"SPF include {target}")


async def _registration(domain: str, door: LiveDoor, notebook: _Notebook) -> None:
    registered = registered_domain(domain) or domain
    notebook.tell(f"Asking the registry about {registered}")
    answer = await door.ask(RdapDomain(registered), 1)
    if answer.failure is not None:
        notebook.notice(f"the registration could not be seen: {answer.failure.message}")
        return
    facts: Registration = answer.facts
    if facts.registrar:
        notebook.sight(Sighting("registrar", one_line(facts.registrar, 60), "RDAP"))
    if facts.expires_at:
        notebook.fact(f"the domain is registered until {facts.expires_at:%d %b %Y}")


async def _repository(product: Product, door: LiveDoor, notebook: _Notebook) -> None:
    if not product.repository:
        return
    notebook.tell("Reading the repository: names only, no values")
    answer = await door.ask(RepositorySurvey(product.repository), 1)
    if answer.failure is not None:
        notebook.notice(f"the repository could not be read: {answer.failure.message}")
        return
    facts: RepositorySummary = answer.facts
    host = facts.remote.partition("/")[0]
    names = {"github.com": "GitHub", "gitlab.com": "GitLab", "bitbucket.org": "Bitbucket"}
    if host:
        notebook.sight(Sighting("repository", names.get(host, host), one_line(facts.remote, 100)))
    for name in facts.ci:
        notebook.sight(Sighting("ci", name, "its configuration file"))
    for package in facts.packages:
        notebook.see(vendors.by_package(package), f"package {package}")
    told = {
        "framework": facts.frameworks,
        "migrations in": facts.migrations,
        "processes": facts.processes,
        "environment variables": facts.variables,
    }
    for what, found in told.items():
        if found:
            notebook.fact(f"{what} {one_line(', '.join(found), 300)}")


async def _page(name: str, domain: str, door: LiveDoor, notebook: _Notebook) -> None:
    """The home page of a host: who serves it, what it loads, where it links to.

    At most three redirects are followed.
    """
    url = f"https://{name}/"
    notebook.tell(f"Opening {url}")
    for _ in range(4):
        answer = await door.ask(HttpExchange("GET", url), 1)
        if answer.failure is not None:
            notebook.tell(f"{SEEN}{one_line(url, 120)}: {one_line(answer.failure.message, 120)}")
            return
        facts: HttpResponse = answer.facts
        notebook.see(vendors.by_headers(facts.headers), f"answers of {name}")
        if not (
            facts.location and 300 <= facts.status < 400 and under(urlsplit(facts.location).hostname or "", domain)
        ):
            break
        url = facts.location
    policy = facts.header("content-security-policy")
    hosts = {urlsplit(reference.url).hostname or "" for reference in facts.page.references if reference.role != "link"}
    hosts |= {word.rpartition("//")[2].partition("/")[0].removeprefix("*.") for word in policy.split() if "." in word}
    for host in sorted(hosts - {""}):
        notebook.see(vendors.by_page_host(host.lower()), f"{host} on {name}")
    _links(facts, domain, notebook)


def _links(facts: HttpResponse, domain: str, notebook: _Notebook) -> None:
    """Hosts of the product that a page links to, and routes whose path says what they are."""
    linked: list[str] = []
    for reference in facts.page.references:
        if reference.role not in ("link", "form"):
            continue
        try:
            parts = urlsplit(reference.url)
        except ValueError:
            continue
        host = (parts.hostname or "").lower()
        if parts.scheme != "https" or not under(host, domain) or not is_host_name(host):
            continue
        linked.append(host)
        for pattern, route, kind in _ROUTES:
            if route not in notebook.routes and pattern.search(parts.path):
                plain = f"https://{host}{parts.path}"
                notebook.routes[route] = Route(
                    route, plain, kind, _FAMILIES.get(route, ""), onboarding=route in ("login", "signup")
                )
                notebook.tell(f"{SEEN}route {route}: {one_line(plain, 120)}")
    known = {name for name, _ in notebook.hosts}
    for host in [host for host in dict.fromkeys(linked) if host not in known][:MOST_LINKED_HOSTS]:
        notebook.host(host, "other", "a page links to it")
