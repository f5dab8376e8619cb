"""Engagement files of any size: a product of many hosts and routes, two runs over the whole runbook, and records."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from launchready_tui.checks import load_checks
from launchready_tui.engine.asking import TOOL
from launchready_tui.engine.events import Selection
from launchready_tui.engine.judging import Planned
from launchready_tui.engine.planning import plan
from launchready_tui.engine.session import Session
from launchready_tui.model import codec
from launchready_tui.model.evidence import Evidence, Vantage
from launchready_tui.model.product import Host, Network, Product, Redirect, Route
from launchready_tui.model.profile import write_product
from launchready_tui.model.questions import DnsAnswer, DnsLookup, HttpExchange, HttpResponse, Page, Question, Reference
from launchready_tui.model.records import ClockMark, Ownership, Person
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Source, Verdict
from launchready_tui.runbook.loader import built_in
from launchready_tui.store.file import EngagementFile

NAME = "Grand Bazaar"
DOMAIN = "bazaar.test"
_ROUTES_PER_HOST = 3
_SHARE = 0.45
_PROSE = "The quick consultant looks at every listing, every basket and every invoice before the launch. "


@dataclass(frozen=True, slots=True)
class Made:
    """A file as it was made. `claims` are those of the first stage in the runbook's order."""

    path: Path
    product: str
    claims: tuple[str, ...]
    results: int
    findings: int


def product_of(hosts: int) -> Product:
    """A marketplace with that many web hosts."""
    names = [DOMAIN, f"www.{DOMAIN}", f"app.{DOMAIN}", f"api.{DOMAIN}"]
    names += [f"shop-{number:03}.{DOMAIN}" for number in range(1, max(1, hosts - 3))]
    roles = {DOMAIN: "apex", f"www.{DOMAIN}": "www", f"app.{DOMAIN}": "app", f"api.{DOMAIN}": "api"}
    kinds = ("page", "auth", "api")
    return Product(
        name=NAME,
        domain=DOMAIN,
        hosts=tuple(Host(name, roles.get(name, "other"), ("127.0.0.0/8",)) for name in names),  # type: ignore[arg-type]
        routes=tuple(
            Route(f"{kinds[at % 3]}-{number}-{at}", f"https://{name}/{kinds[at % 3]}/{at}", kinds[at % 3])  # type: ignore[arg-type]
            for number, name in enumerate(names)
            for at in range(_ROUTES_PER_HOST)
        ),
        redirects=tuple(Redirect(f"https://{name}/old", f"https://{name}/page/0") for name in names[::4]),
        network=Network(public=("127.0.0.0/8",)),
    )


def make(path: Path, findings: int) -> Made:
    """Write an engagement file with exactly that many open findings."""
    runbook, registry = built_in(), load_checks()
    hosts, planned = 4, ()  # type: tuple[int, tuple[Planned, ...]]
    while len(planned) * _SHARE < findings:
        hosts += max(1, hosts // 4)
        product = product_of(hosts)
        planned = plan(runbook, registry, product, Selection())
    now = datetime.now(UTC)
    Session.create(path, write_product(product), ".", clock=lambda: now - timedelta(days=3)).close()
    file = EngagementFile(path)
    try:
        for payload in _records():
            file.append_record(payload, now - timedelta(days=2))
        _run(file, planned, now - timedelta(days=1), random.Random(7), findings // 2)
        _run(file, planned, now - timedelta(minutes=20), random.Random(11), findings)
    finally:
        file.close()
    claims = tuple(entry.claim for entry in runbook.stages[0].checks)
    return Made(path, NAME, claims, 2 * len(planned), findings)


def _records() -> Iterator[Any]:
    yield Person("Anna", "founder")
    yield Person("Bram", "backup")
    yield ClockMark("start", stage="S1")
    yield ClockMark("pause", "the prompt of an overrun time box would take the keys")
    for check in ("dns.hosts-resolve", "tls.protocols"):
        yield Ownership(check, "", "Anna", "Tue")


def _run(file: EngagementFile, planned: tuple[Planned, ...], at: datetime, rng: random.Random, problems: int) -> None:
    """One run in which that many results are a problem."""
    run = file.start_run(at, "everything", TOOL)
    bad = set(rng.sample(range(len(planned)), problems))
    evidence: dict[Question[Any], Evidence[Any]] = {}
    results: list[Result] = []
    for number, item in enumerate(planned):
        seen = [evidence.setdefault(question, _answer(question, at, rng)) for question in _questions(item)]
        results.append(_result(item, run.id, at, rng, number in bad, tuple(found.id for found in seen)))
    file.append_results(run.id, evidence.values(), results)
    file.finish_run(run, at + timedelta(seconds=9), "finished")


def _questions(item: Planned) -> tuple[Question[Any], ...]:
    subject = item.subject.name
    if subject.startswith("http"):
        return (HttpExchange("GET", subject),)
    if item.entry.id.startswith("dns"):
        return (DnsLookup(subject, "A"), DnsLookup(subject, "AAAA"))
    return (DnsLookup(subject, "A"), HttpExchange("GET", f"https://{subject}/"))


def _answer(question: Question[Any], at: datetime, rng: random.Random) -> Evidence[Any]:
    facts: DnsAnswer | HttpResponse
    if isinstance(question, DnsLookup):
        facts = DnsAnswer("NOERROR", ("127.0.0.12",) if question.rdtype == "A" else (), 300, server="127.0.0.1:5353")
    else:
        links = tuple(Reference("link", f"https://www.{DOMAIN}/page/{rng.randrange(400)}") for _ in range(30))
        text = f"<!doctype html><title>{NAME}</title>{_PROSE * rng.randrange(10, 60)}"
        headers = (("content-type", "text/html; charset=utf-8"), ("strict-transport-security", "max-age=31536000"))
        facts = HttpResponse(
            200, headers, page=Page(NAME, links), text=text, body_bytes=len(text), address="127.0.0.12"
        )
    seen = Vantage(("127.0.0.1:5353",), "127.0.0.12")
    moment = codec.moment(at)
    later = codec.moment(at + timedelta(milliseconds=rng.randrange(20, 300)))
    return codec.identified(Evidence("", question, 1, facts, None, moment, later, seen, TOOL))


def _result(
    item: Planned, run: int, at: datetime, rng: random.Random, problem: bool, evidence: tuple[str, ...]
) -> Result:
    entry, subject = item.entry, item.subject.name
    verdict, reason, summary = Verdict.PASS, "", f"As it should be: 4 answers agree on {subject}."
    if problem:
        verdict = Verdict.FAIL if rng.random() < 0.7 else Verdict.WARN
        reason = rng.choice(("mismatch", "expires-soon", "unreachable-path"))
        summary = f"{rng.randrange(1, 90)} of 90 days left for {subject}: every visitor will see a warning."
    elif rng.random() < 0.06:
        verdict, reason, summary = Verdict.UNKNOWN, "timeout", f"{subject} did not answer within 20 s."
    return Result(
        check=entry.id,
        subject=subject,
        verdict=verdict,
        severity=entry.severity_of(reason),
        reason=reason,
        summary=summary,
        source=Source.LIVE,
        at=codec.moment(at + timedelta(milliseconds=rng.randrange(100, 9_000))),
        details=tuple(f"{address}: {summary}" for address in ("127.0.0.12", "127.0.0.13")),
        limits=entry.limits,
        evidence=evidence,
        decide_by="Run it again." if verdict is Verdict.UNKNOWN else "",
        duration_ms=float(rng.randrange(5, 400)),
        run=run,
    )
