"""What stands in each document."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from itertools import groupby

import pytest

from launchready_tui.deliverables import documents
from launchready_tui.deliverables.blocks import (
    Bullets,
    Code,
    CodeBlock,
    EvidenceRef,
    Paragraph,
    RecordRef,
    Row,
    Section,
    Table,
    Text,
    When,
    walk,
)
from launchready_tui.deliverables.documents import compose
from launchready_tui.deliverables.fix_plan import ITEMS
from launchready_tui.deliverables.instructions import LONGEST, shortened
from launchready_tui.deliverables.prose import blocks_of
from launchready_tui.deliverables.reading import read
from launchready_tui.deliverables.to_markdown import to_markdown
from launchready_tui.errors import InputError
from launchready_tui.model.journal import fold
from launchready_tui.model.records import Note, Record
from launchready_tui.model.verdicts import Severity, Verdict
from launchready_tui.runbook.loader import DOCUMENTS
from tests.deliverables.world import NOW, crowded, payloads, results, snapshot, world

IDS = tuple(info.id for info in documents.available(snapshot()))


def test_every_document_of_the_loader_is_there_and_the_handover_comes_first() -> None:
    infos = documents.available(snapshot())
    assert infos[0].id == "handover"
    assert {info.id for info in infos} == {*DOCUMENTS, "midnight-cards"}
    assert next(info for info in infos if info.id == "fix-plan").stage == "S1"


def test_an_unknown_document_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"fix-plan"):
        documents.markdown("fix-plam", snapshot())


@pytest.mark.parametrize("document", IDS)
def test_an_empty_engagement_gives_every_document(document: str) -> None:
    text = documents.markdown(document, snapshot())
    assert text.startswith("# Acme Market: ")
    assert "nothing recorded yet" in text
    assert "Nov 2026" not in text, "nobody saw anything, so there is no date to print"


@pytest.mark.parametrize("document", IDS)
def test_the_same_snapshot_gives_the_same_bytes(document: str) -> None:
    assert documents.markdown(document, world()[0]) == documents.markdown(document, world()[0])


@pytest.mark.parametrize("document", IDS)
def test_no_clock_is_read(document: str) -> None:
    """When it is written changes nothing as long as nothing runs out in between."""
    found, _ = results()
    later = snapshot(found, payloads(), now=NOW.replace(minute=20))
    assert documents.markdown(document, later) == documents.markdown(document, world()[0])


@pytest.mark.parametrize("document", IDS)
def test_the_folder_of_the_profile_stays_at_home(document: str) -> None:
    assert "/home/maya" not in documents.markdown(document, world()[0])


@pytest.mark.parametrize("document", IDS)
def test_every_proof_has_its_id_and_its_date(document: str) -> None:
    """A proof names evidence, a run or a record with its date, or it says that there is none."""
    checked = 0
    for block in walk(compose(document, read(world()[0])).blocks):
        if not isinstance(block, Table) or {"Id", "Link"} & {column.title for column in block.columns}:
            continue
        proofs = [
            n
            for n, column in enumerate(block.columns)
            if column.title in ("Proof", "Evidence", "Record", "Source", "From", "Decided")
        ]
        for row in block.rows:
            for cell in (row.cells[n] for n in proofs if block.columns[n].role == "source"):
                assert _is_proof(row, cell), (document, row)
                checked += 1
    without = ("deploy-checklist", "optimization-log", "load-report", "fix-kit", "midnight-cards")
    assert checked or document in without, "nobody said anything there"


def _is_proof(row: Row, cell: tuple[object, ...]) -> bool:
    words = " ".join(span.text for span in cell if isinstance(span, Text))
    if any(
        phrase in words
        for phrase in ("nobody looked yet", "no record", "no decision recorded", "named in a grant only")
    ):
        return not any(isinstance(span, When) for span in cell)
    named = any(isinstance(span, (EvidenceRef, RecordRef)) for span in cell) or "run " in words
    return named and any(isinstance(span, When) for span in cell)


def test_the_risk_list_labels_every_problem_and_keeps_the_unseen_apart() -> None:
    base = world()[0]
    text = documents.markdown("risk-list", base)
    problems, unseen = text.split("## Not seen")
    for row in base.board:
        if row.verdict is Verdict.FAIL and row.severity is not Severity.INFO:
            assert (
                row.result.evidence[0] in problems if row.result.evidence else f"record {row.result.record}" in problems
            )
        if row.verdict in (Verdict.UNKNOWN, Verdict.NOT_RUN) and row.severity is Severity.BLOCKER and not row.is_waived:
            assert row.entry.claim in unseen
    assert "**BLOCKER**" in problems
    assert "Maya, due Tuesday · record 18" in problems


def test_the_fix_plan_follows_the_priorities() -> None:
    reading = read(world()[0])
    text = documents.markdown("fix-plan", reading.snapshot)
    claims = re.findall(r"so that: \[([^\]]+)\]", text)
    wanted = [each for each, _ in groupby(item.standing.entry.claim for item in reading.priorities)]
    shown = [each for each, _ in groupby(claims)]
    assert shown == wanted[: len(shown)]
    assert len(claims) == ITEMS or shown == wanted


def test_the_sum_behind_each_place_stands_in_the_risk_list_and_not_in_the_plan() -> None:
    reading = read(world()[0])
    risks = documents.markdown("risk-list", reading.snapshot)
    assert "severity (100/30/8)" in risks
    for item in reading.priorities:
        assert f"`{item.sum}`" in risks
    plan = documents.markdown("fix-plan", reading.snapshot)
    assert "√" not in plan
    assert "severity (" not in plan


def test_a_line_of_the_fix_plan_begins_with_what_to_do_and_says_how_long() -> None:
    reading = read(world()[0])
    first = next(item.standing for item in reading.priorities if item.standing.entry.id == "tls.hsts")
    text = documents.markdown("fix-plan", reading.snapshot)
    row = next(line for line in text.splitlines() if first.entry.claim in line)
    send = "medium Send `Strict-Transport-Security: max-age=31536000` on every https answer.<br>so that: "
    assert re.match(r"\| \d+ \| " + re.escape(send), row)
    assert f"| {first.entry.minutes} min |" in row


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Do this. Then that.", "Do this."),
        ("Send `a.b` now. Later.", "Send `a.b` now."),
        ("No end", "No end"),
        ("Write it down in the one place that everybody reads first, " + "and more " * 30, "reads first…"),
        ("word " * 60, "word…"),
    ],
)
def test_an_instruction_is_one_short_sentence(said: str, kept: str) -> None:
    (found,) = blocks_of(said)
    assert isinstance(found, Paragraph)
    words = "".join(f"`{s.text}`" if isinstance(s, Code) else getattr(s, "text", "") for s in shortened(found.line))
    assert words.endswith(kept)
    assert len(words) <= LONGEST + 10


def test_nothing_open_is_not_said_of_what_nobody_looked_at() -> None:
    empty = snapshot()
    for document in ("fix-plan", "handover"):
        text = documents.markdown(document, empty)
        assert f"Nothing open among what was seen; {len(empty.gate.unseen)} blockers not seen yet" in text
        assert "Nothing open. " not in text
    assert "From the top downwards" not in documents.markdown("fix-plan", empty)


def test_what_was_never_run_is_not_counted_as_places_that_do_not_hold() -> None:
    base = world()[0]
    board = tuple(
        replace(row, result=replace(row.result, verdict=Verdict.NOT_RUN, reason="no-consent", summary="No consent."))
        if row.entry.id == "dns.caa"
        else row
        for row in base.board
    )
    text = documents.markdown("handover", replace(base, board=board))
    assert "Not run yet, 2 places: No consent." in text
    assert "0 of 2 places hold" not in text
    half = tuple(row for row in board if row.result.subject != "app.acme.test" or row.entry.id != "dns.caa")
    half += tuple(row for row in base.board if row.result.subject == "app.acme.test" and row.entry.id == "dns.caa")
    assert "1 of 2 places hold; 1 not run yet" in documents.markdown("handover", replace(base, board=half))


@pytest.mark.parametrize("count", [0, 1, 24, 500, 5_000])
def test_the_fix_plan_is_one_page(count: int) -> None:
    text = documents.markdown("fix-plan", crowded(count))
    assert len(text.splitlines()) <= 60
    found = re.search(r"\*\*(\d[\d,]*) more lines? with (\d[\d,]*) problems?\*\*", text)
    if count >= 500:
        assert found
        assert "[launch risk list](risk-list.md)" in text
        rows = [line for line in text.splitlines() if re.match(r"\| \d+ \|", line)]
        shown = sum(1 + row.count("`, `") + int((re.search(r"and ([\d,]+) more", row) or ["", "0"])[1]) for row in rows)
        assert shown + int(found[2].replace(",", "")) == count


def test_blockers_that_need_a_person_are_one_line() -> None:
    text = documents.markdown("fix-plan", world()[0])
    line = next(line for line in text.splitlines() if "answers:" in line)
    assert "more, in the [launch risk list]" in line


def test_page_one_says_what_the_gate_says_and_what_was_accepted() -> None:
    text = documents.markdown("handover", world()[0])
    page = text[: text.index("## The seven topics")]
    gate = world()[0].gate
    assert "✗ **NO-GO**" in page
    for bar in gate.bars:
        assert f"| {bar.id} | " in page
    assert f"Open blockers: {len(gate.blockers)}" in page
    assert "closes next week" in page
    assert "Override: Iris, consultant, signed while the gate said NO-GO" in page


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("### DNS provider", "Cloudflare"),
        ("### Edge settings", "Every public web host"),
        ("### Email authentication", "acme.test"),
        ("### Deployment", "npm run build"),
        ("### Secret storage", "Not written down yet"),
        ("### Monitoring links", "Given up by Maya"),
        ("### Rollback", "Migrations stay"),
        ("## Access map", "who leaves after the sprint"),
        ("## Launch notes", "Launch is on Tuesday"),
        ("## Known issues", "seen number 0"),
        ("## Next steps", "after launch"),
        ("## Decisions", "superseded by decision 14"),
        ("## Waivers", "blocked"),
        ("## Drills", "Given up by Maya"),
        ("## Answers of people", "Iris"),
        ("## Roadmap trace", "`MB12`"),
        ("## Evidence: ", "dialled 127.0.0.10"),
    ],
)
def test_the_handover_has_its_parts(heading: str, words: str) -> None:
    base, evidence = world()
    reading = read(base, evidence)
    text = to_markdown(compose("handover", reading))
    start = text.index(heading)
    level = heading.split(" ")[0]
    end = re.search(rf"\n#{{1,{len(level)}}} ", text[start + 1 :])
    part = text[start : start + 1 + end.start()] if end else text[start:]
    assert words in part


def test_an_expired_answer_counts_no_more() -> None:
    text = documents.markdown("security-baseline", world()[0])
    line = next(line for line in text.splitlines() if "strong DKIM key" in line)
    assert line.startswith("| ? unknown")
    assert "expired" in line


def test_the_roadmap_is_traced_whole() -> None:
    text = documents.markdown("handover", snapshot())
    for name in ("MB1", "MB12", "S1.F1", "S7.D1", "A8", "N6", "M13", "H6"):
        assert f"| `{name}` |" in text


def test_the_signal_table_has_the_four_rows_of_the_roadmap() -> None:
    text = documents.markdown("signal-table", snapshot())
    for limit in ("under 500 ms", "under 1 %", "above 99.9 %", "under 60 s"):
        assert limit in text


def test_the_rollback_note_prints_the_time_of_the_drill_and_its_command() -> None:
    text = documents.markdown("rollback-note", world()[0])
    assert "Proven: 7 min of 15 minutes" in text
    assert "fly releases rollback 'the last one'" in text
    assert "06:41" in text


def test_an_unproven_rollback_says_so() -> None:
    assert "Not proven: nobody has tried it against the clock" in documents.markdown("rollback-note", snapshot())


def test_what_is_missing_names_who_and_how_long() -> None:
    empty = documents.missing(snapshot())
    assert [item.what for item in empty[:7]] == [
        f"{topic}: nothing is written down"
        for topic in (
            "DNS provider",
            "Edge settings (Cloudflare or another)",
            "Email authentication",
            "Secret storage",
            "Monitoring links",
        )
    ] + [
        "A founder on the list of people: who decides",
        "A backup on the list of people: who helps when the founder cannot be reached",
    ]
    assert all(item.minutes > 0 and item.who for item in empty)
    keys = [item.key for item in empty if item.key]
    assert len(keys) == len(set(keys))
    base = world()[0]
    assert all(base.standing(*key) for key in keys)
    assert any("Maya (founder)" in item.who for item in documents.missing(base))


def test_what_was_supplied_is_no_longer_missing() -> None:
    missing = {item.what for item in documents.missing(world()[0])}
    assert "Edge settings (Cloudflare or another): nothing is written down" not in missing
    assert "Sign-off of the consultant" not in missing
    assert "Sign-off of the founder" in missing


def test_a_large_engagement_is_written_in_reasonable_time() -> None:
    base = crowded(5_000)
    start = time.monotonic()
    for document in IDS:
        documents.markdown(document, base)
    assert time.monotonic() - start < 20


def test_the_fix_kit_has_text_to_paste_grouped_by_finding() -> None:
    reading = read(world()[0])
    document = compose("fix-kit", reading)
    parts = [block for block in document.blocks if isinstance(block, Section)]
    assert parts
    texts = [block.text for block in walk(document.blocks) if isinstance(block, CodeBlock)]
    assert texts
    assert len({part.anchor for part in parts}) == len(parts)
    text = to_markdown(document)
    assert "```" in text
    assert "(risk-list.md" in text


def test_a_note_in_markdown_keeps_its_headings_as_bold_lines_and_nothing_more() -> None:
    found = blocks_of("# Roll back\n\n1. `fly releases`\n\n<b>no</b> [link](https://evil.test)")
    head, steps, rest = found
    assert head == Paragraph((Text("Roll back", "strong"),))
    assert steps == Bullets(((Code("fly releases"),),), ordered=True)
    assert rest == Paragraph((Text("<b>no</b> [link](https://evil.test)"),))


def test_the_rollback_note_is_told_once_and_pointed_to_elsewhere() -> None:
    base, evidence = world()
    note = Record(
        len(base.records) + 1, NOW, Note("rollback.note", "", "# Undo\n\n1. `fly releases`", "Iris"), "f" * 64
    )
    records = (*base.records, note)
    noted = replace(base, records=records, state=fold(records))
    assert "`fly releases`" in documents.markdown("rollback-note", noted, evidence)
    handover = documents.markdown("handover", noted, evidence)
    assert "[the rollback note](rollback-note.md), 2 lines" in handover
    assert "# Undo" not in handover.partition("## Journal")[0]
