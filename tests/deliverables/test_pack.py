"""The pack: everything in it, whole or not there, the same bytes for the same records, no secret, masked for others."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from launchready_tui.cli.main import run
from launchready_tui.deliverables.handover_pack import SecretInside, build
from launchready_tui.deliverables.masking import EMAIL, Mask
from launchready_tui.engine.leaks import scan
from launchready_tui.engine.session import Session
from launchready_tui.errors import EngagementError, InputError
from launchready_tui.model.records import Note, Person, Record, System
from launchready_tui.pack import placing
from launchready_tui.pack.container import zip_bytes
from launchready_tui.pack.layout import MANIFEST, SUMS
from launchready_tui.pack.verifying import verify
from launchready_tui.runbook.loader import files_of
from tests.deliverables.packs import QUICK, engagement, exported, material, pack_of
from tests.deliverables.world import NOW

# Put together here, so that no scanner takes this file for a leak.
SECRET = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dcXw2mQ9"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def export(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        run(["export", *map(str, arguments)])
    return int(ended.value.code or 0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return engagement(tmp_path / "acme.launchready")


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_everything_is_in_it(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("typst", reason="the PDF extra is not installed")
    assert export(file, "--out", tmp_path / "pack") == 0
    held = set(tree(tmp_path / "pack"))
    assert {"handover.md", "handover.html", "handover.pdf", "fix-plan.pdf", "risk-list.md", "rollback-note.md"} <= held
    assert {"access.csv", "findings.csv", "decisions.csv", "records.json", "evidence.json", "results.json"} <= held
    assert {f"runbook/{name}" for name in files_of(Path("runbooks/marketplace"))} <= held
    assert {MANIFEST, SUMS} <= held
    assert (tmp_path / "pack.zip").is_file()
    said = capsys.readouterr()
    assert str(tmp_path / "pack" / "handover.pdf") in said.out
    assert "2 people" in said.err
    assert "chain head" in said.err
    assert verify(tmp_path / "pack").is_whole


def test_the_manifest(file: Path) -> None:
    pack = pack_of(file)
    found = json.loads(pack.files[MANIFEST])
    assert found["schema"] == "launchready/pack/1"
    assert found["product"] == {"name": "Acme Market", "domain": "acme.test"}
    assert found["as_of"] == "2026-11-24T11:25:00Z"
    assert not found["redacted"]
    assert found["personal_data"]["people"] == 2
    assert found["personal_data"]["email_addresses"] == 1
    assert found["chain"]["rows"]["records"] == 21
    assert {item["path"] for item in found["files"]} == set(pack.files) - {MANIFEST, SUMS}


def test_the_sums_are_read_by_sha256sum(file: Path, tmp_path: Path) -> None:
    placing.place(tmp_path / "pack", pack_of(file).files)
    done = subprocess.run(["sha256sum", "-c", "--strict", SUMS], cwd=tmp_path / "pack", capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("form", ["md", "html,csv", "json", "csv"])
def test_some_formats(file: Path, tmp_path: Path, form: str) -> None:
    assert export(file, "--out", tmp_path / "pack", "--format", form) == 0
    held = set(tree(tmp_path / "pack"))
    endings = {Path(name).suffix.lstrip(".") for name in held - {MANIFEST, SUMS} if not name.startswith("runbook/")}
    assert endings == set(form.split(","))
    assert not (tmp_path / "pack.zip").exists()
    assert verify(tmp_path / "pack").is_whole


def test_a_format_that_there_is_not(file: Path, tmp_path: Path) -> None:
    assert export(file, "--out", tmp_path / "pack", "--format", "docx") == 2
    assert not (tmp_path / "pack").exists()


def test_without_typst_the_rest_is_written(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    assert export(file, "--out", tmp_path / "pack") == 0
    assert "pip install 'launchready[pdf]'" in capsys.readouterr().err
    assert "handover.html" in tree(tmp_path / "pack")
    assert export(file, "--out", tmp_path / "pack2", "--format", "pdf") == 2
    assert not (tmp_path / "pack2").exists()


# --- the same bytes ---------------------------------------------------------------------------------------------------


def test_the_same_records_give_the_same_bytes(file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    export(file, "--out", tmp_path / "one")
    export(file, "--out", tmp_path / "two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert file.read_bytes() == before


def test_the_zip_holds_the_same_files(file: Path, tmp_path: Path) -> None:
    pack = pack_of(file)
    path = tmp_path / "p.zip"
    path.write_bytes(zip_bytes(pack.files, pack.name))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())
        assert {name: archive.read(f"acme-market-handover/{name}") for name in pack.files} == pack.files


# --- its place --------------------------------------------------------------------------------------------------------


def test_an_older_pack_is_replaced_as_a_whole(file: Path, tmp_path: Path) -> None:
    placing.place(tmp_path / "pack", pack_of(file).files)
    placing.place(tmp_path / "pack", pack_of(file, ("csv",)).files)
    assert set(tree(tmp_path / "pack")) == {"access.csv", "findings.csv", "decisions.csv", MANIFEST, SUMS}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.launchready", "pack"]


def test_other_files_are_never_replaced(file: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("years of work")
    assert export(file, "--out", home) == 2
    assert tree(home) == {"thesis.txt": b"years of work"}
    (tmp_path / "file").write_text("x")
    assert export(file, "--out", tmp_path / "file") == 2
    (tmp_path / "p.zip").write_text("no zip")
    assert export(file, "--out", tmp_path / "p") == 2
    assert not (tmp_path / "p").exists()
    assert (tmp_path / "p.zip").read_text() == "no zip"


def test_an_empty_folder_is_taken(file: Path, tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    assert export(file, "--out", tmp_path / "pack", "--format", "json") == 0
    assert verify(tmp_path / "pack").is_whole


@pytest.mark.parametrize("call", [1, 2, 9, 20, 26])
def test_a_full_disk_leaves_the_old_pack(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    placing.place(tmp_path / "pack", pack_of(file, ("csv",)).files)
    before, calls, real = tree(tmp_path / "pack"), 0, os.fsync

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="no space left on device"):
        placing.place(tmp_path / "pack", pack_of(file).files)
    monkeypatch.undo()
    assert tree(tmp_path / "pack") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.launchready", "pack"]


def test_a_real_full_disk(file: Path, tmp_path: Path) -> None:
    """A limit on the size of files is what a process can get of a full disk without being root."""
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from launchready_tui.pack.placing import place\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "place(Path(sys.argv[1]), {'a': b'x' * 10_000, 'b': b'x' * 100_000})\n"
    )
    placing.place(tmp_path / "pack", pack_of(file, ("csv",)).files)
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "pack")], capture_output=True, text=True)
    assert "was not written: file too large" in done.stderr
    assert verify(tmp_path / "pack").is_whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.launchready", "pack"]


KILLED = """
import os, signal, sys
from pathlib import Path
from launchready_tui.pack import placing
files = {f"{n:02}": bytes([n]) * 1000 for n in range(12)} | {"manifest.json": Path(sys.argv[2]).read_bytes()}
left = int(sys.argv[3])
def step(real):
    def stepped(*given, **named):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    return stepped
