"""A small runbook of its own for the tests of the screens: it does not move when the real one does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from launchready_tui.checks.registry import Check
from launchready_tui.model.runbook import Bar, Deliverable, Entry, Kind, Runbook, Signal, Stage
from launchready_tui.model.verdicts import Consent, Severity

WHY = "Every second visitor lands on the old machine. Orders split over two databases, and it looks like bad luck."
HAND = "Ask two resolvers, then the zone itself:\n\n```\ndig +noall +answer A {host}\n```\n\nBoth must say the same."
FIX = "Choose one answer and write it down. Then change the record of `{subject}`, and verify with `dig +short {host}`."

# id, kind or what it is over, group, severity, minutes, claim
TABLE: dict[str, list[tuple[str, str, str, str, int, str]]] = {
    "S1": [
        (
            "dns.registry-delegation",
            "attest",
            "DNS",
            "high",
            20,
            "The registry and the zone name the same name servers",
        ),
        ("dns.authorities-agree", "attest", "DNS", "high", 20, "All name servers give the same answers"),
        ("dns.hosts-resolve", "named-hosts", "DNS", "blocker", 15, "Every host resolves everywhere"),
        ("dns.intended-target", "named-hosts", "DNS", "blocker", 15, "Every host points where it is meant to"),
        ("dns.no-staging", "named-hosts", "DNS", "high", 10, "No DNS record leads to staging"),
        ("dns.dangling", "named-hosts", "DNS", "blocker", 30, "No host can be taken over by a stranger"),
        ("dns.wildcard", "domain", "DNS", "medium", 10, "Only names that you made exist"),
        ("dns.dnssec", "attest", "DNS", "medium", 30, "DNSSEC is either sound or absent"),
        ("dns.caa", "domain", "DNS", "high", 10, "The certificate authority in use may renew"),
        ("dns.ttl", "named-hosts", "DNS", "medium", 10, "A DNS change takes effect within the hour"),
        (
            "redirects.canonical",
            "web-hosts",
            "Redirects and routes",
            "blocker",
            30,
            "Every way of typing the address ends at one host",
        ),
        (
            "redirects.path-kept",
            "web-hosts",
            "Redirects and routes",
            "high",
            20,
            "Redirects keep the path and the query",
        ),
        (
            "redirects.promised",
            "redirects",
            "Redirects and routes",
            "high",
            20,
            "Promised redirects arrive where they should",
        ),
        (
            "redirects.old-links",
            "attest",
            "Redirects and routes",
            "medium",
            20,
            "Old marketing links still find their page",
        ),
        (
            "redirects.machine-endpoints",
            "active",
            "Redirects and routes",
            "high",
            15,
            "Machines reach their endpoints without a detour",
        ),
        (
            "tls.verified-handshake",
            "web-hosts",
            "TLS",
            "blocker",
            20,
            "Every address shows a certificate that all accept",
        ),
        ("tls.certificate-lifetime", "web-hosts", "TLS", "blocker", 10, "The certificate outlives the launch"),
        ("tls.versions", "web-hosts", "TLS", "medium", 20, "Only TLS 1.2 and 1.3 are spoken"),
        ("tls.hsts", "web-hosts", "TLS", "high", 10, "Browsers are told to stay on HTTPS"),
        (
            "secrets.repository",
            "attest",
            "Environment and secrets",
            "blocker",
            30,
            "No secret lies in the repository or its history",
        ),
        ("secrets.env", "attest", "Environment and secrets", "high", 15, "Production has settings of its own"),
    ],
    "S2": [
        ("build.clean", "attest", "Build", "blocker", 30, "A clean checkout builds"),
        ("rollback.drill", "drill", "Rollback", "blocker", 20, "A bad release is taken back in fifteen minutes"),
        ("backup.restore", "drill", "Backup", "blocker", 60, "A backup was restored and opened"),
        ("people.second-deployer", "attest", "People", "high", 30, "A second person has deployed alone"),
    ],
    "S3": [
        ("edge.proxy", "attest", "Edge", "blocker", 30, "The edge stands before every host"),
        ("mail.spf", "attest", "Mail", "high", 15, "SPF names everybody who sends"),
        ("limits.login", "attest", "Rate limits", "high", 20, "Login cannot be tried for ever"),
    ],
    "S4": [("queries.slow", "attest", "Database", "high", 30, "No slow query lies on the way to checkout")],
    "S5": [
        ("alerts.arrive", "drill", "Alerts", "blocker", 15, "An alert reaches a person in five minutes"),
        ("logs.import", "import", "Logs", "medium", 15, "The access log was read"),
    ],
    "S6": [("load.bottleneck", "attest", "Reading the result", "high", 60, "The first bottleneck is known")],
    "S7": [
        ("access.registrar", "attest", "Who holds the keys", "blocker", 20, "The founder can enter the registrar"),
        ("go.sign-off", "attest", "Go or no-go", "blocker", 10, "Both have signed"),
    ],
}

TITLES = {
    "S1": ("quick-audit", "Quick audit", 120),
    "S2": ("deployment-path", "Stabilize the deployment path", 480),
    "S3": ("edge-and-identity", "Secure the edge and identity layer", 600),
    "S4": ("bottlenecks", "Remove the obvious bottlenecks", 480),
    "S5": ("observability", "Observability that founders can act on", 360),
    "S6": ("load-test", "Load test the customer paths", 360),
    "S7": ("handover", "Production handover", 480),
}

_KINDS = {"attest": Kind.ATTEST, "drill": Kind.DRILL, "import": Kind.IMPORT}
_OVER = {"active": "machine-routes"}


def _entry(stage: str, number: int, row: tuple[str, str, str, str, int, str]) -> Entry:
    name, what, group, severity, minutes, claim = row
    kind = _KINDS.get(what, Kind.LIVE)
    return Entry(
        id=name,
        kind=kind,
        claim=claim,
        why=WHY,
        by_hand=HAND,
        fix=FIX,
        severity=Severity(severity),
        impact="orders",
        minutes=minutes,
        catalogue=(f"{stage}.{number:02}",),
        group=group,
        journey="checkout" if severity == "blocker" else "other",
        consent=Consent.ACTIVE if what == "active" else Consent.PASSIVE,
        sources=("RFC 1034",),
        statement="" if kind is Kind.LIVE else f"{claim}, and somebody has seen it.",
        methods=("screen-share", "cli-output"),
        limit_minutes=15 if kind is Kind.DRILL else 0,
        steps=("A bad release is live", "Take it back", "The smoke test is green") if kind is Kind.DRILL else (),
        reads="access-log" if kind is Kind.IMPORT else "",
        stage=stage,
    )


def the_plan() -> Runbook:
    """Seven stages, the first with something of everything."""
    stages = []
    for stage, rows in TABLE.items():
        slug, title, minutes = TITLES[stage]
        stages.append(
            Stage(
                id=stage,
                slug=slug,
                title=title,
                goal="Find within two hours whatever could stop a stranger from signing up and paying.",
                minutes=minutes,
                checks=tuple(_entry(stage, number, row) for number, row in enumerate(rows, 1)),
                signals=(
                    Signal(
                        f"{stage}.F1",
                        "Something public still leads to staging",
                        "Find out who signed up there.",
                        (f"{stage}.01",),
                    ),
                ),
                deliverables=(
                    Deliverable(f"{stage}.D1", "Risk list", "All that is wrong, with owner and minutes.", "risk-list"),
                ),
            )
        )
    bars = tuple(
        Bar(f"MB{n}", f"Bar of {stage}", "It holds.", tuple(f"{stage}.{i:02}" for i in range(1, 22)))
        for n, stage in enumerate(TABLE, 1)
    )
    return Runbook("test", "1", "Test sprint", "A sprint for tests.", tuple(stages), bars)


def the_registry() -> Mapping[str, Check]:
    """What the live checks are over; their code is never called."""
    found = {}
    for rows in TABLE.values():
        for name, what, *_ in rows:
            if what not in _KINDS:
                found[name] = Check(name, _OVER.get(what, what), cast(Any, None))
    return found


__all__ = ["the_plan", "the_registry"]
