"""`launchready logs` on a million lines of nginx's combined format with the request time, beside GoAccess and DuckDB.

python -m tests.benchmarks.logs [lines, 1000000] [runs, 4]

All are given the same file. Ours and DuckDB run in turns, the first turn thrown away; GoAccess, which takes a minute
and more, runs once in the middle of them. DuckDB is no dependency: LAUNCHREADY_DUCKDB names a Python that has it, or it
is left out. Every percentile is compared with a plain reading of the same file that sorts. Memory is that of all
processes together, sampled.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from tests.benchmarks.figures import Row, Table, machine, middle

LINES = 1_000_000
RUNS = 4
AIM_GOACCESS, AIM_DUCKDB = 20.0, 1.0
_EVERY = 0.02
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5",
    "curl/8.5.0",
)
_IDS = re.compile(r"/\d+(?=/|$)|/[0-9a-f]{8}-[0-9a-f-]{27}(?=/|$)")
_QUERY = """
import duckdb, sys
print(duckdb.sql('''
    with lines as (
        select regexp_extract(line, '"([A-Z]+ [^ ?"]*)[^"]*" (\\\\d+) .* ([0-9.]+)$', ['call', 'status', 'took']) as f
        from read_csv('FILE', columns={'line': 'VARCHAR'}, delim='\\x01', quote='', escape='', header=false)
    ), calls as (
        select regexp_replace(f.call, '/(\\\\d+|[0-9a-f]{8}-[0-9a-f-]{27})(/|$)', '/:id\\\\2', 'g') as route,
               f.status as status, f.took::double as took from lines
    )
    select route, count(*), sum(took), quantile_disc(took, [0.5, 0.95, 0.99]), max(took),
           count(*) filter (status >= '500') from calls group by route
''').fetchall())
"""


def write(path: Path, lines: int) -> None:
    """A log of a busy marketplace: seven routes, half of the paths with an id of their own."""
    chance = random.Random(7)
    with path.open("w", encoding="ascii") as file:
        for number in range(lines):
            draw = chance.random()
            if draw < 0.35:
                call, typical = f"GET /listings/{chance.randint(1, 200_000)}", 0.06
            elif draw < 0.6:
                call, typical = (
                    f"GET /search?q={chance.choice(('oak', 'lamp', 'desk'))}&page={chance.randint(1, 9)}",
                    0.25,
                )
            elif draw < 0.75:
                digits = f"{chance.getrandbits(128):032x}"
                parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
                call, typical = f"GET /u/{'-'.join(parts)}/profile", 0.04
            elif draw < 0.85:
                call, typical = "POST /cart/add", 0.09
            elif draw < 0.9:
                call, typical = "POST /checkout", 0.4
            elif draw < 0.97:
                call, typical = "GET /assets/app.js", 0.003
            else:
                call, typical = "GET /", 0.03
            status = 200 if chance.random() < 0.96 else chance.choice((301, 404, 500, 502))
            moment = time.strftime("%d/%b/%Y:%H:%M:%S", time.gmtime(1_781_000_000 + number // 40))
            took = chance.lognormvariate(0, 0.6) * typical
            client = ".".join(str(chance.randint(1, 254)) for _ in range(4))
            file.write(
                f"{client} - -"
                f' [{moment} +0000] "{call} HTTP/1.1" {status} {chance.randint(100, 90_000)}'
                f' "https://www.acme.test/listings" "{chance.choice(_AGENTS)}" {took:.3f}\n'
            )


def reference(path: Path) -> dict[str, list[float]]:
    """By route: count, p50, p95, p99 and longest in milliseconds, from sorted lists."""
    taken: dict[str, list[float]] = defaultdict(list)
    with path.open(encoding="ascii") as file:
        for line in file:
            call = line.split('"', 2)[1].rsplit(" ", 1)[0].partition("?")[0]
            taken[_IDS.sub("/:id", call)].append(float(line.rsplit(" ", 1)[1]) * 1_000)
    found = {}
    for route, values in taken.items():
        values.sort()
        ranks = [max(1, -(-len(values) * share // 100)) for share in (50, 95, 99)]
        found[route] = [float(len(values)), *(round(values[rank - 1], 3) for rank in ranks), round(values[-1], 3)]
    return found


def ours(path: Path) -> dict[str, list[float]]:
    """What the command says, in the same words."""
    done = subprocess.run(_command(path), check=True, capture_output=True)
    return {
        f"{route['method']} {route['route']}": [
            float(route["count"]), route["p50_ms"], route["p95_ms"], route["p99_ms"], route["max_ms"]
        ]
        for route in json.loads(done.stdout)["routes"]
    }  # fmt: skip


def _command(path: Path) -> list[str]:
    return [sys.executable, "-m", "launchready_tui", "logs", "--format", "json", str(path)]


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds of a run, and the most MiB that it and its children held at once (0.0 where that is not to be seen)."""
    most = 0
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ended = threading.Event()

    def sample() -> None:
        nonlocal most
        while not ended.wait(_EVERY):
            most = max(most, held(child.pid))

    watcher = threading.Thread(target=sample, daemon=True)
    watcher.start()
    code = child.wait()
    seconds = time.perf_counter() - began
    ended.set()
    watcher.join()
    if code:
        sys.exit(f"{command[0]} ended with {code}")
    return seconds, most / 2**20


