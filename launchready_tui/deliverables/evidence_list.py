"""The evidence: what was asked, what came back in one line, when, from where. The whole answers are in the engagement
file, under these ids.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from launchready_tui.deliverables.blocks import (
    Break,
    Code,
    Column,
    Line,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    When,
    line,
)
from launchready_tui.deliverables.dates import minute, second
from launchready_tui.deliverables.marks import was_seen
from launchready_tui.deliverables.reading import Reading
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.questions import Question
from launchready_tui.text import plural
from launchready_tui.words.answered import said
from launchready_tui.words.asked import asked_parts
from launchready_tui.words.figures import Place


def evidence_list(reading: Reading) -> Section:
    """Every piece of evidence that a result rests on, in the order in which it was seen."""
    ids = dict.fromkeys(item for row in reading.snapshot.board if was_seen(row.result) for item in row.result.evidence)
    if not ids:
        return Section(
            "Evidence", "evidence", (Paragraph(line(Text("Nothing was asked of the outside world yet.", "muted"))),)
        )
    found = sorted(
        (reading.evidence[item] for item in ids if item in reading.evidence),
        key=lambda item: (item.finished_at, item.id),
    )
    without = [item for item in ids if item not in reading.evidence]
    tools = sorted({item.tool for item in found} - {""})
    usual = _usual(found)
    rows = [*(_full(item, usual, len(tools) > 1) for item in found), *_only_ids(reading, without)]
    columns = (
        Column("Id", "short"),
        Column("Asked and answered", "main"),
        Column("Seen (UTC)", "source"),
        Column("Vantage", "source"),
    )
    by = f", seen by {tools[0]}" if len(tools) == 1 else ""
    kept = "The whole answers stand under these ids in the engagement file, and in evidence.json of the pack."
    seen_from = f" Where no vantage stands, it was {usual}." if usual else ""
    intro = f"{plural(len(ids), 'answer')} of the outside world{by}. {kept}{seen_from}"
    return Section(
        f"Evidence: {len(ids)}",
        "evidence",
        (Paragraph(line(intro)), Table(columns, tuple(rows), dense=True, index=True)),
        page=True,
    )


def _usual(found: list[Evidence[Any]]) -> str:
    """The vantage of most, which then stands once for all of them; '' if there is none."""
    counts = Counter(_from(item) for item in found)
    usual, count = counts.most_common(1)[0] if counts else ("", 0)
    return usual if usual and count > 1 else ""


def _full(item: Evidence[Any], usual: str, named: bool) -> Row:
    asked = question(item.question)
    if item.attempt > 1:
        asked = line(asked, Text(f" · attempt {item.attempt}", "muted"))
    if item.failure is not None:
        asked = line(asked, Break(), Text(f"no answer: {item.failure.reason}", "muted"))
    elif item.facts is not None:
        asked = line(asked, Break(), Text(said(item.facts), "muted"))
    seen = When(second(item.finished_at).removesuffix(" UTC"))
    vantage = _vantage(item, usual, item.tool if named else "")
    return Row((line(Code(item.id)), asked, line(seen), vantage), anchor=f"e-{item.id}")


def _only_ids(reading: Reading, ids: list[str]) -> list[Row]:
    """Where the evidence itself is not at hand: its id, what it served, and when that was seen."""
    first: dict[str, Row] = {}
    wanted = frozenset(ids)
    for row in reading.snapshot.board:
        for item in row.result.evidence:
            if item in wanted and item not in first:
                asked = line(Text("for ", "muted"), row.entry.claim, " · ", Code(row.result.subject))
                first[item] = Row(
                    (line(Code(item)), asked, line(When(minute(row.result.at).removesuffix(" UTC"))), line("–")),
                    anchor=f"e-{item}",
                )
    return list(first.values())


def question(asked: Question[Any]) -> Line:
    """What was asked, without what was sent along with it."""
    return line(*(Code(part) if isinstance(part, Place) else part for part in asked_parts(asked)))


def _vantage(item: Evidence[Any], usual: str, tool: str) -> Line:
    where = _from(item)
    return line("" if where == usual else where or "–", Text(f" · {tool}" if tool else "", "muted"))


def _from(item: Evidence[Any]) -> str:
    parts = [f"dialled {item.vantage.address}"] if item.vantage.address else []
    parts += [f"resolver {', '.join(item.vantage.resolvers)}"] if item.vantage.resolvers else []
    return "; ".join(parts)
