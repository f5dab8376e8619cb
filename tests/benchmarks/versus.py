"""A passive audit of twelve hosts that are 100 ms away, beside three tools in a row that look at a part of the same.

python -m tests.benchmarks.versus

The three, one after the other, and one host after the other: checkdmarc for the domain; a plain TLS scanner, one
handshake per protocol version and one per cipher suite; a loop that follows redirects by hand. Nothing leaves loopback:
all are given the lab's name server and ports, and the lab has no record that sends checkdmarc to the web.
"""

from __future__ import annotations

import socket
import ssl
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin

import checkdmarc  # type: ignore[import-untyped]
import dns.nameserver
import dns.resolver
import httpx

from launchready_tui.model.product import Product
from launchready_tui.model.profile import nameserver, parse_product
from launchready_tui.probes.connectto import parse_connect_to
from tests.benchmarks.audit import ROUND_TRIP, Audit, audit
from tests.benchmarks.figures import Table, machine, middle
from tests.benchmarks.lab import HOSTS, Lab

AIM = 8.0
SUITES = 30
DEEP = "/some/deep/path?utm_source=letter"
_MOST_HOPS = 10
_TIMEOUT = 5.0
_VERSIONS = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
_QUESTIONS = {
    "DnsLookup": "DNS lookups",
    "HttpExchange": "HTTP exchanges",
    "TlsHandshake": "handshakes",
    "TlsOffer": "offers of a version or a group of suites",
}
_NOT_SENT = frozenset({"NO_CIPHERS_AVAILABLE", "NO_PROTOCOLS_AVAILABLE"})
T = TypeVar("T")


class _CountingServer(dns.nameserver.Do53Nameserver):
    """The lab's name server, and how often it was asked."""

    asked = 0

    def query(self, *words: Any, **more: Any) -> Any:
        """Ask as always."""
        self.asked += 1
        return super().query(*words, **more)


class Place:
    """Where the lab is: what somebody would get from the system's resolver, and ports instead of 443 and 80."""

    def __init__(self, product: Product, folder: Path) -> None:
        server = nameserver(product.network.nameservers[0])
        assert server is not None
        self.server = _CountingServer(*server)
        self.resolver = dns.resolver.Resolver(configure=False)
        self.resolver.nameservers = [self.server]
        self.ports = {rule.port: rule.to_port for rule in parse_connect_to(product.network.connect_to)}
        self.ca = str(folder / product.network.ca_bundle)
        self.domain = product.domain
        self.hosts = tuple(host.name for host in product.hosts if host.role != "mail")

    def address(self, host: str) -> str:
        """One A lookup, not remembered."""
        return str(self.resolver.resolve(host, "A")[0])


def mail(place: Place) -> dict[str, Any]:
    """The first tool. DNSSEC is asked without the resolver, so the name server is said twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: dict[str, Any] = checkdmarc.check_domains(
            [place.domain], nameservers=[place.server], resolver=place.resolver
        )
    return found


@dataclass(slots=True)
class Scan:
    """What the second tool saw: replies to handshakes, hosts by when their certificate ends, seconds by part."""

    replies: Counter[str] = field(default_factory=Counter)
    certificates: dict[str, str] = field(default_factory=dict)
    versions: float = 0.0
    suites: float = 0.0


def suites() -> list[str]:
    """`openssl ciphers ALL` without the suites of TLS 1.3, which the standard library cannot offer one at a time."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    return [suite["name"] for suite in context.get_ciphers() if suite["protocol"] != "TLSv1.3"]


def scan(place: Place) -> Scan:
    """The second tool."""
    done = Scan()
    offered = suites()[:SUITES]
    for host in place.hosts:
        began = time.perf_counter()
        address = place.address(host)
        for version in _VERSIONS:
            context = ssl.create_default_context(cafile=place.ca)
            _only(context, version, "ALL")
            reply, certificate = _shake(context, host, address, place.ports[443])
            done.replies[reply] += 1
            if certificate:
                done.certificates[host] = str(certificate["notAfter"])
        between = time.perf_counter()
        for suite in offered:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            _only(context, ssl.TLSVersion.TLSv1_2, suite)
            reply, _ = _shake(context, host, address, place.ports[443])
            done.replies[reply] += 1
        done.versions += between - began
        done.suites += time.perf_counter() - between
    return done


