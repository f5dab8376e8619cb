"""Runs the command line as its user does: in a subprocess, with folders of its own."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder to work in."""
    work = tmp_path / "work"
    work.mkdir()
    return work


@pytest.fixture
def run(tmp_path: Path, home: Path) -> Run:
    """`launchready` with arguments; returns the finished process."""

    def call(
        *args: str | Path, text_in: str | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        folders = {"LAUNCHREADY_DATA_DIR": str(tmp_path / "data"), "LAUNCHREADY_CONFIG_DIR": str(tmp_path / "config")}
        return subprocess.run(
            [sys.executable, "-m", "launchready_tui", *map(str, args)],
            cwd=home,
            env={**os.environ, **folders, "NO_COLOR": "", **(env or {})},
            input=text_in,
            stdin=None if text_in is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return call


class Refusing(socketserver.BaseRequestHandler):
    """A name server that refuses every question (rcode 5): nothing can be seen, at once."""

    def handle(self) -> None:
        data, socket = self.request
        socket.sendto(data[:2] + bytes([data[2] | 0x80, 0x05]) + data[4:], self.client_address)


@pytest.fixture(scope="session")
def nameserver() -> Iterator[str]:
    """The address of a name server that refuses everything."""
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


PRODUCT = """[product]
name = "Acme Market"
domain = "acme.test"

[[host]]
name = "acme.test"
role = "apex"

[network]
nameservers = ["NAMESERVER"]
public = ["127.0.0.0/8"]
"""


@pytest.fixture
def product(home: Path, nameserver: str) -> Path:
    """A product TOML whose name server refuses everything."""
    path = home / "product.toml"
    path.write_text(PRODUCT.replace("NAMESERVER", nameserver), "utf-8")
    return path


@pytest.fixture
def engagement(run: Run, product: Path, home: Path) -> Path:
    """A new engagement."""
    done = run("new", "acme", "--from", product)
    assert done.returncode == 0, done.stderr
    return home / "acme.launchready"
