"""Answers `RdapDomain` (RFC 9082, RFC 9083) through `[network] rdap` or the bootstrap service rdap.org."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urljoin

from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Network
from launchready_tui.model.questions import Question, RdapDomain, Registration
from launchready_tui.probes.http import read_url
from launchready_tui.probes.httpfetch import Fetched, Fetcher, Order
from launchready_tui.probes.outcome import Outcome, failure
from launchready_tui.text import one_line

BOOTSTRAP = "https://rdap.org/"
MAX_BYTES = 1024 * 1024
MAX_REDIRECTS = 3
MAX_STATUSES = 30


class RdapProbe:
    """Asks the registry of a domain. `fetcher` is shared with the HTTP probe, which closes it."""

    def __init__(self, network: Network, fetcher: Fetcher) -> None:
        self._base = network.rdap or ("" if network.nameservers else BOOTSTRAP)
        self._bootstrap = not network.rdap
        self._fetcher = fetcher

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer an `RdapDomain`."""
        assert isinstance(question, RdapDomain)
        if not self._base:
            return failure("no-rdap", "the profile names its own name servers but no RDAP service ([network] rdap)")
        url = urljoin(self._base.rstrip("/") + "/", f"domain/{quote(question.domain.lower(), safe='.')}")
        for hop in range(MAX_REDIRECTS + 1):
            target = read_url(url)
            if isinstance(target, Failure):
                return Outcome(failure=target)
            accept = (("accept", "application/rdap+json, application/json"),)
            got = await self._fetcher.fetch(Order("GET", target, accept, max_bytes=MAX_BYTES), ask)
            if isinstance(got, Failure):
                return Outcome(failure=got)
            location = got.response.headers.get("location", "")
            if not (got.response.is_redirect and location):
                return self._read(question.domain, got, redirected=hop > 0)
            try:
                url = urljoin(url, location)
            except ValueError:
                break
        return failure("malformed", f"RDAP for {question.domain} redirects without end", fault=Fault.TARGET)

    async def aclose(self) -> None:
        """Nothing of its own is held open."""

    def _read(self, domain: str, got: Fetched, *, redirected: bool) -> Outcome:
        vantage = Vantage(address=got.target.address)
        status = got.response.status_code
        if status == 404 and self._bootstrap and not redirected:
            # rdap.org itself knows no registry for this domain; only a registry can say that it is not registered.
            return failure("no-rdap", f"no registry with RDAP is known for {domain}", vantage=vantage)
        if status == 404:
            return Outcome(Registration(registered=False), vantage=vantage)
        if status == 429:
            return failure("rate-limited", "the RDAP service asks to come back later (429)", vantage=vantage)
        if status != 200:
            return failure("malformed", f"RDAP for {domain} answered with status {status}", vantage=vantage)
        if got.cut:
            return failure("too-large", f"RDAP for {domain} answered more than {MAX_BYTES:,} bytes", vantage=vantage)
        try:
            found = read_registration(json.loads(got.body))
        except (ValueError, RecursionError):
            return failure("malformed", f"RDAP for {domain} did not answer with JSON", vantage=vantage)
        return Outcome(found, vantage=vantage)


def read_registration(document: object) -> Registration:
    """Pure: the facts of an RDAP domain object; what is missing or of a wrong type is left out.

    Raises `ValueError` for what is no domain object at all.
    """
    if not isinstance(document, dict) or document.get("objectClassName", "domain") != "domain":
        raise ValueError("no RDAP domain object")
    statuses = (item for item in _list(document, "status") if isinstance(item, str))
    return Registration(
        registered=True,
        expires_at=_expiration(document),
        statuses=tuple(one_line(item.lower(), 80) for item in statuses)[:MAX_STATUSES],
        registrar=next(_registrars(document), ""),
    )


def _expiration(document: dict[str, Any]) -> datetime | None:
    for event in _dicts(document, "events"):
        date = event.get("eventDate")
        if event.get("eventAction") == "expiration" and isinstance(date, str):
            try:
                when = datetime.fromisoformat(date.strip())
                return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
    return None


def _registrars(document: dict[str, Any]) -> Iterator[str]:
    """The formatted names (jCard `fn`, RFC 7095) of entities with the role registrar."""
    for entity in _dicts(document, "entities"):
        if "registrar" not in _list(entity, "roles"):
            continue
        for properties in _list(entity, "vcardArray")[1:2]:
            for item in properties if isinstance(properties, list) else ():
                if isinstance(item, list) and len(item) > 3 and item[0] == "fn" and isinstance(item[3], str):
                    yield one_line(item[3], 120)


def _list(document: dict[str, Any], key: str) -> list[Any]:
    found = document.get(key)
    return found if isinstance(found, list) else []


def _dicts(document: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    return (item for item in _list(document, key) if isinstance(item, dict))
