"""The documents of the stages: deploy checklist, rollback note, security baseline, signal table and so on.

Each says what is known about its controls, who said so and when, and what is missing; and whatever else the records
hold about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from launchready_tui.deliverables import claims, kept, load_report, optimization_log
from launchready_tui.deliverables.blocks import (
    Block,
    Callout,
    Code,
    CodeBlock,
    Column,
    Document,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    line,
)
from launchready_tui.deliverables.citing import recorded
from launchready_tui.deliverables.dates import day
from launchready_tui.deliverables.prose import blocks_of
from launchready_tui.deliverables.reading import Group, Reading
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Drill
from launchready_tui.model.runbook import Deliverable, Kind
from launchready_tui.model.verdicts import Verdict
from launchready_tui.text import span

Parts = Callable[[Reading, Sequence[Group]], tuple[Section, ...]]

SIGNALS = (
    ("API latency, 95th percentile", "under 500 ms", "Investigate slow queries."),
    ("Error rate", "under 1 %", "Inspect the most recent deploy; roll it back if in doubt."),
    ("Uptime", "above 99.9 %", "Verify the provider's status page."),
    ("Queue delay", "under 60 s", "Scale the workers."),
)
"""The signal table of the roadmap (S5.D1): the figure, its limit, and what to do when it is crossed."""


def control_document(reading: Reading, deliverable: Deliverable) -> Document:
    """The document of a deliverable, from the checks that fill it."""
    groups = _in_order(reading, deliverable.controls)
    parts = _PARTS.get(deliverable.document, _plain)
    blocks: list[Block] = [*blocks_of(deliverable.text.strip())]
    if blocks and isinstance(blocks[0], Paragraph):
        blocks[0] = Paragraph(blocks[0].line, "lede")
    if groups:
        blocks.append(claims.tally(groups))
    blocks += parts(reading, groups)
    blocks += claims.remarks(reading, groups)
    return Document(deliverable.document, deliverable.title, reading.product, reading.date, tuple(blocks))


def _in_order(reading: Reading, controls: Sequence[str]) -> tuple[Group, ...]:
    """The checks in the order in which the deliverable names their rows: what it is about comes first."""

    def place(group: Group) -> int:
        return next(number for number, row in enumerate(controls) if group.entry.covers(row))

    return tuple(sorted(reading.covering(controls), key=place))


def _plain(reading: Reading, groups: Sequence[Group]) -> tuple[Section, ...]:
    return claims.known_and_missing(reading, groups)


def _deploy_checklist(reading: Reading, groups: Sequence[Group]) -> tuple[Section, ...]:
    return (_commands(reading), *_drills(reading, groups), *claims.known_and_missing(reading, groups))


def _rollback_note(reading: Reading, groups: Sequence[Group]) -> tuple[Section, ...]:
    return (
        kept.rollback(reading),
        *_drills(reading, groups),
        _commands(reading, ("rollback", "restore", "smoke")),
        *claims.known_and_missing(reading, groups),
    )


def _security_baseline(reading: Reading, groups: Sequence[Group]) -> tuple[Section, ...]:
    """Domain and accounts, mail, public routes: the three things that an insurer asks about."""
    titles = {
        "domain": "The domain and its accounts",
        "mail": "Mail delivery",
        "routes": "What guards the public routes",
    }
    parts: dict[str, list[Group]] = {key: [] for key in titles}
    for group in groups:
        parts[_baseline_part(group)].append(group)
    return tuple(
        Section(titles[key], key, claims.known_and_missing(reading, found, f"{key}-"))
        for key, found in parts.items()
        if found
    )


def _baseline_part(group: Group) -> str:
    family = group.entry.id.partition(".")[0]
    if family == "mail":
        return "mail"
    return (
        "domain"
        if group.entry.id.startswith(("identity.registrar", "edge.proxy", "edge.zone", "edge.plan"))
        else "routes"
    )


def _signal_table(reading: Reading, groups: Sequence[Group]) -> tuple[Section, ...]:
    watching = [group for group in groups if "S5.DASH" in group.entry.catalogue]
    columns = (
        Column("Figure"),
        Column("Is fine", "short"),
        Column("Otherwise", "main"),
        Column("Watched", "state"),
        Column("Proof", "source"),
    )
    proof = claims.known_table(reading, watching).rows if watching else ()
    watched, source = (proof[0].cells[0], proof[0].cells[2]) if proof else (line(Text("no check", "muted")), ())
    rows = tuple(
        Row((line(Text(name, "strong")), line(limit), line(action), watched, source)) for name, limit, action in SIGNALS
    )
    head = Section("The four figures", "figures", (Table(columns, rows),))
    return (head, kept.registry(reading), *_drills(reading, groups), *claims.known_and_missing(reading, groups))


def _optimization_log(reading: Reading, groups: Sequence[Group]) -> tuple[Section, ...]:
    return (optimization_log.changes(reading), *claims.known_and_missing(reading, groups))


def _commands(reading: Reading, wanted: Iterable[str] = ()) -> Section:
    """The commands of the product profile, as they are written there."""
    names = tuple(wanted)
    commands = {name: argv for name, argv in reading.snapshot.product.commands.items() if not names or name in names}
    if not commands:
        what = " or ".join(names) if names else "build, migrate, deploy or rollback"
        missing = Callout("unknown", f"No command for {what} is written in the product profile", (_how_to_declare(),))
        return Section("Commands", "commands", (missing,))
    record = reading.record_of(reading.snapshot.state.product) if reading.snapshot.state.product else None
    blocks: list[Block] = [
        Paragraph(line(Text("As declared in the product profile, ", "muted"), *recorded(record)), "small")
    ]
    for name, argv in commands.items():
        blocks += [Paragraph(line(Text(name, "strong"))), CodeBlock(" ".join(map(_quoted, argv)))]
    return Section("Commands", "commands", tuple(blocks))


def _how_to_declare() -> Paragraph:
    return Paragraph(line("They belong under ", Code("[commands]"), ": ", Code("launchready product edit FILE"), "."))


def _quoted(argument: str) -> str:
    """An argument as a shell would need it."""
    plain = argument and all(letter.isalnum() or letter in "-_./=:,@%+" for letter in argument)
    return argument if plain else "'" + argument.replace("'", "'\\''") + "'"


def _drills(reading: Reading, groups: Sequence[Group]) -> tuple[Section, ...]:
    """The stopwatch of each drill among the checks; where there is none, that it is not proven."""
    sections = []
    for group in groups:
        if group.entry.kind is not Kind.DRILL:
            continue
        record = reading.snapshot.state.drills.get((group.entry.id, ""))
        title, anchor = group.entry.claim, f"drill-{group.entry.id.replace('.', '-')}"
        limit = f"The limit is {group.entry.limit_minutes} minutes."
        if record is None:
            box = Callout("unknown", "Not proven: nobody has tried it against the clock", (Paragraph(line(limit)),))
            sections.append(Section(title, anchor, (box,)))
            continue
        sections.append(Section(title, anchor, (_outcome(payload(record, Drill), group), *claims.drill_steps(record))))
    return tuple(sections)


def _outcome(drill: Drill, group: Group) -> Callout:
    limit = group.entry.limit_minutes
    until = line(f"Counts until {day(drill.expires_at)}.")
    if group.worst.verdict is Verdict.UNKNOWN:
        return Callout("unknown", f"No longer proven: {group.worst.result.summary}")
    if drill.completed and drill.seconds <= limit * 60:
        return Callout("pass", f"Proven: {span(drill.seconds)} of {limit} minutes", (Paragraph(until),))
    happened = "took" if drill.completed else "was given up after"
    return Callout(
        "fail", f"Not proven: it {happened} {span(drill.seconds)}, the limit is {limit} minutes", (Paragraph(until),)
    )


_PARTS: dict[str, Parts] = {
    "deploy-checklist": _deploy_checklist,
    "rollback-note": _rollback_note,
    "security-baseline": _security_baseline,
    "signal-table": _signal_table,
    "optimization-log": _optimization_log,
    "load-report": load_report.sections,
}
