"""The probe of access logs: files and globs of the profile's folder, facts that stay small, no pipes."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from launchready_tui.model.codec import question_from_plain, question_to_plain
from launchready_tui.model.product import Network
from launchready_tui.model.questions.accesslog import AccessLog, AccessLogReading
from launchready_tui.probes.accesslog import MOST_ROUTES, MOST_SLOW, AccessLogProbe
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.prober import Prober
from tests.kit import World
from tests.logs.test_layouts import COMBINED


async def ask(folder: Path, question: AccessLogReading) -> Outcome:
    return await AccessLogProbe(str(folder)).answer(question, 1, World({}))


def write(path: Path, count: int, call: str = "GET /search") -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{COMBINED} 0.250\n".replace("GET /search", call) for _ in range(count)), "utf-8")


async def test_files_and_globs(tmp_path: Path) -> None:
    write(tmp_path / "logs" / "access.log", 30)
    write(tmp_path / "logs" / "access.log.1", 20, "POST /cart")
    facts = (await ask(tmp_path, AccessLogReading(("logs/access.log*",)))).facts
    assert isinstance(facts, AccessLog)
    assert (facts.files, facts.lines, facts.requests, facts.timed, facts.unparsed) == (2, 50, 50, 50, 0)
    assert [(route.name, route.count, route.p95_ms) for route in facts.routes] == [
        ("GET /search", 30, 250), ("POST /cart", 20, 250)
    ]  # fmt: skip
    assert (facts.first, facts.last, facts.advice) == ("2026-11-24T06:25:01Z", "2026-11-24T06:25:01Z", ())
    absolute = await ask(tmp_path, AccessLogReading((str(tmp_path / "logs" / "access.log"),)))
    assert isinstance(absolute.facts, AccessLog)
    assert absolute.facts.requests == 30


async def test_facts_stay_small(tmp_path: Path) -> None:
    lines = [f"{COMBINED} 0.{number:03d}\n".replace("/search", f"/a{number // 90}/r{number}") for number in range(700)]
    (tmp_path / "a.log").write_text("".join(lines), "utf-8")
    facts = (await ask(tmp_path, AccessLogReading(("a.log",)))).facts
    assert isinstance(facts, AccessLog)
    assert len(facts.routes) <= MOST_ROUTES + MOST_SLOW
    assert facts.more == 700 - len(facts.routes)
    assert len(msgspec.json.encode(facts)) < 40_000


async def test_formats_and_fields(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("GET|/a|200|0.5\n", "utf-8")
    declared = AccessLogReading(("a.log",), "$request_method|$uri|$status|$request_time")
    facts = (await ask(tmp_path, declared)).facts
    assert isinstance(facts, AccessLog)
    assert facts.routes[0].p95_ms == 500
    (tmp_path / "b.log").write_text('{"u":"/a","ms":7}\n', "utf-8")
    mapped = AccessLogReading(("b.log",), "", (("duration", "ms:ms"), ("path", "u")))
    facts = (await ask(tmp_path, mapped)).facts
    assert isinstance(facts, AccessLog)
    assert facts.routes[0].p95_ms == 7


async def test_no_durations_come_with_advice(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(f"{COMBINED}\nnoise hunter2\n", "utf-8")
    facts = (await ask(tmp_path, AccessLogReading(("a.log",)))).facts
    assert isinstance(facts, AccessLog)
    assert (facts.timed, facts.unparsed) == (0, 1)
    assert any("$request_time" in sentence for sentence in facts.advice)
    assert "hunter2" not in repr(facts)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (AccessLogReading(("gone.log",)), "file-missing"),
        (AccessLogReading(("*.gone",)), "file-missing"),
        (AccessLogReading((".",)), "malformed"),
        (AccessLogReading(("fifo",)), "malformed"),
        (AccessLogReading(("a.log",), "ngnix"), "file-unreadable"),
        (AccessLogReading(("a.log",), "", (("pth", "x"),)), "file-unreadable"),
    ],
)
async def test_what_cannot_be_read_is_said(tmp_path: Path, question: AccessLogReading, reason: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    write(tmp_path / "a.log", 1)
    outcome = await ask(tmp_path, question)
    assert outcome.failure is not None
    assert outcome.failure.reason == reason
    assert outcome.failure.message


async def test_the_prober_knows_the_question(tmp_path: Path) -> None:
    write(tmp_path / "a.log", 1)
    question = AccessLogReading(("a.log",), "", (("path", "x"),))
    assert question_from_plain(question_to_plain(question)) == question
    prober = Prober(Network(), str(tmp_path))
    outcome = await prober.answer(AccessLogReading(("a.log",)), 1, World({}))
    await prober.aclose()
    assert isinstance(outcome.facts, AccessLog)
