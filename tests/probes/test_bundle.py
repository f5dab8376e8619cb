"""What a page ships: its own scripts and maps, within bounds; other sites' files are left alone."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping

import pytest

from launchready_tui.model.product import Network
from launchready_tui.model.questions.secrets import BundleScan, ShippedBundle
from launchready_tui.probes import bundle
from launchready_tui.probes.bundle import BundleProbe
from launchready_tui.probes.http import HttpProbe
from launchready_tui.probes.outcome import Outcome
from launchready_tui.secrets.engine import Engine, ExtraMissing
from launchready_tui.secrets.scanner import SecretScanner
from tests.probes.servers import Seen, http_server, response
from tests.probes.test_http import LOOPBACK, world
from tests.secrets.material import live_key

pytest.importorskip("kingfisher_sdk", reason="the extra launchready[secrets] is not installed")

URL = "http://app.acme.test/"
MAP = {"version": 3, "sources": ["a.ts"], "sourcesContent": [f'const key = "{live_key()}"\n'], "mappings": ""}


@pytest.fixture(scope="module")
def scanner() -> SecretScanner:
    return SecretScanner(Engine(), lambda: b"k" * 32)


async def visit(files: Mapping[str, bytes], scanner: SecretScanner, url: str = URL) -> tuple[Outcome, list[str]]:
    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return files.get(seen.target, response(404, b"no"))

    async with http_server(handle) as server:
        http = HttpProbe(Network(connect_to=(f":::{server.port}",), public=LOOPBACK), ".")
        question = BundleScan(url, ("app.acme.test", "www.acme.test"))
        outcome = await BundleProbe(http.fetcher, lambda: scanner).answer(question, 1, world())
        await http.aclose()
        return outcome, [seen.target for seen in server.seen]


async def facts(files: Mapping[str, bytes], scanner: SecretScanner) -> ShippedBundle:
    outcome, _ = await visit(files, scanner)
    assert isinstance(outcome.facts, ShippedBundle), outcome.failure
    return outcome.facts


def page(*scripts: str, body: str = "") -> bytes:
    tags = "".join(f'<script src="{script}"></script>' for script in scripts)
    return response(200, f"<!doctype html><html>{tags}{body}</html>".encode())


def script(text: str, *headers: tuple[str, str]) -> bytes:
    return response(200, text.encode(), *headers, media_type="text/javascript")


async def test_a_secret_in_a_script_or_in_the_page(scanner: SecretScanner) -> None:
    found = await facts({"/": page("/a.js?v=1"), "/a.js?v=1": script(f'k="{live_key()}"')}, scanner)
    assert [(item.kind, item.path) for item in found.findings] == [("provider", "http://app.acme.test/a.js?v=1")]
    found = await facts({"/": page(body=f"<script>k='{live_key()}'</script>")}, scanner)
    assert [item.path for item in found.findings] == [URL]
    assert live_key() not in json.dumps([item.why for item in found.findings])


async def test_only_own_hosts_are_fetched(scanner: SecretScanner) -> None:
    files = {
        "/": page("/a.js", "http://www.acme.test/b.js", "http://cdn.other.test/c.js"),
        "/a.js": script("1"),
        "/b.js": script("2"),
    }
    outcome, asked = await visit(files, scanner)
    assert sorted(asked) == ["/", "/a.js", "/b.js"]
    assert outcome.facts is not None


@pytest.mark.parametrize("how", ["comment", "header", "inline"])
async def test_source_maps(scanner: SecretScanner, how: str) -> None:
    text = json.dumps(MAP)
    inline = base64.b64encode(text.encode()).decode()
    scripts = {
        "comment": script("1\n//# sourceMappingURL=a.js.map"),
        "header": script("1", ("SourceMap", "/a.js.map")),
        "inline": script(f"1\n//# sourceMappingURL=data:application/json;base64,{inline}"),
    }
    found = await facts({"/": page("/a.js"), "/a.js": scripts[how], "/a.js.map": script(text)}, scanner)
    assert len(found.source_maps) == 1
    assert [item.kind for item in found.findings] == ["provider"]


async def test_a_map_that_is_not_there(scanner: SecretScanner) -> None:
    shell = page(body='"mappings" "sources"')
    for answer in (response(404), shell, script("{")):
        found = await facts(
            {"/": page("/a.js"), "/a.js": script("1\n//# sourceMappingURL=a.map"), "/a.map": answer}, scanner
        )
        assert found.source_maps == ()
        assert found.incomplete == ()


async def test_public_names(scanner: SecretScanner) -> None:
    text = "x={NEXT_PUBLIC_API_SECRET:1,VITE_STRIPE_PUBLISHABLE_KEY:2,REACT_APP_DB_PASSWORD:3,SECRET:4}"
    found = await facts({"/": page("/a.js"), "/a.js": script(text)}, scanner)
    assert found.named == ("NEXT_PUBLIC_API_SECRET", "REACT_APP_DB_PASSWORD")


async def test_redirects_stay_within_the_product(scanner: SecretScanner) -> None:
    moved = response(302, b"", ("Location", "http://www.acme.test/home"))
    found = await facts({"/": moved, "/home": page("/a.js"), "/a.js": script(f'k="{live_key()}"')}, scanner)
    assert len(found.findings) == 1
    found = await facts({"/": response(302, b"", ("Location", "http://other.test/"))}, scanner)
    assert found == ShippedBundle(302, found.findings)
    outcome, _ = await visit({"/": response(302, b"", ("Location", "/"))}, scanner)
    assert outcome.failure is not None
    assert outcome.failure.reason == "redirect-loop"


async def test_bounds(scanner: SecretScanner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MOST_FILES", 3)
    monkeypatch.setattr(bundle, "MOST_FILE_BYTES", 1_000)
    names = [f"/{number}.js" for number in range(10)]
    files = {"/": page(*names[:9]), **{name: script("x" * 5_000) for name in names}}
    outcome, asked = await visit(files, scanner)
    assert len(asked) == 4
    assert isinstance(outcome.facts, ShippedBundle)
    assert outcome.facts.read_bytes <= 4_000
    assert any("only 3 files" in line for line in outcome.facts.incomplete)
    assert any("larger than 1,000 bytes" in line for line in outcome.facts.incomplete)


async def test_what_could_not_be_fetched_is_named(scanner: SecretScanner) -> None:
    found = await facts({"/": page("/a.js", "/gone.js"), "/a.js": response(500)}, scanner)
    assert found.incomplete == ("http://app.acme.test/a.js answers 500",)


async def test_a_bot_wall_and_a_missing_extra(scanner: SecretScanner) -> None:
    outcome, _ = await visit({"/": response(403, b"Just a moment...")}, scanner)
    assert outcome.failure is not None
    assert outcome.failure.reason == "bot-wall"

    def missing() -> SecretScanner:
        raise ExtraMissing

    http = HttpProbe(Network(), ".")
    outcome = await BundleProbe(http.fetcher, missing).answer(BundleScan(URL), 1, world())
    assert outcome.failure is not None
    assert outcome.failure.reason == "extra-missing"
    assert "pip install 'launchready[secrets]'" in outcome.failure.message
