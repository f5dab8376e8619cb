"""The load generator beside bare Locust FastHttpUser, in turns: requests a second with one process and with two.

python -m tests.benchmarks.load [turns]

The server counts, so both are measured by the same clock and the same requests. Processor time a request is the figure
to trust on a busy machine: the rate also depends on who else wants the cores. On two cores the server takes what a
second process would gain, and whoever is faster with one process gains less.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.figures import Table, machine, middle

TURNS = 3
USERS = 20
SETTLE_S, WINDOW_S = 2.0, 5.0
AIM_RATE, AIM_GAIN = 0.95, 0.90

BARE = """
from locust import FastHttpUser, task
class Bare(FastHttpUser):
    host = "{url}"
    @task
    def get(self):
        self.client.get("/")
"""
PROFILE = """
[product]
name = "Benchmark"
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
[network]
public = ["127.0.0.0/8"]
"""


class _Protocol(asyncio.Protocol):
    """Answers at once and counts; `/count` tells the count and is not counted."""

    served = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *requests, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for request in requests:
            body = b"ok"
            if request.startswith(b"GET /count"):
                body = str(_Protocol.served).encode()
            else:
                _Protocol.served += 1
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def _serve(ready: object) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(_Protocol, "127.0.0.1", 0, backlog=1000)
        ready.send(server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def server() -> Iterator[str]:
    """The server in a process of its own."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def count(url: str) -> int:
    """How many requests were answered so far."""
    with urllib.request.urlopen(f"{url}/count") as answer:
        return int(answer.read())


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second, and microseconds of the generator's processor time for each."""

    rate: float
    cost: float


def measure_one(command: list[str], folder: str, url: str) -> Measured:
    """Start a generator, let it settle, count for a while, end it."""
    before = count(url)
    log = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, stdin=log) as process:
        while count(url) < before + 100:
            time.sleep(0.1)
        time.sleep(SETTLE_S)
        all_of_it = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        began, first, spent = time.perf_counter(), count(url), _processor(all_of_it)
        time.sleep(WINDOW_S)
        requests, seconds = count(url) - first, time.perf_counter() - began
        spent = _processor(all_of_it) - spent
        process.send_signal(signal.SIGINT)
        process.wait(30)
    return Measured(requests / seconds, spent / requests * 1e6)


def _processor(processes: list[psutil.Process]) -> float:
    return float(sum(sum(process.cpu_times()[:2]) for process in processes))


def commands(folder: Path, url: str, processes: int) -> dict[str, list[str]]:
    """What is run: bare Locust, and a load test of the same request."""
    (folder / "bare.py").write_text(BARE.format(url=url))
    (folder / "product.toml").write_text(PROFILE.format(url=url))
    several = ["--processes", str(processes)] if processes > 1 else []
    python = sys.executable
    users = str(USERS * processes)
    bare = ["-m", "locust", "-f", "bare.py", "--headless", "-u", users, "-r", "100", "-t", "60s", "--only-summary"]
    ours = ["-m", "launchready_tui", "load", "product.toml", "--users", users, "--duration", "60s"]
    return {
        "bare": [python, *bare, *several],
        "ours": [python, *ours, "--authorized-by", "benchmark", *several],
    }


def measure(turns: int = TURNS) -> Table:
    """In turns; the first turn warms the machine up and is thrown away."""
    found: dict[tuple[str, int], list[Measured]] = {}
    with server() as url, tempfile.TemporaryDirectory() as folder:
        for turn in range(turns + 1):
            for processes in (1, 2):
                for name, command in commands(Path(folder), url, processes).items():
                    measured = measure_one(command, folder, url)
                    if turn:
                        found.setdefault((name, processes), []).append(measured)
    rate = {key: middle([one.rate for one in all_of_it]) for key, all_of_it in found.items()}
    cost = {key: middle([one.cost for one in all_of_it]) for key, all_of_it in found.items()}
    ratio = rate["ours", 1] / rate["bare", 1]
    gains = {name: rate[name, 2] / rate[name, 1] for name in ("bare", "ours")}
    gain = gains["ours"] / gains["bare"]
    words = {"bare": "bare Locust, FastHttpUser", "ours": "launchready load"}
    rows = [
        (
            f"{words[name]}, {processes} process{'es' if processes > 1 else ''}",
            f"{rate[name, processes]:,.0f}/s",
            f"{cost[name, processes]:.0f} µs of processor time a request",
        )
        for processes in (1, 2)
        for name in ("bare", "ours")
    ]
    rows += [
        ("rate, ours ÷ bare", f"{ratio:.2f}", f"aim ≥ {AIM_RATE}"),
        ("processor time, ours ÷ bare", f"{cost['ours', 1] / cost['bare', 1]:.2f}", ""),
        ("rate of two processes, ours ÷ bare", f"{rate['ours', 2] / rate['bare', 2]:.2f}", ""),
        ("gain by a second process", f"{gains['bare']:.2f} × / {gains['ours']:.2f} ×", "bare / ours"),
        ("gain, ours ÷ bare", f"{gain:.2f}", f"aim ≥ {AIM_GAIN}"),
    ]
    return Table(
        f"Load generator ({machine()})",
        tuple(rows),
        f"rate ≥ {AIM_RATE}, gain ≥ {AIM_GAIN} of bare",
        f"rate {ratio:.2f}, gain {gain:.2f}",
        ratio >= AIM_RATE and gain >= AIM_GAIN,
    )


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:2])))
