"""Following logs from a moment on: what was there before does not count, what comes does, rotated or not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from launchready_tui.queries.reading import QueryLogs
from launchready_tui.queries.statement import Statement
from launchready_tui.queries.tail import Tail, expand
from tests.queries.logs import csvlog, jsonlog, slow, stderr

TOLD = "duration: 1.500 ms  statement: SELECT a FROM t WHERE id = {}"


class Following:
    """A log that is followed."""

    def __init__(self, folder: Path, *patterns: str) -> None:
        self.seen: list[Statement] = []
        self.tail = Tail(QueryLogs(self.seen.append), folder, patterns or ("*.log",))

    def news(self) -> list[str]:
        """The statements that came."""
        while self.tail.read():
            pass
        self.tail.pause()
        found = [item.sql for item in self.seen]
        self.seen.clear()
        return found


FORMS = {
    "text": lambda n: stderr(TOLD.format(n)),
    "json": lambda n: jsonlog(TOLD.format(n)),
    "csv": lambda n: csvlog(TOLD.format(n)),
    "mysql": lambda n: slow(f"SELECT a FROM t WHERE id = {n}"),
}


@pytest.mark.parametrize("form", FORMS)
def test_only_what_comes(tmp_path: Path, form: str) -> None:
    record, log = FORMS[form], tmp_path / "q.log"
    log.write_text(record(1) * 30, "utf-8")
    following = Following(tmp_path)
    assert following.news() == []
    assert not following.tail.grown
    assert following.tail.floor_ms == 1.5
    for number in (2, 3):
        with log.open("a") as file:
            file.write(record(number))
        assert following.news() == [f"SELECT a FROM t WHERE id = {number}"]
    assert following.tail.grown


@pytest.mark.parametrize("form", FORMS)
def test_a_log_that_was_empty(tmp_path: Path, form: str) -> None:
    log = tmp_path / "q.log"
    log.touch()
    following = Following(tmp_path)
    log.write_text(FORMS[form](2), "utf-8")
    assert following.news() == ["SELECT a FROM t WHERE id = 2"]
    assert following.tail.floor_ms == 0.0


def test_a_line_that_comes_in_parts(tmp_path: Path) -> None:
    log = tmp_path / "q.log"
    log.write_text(FORMS["json"](1), "utf-8")
    following = Following(tmp_path)
    text = FORMS["json"](2)
    with log.open("a") as file:
        file.write(text[:50])
        file.flush()
        following.tail.read()
        file.write(text[50:])
    assert following.news() == ["SELECT a FROM t WHERE id = 2"]


def test_rotation_by_renaming_and_by_truncating(tmp_path: Path) -> None:
    log, record = tmp_path / "q.log", FORMS["text"]
    log.write_text(record(1) * 5, "utf-8")
    following = Following(tmp_path, "q.log")
    log.rename(tmp_path / "q.log.1")
    log.write_text(record(2), "utf-8")
    assert following.news() == ["SELECT a FROM t WHERE id = 2"]
    log.write_text("", "utf-8")
    following.tail.read()
    log.write_text(record(3), "utf-8")
    assert following.news() == ["SELECT a FROM t WHERE id = 3"]


def test_a_new_file_of_a_glob(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(FORMS["text"](1), "utf-8")
    following = Following(tmp_path)
    (tmp_path / "b.log").write_text(FORMS["text"](2), "utf-8")
    (tmp_path / "c.log.gz").write_bytes(b"\x1f\x8b")
    assert following.news() == ["SELECT a FROM t WHERE id = 2"]


def test_only_slow_statements_are_noticed(tmp_path: Path) -> None:
    log = tmp_path / "q.log"
    log.write_text("".join(stderr(f"duration: {200 + n}.0 ms  statement: SELECT 1 FROM t") for n in range(40)), "utf-8")
    assert Following(tmp_path).tail.floor_ms == 200.0


def test_expand(tmp_path: Path) -> None:
    for age, name in ((9, "b.log"), (5, "a.log")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1_700_000_000 - age,) * 2)
    assert [path.name for path in expand(tmp_path, ("*.log", "a.log", str(tmp_path / "b.log")))] == ["b.log", "a.log"]
    assert expand(tmp_path, ("nothing",)) == []
