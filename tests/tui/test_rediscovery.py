"""Looking at the product again: a live sequence, the difference, and what is recorded of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from launchready_tui.engine.discovery import Proposal, Sighting
from launchready_tui.engine.discovery.merging import Part, appended
from launchready_tui.model.product import Host, Product, Route, Sender
from launchready_tui.model.profile import parse_product
from launchready_tui.tui.screens import rediscovery
from launchready_tui.tui.screens.product import ProductScreen
from launchready_tui.tui.screens.rediscovery import Rediscovery
from tests.tui import boards
from tests.tui.boards import HOSTILE, PRODUCT, SIZES, app_of, opened, press, session, settle, text_of, toasts

COMMENTED = "# Written by hand.\n" + PRODUCT + "\n# The end.\n"
SEEN = Proposal(
    Product(
        "Acme Market",
        "acme.test",
        hosts=(Host("acme.test", "apex"), Host("api.acme.test", "api")),
        senders=(Sender("acme.test", "postmark"),),
    ),
    (Sighting("payments", "Stripe", "js.stripe.com on acme.test"),),
)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    boards.use_utc(monkeypatch)


@pytest.fixture
def going(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """A look that waits before its second line until it may go on."""
    gate = asyncio.Event()
    gate.set()

    async def fake(product: Product, tell: Callable[[str], None]) -> Proposal:
        tell(f"Looking up {product.domain}")
        await gate.wait()
        tell("  host api.acme.test (has an address)")
        return SEEN

    monkeypatch.setattr(rediscovery, "look", fake)
    return gate


@pytest.mark.parametrize("size", SIZES)
async def test_the_sequence_is_live_and_the_difference_is_asked_about(
    going: asyncio.Event, size: tuple[int, int], tmp_path: Path
) -> None:
    going.clear()
    made = session(toml=COMMENTED)
    app = app_of(made, tmp_path)
    async with opened(app, "product", size, ["r"]) as pilot:
        assert isinstance(app.screen, Rediscovery)
        text = text_of(app)
        assert "Looking up acme.test" in text
        assert "has an address" not in text
        going.set()
        await settle(pilot)
        text = text_of(app)
        for words in ("has an address", "host api.acme.test (api)", "sender postmark", "system payments: Stripe"):
            assert words in text
        assert "host app.acme.test was not seen" in text
        await press(pilot, "ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, ProductScreen)
    saved = made.snapshot()
    assert saved.state.product is not None
    assert saved.state.product.toml.startswith(COMMENTED.rstrip())
    assert "# Seen on 24 Nov 2026" in saved.state.product.toml
    assert saved.product.host("api.acme.test") == Host("api.acme.test", "api")
    assert saved.product.host("app.acme.test") is not None
    assert [system.name for system in saved.state.systems] == ["Stripe"]


async def test_only_what_is_chosen_is_recorded(going: asyncio.Event, tmp_path: Path) -> None:
    made = session(toml=COMMENTED)
    app = app_of(made, tmp_path)
    async with opened(app, "product", (120, 36), ["r", "space", "ctrl+s"]) as pilot:
        await settle(pilot)
    saved = made.snapshot()
    assert saved.product.host("api.acme.test") is None
    assert saved.product.senders == (Sender("acme.test", "postmark"),)


async def test_esc_records_nothing(going: asyncio.Event, tmp_path: Path) -> None:
    made = session(toml=COMMENTED)
    head = made.snapshot().head
    going.clear()
    app = app_of(made, tmp_path)
    async with opened(app, "product", (80, 24), ["r", "escape"]) as pilot:
        assert isinstance(app.screen, ProductScreen)
        going.set()
        await press(pilot, "r", "escape")
        assert isinstance(app.screen, ProductScreen)
    assert made.snapshot().head == head


async def test_nothing_new_and_a_failure_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def same(product: Product, tell: Callable[[str], None]) -> Proposal:
        return Proposal(product)

    async def broken(product: Product, tell: Callable[[str], None]) -> Proposal:
        raise OSError("no network at all")

    monkeypatch.setattr(rediscovery, "look", same)
    app = app_of(session(), tmp_path)
    async with opened(app, "product", (80, 24), ["r"]) as pilot:
        assert "Nothing new was seen." in text_of(app)
        await press(pilot, "ctrl+s")
        assert "Nothing is chosen" in toasts(app)
        await press(pilot, "escape")
        monkeypatch.setattr(rediscovery, "look", broken)
        await press(pilot, "r")
        await settle(pilot)
        assert "no network at all" in text_of(app)
        await press(pilot, "enter")
        await settle(pilot)
        assert isinstance(app.screen, ProductScreen)


async def test_hostile_sightings_stay_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def evil(product: Product, tell: Callable[[str], None]) -> Proposal:
        tell(f"  {HOSTILE}")
        return Proposal(product, (Sighting("dns", HOSTILE, HOSTILE),))

    monkeypatch.setattr(rediscovery, "look", evil)
    app = app_of(session(), tmp_path)
    async with opened(app, "product", (120, 36), ["r"]):
        assert boards.is_clean(app)


# --- the text of the profile ------------------------------------------------------------------------------------------

API = Part("host api", Host("api.acme.test", "api"))


def test_the_first_host_block_does_not_take_the_domain_away() -> None:
    toml = '# mine\n[product]\nname = "Acme"\ndomain = "acme.test"'
    merged = appended(toml, parse_product(toml), [API], "Seen")
    assert merged.kept
    assert merged.toml.startswith(toml)
    assert [host.name for host in parse_product(merged.toml).hosts] == ["acme.test", "api.acme.test"]


def test_lists_in_another_form_are_written_anew() -> None:
    toml = 'host = [{name = "acme.test", role = "apex"}]\n[product]\nname = "Acme"\ndomain = "acme.test"\n'
    merged = appended(toml, parse_product(toml), [API], "Seen")
    assert not merged.kept
    assert len(parse_product(merged.toml).hosts) == 2


def test_hostile_parts_stay_values() -> None:
    current = parse_product(PRODUCT)
    url = 'https://acme.test/"]]\\x'
    merged = appended(
        PRODUCT, current, [Part("r", Route("x", url)), Part("s", Sender("acme.test", HOSTILE[:20]))], "a\nb"
    )
    product = parse_product(merged.toml)
    assert product.routes[-1].url == url
    assert product.senders[-1].provider == HOSTILE[:20]
