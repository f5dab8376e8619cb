"""Logs that end in the middle of a statement: what is left of it is counted apart, and has no rank."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from launchready_tui.cli.queryreport import as_json, as_text
from launchready_tui.model.questions.querylog import QueryLogFacts
from launchready_tui.queries.lexing import Dialect, is_open
from launchready_tui.queries.reading import digest_of
from tests.queries.logs import csvlog, read, shapes, slow, stderr

ONE = "1 statement cut at the end of the log: neither counted nor ranked"
WHOLE = "SELECT * FROM listings WHERE id = 7"
LONG = "SELECT o.id, o.amount\nFROM orders o\nWHERE o.buyer_id IN (1, 2, 3) AND o.state = 'paid'"


def told(text: str, ms: float = 2.5) -> str:
    return stderr(f"duration: {ms} ms  statement: {text}")


def cut(text: str, behind: str) -> str:
    """A text up to the end of those words."""
    return text[: text.index(behind) + len(behind)]


def counted(facts: QueryLogFacts) -> tuple[int, int, float, tuple[str, ...]]:
    return facts.statements, facts.shapes, facts.total_ms, facts.notices


BEFORE = told(WHOLE) * 3
AFTER = (3, 1, 7.5, (ONE,))


@pytest.mark.parametrize("behind", ["statement:", "SELECT o.i", "FROM orders o", "IN (1, 2", "'pa"])
def test_a_statement_of_postgres_that_is_cut_has_no_shape(tmp_path: Path, behind: str) -> None:
    facts = read(tmp_path, BEFORE + cut(told(LONG, 900.0), behind))
    assert counted(facts) == AFTER
    assert shapes(facts) == {"select * from listings where id = ?": 3}


@pytest.mark.parametrize("behind", ["IN (1, 2, 3", "'paid"])
def test_one_whose_last_lines_are_lost_shows_it_by_what_is_open(tmp_path: Path, behind: str) -> None:
    assert counted(read(tmp_path, BEFORE + cut(told(LONG), behind) + "\n")) == AFTER


def test_the_report_says_so(tmp_path: Path) -> None:
    facts = read(tmp_path, BEFORE + cut(told(LONG, 900.0), "IN (1, 2"))
    text = as_text(facts)
    assert ONE in text
    assert "orders" not in text
    assert json.loads(as_json(facts))["notices"] == [ONE]


def test_a_whole_log_ends_with_a_statement(tmp_path: Path) -> None:
    facts = read(tmp_path, BEFORE + told(LONG))
    assert (facts.statements, facts.shapes, facts.notices) == (4, 2, ())


@pytest.mark.parametrize("last", [WHOLE, f"{LONG};", f"{LONG} /*route='orders'*/"])
def test_a_lost_end_of_line_alone_cuts_nothing(tmp_path: Path, last: str) -> None:
    facts = read(tmp_path, BEFORE + told(last).rstrip("\n"))
    assert (facts.statements, facts.notices) == (4, ())


@pytest.mark.parametrize("rest", ["2026-11-24 10:0", "2026-11-24 10:00:00.000 UTC [41] shop@mar"])
def test_a_head_that_is_cut_leaves_the_statement_before_it_whole(tmp_path: Path, rest: str) -> None:
    facts = read(tmp_path, BEFORE + told(LONG) + rest)
    assert (facts.statements, facts.unparsed, facts.notices) == (4, 1, ())


def test_another_message_that_is_cut_is_no_statement(tmp_path: Path) -> None:
    facts = read(tmp_path, BEFORE + stderr("checkpoint starting: time").rstrip("\n")[:-4])
    assert (facts.statements, facts.other_lines, facts.notices) == (3, 1, ())


def test_a_failed_statement_that_is_cut_is_no_trouble(tmp_path: Path) -> None:
    failed = stderr("canceling statement due to statement timeout", label="ERROR") + stderr(LONG, label="STATEMENT")
    facts = read(tmp_path, BEFORE + cut(failed, "IN (1"))
    assert (facts.troubles, counted(facts)) == (0, AFTER)


def test_a_statement_that_waits_for_its_time_is_cut(tmp_path: Path) -> None:
    facts = read(tmp_path, BEFORE + cut(stderr(f"statement: {LONG}"), "FROM ord"))
    assert counted(facts) == AFTER


def test_each_of_several_logs_may_be_cut(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.log", "b.log", "c.log.gz")]
    torn = BEFORE + cut(told(LONG), "WHERE o.b")
    paths[0].write_text(torn)
    paths[1].write_text(BEFORE)
    paths[2].write_bytes(gzip.compress(torn.encode()))
    facts = digest_of(paths)
    assert (facts.statements, facts.shapes, facts.cut) == (9, 1, False)
    assert facts.notices == ("2 statements cut at the end of a log: neither counted nor ranked",)


def test_syslog_marks_the_newest_message_alone(tmp_path: Path) -> None:
    def line(pid: int, number: int, part: int, text: str) -> str:
        return f"Nov 24 10:00:00 db postgres[{pid}]: [{number}-{part}] {text}\n"

    head = "LOG:  duration: 2.5 ms  statement: "
    text = "".join(line(7, n, 1, head + WHOLE) for n in range(1, 4))
    text += line(8, 1, 1, f"{head}SELECT a FROM t") + line(7, 4, 1, f"{head}SELECT o.id") + line(7, 4, 2, "#011FROM or")
    facts = read(tmp_path, text.rstrip("\n"))
    assert shapes(facts) == {"select * from listings where id = ?": 3, "select a from t": 1}
    assert facts.notices == (ONE,)


def test_a_record_of_csvlog_that_is_cut_is_said(tmp_path: Path) -> None:
    whole = csvlog(f"duration: 2.5 ms  statement: {WHOLE}") * 3
    record = csvlog(f"duration: 9.5 ms  statement: {LONG}")
    assert counted(read(tmp_path, whole + cut(record, "FROM ord"))) == AFTER
    assert read(tmp_path, whole + cut(csvlog("checkpoint complete"), "checkpoint c")).notices == ()


MYSQL = slow(WHOLE, seconds="0.002500") * 3


@pytest.mark.parametrize("behind", ["Query_time: 0.9", "SET times", "SELECT o.i", "FROM orders o\n", "IN (1", "'paid'"])
def test_a_statement_of_mysql_that_is_cut_has_no_shape(tmp_path: Path, behind: str) -> None:
    facts = read(tmp_path, MYSQL + cut(slow(LONG, seconds="0.900000"), behind))
    assert counted(facts) == AFTER


@pytest.mark.parametrize("rest", ["", "#", "# Ti", "# Time: 2026-11-2"])
def test_a_record_of_mysql_that_ends_is_whole(tmp_path: Path, rest: str) -> None:
    facts = read(tmp_path, MYSQL + slow(LONG) + rest)
    assert (facts.statements, facts.shapes, facts.notices) == (4, 2, ())
    assert read(tmp_path, (MYSQL + slow(LONG)).rstrip("\n")).statements == 4


@pytest.mark.parametrize(
    ("sql", "dialect", "opened"),
    [
        ("SELECT 'a', \"b\" FROM t WHERE (a = 1)", "postgresql", False),
        ("SELECT ')' FROM t", "postgresql", False),
        ("SELECT 'it''", "postgresql", True),
        ("SELECT 'C:\\'", "postgresql", False),
        ("SELECT E'a\\'", "postgresql", True),
        ("SELECT e'", "postgresql", True),
        ('SELECT "na', "postgresql", True),
        ("SELECT $x$ ( $x$", "postgresql", False),
        ("SELECT $x$ text $", "postgresql", True),
        ("SELECT 1 /* ( */", "postgresql", False),
        ("SELECT 1 /* why", "postgresql", True),
        ("SELECT 1 -- (", "postgresql", False),
        ("SELECT f(a, (b)", "postgresql", True),
        ("SELECT 'a\\'", "mysql", True),
        ("SELECT `a", "mysql", True),
        ("SELECT `a` # (", "mysql", False),
    ],
)
def test_what_is_open(sql: str, dialect: Dialect, opened: bool) -> None:
    assert is_open(sql, dialect) is opened
