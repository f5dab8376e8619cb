"""Twelve web hosts without a fault, with DNS, TLS and RDAP, behind a distance of one round trip: a process of its own.

    python -m tests.benchmarks.lab FOLDER MILLISECONDS

Prints the product profile as one line of JSON when everything listens, and ends with its standard input.

The distance: bytes are held for half a round trip in each direction, and the first bytes of a connection for a whole
one more, since a client on loopback is connected at once. A connection that sends nothing costs nothing.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from launchready_tui.model.profile import write_product
from launchready_tui.practice import marketplace, rdap, site
from launchready_tui.practice.ca import CertificateAuthority
from launchready_tui.practice.dnsserver import DnsServer, respond
from launchready_tui.practice.httpserver import HttpServer
from launchready_tui.practice.profile import CA_FILE, Ports, product
from launchready_tui.practice.tlsstream import Contexts
from launchready_tui.practice.traffic import Behind
from launchready_tui.practice.world import Record, World

HOSTS = 12
LOOPBACK = "127.0.0.1"
_BACKLOG = 512


def world() -> World:
    """The mended marketplace with its first twelve hosts only."""
    whole = marketplace.mended()
    kept = dict(list(whole.sites.items())[:HOSTS])
    gone = whole.sites.keys() - kept.keys()
    records: dict[tuple[str, str], Record] = {key: item for key, item in whole.records.items() if key[0] not in gone}
    return replace(whole, sites=kept, records=records)


class _Side(asyncio.Protocol):
    """One end of a proxied connection; what it receives is handed on later, in order."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.transport: asyncio.Transport | None = None
        self.other: _Side | None = None
        self._waiting: list[Callable[[asyncio.Transport], None]] = []
        self._not_before = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        for act in self._waiting:
            act(transport)
        self._waiting.clear()

    def hold(self, seconds: float) -> None:
        """Let nothing pass before that long from now."""
        self._not_before = asyncio.get_running_loop().time() + seconds

    def data_received(self, data: bytes) -> None:
        self._later(lambda transport: transport.write(data))

    def eof_received(self) -> bool:
        self._later(lambda transport: transport.write_eof())
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._later(lambda transport: transport.close())

    def _later(self, act: Callable[[asyncio.Transport], None]) -> None:
        loop = asyncio.get_running_loop()
        loop.call_at(max(loop.time(), self._not_before) + self.delay, self._hand_on, act)

    def _hand_on(self, act: Callable[[asyncio.Transport], None]) -> None:
        other = self.other
        if other is None:
            return
        if other.transport is None:
            other._waiting.append(act)
        elif not other.transport.is_closing():
            with suppress(OSError, RuntimeError):
                act(other.transport)


class DistantTcp:
    """Hands connections to the same address on another port, a round trip away."""

    def __init__(self, port: int, round_trip: float) -> None:
        self._target = port
        self._round_trip = round_trip
        self._servers: list[asyncio.Server] = []
        self.port = 0

    async def start(self, addresses: tuple[str, ...], port: int = 0) -> None:
        """Listen on one port that is free on all addresses (or on that one)."""
        loop = asyncio.get_running_loop()
        self.port = port
        for address in addresses:
            server = await loop.create_server(partial(self._near, address), address, self.port, backlog=_BACKLOG)
            self._servers.append(server)
            self.port = server.sockets[0].getsockname()[1]

    def _near(self, address: str) -> _Side:
        """The end that a client is connected to; the far end is dialled meanwhile, which takes no time on loopback."""
        loop = asyncio.get_running_loop()
        near, far = _Side(self._round_trip / 2), _Side(self._round_trip / 2)
        near.other, far.other = far, near
        near.hold(self._round_trip)
        task = loop.create_task(loop.create_connection(lambda: far, address, self._target))
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)
        return near


_TASKS: set[asyncio.Task[Any]] = set()


class DistantUdp(asyncio.DatagramProtocol):
    """Answers queries a round trip after they came."""

    def __init__(self, now: World, round_trip: float) -> None:
        self._world = now
        self._round_trip = round_trip
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        due = asyncio.get_running_loop().time() + self._round_trip
        reply = respond(self._world, data, udp=True)
        if reply is not None:
            asyncio.get_running_loop().call_at(due, self._send, reply, addr)

    def _send(self, reply: bytes, addr: tuple[str | Any, int]) -> None:
        if self._transport is not None:
            self._transport.sendto(reply, addr)


async def serve(folder: Path, round_trip: float) -> None:
    """Open everything, say the profile, and serve until the standard input ends."""
    now = world()
    authority = CertificateAuthority()
    (folder / CA_FILE).write_bytes(authority.root_pem)
    contexts = Contexts(authority, folder)
    for each in now.sites.values():
        contexts.of(each)  # keys are made before the clock runs
    https = HttpServer(
        lambda request: site.respond(now, request),
        lambda name: contexts.of(now.sites[name]) if name in now.sites else None,
    )
    http = HttpServer(lambda request: site.respond(now, request))
    registry = HttpServer(lambda request: rdap.respond(now, request))
    names = DnsServer(lambda: now)
    addresses = now.addresses()
    await https.start(addresses)
    await http.start(addresses)
    await registry.start()
    await names.start()

    far_https, far_http, far_rdap, far_dns = (
        DistantTcp(server.port, round_trip) for server in (https, http, registry, names)
    )
    await far_https.start(addresses)
    await far_http.start(addresses)
    await far_rdap.start((LOOPBACK,))
    await far_dns.start((LOOPBACK,))
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: DistantUdp(now, round_trip), (LOOPBACK, far_dns.port))
    ports = Ports(far_https.port, far_http.port, far_dns.port, far_rdap.port)
    nowhere = Behind(metrics=1, sink=1)
    toml = write_product(product(now, ports, single=False, behind=nowhere))
    print(json.dumps({"toml": toml}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


class Lab:
    """The lab in its own process, as a context."""

    def __init__(self, folder: Path, round_trip: float) -> None:
        self._folder = folder
        self._round_trip = round_trip
        self.toml = ""

    def __enter__(self) -> Lab:
        command = [sys.executable, "-m", "tests.benchmarks.lab", str(self._folder), str(self._round_trip * 1000)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._child.stdout is not None
        self.toml = json.loads(self._child.stdout.readline())["toml"]
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2]) / 1000))
