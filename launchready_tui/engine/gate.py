"""The launch gate, computed from how every check stands. Pure (rules: CHECKS.md b0, b8, S7.GO.01)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from launchready_tui.engine.work import minutes_of_all
from launchready_tui.model.board import BarState, Gate, GateItem, GateVerdict, Standing
from launchready_tui.model.journal import State, payload
from launchready_tui.model.records import Decision
from launchready_tui.model.runbook import Bar, Runbook
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.text import plural

_PEOPLE = (Source.ATTESTATION, Source.DRILL, Source.MAP)
_UNSEEN = (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR)
_SEVERITIES = {severity: rank for rank, severity in enumerate(Severity)}
_ORDER = [
    BarState.FAIL,
    BarState.UNKNOWN,
    BarState.NOT_RUN,
    BarState.STALE,
    BarState.WAIVED,
    BarState.ATTESTED,
    BarState.PASS,
]


def compute_gate(runbook: Runbook, board: Sequence[Standing], state: State) -> Gate:
    """GO needs every bar green and nothing blocking.

    What was let through by a waiver, a high problem that is open, and a high check that nobody saw or decided about,
    make it GO WITH ACCEPTED RISKS.
    """
    superseded = state.superseded()
    standing = [payload(record, Decision) for record in state.decisions if record.number not in superseded]
    decided = frozenset(decision.topic for decision in standing) - {""}
    by_entry: defaultdict[str, list[Standing]] = defaultdict(list)
    for row in board:
        by_entry[row.entry.id].append(row)
    bars = tuple(_item(bar, _covering(bar, by_entry), decided) for bar in runbook.bars)
    items = tuple(_item(bar, _covering(bar, by_entry), decided) for bar in runbook.items)
    blocking = sorted((row for row in board if row.blocks), key=_urgency)
    blockers = tuple(row.key for row in blocking if row.verdict is Verdict.FAIL)
    unseen = tuple(row.key for row in blocking if row.verdict is not Verdict.FAIL)
    waived = [row for row in board if row.is_waived]
    open_high = [row for row in board if row.severity is Severity.HIGH and _is_risk(row, decided)]
    if blocking or not all(item.state.is_green for item in bars):
        verdict = GateVerdict.NO_GO
    elif waived or open_high:
        verdict = GateVerdict.GO_WITH_ACCEPTED_RISKS
    else:
        verdict = GateVerdict.GO
    holding = {key for item in bars for key in item.because} | set(blockers) | set(unseen)
    return Gate(
        verdict=verdict,
        bars=bars,
        items=items,
        blockers=blockers,
        unseen=unseen,
        stale=sum(row.stale for row in board),
        waived=len(waived),
        minutes=minutes_of_all([row for row in board if row.key in holding]),
        risks=tuple(row.key for row in sorted(open_high, key=_urgency)),
    )


def _is_risk(row: Standing, decided: frozenset[str]) -> bool:
    """Whether a high row is a risk that a launch accepts: it fails, or nobody saw it and nobody decided about it."""
    if row.is_waived or row.is_settled:
        return False
    return row.verdict is Verdict.FAIL or row.entry.id not in decided


def _covering(bar: Bar, by_entry: Mapping[str, list[Standing]]) -> list[Standing]:
    """The rows of the checks that decide a bar: a check is asked once, however many subjects it has."""
    return [
        row
        for rows in by_entry.values()
        if any(rows[0].entry.covers(control) for control in bar.controls)
        for row in rows
    ]


def _urgency(row: Standing) -> tuple[int, int, int, str, str]:
    return (_SEVERITIES[row.severity], row.verdict is not Verdict.FAIL, row.entry.minutes, *row.key)


def _item(bar: Bar, rows: list[Standing], decided: frozenset[str]) -> GateItem:
    states = [(_row_state(row, decided), row) for row in rows]
    state = min((state for state, _ in states), key=_ORDER.index, default=BarState.NOT_RUN)
    holding = sorted((row for row_state, row in states if row_state is state and not state.is_green), key=_urgency)
    return GateItem(
        id=bar.id,
        title=bar.title,
        state=state,
        sentence=_sentence(state, holding, rows),
        because=tuple(row.key for row in sorted((r for s, r in states if not s.is_green), key=_urgency)),
        minutes=minutes_of_all([row for row_state, row in states if not row_state.is_green]),
    )


def _row_state(row: Standing, decided: frozenset[str]) -> BarState:
    """What one row means for its bar.

    Any fail that nobody waived fails the bar. What could not be seen holds it if it is a blocker, or high without a
    decision about it; medium ones are listed as known issues (CHECKS.md b0).
    """
    if row.is_waived:
        return BarState.WAIVED
    if row.verdict is Verdict.FAIL:
        return BarState.FAIL if row.severity is not Severity.INFO else BarState.PASS
    matters = row.severity is Severity.BLOCKER or (row.severity is Severity.HIGH and row.entry.id not in decided)
    if row.verdict in _UNSEEN:
        unseen = BarState.NOT_RUN if row.verdict is Verdict.NOT_RUN else BarState.UNKNOWN
        return unseen if matters else BarState.PASS
    if row.stale and matters:
        return BarState.STALE
    return BarState.ATTESTED if row.result.source in _PEOPLE else BarState.PASS


def _sentence(state: BarState, holding: list[Standing], rows: list[Standing]) -> str:
    if not rows:
        return "No check of this runbook decides it."
    if holding:
        worst = holding[0]
        more = f" and {len(holding) - 1} more" if len(holding) > 1 else ""
        if state is BarState.NOT_RUN:
            waiting = [row for row in holding if row.needs_person]
            looked = len(holding) - len(waiting)
            parts = [
                f"{plural(len(waiting), 'answer')} of a person" if waiting else "",
                f"{plural(looked, 'check')} not run" if looked else "",
            ]
            return f"Waits for {' and '.join(part for part in parts if part)}: {worst.entry.claim}"
        if state is BarState.STALE:
            return f"Seen more than 48 hours ago: {worst.entry.claim}{more}"
        return f"{worst.result.subject}: {worst.result.summary}{more}"
    if state is BarState.WAIVED:
        return f"Passes with {plural(sum(row.is_waived for row in rows), 'accepted risk')}."
    if all(row.verdict is Verdict.NOT_APPLICABLE for row in rows):
        return "Does not apply to this product."
    passing = sum(row.verdict in (Verdict.PASS, Verdict.WARN) for row in rows)
    applying = [row for row in rows if row.verdict is not Verdict.NOT_APPLICABLE]
    unseen = sum(row.verdict in _UNSEEN for row in applying)
    known = f"; {plural(unseen, 'lesser one')} not seen, among the known issues" if unseen else ""
    return f"{passing} of {len(applying)} hold{known}."
