"""A running practice target, and short ways to talk to it."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import dns.asyncquery
import dns.message
import httpx
import pytest
import pytest_asyncio

from launchready_tui.practice.profile import CA_FILE
from launchready_tui.practice.target import PracticeTarget


@dataclass
class Visitor:
    """Somebody who looks at a target from outside, over real sockets, and keeps the cookies of one session."""

    target: PracticeTarget
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    async def dns(self, name: str, rdtype: str, *, tcp: bool = False) -> dns.message.Message:
        ask = dns.asyncquery.tcp if tcp else dns.asyncquery.udp
        return await ask(dns.message.make_query(name, rdtype), "127.0.0.1", port=self.target.ports.dns, timeout=3)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.target.folder / CA_FILE))

    async def get(
        self,
        url: str,
        method: str = "GET",
        *,
        verify: bool = True,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        parts = httpx.URL(url)
        site = self.target.world.sites[parts.host]
        port = self.target.ports.https if parts.scheme == "https" else self.target.ports.http
        context: ssl.SSLContext | bool = self.trust() if verify else False
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            response = await client.request(
                method,
                parts.copy_with(host=site.address, port=port),
                headers={"Host": parts.host, **({"Cookie": cookie} if cookie else {}), **(headers or {})},
                extensions={"sni_hostname": parts.host},
                **more,
            )
        self.cookies.update(response.cookies)
        return response

    async def send(self, url: str, /, *, form: str = "", **values: str) -> httpx.Response:
        """Send the form of a page (that of `form`, else of the URL itself) with the token that it carries."""
        page = await self.get(form or url)
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token is not None
        return await self.get(url, "POST", data={**values, "csrf": token[1]})


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
