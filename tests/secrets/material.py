"""Fake secrets, put together at run time so that no scanner finds one here, and git repositories that really exist."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

RANDOM = "K7mQ2vTz9RbWcJ4nLpYs8HdUe5GaFi3oMtN6qVkXyZ1xBf0wEjS"
HEX = "6e1d0f4b7a2c9385e1d0f4b7a2c93856" * 4


def text(count: int, start: int = 0) -> str:
    """So many characters that look random."""
    return (RANDOM * 9)[start : start + count]


def live_key(start: int = 0) -> str:
    return "_".join(("sk", "live", "51" + text(24, start)))


def private_key() -> str:
    body = "\n".join(text(64, at) for at in range(0, 30, 6))
    return f"-----{'BEGIN'} RSA PRIVATE KEY-----\n{body}\n-----{'END'} RSA PRIVATE KEY-----\n"


class Repo:
    """A repository in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, check: bool = True) -> str:
        """Git as its user runs it, with a clean configuration."""
        kept = {"PATH": os.environ["PATH"], "HOME": str(self.folder.parent), "GIT_CONFIG_NOSYSTEM": "1"}
        who = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@b.test", "GIT_COMMITTER_NAME": "Ada"}
        env = {**kept, **who, "GIT_COMMITTER_EMAIL": "a@b.test", "GIT_AUTHOR_DATE": "2026-01-05T10:00:00+00:00"}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=env, capture_output=True, text=True, check=check
        )
        return done.stdout.strip()

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def commit(self, name: str, content: str | bytes | None, message: str = "x") -> str:
        """Commit a new content of one file, None to delete it; returns the commit."""
        if content is None:
            self.git("rm", "--quiet", name)
        else:
            self.write(name, content)
            self.git("add", "--force", name)
        self.git("commit", "--quiet", "-m", message)
        return self.git("rev-parse", "HEAD")
