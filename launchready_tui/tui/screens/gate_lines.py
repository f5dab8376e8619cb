"""The lines and details of the gate board, as styled text. Pure: a snapshot in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from launchready_tui.model.board import BarState, GateItem, Snapshot, Standing
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Record, SignOff, Waiver
from launchready_tui.model.runbook import Automation, PlanStep
from launchready_tui.model.verdicts import Verdict
from launchready_tui.text import plural
from launchready_tui.tui import render
from launchready_tui.tui.render import Ink, Mark, Part
from launchready_tui.tui.widgets.lines import Line, fit

STATE = 11
"""Cells of a state's glyph and word."""

ROLES = ("consultant", "founder")

_BETWEEN = "\x1f"


def row_key(key: tuple[str, str]) -> str:
    """The key of a line about a check and subject."""
    return f"row:{key[0]}{_BETWEEN}{key[1]}"


def row_of(line: str) -> tuple[str, str]:
    """The check and subject of such a key."""
    check, _, subject = line.removeprefix("row:").partition(_BETWEEN)
    return check, subject


def heading(ink: Ink, words: str, more: str = "") -> Line:
    """A heading between the lines."""
    return Line(ink.line((words, "bold"), (f"  {more}" if more else "", "muted")))


def blank(ink: Ink) -> Line:
    """Room between two parts."""
    return Line(ink.line(" "))


# ------------------------------------------------------------------------------------------------------------ the bar


def bar_lines(snapshot: Snapshot, ink: Ink, room: int) -> list[Line]:
    """The minimum bar, the sprint items, what holds the launch, what was accepted, and who signed."""
    gate = snapshot.gate
    lines = [heading(ink, "Minimum bar", _green(gate.bars))]
    lines += [_bar(ink, item, "bar", room) for item in gate.bars]
    lines += [blank(ink), heading(ink, plural(len(gate.items), "sprint item"), _green(gate.items))]
    lines += [_bar(ink, item, "item", room) for item in gate.items]
    if gate.blockers:
        lines += [blank(ink), heading(ink, "Blockers that fail", f"{len(gate.blockers)}, fix first on top")]
        lines += _rows(snapshot, ink, gate.blockers, room)
    if gate.unseen:
        lines += [
            blank(ink),
            heading(ink, "Blockers that nobody has seen", f"{len(gate.unseen)}; each keeps the gate shut"),
        ]
        lines += _rows(snapshot, ink, gate.unseen, room)
    waived = [row for row in snapshot.board if row.is_waived and row.waiver]
    if waived:
        lines += [blank(ink), heading(ink, "Accepted risks", f"{plural(len(waived), 'waiver')} in force")]
        lines += [Line(_waived(snapshot, ink, row, room), row_key(row.key)) for row in waived]
    lines += [blank(ink), heading(ink, "Sign-off", "S signs the gate as it stands")]
    lines += [Line(_signed(snapshot, ink, role), f"sign:{role}") for role in ROLES]
    return lines


def _green(items: Sequence[GateItem]) -> str:
    return f"{sum(item.state.is_green for item in items)} of {len(items)} green"


def _bar(ink: Ink, item: GateItem, kind: str, room: int) -> Line:
    mark = render.mark_of_bar(item.state)
    title = 34 if room < 90 else 46
    rest = max(0, room - STATE - 5 - title - 2)
    dots = ink.glyphs.ellipsis
    loud = item.state is BarState.FAIL
    return Line(
        ink.line(
            (fit(f"{ink.glyphs.marks[mark]} {mark.value}", STATE), f"bold {mark.tone}" if loud else mark.tone),
            (fit(item.id, 5), "muted"),
            fit(item.title, title, dots),
            ("  " + fit(item.sentence, rest, dots), "muted"),
        ),
        f"{kind}:{item.id}",
    )


def _rows(snapshot: Snapshot, ink: Ink, keys: Iterable[tuple[str, str]], room: int) -> list[Line]:
    found = [row for key in keys if (row := snapshot.standing(*key)) is not None]
    return [Line(row_line(ink, row, room), row_key(row.key)) for row in found]


def row_line(ink: Ink, row: Standing, room: int) -> Content:
    """A check for a subject: state, claim, subject, owner, minutes of work."""
    mark = render.mark_of(row)
    owner = row.owner.owner if row.owner else ink.glyphs.dash
    subject = 20 if room < 90 else 28
    rest = max(10, room - STATE - subject - 22)
    dots = ink.glyphs.ellipsis
    return ink.line(
        (fit(f"{ink.glyphs.marks[mark]} {mark.value}", STATE), mark.tone),
        fit(row.entry.claim, rest, dots),
        ("  " + fit(row.result.subject, subject, dots), "muted"),
        ("  " + fit(owner, 9, dots), "plain" if row.owner else "muted"),
        (fit(render.minutes(row.entry.minutes), 9, dots, right=True), "muted"),
    )


