"""Remarks about a file: no part of its history, kept and dropped together."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from launchready_tui.model.records import Note
from launchready_tui.store.file import EngagementFile

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_remarks_of_one_kind_are_read_together_and_an_empty_one_is_dropped(tmp_path: Path) -> None:
    file = EngagementFile(tmp_path / "a.launchready", create=True)
    file.append_record(Note("", "", "x"), NOW)
    head = file.head
    file.set_remark("place", "S1")
    file.set_remarks({"kept a": "1", "kept %": "2", "kep": "3"})
    assert file.remarks("kept ") == {"kept a": "1", "kept %": "2"}
    file.set_remarks({"kept a": "", "kept b": "4\ud800"})
    assert set(file.remarks("kept ")) == {"kept %", "kept b"}
    assert (file.remark("place"), file.head) == ("S1", head)
    file.close()
    again = EngagementFile(tmp_path / "a.launchready")
    assert set(again.remarks("kept ")) == {"kept %", "kept b"}
    again.close()
