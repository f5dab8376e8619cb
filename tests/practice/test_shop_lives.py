"""The shop starts beside the target and leaves nothing behind, however the target ends; without PostgreSQL it serves
from SQLite.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from launchready_tui.model.profile import parse_product
from launchready_tui.practice import process
from launchready_tui.practice.door import STATE_FILE, database_of
from launchready_tui.practice.errors import PracticeError
from launchready_tui.practice.marketplace import API, APP, WWW
from launchready_tui.practice.shop import cluster
from launchready_tui.practice.shop.catalogue import PAGE_SIZE
from launchready_tui.practice.shop.cluster import Cluster
from launchready_tui.practice.shop.logs import LogFile
from launchready_tui.practice.target import PracticeTarget
from launchready_tui.practice.visitors import BUYER, PASSWORDS, tokens_of
from tests.practice.conftest import Visitor

needs_postgres = pytest.mark.skipif(not cluster.postgres_is_possible(), reason="no PostgreSQL here")


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def takes_connections(dsn: str) -> bool:
    import psycopg

    try:
        psycopg.connect(dsn, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in found.splitlines()]
    return [child for child, parent in pairs if parent == pid]


@needs_postgres
def test_the_token_leads_to_the_database_and_stopping_ends_it(tmp_path: Path) -> None:
    started = process.start(tmp_path)
    tokens = tokens_of(tmp_path)
    dsn = tokens("database")
    assert dsn is not None
    assert dsn.startswith("postgresql://launchready_reader:")
    assert "@127.0.0.1:" in dsn
    assert takes_connections(dsn)
    assert not takes_connections(dsn.replace(":launchready_reader", ":").replace("reader:", "reader:x"))
    assert tokens("account:buyer") == PASSWORDS[BUYER]
    started.stop()
    assert not takes_connections(dsn)
    assert tokens("database") is None
    assert not (tmp_path / "database").exists()


@needs_postgres
def test_a_target_that_is_killed_takes_its_database_along(tmp_path: Path) -> None:
    started = process.start(tmp_path)
    dsn = database_of(tmp_path)
    assert dsn is not None
    pid = json.loads((tmp_path / STATE_FILE).read_text())["pid"]
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: not takes_connections(dsn))
    started.stop()
    with pytest.raises(PracticeError, match="gone"):
        started.faults()


@needs_postgres
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_warden_that_is_killed_takes_the_server_along(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "postgres.log")
    running = Cluster(tmp_path, log)
    warden = running._warden.pid
    [server] = children(warden)
    os.kill(warden, signal.SIGKILL)
    assert until(lambda: not Path(f"/proc/{server}").exists())
    running.stop()
    log.close()


@needs_postgres
def test_a_server_that_does_not_start_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cluster._SETTINGS, "shared_buffers", "all of it")
    log = LogFile(tmp_path / "postgres.log")
    running = Cluster(tmp_path, log)
    assert until(lambda: not running.is_running)
    running.stop()
    assert not (tmp_path / "database").exists()
    assert "shared_buffers" in (tmp_path / "postgres.log").read_text()
    log.close()


@needs_postgres
async def test_a_server_that_fails_is_replaced_by_sqlite_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cluster._SETTINGS, "shared_buffers", "all of it")
    target = PracticeTarget(tmp_path)
    await target.start()
    try:
        left_out = {state.fault.id: state for state in target.faults if state.left_out}
        assert not left_out["orders-without-index"].planted
        assert "SQLite" in left_out["orders-without-index"].left_out
        assert parse_product(target.product_toml).database.kind == "sqlite"
    finally:
        await target.stop()


async def test_the_shop_serves_from_sqlite_where_there_is_no_postgres(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launchready_tui.practice.capabilities.postgres_is_possible", lambda: False)
    target = PracticeTarget(tmp_path)
    await target.start()
    visitor = Visitor(target)
    try:
        assert [state.fault.id for state in target.faults if state.fault.needs == "postgres"] == [
            state.fault.id for state in target.faults if state.left_out
        ]
        with pytest.raises(PracticeError, match="SQLite"):
            target.break_again("orders-without-index")
        target.repair_all()
        await target.settled()
        product = parse_product(target.product_toml, base=str(tmp_path))
        assert (product.database.kind, target.database_dsn) == ("sqlite", "")
        assert product.queues[0].kind == "prometheus"
        assert (await visitor.get(f"https://{WWW}/search?q=OAK")).text.count('class="card"') == PAGE_SIZE
        assert (await visitor.get(f"https://{API}/api/categories")).json()["categories"]
        signed = await visitor.send(f"https://{APP}/signup", name="A", email="a@b.example", password="long enough")
        assert signed.headers["location"] == "/dashboard"
        assert (await visitor.send(f"https://{APP}/checkout", listing="oak-table")).status_code == 303
        assert "a@b.example" in (await visitor.get(f"https://{APP}/dashboard")).text
        assert "duration: " in (tmp_path / "logs" / "postgres.log").read_text()
        async with httpx.AsyncClient(trust_env=False) as client:
            assert "db_pool_in_use 0\n" in (await client.get(product.server.metrics)).text
    finally:
        await target.stop()
    assert not (tmp_path / "database").exists()


@needs_postgres
async def test_a_database_that_dies_is_a_503_and_no_crash(tmp_path: Path) -> None:
    target = PracticeTarget(tmp_path)
    await target.start(repaired=True)
    visitor = Visitor(target)
    try:
        target._shop.database.stop()
        assert (await visitor.get(f"https://{WWW}/listings")).status_code == 503
        assert (await visitor.get(f"https://{WWW}/")).status_code == 200
        target.break_again("prices-stale")
        await target.settled()
    finally:
        await target.stop()
