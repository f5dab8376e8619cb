"""Providers' ranges: believed only where they look like ranges, and put before the bundled ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from launchready_tui.engine import ranges
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Network, Product
from launchready_tui.model.questions import HttpExchange, HttpResponse
from tests.kit import World

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://ranges.test/v4"
SOURCES = {"cloudflare": (URL,)}
LIST = "173.245.48.0/20\n103.21.244.0/22\n2400:cb00::/32\n"


class Door(World):
    """A world with the signature of a door."""

    async def ask(self, question: Any, attempt: int) -> Any:
        return await self(question)


async def fetched(answer: HttpResponse | Failure) -> ranges.Refreshed:
    return (await ranges.fetch(Door({HttpExchange("GET", URL): answer}), SOURCES))[0]  # type: ignore[arg-type]


async def test_a_list_is_read_from_text_and_json() -> None:
    expected = ("173.245.48.0/20", "103.21.244.0/22", "2400:cb00::/32")
    assert (await fetched(HttpResponse(200, text=LIST))).ranges == expected
    json = '{"addresses": ["173.245.48.0/20", "103.21.244.0/22"], "ipv6_addresses": ["2400:cb00::/32"]}'
    assert (await fetched(HttpResponse(200, text=json))).ranges == expected


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(503, text=LIST),
        HttpResponse(200, text=LIST, cut=True),
        HttpResponse(200, text="<h1>Your address 203.0.113.9/32 is blocked</h1>"),
        HttpResponse(200, text="0.0.0.0/0 10.0.0.0/8 127.0.0.0/8 ::/0"),
        Failure("timeout", "no answer"),
    ],
)
async def test_what_is_no_list_is_not_believed(answer: HttpResponse | Failure) -> None:
    found = await fetched(answer)
    assert found.ranges == ()
    assert found.problem


def test_kept_ranges_go_before_the_bundled_and_behind_the_profile(tmp_path: Path) -> None:
    ranges.keep(
        tmp_path, (ranges.Refreshed("cloudflare", ("173.245.48.0/20",)), ranges.Refreshed("fastly", problem="x")), NOW
    )
    assert ranges.kept(tmp_path) == {"cloudflare": ("173.245.48.0/20",)}
    plain = Product("Acme", "acme.test")
    assert ranges.with_ranges(plain, tmp_path).network.ranges == {"cloudflare": ("173.245.48.0/20",)}
    own = Product("Acme", "acme.test", network=Network(ranges={"cloudflare": ("192.0.2.0/24",)}))
    assert ranges.with_ranges(own, tmp_path).network.ranges == {"cloudflare": ("192.0.2.0/24",)}


@pytest.mark.parametrize("content", ["", "[]", '{"providers": 3}', '{"providers": {"x": {}}}', "\x00"])
def test_a_broken_file_is_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / ranges.FILE).write_text(content)
    assert ranges.kept(tmp_path) == {}
    assert ranges.with_ranges(Product("Acme", "acme.test"), tmp_path) == Product("Acme", "acme.test")
