"""A fixed engagement to write documents about: built-in runbook, made-up results and records, no clock and no file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from launchready_tui.checks.registry import Check
from launchready_tui.checks.subjects import subjects
from launchready_tui.engine.findings import Findings
from launchready_tui.engine.gate import compute_gate
from launchready_tui.engine.standing import board
from launchready_tui.model.board import Snapshot
from launchready_tui.model.codec import identified
from launchready_tui.model.evidence import Evidence, Failure, Vantage
from launchready_tui.model.journal import fold
from launchready_tui.model.profile import parse_product
from launchready_tui.model.questions import DnsAnswer, DnsLookup, HttpExchange
from launchready_tui.model.records import (
    Attestation,
    Authorization,
    ClockMark,
    Decision,
    Drill,
    DrillStep,
    Grant,
    Note,
    Ownership,
    Payload,
    Person,
    ProductText,
    Record,
    SignOff,
    System,
    Waiver,
)
from launchready_tui.model.results import Result, Run
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.runbook.loader import built_in

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SEEN = NOW - timedelta(hours=1)
DAY = timedelta(days=1)

TOML = """
[product]
name = "Acme Market"
domain = "acme.test"

[[host]]
name = "acme.test"
role = "apex"
expect = ["127.0.0.10"]

[[host]]
name = "app.acme.test"
role = "app"
expect = ["cloudflare"]

[[route]]
id = "signup"
url = "https://app.acme.test/signup"
kind = "auth"
onboarding = true

[[sender]]
domain = "acme.test"
provider = "postmark"
selectors = ["pm"]

