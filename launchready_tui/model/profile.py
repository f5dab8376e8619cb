"""The product profile as TOML text: parse with file:line errors, and write back without loss (DESIGN.md section 6)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from launchready_tui.model.product import (
    Account,
    Budgets,
    Environment,
    Family,
    Host,
    Mail,
    Network,
    Product,
    Redirect,
    Route,
    Sender,
)
from launchready_tui.model.profilejourneys import journey_blocks, read_journeys
from launchready_tui.model.profileperformance import SECTIONS as PERFORMANCE_SECTIONS
from launchready_tui.model.profileperformance import Performance, performance_blocks, read_performance, unusual
from launchready_tui.model.profilesignals import read_signals, signal_tables
from launchready_tui.model.tomlfile import Path, TomlFile
from launchready_tui.model.tomlwriting import block
from launchready_tui.text import one_line

SECTIONS = [
    "product",
    "host",
    "route",
    "redirect",
    "sender",
    "journey",
    "repository",
    "commands",
    "network",
    "account",
    "providers",
    "budgets",
    "mail",
    "environment",
    "signal",
    *PERFORMANCE_SECTIONS,
]
_FAMILIES: tuple[Family, ...] = ("login", "reset", "signup", "invite", "webhook")
_LABEL = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)$")
_ROLE = re.compile(r"^[a-z][a-z0-9-]{0,30}$")
MOST_PER_SECOND = 50
"""Requests a second that a profile may allow a burst."""

_HINT = "Correct the lines named above; `launchready product show` prints a profile that works."


def parse_product(text: str, name: str = "product.toml", base: str = ".") -> Product:
    """The profile in a TOML text.

    `name` is what errors call the file, `base` the folder of relative paths. Raises `ProfileError`.
    """
    file = TomlFile(name, text)
    file.finish("A profile is a TOML file; its smallest form is [product] with name and domain.")
    file.known(file.data, (), SECTIONS, "the profile")
    if "product" not in file.data:
        file.problem((), "[product] is missing")
    head = file.read(file.table("product"), ("product",), _Head, what="product")
    network = file.read(file.table("network"), ("network",), Network, what="network") or Network()
    hosts = _hosts(file)
    routes = _routes(file)
    redirects = _all(file, "redirect", Redirect, rename={"source": "from", "target": "to"})
    for path, redirect in redirects:
        _check_url(file, (*path, "from"), redirect.source)
        _check_url(file, (*path, "to"), redirect.target)
    senders = _all(file, "sender", Sender)
    repository = (
        file.read(file.table("repository"), ("repository",), _Repository, what="repository")
        if "repository" in file.data
        else None
    )
    commands = _commands(file)
    accounts = _accounts(file)
    roles = {account.role for account in accounts}
    journeys = read_journeys(file, {route.id for _, route in routes}, roles)
    for path, route in routes:
        if route.session and route.session not in roles:
            file.problem((*path, "session"), f'route: no [[account]] has the role "{one_line(route.session, 40)}"')
    providers = _providers(file)
    environment = file.read(file.table("environment"), ("environment",), Environment, what="environment")
    budgets = file.read(file.table("budgets"), ("budgets",), Budgets, what="budgets") or Budgets()
    if not 0 <= budgets.burst_per_second <= MOST_PER_SECOND:
        file.problem(("budgets", "burst_per_second"), f"budgets: burst_per_second must be 0 to {MOST_PER_SECOND}")
    mail = file.read(file.table("mail"), ("mail",), Mail, what="mail") or Mail()
    _check_mail(file, mail)
    signals = read_signals(file)
    speed = read_performance(file, _check_url)
    _check_network(file, network)
    if head is not None and not is_host_name(head.domain.lower().rstrip(".")):
        file.problem(("product", "domain"), f'product: domain: "{one_line(head.domain, 80)}" is not a domain name')
    file.finish(_HINT)
    assert head is not None
    domain = head.domain.lower().rstrip(".")
    return Product(
        name=head.name,
        domain=domain,
        hosts=tuple(host for _, host in hosts) or (Host(domain, "apex"),),
        routes=tuple(route for _, route in routes),
        redirects=tuple(redirect for _, redirect in redirects),
        senders=tuple(sender for _, sender in senders),
        journeys=journeys,
        repository=repository.path if repository else "",
        commands=commands,
        network=network,
        accounts=accounts,
        providers=providers,
        budgets=budgets,
        environment=environment or Environment(),
        mail=mail,
        signals=signals,
        pools=speed.pools,
        load=speed.load,
        database=speed.database,
        logs=speed.logs,
        queues=speed.queues,
        server=speed.server,
        dependencies=speed.dependencies,
        freshness=speed.freshness,
        base=base,
    )


def is_host_name(name: str) -> bool:
    """Whether a name can be looked up: labels of 1 to 63 letters, digits, dashes (RFC 1123 section 2.1), 253 in all, or
    an IDN.
    """
    try:
        ascii_name = name.encode("idna").decode() if not name.isascii() else name
    except UnicodeError:
        return False
    return 0 < len(ascii_name) <= 253 and all(_LABEL.match(label) for label in ascii_name.split("."))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Head:
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class _Repository:
    path: str


def _all(file: TomlFile, key: str, spec: type[Any], rename: Mapping[str, str] | None = None) -> list[tuple[Path, Any]]:
    found = [(path, file.read(table, path, spec, what=key, rename=rename)) for path, table in file.tables(key)]
    return [(path, item) for path, item in found if item is not None]


def _hosts(file: TomlFile) -> list[tuple[Path, Host]]:
    hosts: list[tuple[Path, Host]] = []
    for path, host in _all(file, "host", Host):
        name = host.name.lower().rstrip(".")
        if not (_is_address(name) or is_host_name(name)):
            file.problem(
                (*path, "name"), f'host: name: "{one_line(host.name, 80)}" is neither a host name nor an IP address'
            )
        if any(name == other.name for _, other in hosts):
            file.problem((*path, "name"), f'host: "{name}" is declared twice')
        for address in host.origin:
            if not _is_address(address):
                file.problem((*path, "origin"), f'host: origin: "{one_line(address, 60)}" is no IP address')
        hosts.append((path, replace(host, name=name)))
    return hosts


def _routes(file: TomlFile) -> list[tuple[Path, Route]]:
    routes: list[tuple[Path, Route]] = []
    for path, route in _all(file, "route", Route):
        _check_url(file, (*path, "url"), route.url)
        if any(route.id == other.id for _, other in routes):
            file.problem((*path, "id"), f'route: the id "{one_line(route.id, 60)}" is used twice')
        for status in route.expect_status:
            if not 100 <= status <= 599:
                file.problem((*path, "expect_status"), f"route: expect_status: {status} is no HTTP status")
        family = route.family or next(
            (name for name in _FAMILIES if name == route.id), "webhook" if route.kind == "webhook" else ""
        )
        routes.append((path, replace(route, family=family)))
    return routes


def _commands(file: TomlFile) -> dict[str, tuple[str, ...]]:
    commands: dict[str, tuple[str, ...]] = {}
    for key, value in file.table("commands").items():
        if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
            commands[key] = tuple(value)
        else:
            file.problem(
                ("commands", key),
                f'commands: {one_line(key, 60)} must be a list of words, such as ["npm", "run", "build"]',
            )
    return commands


def _accounts(file: TomlFile) -> tuple[Account, ...]:
    accounts: list[Account] = []
    for path, account in _all(file, "account", Account):
        if not _ROLE.match(account.role):
            file.problem(
                (*path, "role"), f'account: role: "{one_line(account.role, 40)}" must be a word such as "buyer"'
            )
        if any(account.role == other.role for other in accounts):
            file.problem((*path, "role"), f'account: the role "{one_line(account.role, 40)}" is used twice')
        for url in account.objects:
            _check_url(file, (*path, "objects"), url)
        accounts.append(account)
    return tuple(accounts)


def _providers(file: TomlFile) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, url in file.table("providers").items():
        if isinstance(url, str):
            _check_url(file, ("providers", name), url)
            found[name] = url
        else:
            file.problem(("providers", name), f"providers: {one_line(name, 40)} must be the base URL of its API")
    return found


def _check_url(file: TomlFile, path: Path, url: str) -> None:
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and port_is_number
        good = good and (_is_address(parts.hostname or "") or is_host_name((parts.hostname or "").rstrip(".")))
    except ValueError:
        good = False
    if not good or any(ord(character) < 33 for character in url):
        file.problem(path, f'{path[-1]}: "{one_line(url, 120)}" is no http or https URL')


def _check_mail(file: TomlFile, mail: Mail) -> None:
    for key, paths in (("messages", mail.messages), ("reports", mail.reports)):
        for path in paths:
            if not path.strip() or "\0" in path:
                file.problem(("mail", key), f'mail: {key}: "{one_line(path, 60)}" is no path of a file')
    if mail.authserv_id and re.search(r"[\s;=]", mail.authserv_id):
        file.problem(
            ("mail", "authserv_id"),
            f'mail: authserv_id: "{one_line(mail.authserv_id, 60)}" is no name such as "mx.google.com"',
        )


def _check_network(file: TomlFile, network: Network) -> None:
    for server in network.nameservers:
        if nameserver(server) is None:
            file.problem(
                ("network", "nameservers"),
                f'network: nameservers: "{one_line(server, 60)}" is not ADDRESS or ADDRESS:PORT',
            )
    for rule in network.connect_to:
        if len(re.sub(r"\[[^\]]*\]", "", rule).split(":")) != 4:
            file.problem(
                ("network", "connect_to"), f'network: connect_to: "{one_line(rule, 60)}" is not HOST1:PORT1:HOST2:PORT2'
            )
    groups = {"public": network.public, **{f"ranges.{name}": values for name, values in network.ranges.items()}}
    for key, cidrs in groups.items():
        for cidr in cidrs:
            try:
                ipaddress.ip_network(cidr, strict=False)
            except ValueError:
                file.problem(
                    ("network", *key.split(".")),
                    f'network: {key}: "{one_line(cidr, 60)}" is no network such as 192.0.2.0/24',
                )
    if network.rdap:
        _check_url(file, ("network", "rdap"), network.rdap)


def nameserver(text: str) -> tuple[str, int] | None:
    """Address and port of `ADDRESS`, `ADDRESS:PORT` or `[V6]:PORT` (53 if none is given); None if it is neither."""
    host, _, port = (
        text.rpartition(":") if text.count(":") == 1 or (text.startswith("[") and "]:" in text) else (text, "", "53")
    )
    if not port.isdigit() or not 0 < int(port) < 65_536:
        return None
    try:
        return str(ipaddress.ip_address(host.strip("[]"))), int(port)
    except ValueError:
        return None


# --- writing ----------------------------------------------------------------------------------------------------------


def write_product(product: Product) -> str:
    """The profile as TOML; `parse_product` of it gives an equal product (but for `base`)."""
    blocks = [block("[product]", {"name": product.name, "domain": product.domain})]
    blocks += [
        block("[[host]]", {"name": h.name, "role": h.role, "expect": h.expect, "origin": h.origin})
        for h in product.hosts
    ]
    for route in product.routes:
        values: dict[str, Any] = {"id": route.id, "url": route.url, "kind": route.kind, "family": route.family}
        values |= {"core": route.core, "onboarding": route.onboarding}
        values |= {name: value for name, value in unusual(route).items() if name not in values}
        blocks.append(block("[[route]]", values))
    blocks += [block("[[redirect]]", {"from": r.source, "to": r.target}) for r in product.redirects]
    blocks += [
        block("[[sender]]", {"domain": s.domain, "provider": s.provider, "selectors": s.selectors})
        for s in product.senders
    ]
    blocks += journey_blocks(product.journeys)
    if product.repository:
        blocks.append(block("[repository]", {"path": product.repository}))
    if product.commands:
        blocks.append(block("[commands]", dict(product.commands)))
    network = product.network
    if network != Network():
        names = ("nameservers", "ca_bundle", "connect_to", "public", "rdap")
        blocks.append(block("[network]", {name: getattr(network, name) for name in names}))
        if network.ranges:
            blocks.append(block("[network.ranges]", dict(network.ranges)))
    blocks += [
        block("[[account]]", {"role": a.role, "username": a.username, "objects": a.objects}) for a in product.accounts
    ]
    if product.providers:
        blocks.append(block("[providers]", dict(product.providers)))
    mail = product.mail
    if mail != Mail():
        values = {"messages": mail.messages, "reports": mail.reports, "authserv_id": mail.authserv_id}
        blocks.append(block("[mail]", values))
    if product.environment != Environment():
        blocks.append(block("[environment]", {"production_names": product.environment.production_names}))
    if product.budgets != Budgets():
        blocks.append(block("[budgets]", unusual(product.budgets)))
    blocks += performance_blocks(
        Performance(
            product.pools,
            product.load,
            product.database,
            product.logs,
            product.queues,
            product.server,
            product.dependencies,
            product.freshness,
        )
    )
    blocks += [block("[[signal]]", table) for table in signal_tables(product)]
    return "\n".join(blocks)


__all__ = ["is_host_name", "nameserver", "parse_product", "write_product"]