def _only(context: ssl.SSLContext, version: ssl.TLSVersion, ciphers: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are asked for on purpose
        context.minimum_version = version
        context.maximum_version = version
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")


def _shake(context: ssl.SSLContext, host: str, address: str, port: int) -> tuple[str, dict[str, Any]]:
    """How the host replied, and its certificate where it was verified."""
    try:
        with (
            socket.create_connection((address, port), timeout=_TIMEOUT) as bare,
            context.wrap_socket(bare, server_hostname=host) as tls,
        ):
            return "accepted", dict(tls.getpeercert() or {})
    except ssl.SSLError as problem:
        return "not sent" if problem.reason in _NOT_SENT else "rejected", {}
    except TimeoutError:
        return "without a reply", {}
    except OSError:
        return "rejected", {}


@dataclass(slots=True)
class Walk:
    """What the third tool saw: how many starts ended with which status, and how many requests that took."""

    ends: Counter[int] = field(default_factory=Counter)
    requests: int = 0


def walk(place: Place) -> Walk:
    """The third tool. Connections are kept and names remembered, as a client does by itself."""
    done = Walk()
    known: dict[str, str] = {}
    trust = ssl.create_default_context(cafile=place.ca)
    with httpx.Client(verify=trust, timeout=_TIMEOUT, trust_env=False) as client:
        for host in place.hosts:
            for scheme in ("http", "https"):
                for path in ("/", DEEP):
                    done.ends[_follow(client, place, known, f"{scheme}://{host}{path}", done)] += 1
    return done


def _follow(client: httpx.Client, place: Place, known: dict[str, str], start: str, done: Walk) -> int:
    """The status at the end of the chain."""
    url = httpx.URL(start)
    for _ in range(_MOST_HOPS):
        if url.host not in known:
            known[url.host] = place.address(url.host)
        near = url.copy_with(host=known[url.host], port=place.ports[443 if url.scheme == "https" else 80])
        reply = client.get(near, headers={"Host": url.host}, extensions={"sni_hostname": url.host})
        done.requests += 1
        if not reply.has_redirect_location:
            break
        url = httpx.URL(urljoin(str(url), reply.headers["location"]))
    return reply.status_code


def timed(work: Callable[[Place], T], place: Place) -> tuple[T, float, int]:
    """The result, the seconds, and how many DNS queries were sent."""
    began, asked = time.perf_counter(), place.server.asked
    result = work(place)
    return result, time.perf_counter() - began, place.server.asked - asked


def measure() -> Table:
    """An audit before the row and one after it; one more at the beginning imports the probes and is thrown away."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Lab(folder, ROUND_TRIP) as lab:
            place = Place(parse_product(lab.toml), folder)
            audit(folder / "first.launchready", lab.toml, name)
            audits = [audit(folder / "before.launchready", lab.toml, name)]
            mailed, mail_seconds, mail_queries = timed(mail, place)
            scanned, scan_seconds, _ = timed(scan, place)
            walked, walk_seconds, _ = timed(walk, place)
            audits.append(audit(folder / "after.launchready", lab.toml, name))
    assert len(place.hosts) == HOSTS
    taken = middle([item.seconds for item in audits])
    row = mail_seconds + scan_seconds + walk_seconds
    short = row - scanned.suites
    return Table(
        f"Passive audit of {HOSTS} web hosts beside three tools in a row, {ROUND_TRIP * 1000:.0f} ms a round trip"
        f" ({machine()})",
        (
            ("passive audit", f"{taken:.2f} s", " and ".join(f"{item.seconds:.2f} s" for item in audits)),
            ("  it asked", "", _asked(audits[-1])),
            ("  it said", "", _said(audits[-1])),
            ("three tools in a row", f"{row:.1f} s", "one host after the other"),
            ("  checkdmarc", f"{mail_seconds:.1f} s", f"{place.domain}: {mail_queries} DNS queries; {_valid(mailed)}"),
            ("  TLS scanner", f"{scan_seconds:.1f} s", _seen(scanned)),
            ("    versions", f"{scanned.versions:.1f} s", f"{len(_VERSIONS)} handshakes a host"),
            ("    suites", f"{scanned.suites:.1f} s", f"{SUITES} handshakes a host, of {len(suites())} suites"),
            ("  redirect loop", f"{walk_seconds:.1f} s", _ended(walked)),
            ("without the suites", f"{short:.1f} s", f"{short / taken:.1f} × the audit"),
        ),
        f"aim ≥ {AIM:.0f} ×",
        f"{row / taken:.1f} × as fast",
        row / taken >= AIM,
    )


def _asked(done: Audit) -> str:
    kinds = Counter(type(item.question).__name__ for item in done.conclusion.evidence)
    said = ", ".join(f"{kinds.pop(kind, 0)} {words}" for kind, words in _QUESTIONS.items())
    return f"{said}, {kinds.total()} other questions"


def _said(done: Audit) -> str:
    results = done.conclusion.results
    counts = Counter(result.verdict.value for result in results)
    return f"{len(results)} results: {', '.join(f'{count} {verdict}' for verdict, count in counts.most_common())}"


def _valid(found: dict[str, Any]) -> str:
    return ", ".join(f"{part} {'valid' if found[part]['valid'] else 'invalid'}" for part in ("spf", "dmarc"))


def _seen(done: Scan) -> str:
    replies = ", ".join(f"{count} {reply}" for reply, count in done.replies.most_common())
    return f"{done.replies.total()} handshakes: {replies}; {len(done.certificates)} certificates verified"


def _ended(done: Walk) -> str:
    ends = ", ".join(f"{count} at {status}" for status, count in sorted(done.ends.items()))
    return f"{done.ends.total()} starts, {done.requests} requests; ended {ends}"


if __name__ == "__main__":
    print(measure())
