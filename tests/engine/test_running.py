"""What a run keeps: every result once, also when it is stopped in mid-write."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from launchready_tui.engine.running import Batch
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Severity, Source, Verdict

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def result(number: int) -> Result:
    return Result("a.check", f"host{number}", Verdict.PASS, Severity.HIGH, "", "s", Source.LIVE, NOW)


async def test_two_flushes_at_once_write_everything_once() -> None:
    written: list[str] = []

    def write(evidence: Any, results: Any) -> None:
        time.sleep(0.02)
        written.extend(item.subject for item in results)

    batch = Batch(write)
    batch.add(result(1))
    first = asyncio.create_task(batch.flush())
    await asyncio.sleep(0.005)
    batch.add(result(2))
    await asyncio.gather(first, batch.flush())
    await batch.flush()
    assert written == ["host1", "host2"]


async def test_the_regular_flush_ends_without_being_cut_off() -> None:
    written: list[str] = []

    def write(evidence: Any, results: Any) -> None:
        time.sleep(0.02)
        written.extend(item.subject for item in results)

    batch, done = Batch(write), asyncio.Event()
    flusher = asyncio.create_task(batch.flush_until(done))
    batch.add(result(1))
    await asyncio.sleep(0)
    done.set()
    await flusher
    await batch.flush()
    assert written == ["host1"]


async def test_what_could_not_be_written_is_kept_for_the_next_time() -> None:
    written: list[str] = []
    broken = True

    def write(evidence: Any, results: Any) -> None:
        if broken:
            raise OSError("full")
        written.extend(item.subject for item in results)

    batch = Batch(write)
    batch.add(result(1))
    try:
        await batch.flush()
    except OSError:
        broken = False
    await batch.flush()
    assert written == ["host1"]
