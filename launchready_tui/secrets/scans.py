"""The three looks into a repository: its files, what is staged, its whole history.

Each gives a report, whatever it meets.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from launchready_tui.model.questions.secrets import FoundSecret, SecretReport
from launchready_tui.secrets import blobcache, worktree
from launchready_tui.secrets.baseline import FILE as BASELINE_FILE
from launchready_tui.secrets.baseline import Baseline, load_baseline
from launchready_tui.secrets.blobs import WORKERS, Stopped, for_each_blob
from launchready_tui.secrets.engine import TextGivenUp
from launchready_tui.secrets.gitcommand import GitFailed, Repository, find_repository
from launchready_tui.secrets.history import Introduction, read_history
from launchready_tui.secrets.redact import redact
from launchready_tui.secrets.scanner import MOST_BYTES, Origin, SecretScanner, is_binary

MOST_FINDINGS = 1_000
CACHE = "secret-cache"
"""Folder of the user's data folder that remembers which blobs were read."""

MOST_INCOMPLETE = 20
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_RANKS = {"provider": 0, "private-key": 1, "generic": 2, "publishable": 3}


@dataclass(slots=True)
class _Tally:
    """Collects what several threads find."""

    findings: list[FoundSecret] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    read: int = 0
    read_bytes: int = 0
    skipped: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, found: list[FoundSecret], size: int) -> None:
        """One more text was read."""
        with self.lock:
            self.findings += found
            self.read += 1
            self.read_bytes += size

    def skip(self) -> None:
        """One more text was left out on purpose."""
        with self.lock:
            self.skipped += 1

    def miss(self, what: str) -> None:
        """Something could not be read."""
        with self.lock:
            self.incomplete.append(what)

    def report(self, baseline: Baseline, *, commits: int = 0, versioned: bool = True) -> SecretReport:
        """All of it, the gravest first, in an order that does not depend on threads."""
        ordered = sorted(self.findings, key=lambda f: (_RANKS[f.kind], f.path, f.line, f.commit, f.rule, f.fingerprint))
        shown = baseline.applied(ordered[:MOST_FINDINGS])
        missed = sorted(self.incomplete)
        if len(missed) > MOST_INCOMPLETE:
            missed = [*missed[:MOST_INCOMPLETE], f"and {len(missed) - MOST_INCOMPLETE:,} more could not be read"]
        return SecretReport(
            findings=tuple(shown),
            read=self.read,
            read_bytes=self.read_bytes,
            skipped=self.skipped,
            commits=commits,
            incomplete=tuple(missed),
            notices=baseline.problems,
            more=max(0, len(ordered) - MOST_FINDINGS),
            versioned=versioned,
        )


def scan_tree(folder: Path, scanner: SecretScanner, stop: threading.Event | None = None) -> SecretReport:
    """The files of a folder: tracked and untracked but not ignored; all of them where there is no git.

    Raises `Stopped`.
    """
    repository = find_repository(folder)
    files = worktree.list_files(folder, repository)
    tally = _Tally(incomplete=files.incomplete, skipped=files.skipped)
    halt = stop or threading.Event()

    def read(name: bytes) -> None:
        if halt.is_set():
            raise Stopped
        path = worktree.shown(name)
        try:
            data = files.read(name, MOST_BYTES)
        except OSError as error:
            tally.miss(f"{path} could not be read ({error.strerror or 'unreadable'})")
            return
        _scan(scanner, data, Origin(path), tally)

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="files") as pool:
        for _ in pool.map(read, files.names, chunksize=64):
            pass
    return tally.report(load_baseline(_top(folder, repository)), versioned=repository is not None)


def scan_staged(folder: Path, scanner: SecretScanner) -> SecretReport:
    """What the next commit would bring, as it lies in the index, whatever the files hold now. Raises `GitFailed`."""
    repository = find_repository(folder)
    if repository is None or repository.work_tree is None:
        raise GitFailed(f"{folder} belongs to no git repository with files")
    against = "HEAD" if repository.attempt("rev-parse", "--verify", "--quiet", "HEAD").returncode == 0 else _EMPTY_TREE
    output = repository.output(
        "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=AMTU", against
    )
    fields = output.split(b"\0")
    paths: dict[bytes, str] = {}
    tally = _Tally()
    for status, path in zip(fields[::2], fields[1::2], strict=False):
        _, mode, _, blob, kind = status.split(b" ")
        if kind == b"U":
            tally.miss(f"{worktree.shown(path)} has a merge conflict")
        elif mode.startswith(b"100"):
            paths[blob] = worktree.shown(path)

    def work(blob: bytes, data: bytes) -> None:
        _scan(scanner, data if len(data) <= MOST_BYTES else None, Origin(paths[blob]), tally)

    unread = for_each_blob(repository, list(paths), work, threading.Event())
    if unread:
        tally.miss(f"{unread:,} staged files could not be read")
    return tally.report(load_baseline(repository.work_tree))