os.fsync, Path.rename, Path.mkdir = step(os.fsync), step(Path.rename), step(Path.mkdir)
placing._exchange = step(placing._exchange)
if sys.argv[4] == "no-exchange":
    placing._exchange = lambda one, other: False
placing.place(Path(sys.argv[1]), files)
"""


@pytest.mark.parametrize("way", ["exchange", "no-exchange"])
def test_a_kill_leaves_the_old_pack_or_the_new_one(file: Path, tmp_path: Path, way: str) -> None:
    old = pack_of(file, ("csv",)).files
    (tmp_path / "manifest").write_bytes(old[MANIFEST])
    folder = tmp_path / "deep" / "pack"
    outcomes = set()
    for left in range(1, 40):
        placing.place(folder, old)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), str(tmp_path / "manifest"), str(left), way], capture_output=True
        )
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        if folder.exists():
            held = tree(folder)
            outcomes.add("old" if held == old else "new" if len(held) == 13 else "half")
            if held != old:  # the made-up new one lists none of its files, so that they are somebody's
                shutil.rmtree(folder)
        else:
            assert way == "no-exchange"
            placing.place(folder, old)
        placing.place(folder, old)
        assert [path.name for path in folder.parent.iterdir()] == ["pack"]
    else:
        pytest.fail("it never came to its end")
    assert outcomes == {"old", "new"}


# --- secrets and people -----------------------------------------------------------------------------------------------


def test_a_secret_stops_the_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = engagement(tmp_path / "a.launchready", more=(Note("", "", f"the key is {SECRET}", "Maya"),))
    assert export(file, "--out", tmp_path / "pack", "--format", "md") == 2
    said = capsys.readouterr()
    assert "records.json would hold a secret" in said.err
    assert SECRET not in said.err + said.out
    assert not (tmp_path / "pack").exists()
    assert export(file, "--out", tmp_path / "pack", "--format", "md,json", "--redact") == 0
    assert not any(SECRET.encode() in data for data in tree(tmp_path / "pack").values())


def test_marks_of_our_own_do_not() -> None:
    assert (
        scan("x.json", 'session=\u2039redacted\u203a; "api_key": "\u2039redacted\u203a" AWS access token (\u2026Z2XB)')
        == ()
    )
    assert scan("x.json", "key " + SECRET)
    assert scan("x.md", "-----BEGIN RSA " + "PRIVATE KEY-----\nabc") != ()


def test_what_the_scan_sees_is_what_is_written(file: Path) -> None:
    seen: list[str] = []

    def looked(name: str, text: str) -> tuple[str, ...]:
        seen.append(name)
        return ("token",) if name == "access.csv" else ()

    with pytest.raises(SecretInside, match=r"access.csv would hold a secret \(token\)"):
        build(material(file), QUICK, scan=looked)
    assert {"records.json", "evidence.json", "handover.md", "handover.html", "access.csv"} <= set(seen)


def test_redacted(tmp_path: Path) -> None:
    more = (
        Person("\u05de\u05d0\u05d9\u05d4 Lindqvist", "backup", "+49 170 1234567"),
        System("hosting", "Fly", "Maya's notebook", "", "root password in the safe"),
        Note("", "", "Maya said that 10.1.2.3 is the database, call +49 170 1234567", "Iris"),
    )
    file = engagement(tmp_path / "a.launchready", more=more)
    placing.place(tmp_path / "pack", pack_of(file, redacted=True).files)
    held = tree(tmp_path / "pack")
    documents = b"".join(data for name, data in held.items() if not name.startswith("runbook/")).decode()
    for gone in (
        "Maya",
        "Iris",
        "Lindqvist",
        "maya@acme.test",
        "1234567",
        "10.1.2.3",
        "127.0.0.10",
        "notebook",
        "Larch",
    ):
        assert gone not in documents, gone
    assert "secret-folder" not in documents
    assert not EMAIL.search(documents.replace("\\", ""))
    assert "Person A" in documents
    assert "Redacted for third parties" in held["handover.md"].decode()
    report = verify(tmp_path / "pack")
    assert report.is_whole
    assert report.manifest is not None
    assert report.manifest.redacted
    assert any("redacted" in note for note in report.notes)
    records = json.loads(held["records.json"])
    assert all("hash" not in row for row in records["records"])
    evidence = json.loads(held["evidence.json"])["evidence"]
    assert evidence
    assert all(row["content"]["facts"] is None for row in evidence)


def test_the_same_person_is_the_same_letter() -> None:
    mask = Mask([Record(1, NOW, Person("Maya Lindqvist", "founder")), Record(2, NOW, Person("Bo", "backup"))])
    assert mask.text("Maya Lindqvist") == "Person A"
    assert mask.text("Maya asked Bo, (Lindqvist) agreed") == "Person A asked Person B, (Person A) agreed"
    assert mask.text("Mayans and Bob stay") == "Mayans and Bob stay"
    assert mask.text("10.0.0.1 8.8.8.8 10.0.0.1 fd00::1 12:30:05") == (
        "(private address 1) 8.8.8.8 (private address 1) (private address 2) 12:30:05"
    )
    assert mask.text("bo@x.test in /home/bo/code") == "(e-mail address) in /home/(user)/code"


# --- a pack as an engagement ------------------------------------------------------------------------------------------


def test_a_pack_opens_like_an_engagement_that_can_only_be_read(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    placing.place(folder, pack_of(file).files)
    real, copy = Session.open(file, clock=lambda: NOW), Session.open(folder, clock=lambda: NOW)
    try:
        one, two = real.snapshot(), copy.snapshot()
        assert replace(one, path="", product=two.product, runbook=two.runbook) == replace(two, path="")
        assert copy.read_only
        assert copy.chain() == real.chain()
        assert copy.broken_link() == ""
        with pytest.raises(EngagementError, match="can only be read"):
            copy.record(Note("", "", "no", "Maya"))
        copy.copy_to(tmp_path / "again.launchready")
    finally:
        real.close()
        copy.close()
    assert pack_of(folder).files == pack_of(tmp_path / "again.launchready").files == pack_of(file).files


def test_an_altered_pack_does_not_open(tmp_path: Path) -> None:
    folder = exported(tmp_path / "pack")
    (folder / "handover.md").write_text("# All is well\n")
    with pytest.raises(EngagementError, match=r"altered.*handover\.md"):
        Session.open(folder)
    with pytest.raises(EngagementError, match="is redacted"):
        Session.open(exported(tmp_path / "red", redacted=True))


def test_status_of_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = exported(tmp_path / "pack")
    with pytest.raises(SystemExit) as ended:
        run(["status", str(folder)])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert "NO-GO" in out
    assert f"chain head {json.loads((folder / MANIFEST).read_text())['chain']['head']}" in out
