"""A running practice target, and short ways to talk to it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

import dns.asyncquery
import dns.message
import httpx
import pytest
import pytest_asyncio

from launchready_tui.practice.profile import CA_FILE
from launchready_tui.practice.target import PracticeTarget


@dataclass
class Visitor:
    """Somebody who looks at a target from outside, over real sockets."""

    target: PracticeTarget

    async def dns(self, name: str, rdtype: str, *, tcp: bool = False) -> dns.message.Message:
        ask = dns.asyncquery.tcp if tcp else dns.asyncquery.udp
        return await ask(dns.message.make_query(name, rdtype), "127.0.0.1", port=self.target.ports.dns, timeout=3)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.target.folder / CA_FILE))

    async def get(self, url: str, method: str = "GET", *, verify: bool = True) -> httpx.Response:
        parts = httpx.URL(url)
        site = self.target.world.sites[parts.host]
        port = self.target.ports.https if parts.scheme == "https" else self.target.ports.http
        context: ssl.SSLContext | bool = self.trust() if verify else False
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            return await client.request(
                method,
                parts.copy_with(host=site.address, port=port),
                headers={"Host": parts.host},
                extensions={"sni_hostname": parts.host},
            )


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's key and caches of a run stay out of the folder of who runs the tests."""
    monkeypatch.setenv("LAUNCHREADY_DATA_DIR", str(tmp_path_factory.mktemp("data")))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PracticeTarget]:
    """A target that the tests of a module share."""
    started = PracticeTarget(tmp_path_factory.mktemp("target"))
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
def visitor(target: PracticeTarget) -> Visitor:
    """A visitor of a target with every fault in it."""
    for state in target.faults:
        if not state.left_out:
            target.break_again(state.fault.id)
    return Visitor(target)


@pytest.fixture
def guest(target: PracticeTarget) -> Visitor:
    """A visitor of a target without a fault."""
    target.repair_all()
    return Visitor(target)
