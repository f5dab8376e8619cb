"""The practice target: all servers of the marketplace, and the switches of its faults."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from dataclasses import dataclass
from pathlib import Path

from launchready_tui.model.profile import write_product
from launchready_tui.practice import cloudflare, code, marketplace, post, rdap
from launchready_tui.practice.ca import CertificateAuthority
from launchready_tui.practice.capabilities import capabilities
from launchready_tui.practice.dnsserver import DnsServer
from launchready_tui.practice.errors import PracticeError
from launchready_tui.practice.faults import FAULTS, Fault, planted
from launchready_tui.practice.httpserver import HttpServer, Request
from launchready_tui.practice.profile import CA_FILE, Ports, product
from launchready_tui.practice.rehearsal import rehearse, warm_up
from launchready_tui.practice.serving import Serving
from launchready_tui.practice.shop.application import Shop
from launchready_tui.practice.shop.keeper import ShopKeeper
from launchready_tui.practice.shop.logs import ACCESS, LogFile
from launchready_tui.practice.shop.metrics import exposition
from launchready_tui.practice.tlsstream import Contexts
from launchready_tui.practice.traffic import Behind
from launchready_tui.practice.visitors import Visitors
from launchready_tui.practice.world import Reply, World
from launchready_tui.text import did_you_mean

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class FaultState:
    """A fault, and whether it is there now. `left_out` says why this machine cannot show it, '' if it can."""

    fault: Fault
    planted: bool
    left_out: str = ""


class PracticeTarget:
    """A running marketplace. It listens on loopback only, and leaves in `folder` the CA's root and the saved mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._able = capabilities(folder)
        self._mended = marketplace.mended(single=self._able.single_address)
        self._written: tuple[object, object] | None = None
        self._planted = {fault.id for fault in FAULTS if not self._able.left_out_because(fault.needs)}
        self._world = self._mended
        self._authority = CertificateAuthority()
        self._contexts = Contexts(self._authority, folder)
        self._dns = DnsServer(lambda: self._world)
        self._visitors = Visitors()
        self._shop = Shop(folder, self._visitors)
        self._access = LogFile(folder / ACCESS)
        self._serving = Serving(lambda: self._world, self._visitors, self._shop, self._access)
        postgres = not self._able.left_out_because("postgres")
        self._keeper = ShopKeeper(self._shop, self._warm_up, self._rehearse, postgres=postgres)
        self._https = HttpServer(self._serving.respond, self._context_for, self._serving)
        self._http = HttpServer(self._serving.respond, watcher=self._serving)
        self._rdap = HttpServer(lambda request: rdap.respond(self._world, request))
        self._cloudflare = HttpServer(lambda request: cloudflare.respond(self._world, request))
        self._metrics = HttpServer(self._tell)

    async def start(self, *, repaired: bool = False) -> None:
        """Write the CA file and open all servers; with every fault in it, or with none."""
        if repaired:
            self._planted.clear()
        self._keeper.start()
        self._change()
        write_private(self.folder / CA_FILE, self._authority.root_pem)
        addresses = (
            ("127.0.0.1",) if self._able.single_address else (*self._mended.addresses(), *marketplace.EXTRA_ADDRESSES)
        )
        try:
            await self._dns.start()
            await self._https.start(addresses)
            await self._http.start(addresses)
            await self._rdap.start()
            await self._cloudflare.start()
            await self._metrics.start()
        except OSError as error:
            await self.stop()
            raise PracticeError(
                f"the practice target cannot listen on loopback: {error.strerror or error}",
                "Free some ports, or look whether a local firewall forbids listening on 127.0.0.0/8.",
            ) from error
        try:
            await self.settled()
        except Exception as error:
            await self.stop()
            raise PracticeError(
                f"the shop of the practice target does not start: {error}",
                f"Is there room on the disk, and may {self.folder} be written?",
            ) from error
        if self._shop.database.kind != "postgresql" and "postgres" not in self._able.missing:
            self._able = self._able.without("postgres")
            self._planted -= {fault.id for fault in FAULTS if fault.needs == "postgres"}
            self._change()
            await self.settled()

    async def settled(self) -> None:
        """Wait until the shop is built as the faults say: it takes a moment after one of them was switched."""
        await asyncio.to_thread(self._keeper.wait)

    async def stop(self) -> None:
        """Close all servers."""
        for server in (self._https, self._http, self._rdap, self._cloudflare, self._metrics):
            await server.stop()
        await self._dns.stop()
        await asyncio.to_thread(self._serving.stop)
        await asyncio.to_thread(self._keeper.stop)
        self._access.close()

    @property
    def ports(self) -> Ports:
        """Where the servers listen."""
        return Ports(self._https.port, self._http.port, self._dns.port, self._rdap.port, self._cloudflare.port)

    @property
    def product_toml(self) -> str:
        """The product profile of the target; its paths are relative to `folder`."""
        shop = self._shop
        behind = Behind(shop.database.kind, self._metrics.port, shop.sink.port)
        return write_product(product(self._mended, self.ports, single=self._able.single_address, behind=behind))

    @property
    def database_dsn(self) -> str:
        """A login of the shop's database that can only read; '' where there is none."""
        return self._shop.database.reader_dsn

    @property
    def world(self) -> World:
        """What is served now."""
        return self._world

    @property
    def faults(self) -> tuple[FaultState, ...]:
        """All faults as they stand now."""
        return tuple(
            FaultState(fault, fault.id in self._planted, self._able.left_out_because(fault.needs)) for fault in FAULTS
        )

    def repair(self, fault_id: str) -> None:
        """Mend one fault; it is gone at the next question."""
        self._planted.discard(self._known(fault_id).id)
        self._change()

    def break_again(self, fault_id: str) -> None:
        """Plant one fault again."""
        fault = self._known(fault_id)
        if because := self._able.left_out_because(fault.needs):
            raise PracticeError(f"{fault.id} cannot be planted here: {because}")
        self._planted.add(fault.id)
        self._change()

    def repair_all(self) -> None:
        """Mend everything."""
        self._planted.clear()
        self._change()

    def _known(self, fault_id: str) -> Fault:
        for fault in FAULTS:
            if fault.id == fault_id:
                return fault
        hint = did_you_mean(fault_id, [fault.id for fault in FAULTS])
        raise PracticeError(
            f'no practice fault is called "{fault_id[:60]}"{hint}', "launchready practice --faults lists them."
        )

    def _change(self) -> None:
        self._world = planted(self._mended, (fault for fault in FAULTS if fault.id in self._planted))
        self._save_files()
        self._keeper.want(self._world.shop)

    def _warm_up(self) -> None:
        warm_up(self._serving)

    def _rehearse(self) -> None:
        self._access.rotate()
        rehearse(self._serving, self._visitors)
        self._shop.pool.renew()

    def _save_files(self) -> None:
        """Write the files that the profile names, reports with the dates of the week before."""
        end = int(time.time()) - _DAY
        for name, text in self._world.files.items():
            path = self.folder / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            dated = text.replace(post.BEGIN, str(end - 7 * _DAY)).replace(post.END, str(end))
            write_private(path, dated.encode())

        if self._written != (self._world.commits, self._world.untracked):
            code.write_repository(self.folder / code.FOLDER, self._world.commits, self._world.untracked)
            self._written = (self._world.commits, self._world.untracked)

    async def _tell(self, request: Request) -> Reply:
        """The figures of the shop; one of them is asked of the database."""
        return exposition(await asyncio.to_thread(self._shop.metrics))

    def _context_for(self, name: str) -> ssl.SSLContext | None:
        found = self._world.sites.get(name)
        return self._contexts.of(found) if found is not None else None


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - opened with its mode
        file.write(data)
    draft.replace(path)
