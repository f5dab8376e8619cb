"""The access map, the findings and the decisions as CSV (RFC 4180, UTF-8), safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from launchready_tui.deliverables.reading import Reading
from launchready_tui.deliverables.safe import multiline
from launchready_tui.engine.access import access_map, required
from launchready_tui.engine.accesscsv import to_csv
from launchready_tui.model.board import Standing
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Decision, Waiver
from launchready_tui.model.results import Finding

Rows = Iterable[tuple[object, ...]]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, in full width too."""


def csv_files(reading: Reading) -> dict[str, str]:
    """The tables by file name."""
    return {"access.csv": _access(reading)} | {name: table(*make(reading)) for name, make in _TABLES.items()}


def table(columns: tuple[str, ...], rows: Rows) -> str:
    """A CSV file with a head. Cells that a spreadsheet would compute get an apostrophe before them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def cell(value: object) -> str:
    """A value as the text of a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        case _:
            raw = str(value)
            return f"'{multiline(raw)}" if raw.startswith(_FORMULA) else multiline(raw)


def _access(reading: Reading) -> str:
    """The same table as the map's own, so that it can be taken over again, with the dangers at the end."""
    dangers = {
        row.area: "; ".join(danger.sentence for danger in row.dangers) for row in access_map(reading.snapshot).rows
    }
    return to_csv(reading.snapshot.state, required(reading.snapshot.runbook), dangers, multiline)


def _findings(reading: Reading) -> tuple[tuple[str, ...], Rows]:
    columns = ("severity", "verdict", "state", "check", "claim", "subject", "reason", "summary")
    more = ("first_seen_utc", "last_seen_utc", "resolved_utc", "owner", "due", "waived_until_utc", "evidence", "stage")
    place = {item.standing.key: number for number, item in enumerate(reading.priorities)}
    ordered = sorted(
        reading.snapshot.findings,
        key=lambda item: (not item.is_open, place.get((item.check, item.subject), len(place)), item.fingerprint),
    )
    return (*columns, *more), [_finding(item, reading) for item in ordered]


def _finding(item: Finding, reading: Reading) -> tuple[object, ...]:
    entry = reading.snapshot.runbook.entry(item.check)
    row: Standing | None = reading.by_key.get((item.check, item.subject))
    owner = row.owner if row else None
    waiver = reading.numbers.get(item.waiver)
    proof = " ".join(row.result.evidence) if row and row.result.reason == item.reason else ""
    return (
        item.severity.value,
        item.verdict.value,
        item.state.value,
        item.check,
        entry.claim if entry else "",
        item.subject,
        item.reason,
        item.summary,
        item.first_seen,
        item.last_seen,
        item.resolved_at,
        owner.owner if owner else "",
        owner.due if owner else "",
        payload(waiver, Waiver).until if waiver else None,
        proof,
        entry.stage if entry else "",
    )


def _decisions(reading: Reading) -> tuple[tuple[str, ...], Rows]:
    columns = ("number", "at_utc", "title", "choice", "options", "why", "who", "topic", "supersedes", "superseded_by")
    state = reading.snapshot.state
    later = {payload(record, Decision).supersedes: record.number for record in state.decisions}
    rows = []
    for record in state.decisions:
        said = payload(record, Decision)
        options, before = "; ".join(said.options), said.supersedes or ""
        what = (said.title, said.choice, options, said.why, said.who, said.topic)
        rows.append((record.number, record.at, *what, before, later.get(record.number, "")))
    return columns, rows


_TABLES: Mapping[str, Callable[[Reading], tuple[tuple[str, ...], Rows]]] = {
    "findings.csv": _findings,
    "decisions.csv": _decisions,
}
