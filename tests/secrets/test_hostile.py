"""A repository's own configuration may start no program and reach no network. Every trap would leave a marker file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from launchready_tui.secrets import scans
from launchready_tui.secrets.gitcommand import environment, find_repository
from launchready_tui.secrets.scanner import SecretScanner
from tests.secrets.material import Repo, live_key


@pytest.fixture
def trapped(repo: Repo, tmp_path: Path) -> tuple[Repo, Path]:
    """A repository full of traps, and the marker that they would make."""
    marker = tmp_path / "ran"
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    trap.chmod(0o755)
    repo.commit("a.py", "x = 1\n")
    repo.commit("a.py", f'key = "{live_key()}"\n')
    repo.commit(".gitattributes", "* diff=evil filter=evil\n")
    for name in ("post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
        hook = repo.folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(trap.read_text())
        hook.chmod(0o755)
    included = tmp_path / "included"
    included.write_text(f"[core]\n\tfsmonitor = {trap}\n\tpager = {trap}\n")
    settings = {
        "core.fsmonitor": trap,
        "core.hooksPath": repo.folder / ".git" / "hooks",
        "core.pager": trap,
        "core.editor": trap,
        "core.sshCommand": trap,
        "core.gitProxy": trap,
        "core.alternateRefsCommand": trap,
        "core.askPass": trap,
        "core.worktree": tmp_path,
        "credential.helper": f"!{trap}",
        "diff.external": trap,
        "diff.evil.command": trap,
        "diff.evil.textconv": trap,
        "filter.evil.clean": trap,
        "filter.evil.smudge": trap,
        "filter.evil.process": trap,
        "filter.evil.required": "true",
        "gpg.program": trap,
        "log.showSignature": "true",
        "pager.log": trap,
        "pager.ls-files": trap,
        "alias.ls-files": f"!{trap}",
        "alias.log": f"!{trap}",
        "include.path": included,
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": trap,
        "uploadpack.packObjectsHook": trap,
        "extensions.partialClone": "origin",
    }
    config = repo.folder / ".git" / "config"
    lines = [config.read_text()]
    for name, value in settings.items():
        section, _, key = name.rpartition(".")
        head, _, sub = section.partition(".")
        lines.append(f'[{head} "{sub}"]\n\t{key} = "{value}"\n' if sub else f'[{head}]\n\t{key} = "{value}"\n')
    config.write_text("".join(lines).replace("repositoryformatversion = 0", "repositoryformatversion = 1"))
    return repo, marker


LOOKS: dict[str, Callable[[Path, SecretScanner], scans.SecretReport]] = {
    "tree": scans.scan_tree,
    "staged": scans.scan_staged,
    "history": lambda folder, scanner: scans.scan_history(folder, scanner, None),
}


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_of_the_repository_runs(trapped: tuple[Repo, Path], scanner: SecretScanner, look: str) -> None:
    repo, marker = trapped
    (repo.folder / "a.py").touch()
    report = LOOKS[look](repo.folder, scanner)
    assert not marker.exists()
    if look != "staged":
        assert [finding.path for finding in report.findings] == ["a.py"]


def test_a_missing_object_is_not_fetched(trapped: tuple[Repo, Path], scanner: SecretScanner) -> None:
    repo, marker = trapped
    found = find_repository(repo.folder)
    assert found is not None
    name = found.output("rev-parse", "HEAD~2:a.py").decode().strip()
    (repo.folder / ".git" / "objects" / name[:2] / name[2:]).unlink()
    report = scans.scan_history(repo.folder, scanner, None)
    assert any("missing" in line for line in report.incomplete)
    assert not marker.exists()


def test_another_work_tree_is_not_believed(trapped: tuple[Repo, Path], scanner: SecretScanner) -> None:
    repo, _ = trapped
    (repo.folder.parent / "private.py").write_text(f'key = "{live_key(3)}"\n')
    assert [finding.path for finding in scans.scan_tree(repo.folder, scanner).findings] == ["a.py"]


def test_replaced_objects_are_seen_as_they_were(repo: Repo, scanner: SecretScanner) -> None:
    commit = repo.commit("a.py", f'key = "{live_key()}"\n')
    other = repo.commit("a.py", "x = 1\n")
    repo.git("replace", f"{commit}:a.py", f"{other}:a.py")
    assert scans.scan_history(repo.folder, scanner, None).findings


def test_the_operators_environment_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "evil")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    assert {"GIT_EXTERNAL_DIFF", "GIT_DIR", "GIT_CONFIG_COUNT", "HOME"}.isdisjoint(environment())


@pytest.mark.parametrize("config", [b"[core", b"\0" * 100, b"[core]\n\trepositoryformatversion = 99\n"])
def test_a_broken_configuration_is_incomplete(repo: Repo, scanner: SecretScanner, config: bytes) -> None:
    repo.commit("a.py", "x = 1\n")
    (repo.folder / ".git" / "config").write_bytes(config)
    assert scans.scan_tree(repo.folder, scanner).incomplete
    assert scans.scan_history(repo.folder, scanner, None).incomplete
