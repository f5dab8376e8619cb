"""The load generator beside bare Locust FastHttpUser, in turns: requests a second with one process and with two.

python -m tests.benchmarks.load [turns]

The server counts, so both are measured by the same clock and the same requests. Processor time a request is the figure
to trust on a busy machine: the rate also depends on who else wants the cores.

What a second process gains is measured with every generator process held to the same share of a core, in turns, so that
two of them and the server fit onto two cores. Without that the server takes what the second process would gain, and
whoever is faster with one process gains less.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.figures import Table, machine, middle

TURNS = 3
USERS = 20
SETTLE_S, WINDOW_S = 2.0, 5.0
AIM_RATE, AIM_GAIN = 0.95, 0.90
TURN_S, TURNS_IN_A_ROUND = 0.02, 3
"""How long a rationed process runs at a time, and how many such turns make a round, in which each gets one."""

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


class Ration:
    """Lets the busiest processes of a generator run in turns while it is entered, each a third of the time."""

    def __init__(self, everybody: list[psutil.Process], count: int) -> None:
        before = {one.pid: _processor([one]) for one in everybody}
        time.sleep(1.0)
        spent = {one.pid: _processor([one]) - before[one.pid] for one in everybody}
        self._held = sorted(spent, key=lambda pid: -spent[pid])[:count]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._turns, daemon=True)

    def __enter__(self) -> None:
        for pid in self._held:
            os.kill(pid, signal.SIGSTOP)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for pid in self._held:
            os.kill(pid, signal.SIGCONT)

    def _turns(self) -> None:
        while not self._over.is_set():
            for turn in range(TURNS_IN_A_ROUND):
                running = self._held[turn] if turn < len(self._held) else 0
                if running:
                    os.kill(running, signal.SIGCONT)
                time.sleep(TURN_S)
                if running:
                    os.kill(running, signal.SIGSTOP)


def measure_one(command: list[str], folder: str, url: str, rationed: int = 0) -> Measured:
    """Start a generator, let it settle, count for a while, end it. `rationed`: so many processes of it run in turns."""
    before = count(url)
    log = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, stdin=log) as process:
        while count(url) < before + 100:
            time.sleep(0.1)
        time.sleep(SETTLE_S)
        all_of_it = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        with Ration(all_of_it, rationed) if rationed else nullcontext():
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
    shares: dict[tuple[str, int], list[float]] = {}
    with server() as url, tempfile.TemporaryDirectory() as folder:
        for turn in range(turns + 1):
            for processes in (1, 2):
                for name, command in commands(Path(folder), url, processes).items():
                    measured = measure_one(command, folder, url)
                    shared = measure_one(command, folder, url, rationed=processes)
                    if turn:
                        found.setdefault((name, processes), []).append(measured)
                        shares.setdefault((name, processes), []).append(shared.rate)
    rate = {key: middle([one.rate for one in all_of_it]) for key, all_of_it in found.items()}
    cost = {key: middle([one.cost for one in all_of_it]) for key, all_of_it in found.items()}
    ratio = rate["ours", 1] / rate["bare", 1]
    share = {key: middle(all_of_it) for key, all_of_it in shares.items()}
    gains = {name: share[name, 2] / share[name, 1] for name in ("bare", "ours")}
    crowded = {name: rate[name, 2] / rate[name, 1] for name in ("bare", "ours")}
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
        ("gain by a second process", f"{gains['bare']:.2f} × / {gains['ours']:.2f} ×", "bare / ours, each rationed"),
        ("  all cores contended", f"{crowded['bare']:.2f} × / {crowded['ours']:.2f} ×", "bare / ours, not rationed"),
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
