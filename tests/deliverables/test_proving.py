"""Proving: the pages that people read and the verdict are made again from the records of the pack, and compared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from launchready_tui import __version__
from launchready_tui.cli.main import run
from launchready_tui.deliverables import pdf
from launchready_tui.exporting import prove
from launchready_tui.model.records import Note
from launchready_tui.pack.container import zip_bytes
from launchready_tui.pack.layout import MANIFEST, SUMS, entries, read_manifest, sealed
from launchready_tui.pack.pages import Rendering, compare
from launchready_tui.pack.source import read_pack
from launchready_tui.pack.verifying import Report, examine
from tests.deliverables.packs import QUICK, engagement, pack_of
from tests.deliverables.test_verify import rechained, rows_of, said, written
from tests.deliverables.world import NOW

Files = dict[str, bytes]
ALL = (*QUICK, "pdf")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return dict(pack_of(engagement(tmp_path_factory.mktemp("pack") / "a.launchready")).files)


@pytest.fixture(scope="module")
def redacted(tmp_path_factory: pytest.TempPathFactory) -> Files:
    path = engagement(tmp_path_factory.mktemp("pack") / "a.launchready")
    return dict(pack_of(path, redacted=True).files)


def forged(files: Files, changed: Mapping[str, bytes | None] | None = None, **manifest: object) -> Files:
    """A pack whose lists fit: other files (None is none of it), and other words in the manifest."""
    inner = {name: data for name, data in {**files, **(changed or {})}.items() if data is not None}
    inner = {name: data for name, data in inner.items() if name not in (MANIFEST, SUMS)}
    words = {**json.loads(files[MANIFEST]), **manifest}
    words["files"] = [{"path": e.path, "sha256": e.sha256, "bytes": e.bytes} for e in entries(inner)]
    return sealed(inner, (json.dumps(words, indent=2) + "\n").encode())


def head_of(files: Files) -> str:
    return read_manifest(files[MANIFEST]).chain.head


def verify(capsys: pytest.CaptureFixture[str], folder: Path, *more: str) -> tuple[int, str]:
    """Exit code and words of the command."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        run(["verify", str(folder), *more])
    return int(ended.value.code or 0), capsys.readouterr().out


def says(report: Report) -> str:
    return "\n".join((said(report), *report.unseen, *report.notes))


# --- what people read -------------------------------------------------------------------------------------------------


def test_a_whole_pack_is_proven(tmp_path: Path, files: Files) -> None:
    report = prove(written(tmp_path / "p", files), head_of(files))
    assert report.is_whole, says(report)
    assert not report.unseen
    assert report.proven is not None
    assert report.proven.gate == "NO-GO"


def test_a_zip_is_proven_too(tmp_path: Path, files: Files) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(zip_bytes(files, "acme"))
    assert prove(path, head_of(files)).is_whole
    path.write_bytes(zip_bytes(forged(files, {"handover.md": b"# GO\n"}), "acme"))
    assert said(prove(path)) == "altered  handover.md: it is not what its records say"


def test_the_verdict_of_the_tester_is_found(tmp_path: Path, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    """GO in the manifest and on the pages, with sums that fit, and the true head."""
    go = {name: files[name].replace(b"NO-GO", b"GO") for name in ("handover.md", "handover.html")}
    folder = written(tmp_path / "p", forged(files, go, gate="GO"))
    for more in ((), ("--head", head_of(files))):
        code, out = verify(capsys, folder, *more)
        assert code == 1
        assert "handover.md: it is not what its records say" in out
        assert "handover.html: it is not what its records say" in out
        assert "manifest.json: it is not what its records say (gate: GO; they say NO-GO)" in out
        assert "UTC, NO-GO" in out
        assert "WHOLE" not in out


@pytest.mark.parametrize("name", ["handover.md", "handover.html", "findings.csv", "access.csv", "fix-plan.md"])
def test_one_page_alone_is_found(tmp_path: Path, files: Files, name: str) -> None:
    folder = written(tmp_path / "p", forged(files, {name: files[name] + b" "}))
    assert said(prove(folder)) == f"altered  {name}: it is not what its records say"


def test_pages_that_are_gone_or_were_put_in(tmp_path: Path, files: Files) -> None:
    changed = {"risk-list.md": None, "approval.md": b"# Approved\n", "runbook/more.toml": b""}
    text = said(prove(written(tmp_path / "p", forged(files, changed))))
    assert "missing  risk-list.md: its records give one" in text
    assert "added    approval.md: export does not write it" in text
    assert "added    runbook/more.toml: export does not write it" in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product", {"name": "Another", "domain": "acme.test"}),
        ("as_of", "2027-01-01T00:00:00Z"),
        ("runbook", {"name": "marketplace", "version": "1"}),
        ("gate", "GO WITH ACCEPTED RISKS"),
        ("personal_data", {"people": 0, "email_addresses": 0, "phone_numbers": 0, "notice": "none"}),
    ],
)
def test_every_word_of_the_manifest_is_bound(tmp_path: Path, files: Files, field: str, value: object) -> None:
    text = said(prove(written(tmp_path / "p", forged(files, **{field: value}))))
    assert f"manifest.json: it is not what its records say ({field.replace('_', ' ')}" in text


