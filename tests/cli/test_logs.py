"""`launchready logs`: the JSON contract, the table at every width, exit codes, pipes, ctrl+c."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from launchready_tui.cli import logreport
from launchready_tui.cli.logtable import bar, percent, took
from launchready_tui.logs.reading import read
from tests.cli.conftest import Run
from tests.logs.test_layouts import CADDY, COMBINED

KEYS = {"route", "method", "count", "share", "total_ms", "p50_ms", "p95_ms", "p99_ms", "max_ms", "status"}
"""Of a route, as DESIGN.md section 6 has them; others are additions."""


def lines() -> list[str]:
    """Three routes: slow and rare, quick and frequent, failing; then one with an id, one that is no HTTP, noise."""
    found = [f"{COMBINED} 0.{number:03d}" for number in range(100, 200)]
    found += [f"{COMBINED} 0.900".replace("GET /search", "POST /checkout")] * 50
    found += [f"{COMBINED} 0.010".replace("/search", "/health").replace('" 200 ', '" 502 ')] * 40
    found += [f"{COMBINED} 0.020".replace("/search", f"/listings/{number}") for number in range(39)]
    found.append(COMBINED.replace("GET /search?q=oak HTTP/1.1", r"\x16\x03") + " 0.001")
    return [*found, "2026/11/24 06:25:01 [error] 7#7: *1 token=hunter2 failed"]


@pytest.fixture
def log(home: Path) -> Path:
    path = home / "access.log"
    path.write_text("".join(f"{line}\n" for line in lines()), "utf-8")
    return path


def document(run: Run, *args: str | Path, **more: Any) -> dict[str, Any]:
    done = run("logs", "--format", "json", *args, **more)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_json(run: Run, log: Path) -> None:
    found = document(run, log)
    assert found["schema"] == "launchready/logs/1"
    assert (found["lines"], found["unparsed"]) == (231, 1)
    assert found["span"] == ["2026-11-24T06:25:01Z", "2026-11-24T06:25:01Z"]
    assert all(route.keys() >= KEYS for route in found["routes"])
    assert [route["route"] for route in found["routes"]] == [
        "/checkout", "/search", "/listings/:id", "/health", "(not HTTP)"
    ]  # fmt: skip
    checkout, search, listing, health, junk = found["routes"]
    assert {key: search[key] for key in KEYS} == {
        "route": "/search", "method": "GET", "count": 100, "share": round(14_950 / 61_131, 6), "total_ms": 14_950.0,
        "p50_ms": 149.0, "p95_ms": 194.0, "p99_ms": 198.0, "max_ms": 199.0, "status": {"2xx": 100},
    }  # fmt: skip
    assert (checkout["method"], health["status"], junk["method"]) == ("POST", {"5xx": 40}, "-")
    assert (listing["count"], listing["too_few"]) == (39, True)
    assert sum(route["share"] for route in found["routes"]) == pytest.approx(1, abs=1e-5)
    assert found["formats"][0]["name"] == "combined (nginx, Apache), request time last"
    assert (found["partial"], found["error_bound"]) == (False, 0.0)
    assert "hunter2" not in json.dumps(found)


def test_text_in_a_pipe_is_whole_and_plain(run: Run, log: Path) -> None:
    done = run("logs", log)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "hunter2" not in done.stdout
    for text in (
        "230 requests, 1 line not understood", "24 Nov 2026 06:25:01", "POST /checkout", "too few", "Slowest by p95",
        "900 ms", "194 ms", "p95 over 500 ms", "letters are a, digits 9",
    ):  # fmt: skip
        assert text in done.stdout
    rows = [line for line in done.stdout.splitlines() if line.endswith(("POST /checkout", "GET /search"))]
    assert rows[0].split()[0] == "!!"
    by_p95 = run("logs", log, "--by", "p95").stdout
    assert "1 route with fewer than 40" not in by_p95
    assert "2 routes with fewer than 40 durations left out" in by_p95
    assert "Slowest by p95" not in by_p95
    assert "… and 3 more routes" in run("logs", log, "--top", "2").stdout


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160])
def test_every_width_is_kept(log: Path, width: int) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.writelines(
            f"{COMBINED} 0.5\n".replace("/search", "/a-rather-long-path/with-many/segments/in/it/photos") * 50
        )
    text = logreport.as_text(read([log]), width=width)
    table = text.split("\n\n")[1]
    assert "requests" in table
    assert "p95" in table
    assert all(len(line) <= width for line in table.splitlines()) or width == 60
    assert ("p50" in table, "total" in table, "█" in table) == (width >= 80, width >= 110, width >= 90)
    assert "photos" in text, "a long route keeps its end"


def test_figures_fit_their_columns() -> None:
    for value in (0.0, 0.04, 9.94, 9.96, 999.4, 999.6, 9_994, 9_996, 99_940, 99_960, 5.9e6, 6e6, 3.6e8, 3.6e9, 3.6e11):
        assert len(took(value)) <= 7, value
    assert [took(value) for value in (3.0, 672, 1_059, 61_000, 1.2e6, 7.5e7)] == [
        "3.0 ms", "672 ms", "1.06 s", "61.0 s", "20 min", "20.8 h"
    ]  # fmt: skip
    assert [percent(value) for value in (0, 0.0004, 0.0009, 0.02, 0.0994, 0.41, 1)] == [
        "0", "<0.1%", "<0.1%", "2.0%", "9.9%", "41%", "100%"
    ]  # fmt: skip
    assert [bar(value, 4).rstrip() for value in (0, 0.03, 0.5, 1, 7)] == ["", "▏", "██", "████", "████"]


def test_pipes_and_packed_files(run: Run, log: Path, home: Path) -> None:
    packed = home / "access.log.1.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    whole = document(run, log, packed)
    assert whole["requests"] == 460
    assert [file["kind"] for file in whole["files"]] == ["plain", "gzip"]
    piped = document(run, "-", text_in=log.read_text("utf-8"))
    assert piped["routes"] == document(run, log)["routes"]
    assert piped["files"][0]["path"] == "stdin"


def test_formats_that_are_declared_and_fields_that_are_mapped(run: Run, home: Path) -> None:
    odd = home / "odd.log"
    odd.write_text("GET|/search|200|0.5\n" * 50, "utf-8")
    found = document(run, odd, "--log-format", "$request_method|$uri|$status|$request_time")
    assert found["routes"][0]["p95_ms"] == 500
    app = home / "app.json"
    app.write_text('{"req":{"url":"/a?x=1"},"code":200,"took":5000}\n' * 50, "utf-8")
    options = ("--field", "path=req.url", "--field", "status=code", "--field", "duration=took:us")
    (route,) = document(run, app, *options)["routes"]
    assert (route["route"], route["p95_ms"], route["status"]) == ("/a", 5, {"2xx": 50})
    assert document(run, log_of(home, [CADDY] * 40), "--log-format", "caddy")["routes"][0]["p50_ms"] == 123.5


def log_of(home: Path, content: list[str]) -> Path:
    path = home / "other.log"
    path.write_text("".join(f"{line}\n" for line in content), "utf-8")
    return path


def test_without_durations_it_says_what_to_add(run: Run, home: Path) -> None:
    done = run("logs", log_of(home, [COMBINED] * 50))
    assert done.returncode == 0
    assert "hold no durations" in done.stdout
    assert "$request_time" in done.stdout
    assert "%{ms}Tms" in done.stdout
    assert "p95" not in done.stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("gone.log",), "No such file"),
        ((".",), "is a folder"),
        (("empty.log",), "empty, there is no line"),
        (("noise.log",), "none of 3 lines is a request in a known format"),
        (("noise.log", "--log-format", "ngnix"), 'did you mean "nginx"'),
        (("noise.log", "--log-format", "$status"), "names no path"),
        (("noise.log", "--field", "path"), "is no mapping"),
        (("noise.log", "--field", "pth=x"), 'did you mean "path"'),
        (("noise.log", "--format", "xml"), "xml"),
        ((), "LOG"),
    ],
)
def test_wrong_input_is_2_and_prints_nothing(run: Run, home: Path, args: tuple[str, ...], message: str) -> None:
    (home / "empty.log").write_text("", "utf-8")
    (home / "noise.log").write_text("password=hunter2 for ana\n" * 3, "utf-8")
    done = run("logs", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "hunter2" not in done.stderr


def test_what_could_not_be_read_to_its_end_is_3_and_said(run: Run, home: Path) -> None:
    data = gzip.compress("".join(f"{line}\n" for line in lines() * 20).encode())
    (home / "cut.gz").write_bytes(data[:-30])
    done = run("logs", "cut.gz")
    assert done.returncode == 3
    assert "PARTIAL: cut.gz: the compressed data end or break in the middle" in done.stdout
    done = run("logs", "cut.gz", "--format", "json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["partial"] is True
    assert "partial: cut.gz" in done.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_ctrl_c_keeps_what_was_read(home: Path, form: str) -> None:
    """The child waits in the middle of a pipe; what fits into no pipe's buffer was read by then."""
    child = subprocess.Popen(
        [sys.executable, "-m", "launchready_tui", "logs", "--format", form, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=home,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("".join(f"{COMBINED} 0.250\n" for _ in range(10_000)).encode())
    child.stdin.flush()
    child.send_signal(signal.SIGINT)
    output = child.stdout.read().decode()
    assert child.wait(60) == 130
    if form == "json":
        found = json.loads(output)
        assert found["partial"] is True
        assert 1_000 < found["requests"] <= 10_000
        assert found["routes"][0]["count"] == found["requests"]
    else:
        assert "PARTIAL: the reading was stopped before the end" in output
        assert "GET /search" in output
    child.stdin.close()
    child.stdout.close()
    assert child.stderr is not None
    child.stderr.close()


def test_help(run: Run) -> None:
    done = run("logs", "--help")
    assert done.returncode == 0
    assert "--log-format" in done.stdout
