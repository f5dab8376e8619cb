"""The optimization log: what was changed for speed, for which page, and what it brought."""

from __future__ import annotations

from math import isfinite

from launchready_tui.deliverables.blocks import (
    Break,
    Callout,
    Code,
    Column,
    Line,
    Mark,
    Paragraph,
    RecordRef,
    Row,
    Section,
    Table,
    Text,
    Tone,
    When,
    joined,
    line,
)
from launchready_tui.deliverables.dates import day
from launchready_tui.deliverables.reading import Reading
from launchready_tui.model.optimization import EFFECTS, Effect, Optimization, Sample, optimizations

_MARKS: dict[Effect, tuple[str, Tone]] = {
    "faster": ("✓", "pass"),
    "slower": ("✗", "fail"),
    "unproven": ("?", "unknown"),
    "too-few": ("?", "unknown"),
    "open": ("○", "muted"),
}


def changes(reading: Reading) -> Section:
    """Every change with its figures before and after; how to begin where there is none."""
    found = optimizations(reading.snapshot.state)
    if not found:
        how = Paragraph(
            line("Begin one with ", Code("launchready measure FILE before"), ": it measures, then you change.")
        )
        return Section("Changes", "changes", (Callout("unknown", "No change for speed is recorded", (how,)),))
    columns = (
        Column("Page", "short"),
        Column("What was changed", "main"),
        Column("Before"),
        Column("After"),
        Column("Brought", "state"),
        Column("Record", "source"),
    )
    rows = tuple(_row(item) for item in found)
    note = Paragraph(
        line(
            "p50 and p95 by nearest rank, with the interval in which the true p95 lies (95 % confidence). Before and "
            "after differ when the Mann-Whitney test says that chance explains it in fewer than one case of a hundred."
        ),
        "small",
    )
    return Section("Changes", "changes", (Table(columns, rows), note))


def _row(item: Optimization) -> Row:
    change = item.change
    effect = item.effect()
    glyph, tone = _MARKS[effect]
    commit: tuple[Line, ...] = (line("commit ", Code(change.commit[:12])),) if change.commit else ()
    who: tuple[Line, ...] = (line(Text(change.who, "muted")),) if change.who else ()
    what = joined([line(Text(change.title, "strong")), *commit, *who], Break())
    brought = joined([line(Mark(glyph, EFFECTS[effect], tone)), *_gain(item)], Break())
    numbers = [item.record, *(side.record for side in (item.before, item.after) if side)]
    records = joined([line(RecordRef(record.number), ", ", When(day(record.at))) for record in numbers], Break())
    return Row((line(change.endpoint), what, _figures(item.before), _figures(item.after), brought, records))


def _figures(side: Sample | None) -> Line:
    if side is None:
        return line(Text("not measured", "muted"))
    low, high = side.p95_interval
    width = (
        f" ({low:.0f}–{high:.0f})"
        if isfinite(low) and isfinite(high)
        else f" ({low:.0f} or more)"
        if isfinite(low)
        else ""
    )
    parts = [line(f"p95 {side.p95:.0f} ms{width}"), line(f"p50 {side.p50:.0f} ms")]
    if side.said.queries is not None:
        parts.append(line(f"{side.said.queries:g} queries"))
    elif side.said.unseen:
        parts.append(line(Text(f"queries not seen: {side.said.unseen}", "muted")))
    if side.said.bytes:
        parts.append(line(f"{side.said.bytes:,} bytes"))
    if side.said.plan:
        parts.append(line("plan ", Code(side.said.plan[:8])))
    parts.append(line(Text(f"n {side.count}", "muted")))
    return joined(parts, Break())


def _gain(item: Optimization) -> list[Line]:
    if item.before is None or item.after is None or item.p_value is None:
        return []
    ratio = item.after.p95 / item.before.p95 if item.before.p95 else 1.0
    chance = "below 0.001" if item.p_value < 0.001 else f"{item.p_value:.3f}"
    return [line(f"p95 {'−' if ratio <= 1 else '+'}{abs(1 - ratio):.0%}"), line(Text(f"chance {chance}", "muted"))]
