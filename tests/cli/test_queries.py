"""`launchready queries`: text and JSON, exit codes, and that no value is printed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.queries.logs import slow, stderr

SELLERS = "duration: {ms}.000 ms  statement: SELECT name FROM sellers WHERE id = {n} AND a = 'sEcReT' {tag}"


@pytest.fixture
def log(home: Path) -> Path:
    """Three requests that ask for their sellers one by one, and one slow statement of nobody's."""
    path = home / "postgres.log"
    lines = [
        stderr(SELLERS.format(ms=n + 1, n=n, tag=f"/*request_id='r{request}',route='listing'*/"))
        for request in range(3)
        for n in range(4)
    ]
    lines.append(stderr("duration: 970.000 ms  statement: SELECT * FROM orders WHERE seller_id = 7"))
    path.write_text("".join(lines), "utf-8")
    return path


def test_text(run: Run, log: Path) -> None:
    done = run("queries", log)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "PostgreSQL text, prefix %m [%p] %q%u@%d, 13 lines" in lines[0]
    assert lines[1] == "24 Nov 2026 10:00:00 to 10:00:00 UTC: 13 statements of 2 shapes, 1.000 s"
    assert lines[2] == "tied to whoever sent them: 12 by request id, 1 by nothing"
    first, second = (next(n for n, line in enumerate(lines) if table in line) for table in ("orders", "sellers"))
    assert first < second
    assert "97.0%" in lines[first - 1]
    assert "     sent by: listing (12)" in lines
    assert any("repeated: up to 4 times in one request by listing" in line for line in lines)
    assert max(map(len, lines[1:])) <= 80
    assert "sEcReT" not in done.stdout


def test_json(run: Run, log: Path) -> None:
    done = run("queries", log, "--format", "json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["schema"] == "launchready/queries/1"
    assert (document["lines"], document["unparsed"], document["statements"], document["complete"]) == (13, 0, 13, True)
    assert document["span"] == ["2026-11-24T10:00:00.000Z"] * 2
    assert document["ties"] == {"request_id": 12, "traceparent": 0, "route": 0, "application_name": 0, "none": 1}
    orders, sellers = document["queries"]
    assert (orders["tables"], orders["share"], orders["repeats"]) == (["orders"], 0.97, None)
    assert (sellers["calls"], sellers["total_ms"], sellers["p50_ms"], sellers["p95_ms"]) == (12, 30.0, 2.0, 4.0)
    assert sellers["repeats"]["most"] == 4
    assert sellers["endpoints"] == [{"endpoint": "listing", "calls": 12, "by": "route"}]
    assert document["endpoints"][0]["queries_mean"] == 4.0
    assert "sEcReT" not in done.stdout


def test_mysql_packed_and_several(run: Run, home: Path, log: Path) -> None:
    (home / "slow.log.gz").write_bytes(gzip.compress(slow("SELECT 5 FROM t").encode() * 3))
    done = run("queries", "slow.log.gz", log, "--top", "1", "--format", "json")
    document = json.loads(done.stdout)
    assert [file["format"].split()[0] for file in document["files"]] == ["MySQL", "PostgreSQL"]
    assert (len(document["queries"]), document["more"]["shapes"]) == (1, 2)


def test_standard_input(run: Run, log: Path) -> None:
    done = run("queries", "-", text_in=log.read_text())
    assert done.returncode == 0
    assert done.stdout.startswith("standard input: PostgreSQL text")


def test_where_nothing_ties_it_is_said(run: Run, home: Path) -> None:
    (home / "q.log").write_text(stderr("duration: 1.0 ms  statement: SELECT 5 FROM t"))
    said = " ".join(run("queries", "q.log").stdout.split())
    assert "nothing ties a statement to whoever sent it: switch on sqlcommenter" in said


def test_a_damaged_archive_is_read_in_part(run: Run, home: Path, log: Path) -> None:
    packed = gzip.compress(log.read_bytes() * 500)
    (home / "cut.gz").write_bytes(packed[: len(packed) - 20])
    done = run("queries", "cut.gz", "--format", "json")
    assert done.returncode == 3
    assert "read in part only" in done.stderr
    assert json.loads(done.stdout)["complete"] is False
    assert "INCOMPLETE: cut.gz" in run("queries", "cut.gz").stdout


def test_a_declared_prefix(run: Run, home: Path) -> None:
    (home / "odd.log").write_text("@@41@@ LOG:  duration: 1.0 ms  statement: SELECT 5 FROM t\n")
    done = run("queries", "odd.log", "--prefix", "@@%p@@ ")
    assert "prefix @@%p@@" in done.stdout


@pytest.mark.parametrize(
    "args",
    [(), ("nowhere.log",), ("other.txt",), ("postgres.log", "--prefix", "%y"), ("-", "-"), (".",),
     ("postgres.log", "--top", "0")],
)  # fmt: skip
def test_wrong_usage(run: Run, home: Path, log: Path, args: tuple[str, ...]) -> None:
    (home / "other.txt").write_text("nothing of the kind\n" * 9)
    done = run("queries", *args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr


def test_hostile_text_is_harmless(run: Run, home: Path) -> None:
    sql = "SELECT \"\x1b]52;c;x\x07\" FROM t /*route='%1b%5d52',application='\x1b[2J'*/"
    (home / "q.log").write_text(stderr(f"duration: 1.0 ms  statement: {sql}", who="\x1b[2J@x"))
    for form in ("text", "json"):
        done = run("queries", "q.log", "--format", form)
        assert done.returncode == 0
        assert "\x1b" not in done.stdout


def test_an_empty_log_and_a_prefix_that_fits_nothing_are_refused(run: Run, log: Path, home: Path) -> None:
    (home / "empty.log").touch()
    empty = run("queries", "empty.log")
    assert (empty.returncode, empty.stdout) == (2, "")
    assert "nothing is in it" in empty.stderr
    wrong = run("queries", log, "--prefix", "%q")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "none of 13 lines fits the prefix" in wrong.stderr


def test_mysql_is_not_told_to_set_what_only_postgresql_has(run: Run, home: Path) -> None:
    (home / "slow.log").write_text(slow("SELECT name FROM sellers WHERE id = 7"), "utf-8")
    done = run("queries", "slow.log")
    assert done.returncode == 0
    assert "sqlcommenter" in done.stdout
    assert "log_line_prefix" not in done.stdout