def _waived(snapshot: Snapshot, ink: Ink, row: Standing, room: int) -> Content:
    assert row.waiver is not None
    waiver = payload(row.waiver, Waiver)
    until = f"{waiver.who}, until {waiver.until.astimezone():%d %b}"
    rest = max(10, room - STATE - 28)
    mark = Mark.WAIVED
    return ink.line(
        (fit(f"{ink.glyphs.marks[mark]} {mark.value}", STATE), mark.tone),
        fit(f"{row.entry.claim} · {row.result.subject}", rest, ink.glyphs.ellipsis),
        ("  " + fit(until, 26, ink.glyphs.ellipsis), "muted"),
    )


def _signed(snapshot: Snapshot, ink: Ink, role: str) -> Content:
    record = newest_sign_off(snapshot, role)
    if record is None:
        return ink.line((fit(role, 12), "plain"), ("not signed", "muted"))
    signed = payload(record, SignOff)
    words = f"signed {signed.verdict} {render.age(record.at, snapshot.now)} at {signed.head[:12]}"
    since = changed_since(snapshot, record)
    later: Part = (f" · {plural(since, 'record')} since then", "warn") if since else ("", "")
    return ink.line((fit(role, 12), "plain"), (f"{signed.by} ", "bold"), (words, "muted"), later)


def newest_sign_off(snapshot: Snapshot, role: str) -> Record | None:
    """The sign-off of that role that counts."""
    signed = [record for record in snapshot.state.sign_offs if payload(record, SignOff).role == role]
    return signed[-1] if signed else None


def changed_since(snapshot: Snapshot, record: Record) -> int:
    """How many records were written after a sign-off that are none themselves."""
    later = [other for other in snapshot.records if other.number > record.number]
    return sum(other.payload.kind not in ("sign-off", "clock") for other in later)


def bar_detail(snapshot: Snapshot, ink: Ink, item: GateItem) -> Content:
    """A bar in full: what it says, and everything that holds it."""
    runbook = snapshot.runbook
    bar = next((bar for bar in (*runbook.bars, *runbook.items) if bar.id == item.id), None)
    parts: list[Part | Content] = [(item.title, "bold"), ("  " + item.id, "muted"), "\n"]
    parts += [ink.state(render.mark_of_bar(item.state), loud=item.state is BarState.FAIL), "  ", item.sentence, "\n"]
    if item.because:
        parts += [
            "\n",
            (f"Held by {len(item.because)}, {render.minutes(item.minutes)} of work", "bold"),
            ("   enter goes to the first\n", "muted"),
        ]
        for key in item.because[:24]:
            row = snapshot.standing(*key)
            if row is not None:
                parts += [ink.sign(render.mark_of(row)), f" {row.entry.claim} ", (f"{row.result.subject}\n", "muted")]
        if len(item.because) > 24:
            parts.append((f"and {len(item.because) - 24} more\n", "muted"))
    if bar is not None:
        parts += ["\n", (render.reflow(bar.text), "muted"), "\n"]
        parts.append((f"Decided by {', '.join(bar.controls)}", "muted"))
    return ink.line(*parts, lines=True)


def row_detail(snapshot: Snapshot, ink: Ink, row: Standing) -> Content:
    """A check in short: what was seen, why it matters, how to decide or to fix it."""
    entry, result = row.entry, row.result
    parts: list[Part | Content] = [(entry.claim, "bold"), "\n"]
    parts += [ink.state(render.mark_of(row), loud=row.blocks and row.verdict is Verdict.FAIL), "  "]
    if row.verdict not in (Verdict.PASS, Verdict.WARN, Verdict.NOT_APPLICABLE):
        parts += [ink.severity(row.severity), "  "]
    parts += [(result.subject, "muted"), "\n", result.summary, "\n"]
    if row.waiver is not None:
        waiver = payload(row.waiver, Waiver)
        parts += [("Accepted by ", "muted"), waiver.who, (" until ", "muted"), f"{render.moment(waiver.until)}\n"]
        parts += [("because ", "muted"), f"{waiver.why}\n", ("meanwhile ", "muted"), f"{waiver.control}\n"]
    if result.decide_by:
        parts += [("How to decide  ", "muted"), f"{result.decide_by}\n"]
    parts += ["\n", (render.reflow(entry.why), "muted"), "\n"]
    return ink.line(*parts, ("\nenter goes there", "muted"), lines=True)


