"""The tables: right cells, and nothing that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io

import pytest

from launchready_tui.deliverables.csv_tables import cell, csv_files, table
from launchready_tui.deliverables.reading import read
from launchready_tui.engine.accesscsv import from_csv
from launchready_tui.model.journal import State
from launchready_tui.model.records import Grant
from tests.deliverables.world import NOW, world


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("https://evil.test")']
)
def test_formulas_stay_text(text: str) -> None:
    assert cell(text).startswith("'")
    found = rows(table(("one", "two"), [(text, "x")]))
    assert found[0]["one"].startswith("'")
    assert not found[0]["one"].startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ['a "quoted" word', "a,b;c", "two\nlines", "\u05d0\u05d1", "\U0001f680", "plain"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert rows(table(("one",), [(text,)]))[0]["one"] == text


def test_values() -> None:
    assert [cell(None), cell(True), cell(False), cell(3), cell(NOW)] == ["", "yes", "no", "3", "2026-11-24 12:00:00"]
    assert "\x1b" not in cell("a\x1b[31m")


@pytest.mark.parametrize("text", ["", '=cmd|" /C calc"!A0', "@x\t\r\n", "-2+3"])
def test_every_cell_of_every_table_is_safe(text: str) -> None:
    base, evidence = world(text)
    for name, content in csv_files(read(base, evidence)).items():
        assert content.endswith("\r\n"), name
        for row in rows(content):
            assert None not in row, f"{name} has a row that is too long"
            assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values()), name


def test_what_the_tables_say() -> None:
    base, evidence = world()
    files = csv_files(read(base, evidence))
    access = {(row["area"], row["person"]): row for row in rows(files["access.csv"])}
    assert access["dns", "Maya"]["role"] == "owner"
    assert access["dns", "Maya"]["second_factor"] == "yes"
    assert access["dns", "Maya"]["contact"].startswith("maya@acme.test")
    assert access["hosting", ""]["name"] == ""
    assert "nobody said" in access["hosting", ""]["dangers"]
    taken_over = from_csv(files["access.csv"].encode(), State()).payloads
    held = {item for item in taken_over if isinstance(item, Grant)}
    assert held == set(base.state.grants), "the pack's table is the map's own"
    findings = rows(files["findings.csv"])
    assert {row["verdict"] for row in findings} == {"fail", "warn"}
    assert all(row["claim"] and row["subject"] for row in findings)
    decisions = {row["number"]: row for row in rows(files["decisions.csv"])}
    assert decisions["13"]["superseded_by"] == "14"
    assert decisions["14"]["supersedes"] == "13"