def test_words_that_no_manifest_has(tmp_path: Path, files: Files) -> None:
    text = said(prove(written(tmp_path / "p", forged(files, approved="by everybody"))))
    assert "manifest.json: it is not as export writes it" in text


def test_a_file_is_named_once(tmp_path: Path, files: Files) -> None:
    folder = written(tmp_path / "p", files)
    (folder / "handover.md").write_text("# GO\n")
    assert said(prove(folder)) == "altered  handover.md"


def test_nothing_of_the_place_and_time_is_in_it(tmp_path: Path, files: Files) -> None:
    """Another time zone, language, order of sets and home."""
    folder = written(tmp_path / "p", files)
    for zone, seed in (("Asia/Tokyo", "1"), ("America/Caracas", "2")):
        more = {"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C", "HOME": str(tmp_path)}
        command = [sys.executable, "-m", "launchready_tui", "verify", str(folder), "--head", head_of(files)]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **more})
        assert done.returncode == 0, done.stdout + done.stderr
        assert "WHOLE" in done.stdout


def test_records_that_hold_but_cannot_be_read(tmp_path: Path, files: Files) -> None:
    """The chain is recomputed over something that is no record: an answer, never a traceback."""
    from launchready_tui.model import chain
    from launchready_tui.pack.rows import to_files

    rows = [row for row in rows_of(files) if row.stored.get("kind") != "sign-off"]
    place = next(n for n, row in enumerate(rows) if row.stored.get("kind") == "decision")
    for number, payload in enumerate(('{"x":1}', "[]", '"' + "a" * 9 + '"')):
        rows[place] = chain.ChainRow("records", {**rows[place].stored, "payload": payload}, "")
        again = rechained(rows)
        counts = {**json.loads(files[MANIFEST])["chain"]["rows"]}
        counts["records"] = sum(row.table == "records" for row in again)
        made = forged(files, to_files(again), chain={"head": again[-1].hash, "rows": counts})
        report = prove(written(tmp_path / f"p{number}", made))
        assert not report.is_whole
        assert "its pages could not be made from its records" in said(report), says(report)


# --- another version, another runbook ---------------------------------------------------------------------------------


