"""Files, packed files, pipes, parts for several processes, and everything that can be wrong with a log."""

from __future__ import annotations

import gzip
import io
import math
import os
import random
import shutil
import subprocess
import threading
import zlib
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from launchready_tui.errors import InputError
from launchready_tui.logs import blocks, reading, tally
from launchready_tui.logs.blocks import ReadError, open_source
from launchready_tui.logs.reading import Stop, read
from launchready_tui.logs.report import LogReport, RouteFigures
from tests.logs.test_layouts import CADDY, COMBINED

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a log of lines, or of bytes as they are."""

    def call(name: str, lines: list[str] | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode())
        return path

    return call


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few kilobytes are divided as large ones are."""
    monkeypatch.setattr(reading, "SMALL", 2_000)


def requests(count: int, seed: int = 1) -> list[str]:
    """Lines of a marketplace, with durations in milliseconds."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        call = chance.choice(
            ("GET /search?q=oak", f"GET /listings/{chance.randint(1, 10**6)}", "POST /checkout", "GET /", "GET /café")
        )
        status = chance.choice((200, 200, 200, 301, 404, 500))
        took = chance.lognormvariate(-2, 1)
        moment = f"24/Nov/2026:{number // 3_600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0000"
        found.append(
            f'203.0.113.7 - - [{moment}] "{call} HTTP/1.1" {status} 5 "-" "x {"y" * (number % 50)}" {took:.3f}'
        )
    return found


def figures(report: LogReport) -> dict[str, RouteFigures]:
    return {f"{route.method} {route.route}": route for route in report.routes}


def check_against_sorted(report: LogReport, lines: list[str]) -> None:
    """Every figure of every route, computed anew by sorting."""
    times: dict[str, list[float]] = defaultdict(list)
    statuses: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        method, path = line.split('"')[1].split(" ")[:2]
        path = path.partition("?")[0]
        route = f"{method} {'/listings/:id' if path.startswith('/listings/') else path}"
        times[route].append(round(float(line.rsplit(" ", 1)[1]) * 1_000, 3))
        statuses[route].append(line.split('" ')[1][0] + "xx")
    found = figures(report)
    assert found.keys() == times.keys()
    whole = sum(map(sum, times.values()))
    for route, values in times.items():
        values.sort()
        mine = found[route]
        ranks = [values[math.ceil(share * len(values)) - 1] for share in (0.5, 0.95, 0.99)]
        assert [mine.p50_ms, mine.p95_ms, mine.p99_ms, mine.max_ms] == [*ranks, values[-1]]
        assert (mine.count, mine.timed) == (len(values), len(values))
        assert mine.total_ms == pytest.approx(sum(values))
        assert mine.share == pytest.approx(sum(values) / whole, abs=1e-6)
        assert mine.status == {word: statuses[route].count(word) for word in sorted(set(statuses[route]))}
    assert [route.total_ms for route in report.routes] == sorted((r.total_ms for r in report.routes), reverse=True)
    assert report.requests == len(lines)


def test_exact_against_a_sorted_reference(write: Write) -> None:
    lines = requests(3_000)
    report = read([write("access.log", lines)])
    check_against_sorted(report, lines)
    assert (report.lines, report.unparsed, report.error_bound, report.partial) == (3_000, 0, 0.0, ())
    assert report.span == ("2026-11-24T00:00:00Z", "2026-11-24T00:49:59Z")
    assert report.covered_s == 3_000
    assert report.rps == pytest.approx(1.0)


@pytest.mark.parametrize("workers", [2, 3])
def test_several_processes_say_the_same(write: Write, small_parts: None, workers: int) -> None:
    lines = requests(2_000)
    path = write("access.log", [*lines, "noise", *lines[:50]])
    one = read([path], workers=1)
    several = read([path], workers=workers)
    assert several == one
    check_against_sorted(several, [*lines, *lines[:50]])


def test_apart_is_another_process_that_says_the_same(write: Write) -> None:
    path = write("access.log", requests(200))
    assert read([path], apart=True) == read([path])


def test_parts_hold_every_line_once(write: Write) -> None:
    chance = random.Random(5)
    lines = [f"{number} " + "x" * chance.randint(0, 200) for number in range(300)]
    path = write("x.log", lines)
    size = path.stat().st_size
    for count in (2, 3, 7, 40, size):
        edges = [size * number // count for number in range(count + 1)]
        found: list[bytes] = []
        for start, end in pairwise(edges):
            source = open_source(str(path), start, end)
            found += b"".join(source.blocks()).splitlines()
            source.close()
            if count == size and len(found) > 40:
                break
        assert found == [line.encode() for line in lines][: len(found)]
        assert count == size or len(found) == 300


def test_packed_and_rotated_files(write: Write, tmp_path: Path) -> None:
    lines = requests(900)
    plain = write("access.log", lines[:300])
    packed = tmp_path / "access.log.1.gz"
    # two members after each other, as by appending
    packed.write_bytes(
        gzip.compress("".join(f"{line}\n" for line in lines[300:400]).encode())
        + gzip.compress("".join(f"{line}\n" for line in lines[400:600]).encode())
    )
    named_wrongly = write("access.log.2", gzip.compress("".join(f"{line}\n" for line in lines[600:]).encode()))
    report = read([plain, packed, named_wrongly, plain])
    check_against_sorted(report, lines)
    assert [(file.kind, file.lines) for file in report.files] == [("plain", 300), ("gzip", 300), ("gzip", 300)]


@pytest.mark.skipif(shutil.which("zstd") is None, reason="no zstd here to pack with")
def test_zstd(write: Write) -> None:
    lines = requests(500)
    path = write("access.log", lines)
    subprocess.run(["zstd", "-q", str(path)], check=True)
    packed = path.with_suffix(".log.zst")
    check_against_sorted(read([packed]), lines)
    check_against_sorted(read(["-"], stdin=io.BytesIO(packed.read_bytes())), lines)
    cut = write("cut.zst", packed.read_bytes()[:-20])
    report = read([cut])
    assert report.partial
    assert "break in the middle" in report.partial[0]


def test_without_zstd_it_says_what_is_missing(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.zst", b"\x28\xb5\x2f\xfdxxxx")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(blocks, "_zstd_module", lambda: None)
    with pytest.raises(InputError, match="packed with zstd") as caught:
        read([path])
    assert "zstd -d" in caught.value.hint


def test_a_truncated_packed_file_is_partial(write: Write) -> None:
    data = gzip.compress("".join(f"{line}\n" for line in requests(5_000)).encode())
    report = read([write("a.gz", data[: len(data) // 2]), write("b.log", requests(10))])
    assert 10 < report.requests < 5_010
    (why,) = report.partial
    assert "a.gz: the compressed data end or break in the middle" in why
    garbage = read([write("c.gz", data[: len(data) // 2] + b"\x00\xff" * 500)])
    assert garbage.partial
    assert garbage.requests


def test_pipes(write: Write, tmp_path: Path) -> None:
    lines = requests(400)
    data = "".join(f"{line}\n" for line in lines).encode()
    check_against_sorted(read(["-"], stdin=io.BytesIO(data)), lines)
    check_against_sorted(read(["-"], stdin=io.BytesIO(gzip.compress(data))), lines)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(data,))
    writer.start()
    report = read([fifo, write("b.log", lines)])
    writer.join()
    check_against_sorted(report, lines * 2)
    assert [file.kind for file in report.files] == ["pipe", "plain"]


def test_a_pipe_whose_beginning_is_noise_is_recognised_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 4_096)
    lines = requests(300)
    noise = ["starting up"] * 2_000
    report = read(["-"], stdin=io.BytesIO("".join(f"{line}\n" for line in (*noise, *lines)).encode()))
    check_against_sorted(report, lines)
    assert report.unparsed == 2_000


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_and_a_last_line_without_one(write: Write, end: str) -> None:
    lines = requests(100)
    report = read([write("access.log", end.join(lines).encode())])
    check_against_sorted(report, lines)
    whole = end.join(lines).encode()
    cut = read([write("cut.log", whole[: whole.rindex(b'" "x')])])
    assert (cut.requests, cut.timed, cut.unparsed) == (100, 99, 0), "its call and status are known, its time is not"
    cut = read([write("cut.log", whole[: whole.rindex(b" HTTP/")])])
    assert (cut.requests, cut.unparsed) == (99, 1)


def test_lines_of_a_megabyte_are_left_out(write: Write) -> None:
    lines = requests(100)
    giant = COMBINED.replace("oak", "x" * 1_000_000)
    data = "\n".join([*lines[:50], giant, *lines[50:], "y" * 2_000_000]).encode() + b"\n" + b"z" * 600_000
    report = read([write("access.log", data)])
    check_against_sorted(report, lines)
    assert (report.overlong, report.unparsed, report.lines) == (3, 3, 103)


def test_bytes_that_are_no_text(write: Write) -> None:
    lines = requests(60)
    data = b"".join(line.encode() + b"\n" for line in lines)
    broken = b"\xff\xfe\x00binary\x80\n" + b"\x00" * 4_000 + b"\n" + b"\n\n"
    report = read([write("access.log", data + broken + data)])
    check_against_sorted(report, lines * 2)
    assert report.unparsed == 1, "a run of NULs is what a crash leaves, and no line"
    latin = COMBINED.replace("/search", "/caf\xe9").encode("latin-1")
    (route,) = read([write("latin.log", latin)]).routes
    assert route.route == "/caf\ufffd"


@pytest.mark.parametrize("data", [b"", b"\n\n", bytes(range(256)) * 500, b"\x00" * 70_000, b"a,b\n1,2\n"])
def test_what_is_no_log(write: Write, data: bytes) -> None:
    report = read([write("x", data)])
    assert (report.requests, report.routes, report.span) == (0, (), (None, None))
    assert report.unparsed == report.lines


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "gone.log", "No such file"), (tmp_path, "is a folder"), ("a\0b", "is no name")):
        with pytest.raises(InputError, match=message):
            read([path])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(write: Write) -> None:
    path = write("x.log", requests(3))
    path.chmod(0)
    with pytest.raises(InputError, match="Permission denied"):
        read([path])


def test_a_log_that_names_its_columns_anew_in_the_middle(write: Write, small_parts: None) -> None:
    first = "#Fields: date time cs-method cs-uri-stem s-ip sc-status time-taken"
    second = "#Fields: date time sc-status time-taken s-ip cs-uri-stem cs-method"
    lines = [first, *(f"2026-11-24 06:25:01 GET /a 10.0.0.1 200 {number}" for number in range(200))]
    lines += ["#Date: x", second, *(f"2026-11-24 06:25:01 404 {number} 10.0.0.1 /b POST" for number in range(300))]
    path = write("u_ex.log", lines)
    one, three = read([path], workers=1), read([path], workers=3)
    assert three == one
    assert {name: (route.count, route.max_ms) for name, route in figures(one).items()} == {
        "GET /a": (200, 199), "POST /b": (300, 299)
    }  # fmt: skip
    assert (one.lines, one.unparsed) == (500, 0)


def test_a_log_without_durations(write: Write) -> None:
    lines = [COMBINED] * 90 + [COMBINED.replace("/search", "/")] * 10
    report = read([write("access.log", lines)])
    assert report.timed == 0
    assert [(route.route, route.share, route.p95_ms, route.max_ms, route.too_few) for route in report.routes] == [
        ("/search", 0.9, None, None, True), ("/", 0.1, None, None, True)
    ]  # fmt: skip
    assert report.by_p95() == ()


def test_too_few_for_percentiles(write: Write) -> None:
    report = read(
        [write("access.log", [f"{COMBINED} 0.100"] * 39 + [f"{COMBINED} 0.100".replace("/search", "/")] * 40)]
    )
    assert {route.route: route.too_few for route in report.routes} == {"/": False, "/search": True}
    assert [route.route for route in report.by_p95()] == ["/"]


def test_beyond_the_bound_the_error_is_said(write: Write) -> None:
    lines = requests(2_000)
    path = write("access.log", lines)
    exact, near = read([path]), read([path], most_exact=500)
    assert exact.error_bound == 0.0
    assert near.error_bound == 0.004
    for name, route in figures(near).items():
        other = figures(exact)[name]
        assert (route.count, route.max_ms, route.status) == (other.count, other.max_ms, other.status)
        assert route.total_ms == pytest.approx(other.total_ms)
        for mine, theirs in ((route.p50_ms, other.p50_ms), (route.p95_ms, other.p95_ms), (route.p99_ms, other.p99_ms)):
            assert mine == pytest.approx(theirs, rel=0.004)


def test_many_routes_stay_a_small_table(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 4_096)
    monkeypatch.setattr(tally.Tally.__init__, "__defaults__", (tally.MOST_EXACT, 150))
    probes = [
        f"{COMBINED} 0.001".replace("/search?q=oak", f"/wp-{n}.php").replace('" 200 ', '" 404 ') for n in range(2_000)
    ]
    lines = [*probes[:1_000], *[f"{COMBINED} 0.100"] * 50, *probes[1_000:], *[f"{COMBINED} 0.300"] * 50]
    report = read([write("access.log", lines)])
    found = figures(report)
    assert found["GET /search"].count == 100
    assert found["GET /search"].p95_ms == 300
    assert sum(route.count for route in report.routes) == report.requests == 2_100
    assert len(report.routes) < 150


def test_stopping_keeps_what_was_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 4_096)
    stop = Stop()
    seen: list[int] = []

    def shown(done: int, total: int) -> None:
        seen.append(done)
        stop.set()

    report = read([write("access.log", requests(20_000))], stop=stop, shown=shown)
    assert seen
    assert report.interrupted
    assert 0 < report.requests < 20_000
    assert report.partial == ("the reading was stopped before the end",)
    assert sum(route.count for route in report.routes) == report.requests


def test_processes_that_are_stopped_hand_over_what_they_have(write: Write, small_parts: None) -> None:
    stop = Stop()
    stop.set()
    report = read([write("access.log", requests(2_000))], workers=2, stop=stop)
    assert report.interrupted
    assert report.requests <= 2_000


def test_a_process_that_dies_makes_it_partial(write: Write, small_parts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    report = read([write("access.log", requests(500))], workers=2)
    assert report.requests == 0
    assert report.partial == ("a process ended without a result: parts of 1 file are missing",)


def test_the_whole_lines_of_a_small_truncated_gzip_count(write: Write) -> None:
    """A log of a quiet host is smaller than a block: what could be unpacked before the break is not lost."""
    packed = gzip.compress("".join(f"{line}\n" for line in requests(2_000)).encode())
    half = packed[: len(packed) // 2]
    whole = zlib.decompressobj(wbits=31).decompress(half).count(b"\n")
    report = read([write("small.log.gz", half)])
    assert whole > 500
    assert report.requests == whole
    assert report.partial


def test_a_file_that_is_cut_while_it_is_read(write: Write) -> None:
    path = write("access.log", requests(100))
    source = open_source(str(path), 0, path.stat().st_size)
    path.write_bytes(path.read_bytes()[:500])
    assert len(b"".join(source.blocks())) <= 501
    source.close()
    assert source.limit > 0, "which the reading takes as a file that became shorter"


def test_a_broken_pipe_of_bytes_is_a_read_error() -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(ReadError, match="Input/output error"):
        open_source("-", stdin=Broken())  # type: ignore[arg-type]
    report = read(["-"], stdin=Broken())  # type: ignore[arg-type]
    assert report.partial == ("stdin: Input/output error",)


def test_no_query_and_no_token_is_kept_anywhere(write: Write) -> None:
    secrets = ["hunter2", "s3cr3tvalue", "eyJhbGciOiJIUzI1NiJ9", "ana@acme.test", "4f3c2b1a9d8e7f6a"]
    lines = [
        COMBINED.replace("q=oak", f"token={secrets[0]}"), CADDY.replace("q=oak", f"key={secrets[1]}"),
        COMBINED.replace("/search", f"/x/{secrets[2]}"), COMBINED.replace("/search", f"/users/{secrets[3]}/orders"),
        COMBINED.replace("/search", f"/magic/{secrets[4]}"), f"failed login {secrets[3]} password={secrets[0]}",
    ]  # fmt: skip
    report = read([write("access.log", lines)])
    assert report.requests == 5
    assert not any(secret in repr(report) for secret in secrets)