def held(pid: int) -> int:
    """Bytes of resident memory of a process and its descendants (Linux)."""
    total = 0
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text("ascii").split())
        except (OSError, ValueError):
            continue
    return total


def _goaccess(path: Path, folder: Path) -> list[str] | None:
    program = shutil.which("goaccess")
    if program is None:
        return None
    layout = '%h %^[%d:%t %^] "%r" %s %b "%R" "%u" %T'
    options = [f"--log-format={layout}", "--date-format=%d/%b/%Y", "--time-format=%H:%M:%S", "--no-global-config"]
    return [program, str(path), *options, "-o", str(folder / "goaccess.json"), "--no-progress"]


def _duckdb(path: Path, folder: Path) -> list[str] | None:
    python = os.environ.get("LAUNCHREADY_DUCKDB", "")
    if not python:
        return None
    script = folder / "duck.py"
    script.write_text(_QUERY.replace("FILE", str(path)), "utf-8")
    return [python, str(script)]


def measure(lines: int = LINES, runs: int = RUNS) -> Table:
    """In turns; then ours once more on ten times the lines, for its memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "access.log"
        write(path, lines)
        exact = ours(path) == reference(path)
        duck, goaccess = _duckdb(path, folder), _goaccess(path, folder)
        own: list[tuple[float, float]] = []
        other: list[tuple[float, float]] = []
        third: tuple[float, float] | None = None
        for turn in range(runs + 1):
            own.append(timed(_command(path)))
            if duck is not None:
                other.append(timed(duck))
            if goaccess is not None and turn == (runs + 1) // 2:
                third = timed(goaccess)
        tenfold = folder / "tenfold.log"
        with tenfold.open("wb") as into:
            for _ in range(10):
                with path.open("rb") as part:
                    shutil.copyfileobj(part, into, 1 << 20)
        large = timed(_command(tenfold))
        megabytes = path.stat().st_size / 1e6
    seconds, memory = middle([run[0] for run in own[1:]]), max(run[1] for run in own[1:])
    each = (large[1] - memory) * 2**20 / (9 * lines)
    rows: list[Row] = [
        ("launchready logs", f"{lines / seconds:,.0f}/s", f"{seconds:.2f} s, {memory:.0f} MiB; {_spread(own[1:])}"),
        ("  percentiles", "exact" if exact else "WRONG", "count, p50, p95, p99 and max of every route"),
        (
            "  ten times the lines",
            f"{10 * lines / large[0]:,.0f}/s",
            f"{large[1]:.0f} MiB: {each:.1f} bytes a line more",
        ),
    ]
    met, reached = exact, []
    if other:
        taken = middle([run[0] for run in other[1:]])
        rows.append(
            (
                "DuckDB",
                f"{lines / taken:,.0f}/s",
                f"{taken:.2f} s, {max(run[1] for run in other):.0f} MiB; {_spread(other[1:])}",
            )
        )
        reached.append(f"{taken / seconds:.1f} × DuckDB")
        met = met and taken / seconds >= AIM_DUCKDB
    if third is not None:
        rows.append(("GoAccess", f"{lines / third[0]:,.0f}/s", f"{third[0]:.1f} s, {third[1]:.0f} MiB; no percentiles"))
        reached.append(f"{third[0] / seconds:.0f} × GoAccess")
        met = met and third[0] / seconds >= AIM_GOACCESS
    return Table(
        f"Access log of {lines:,} lines, {megabytes:.0f} MB ({machine()})",
        tuple(rows),
        f"aim ≥ {AIM_GOACCESS:.0f} × GoAccess, ≥ DuckDB",
        ", ".join(reached) or "nothing to compare with",
        met and bool(reached),
    )


def _spread(runs: list[tuple[float, float]]) -> str:
    seconds = [run[0] for run in runs]
    return f"{min(seconds):.2f}–{max(seconds):.2f} s over {len(seconds)} runs"


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:3])))
