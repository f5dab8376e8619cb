"""Verifying: a flipped byte anywhere, files and records that are gone, new or changed, and hostile packs."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from launchready_tui.cli.main import run
from launchready_tui.errors import InputError
from launchready_tui.model import chain
from launchready_tui.pack import source
from launchready_tui.pack.container import Member, container, deflated, zip_bytes
from launchready_tui.pack.layout import MANIFEST, RECORDS, SUMS, NoPack, entries, read_manifest, sealed
from launchready_tui.pack.rows import FILES, from_file, in_order, to_files
from launchready_tui.pack.source import read_pack
from launchready_tui.pack.verifying import Report, verify
from launchready_tui.store.schema import APPEND_ONLY
from tests.deliverables.packs import engagement, pack_of

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return dict(pack_of(engagement(tmp_path_factory.mktemp("pack") / "a.launchready")).files)


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def resealed(files: Files, **changed: bytes) -> Files:
    """The files with a manifest and sums that fit them: what somebody forges who knows the form."""
    inner = {name: data for name, data in {**files, **changed}.items() if name not in (MANIFEST, SUMS)}
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = [{"path": e.path, "sha256": e.sha256, "bytes": e.bytes} for e in entries(inner)]
    return sealed(inner, (json.dumps(manifest, indent=2) + "\n").encode())


def rows_of(files: Files) -> list[chain.ChainRow]:
    return list(in_order(row for name in FILES for row in from_file(name, files[name])))


def rechained(rows: list[chain.ChainRow], start: int = 0) -> list[chain.ChainRow]:
    head, out = rows[start - 1].hash if start else "", rows[:start]
    for row in rows[start:]:
        head = chain.link(head, row.table, row.stored)
        out.append(chain.ChainRow(row.table, row.stored, head))
    return out


def edited(files: Files, change: Callable[[dict[str, Any]], None]) -> Files:
    """The pack with one decision changed in records.json."""
    records = json.loads(files[RECORDS])
    change(next(row for row in records["records"] if row["kind"] == "decision"))
    return {**files, RECORDS: json.dumps(records).encode()}


def said(report: Report) -> str:
    return "\n".join(problem.sentence for problem in report.problems)


# --- bytes ------------------------------------------------------------------------------------------------------------


def test_whole(tmp_path: Path, files: Files) -> None:
    report = verify(written(tmp_path / "p", files))
    assert report.is_whole, said(report)
    assert report.rows == len(rows_of(files))
    assert not report.notes


def test_a_flipped_byte_in_any_file(tmp_path: Path, files: Files) -> None:
    folder, dice = written(tmp_path / "p", files), random.Random(4)
    for name, data in files.items():
        places = {0, len(data) - 1, *(dice.randrange(len(data)) for _ in range(4))}
        for place in sorted(places):
            flipped = bytearray(data)
            flipped[place] ^= 1 << dice.randrange(8)
            (folder / name).write_bytes(flipped)
            report = verify(folder)
            assert not report.is_whole, (name, place)
            assert name in said(report), (name, place, said(report))
        (folder / name).write_bytes(data)
    assert verify(folder).is_whole


@pytest.mark.parametrize("name", [MANIFEST, SUMS])
def test_every_byte_of_the_lists(tmp_path: Path, files: Files, name: str) -> None:
    """Only the lists are small enough to try each byte; the others are covered by their digest."""
    small = resealed({MANIFEST: files[MANIFEST], "a.txt": b"a", "b/c.txt": b"c"})
    manifest = json.loads(small[MANIFEST])
    manifest["formats"] = ["md"]
    inner = {key: data for key, data in small.items() if key not in (MANIFEST, SUMS)}
    small = sealed(inner, (json.dumps(manifest, indent=2) + "\n").encode())
    folder, data = written(tmp_path / "p", small), small[name]
    assert verify(folder).is_whole, said(verify(folder))
    for place in range(len(data)):
        for mask in (0x01, 0x20, 0x80):
            flipped = bytearray(data)
            flipped[place] ^= mask
            (folder / name).write_bytes(flipped)
            report = verify(folder)
            assert not report.is_whole, (place, mask)
            assert report.problems


@pytest.mark.parametrize(
    "sums",
    [
        lambda data: data + b"\n",
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\n".join(sorted(data.split(b"\n"), reverse=True)),
        lambda data: data.replace(b"  ", b" *"),
        lambda data: data[:-1],
        lambda data: data + data.split(b"\n")[0] + b"\n",
        lambda data: b"",
    ],
)
def test_sums_in_any_other_form(tmp_path: Path, files: Files, sums: Callable[[bytes], bytes]) -> None:
    report = verify(written(tmp_path / "p", {**files, SUMS: sums(files[SUMS])}))
    assert SUMS in said(report)


def test_files_that_are_new_or_gone(tmp_path: Path, files: Files) -> None:
    folder = written(tmp_path / "p", files)
    (folder / "extra.txt").write_text("x")
    (folder / "access.csv").unlink()
    (folder / "runbook" / "notes").mkdir()
    (folder / "findings.csv").unlink()
    (folder / "findings.csv").symlink_to("/etc/passwd")
    text = said(verify(folder))
    assert "added    extra.txt" in text
    assert "missing  access.csv" in text
    assert "runbook/notes is an empty folder" in text
    assert "findings.csv is a link" in text
    for name in (MANIFEST, SUMS):
        (folder / name).rename(folder / "kept")
        assert f"missing  {name}" in said(verify(folder))
        (folder / "kept").rename(folder / name)


def test_the_manifest_and_the_sums_are_held_against_each_other(tmp_path: Path, files: Files) -> None:
    forged = json.loads(files[MANIFEST])
    forged["files"] = [item for item in forged["files"] if item["path"] != "access.csv"]
    inner = {name: data for name, data in files.items() if name not in (MANIFEST, SUMS)}
    text = said(verify(written(tmp_path / "p", sealed(inner, json.dumps(forged).encode()))))
    assert "they disagree about access.csv" in text


# --- records ----------------------------------------------------------------------------------------------------------


def test_a_decision_edited_without_the_chain(tmp_path: Path, files: Files) -> None:
    forged = edited(files, lambda row: row["payload"].update(choice="something else"))
    assert "altered  records.json" in said(verify(written(tmp_path / "a", forged)))
    report = verify(written(tmp_path / "b", resealed(forged)))
    assert said(report) == "record   record 13 (decision) was altered: it does not fit the chain"


def test_a_removed_evidence_record(tmp_path: Path, files: Files) -> None:
    rows = rows_of(files)
    gone = next(row for row in rows if row.table == "evidence")
    forged = {**files, **to_files(row for row in rows if row is not gone)}
    assert "altered  evidence.json" in said(verify(written(tmp_path / "a", forged)))
    text = said(verify(written(tmp_path / "b", resealed(forged))))
    assert f"evidence {gone.stored['id']} is missing" in text
    assert "1 row of the chain" in text
    assert "removed" in text


@pytest.mark.parametrize("end", [False, True])
def test_a_removed_record(tmp_path: Path, files: Files, end: bool) -> None:
    rows = rows_of(files)
    gone = rows[-1] if end else next(row for row in rows if row.stored.get("kind") == "decision")
    text = said(verify(written(tmp_path / "a", resealed({**files, **to_files(r for r in rows if r is not gone)}))))
    assert "the chain ends at" in text if end else "record 13 is missing" in text
    assert "the manifest counts 21 rows of records, there are 20" in text


def test_a_recomputed_chain_is_found_by_a_head_that_was_written_down(tmp_path: Path, files: Files) -> None:
    head = read_manifest(files[MANIFEST]).chain.head
    rows = [row for row in rows_of(files) if row.stored.get("kind") != "sign-off"]
    place = next(n for n, row in enumerate(rows) if row.stored.get("kind") == "decision")
    payload = {**json.loads(rows[place].stored["payload"]), "choice": "something else"}
    rows[place] = chain.ChainRow("records", {**rows[place].stored, "payload": json.dumps(payload)}, "")
    rows = rechained(rows)
    forged = {**files, **to_files(rows)}
    manifest = json.loads(files[MANIFEST])
    manifest["chain"]["head"] = rows[-1].hash
    manifest["chain"]["rows"]["records"] -= 1
    folder = written(tmp_path / "p", resealed({**forged, MANIFEST: json.dumps(manifest).encode()}))
    assert verify(folder).is_whole, said(verify(folder))
    assert "the chain never had the head" in said(verify(folder, head))
    assert "the chain never had the head" in said(verify(folder, head[:16]))


def test_a_signature_finds_a_recomputed_chain_by_itself(tmp_path: Path, files: Files) -> None:
    rows = rows_of(files)
    place = next(n for n, row in enumerate(rows) if row.stored.get("kind") == "decision")
    payload = {**json.loads(rows[place].stored["payload"]), "choice": "something else"}
    rows[place] = chain.ChainRow("records", {**rows[place].stored, "payload": json.dumps(payload)}, "")
    rows = rechained(rows)
    manifest = json.loads(files[MANIFEST])
    manifest["chain"]["head"] = rows[-1].hash
    forged = resealed({**files, **to_files(rows), MANIFEST: json.dumps(manifest).encode()})
    assert "Iris signed at a head that this chain never had" in said(verify(written(tmp_path / "p", forged)))


def test_a_head_of_earlier_is_in_the_chain(tmp_path: Path, files: Files) -> None:
    folder, rows = written(tmp_path / "p", files), rows_of(files)
    report = verify(folder, rows[-3].hash.upper())
    assert report.is_whole
    assert report.notes == ("2 rows were added to the chain after that head.",)
    with pytest.raises(InputError, match="16 to 64 digits"):
        verify(folder, "cafe")


def test_evidence_that_is_not_what_its_id_says(tmp_path: Path, files: Files) -> None:
    rows = rows_of(files)
    place = next(n for n, row in enumerate(rows) if row.table == "evidence")
    content = {**json.loads(rows[place].stored["content"]), "tool": "another"}
    stored = {**rows[place].stored, "content": json.dumps(content, sort_keys=True, separators=(",", ":"))}
    rows[place] = chain.ChainRow("evidence", stored, "")
    forged = resealed({**files, **to_files(rechained(rows))})
    assert "is not what its id was made from" in said(verify(written(tmp_path / "p", forged)))


def test_rows_survive_their_files(files: Files) -> None:
    rows = rows_of(files)
    assert {name: data for name, data in files.items() if name in FILES} == to_files(rows)
    assert set(APPEND_ONLY) == {table for tables in FILES.values() for table in tables}


def test_odd_texts_survive(tmp_path: Path) -> None:
    text = '\ud800 "quoted" \\ \U0001f600 \x00 \u2028 1e400'
    held = pack_of(engagement(tmp_path / "odd.launchready", text), ("json",)).files
    assert verify(written(tmp_path / "p", held)).is_whole


# --- zips -------------------------------------------------------------------------------------------------------------


def test_a_zip_is_read_too(tmp_path: Path, files: Files) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(zip_bytes(files, "acme"))
    assert verify(path).is_whole
    path.write_bytes(zip_bytes({**files, "access.csv": b"x"}, "acme"))
    assert "altered  access.csv" in said(verify(path))


def test_a_flipped_byte_anywhere_in_a_zip(tmp_path: Path, files: Files) -> None:
    small = {name: data for name, data in files.items() if len(data) < 60_000}
    raw, path, dice = zip_bytes(resealed(small), "acme"), tmp_path / "p.zip", random.Random(44)
    ends = [raw.index(b"PK\1\2") + n for n in range(60)] + list(range(len(raw) - 22, len(raw))) + list(range(40))
    for place in [*ends, *(dice.randrange(len(raw)) for _ in range(300))]:
        flipped = bytearray(raw)
        flipped[place] ^= 1 << dice.randrange(8)
        path.write_bytes(flipped)
        assert not verify(path).is_whole, place


def test_every_bit_of_a_small_zip(tmp_path: Path, files: Files) -> None:
    """Streams hold bits that nobody reads: behind their end, and in the heads of blocks that are not compressed."""
    path, small = tmp_path / "p.zip", {MANIFEST: files[MANIFEST][:90], SUMS: bytes(range(256)), "a": b"word " * 9}
    raw = zip_bytes(small, "f")
    path.write_bytes(raw)
    assert not read_pack(path).strange
    for place in range(len(raw)):
        for bit in range(8):
            flipped = bytearray(raw)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            try:
                assert read_pack(path).strange, (place, bit)
            except NoPack:
                pytest.fail(f"bit {bit} of byte {place} made it no pack")


def test_zips_of_other_programs(tmp_path: Path, files: Files) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"acme/{name}", data)
    assert "p.zip is not as export wrote it" in said(verify(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("cat.txt", "meow")
    with pytest.raises(NoPack):
        verify(path)


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "acme/../../evil", "acme/a\\b", "C:/evil", "acme//x"])
def test_paths_that_lead_out(tmp_path: Path, files: Files, name: str) -> None:
    members = [deflated(f"acme/{path}", data) for path, data in sorted(files.items())]
    path = tmp_path / "in" / "p.zip"
    path.parent.mkdir()
    path.write_bytes(container([*members, deflated(name, b"x")]))
    assert not verify(path).is_whole
    assert [item.name for item in tmp_path.iterdir()] == ["in"]


def test_bombs(tmp_path: Path, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zip"
    honest = deflated(f"acme/{MANIFEST}", b"0" * 50_000_000)
    monkeypatch.setattr(source, "MOST_BYTES", 10_000_000)
    sums = deflated(f"acme/{SUMS}", b"")
    path.write_bytes(container([honest, sums]))
    assert "says that it holds more than 9 MiB" in said(verify(path))
    liar = Member(honest.name, honest.crc, 10, honest.deflated)
    path.write_bytes(container([liar, sums]))
    assert "cannot be unpacked as the zip says" in said(verify(path))
    path.write_bytes(container([liar, sums, *(deflated(f"acme/{n}", b"") for n in range(source.MOST_FILES))]))
    assert "says that it holds more than 2,000 files" in said(verify(path))


# --- what is no pack, and what wants to hurt --------------------------------------------------------------------------


def test_no_pack(tmp_path: Path, files: Files) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("hello")
    written(tmp_path / "newer", sealed({}, files[MANIFEST].replace(b"launchready/pack/1", b"launchready/pack/2")))
    for name in ("empty", "text", "nowhere", "newer"):
        with pytest.raises(NoPack):
            verify(tmp_path / name)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"schema": "launchready/records/1", "records": ' + b"[" * 100_000,
        b"\xff\xfe\x00",
        b"null",
        b'{"records": [{"seq": 1}], "runs": [], "run_ends": []}',
        b'{"records": [7], "runs": {}, "run_ends": null}',
        b'{"records": [], "runs": [], "run_ends": [], "x": ' + b"9" * 10_000 + b"}",
        b"NaN",
    ],
)
@pytest.mark.parametrize("name", [MANIFEST, RECORDS, SUMS])
def test_hostile_content(tmp_path: Path, files: Files, name: str, data: bytes) -> None:
    folder = written(tmp_path / "p", {**files, name: data})
    assert not verify(folder).is_whole
    if name == RECORDS:
        assert not verify(written(tmp_path / "q", resealed({**files, name: data}))).is_whole


def test_rows_of_the_wrong_kind(tmp_path: Path, files: Files) -> None:
    for bad in (True, 1.5, "7", None, [], 10**30):
        forged = edited(files, lambda row, bad=bad: row.update(seq=bad))  # type: ignore[misc]
        report = verify(written(tmp_path / f"p{bad!r:.5}".replace("/", ""), resealed(forged)))
        assert not report.is_whole


def test_things_that_are_no_files(tmp_path: Path, files: Files) -> None:
    folder = written(tmp_path / "p", files)
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(folder)
    deep = folder.joinpath(*"abcdefgh")
    deep.mkdir(parents=True)
    (deep / "x").write_text("x")
    text = said(verify(folder))
    assert "pipe is no plain file" in text
    assert "loop is a link" in text
    assert "too deep inside" in text


def test_names_from_outside_are_shown_safely(tmp_path: Path, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path / "p", files)
    (folder / "\x1b]0;owned\x07\u202e.txt").write_text("x")
    with pytest.raises(SystemExit) as ended:
        run(["verify", str(folder)])
    assert ended.value.code == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "ALTERED" in out


def test_exit_codes(tmp_path: Path, files: Files) -> None:
    folder = written(tmp_path / "p", files)
    codes = []
    for path in (folder, tmp_path):
        done = subprocess.run([sys.executable, "-m", "launchready_tui", "verify", str(path)], capture_output=True)
        codes.append(done.returncode)
    (folder / "handover.md").write_bytes(files["handover.md"] + b" ")
    done = subprocess.run([sys.executable, "-m", "launchready_tui", "verify", str(folder)], capture_output=True)
    assert [*codes, done.returncode] == [0, 2, 1]


def test_the_form_of_the_zip_is_the_standard_one() -> None:
    """Read by hand, against the specification rather than our own writer."""
    raw = zip_bytes({"a": b"hello"}, "f")
    signature, version, flags, method, _, date, crc, packed, size, name, extra = struct.unpack("<I5H3I2H", raw[:30])
    assert (signature, version, flags, method, date) == (0x04034B50, 20, 0x0800, 8, 0x21)
    assert (crc, size, name, extra) == (zlib.crc32(b"hello"), 5, 3, 0)
    assert zlib.decompress(raw[33 : 33 + packed], -15) == b"hello"
