"""How load tests end early: stopped, aborted, crashed, left alone. What was measured is kept, and says so."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from launchready_tui.load import process
from launchready_tui.load.judging import judge
from launchready_tui.load.preparing import start
from launchready_tui.load.process import LoadError
from launchready_tui.load.request import LoadRequest
from launchready_tui.load.runner import LoadRun
from launchready_tui.load.serving import Worker
from launchready_tui.load.ticks import LoadTick
from tests.load.running import LENIENT, NEEDS_LOCUST, prepared, run
from tests.load.site import Reply, Site, profile

pytestmark = NEEDS_LOCUST


def generators() -> list[psutil.Process]:
    """Locust processes of this test process, those that it started and theirs."""
    return [child for child in psutil.Process().children(recursive=True) if "locust" in " ".join(child.cmdline())]


def once(when: float, do: Callable[[LoadRun], None]) -> Callable[[LoadTick, LoadRun], None]:
    """Do something at the first report after that many seconds of the test."""
    done: list[float] = []

    def during(tick: LoadTick, running: LoadRun) -> None:
        if tick.stage == "running" and tick.at >= when and not done:
            done.append(tick.at)
            do(running)

    return during


async def test_stopping_ends_all_traffic_and_keeps_what_was_measured() -> None:
    with Site(lambda _, number: Reply(delay=0.02)) as site:
        report = await run(
            profile(site), LoadRequest(users=5, duration_s=60), during=once(2, lambda running: running.stop())
        )
        seen = len(site.seen)
        await asyncio.sleep(1.0)
        assert len(site.seen) == seen, "requests came after the end"
    assert report.partial == ("It was stopped by hand.",)
    assert 0 < report.requests <= seen
    assert generators() == []
    assert judge(report).verdict == "invalid"


async def test_a_generator_that_does_not_listen_is_killed() -> None:
    def freeze(running: LoadRun) -> None:
        for generator in generators():
            generator.suspend()
        running.stop()

    with Site(lambda _, number: Reply(delay=0.02)) as site:
        report = await run(profile(site), LoadRequest(users=2, duration_s=60), during=once(2, freeze))
    assert generators() == []
    assert report.requests > 0
    assert report.partial[0] == "It was stopped by hand."


async def test_stopping_before_the_first_request() -> None:
    with Site(lambda _, number: Reply()) as site:
        ready = await prepared(profile(site), LoadRequest(users=2, duration_s=60))
        running = start(ready, limits=LENIENT)
        asyncio.get_running_loop().call_later(0.2, running.stop)
        report = await running.run()
        assert site.seen == []
    assert report.requests == 0
    assert judge(report).verdict == "invalid"
    assert generators() == []


async def test_a_target_that_dies_ends_the_test() -> None:
    limits = replace(LENIENT, abort_error_for_s=3.0)
    with Site(lambda _, number: Reply(delay=0.02)) as site:
        report = await run(
            profile(site),
            LoadRequest(users=8, duration_s=60),
            limits=limits,
            during=once(2, lambda running: site.die()),
        )
        seen = len(site.seen)
    assert "of requests failed" in report.aborted
    assert judge(report).verdict == "fail"
    load = report.routes[0]
    assert set(load.errors) <= {"refused", "reset"}
    assert load.failures > 0
    assert load.requests - load.failures <= seen
    assert any(event.what in ("errors", "refused") for event in report.first_to_give)
    assert report.plan.duration_s == 60
    assert report.timeline[-1].at < 40


async def test_a_burst_of_server_errors_ends_the_test_at_once() -> None:
    with Site(lambda _, number: Reply(500 if number > 100 else 200, delay=0.01)) as site:
        report = await run(profile(site), LoadRequest(users=5, duration_s=60), limits=replace(LENIENT))
    assert "5xx" in report.aborted
    assert report.timeline[-1].at < 15


async def test_processes_share_the_work_and_lose_nothing() -> None:
    with Site(lambda _, number: Reply(delay=0.01)) as site:
        report = await run(profile(site), LoadRequest(users=6, duration_s=3, processes=2))
        assert report.requests == len(site.seen) > 0
    assert report.generator.processes == 2
    assert (report.partial, report.generator.lost, report.failures) == ((), 0, 0)
    assert generators() == []


async def test_a_process_that_disappears_is_said_and_the_others_go_on() -> None:
    def kill_one(_: LoadRun) -> None:
        main = min(generators(), key=lambda one: one.create_time())
        main.children()[0].kill()

    with Site(lambda _, number: Reply(delay=0.02)) as site:
        report = await run(profile(site), LoadRequest(users=6, duration_s=9, processes=2), during=once(1, kill_one))
        assert 0 < report.requests <= len(site.seen)
    assert report.generator.lost == 1
    assert any("disappeared" in text for text in report.partial)
    assert judge(report).verdict in ("warn", "invalid")
    assert report.timeline[-1].requests > 0, "the other one sent nothing any more"


async def test_a_generator_that_crashes_leaves_what_it_reported() -> None:
    def kill(_: LoadRun) -> None:
        for generator in generators():
            generator.kill()

    with Site(lambda _, number: Reply(delay=0.02)) as site:
        report = await run(profile(site), LoadRequest(users=4, duration_s=30), during=once(2, kill))
    assert any("crashed" in text for text in report.partial)
    assert report.requests > 0
    assert judge(report).verdict == "invalid"


async def test_a_master_with_two_workers_counts_as_one_process_does() -> None:
    address = "127.0.0.1:" + str(process._free_port())
    with Site(lambda _, number: Reply(delay=0.01)) as site:
        product = profile(site)
        led = await prepared(product, LoadRequest(users=6, duration_s=4, master=address, workers=2))
        serving = await prepared(product, LoadRequest(worker=address))
        workers = [Worker(serving), Worker(serving)]
        report, *_ = await asyncio.gather(start(led, limits=LENIENT).run(), *(worker.run() for worker in workers))
        assert report.requests == len(site.seen) > 0
        assert report.failures == 0
        assert report.generator.processes == 2
        assert report.partial == ()
        assert report.most_users == 6

        before = len(site.seen)
        alone = await run(product, LoadRequest(users=6, duration_s=4))
        assert alone.requests == len(site.seen) - before
    assert report.plan.journeys == alone.plan.journeys
    assert report.routes[0].p50_ms == pytest.approx(alone.routes[0].p50_ms, rel=0.5)
    assert generators() == []


async def test_workers_follow_the_masters_schedule() -> None:
    address = "127.0.0.1:" + str(process._free_port())
    with Site(lambda _, number: Reply(delay=0.01)) as site:
        product = profile(site)
        led = await prepared(product, LoadRequest(rate=30, duration_s=4, master=address, workers=2))
        serving = await prepared(product, LoadRequest(worker=address))
        workers = [Worker(serving), Worker(serving)]
        report, *_ = await asyncio.gather(start(led, limits=LENIENT).run(), *(worker.run() for worker in workers))
        assert report.requests == len(site.seen) == report.generator.scheduled == 120
    assert report.routes[0].service_p95_ms is not None
    assert report.partial == ()


async def test_a_worker_with_other_journeys_is_sent_away() -> None:
    address = "127.0.0.1:" + str(process._free_port())
    with Site(lambda _, number: Reply(delay=0.01)) as site:
        product = profile(site)
        other = profile(site, path="/other")
        led = await prepared(product, LoadRequest(users=2, duration_s=3, master=address))
        right = Worker(await prepared(product, LoadRequest(worker=address)))
        wrong = Worker(await prepared(other, LoadRequest(worker=address)))
        report, *_ = await asyncio.gather(
            start(led, limits=LENIENT).run(), right.run(), wrong.run(), return_exceptions=True
        )
        assert not isinstance(report, BaseException)
        assert {request.path for request in site.seen} == {"/"}
    assert report.requests > 0
    assert any("other journeys" in text for text in report.partial)


def test_the_generator_does_not_outlive_whoever_started_it(tmp_path: Path) -> None:
    with Site(lambda _, number: Reply(delay=0.02)) as site:
        code = f"""
