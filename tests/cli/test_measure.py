"""The optimization log from the command line, against a server that becomes faster."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import Run


class Shop(ThreadingHTTPServer):
    """Answers after `delay` seconds, with `status`."""

    daemon_threads = True
    delay = 0.03
    status = 200


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        shop = self.server
        assert isinstance(shop, Shop)
        time.sleep(shop.delay)
        body = b'{"items": [1, 2, 3]}'
        self.send_response(shop.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def engagement(run: Run, home: Path, shop: Shop) -> str:
    (home / "product.toml").write_text(
        f"""
[product]
name = "Acme"
domain = "acme.test"
[[route]]
id = "listing"
url = "http://127.0.0.1:{shop.server_address[1]}/api/listings"
kind = "api"
[network]
public = ["127.0.0.0/8"]
nameservers = ["127.0.0.1:9"]
[budgets]
burst_per_second = 50
"""
    )
    made = run("new", "acme", "--from", "product.toml")
    assert made.returncode == 0, made.stderr
    return "acme.launchready"


def test_a_change_is_measured_before_and_after(run: Run, engagement: str, shop: Shop) -> None:
    began = run(
        "measure", engagement, "before", "--route", "listing", "--change", "Index on orders", "--commit", "4f2c91"
    )
    assert began.returncode == 0, began.stderr
    assert "65 requests to http://127.0.0.1" in began.stderr
    assert "not measured on both sides" in began.stdout
    shop.delay = 0.0
    after = run("measure", engagement, "after")
    assert after.returncode == 0, after.stderr
    assert "n 60" in after.stdout
    assert "\n      faster (chance 0.001 or less)\n" in after.stdout
    assert "queries not seen: no query log is declared" in after.stdout
    again = run("measure", engagement, "after")
    assert again.returncode == 2
    assert "No change waits" in again.stderr
    judged = run("check", engagement, "--check", "latency.optimization-log")
    assert "pass" in judged.stdout


def test_answers_of_another_status_are_not_measured(run: Run, engagement: str, shop: Shop) -> None:
    shop.status = 404
    shop.delay = 0.0
    refused = run("measure", engagement, "before", "--route", "listing", "--change", "An index")
    assert refused.returncode == 2
    assert "404" in refused.stderr
    assert "not measured" in run("measure", engagement).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("before",), "Which route"),
        (("before", "--route", "listings", "--change", "x"), 'no route "listings"'),
        (("after", "--number", "77"), "no change with the number 77"),
    ],
)
def test_wrong_usage_changes_nothing(run: Run, engagement: str, arguments: tuple[str, ...], said: str) -> None:
    done = run("measure", engagement, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "No change for speed" in run("measure", engagement).stdout
