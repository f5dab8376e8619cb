"""Vendors by what they reveal (runbooks/data/vendors.toml). Pure but for reading that file once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import msgspec

from launchready_tui.runbook.locate import data_dir


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor in one area of the access map, and the marks by which it is known.

    `provider` is its name as a mail sender.
    """

    name: str
    area: str
    ns: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    cname: tuple[str, ...] = ()
    spf: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    server: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    provider: str = ""


@cache
def vendors() -> tuple[Vendor, ...]:
    """All known vendors, in the order of the file."""
    data = tomllib.loads((data_dir() / "vendors.toml").read_text("utf-8"))
    return tuple(msgspec.convert(item, Vendor) for item in data["vendor"])


def by_name_server(name: str) -> Iterable[Vendor]:
    """Who runs a name server. Some vendors number theirs (`ns-123.awsdns-45.com`), so a part of the name is enough."""
    return (vendor for vendor in vendors() if any(mark in name for mark in vendor.ns))


def by_exchanger(name: str) -> Iterable[Vendor]:
    """Who runs a mail exchanger."""
    return (vendor for vendor in vendors() if _under(name, vendor.mx))


def by_alias(name: str) -> Iterable[Vendor]:
    """Whom a CNAME points to."""
    return (vendor for vendor in vendors() if _under(name, vendor.cname))


def by_spf(name: str) -> Iterable[Vendor]:
    """Whose servers an SPF include lets send."""
    return (vendor for vendor in vendors() if _under(name, vendor.spf))


def by_headers(headers: Iterable[tuple[str, str]]) -> Iterable[Vendor]:
    """Who answered, by the names of headers and the Server header."""
    listed = list(headers)
    names = {name for name, _ in listed}
    server = next((value.lower() for name, value in listed if name == "server"), "")
    return (
        vendor
        for vendor in vendors()
        if names & set(vendor.headers) or any(server.startswith(mark) for mark in vendor.server)
    )


def by_page_host(host: str) -> Iterable[Vendor]:
    """Whose scripts or endpoints a page uses."""
    return (vendor for vendor in vendors() if _under(host, vendor.page))


def by_package(package: str) -> Iterable[Vendor]:
    """Whose library the code depends on."""
    return (vendor for vendor in vendors() if package.lower() in vendor.packages)


def _under(name: str, marks: Iterable[str]) -> bool:
    name = name.lower().rstrip(".")
    return any(name == mark or name.endswith(f".{mark}") for mark in marks)
