"""The marketplace as a value: records, certificates, sites and pages.

Servers answer from the newest world they are given. A fault is an edit of a world (`launchready_tui.practice.faults`),
so a repair is the same world made anew without that edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

from launchready_tui.practice.shop.settings import ShopSettings

Headers = tuple[tuple[str, str], ...]
KeyKind = Literal["ec-256", "rsa-2048", "rsa-1024"]
Issuer = Literal["practice", "itself", "stranger"]
Missing = Literal["not-found", "shell", "crash"]

LIFETIME = timedelta(days=90)
"""The validity of every certificate, as public CAs issue them."""

COMPRESSED = frozenset(
    {
        "text/html",
        "text/plain",
        "text/css",
        "text/javascript",
        "application/json",
        "application/xml",
        "image/svg+xml",
    }
)
"""The media types of text."""

YEAR = 31_536_000
"""Seconds of a year, the age that HSTS should have."""


@dataclass(frozen=True, slots=True)
class Record:
    """The records of one type under one name, in presentation form."""

    name: str
    rdtype: str
    values: tuple[str, ...]
    ttl: int = 300

    @property
    def key(self) -> tuple[str, str]:
        """Name and type."""
        return (self.name, self.rdtype)


@dataclass(frozen=True, slots=True)
class Leaf:
    """How a site's certificate is made. `name` is the host it is for ('' its own), `remaining` may be negative."""

    name: str = ""
    remaining: timedelta = timedelta(days=75)
    key: KeyKind = "ec-256"
    sha1: bool = False
    issuer: Issuer = "practice"
    with_intermediate: bool = True


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """The oldest and newest protocol version of a site, and its suites in OpenSSL's words ('' only good ones)."""

    oldest: Literal["TLSv1", "TLSv1_2"] = "TLSv1_2"
    newest: Literal["TLSv1_2", "TLSv1_3"] = "TLSv1_3"
    ciphers: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Sends the visitor on. `to` is a URL; path and query of the request are appended where they are kept."""

    to: str
    status: int = 301
    keep_path: bool = False
    keep_query: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """A page made from a template. `head` and `foot` are raw HTML; `obeys_next` says which `?next=` it forwards to."""

    template: str
    title: str
    data: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    headers: Headers = ()
    obeys_next: Literal["none", "own", "any"] = "none"


@dataclass(frozen=True, slots=True)
class Reply:
    """A response as it goes over the wire."""

    status: int
    body: str | bytes = ""
    media_type: str = "text/html; charset=utf-8"
    headers: Headers = ()


Resource = Page | Reply | Redirect


@dataclass(frozen=True, slots=True)
class Throttle:
    """A brake before one path: after `limit` POST requests in a row everybody waits for `seconds`."""

    host: str
    path: str
    limit: int = 5
    seconds: int = 2


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registry says of the marketplace's own domain. `days` are what is left."""

    days: int = 300
    locked: bool = True


