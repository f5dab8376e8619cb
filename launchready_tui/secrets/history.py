"""What a git history holds: every blob of the object store, with the commit, path and date that brought it (S1.SEC.02).

All refs, the stash, tags, notes and reflogs are walked; blobs that nothing refers to any more are listed from the store
itself. What is referred to and not in the store, a shallow or partial clone, and every git command that ends badly make
the history *incomplete*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from launchready_tui.secrets.gitcommand import GitFailed, Repository, last_line

_EMPTY = b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
_COMMIT = b"\x01"
_DIFF = (
    "--raw",
    "--topo-order",
    "--no-abbrev",
    "--no-renames",
    "--diff-merges=first-parent",
    "--root",
    "-z",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=all",
    f"--format=%x{_COMMIT.hex()}%H %at",
)
_PROMISOR = re.compile(rb"^(?:extensions\.partialclone|remote\..*\.promisor)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Introduction:
    """The commit that brought a blob first, as far as is known, and under which path.

    `age` grows with every commit that git walks, from the newest on; 0 where no commit is known.
    """

    path: bytes = b""
    commit: str = ""
    authored: int = 0
    age: int = 0

    @property
    def authored_at(self) -> str:
        """The author's date, '' where it is not known or absurd."""
        try:
            return datetime.fromtimestamp(self.authored, UTC).isoformat(timespec="seconds") if self.commit else ""
        except (ValueError, OverflowError, OSError):
            return ""


@dataclass(slots=True)
class History:
    """The blobs of a repository by their object id, with their size in bytes, and what is known of each."""

    sizes: dict[bytes, int] = field(default_factory=dict)
    known: dict[bytes, Introduction] = field(default_factory=dict)
    in_head: frozenset[bytes] | None = None
    commits: int = 0
    incomplete: list[str] = field(default_factory=list)

    def introduction(self, blob: bytes) -> Introduction:
        """Where a blob comes from; nothing is known of those that no commit refers to."""
        return self.known.get(blob, Introduction())


def read_history(repository: Repository) -> History:
    """List everything. Never raises for what is wrong with the repository: that is what `incomplete` says."""
    history = History()
    commits = _list_objects(repository, history)
    _state(repository, history)
    seen = (
        _walk(repository, history, "--all", "--reflog", "HEAD")
        if _has_head(repository)
        else _walk(repository, history, "--all", "--reflog")
    )
    history.commits = len(seen)
    dangling = commits - seen
    if dangling:
        _walk_dangling(repository, history, dangling)
    _look_for_missing(history)
    _look_at_head(repository, history)
    return history


def _list_objects(repository: Repository, history: History) -> set[bytes]:
    """Fill in the sizes of all blobs in the store; returns the ids of all commits."""
    commits: set[bytes] = set()
    check = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
    try:
        with repository.running("cat-file", "--batch-all-objects", "--unordered", "--buffer", check) as child:
            assert child.stdout is not None
            for line in child.stdout:
                name, kind, size = line.split()
                if kind == b"blob":
                    history.sizes[name] = int(size)
                elif kind == b"commit":
                    commits.add(name)
            if child.wait() != 0:
                history.incomplete.append("git could not list all objects of the repository")
    except (GitFailed, ValueError) as error:
        history.incomplete.append(f"git could not list the objects of the repository ({error})")
    history.sizes.pop(_EMPTY, None)
    return commits


def _state(repository: Repository, history: History) -> None:
    """Ask git itself whether this is the whole history."""
    try:
        if repository.output("rev-parse", "--is-shallow-repository").strip() == b"true":
            history.incomplete.append("the clone is shallow: older commits are not here (git fetch --unshallow)")
        listing = repository.attempt("config", "--list", "--name-only", "--no-includes")
        if listing.returncode == 0 and _PROMISOR.search(listing.stdout):
            history.incomplete.append(
                "the clone is partial: some objects were left with the server (git clone again, without --filter)"
            )
        elif listing.returncode != 0:
            history.incomplete.append(f"git could not read the repository's configuration: {last_line(listing.stderr)}")
    except GitFailed as error:
        history.incomplete.append(f"git could not say whether the clone is whole: {error.message}")


def _has_head(repository: Repository) -> bool:
    try:
        return repository.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}").returncode == 0
    except GitFailed:
        return False


def _walk(repository: Repository, history: History, *tips: str) -> set[bytes]:
    """Note which commit brought which blob; returns the commits walked.

    The oldest commit of a blob is the last one in git's order.
    """
    seen: set[bytes] = set()
    try:
        with repository.running("log", *_DIFF, *tips) as child:
            assert child.stdout is not None
            _note(history, seen, _fields(child.stdout))
            if child.wait() != 0:
                history.incomplete.append(
                    "git could not walk the whole history: commits or folders are missing or damaged (git fsck)"
                )
    except (GitFailed, ValueError) as error:
        history.incomplete.append(f"git could not walk the history ({error})")
    return seen


def _walk_dangling(repository: Repository, history: History, commits: set[bytes]) -> None:
    """Say where blobs of unreferenced commits come from.

    Their history may be cut off, which is no fault of the repository.
    """
    only = dict(history.known)
    try:
        listed = b"\n".join(sorted(commits)) + b"\n"
        done = repository.attempt("log", *_DIFF, "--no-walk=unsorted", "--ignore-missing", "--stdin", stdin=listed)
        _note(history, set(), iter(done.stdout.split(b"\0")))
    except (GitFailed, ValueError):
        return
    history.known.update(only)


def _fields(stream: object) -> Iterator[bytes]:
    """The NUL-separated fields of a stream, a block at a time."""
    rest = b""
    while block := stream.read(1 << 20):  # type: ignore[attr-defined]
        parts = (rest + block).split(b"\0")
        rest = parts.pop()
        yield from parts
    if rest:
        yield rest


def _note(history: History, seen: set[bytes], fields: Iterator[bytes]) -> None:
    """Read git's raw diffs: a header a commit, then pairs of status and path (gitformat-diff, "raw output format")."""
    commit, authored = "", 0
    for item in fields:
        text = item.lstrip(b"\n")
        if text.startswith(_COMMIT):
            name, _, date = text[1:].partition(b" ")
            seen.add(name)
            commit = name.decode("ascii", "replace")
            date = date.split(b"\n", 1)[0]
            authored = int(date) if date.lstrip(b"-").isdigit() else 0
        elif text.startswith(b":"):
            path = next(fields, b"")
            mode, blob = text.split(b" ")[1], text.split(b" ")[3]
            if mode.startswith(b"100"):
                history.known[blob] = Introduction(path, commit, authored, len(seen))


def _look_for_missing(history: History) -> None:
    """Every blob of every commit was named by the walk: what is not in the store is missing."""
    missing = [blob for blob in history.known if blob not in history.sizes and blob != _EMPTY and blob.strip(b"0")]
    if missing:
        first = history.known[missing[0]].path.decode("utf-8", "backslashreplace")
        more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        history.incomplete.append(f"objects are missing, the first is {first[:200]}{more} ({missing[0][:12].decode()})")


def _look_at_head(repository: Repository, history: History) -> None:
    try:
        listing = repository.attempt("ls-tree", "-r", "-z", "HEAD")
    except GitFailed:
        return
    if listing.returncode == 0:
        entries = (entry.partition(b"\t")[0].split() for entry in listing.stdout.split(b"\0") if entry)
        history.in_head = frozenset(entry[2] for entry in entries if len(entry) > 2)
