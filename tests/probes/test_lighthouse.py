"""Saved Lighthouse and PageSpeed reports, good ones and all others."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.questions.latency import PageReports
from launchready_tui.probes.lighthouse import read_reports


def report(url: str = "https://acme.test/", **values: Any) -> dict[str, Any]:
    """A Lighthouse result, as version 12 writes it."""
    figures = {
        "largest-contentful-paint": values.get("lcp", 2100.5),
        "total-blocking-time": values.get("tbt", 150),
        "cumulative-layout-shift": values.get("shift", 0.0437),
        "server-response-time": values.get("server", 180.2),
    }
    return {
        "lighthouseVersion": "12.2.1",
        "requestedUrl": url,
        "finalDisplayedUrl": url,
        "configSettings": {"formFactor": "mobile"},
        "audits": {name: {"numericValue": value, "score": 0.9} for name, value in figures.items()},
    }


def read(folder: Path, *paths: str) -> PageReports:
    found = read_reports(folder, paths or ("*.json",))
    assert isinstance(found, PageReports)
    return found


def test_reports_by_glob_and_by_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for number in (1, 2):
        (tmp_path / "a" / f"{number}.json").write_text(json.dumps(report()))
    psi = {"id": "https://acme.test/", "lighthouseResult": report("https://acme.test/listings")}
    (tmp_path / "psi.json").write_text(json.dumps(psi))
    found = read(tmp_path, "a/*.json", "psi.json")
    assert [run.url for run in found.runs] == ["https://acme.test/"] * 2 + ["https://acme.test/listings"]
    first = found.runs[0]
    assert (first.lcp, first.tbt, first.shift, first.server) == (2100.5, 150.0, 0.0437, 180.2)
    assert (first.form_factor, first.version, found.files) == ("mobile", "12.2.1", 3)
    assert read(tmp_path, str(tmp_path / "a" / "*.json")).files == 2


def test_a_figure_that_is_missing_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(report(lcp=None, tbt="x", shift=-1)))
    run = read(tmp_path).runs[0]
    assert (run.lcp, run.tbt, run.shift, run.server) == (None, None, None, 180.2)


def test_no_file_is_no_failure(tmp_path: Path) -> None:
    assert read(tmp_path) == PageReports()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1]", "no audits"),
        ('{"audits": []}', "no audits"),
        ('{"audits": {}}', "no measurement"),
        (json.dumps({**report(), "requestedUrl": 7, "finalDisplayedUrl": None}), "no measurement"),
        (json.dumps({**report(), "runtimeError": {"code": "NO_FCP"}}), "NO_FCP"),
        (
            '{"requestedUrl": "x", "audits": {"largest-contentful-paint": {"numericValue": ' + "9" * 5_000 + "}}}",
            "no meas",
        ),
        ('{"requestedUrl": "x", "audits": {"largest-contentful-paint": {"numericValue": NaN}}}', "no measurement"),
    ],
)
def test_what_is_no_report(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "bad.json").write_text(text)
    found = read_reports(tmp_path, ("bad.json",))
    assert isinstance(found, Failure)
    assert why in found.message
    (tmp_path / "good.json").write_text(json.dumps(report()))
    mixed = read(tmp_path)
    assert len(mixed.runs) == 1
    assert why in mixed.unreadable[0]


def test_missing_files_pipes_and_folders(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.json").mkdir()
    for name in ("gone.json", "pipe.json", "folder.json"):
        assert isinstance(read_reports(tmp_path, (name,)), Failure)
    assert isinstance(read_reports(tmp_path, ("[", "**/x/../*.json", "\0")), PageReports | Failure)


def test_secrets_in_urls_are_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(report("https://u:p@acme.test/?token=abc123def")))
    url = read(tmp_path).runs[0].url
    assert "abc123def" not in url
    assert "u:p" not in url