[commands]
build = ["npm", "run", "build"]
rollback = ["fly", "releases", "rollback", "the last one"]
"""


HOSTS, DOMAIN = (
    ("tls.certificate-lifetime", "tls.hsts", "dns.hosts-resolve", "dns.caa"),
    ("dns.soa-sanity", "dns.wildcard"),
)
ROUTES = ("routes.onboarding-crawl", "redirects.loop", "tls.mixed-content")


async def _nobody(*_: Any) -> Any:
    raise AssertionError("documents run no check")


REGISTRY = {
    check: Check(check, over, _nobody)
    for over, checks in (("hosts", HOSTS), ("domain", DOMAIN), ("routes", ROUTES))
    for check in checks
}
"""The checks that were run in this world; every other one waits for a run or a person."""


def evidence_for(index: int, text: str = "") -> Evidence[Any]:
    """A piece of evidence; a text goes to where the outside could put one."""
    at = SEEN + timedelta(seconds=index)
    vantage = Vantage(resolvers=("127.0.0.1:53",), address="127.0.0.10")
    if index % 2:
        question: Any = HttpExchange("GET", f"https://app.acme.test/{index}?q={text}")
        answer: Any = None
        failure = Failure("timeout", text or "nobody answers")
    else:
        question, answer, failure = (
            DnsLookup(f"h{index}.acme.test", "A"),
            DnsAnswer("NOERROR", (text or "127.0.0.10",)),
            None,
        )
    return identified(Evidence("", question, 1, answer, failure, at, at, vantage, "launchready 0.1.0"))


def results(text: str = "") -> tuple[tuple[Result, ...], tuple[Evidence[Any], ...]]:
    """A live result for every check of the registry and each subject, with every verdict among them."""
    product = parse_product(TOML)
    found: list[Result] = []
    evidence: list[Evidence[Any]] = []
    kinds = (Verdict.FAIL, Verdict.PASS, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)
    for entry in built_in().entries:
        if entry.id not in REGISTRY:
            continue
        for subject in subjects(REGISTRY[entry.id].over, product):
            index = len(found)
            item = evidence_for(index, text)
            evidence.append(item)
            found.append(
                Result(
                    entry.id,
                    subject.name,
                    kinds[index % len(kinds)],
                    entry.severity,
                    "broken",
                    f"seen number {index} {text}".strip(),
                    Source.LIVE,
                    item.finished_at,
                    evidence=(item.id,),
                    decide_by=f"look closer {text}".strip(),
                    run=1,
                )
            )
    return tuple(found), tuple(evidence)


def payloads(text: str = "") -> tuple[Payload, ...]:
    """Records of every kind; a text goes into every field that a person types."""
    rollback, alert = "rollback.drill", "alerts.drill"

    def answer(check: str, holds: bool = True, until: datetime = NOW + 10 * DAY) -> Attestation:
        entry = built_in().entry(check)
        assert entry is not None
        return Attestation(
            check,
            "",
            entry.statement,
            holds,
            f"Maya {text}".strip(),
            f"Iris {text}",
            "cli-output",
            f"note {text}",
            until,
            f"a.log {text}",
            "ab" * 32,
        )

    return (
        ProductText(TOML, "/home/maya/secret-folder"),
        Person("Maya", "founder", f"maya@acme.test {text}"),
        Person("Iris", "consultant"),
        ClockMark("start", stage="S1"),
        System("dns", f"Cloudflare {text}", f"shared vault Larch {text}", "yearly", f"Full (strict) {text}"),
        Grant("dns", "Maya", "owner", True, True, NOW - DAY),
        Grant("registrar", "Iris", "owner"),
        answer("edge.proxy"),
        answer("mail.spf", holds=False),
        answer("mail.dkim", until=NOW - DAY),
        Drill(
            rollback,
            "Maya",
            "Iris",
            401,
            True,
            (DrillStep(f"bad release {text}", 0), DrillStep("green", 401)),
            text,
            NOW + DAY,
        ),
        Drill(alert, "Maya", "Iris", 1130, False, (), text, NOW + DAY),
        Decision(f"Names {text}", (f"a {text}", "b"), f"a {text}", f"known {text}", "Maya"),
        Decision("Names", ("a", "b"), "b", "free after all", "Maya", 13),
        Decision("Kubernetes", (), "after launch", "two machines are enough", "Maya", 0, "N3"),
        Note("", "", f"Launch is on Tuesday.\n{text}", "Iris"),
        Note(rollback, "", f"Migrations stay. {text}", "Maya"),
        Ownership("dns.hosts-resolve", "", f"Maya {text}".strip(), f"Tuesday {text}".strip()),
        Authorization("*", ("active",), f"Maya {text}".strip(), f"DNS record {text}", NOW + 3 * DAY),
        Waiver(
            "dns.hosts-resolve",
            "acme.test",
            "broken",
            f"Maya {text}".strip(),
            f"closes next week {text}",
            f"blocked {text}",
            NOW + DAY,
        ),
        SignOff("Iris", "consultant", "NO-GO", "cafe" * 16),
    )


def records(said: Iterable[Payload]) -> tuple[Record, ...]:
    """The payloads as a journal, a minute apart."""
    start = SEEN + timedelta(minutes=5)
    return tuple(Record(n, start + timedelta(minutes=n), item, f"{n:064x}") for n, item in enumerate(said, 1))


def snapshot(found: Sequence[Result] = (), said: Sequence[Payload] = (), now: datetime = NOW) -> Snapshot:
    """The board, findings and gate of results and records, as the session would make them."""
    journal = records(said)
    state = fold(journal)
    product = parse_product(TOML)
    findings = Findings()
    findings.add(found)
    standing = findings.standing(state.waivers, now)
    rows = board(built_in(), REGISTRY, product, state, findings.latest.values(), standing, now)
    return Snapshot(
        path="/tmp/acme.launchready",
        now=now,
        product=product,
        runbook=built_in(),
        state=state,
        records=journal,
        runs=(Run(1, SEEN, SEEN + timedelta(minutes=1), "finished", "all", "launchready 0.1.0"),) if found else (),
        board=rows,
        findings=standing,
        gate=compute_gate(built_in(), rows, state),
        head=journal[-1].hash if journal else "",
    )


def world(text: str = "") -> tuple[Snapshot, tuple[Evidence[Any], ...]]:
    """The whole fixed engagement; a text is put wherever the outside or a person could put one."""
    found, evidence = results(text)
    return snapshot(found, payloads(text)), evidence


def crowded(count: int) -> Snapshot:
    """The fixed engagement with that many failing rows."""
    base, _ = world()
    failing = next(row for row in base.board if row.verdict is Verdict.FAIL and row.owner is None)
    entries = [entry for entry in base.runbook.entries if entry.kind is Kind.LIVE]
    rows = tuple(
        replace(
            failing,
            entry=entries[n % len(entries)],
            result=replace(
                failing.result,
                check=entries[n % len(entries)].id,
                subject=f"https://app.acme.test/checkout/{n}" if n % 3 else f"h{n}.acme.test",
                severity=list(Severity)[n % 3],
                evidence=(f"{n:016x}",),
            ),
        )
        for n in range(count)
    )
    state = base.state
    return replace(base, board=rows, gate=compute_gate(base.runbook, rows, state))