def scan_history(
    folder: Path, scanner: SecretScanner, cache: Path | None, stop: threading.Event | None = None
) -> SecretReport:
    """Every blob that the history holds. `cache` is the folder that remembers what was read. Raises `Stopped`."""
    repository = find_repository(folder)
    if repository is None:
        return SecretReport(
            incomplete=(f"{folder.name or folder} belongs to no git repository, so it has no history",), versioned=False
        )
    history = read_history(repository)
    tally = _Tally(incomplete=history.incomplete)
    file = blobcache.cache_file(cache, repository.git_dir) if cache is not None else None
    seen = blobcache.load(file, scanner.version) if file is not None else blobcache.Seen(scanner.version)
    if seen.found and seen.key_id != _key_id(scanner):
        seen = blobcache.Seen(scanner.version)
    found = {blob: secrets for blob, secrets in seen.found.items() if blob in history.sizes}
    wanted = [
        blob
        for blob, size in history.sizes.items()
        if blob not in seen.clean and blob not in found and size <= MOST_BYTES
    ]
    lock = threading.Lock()

    def work(blob: bytes, data: bytes) -> None:
        before = len(tally.incomplete)
        secrets = _scanned(scanner, data, Origin(worktree.shown(history.introduction(blob).path)), tally)
        with lock:
            if secrets:
                found[blob] = secrets
            elif len(tally.incomplete) == before:
                seen.clean.add(blob)

    try:
        unread = for_each_blob(repository, wanted, work, stop or threading.Event())
        if unread:
            tally.miss(f"git could not read {unread:,} objects that it listed")
    except GitFailed as error:
        tally.miss(error.message)
    seen.found = dict(found)
    seen.key_id = _key_id(scanner) if found else ""
    if file is not None and wanted:
        blobcache.save(file, seen)
    tally.findings = _placed(found, history.known, history.in_head)
    tally.skipped = sum(size > MOST_BYTES for size in history.sizes.values())
    tally.read, tally.read_bytes = (
        len(history.sizes) - tally.skipped,
        sum(size for size in history.sizes.values() if size <= MOST_BYTES),
    )
    return tally.report(load_baseline(_top(folder, repository)), commits=history.commits)


def _placed(
    found: dict[bytes, list[FoundSecret]], known: dict[bytes, Introduction], in_head: frozenset[bytes] | None
) -> list[FoundSecret]:
    """The findings with what is known of their blobs; a value in many versions of a file is told once, the oldest."""
    oldest: dict[tuple[str, str], tuple[int, FoundSecret]] = {}
    alive: dict[tuple[str, str], bool | None] = {}
    for blob, secrets in sorted(found.items()):
        origin = known.get(blob, Introduction())
        here = None if in_head is None else blob in in_head
        for secret in secrets:
            key = (worktree.shown(origin.path), secret.fingerprint)
            alive[key] = here or alive.get(key, here)
            if key not in oldest or origin.age > oldest[key][0]:
                placed = replace(secret, path=key[0], commit=origin.commit, authored_at=origin.authored_at)
                oldest[key] = (origin.age, placed)
    return [replace(secret, in_head=alive[key]) for key, (_, secret) in oldest.items()]


def _scan(scanner: SecretScanner, data: bytes | None, origin: Origin, tally: _Tally) -> None:
    """Scan one text into the tally; None was too large or no file."""
    if data is None or (is_binary(data) and not scanner.is_container(origin.path)):
        tally.skip()
        return
    tally.add(_scanned(scanner, data, origin, tally), len(data))


def _scanned(scanner: SecretScanner, data: bytes, origin: Origin, tally: _Tally) -> list[FoundSecret]:
    if origin.path.rpartition("/")[2] == BASELINE_FILE:
        return []
    try:
        return scanner.scan(data, origin)
    except TextGivenUp as error:
        tally.miss(str(error))
        return []


def _key_id(scanner: SecretScanner) -> str:
    return redact("launchready blob cache", scanner.key()).fingerprint


def _top(folder: Path, repository: Repository | None) -> Path:
    return repository.work_tree if repository is not None and repository.work_tree is not None else folder


def worth_telling(findings: Iterable[FoundSecret]) -> list[FoundSecret]:
    """The findings that somebody has to act on: no publishable ones."""
    return [finding for finding in findings if finding.kind != "publishable"]


__all__ = ["Stopped", "scan_history", "scan_staged", "scan_tree", "worth_telling"]
