"""The gate: nothing is sent without permission, outside the window, or into real payments and mailboxes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from launchready_tui.load.gate import Gate, LoadRefused, Standing, authorizations, decide, reaches, window
from launchready_tui.load.proofs import Proof, Reach, prove
from launchready_tui.load.request import LoadRequest
from launchready_tui.load.walks import make_walks
from launchready_tui.model.evidence import Answer
from launchready_tui.model.performance import LoadSettings
from launchready_tui.model.product import Product
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.base import F
from tests.load.running import prepared
from tests.load.site import Reply, Request, Site, profile

NOW = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
ALLOWED = Standing(
    hosts=("www.acme.test", "api.acme.test"),
    authorized={"www.acme.test": "Ada", "api.acme.test": "Ada"},
    settings=LoadSettings(environment="staging"),
    reaches={},
)
WINDOW = "2026-11-24T22:00Z/2026-11-25T02:00Z"


def reasons(gate: Gate) -> list[str]:
    return [refusal.reason for refusal in gate.refusals]


def test_an_authorized_staging_is_open() -> None:
    gate = decide(ALLOWED, NOW)
    gate.require()
    assert (gate.refusals, gate.notes, gate.who) == ((), (), "Ada")


def test_every_host_needs_its_permission() -> None:
    gate = decide(replace(ALLOWED, authorized={"www.acme.test": "Ada", "api.acme.test": ""}), NOW)
    assert reasons(gate) == ["no-authorization"]
    with pytest.raises(LoadRefused, match=r"nobody has authorized load on api\.acme\.test") as caught:
        gate.require()
    assert "--authorized-by" in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "now", "reason"),
    [
        ("", NOW, ["no-window"]),
        ("tonight", NOW, ["bad-window"]),
        ("2026-11-25T02:00Z/2026-11-24T22:00Z", NOW, ["bad-window"]),
        (WINDOW, NOW, []),
        (WINDOW, datetime(2026, 11, 24, 21, 59, tzinfo=UTC), ["outside-window"]),
        (WINDOW, datetime(2026, 11, 25, 2, 0, tzinfo=UTC), ["outside-window"]),
        ("2026-11-24T23:30+01:00/2026-11-25T01:00+01:00", NOW, []),
    ],
)
def test_production_is_loaded_within_its_window_only(text: str, now: datetime, reason: list[str]) -> None:
    settings = LoadSettings(environment="production", window=text)
    assert reasons(decide(replace(ALLOWED, settings=settings), now)) == reason


def test_a_window_without_a_zone_is_utc() -> None:
    first, last = window("2026-11-24T22:00/2026-11-25T02:00")
    assert first.tzinfo is not None
    assert (last - first).total_seconds() == 4 * 3600


def test_an_environment_that_nobody_declared_is_said() -> None:
    gate = decide(replace(ALLOWED, settings=LoadSettings()), NOW)
    assert gate.refusals == ()
    assert "staging or production" in gate.notes[0]


@pytest.mark.parametrize("reach", ["payment", "mail"])
def test_what_charges_or_mails_needs_its_proof(reach: Reach) -> None:
    standing = replace(ALLOWED, reaches={reach: "checkout"})
    assert reasons(decide(standing, NOW)) == [f"no-{reach}-proof"]
    refuted = replace(standing, proofs={reach: Proof(False, "it is live", "Switch it.")})
    with pytest.raises(LoadRefused, match="it is live"):
        decide(refuted, NOW).require()
    proven = replace(standing, proofs={reach: Proof(True, "it is a test")})
    assert decide(proven, NOW).refusals == ()
    assert decide(proven, NOW).notes == ("it is a test",)


def test_everything_that_is_missing_is_said_at_once() -> None:
    standing = replace(
        ALLOWED,
        authorized=dict.fromkeys(ALLOWED.hosts, ""),
        settings=LoadSettings(environment="production"),
        reaches={"payment": "checkout"},
        missing_passwords=("buyer",),
    )
    with pytest.raises(LoadRefused) as caught:
        decide(standing, NOW).require()
    assert len(caught.value.refusals) == 5
    assert caught.value.message.count("\n") == 4


def test_a_name_on_the_command_line_covers_the_products_own_hosts_only() -> None:
    product = Product("Acme", "acme.test")
    found = authorizations(
        ("www.acme.test", "api.elsewhere.test", "old.acme.test"),
        lambda host: "Bea" if host == "old.acme.test" else "",
        "Ada",
        product,
    )
    assert found == {"www.acme.test": "Ada", "api.elsewhere.test": "", "old.acme.test": "Bea"}


STEPS = """
[[route]]
id = "pay"
url = "{url}/pay"
reach = "payment"
[[route]]
id = "signup"
url = "{url}/signup"
reach = "mail"
[[journey]]
id = "buy"
[[journey.step]]
route = "home"
[[journey.step]]
route = "{route}"
"""


def test_only_routes_of_journeys_count() -> None:
    text = STEPS.format(url="http://127.0.0.1:1", route="signup")
    product = profile(Site(lambda request, number: Reply()), text)
    walks, keys = make_walks(product)
    assert reaches(product, walks, keys) == {"mail": "signup"}


async def _proofs(product: Product, reach: Reach) -> Proof:
    from launchready_tui.engine.firstlook import discovery_door

    async with discovery_door(product) as door:

        async def ask(question: Question[F], /) -> Answer[F]:
            return await door.ask(question, 1)

        return (await prove(product, [reach], ask))[reach]


def _with(product: Product, **settings: str) -> Product:
    return replace(product, load=replace(product.load, **settings))


@pytest.mark.parametrize(
    ("body", "holds", "words"),
    [
        (b'{"livemode": false, "id": "pi_1"}', True, "livemode false"),
        (b'{"livemode": true}', False, "real cards"),
        (b'{"a": {"livemode": false}, "b": {"livemode": true}}', False, "real cards"),
        (b'{"mode": "test"}', False, "says nothing"),
        (b"<html>login</html>", False, "says nothing"),
    ],
)
async def test_payments_are_proven_by_what_the_target_says(body: bytes, holds: bool, words: str) -> None:
    def handler(request: Request, number: int) -> Reply:
        return Reply(200, body, [("Content-Type", "application/json")])

    with Site(handler) as site:
        proof = await _proofs(_with(profile(site), payment_test=f"{site.url}/mode"), "payment")
    assert (proof.holds, words in proof.text) == (holds, True)


async def test_payments_without_an_answer_are_not_proven() -> None:
    with Site(lambda request, number: Reply(500)) as site:
        product = profile(site)
        for said, words in (("", "empty"), (f"{site.url}/mode", "says nothing"), ("http://127.0.0.1:9/", "refused")):
            proof = await _proofs(_with(product, payment_test=said), "payment")
            assert not proof.holds
            assert words in proof.text
            assert proof.hint
        assert (await _proofs(_with(product, payment_test="attested"), "payment")).holds


@pytest.mark.parametrize(
    ("greeting", "holds"), [(b"220 mailpit ESMTP\r\n", True), (b"HTTP/1.1 400 Bad\r\n", False), (b"", False)]
)
async def test_a_mail_sink_has_to_be_there(greeting: bytes, holds: bool) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    product = profile(Site(lambda request, number: Reply()))
    async with server:
        proof = await _proofs(_with(product, mail_sink=f"127.0.0.1:{port}"), "mail")
    assert proof.holds == holds
    assert ("mailpit" in proof.text) == holds


async def test_a_mail_sink_that_is_not_there_or_not_said() -> None:
    product = profile(Site(lambda request, number: Reply()))
    for said in ("", "127.0.0.1:1", "sink.invalid:x", "127.0.0.1:99999"):
        proof = await _proofs(_with(product, mail_sink=said), "mail")
        assert not proof.holds
        assert proof.hint
    assert (await _proofs(_with(product, mail_sink="attested"), "mail")).holds


async def test_a_password_that_is_not_kept_keeps_the_gate_shut() -> None:
    rest = """
[[account]]
role = "buyer"
username = "ada"
[[journey]]
id = "log in"
account = "buyer"
[[journey.step]]
route = "home"
method = "POST"
data = { password = "{account.password}" }
"""
    with Site(lambda request, number: Reply()) as site:
        ready = await prepared(profile(site, rest), LoadRequest(users=1, duration_s=1))
        assert reasons(ready.gate) == ["no-password"]
        assert "launchready token set account:buyer" in ready.gate.refusals[0].hint
        kept = await prepared(profile(site, rest), LoadRequest(users=1, duration_s=1), {"account:buyer": "x"})
        assert kept.gate.refusals == ()
        assert "x" not in repr(kept.secrets) or "secrets" not in repr(kept)
        assert site.seen == []
