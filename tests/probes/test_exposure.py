"""Exposed paths are told by their content: shells, soft 404s and pages of another kind are none."""

from __future__ import annotations

import pytest

from launchready_tui.model.product import Network
from launchready_tui.model.questions.secrets import ExposedPath, PathReply
from launchready_tui.model.verdicts import Consent
from launchready_tui.probes.exposure import ExposureProbe, recognise
from launchready_tui.probes.http import HttpProbe
from launchready_tui.probes.outcome import Outcome
from tests.probes.servers import always, http_server, response
from tests.probes.test_http import LOOPBACK, world

SHELL = b"<!doctype html><html><body><div id=app>A=1\nB=2</div></body></html>"

REAL = {
    "/.env": b"# settings\nAPP=shop\nexport DB_PASS=abc\n",
    "/.git/HEAD": b"ref: refs/heads/main\n",
    "/.git/config": b"[core]\n\trepositoryformatversion = 0\n",
    "/.DS_Store": b"\0\0\0\1Bud1\0\0",
    "/backup.sql": b"-- MySQL dump 10.13\nCREATE TABLE users (id int);\n",
    "/backup.zip": b"PK\3\4....",
    "/backup.tar.gz": b"\x1f\x8b\x08\0",
    "/phpinfo.php": b"<html><title>phpinfo()</title>PHP Version 8.2",
    "/actuator/env": b'{"activeProfiles":[],"propertySources":[]}',
    "/debug/pprof/": b"<html><title>/debug/pprof/</title>goroutine",
    "/server-status": b"<html><h1>Apache Server Status for x</h1>Server uptime: 1",
    "/__debug__/": b"<div id=djDebug>",
    "/graphql": b'{"data":{"__schema":{"types":[]}}}',
    "/swagger.json": b'{"openapi":"3.0.0"}',
    "/.well-known/security.txt": b"Contact: mailto:a@b.test\n",
}
JUNK = (
    SHELL,
    b"",
    b"Not found",
    b'{"error":"not found"}',
    b"\0" * 50,
    b"[1]",
    b"{" * 100_000,
    b"The value A=1 is set\nx\ny\nz\n",
)


@pytest.mark.parametrize("path", REAL)
def test_the_real_thing_is_recognised_and_nothing_else(path: str) -> None:
    what, shown = recognise(path, REAL[path])
    assert what
    assert "abc" not in shown
    for body in JUNK:
        assert recognise(path, body) == ("", ""), body[:40]
    for other, body in REAL.items():
        if not (other.startswith("/.git") or other == path):
            assert not recognise("/.git/HEAD", body)[0]


async def ask(answer: bytes, path: str) -> Outcome:
    async with http_server(always(answer)) as server:
        http = HttpProbe(Network(connect_to=(f":::{server.port}",), public=LOOPBACK), ".")
        outcome = await ExposureProbe(http.fetcher).answer(ExposedPath("http://app.acme.test/", path), 1, world())
        await http.aclose()
        assert server.seen[0].target == path
        return outcome


async def test_over_the_wire() -> None:
    assert (await ask(response(200, REAL["/.env"]), "/.env")).facts == PathReply(
        200, "environment variables", "2 variables, the first is APP"
    )
    assert (await ask(response(200, SHELL), "/.env")).facts == PathReply(200)
    assert (await ask(response(404, REAL["/.env"]), "/.env")).facts == PathReply(404)
    assert (await ask(response(302, b"", ("Location", "/x")), "/.env")).facts == PathReply(302)
    walled = await ask(response(403, b"Just a moment..."), "/.env")
    assert walled.failure is not None
    assert walled.failure.reason == "bot-wall"


def test_it_needs_consent() -> None:
    question = ExposedPath("https://acme.test/", "/.env")
    assert (question.level, question.host) == (Consent.ACTIVE, "acme.test")


async def test_a_throttle_is_no_answer() -> None:
    throttled = await ask(response(429, REAL["/.env"]), "/.env")
    assert throttled.failure is not None
    assert throttled.failure.reason == "rate-limited"
