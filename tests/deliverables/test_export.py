"""The files: whole or not there, the HTML without anything from elsewhere."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from launchready_tui.deliverables import documents
from launchready_tui.deliverables.evidence_list import question
from launchready_tui.errors import InputError
from launchready_tui.model.questions import ExposedPath
from tests.deliverables.page import Page
from tests.deliverables.world import crowded, evidence_for, snapshot, world

NAMES = [f"{info.id}.md" for info in documents.available(snapshot())]


def export(folder: Path, **options: Any) -> tuple[Path, ...]:
    base, evidence = world()
    return documents.export(base, evidence, folder, **options)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_writes_every_document_and_one_page(tmp_path: Path) -> None:
    written = export(tmp_path / "deep" / "pack")
    assert [path.name for path in written] == [*NAMES, "handover.html"]
    assert sorted(path.name for path in written) == names(tmp_path / "deep" / "pack")


def test_formats(tmp_path: Path) -> None:
    assert [path.name for path in export(tmp_path, formats=("html",))] == ["handover.html"]
    assert [path.name for path in export(tmp_path, formats=("md",))] == NAMES


def test_the_same_engagement_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = export(tmp_path / "a"), export(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_page_stands_alone(tmp_path: Path) -> None:
    export(tmp_path)
    page = Page((tmp_path / "handover.html").read_text(encoding="utf-8"))
    assert page.problems == []
    assert page.tags.count("h1") == len(NAMES) + 1
    assert "svg" in page.tags


def test_every_evidence_id_and_record_leads_to_its_line(tmp_path: Path) -> None:
    base, evidence = world()
    documents.export(base, evidence, tmp_path)
    page = Page((tmp_path / "handover.html").read_text(encoding="utf-8"))
    assert {f"e-{item.id}" for item in evidence} <= set(page.ids)
    assert {f"r-{record.number}" for record in base.records} <= set(page.ids)
    assert f"#e-{evidence[0].id}" in page.links


def test_states_are_never_only_a_colour(tmp_path: Path) -> None:
    export(tmp_path)
    text = (tmp_path / "handover.html").read_text(encoding="utf-8")
    for word in (
        "✗</span> fail",
        "✓</span> pass",
        "?</span> unknown",
        "○</span> not run",
        "~</span> waived",
        "✎</span> attested",
    ):
        assert word in text


def test_the_evidence_list_says_what_was_asked_when_and_from_where(tmp_path: Path) -> None:
    export(tmp_path)
    text = (tmp_path / "handover.md").read_text(encoding="utf-8")
    line = next(row for row in text.splitlines() if row.startswith(f"| `{evidence_for(0).id}`"))
    assert "DNS A `h0.acme.test`" in line
    assert "2026-11-24 11:00:00" in line
    assert "resolver" not in line
    assert "Where no vantage stands, it was dialled 127.0.0.10; resolver 127.0.0.1:53." in text


def test_questions_of_one_kind_are_told_apart() -> None:
    asked = [ExposedPath("https://acme.test/", "/.env"), ExposedPath("https://acme.test/", "/.git/HEAD")]
    said = ["".join(getattr(span, "text", "") for span in question(item)) for item in asked]
    assert said == ["whether https://acme.test/ serves /.env", "whether https://acme.test/ serves /.git/HEAD"]


def test_the_evidence_list_says_what_came_back_unless_that_was_left_out(tmp_path: Path) -> None:
    base, evidence = world("v=marked-answer")
    documents.export(base, evidence, tmp_path / "whole")
    masked = [replace(item, facts=None) for item in evidence]
    documents.export(base, masked, tmp_path / "masked")
    whole, without = (_row_of(tmp_path / name, evidence[0].id) for name in ("whole", "masked"))
    assert "v=marked-answer" in whole
    assert "v=marked-answer" not in without
    assert "answer left out" not in without


def _row_of(folder: Path, item: str) -> str:
    text = (folder / "handover.md").read_text(encoding="utf-8")
    return next(row for row in text.splitlines() if row.startswith(f"| `{item}`"))


@pytest.mark.parametrize("failing", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """The third file does not fit: two are whole, an older third one is as it was, and nothing else lies around."""
    (tmp_path / NAMES[2]).write_text("from last time")
    calls = 0

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    real: Any = {"write": os.fdopen, "fsync": os.fsync, "replace": Path.replace}[failing]

    def third(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        return full() if calls == 3 else real(*arguments, **named)

    target = {"write": (os, "fdopen"), "fsync": (os, "fsync"), "replace": (Path, "replace")}[failing]
    monkeypatch.setattr(*target, third)
    with pytest.raises(InputError, match=r"no space left on device") as caught:
        export(tmp_path)
    assert NAMES[2] in caught.value.message
    monkeypatch.undo()
    assert names(tmp_path) == sorted(NAMES[:3])
    assert (tmp_path / NAMES[2]).read_text() == "from last time"
    assert (tmp_path / NAMES[0]).read_text(encoding="utf-8").startswith("# Acme Market: Handover")


def test_a_kill_between_two_files_leaves_whole_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    real, calls = os.fsync, 0

    def killed(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Killed
        real(handle)

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(Killed):
        export(tmp_path)
    assert names(tmp_path) == sorted(NAMES[:3])
    assert all(path.read_text(encoding="utf-8").endswith("\n") for path in tmp_path.iterdir())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"cannot be made") as caught:
        export(tmp_path / "file" / "pack")
    assert caught.value.hint


def test_an_unwritable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    with pytest.raises(InputError, match=r"was not written: permission denied"):
        export(tmp_path)
    assert names(tmp_path) == []


def test_five_thousand_findings(tmp_path: Path) -> None:
    start = time.monotonic()
    written = documents.export(crowded(5_000), (), tmp_path)
    assert time.monotonic() - start < 30
    assert Page(written[-1].read_text(encoding="utf-8")).ids