import asyncio, sys
sys.path[:0] = {[str(Path(__file__).parents[2])]!r}
from tests.load.running import run
from tests.load.site import profile
from launchready_tui.load.request import LoadRequest
class Site: url = {site.url!r}
asyncio.run(run(profile(Site), LoadRequest(users=4, duration_s=120, processes=2)))
"""
        parent = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
        try:
            _until(lambda: len(site.seen) > 20)
            started = psutil.Process(parent.pid).children(recursive=True)
            assert len(started) == 3
        finally:
            os.kill(parent.pid, signal.SIGKILL)
            parent.wait()
        _until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in started))


def _until(holds: Callable[[], bool], patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


async def test_passwords_are_in_no_argument_environment_or_file(tmp_path: Path) -> None:
    found: list[str] = []
    secret = "hunter-2-is-secret"

    def look(_: LoadRun) -> None:
        for one in generators():
            found.append(" ".join(one.cmdline()))
            found.append(str(one.environ()))
            found.extend(path.read_text("utf-8", "replace") for path in Path(one.cwd()).rglob("*") if path.is_file())

    rest = """
[[account]]
role = "buyer"
username = "ada"
[[journey]]
id = "log in"
account = "buyer"
[[journey.step]]
route = "home"
method = "POST"
data = { password = "{account.password}" }
"""
    with Site(lambda _, number: Reply(delay=0.05)) as site:
        report = await run(
            profile(site, rest),
            LoadRequest(users=1, duration_s=3),
            tokens={"account:buyer": secret},
            during=once(1, look),
        )
        assert {request.form["password"] for request in site.seen} == {secret}
    assert report.failures == 0
    assert found
    assert not any(secret in text for text in found)


async def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "find_spec", lambda name: None)
    with Site(lambda _, number: Reply()) as site:
        with pytest.raises(LoadError) as caught:
            await run(profile(site), LoadRequest(users=1, duration_s=1))
        assert site.seen == []
    assert "launchready[load]" in caught.value.hint


async def test_a_generator_that_cannot_begin_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "locustfile.py"
    broken.write_text("raise ValueError('this Locust is too old')\n")
    monkeypatch.setattr(process, "LOCUSTFILE", broken)
    with Site(lambda _, number: Reply()) as site, pytest.raises(LoadError, match="too old"):
        await run(profile(site), LoadRequest(users=1, duration_s=1))
    assert generators() == []
