"""Which files are looked at, what is staged, and how trees that are hostile or huge end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from launchready_tui.secrets import scans, worktree
from launchready_tui.secrets.gitcommand import GitFailed, find_repository
from launchready_tui.secrets.scanner import MOST_BYTES, SecretScanner
from tests.secrets.material import Repo, live_key

LINE = f'key = "{live_key()}"\n'


def places(report: scans.SecretReport) -> list[str]:
    return sorted(finding.path for finding in report.findings)


def test_tracked_and_untracked_but_not_ignored(repo: Repo, scanner: SecretScanner) -> None:
    repo.commit(".gitignore", "ignored*\n")
    repo.commit("tracked.py", LINE)
    repo.write("untracked.py", LINE)
    repo.write("ignored.py", LINE)
    repo.commit("ignored-but-tracked.py", LINE)
    repo.commit("deleted.py", LINE)
    (repo.folder / "deleted.py").unlink()
    report = scans.scan_tree(repo.folder, scanner)
    assert places(report) == ["ignored-but-tracked.py", "tracked.py", "untracked.py"]
    assert report.incomplete == ()


def test_a_folder_within_a_repository(repo: Repo, scanner: SecretScanner) -> None:
    repo.commit("a.py", LINE)
    repo.commit("web/b.py", LINE)
    assert places(scans.scan_tree(repo.folder / "web", scanner)) == ["b.py"]


def test_without_git_every_file(scanner: SecretScanner, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(LINE)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "b.py").write_text(LINE)
    report = scans.scan_tree(tmp_path, scanner)
    assert places(report) == ["a.py"]
    assert not report.versioned


def test_links_pipes_and_odd_names(repo: Repo, scanner: SecretScanner, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text(LINE)
    (repo.folder / "loop").symlink_to(repo.folder)
    (repo.folder / "out").symlink_to(tmp_path / "outside.py")
    os.mkfifo(repo.folder / "pipe")
    Path(os.fsdecode(os.fsencode(repo.folder) + b"/\xff\xfe\x1b[31m.py")).write_text(LINE)
    for report in (scans.scan_tree(repo.folder, scanner), scans.scan_tree(Path(os.fsdecode(repo.folder)), scanner)):
        assert places(report) == ["\\xff\\xfe\x1b[31m.py"]
        assert report.incomplete == ()


def test_a_link_loop_without_git(scanner: SecretScanner, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "b.py").write_text(LINE)
    assert places(scans.scan_tree(tmp_path, scanner)) == ["a/b.py"]


def test_large_and_binary_files_are_left_out(repo: Repo, scanner: SecretScanner) -> None:
    repo.write("large.txt", LINE + "x" * MOST_BYTES)
    repo.write("binary.bin", b"\0" + LINE.encode())
    report = scans.scan_tree(repo.folder, scanner)
    assert report.findings == ()
    assert report.skipped == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_incomplete(repo: Repo, scanner: SecretScanner) -> None:
    repo.write("closed.py", LINE).chmod(0)
    assert scans.scan_tree(repo.folder, scanner).incomplete


def test_too_many_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worktree, "MOST_FILES", 10)
    for number in range(20):
        (tmp_path / f"{number}.txt").write_text("x")
    found = worktree.list_files(tmp_path, None)
    assert len(found.names) == 10
    assert found.incomplete
    repo = Repo(tmp_path)
    found = worktree.list_files(tmp_path, find_repository(repo.folder))
    assert len(found.names) == 10
    assert found.incomplete


def test_a_file_that_became_a_link_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    files = worktree.FileList(repo.folder)
    (repo.folder / "x").symlink_to("/etc/passwd")
    with pytest.raises(OSError, match="link"):
        files.read(b"x", 100)


def test_staged_content_counts_and_nothing_else(repo: Repo, scanner: SecretScanner) -> None:
    repo.write("first.py", LINE)
    repo.git("add", "first.py")
    assert places(scans.scan_staged(repo.folder, scanner)) == ["first.py"]
    repo.git("commit", "--quiet", "-m", "x")
    assert scans.scan_staged(repo.folder, scanner).read == 0
    repo.write("second.py", LINE)
    repo.git("add", "second.py")
    repo.write("second.py", "x = 1\n")
    repo.write("third.py", LINE)
    assert places(scans.scan_staged(repo.folder, scanner)) == ["second.py"]
    repo.git("add", "second.py")
    assert scans.scan_staged(repo.folder, scanner).findings == ()


def test_a_conflict_is_incomplete(repo: Repo, scanner: SecretScanner) -> None:
    repo.commit("a", "1\n")
    repo.git("switch", "--quiet", "-c", "side")
    repo.commit("a", "2\n")
    repo.git("switch", "--quiet", "main")
    repo.commit("a", "3\n")
    repo.git("merge", "--quiet", "side", check=False)
    assert any("conflict" in line for line in scans.scan_staged(repo.folder, scanner).incomplete)


def test_staged_needs_a_repository(scanner: SecretScanner, tmp_path: Path) -> None:
    with pytest.raises(GitFailed):
        scans.scan_staged(tmp_path, scanner)
