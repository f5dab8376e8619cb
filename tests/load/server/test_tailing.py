"""Following a log that is being written: rotation, truncation, long lines, floods, things that are no files."""

from __future__ import annotations

import os
from pathlib import Path

from launchready_tui.load.server import tailing
from launchready_tui.load.server.applog import AppLogSampler
from launchready_tui.load.server.tailing import LONGEST_LINE, Tail
from launchready_tui.model.evidence import Failure
from launchready_tui.model.performance import Dependency

STRIPE = Dependency("stripe", "api.stripe.com")


def test_only_what_comes_after_the_first_look_is_read(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(b"old\n")
    tail = Tail(["app.log"], str(tmp_path))
    assert tail.look().lines == []
    with log.open("ab") as file:
        file.write(b"one\ntw")
    assert tail.look().lines == [b"one"]
    with log.open("ab") as file:
        file.write(b"o\n\nthree\n")
    assert tail.look().lines == [b"two", b"three"]
    tail.close()


def test_rotation_and_truncation_lose_nothing(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(b"")
    tail = Tail(["app*.log"], str(tmp_path))
    tail.look()
    with log.open("ab") as file:
        file.write(b"before\n")
    log.rename(tmp_path / "old")
    log.write_bytes(b"after\n")
    found = tail.look()
    assert found.lines == [b"before", b"after"]
    assert [what for what, _ in found.events] == ["log-rotated"]
    log.write_bytes(b"new\n")
    found = tail.look()
    assert found.lines == [b"new"]
    assert [what for what, _ in found.events] == ["log-truncated"]
    (tmp_path / "app-2.log").write_bytes(b"second file\n")
    assert tail.look().lines == [b"second file"]
    tail.close()


def test_a_line_without_end_costs_no_memory(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(b"")
    tail = Tail(["app.log"], str(tmp_path))
    tail.look()
    with log.open("ab") as file:
        file.write(b"x" * (2 * LONGEST_LINE))
    assert tail.look().lines == []
    with log.open("ab") as file:
        file.write(b"x\nshort\n")
    found = tail.look()
    assert (found.lines, found.unread) == ([b"short"], 1)
    tail.close()


def test_a_flood_is_skipped_and_said(tmp_path: Path, monkeypatch: object) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(b"")
    tail = Tail(["app.log"], str(tmp_path))
    tail.look()
    with log.open("ab") as file:
        file.write(b"y" * 99 + b"\n")
        file.write((b"z" * 99 + b"\n") * (tailing.MOST_BYTES // 100 + 10))
    found = tail.look()
    assert found.unread >= 1
    assert sum(map(len, found.lines)) <= tailing.MOST_BYTES
    assert "grew by" in found.problems[0]
    tail.close()


async def test_calls_are_counted_while_the_log_is_written(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(b'{"dependency": "stripe", "status": 429}\n')
    sampler = AppLogSampler(["app.log"], str(tmp_path), (STRIPE,))
    assert not isinstance(await sampler.look(), Failure)
    with log.open("ab") as file:
        file.write(b'{"dependency": "stripe", "status": 200}\n{"dependency": "stripe", "status": 429}\n')
        file.write(b'{"host": "api.stripe.com", "error": "timeout"}\n{"path": "/x"}\nnot json\n{"dependency": \n')
    found = await sampler.look()
    assert not isinstance(found, Failure)
    [count] = found.calls.values()
    assert (count.calls, count.throttled, count.errors, count.timeouts) == (3, 1, 0, 1)
    assert (found.lines, found.unread) == (6, 1)
    await sampler.aclose()


async def test_a_log_that_is_not_there_or_no_file_is_a_failure_with_its_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.log")
    for name in ("missing.log", "pipe.log", "*.none"):
        sampler = AppLogSampler([name], str(tmp_path), (STRIPE,))
        found = await sampler.look()
        assert isinstance(found, Failure)
        assert found.reason == "unreadable"
        assert name in found.message
        await sampler.aclose()