@dataclass(frozen=True, slots=True)
class EdgeZone:
    """The Cloudflare zone as its API shows it. `rules` are those of each phase, `unproxied` hosts without the edge."""

    settings: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    unproxied: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Site:
    """What one host name serves.

    `resources` are keyed by path, or by `POST /path`. `forward` sends every https request on. `upgrades` says that
    plain http is sent to https; without it the site answers http as it answers https. `missing` is what happens for
    unknown paths. `leaves_out` are protective headers that it does not send, `reflects` paths that any origin may read.
    """

    host: str
    address: str
    leaf: Leaf = Leaf()
    tls: TlsPolicy = TlsPolicy()
    resources: Mapping[str, Resource] = field(default_factory=dict)
    upgrades: bool = True
    upgrade_status: int = 301
    upgrade_keeps_path: bool = True
    forward: Redirect | None = None
    missing: Missing = "not-found"
    hsts: int | None = YEAR
    leaves_out: tuple[str, ...] = ()
    reflects: tuple[str, ...] = ()

    @property
    def certified_name(self) -> str:
        """The host name in the site's certificate."""
        return self.leaf.name or self.host


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the marketplace's repository: the new texts of files by path, None for a file that it deletes."""

    message: str
    changes: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class World:
    """Everything that the servers know. `broken_names` answer SERVFAIL; `registered` are domains that RDAP knows.

    `files` are what the founder saved beside the profile, by their relative path. `commits` are the history of the
    repository, `untracked` lies in its folder besides. `shop` is how the application behind the pages is built, and
    `compressed` are the media types that the web server compresses, `unvaried` the hosts on which it does not say in
    Vary that it does.
    """

    domain: str
    records: Mapping[tuple[str, str], Record]
    sites: Mapping[str, Site]
    broken_names: frozenset[str] = frozenset()
    registered: frozenset[str] = frozenset()
    registration: Registration = Registration()
    throttles: tuple[Throttle, ...] = ()
    edge: EdgeZone = EdgeZone()
    transfers: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    commits: tuple[Commit, ...] = ()
    untracked: Mapping[str, str] = field(default_factory=dict)
    shop: ShopSettings = field(default_factory=ShopSettings)
    compressed: frozenset[str] = COMPRESSED
    unvaried: frozenset[str] = frozenset()

    def with_records(self, *records: Record) -> World:
        """The world in which these records replace those of the same name and type."""
        return replace(self, records={**self.records, **{record.key: record for record in records}})

    def without_records(self, name: str, *rdtypes: str) -> World:
        """The world without the records of a name; only those of some types, if any are given."""
        kept = {
            key: record for key, record in self.records.items() if key[0] != name or (rdtypes and key[1] not in rdtypes)
        }
        return replace(self, records=kept)

    def with_broken_name(self, name: str) -> World:
        """The world in which a name answers SERVFAIL."""
        return replace(self, broken_names=self.broken_names | {name})

    def with_file(self, path: str, text: str) -> World:
        """The world in which a saved file has another content."""
        return replace(self, files={**self.files, path: text})

    def with_commits(self, *commits: Commit) -> World:
        """The world with more commits at the end of the repository's history."""
        return replace(self, commits=(*self.commits, *commits))

    def with_untracked(self, path: str, text: str) -> World:
        """The world with a file in the repository's folder that git does not know."""
        return replace(self, untracked={**self.untracked, path: text})

    def with_site(self, host: str, **changes: Any) -> World:
        """The world in which a site has other settings."""
        return replace(self, sites={**self.sites, host: replace(self.sites[host], **changes)})

    def with_resource(self, host: str, path: str, resource: Resource) -> World:
        """The world in which a site serves something else under a path."""
        return self.with_site(host, resources={**self.sites[host].resources, path: resource})

    def with_page(self, host: str, path: str, **changes: Any) -> World:
        """The world in which a page is changed. `head` and `foot` are added to what is there."""
        page = self.sites[host].resources[path]
        if not isinstance(page, Page):
            raise TypeError(f"{host}{path} is no page")
        for part in ("head", "foot"):
            if part in changes:
                changes[part] = (*getattr(page, part), *changes[part])
        return self.with_resource(host, path, replace(page, **changes))

    def without_throttle(self, host: str, path: str) -> World:
        """The world in which nothing brakes requests to a path."""
        kept = tuple(item for item in self.throttles if (item.host, item.path) != (host, path))
        return replace(self, throttles=kept)

    def with_shop(self, **changes: Any) -> World:
        """The world in which the shop's application is built otherwise."""
        return replace(self, shop=replace(self.shop, **changes))

    def with_edge(self, **changes: Any) -> World:
        """The world in which the edge is set otherwise."""
        return replace(self, edge=replace(self.edge, **changes))

    def addresses(self) -> tuple[str, ...]:
        """Every loopback address that the servers have to listen on, in order."""
        return tuple(dict.fromkeys(site.address for site in self.sites.values()))