def test_another_version_is_never_whole_where_a_head_was_given(
    tmp_path: Path, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_manifest(files[MANIFEST]).tool.startswith(f"launchready {__version__} (")
    folder = written(tmp_path / "p", forged(files, {"handover.md": b"# GO\n"}, tool="launchready 9.9", gate="GO"))
    code, out = verify(capsys, folder)
    assert code == 0
    assert "launchready 9.9 wrote it" in out
    assert "its pages and its verdict were not proven" in out
    assert "its manifest says GO" in out
    code, out = verify(capsys, folder, "--head", head_of(files))
    assert code == 3
    assert "WHOLE" not in out
    assert "NOT SEEN" in out


def test_another_runbook_is_said(tmp_path: Path, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    """The minimum bar decides the verdict, and the chain does not cover it."""
    runbook = files["runbook/gate.toml"].replace(b"[[bar]]", b"# softer\n[[bar]]", 1)
    folder = written(tmp_path / "p", forged(files, {"runbook/gate.toml": runbook}))
    code, out = verify(capsys, folder)
    assert code == 0
    assert "gate.toml" in out
    code, out = verify(capsys, folder, "--head", head_of(files))
    assert code == 3
    assert "WHOLE" not in out
    broken = written(tmp_path / "q", forged(files, {"runbook/gate.toml": b"[[bar"}))
    assert "runbook" in said(prove(broken))
    gone = written(tmp_path / "r", forged(files, {"runbook/runbook.toml": None}))
    assert "runbook" in said(prove(gone))


def test_a_head_that_is_asked_of_a_redacted_pack_is_not_answered(
    tmp_path: Path, redacted: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path / "p", redacted)
    code, out = verify(capsys, folder)
    assert code == 0
    for head in ("0" * 64, head_of(redacted)):
        code, out = verify(capsys, folder, "--head", head)
        assert code == 3
        assert "The head was not looked for" in out
        assert "WHOLE" not in out
    (folder / "handover.md").write_text("# GO\n")
    code, out = verify(capsys, folder, "--head", "0" * 64)
    assert code == 1
    assert "altered  handover.md" in out


def test_the_same_without_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = dict(pack_of(engagement(tmp_path / "a.launchready"), ("md",)).files)
    folder = written(tmp_path / "p", files)
    code, out = verify(capsys, folder, "--head", head_of(files))
    assert code == 3
    assert "The head was not looked for" in out
    assert verify(capsys, folder)[0] == 0


def test_a_broken_chain_gives_no_pages(tmp_path: Path, files: Files) -> None:
    from tests.deliverables.test_verify import edited

    changed = edited(files, lambda row: row["payload"].update(choice="something else"))
    report = prove(written(tmp_path / "p", forged(changed)))
    assert report.proven is None
    assert any("its pages and its verdict were not proven" in text for text in report.unseen)


# --- PDF --------------------------------------------------------------------------------------------------------------


def test_pdfs_are_made_again(tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="the PDF extra is not installed")
    files = dict(pack_of(engagement(tmp_path / "a.launchready"), ALL).files)
    folder = written(tmp_path / "p", files)
    report = prove(folder, head_of(files))
    assert report.is_whole, says(report)
    assert not report.unseen
    other = written(tmp_path / "q", forged(files, {"fix-plan.pdf": files["fix-plan.pdf"] + b" "}))
    assert said(prove(other)) == "altered  fix-plan.pdf: it is not what its records say"
    old = files["fix-plan.pdf"].replace(b"/Creator(Typst 0.", b"/Creator(Typst 9.")
    report = prove(written(tmp_path / "r", forged(files, {"fix-plan.pdf": old})), head_of(files))
    assert report.is_whole
    assert any(text.startswith("fix-plan.pdf was not compared: Typst 9.") for text in report.unseen)


def test_without_typst_a_pdf_is_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("typst", reason="the PDF extra is not installed")
    files = dict(pack_of(engagement(tmp_path / "a.launchready"), ALL).files)
    folder = written(tmp_path / "p", files)
    monkeypatch.setattr(pdf, "is_installed", lambda: False)
    code, out = verify(capsys, folder, "--head", head_of(files))
    assert code == 3
    assert "handover.pdf was not compared: typst is not installed" in out
    assert verify(capsys, folder)[0] == 0


def test_letters_of_the_machine(tmp_path: Path, files: Files) -> None:
    """The fonts of typst do not have them: the PDF of another machine has other bytes, and is no forgery."""
    held = read_pack(written(tmp_path / "p", forged(files, {"handover.pdf": b"one"}, formats=["md", "pdf", "json"])))
    made = {**files, "handover.pdf": b"other", MANIFEST: held.contents[MANIFEST]}
    made = {name: data for name, data in made.items() if name in held.digests}
    report, _ = examine(held)
    assert "altered  handover.pdf" in said(compare(report, held, Rendering(made)))
    odd = compare(report, held, Rendering(made, machine_fonts=True))
    assert odd.is_whole, says(odd)
    assert any("fonts of the machine" in text for text in odd.unseen)


# --- exporting over something -----------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return engagement(tmp_path / "acme.launchready")


def export(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        run(["export", *map(str, arguments)])
    return int(ended.value.code or 0)


@pytest.mark.parametrize("name", ["mine.txt", "runbook/mine.txt", "own/deep/mine.txt"])
def test_a_file_of_the_user_in_a_pack_stays(
    file: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(file, "--out", tmp_path / "k", "--format", "md,json") == 0
    mine = tmp_path / "k" / name
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("years of work")
    before = {path: path.read_bytes() for path in (tmp_path / "k").rglob("*") if path.is_file()}
    capsys.readouterr()
    assert export(file, "--out", tmp_path / "k", "--format", "md") == 2
    assert name in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (tmp_path / "k").rglob("*") if path.is_file()} == before
    mine.unlink()
    assert export(file, "--out", tmp_path / "k", "--format", "md") == 0


def test_links_stay_and_litter_does_not_matter(file: Path, tmp_path: Path) -> None:
    assert export(file, "--out", tmp_path / "k", "--format", "md") == 0
    (tmp_path / "k" / ".DS_Store").write_bytes(b"x")
    (tmp_path / "k" / "handover.md").write_text("edited")
    assert export(file, "--out", tmp_path / "k", "--format", "md") == 0
    (tmp_path / "k" / "link").symlink_to(tmp_path)
    assert export(file, "--out", tmp_path / "k", "--format", "md") == 2
    assert (tmp_path / "k" / "link").is_symlink()


def test_a_zip_with_a_file_of_the_user_stays(file: Path, tmp_path: Path) -> None:
    files = pack_of(file).files
    (tmp_path / "k.zip").write_bytes(zip_bytes({**files, "mine.txt": b"years"}, "acme"))
    before = (tmp_path / "k.zip").read_bytes()
    assert export(file, "--out", tmp_path / "k", "--format", "md,zip") == 2
    assert (tmp_path / "k.zip").read_bytes() == before
    assert not (tmp_path / "k").exists()


def test_an_older_zip_beside_is_told(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(file, "--out", tmp_path / "k", "--format", "md,zip,json") == 0
    old = head_of(dict(pack_of(file).files))
    capsys.readouterr()
    assert export(file, "--out", tmp_path / "k", "--format", "md") == 0
    err = capsys.readouterr().err
    assert "k.zip is an earlier pack of the same head" in err
    from launchready_tui.engine.session import Session

    session = Session.open(file, clock=lambda: NOW)
    session.record(Note("", "", "more", "Maya"))
    session.close()
    assert export(file, "--out", tmp_path / "k", "--format", "md") == 0
    err = capsys.readouterr().err
    assert "k.zip is an older pack" in err
    assert old[:16] in err
    assert export(file, "--out", tmp_path / "k", "--format", "md,zip") == 0
    assert "older pack" not in capsys.readouterr().err
