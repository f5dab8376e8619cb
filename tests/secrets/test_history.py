"""The whole history: every ref, stash, note, tag, dangling commit; what is missing makes it incomplete."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from launchready_tui.model.questions.secrets import FoundSecret, SecretReport
from launchready_tui.secrets import blobcache, scans
from launchready_tui.secrets.blobs import Stopped
from launchready_tui.secrets.gitcommand import find_repository
from launchready_tui.secrets.scanner import SecretScanner
from tests.secrets.material import Repo, live_key


def look(repo: Repo, scanner: SecretScanner, cache: Path | None = None) -> SecretReport:
    return scans.scan_history(repo.folder, scanner, cache)


def only(report: SecretReport) -> FoundSecret:
    (finding,) = report.findings
    return finding


def test_a_deleted_secret_is_found_with_its_commit(repo: Repo, scanner: SecretScanner) -> None:
    repo.commit("readme", "hello")
    brought = repo.commit("a.py", f'key = "{live_key()}"\n')
    repo.commit("a.py", f'# moved\nkey = "{live_key()}"\n')
    repo.commit("a.py", None)
    report = look(repo, scanner)
    finding = only(report)
    assert (finding.commit, finding.path, finding.line) == (brought, "a.py", 1)
    assert finding.authored_at == "2026-01-05T10:00:00+00:00"
    assert finding.in_head is False
    assert report.commits == 4
    assert report.incomplete == ()


def test_what_is_still_in_head_says_so(repo: Repo, scanner: SecretScanner) -> None:
    repo.commit("a.py", f'key = "{live_key()}"\n')
    assert only(look(repo, scanner)).in_head is True


def test_branches_tags_notes_stash_and_dangling_commits(repo: Repo, scanner: SecretScanner) -> None:
    repo.commit("readme", "hello")
    repo.git("switch", "--quiet", "-c", "side")
    repo.commit("branch.py", f'key = "{live_key(0)}"\n')
    repo.git("switch", "--quiet", "main")
    repo.git("switch", "--quiet", "--detach")
    repo.commit("tagged.py", f'key = "{live_key(1)}"\n')
    repo.git("tag", "v1")
    repo.git("switch", "--quiet", "main")
    repo.git("notes", "add", "-m", f'key = "{live_key(2)}"')
    repo.write("readme", f'key = "{live_key(3)}"\n')
    repo.git("stash")
    repo.commit("gone.py", f'key = "{live_key(4)}"\n')
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    repo.git("reflog", "expire", "--expire=now", "--all")
    loose = repo.git("hash-object", "-w", "--stdin", check=False) or ""
    del loose
    report = look(repo, scanner)
    assert report.incomplete == ()
    assert len({finding.fingerprint for finding in report.findings}) == 5
    assert {"branch.py", "tagged.py", "gone.py"} <= {finding.path for finding in report.findings}


def test_a_merge_that_brings_a_secret_of_its_own(repo: Repo, scanner: SecretScanner) -> None:
    repo.commit("readme", "hello")
    repo.git("switch", "--quiet", "-c", "side")
    repo.commit("b", "b")
    repo.git("switch", "--quiet", "main")
    repo.commit("c", "c")
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
    merged = repo.commit("evil.py", f'key = "{live_key()}"\n')
    assert only(look(repo, scanner)).commit == merged


def test_a_shallow_clone_is_incomplete(repo: Repo, scanner: SecretScanner, tmp_path: Path) -> None:
    repo.commit("a.py", f'key = "{live_key()}"\n')
    repo.commit("a.py", None)
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.folder}", str(tmp_path / "shallow"))
    report = scans.scan_history(tmp_path / "shallow", scanner, None)
    assert report.findings == ()
    assert any("shallow" in line for line in report.incomplete)


def test_a_partial_clone_is_incomplete_and_fetches_nothing(repo: Repo, scanner: SecretScanner, tmp_path: Path) -> None:
    repo.commit("a.py", f'key = "{live_key()}"\n')
    repo.commit("a.py", None)
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "--quiet", "--filter=blob:none", f"file://{repo.folder}", str(tmp_path / "partial"))
    before = sorted(path.name for path in (tmp_path / "partial/.git/objects").rglob("*"))
    report = scans.scan_history(tmp_path / "partial", scanner, None)
    assert any("partial" in line for line in report.incomplete)
    assert any("missing" in line for line in report.incomplete)
    assert sorted(path.name for path in (tmp_path / "partial/.git/objects").rglob("*")) == before


def loose(repo: Repo, name: str) -> Path:
    return repo.folder / ".git" / "objects" / name[:2] / name[2:]


@pytest.mark.parametrize("kind", ["blob", "tree", "commit"])
def test_a_missing_object_is_incomplete(repo: Repo, scanner: SecretScanner, kind: str) -> None:
    first = repo.commit("a/b.py", "x = 1\n")
    repo.commit("a/b.py", "x = 2\n")
    name = {"blob": f"{first}:a/b.py", "tree": f"{first}:a", "commit": first}[kind]
    loose(repo, repo.git("rev-parse", name)).unlink()
    report = look(repo, scanner)
    assert report.incomplete
    assert any("missing" in line for line in report.incomplete)


def test_a_damaged_object_is_incomplete(repo: Repo, scanner: SecretScanner) -> None:
    first = repo.commit("a.py", "x = 1\n" * 50)
    repo.commit("a.py", "x = 2\n")
    file = loose(repo, repo.git("rev-parse", f"{first}:a.py"))
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:20])
    assert look(repo, scanner).incomplete


def test_an_empty_and_a_bare_repository(repo: Repo, scanner: SecretScanner, tmp_path: Path) -> None:
    assert look(repo, scanner) == SecretReport()
    repo.commit("a.py", f'key = "{live_key()}"\n')
    repo.git("clone", "--quiet", "--bare", str(repo.folder), str(tmp_path / "bare"))
    assert only(scans.scan_history(tmp_path / "bare", scanner, None)).in_head is True


def test_no_repository_at_all(scanner: SecretScanner, tmp_path: Path) -> None:
    report = scans.scan_history(tmp_path, scanner, None)
    assert not report.versioned
    assert report.incomplete


def test_the_second_look_reads_nothing_again(
    repo: Repo, scanner: SecretScanner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("a.py", f'key = "{live_key()}"\n')
    repo.commit("b.py", "x = 1\n")
    cache = tmp_path / "cache"
    first = look(repo, scanner, cache)
    (file,) = cache.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert live_key().encode() not in file.read_bytes()
    read: list[bytes] = []
    real = scans.for_each_blob
    monkeypatch.setattr(scans, "for_each_blob", lambda r, blobs, w, s: read.extend(blobs) or real(r, blobs, w, s))
    assert look(repo, scanner, cache) == first
    assert read == []
    repo.commit("b.py", "x = 2\n")
    assert look(repo, scanner, cache).findings == first.findings
    assert len(read) == 1


def test_a_cache_that_is_no_good_is_forgotten(repo: Repo, scanner: SecretScanner, tmp_path: Path) -> None:
    repo.commit("a.py", f'key = "{live_key()}"\n')
    found = find_repository(repo.folder)
    assert found is not None
    file = blobcache.cache_file(tmp_path, found.git_dir)
    for junk in (b"", b"\xff" * 100, b"\x86"):
        file.write_bytes(junk)
        assert len(look(repo, scanner, tmp_path).findings) == 1
    blobcache.save(file, blobcache.Seen("other rules", "", {b"a" * 40}))
    assert len(look(repo, scanner, tmp_path).findings) == 1


def test_it_can_be_stopped(repo: Repo, scanner: SecretScanner) -> None:
    repo.commit("a.py", "x = 1\n")
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        scans.scan_history(repo.folder, scanner, None, stop)
    with pytest.raises(Stopped):
        scans.scan_tree(repo.folder, scanner, stop)
