"""A real database for one test, and a check that is judged from what its probe really read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from launchready_tui.checks import load_checks
from launchready_tui.checks.subjects import Subject
from launchready_tui.model import codec
from launchready_tui.model.evidence import Answer, Evidence, Unseen
from launchready_tui.model.performance import Database
from launchready_tui.model.product import Network, Product
from launchready_tui.model.questions import Facts, Question
from launchready_tui.model.verdicts import Judgement, not_run, unknown
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.postgresprobe import PostgresProbe
from tests.postgres import PASSWORD, dsn

READER = "reader"
READERS_PASSWORD = "pw-of-the-reader-0815"
SECRET = "hush-4242"
"""A literal of statements in tests: no evidence, message or result may hold it."""


@dataclass(frozen=True, slots=True)
class Base:
    """A database of its own on a running server."""

    port: int
    name: str

    @property
    def owner(self) -> str:
        """The DSN of the owner, a superuser."""
        return dsn(self.port, self.name)

    @property
    def reader(self) -> str:
        """The DSN of a login as the product's owner would make it: it reads, and sees statistics."""
        return dsn(self.port, self.name, READER, READERS_PASSWORD)

    def run(self, *statements: str, times: int = 1) -> None:
        """Run statements as the owner, each committed by itself."""
        with psycopg.connect(self.owner, autocommit=True) as connection:
            for _ in range(times):
                for statement in statements:
                    connection.execute(statement.encode())

    def value(self, query: str) -> Any:
        """The first value of a query."""
        with psycopg.connect(self.owner, autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
            assert row is not None
            return row[0]


@contextmanager
def database(server: str, name: str) -> Iterator[Base]:
    """Create a database and remove it afterwards."""
    base = Base(int(server.rpartition(":")[2].partition("/")[0]), name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    base.run(
        f"GRANT USAGE ON SCHEMA public TO {READER}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {READER}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO {READER}",
    )
    try:
        yield base
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def acme(**settings: Any) -> Product:
    """A product with a PostgreSQL database."""
    return Product("Acme", "acme.test", database=Database(kind="postgresql", **settings))


def outcome(question: Question[Any], tokens: Mapping[str, str], **options: Any) -> Outcome:
    """What the probe answers."""
    probe = PostgresProbe(Network(), "", tokens.get, **options)

    async def nobody(other: Question[Any], /) -> Answer[Any]:
        raise AssertionError(f"no other question is needed: {other}")

    return asyncio.run(probe.answer(question, 1, nobody))


def facts(question: Question[Any], tokens: Mapping[str, str]) -> Any:
    """The facts of an answer, which there must be; none of them is a secret."""
    found = outcome(question, tokens)
    assert found.facts is not None, found.failure
    assert_no_secret(codec.canonical(codec.plain(found.facts)))
    return found.facts


def assert_no_secret(text: str) -> None:
    """No password and no literal of a statement stands in a text."""
    for secret in (PASSWORD, READERS_PASSWORD, SECRET):
        assert secret not in text


def judged(check_id: str, product: Product, tokens: Mapping[str, str]) -> Judgement:
    """Run a check against a real database, through its stored form: what is judged is what a replay would judge."""
    check = load_checks()[check_id]
    probe = PostgresProbe(Network(), "", tokens.get)

    async def ask(question: Question[Any], /) -> Answer[Any]:
        started = datetime.now(UTC)
        found = await probe.answer(question, 1, ask)
        evidence: Evidence[Facts] = codec.identified(
            Evidence(
                "", question, 1, found.facts, found.failure, codec.moment(started), codec.moment(datetime.now(UTC))
            )
        )
        stored = codec.canonical(codec.evidence_to_plain(evidence))
        assert_no_secret(stored)
        assert codec.evidence_from_plain(codec.evidence_to_plain(evidence)) == evidence
        return Answer(evidence)

    async def run() -> Judgement:
        try:
            return await check.judge(Subject("acme.test", "acme.test", product), ask, {})
        except Unseen as unseen:
            missing = unseen.failure.reason in ("input-missing", "extra-missing")
            return (not_run if missing else unknown)(unseen.failure.reason, unseen.failure.message)

    result = asyncio.run(run())
    assert_no_secret(" ".join((result.summary, *result.details)))
    return result
