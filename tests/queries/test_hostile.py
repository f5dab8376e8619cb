"""Logs that are truncated, rotated, mixed, binary, packed or damaged: what can be read is read, the rest is told."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from launchready_tui.errors import InputError
from launchready_tui.model.questions.querylog import QueryLogFacts
from launchready_tui.queries.reading import digest_of
from tests.queries.logs import csvlog, jsonlog, one, read, shapes, slow, stderr

SELECT = "duration: 1.500 ms  statement: SELECT a FROM t WHERE id = 5"
SHAPE = "select a from t where id = ?"
RECORDS = {
    "text": stderr(SELECT),
    "json": jsonlog(SELECT),
    "csv": csvlog(SELECT),
    "mysql": slow("SELECT a FROM t WHERE id = 5"),
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_log_cut_anywhere(tmp_path: Path, record: str) -> None:
    text = record * 4
    for at in range(len(record), len(text), 7):
        facts = read(tmp_path, text[at:] + record * 3)
        assert facts.statements >= 3
        assert all(query.fingerprint for query in facts.queries)
        head = read(tmp_path, record + text[:at])
        assert head.statements >= 1


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_noise_between_lines(tmp_path: Path, record: str) -> None:
    noise = os.urandom(3_000).replace(b"\n", b"") + b"\n" + b"\x00" * 500 + b"\n\xff\xfe\n"
    data = (record.encode() + noise + b"\n") * 20 + record.encode() * 20
    facts = read(tmp_path, data)
    assert shapes(facts) == {SHAPE: 40}
    assert facts.unparsed >= 20


def test_binary_files_are_no_query_logs(tmp_path: Path) -> None:
    facts = read(tmp_path, random.Random(3).randbytes(300_000))
    assert facts.files[0].format == ""
    assert facts.statements == 0
    assert facts.unparsed > 1_000


@pytest.mark.parametrize("order", [("text", "json", "csv", "mysql"), ("mysql", "csv", "text", "json")])
def test_formats_that_change_in_the_middle(tmp_path: Path, order: tuple[str, ...]) -> None:
    text = "".join(RECORDS[name] * 1_200 for name in order)
    facts = read(tmp_path, text)
    assert facts.statements == 4_800
    assert set(shapes(facts)) == {SHAPE}
    assert facts.files[0].format.count(", then ") == 3
    assert facts.unparsed <= 4


def test_lines_of_megabytes(tmp_path: Path) -> None:
    values = ", ".join(f"({n}, 'sEcReT{n}')" for n in range(80_000))
    huge = f"duration: 9.0 ms  statement: INSERT INTO t VALUES {values}"
    for form in (stderr(huge), jsonlog(huge), csvlog(huge), slow(f"INSERT INTO t VALUES {values}")):
        facts = read(tmp_path, form + form.replace(huge, SELECT) if huge in form else form)
        assert "insert into t values (?+)" in shapes(facts)
        assert "sEcReT" not in repr(facts)
    endless = b"x" * 5_000_000 + b"\n" + RECORDS["text"].encode() * 3
    facts = read(tmp_path, endless)
    assert shapes(facts) == {SHAPE: 3}
    assert facts.unparsed == 1


def test_lone_surrogates(tmp_path: Path) -> None:
    bad = "duration: 1.0 ms  statement: SELECT \ud800 FROM t"
    plan = 'duration: 1.0 ms  plan:\n{"Query Text": "SELECT \\ud800 FROM t", "Plan": {"Node Type": "\\udfff"}}'
    document = json.dumps([{"message": bad}, {"message": plan}], indent=1)
    for number, text in enumerate((document, stderr(plan), jsonlog(plan))):
        facts = read(tmp_path, text, f"{number}.json")
        assert facts.statements >= 1
        assert msgspec.json.decode(msgspec.json.encode(facts), type=QueryLogFacts) == facts


def test_a_quote_that_never_closes_in_csv(tmp_path: Path) -> None:
    broken = csvlog(SELECT).replace('5"', "5")
    facts = read(tmp_path, csvlog(SELECT) * 3 + broken + csvlog(SELECT) * 3)
    assert shapes(facts) == {SHAPE: 6}
    assert facts.unparsed == 1


def test_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    data = (
        b"\xef\xbb\xbf" + (stderr("duration: 1.0 ms  statement: SELECT a\nFROM t") * 3).replace("\n", "\r\n").encode()
    )
    assert shapes(read(tmp_path, data)) == {"select a from t": 3}


def zstd(data: bytes) -> bytes:
    if shutil.which("zstd") is None:
        pytest.skip("no program zstd here")
    return subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_packed_logs(tmp_path: Path, pack: object) -> None:
    data = RECORDS["text"].encode() * 2_000
    packed: bytes = pack(data)  # type: ignore[operator]
    facts = read(tmp_path, packed, "named-anyhow.txt")
    assert (one(facts).calls, facts.cut) == (2_000, False)
    damaged = pack(data + os.urandom(100_000).hex().encode() + data)[:-4_000]  # type: ignore[operator]
    facts = read(tmp_path, damaged, "cut.bin")
    assert facts.cut
    assert facts.files[0].cut.startswith("damaged")


def test_standard_input(tmp_path: Path) -> None:
    code = (
        "from launchready_tui.queries.reading import digest_of\n"
        "facts = digest_of([None])\n"
        "print(facts.statements, facts.files[0].name, facts.unparsed)"
    )
    for data in (RECORDS["text"].encode() * 3, gzip.compress(RECORDS["text"].encode() * 3)):
        done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True, timeout=60)
        assert done.stdout.decode().strip() == "3 standard input 0"


def test_several_files_share_their_sessions(tmp_path: Path) -> None:
    first, second = tmp_path / "a.log", tmp_path / "b.log"
    first.write_text(stderr("statement: SELECT a FROM t WHERE id = 5"), "utf-8")
    second.write_text(stderr("duration: 7.000 ms") + RECORDS["text"], "utf-8")
    facts = digest_of([first, second])
    assert (one(facts).calls, one(facts).total_ms) == (2, 8.5)
    assert [file.lines for file in facts.files] == [1, 2]


def test_empty_and_missing(tmp_path: Path) -> None:
    facts = read(tmp_path, "")
    assert (facts.statements, facts.lines, facts.files[0].format) == (0, 0, "")
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(InputError):
            digest_of([path])


def test_no_value_of_any_form_is_kept(tmp_path: Path) -> None:
    sql = "SELECT 'sEcReT', 77777, $$sEcReT$$ FROM t WHERE a IN ('sEcReT') -- sEcReT\n AND b = E'\\'sEcReT'"
    message = f"duration: 1.0 ms  statement: {sql}"
    for form in (
        stderr(message),
        jsonlog(message),
        csvlog(message),
        slow(sql.replace("$$", "'").replace("E'\\'", "'")),
    ):
        told = repr(read(tmp_path, form * 3))
        assert "sEcReT" not in told
        assert "77777" not in told
