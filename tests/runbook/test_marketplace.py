"""The marketplace runbook: complete against the roadmap and the catalogue, and consistent with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from launchready_tui.checks import load_checks
from launchready_tui.model.runbook import Entry, Kind, Runbook
from launchready_tui.runbook.loader import DOCUMENTS, load_runbook
from launchready_tui.runbook.locate import runbooks_dir

FOLDER = runbooks_dir() / "marketplace"


@pytest.fixture(scope="module")
def runbook() -> Runbook:
    return load_runbook(FOLDER, frozenset(load_checks()))


def numbered(prefix: str, *numbers: str) -> list[str]:
    """`numbered("S1.DNS", "01-03", "07")` → S1.DNS.01, 02, 03, 07."""
    found: list[str] = []
    for number in numbers:
        first, _, last = number.partition("-")
        found += [f"{prefix}.{n:02}" for n in range(int(first), int(last or first) + 1)]
    return found


CATALOGUE = [
    *numbered("S1.DNS", "1-16"), *numbered("S1.RED", "1-8"), *numbered("S1.TLS", "1-10"), *numbered("S1.SEC", "1-9"),
    *numbered("S1.PERF", "1-2"),
    *numbered("S2.BLD", "1-4"), *numbered("S2.MIG", "1-6"), "S2.BAK.01", *numbered("S2.DEP", "1-3"),
    *numbered("S2.RBK", "1-2"), *numbered("S2.HUM", "1-2"),
    *numbered("S3.CF", "1-7"), *numbered("S3.RL", "1-8"), *numbered("S3.RST", "1-2"), "S3.COOK.01", "S3.HDR.01",
    "S3.CORS.01", "S3.ADM.01", "S3.AUTHZ.01", "S3.DB.01", *numbered("S3.SPF", "1-2"), "S3.DKIM.01", "S3.DMARC.01",
    *numbered("S3.MAIL", "2-5"),
    *numbered("S4.Q", "1-7"), *numbered("S4.CACHE", "1-6"), *numbered("S4.PAY", "1-4"), *numbered("S4.LAT", "1-2"),
    "S4.LOG",
    *numbered("S5.MON", "1-4"), *numbered("S5.ALR", "1-3"), *numbered("S5.SIG", "1-2"), *numbered("S5.ERR", "1-2"),
    *numbered("S5.LOG", "1-3"), "S5.DEP.01", "S5.DASH",
    "S6.GATE.01", *numbered("S6.RUN", "1-7"), *numbered("S6.SRV", "1-3"), "S6.3P.01", "S6.OUT",
    *numbered("S7.ACC", "1-7"), "S7.OPS.01", *numbered("S7.DOC", "1-2"), "S7.PACK.01", "S7.GO.01",
]  # fmt: skip
"""Every row of CHECKS.md b1 to b7."""

ROADMAP = [
    *(f"MB{n}" for n in range(1, 13)),
    *(f"S1.{x}" for x in ["C1", "C2", "C3", "C4", "C5", "D1", "D2", "F1", "F2", "F3"]),
    *(f"S2.{x}" for x in ["C1", "C2", "C3", "C4", "D1", "D2", "F1", "F2", "F3"]),
    *(f"S3.{x}" for x in ["C1", "C2", "C3", "C4", "C5", "D1", "F1", "F2", "F3"]),
    *(f"S4.{x}" for x in ["C1", "C2", "C3", "C4", "D1", "F1", "F2", "F3"]),
    *(f"S5.{x}" for x in ["C1", "C2", "C3", "C4", "D1", "F1", "F2", "F3"]),
    *(f"S6.{x}" for x in ["C1", "C2", "C3", "C4", "D1", "F1", "F2", "F3"]),
    *(f"S7.{x}" for x in ["C1", "C2", "C3", "D1", "F1", "F2", "F3"]),
    *(f"A{n}" for n in range(1, 9)),
    *(f"N{n}" for n in range(1, 7)),
    *(f"M{n}" for n in range(1, 14)),
    *(f"H{n}" for n in range(1, 7)),
]
"""Every id of ROADMAP.md that a runbook has to carry."""


def carried(runbook: Runbook) -> set[str]:
    parts = [
        *runbook.entries, *runbook.bars, *runbook.items, *runbook.plan, *runbook.cards, *runbook.automations,
        *(signal for stage in runbook.stages for signal in stage.signals),
        *(deliverable for stage in runbook.stages for deliverable in stage.deliverables),
    ]  # fmt: skip
    return {item for part in parts for item in part.roadmap}


def test_every_roadmap_id_is_carried(runbook: Runbook) -> None:
    assert sorted(set(ROADMAP) - carried(runbook)) == []
    assert sorted(carried(runbook) - set(ROADMAP)) == []


def test_every_catalogue_row_is_present(runbook: Runbook) -> None:
    rows = {row for entry in runbook.entries for row in entry.catalogue}
    assert sorted(set(CATALOGUE) - rows) == []
    assert sorted(rows - set(CATALOGUE)) == ["S3.ATT.01", "S3.ATT.02", "S3.ATT.03"]


def test_every_live_check_has_code_and_the_other_way_round(runbook: Runbook) -> None:
    live = {entry.id for entry in runbook.entries if entry.kind is Kind.LIVE}
    assert live == set(load_checks())


def test_time_boxes_make_forty_eight_hours(runbook: Runbook) -> None:
    assert [stage.minutes for stage in runbook.stages] == [120, 480, 600, 480, 360, 360, 480]
    assert sum(stage.minutes for stage in runbook.stages) == 48 * 60


def test_every_stage_has_signals_and_every_document_is_owed(runbook: Runbook) -> None:
    assert all(len(stage.signals) == 3 for stage in runbook.stages)
    assert {d.document for stage in runbook.stages for d in stage.deliverables} == set(DOCUMENTS)


def entries() -> list[Entry]:
    return list(load_runbook(FOLDER).entries)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_texts_are_whole(entry: Entry) -> None:
    for text in (entry.why, entry.by_hand, entry.fix, entry.statement, *entry.fixes.values()):
        assert not re.search(r"lorem ipsum|coming soon|not implemented", text, re.IGNORECASE)
    assert len(entry.why.split()) >= 12, "why it matters deserves a sentence"
    assert len(entry.by_hand.split()) >= 6
    assert len(entry.fix.split()) >= 8
    assert entry.by_hand.count("```") % 2 == 0
    assert entry.fix.count("```") % 2 == 0
    assert entry.valid_days <= 90


def test_no_sentence_is_repeated() -> None:
    seen: dict[str, str] = {}
    for entry in entries():
        for sentence in re.split(r"(?<=[.!?])\s+", entry.why):
            key = sentence.strip().lower()
            assert len(key) < 40 or key not in seen, f"{entry.id} repeats {seen.get(key)}: {sentence}"
            seen[key] = entry.id


def test_the_wheel_finds_its_runbooks() -> None:
    assert (runbooks_dir() / "data").is_dir()
    assert Path(FOLDER / "runbook.toml").is_file()
