"""The seven topics that a founder has to find written down (ROADMAP.md S7.C1), with what the records say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from launchready_tui.deliverables import claims
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Callout,
    Code,
    Line,
    Pairs,
    Paragraph,
    RecordRef,
    Section,
    Text,
    When,
    joined,
    line,
)
from launchready_tui.deliverables.dates import day
from launchready_tui.deliverables.reading import Group, Reading
from launchready_tui.engine.access import title
from launchready_tui.model.product import Product
from launchready_tui.model.records import System

COMMAND = "Command: "
Declared = Callable[[Product], tuple[tuple[str, Line], ...]]


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the seven.

    `systems` are those of the access map that belong to it, `controls` the catalogue rows that decide it, `declared`
    what the profile says.
    """

    id: str
    title: str
    systems: tuple[str, ...]
    controls: tuple[str, ...]
    declared: Declared


def _hosts(product: Product) -> tuple[tuple[str, Line], ...]:
    rows = [line(Code(host.name), f" → {', '.join(host.expect)}" if host.expect else "") for host in product.hosts]
    return (("Hosts and their targets", joined(rows, " · ")),) if rows else ()


def _edge(product: Product) -> tuple[tuple[str, Line], ...]:
    behind = [host for host in product.web_hosts if any(not item[:1].isdigit() for item in host.expect)]
    rows = [line(Code(host.name), f" → {', '.join(host.expect)}") for host in behind]
    return (("Hosts behind a named provider", joined(rows, Break())),) if rows else ()


def _mail(product: Product) -> tuple[tuple[str, Line], ...]:
    rows = [
        line(
            Code(sender.domain),
            f" by {sender.provider or 'a provider that is not named'}",
            f", DKIM {', '.join(sender.selectors)}" if sender.selectors else ", no DKIM selector known",
        )
        for sender in product.senders
    ]
    return (("Senders", joined(rows, Break())),) if rows else ()


def _deployment(product: Product) -> tuple[tuple[str, Line], ...]:
    repository = (("Repository", line(Code(product.repository))),) if product.repository else ()
    return repository + _commands(product, {"build", "deploy", "migrate", "smoke", "test", "start"})


def _rollback(product: Product) -> tuple[tuple[str, Line], ...]:
    return _commands(product, {"rollback", "restore"})


def _commands(product: Product, names: set[str]) -> tuple[tuple[str, Line], ...]:
    return tuple(
        (f"{COMMAND}{name}", line(Code(" ".join(argv)))) for name, argv in product.commands.items() if name in names
    )


def _nothing(_: Product) -> tuple[tuple[str, Line], ...]:
    return ()


TOPICS = (
    Topic("dns", "DNS provider", ("registrar", "dns"), ("S1.DNS.*",), _hosts),
    Topic("edge", "Edge settings (Cloudflare or another)", ("cdn",), ("S3.CF.*", "S3.ATT.02"), _edge),
    Topic(
        "email",
        "Email authentication",
        ("email-sending", "workspace-mail"),
        ("S3.SPF.*", "S3.DKIM.*", "S3.DMARC.*", "S3.MAIL.*", "S3.ATT.03"),
        _mail,
    ),
    Topic(
        "deployment",
        "Deployment",
        ("repository", "ci", "hosting", "database"),
        ("S2.BLD.*", "S2.DEP.*", "S2.HUM.*", "S2.MIG.*"),
        _deployment,
    ),
    Topic("secrets", "Secret storage", ("password-manager",), ("S1.SEC.*", "S7.ACC.05"), _nothing),
    Topic(
        "monitoring",
        "Monitoring links",
        ("monitoring", "error-tracking", "analytics", "status-page"),
        ("S5.MON.*", "S5.ALR.*", "S5.ERR.*", "S5.LOG.*", "S5.DASH"),
        _nothing,
    ),
    Topic("rollback", "Rollback", (), ("S2.RBK.*", "S2.BAK.*"), _rollback),
)


def topics(reading: Reading) -> Section:
    """All seven, in order, whether anything is known about them or not."""
    return Section("The seven topics", "topics", tuple(_topic(reading, topic) for topic in TOPICS))


def systems_of(reading: Reading, topic: Topic) -> tuple[System, ...]:
    """The systems of the access map that belong to a topic and were recorded."""
    return tuple(system for system in reading.snapshot.state.systems if system.area in topic.systems)


def is_documented(reading: Reading, topic: Topic) -> bool:
    """Whether a person wrote anything about it: a system, an answer, a drill, a note, a command. A run does not."""
    groups = reading.covering(topic.controls)
    checks = [group.entry.id for group in groups]
    answered = any(row.result.record for group in groups for row in group.rows)
    return bool(answered or systems_of(reading, topic) or reading.notes(checks) or _instructs(reading, topic))


def _instructs(reading: Reading, topic: Topic) -> bool:
    """Whether the profile declares a command for it."""
    return any(label.startswith(COMMAND) for label, _ in topic.declared(reading.snapshot.product))


def _topic(reading: Reading, topic: Topic) -> Section:
    groups = reading.covering(topic.controls)
    pairs = [(title(system.area), system_line(reading, system)) for system in systems_of(reading, topic)]
    pairs += _declared(reading, topic)
    blocks: list[Block] = []
    if not is_documented(reading, topic):
        blocks.append(Callout("unknown", "Not written down yet", (Paragraph(line(_wanted(topic))),)))
    if pairs:
        blocks.append(Pairs(tuple(pairs)))
    known = [group for group in groups if group.is_known]
    if known:
        blocks.append(claims.known_table(reading, known))
    blocks += [block for section in claims.remarks(reading, groups) for block in section.blocks]
    blocks += _lacking(groups)
    return Section(topic.title, f"topic-{topic.id}", tuple(blocks))


def system_line(reading: Reading, system: System) -> Line:
    """What was recorded about a system."""
    parts = [line(Text(system.name or "no name yet", "strong"))]
    parts += [line("credentials in ", system.custody)] if system.custody else []
    parts += [line("renews ", system.renewal)] if system.renewal else []
    parts += [line(" ".join(system.note.split()))] if system.note else []
    record = reading.record_of(system)
    if record:
        parts.append(line(RecordRef(record.number), ", ", When(day(record.at))))
    return joined(parts, " · ")


def _declared(reading: Reading, topic: Topic) -> list[tuple[str, Line]]:
    """What the profile says, with the record that it stands in."""
    product = reading.snapshot.state.product
    record = reading.record_of(product) if product else None
    proof = (
        line(Break(), Text("product profile, ", "muted"), RecordRef(record.number), ", ", When(day(record.at)))
        if record
        else ()
    )
    return [(label, line(text, proof)) for label, text in topic.declared(reading.snapshot.product)]


def _wanted(topic: Topic) -> str:
    areas = " and ".join(title(area) for area in topic.systems)
    start = f"Record on the access map: {areas}. " if areas else ""
    return f"{start}Answer its questions in the program, or add a note; this part then fills itself."


def _lacking(groups: tuple[Group, ...]) -> tuple[Block, ...]:
    lacking = [group for group in groups if not group.is_known]
    if not lacking:
        return ()
    text = joined([line(group.entry.claim) for group in lacking], "; ")
    return (Paragraph(line(Text(f"Missing, {len(lacking)}: ", "strong"), text, "."), "small"),)
