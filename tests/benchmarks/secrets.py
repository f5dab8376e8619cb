"""`launchready secrets --history` on a repository of 70,000 commits, beside the engine alone on the same history.

python -m tests.benchmarks.secrets [commits]

The repository is written by `git fast-import`: every commit changes one of 500 files of source text. The engine alone
is its own walk of all refs and its own matching, with our rules, one thread, nothing else done with what it finds. One
commit holds a key, which both have to find. The second run finds in the cache what was read before.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from launchready_tui.runbook.locate import data_dir
from launchready_tui.secrets.engine import RULES_FILE
from tests.benchmarks.figures import Table, machine

COMMITS = 70_000
FILES = 500
LINES = 40
KEY = "ghp_" + "Ab3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
"""Stands in one commit, half way: whoever does not find it did not read."""

AIM = 1.2
AIM_MIB = 1_000

ENGINE = """
import sys
import kingfisher_sdk as sdk
policy = sdk.DetectionPolicy(inline_ignores=False, base64_max_depth=2)
scanner = sdk.Scanner(sdk.Rules([sys.argv[2]]), policy=policy)
texts = finds = 0
for found in scanner.scan_inputs(sdk.git_history(sys.argv[1], refs=None)):
    texts += 1
    finds += sum(one.visible for one in found.findings)
print(f"{texts:,} texts, {finds} found")
"""
WORDS = "listing order seller buyer price stock cart query route token title state total session cache".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of the wall clock and of the processor, and the most memory in MiB, of a command with its children."""

    seconds: float
    cpu: float
    mib: float
    said: str


def make(folder: Path, commits: int) -> None:
    """A repository with that many commits."""
    chance = random.Random(7)
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    with subprocess.Popen(["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE) as git:
        assert git.stdin is not None
        for number in range(commits):
            lines = [_line(chance, number, at) for at in range(LINES)]
            if number == commits // 2:
                lines[7] = f"    key = '{KEY}'"
            text = "\n".join(lines).encode()
            name = f"src/part{number % 17}/module{number % FILES}.py"
            git.stdin.write(
                b"commit refs/heads/main\ncommitter A <a@acme.test> %d +0000\ndata 2\nx\n" % (1_600_000_000 + number)
                + b"M 100644 inline %s\ndata %d\n%s\n\n" % (name.encode(), len(text), text)
            )
    if git.returncode:
        raise RuntimeError("git fast-import failed")


def _line(chance: random.Random, number: int, at: int) -> str:
    one, two, three = chance.choices(WORDS, k=3)
    return f"    {one}_{at} = {two}({three}, {number + at})  # {two} of the {one}"


def run(command: list[str], folder: Path) -> Took:
    """Run it and look at its memory while it runs."""
    began, most, cpu = time.perf_counter(), 0.0, 0.0
    env = {**os.environ, "LAUNCHREADY_DATA_DIR": str(folder / "data"), "LAUNCHREADY_CONFIG_DIR": str(folder / "config")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                everybody = [watched, *watched.children(recursive=True)]
                most = max(most, sum(one.memory_info().rss for one in everybody) / 2**20)
                cpu = max(cpu, sum(sum(one.cpu_times()[:2]) for one in everybody))
            except psutil.Error:
                pass
            time.sleep(0.05)
        assert process.stdout is not None
        said = process.stdout.read().strip()
    return Took(time.perf_counter() - began, cpu, most, said.splitlines()[-1] if said else "")


def measure(commits: int = COMMITS) -> Table:
    """The engine alone, then ours twice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / "repository", commits)
        repository, rules = str(folder / "repository"), str(data_dir() / RULES_FILE)
        warm = [sys.executable, "-c", ENGINE, repository, rules]
        ours = [sys.executable, "-m", "launchready_tui", "secrets", repository, "--history"]
        alone = run(warm, folder)
        first, second = run(ours, folder), run(ours, folder)
    ratio = first.seconds / alone.seconds
    rows = tuple(
        (title, f"{took.seconds:.1f} s", f"processor {took.cpu:.1f} s, {took.mib:.0f} MiB; {took.said[-60:]}")
        for title, took in (("the engine alone", alone), ("launchready secrets", first), ("  again", second))
    )
    return Table(
        f"A history of {commits:,} commits ({machine()})",
        rows,
        f"≤ {AIM} × the engine alone, under {AIM_MIB} MiB",
        f"{ratio:.2f} ×, {first.mib:.0f} MiB",
        ratio <= AIM and first.mib < AIM_MIB,
    )


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:2])))
