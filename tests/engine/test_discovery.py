"""What a domain and a repository reveal, seen on the practice target and on made-up folders."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from launchready_tui.engine.discovery import Proposal, Sighting, compare, discover, vendors
from launchready_tui.engine.firstlook import discovery_door
from launchready_tui.model.product import Host, Network, Product, Route, Sender
from launchready_tui.model.profile import parse_product, write_product
from launchready_tui.model.questions import RepositorySummary, RepositorySurvey
from launchready_tui.model.records import System
from launchready_tui.practice.target import PracticeTarget
from launchready_tui.probes.survey import SurveyProbe


async def look(product: Product) -> Proposal:
    async with discovery_door(product) as door:
        return await discover(product, door)


async def test_the_practice_product_is_found(tmp_path: Path) -> None:
    target = PracticeTarget(tmp_path)
    await target.start(repaired=True)
    try:
        known = parse_product(target.product_toml, base=str(tmp_path))
        proposal = await look(Product(known.name, known.domain, network=known.network, base=known.base))
    finally:
        await target.stop()
    names = {host.name for host in proposal.product.hosts}
    assert {known.domain, f"www.{known.domain}", f"app.{known.domain}", f"api.{known.domain}"} <= names
    assert {"login", "signup"} <= {route.id for route in proposal.product.routes}
    assert parse_product(write_product(proposal.product), base=str(tmp_path)) == proposal.product
    assert any(sighting.area == "registrar" for sighting in proposal.sightings)


async def test_nothing_to_see_is_said_and_the_apex_proposed(tmp_path: Path) -> None:
    silent = Network(nameservers=("127.0.0.1:1",), public=("127.0.0.0/8",))
    proposal = await look(Product("Acme", "acme.test", network=silent, base=str(tmp_path), repository="gone"))
    assert proposal.product.hosts == (Host("acme.test", "apex"),)
    assert any("no address that could be seen" in text for text in proposal.notices)
    assert any("repository could not be read" in text for text in proposal.notices)


def survey(folder: Path) -> RepositorySummary:
    async def never(question: object, /) -> object:
        raise AssertionError("a survey asks nothing")

    outcome = asyncio.run(SurveyProbe(str(folder.parent)).answer(RepositorySurvey(folder.name), 1, never))  # type: ignore[arg-type]
    assert isinstance(outcome.facts, RepositorySummary), outcome.failure
    return outcome.facts


def test_a_repository_tells_names_and_no_values(tmp_path: Path) -> None:
    repo = tmp_path / "shop"
    (repo / ".git").mkdir(parents=True)
    (repo / ".git" / "config").write_text('[remote "origin"]\n\turl = https://user:hunter2@github.com/acme/shop.git\n')
    (repo / ".github" / "workflows").mkdir(parents=True)
    (repo / "package.json").write_text('{"dependencies": {"next": "15", "stripe": "1", "@sentry/nextjs": "9"}}')
    (repo / "requirements.txt").write_text("Django==5.0\n# no\n-e .\nopenai>=1\n")
    (repo / ".env.example").write_text("DATABASE_URL=postgres://u:p@h/db\nexport STRIPE_KEY=sk\nlower=1\n")
    (repo / "Procfile").write_text("web: gunicorn\nworker: celery\n")
    (repo / "app" / "migrations").mkdir(parents=True)
    (repo / "node_modules" / "x" / "migrations").mkdir(parents=True)
    facts = survey(repo)
    assert facts.remote == "github.com/acme/shop"
    assert facts.ci == ("GitHub Actions",)
    assert facts.frameworks == ("nextjs", "django")
    assert facts.variables == ("DATABASE_URL", "STRIPE_KEY")
    assert facts.processes == ("web", "worker")
    assert facts.migrations == ("app/migrations",)
    assert "hunter2" not in repr(facts)
    assert "postgres" not in repr(facts)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[" * 100_000, b'{"dependencies": 3}', b""])
def test_broken_manifests_are_skipped(tmp_path: Path, content: bytes) -> None:
    repo = tmp_path / "shop"
    repo.mkdir()
    for name in ("package.json", "pyproject.toml", "Procfile", ".env.example", "requirements.txt", "composer.json"):
        (repo / name).write_bytes(content)
    survey(repo)


def test_links_out_of_the_repository_are_not_followed(tmp_path: Path) -> None:
    repo = tmp_path / "shop"
    repo.mkdir()
    (tmp_path / "outside.json").write_text('{"dependencies": {"stripe": "1"}}')
    (repo / "package.json").symlink_to(tmp_path / "outside.json")
    (repo / "loop").symlink_to(repo)
    assert survey(repo) == RepositorySummary()


def test_vendors() -> None:
    assert [v.name for v in vendors.by_name_server("ns-123.awsdns-45.com")] == ["AWS Route 53"]
    assert [v.name for v in vendors.by_exchanger("aspmx.l.google.com")] == ["Google Workspace"]
    assert [v.name for v in vendors.by_exchanger("evilgoogle.com")] == []
    assert [v.name for v in vendors.by_headers([("server", "Vercel")])] == ["Vercel"]
    assert [v.name for v in vendors.by_page_host("js.stripe.com")] == ["Stripe"]
    assert [v.name for v in vendors.by_package("@sentry/nextjs")] == ["Sentry"]


CURRENT = Product(
    "Acme",
    "acme.test",
    hosts=(Host("acme.test", "apex"), Host("old.acme.test")),
    routes=(Route("login", "https://acme.test/in"),),
)


def test_a_second_look_shows_the_difference_and_takes_nothing_away() -> None:
    seen = Product(
        "Acme",
        "acme.test",
        hosts=(Host("acme.test", "apex"), Host("app.acme.test", "app")),
        routes=(Route("login", "https://app.acme.test/login"),),
        senders=(Sender("acme.test", "postmark"),),
    )
    proposal = Proposal(seen, (Sighting("payments", "Stripe", "js.stripe.com"), Sighting("dns", "Cloudflare", "ns")))
    difference = compare(CURRENT, (System("dns", "Cloudflare"),), proposal)
    assert difference.added == (
        "host app.acme.test (app)",
        "route login-2: https://app.acme.test/login",
        "sender postmark for acme.test",
    )
    assert difference.gone == ("host old.acme.test was not seen",)
    assert [system.area for system in difference.systems] == ["payments"]
    assert difference.product is not None
    assert Host("old.acme.test") in difference.product.hosts
    again = compare(difference.product, (System("dns", "Cloudflare"), System("payments", "Stripe")), proposal)
    assert again.added == ()
    assert again.product is None


def test_nothing_new_is_empty() -> None:
    assert compare(CURRENT, (), Proposal(replace(CURRENT))).is_empty
