"""The midnight cards: for whoever is woken and alone with the pack. A sheet for each case that the midnight test draws,
to be printed by itself: what to do, how to look, where to get in and whom to call, from the records.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from launchready_tui.deliverables.blocks import (
    Block,
    Bullets,
    Callout,
    CodeBlock,
    Document,
    DocumentLink,
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
from launchready_tui.deliverables.claims import ROLLBACK
from launchready_tui.deliverables.dates import day
from launchready_tui.deliverables.prose import blocks_of
from launchready_tui.deliverables.reading import Group, Reading
from launchready_tui.engine.access import AccessRow, access_map
from launchready_tui.engine.fixes import filled
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Drill
from launchready_tui.model.runbook import Entry, ScenarioCard
from launchready_tui.text import span

ID, TITLE = "midnight-cards", "Midnight cards"


@dataclass(frozen=True, slots=True)
class Help:
    """What a case needs: systems of the access map, commands of the profile, and the checks whose commands are looked
    at by hand. `note`: the rollback note belongs to it.
    """

    areas: tuple[str, ...] = ("hosting", "dns", "cdn")
    commands: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    note: bool = False


HELP = {
    "site-down": Help(
        ("hosting", "cdn", "dns", "registrar", "monitoring", "status-page"),
        ("logs", "status", "start", "restart", "deploy", "smoke"),
        ("S1.DNS.03", "S1.RED.01"),
    ),
    "bad-deploy": Help(("hosting", "repository", "ci"), ("rollback", "restore", "smoke"), (), note=True),
    "certificate-error": Help(("hosting", "cdn", "dns"), ("renew", "restart"), ("S1.TLS.02", "S1.TLS.01")),
    "queue-stuck": Help(
        ("hosting", "database", "email-sending", "error-tracking"), ("logs", "worker", "restart", "queue")
    ),
    "mail-in-spam": Help(("email-sending", "dns", "workspace-mail"), (), ("S3.SPF.*", "S3.DKIM.*", "S3.DMARC.*")),
}
"""By the names that the runbook gives its cards (`limits.cards`, in their order)."""


def with_cards(reading: Reading) -> Entry | None:
    """The drill whose cards these are."""
    return next((group.entry for group in reading.groups if group.entry.cards), None)


def midnight(reading: Reading) -> Document:
    """The document."""
    blocks: list[Block] = [
        Paragraph(
            line("You are alone, and something is broken. Find its card, do the steps in their order, note the times."),
            "lede",
        ),
        *_nobody(reading),
    ]
    entry = with_cards(reading)
    names = entry.limits.get("cards", ()) if entry else ()
    known = [str(name) for name in names] if isinstance(names, list) else []
    for number, card in enumerate(entry.cards if entry else ()):
        blocks.append(_card(reading, card, number, known[number] if number < len(known) else ""))
    return Document(ID, TITLE, reading.product, reading.date, tuple(blocks))


def _nobody(reading: Reading) -> tuple[Block, ...]:
    """What has to be mended before any card is of use."""
    missing = Callout("unknown", "No person of the business is recorded: not even whom to call")
    return () if _people(reading) else (missing,)


def _people(reading: Reading) -> tuple[tuple[str, Line], ...]:
    """Whom to call: those who stay."""
    people = [person for person in access_map(reading.snapshot).people if person.role != "consultant"]
    none = "" if reading.redacted else ", no contact recorded"
    return tuple(
        (
            f"Call {person.role}" if person.role != "other" else "Call",
            line(Text(person.name, "strong"), f" {person.contact}" if person.contact else none),
        )
        for person in people
    )


def _card(reading: Reading, card: ScenarioCard, number: int, name: str) -> Section:
    help_ = HELP.get(name, Help())
    steps = tuple(line(f"{step.strip()[:1].upper()}{step.strip()[1:]}") for step in _flat(card.solution).split(";"))
    blocks: list[Block] = [
        Paragraph(line(Text(_flat(card.text), "muted"))),
        Bullets(tuple(filter(None, steps)), ordered=True),
    ]
    blocks += _note(reading) if help_.note else ()
    blocks += _commands(reading, help_.commands)
    blocks += _by_hand(reading, help_.by_hand)
    blocks += _entrances(reading, help_.areas)
    return Section(f"{number + 1}. {card.title}", f"card-{number + 1}", tuple(blocks), page=number > 0)


def _note(reading: Reading) -> tuple[Block, ...]:
    """The rollback note is a document of its own; here stands how long it took when it was tried."""
    drills = [
        payload(record, Drill)
        for group in reading.covering(("S2.RBK.01",))
        if (record := reading.snapshot.state.drills.get((group.entry.id, "")))
    ]
    tried = f"It was done in {span(drills[-1].seconds)} by {drills[-1].by}." if drills and drills[-1].completed else ""
    words = line("Follow ", DocumentLink(ROLLBACK, "the rollback note"), f" word by word. {tried}")
    return (Paragraph(words),) if reading.deliverable(ROLLBACK) else ()


def _commands(reading: Reading, names: tuple[str, ...]) -> tuple[Block, ...]:
    found = [(name, argv) for name, argv in reading.snapshot.product.commands.items() if name in names]
    return tuple(
        block for name, argv in found for block in (Paragraph(line(Text(name, "strong"))), CodeBlock(shlex.join(argv)))
    )


def _by_hand(reading: Reading, rows: tuple[str, ...]) -> tuple[Block, ...]:
    """The commands with which to look, for the host that people enter through."""
    blocks: list[Block] = []
    for row in rows:
        for group in reading.covering((row,))[:1]:
            text = filled(group.entry.by_hand, _subject(reading, group), reading.snapshot.product)
            code = next((block for block in blocks_of(text) if isinstance(block, CodeBlock)), None)
            if code is not None:
                blocks += [Paragraph(line(Text(f"To see whether “{group.entry.claim}”:"))), code]
    return tuple(blocks)


def _subject(reading: Reading, group: Group) -> str:
    """The subject that matters most: the app's host, else the site's, else the first."""
    hosts = {host.role: host.name for host in reversed(reading.snapshot.product.web_hosts)}
    names = [row.result.subject for row in group.rows]
    wanted = [hosts[role] for role in ("app", "www", "apex") if hosts.get(role) in names]
    return (wanted or names or [reading.snapshot.product.domain])[0]


def _entrances(reading: Reading, areas: tuple[str, ...]) -> tuple[Block, ...]:
    """Where to get in: the system, where its login is kept, who can."""
    rows = [row for row in access_map(reading.snapshot).rows if row.area in areas and row.is_used]
    known = tuple((row.title, _entrance(reading, row)) for row in rows if row.is_known)
    unknown = [row.title for row in rows if not row.is_known]
    pairs = (*_people(reading), *known)
    blocks: list[Block] = [Pairs(pairs)] if pairs else []
    if unknown:
        blocks.append(Callout("unknown", f"Nobody recorded how to get into: {', '.join(unknown)}"))
    return tuple(blocks)


def _entrance(reading: Reading, row: AccessRow) -> Line:
    system = row.system
    name = line(Text(system.name, "strong")) if system and system.name else ()
    unknown = () if reading.redacted else line("not recorded where the login is")
    kept = line(f"login kept in {system.custody}") if system and system.custody else unknown
    can = [line(f"{grant.person} ({grant.role})") for grant in row.grants.values() if grant.role]
    who = line("can enter: ", joined(can)) if can else line("nobody is recorded who can enter")
    record = reading.record_of(system) if system else None
    return joined(
        [name, kept, who, line(RecordRef(record.number), ", ", When(day(record.at))) if record else ()], " · "
    )


def _flat(text: str) -> str:
    return " ".join(text.split())