def sign_detail(snapshot: Snapshot, ink: Ink, role: str) -> Content:
    """What signing means, and who did."""
    record = newest_sign_off(snapshot, role)
    parts: list[Part | Content] = [(f"Sign-off of the {role}", "bold"), "\n", _signed(snapshot, ink, role), "\n\n"]
    parts += [
        (
            "Whoever signs puts their name to this verdict and to the chain head below: "
            "whatever is changed afterwards changes it.\n",
            "muted",
        )
    ]
    parts += [("verdict now  ", "muted"), (snapshot.gate.verdict.value, render.gate_tone(snapshot.gate.verdict)), "\n"]
    parts += [("chain head   ", "muted"), f"{snapshot.head}\n"]
    if record is not None:
        parts += [("signed head  ", "muted"), f"{payload(record, SignOff).head}\n"]
    return ink.line(*parts, lines=True)


# ----------------------------------------------------------------------------------------------------------- the plan


def plan_lines(snapshot: Snapshot, ink: Ink, room: int) -> list[Line]:
    """The 48-hour plan with the state of the stages of each step."""
    lines = [heading(ink, "The 48 hours", "enter goes to the stage")]
    return lines + [Line(_step(snapshot, ink, step, room), f"step:{step.id}") for step in snapshot.runbook.plan]


def _step(snapshot: Snapshot, ink: Ink, step: PlanStep, room: int) -> Content:
    done, total, blocking = _progress(snapshot, step)
    current = snapshot.state.clock.stage in step.stages
    fraction = done / total if total else 0.0
    tone = "bold fail" if blocking else "pass" if done == total else "muted"
    words = plural(blocking, "blocker") if blocking else "done" if done == total else ""
    rest = max(10, room - 4 - 10 - 13 - 12 - 11)
    return ink.line(
        (fit(step.id, 4), "muted"),
        ink.bar(fraction, 8),
        ("  " + fit(f"{done}/{total}", 9), "muted"),
        (fit(step.title, rest, ink.glyphs.ellipsis), "bold" if current else "plain"),
        ("  " + fit(" ".join(step.stages), 10), "muted"),
        (words, tone),
    )


def _progress(snapshot: Snapshot, step: PlanStep) -> tuple[int, int, int]:
    stages = [snapshot.progress(stage) for stage in snapshot.runbook.stages if stage.id in step.stages]
    return sum(p.done for p in stages), sum(p.total for p in stages), sum(p.blocking for p in stages)


def plan_detail(snapshot: Snapshot, ink: Ink, step: PlanStep) -> Content:
    """A step in full."""
    parts: list[Part | Content] = [
        (step.title, "bold"),
        ("  " + step.id, "muted"),
        "\n\n",
        render.reflow(step.text),
        "\n\n",
    ]
    for stage in snapshot.runbook.stages:
        if stage.id in step.stages:
            at = snapshot.progress(stage)
            spent = snapshot.state.clock.elapsed_in(stage.id, snapshot.now)
            times = f"  {render.hours(spent)} of {render.hours(stage.minutes * 60)}"
            parts += [(f"{stage.number} ", "muted"), stage.title, (f"  {at.done} of {at.total} done{times}", "muted")]
            parts += [(f"  {plural(at.blocking, 'blocker')}" if at.blocking else "", "fail"), "\n"]
    return ink.line(*parts, lines=True)


# --------------------------------------------------------------------------------------------------------- automation


def automation_mark(snapshot: Snapshot, automation: Automation) -> tuple[Mark, int, int]:
    """Its worst state, and how many of its controls hold of how many."""
    rows = snapshot.covering(automation.controls)
    marks = [render.mark_of(row) for row in rows]
    worst = min(marks, key=render.URGENCY.index, default=Mark.NOT_RUN)
    return worst, sum(row.is_settled for row in rows), len(rows)


def automation_lines(snapshot: Snapshot, ink: Ink, room: int) -> list[Line]:
    """What goes on running when the sprint is over, with the state of the checks that prove it."""
    lines = [heading(ink, "What runs by itself afterwards", "proven by its checks")]
    for item in snapshot.runbook.automations:
        mark, good, total = automation_mark(snapshot, item)
        state = (fit(f"{ink.glyphs.marks[mark]} {mark.value}", STATE), mark.tone)
        proof = f"{good} of {total} hold" if total else "no check proves it"
        title = max(10, room - STATE - 4 - 20)
        words = (fit(item.id, 4), "muted"), fit(item.title, title, ink.glyphs.ellipsis)
        lines.append(Line(ink.line(state, *words, ("  " + proof, "muted")), f"auto:{item.id}"))
    return lines


def automation_detail(snapshot: Snapshot, ink: Ink, item: Automation) -> Content:
    """An automation in full."""
    parts: list[Part | Content] = [
        (item.title, "bold"),
        ("  " + item.id, "muted"),
        "\n\n",
        render.reflow(item.text),
        "\n\n",
    ]
    for row in snapshot.covering(item.controls)[:20]:
        parts += [ink.state(render.mark_of(row)), f"  {row.entry.claim} ", (f"{row.result.subject}\n", "muted")]
    if not item.controls:
        parts.append(("No check of this runbook proves it; record a decision or a note about it.", "muted"))
    return ink.line(*parts, lines=True)
