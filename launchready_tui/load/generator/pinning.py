"""Connections go where the parent resolved them, verified as the probes verify, and nowhere else.

geventhttpclient resolves every host through `gevent.socket.getaddrinfo`. That function is replaced for the whole
process by one that knows only the script's targets: the name stays in the URL, so SNI, certificate and Host header are
right by themselves, and a redirect cannot lead the load to a host that was not in the plan.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any

import gevent.socket  # type: ignore[import-untyped]

from launchready_tui.load.script import Dial, Script
from launchready_tui.model.product import Network
from launchready_tui.probes.trust import verifying_context


def pin(targets: Mapping[str, tuple[Dial, ...]]) -> None:
    """From now on every connection of this process goes to the targets."""

    def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else str(host)
        found = targets.get(f"{name.strip('[]').lower()}:{port}")
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, f"{name}:{port} is not a target of this load test")
        return [_info(dial) for dial in found]

    gevent.socket.getaddrinfo = getaddrinfo


def _info(dial: Dial) -> Any:
    if ":" in dial.address:
        address: Any = (dial.address, dial.port, 0, 0)
        return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address
    return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (dial.address, dial.port)


def context_factory(script: Script) -> Callable[..., ssl.SSLContext]:
    """Gives one verifying context to all connections; loading the authorities for each would be most of the work."""
    context = verifying_context(Network(ca_bundle=script.ca_bundle), script.base)
    context.set_alpn_protocols(["http/1.1"])

    def factory(cafile: str | None = None) -> ssl.SSLContext:
        return context

    return factory
