"""Runs git on repositories that nobody vouches for: nothing of the repository's own configuration may start a program.

Hooks, fsmonitor, pagers, external diffs, credential helpers, lazy fetches and replacement objects are off, system and
user configuration are not read, no protocol is allowed. Git's own exit status is part of every answer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS = 600.0
"""After which a git command is ended."""

_OFF = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.pager=cat",
    "core.editor=false",
    "core.askPass=false",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.attributesFile=/dev/null",
    "core.alternateRefsCommand=false",
    "core.quotePath=false",
    "core.commitGraph=true",
    "credential.helper=",
    "diff.external=",
    "diff.ignoreSubmodules=all",
    "gc.auto=0",
    "maintenance.auto=false",
    "gpg.program=false",
    "log.showSignature=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "protocol.allow=never",
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # beats protocol.*.allow of the repository
    "GIT_ASKPASS": "false",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}


class GitFailed(Exception):
    """A git command could not do what was asked; `message` is its own last line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository on disk.

    `work_tree` is None for a bare one; `inside` is the asked-for folder within it ('' for its top).
    """

    git_dir: Path
    work_tree: Path | None
    inside: str = ""

    def command(self, *arguments: str) -> list[str]:
        """A git command line on this repository with everything dangerous off. It never leaves the named folders."""
        found = ["git", "--no-pager", "--literal-pathspecs"]
        for setting in (*_OFF, f"safe.directory={self.work_tree or self.git_dir}", f"safe.directory={self.git_dir}"):
            found += ["-c", setting]
        found += [f"--git-dir={self.git_dir}"]
        if self.work_tree is not None:
            found += [f"--work-tree={self.work_tree}"]
        return [*found, *arguments]

    def output(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What a git command prints. Raises `GitFailed` where it ends with another status than 0."""
        done = self.attempt(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise GitFailed(last_line(done.stderr))
        return done.stdout

    def attempt(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a git command to its end. Raises `GitFailed` where git is missing or takes too long."""
        try:
            return subprocess.run(  # noqa: S603 - our own arguments; nothing of the repository is one
                self.command(*arguments),
                input=stdin,
                capture_output=True,
                timeout=SECONDS,
                env=environment(),
                cwd=self.cwd,
                check=False,
            )
        except FileNotFoundError:
            raise GitFailed("git is not installed") from None
        except subprocess.TimeoutExpired:
            raise GitFailed(f"git {arguments[0]} took longer than {SECONDS:.0f} s") from None

    @contextmanager
    def running(self, *arguments: str, stdin: bool = False) -> Iterator[subprocess.Popen[bytes]]:
        """A git command whose output is read while it runs; it is ended with the block. Its stderr goes nowhere."""
        try:
            child = subprocess.Popen(  # noqa: S603 - as above
                self.command(*arguments),
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                cwd=self.cwd,
            )
        except FileNotFoundError:
            raise GitFailed("git is not installed") from None
        try:
            yield child
        finally:
            if child.poll() is None:
                child.kill()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
            child.wait()

    @property
    def cwd(self) -> Path:
        """Where git is started."""
        return self.work_tree or self.git_dir


def find_repository(folder: Path) -> Repository | None:
    """The repository that a folder belongs to, found as git does: `.git` here or above, or a bare repository."""
    here = folder.resolve()
    for candidate in (here, *here.parents):
        marker = candidate / ".git"
        if marker.is_dir() or marker.is_file():
            inside = "" if candidate == here else here.relative_to(candidate).as_posix()
            return Repository(marker, candidate, inside)
    if (here / "HEAD").is_file() and (here / "objects").is_dir() and (here / "refs").is_dir():
        return Repository(here, None)
    return None


def environment() -> dict[str, str]:
    """The environment of every git command: nothing of the operator's but where programs are."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    return {**kept, **_ENVIRONMENT}


def is_installed() -> bool:
    """Whether git is on the path."""
    return shutil.which("git") is not None


def last_line(stderr: bytes) -> str:
    """The last line that git said, without paths' odd bytes."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else "git said nothing"
