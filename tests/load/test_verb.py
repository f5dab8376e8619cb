"""`launchready load` as a user meets it: a process, its output, its exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.load.running import NEEDS_LOCUST
from tests.load.site import Reply, Site, latency

PROFILE = """
[product]
name = "Acme"
domain = "acme.test"
[[host]]
name = "127.0.0.1"
[[route]]
id = "home"
url = "{url}/"
[[journey]]
id = "browse"
[[journey.step]]
route = "home"
think = "0s"
[network]
public = ["127.0.0.0/8"]
{rest}
"""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "launchready_tui", "load", *arguments]


def write(folder: Path, site: Site, rest: str = "") -> str:
    path = folder / "product.toml"
    path.write_text(PROFILE.format(url=site.url, rest=rest))
    return str(path)


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120)


@NEEDS_LOCUST
def test_json_is_the_contract(tmp_path: Path) -> None:
    with Site(latency) as site:
        file = write(tmp_path, site)
        done = call(
            file, "--users", "4", "--duration", "3s", "--authorized-by", "Ada", "--format", "json", "--max-rps", "9999"
        )
        seen = len(site.seen)
    assert done.returncode in (0, 3), done.stderr
    said = json.loads(done.stdout)
    assert said["schema"] == "launchready/load/1"
    assert said["verdict"] == ("pass" if done.returncode == 0 else "invalid")
    assert (said["verdict"] == "pass") == said["generator"]["valid"]
    assert said["max_concurrency"] == 4
    keys = {"route", "journey", "requests", "failures", "dropped", "p50_ms", "p95_ms", "p99_ms", "max_ms"}
    (route,) = said["routes"]
    assert keys <= route.keys()
    assert (route["route"], route["journey"], route["requests"]) == ("home", "browse", seen)
    assert isinstance(said["server"], dict)
    assert sum(point["requests"] for point in said["timeline"]["points"]) == seen
    assert said["authorized_by"] == "Ada"
    assert "\x1b" not in done.stdout + done.stderr


@NEEDS_LOCUST
def test_a_limit_that_breaks_is_exit_code_1_and_one_page(tmp_path: Path) -> None:
    with Site(lambda request, number: Reply(503 if number % 20 == 0 else 200, delay=0.02)) as site:
        done = call(write(tmp_path, site), "--users", "3", "--duration", "4s", "--authorized-by", "Ada")
    assert done.returncode in (1, 3), done.stderr
    if done.returncode == 1:
        assert done.stdout.startswith("✗ FAIL  Acme")
    for words in ("home (browse)", "status-503", "requests/s", "What gave first:", "Little's law", "authorized by Ada"):
        assert words in done.stdout
    assert len(done.stdout.splitlines()) < 50
    assert max(map(len, done.stdout.splitlines())) < 200


def test_without_permission_nothing_is_sent(tmp_path: Path) -> None:
    with Site(lambda request, number: Reply()) as site:
        done = call(write(tmp_path, site), "--users", "2", "--duration", "2s")
        assert site.seen == []
    assert done.returncode == 2
    assert done.stdout == ""
    assert "nobody has authorized load on 127.0.0.1" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--duration", "soon"), "--duration"),
        (("--duration", "10ms"), "too short"),
        (("--rate", "2", "--steps"), "exclude"),
        (("--users", "-3"), "sends nothing"),
        (("--users", "0", "--duration", "5s"), "sends nothing"),
        (("--users", "9999999"), "out of range"),
        (("--worker", "a b"), "no address"),
    ],
)
def test_wrong_usage_is_exit_code_2(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    with Site(lambda request, number: Reply()) as site:
        done = call(write(tmp_path, site), "--authorized-by", "Ada", *arguments)
        assert site.seen == []
    assert done.returncode == 2
    assert words in done.stderr


def test_production_outside_its_window_is_refused(tmp_path: Path) -> None:
    rest = '[load]\nenvironment = "production"\nwindow = "2020-01-01T00:00Z/2020-01-01T01:00Z"\n'
    with Site(lambda request, number: Reply()) as site:
        done = call(write(tmp_path, site, rest), "--authorized-by", "Ada", "--duration", "2s", "--users", "1")
        assert site.seen == []
    assert done.returncode == 2
    assert "its window is 2020-01-01" in done.stderr


@NEEDS_LOCUST
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_traffic_and_keeps_the_figures(tmp_path: Path, number: signal.Signals) -> None:
    with Site(lambda request, number: Reply(delay=0.02)) as site:
        arguments = ("--users", "3", "--duration", "120s", "--authorized-by", "Ada", "--format", "json")
        running = subprocess.Popen(
            command(write(tmp_path, site), *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        end = time.monotonic() + 60
        while len(site.seen) < 200 and time.monotonic() < end:
            time.sleep(0.05)
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
        after = len(site.seen)
        time.sleep(1.0)
        assert len(site.seen) == after
    assert running.returncode == 130, err
    said = json.loads(out)
    assert said["partial"] == ["It was stopped by hand."]
    assert 0 < said["routes"][0]["requests"] <= after


def test_the_journeys_are_exported(tmp_path: Path) -> None:
    with Site(lambda request, number: Reply()) as site:
        file = write(tmp_path, site)
        locust, k6 = call(file, "--export", "locust"), call(file, "--export", "k6")
        assert site.seen == []
    assert (locust.returncode, k6.returncode) == (0, 0), locust.stderr + k6.stderr
    compile(locust.stdout, "locustfile.py", "exec")
    assert 'import http from "k6/http";' in k6.stdout


@NEEDS_LOCUST
def test_steps_find_the_knee(tmp_path: Path) -> None:
    going = set()

    def handler(request, number: int) -> Reply:  # type: ignore[no-untyped-def]
        now = time.perf_counter()
        going.add((request.connection, now))
        for entry in [entry for entry in going if entry[1] < now - 0.5]:
            going.discard(entry)
        crowded = len({connection for connection, _ in going}) > 4
        return Reply(503 if crowded else 200, delay=0.02)

    with Site(handler) as site:
        file = write(tmp_path, site, "[load]\npeak = 4\n")
        done = call(file, "--steps", "--duration", "24s", "--authorized-by", "Ada", "--format", "json")
    said = json.loads(done.stdout)
    assert [step["users"] for step in said["steps"]][:5] == [1, 2, 3, 4, 6]
    assert [bool(step["broke"]) for step in said["steps"]][:5] == [False, False, False, False, True]
    assert said["knee"] == said["max_concurrency"] == 4
    assert said["timeline"]["points"][-1]["at"] < 22, "it went on after it broke"
    assert said["verdict"] in ("warn", "invalid"), "the expected peak is carried, and not twice of it"


def test_nothing_but_the_generator_imports_locust() -> None:
    code = """
import sys
from launchready_tui.cli.verbs import load
from launchready_tui.engine import loading
from launchready_tui.load import export, preparing, reporting, serving
print(sorted({name.split(".")[0] for name in sys.modules} & {"locust", "gevent", "geventhttpclient", "zmq"}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
