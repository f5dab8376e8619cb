"""One PostgreSQL for the tests of this folder, one database for each test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from tests.database.lab import READER, READERS_PASSWORD, Base, database
from tests.postgres import has_library, running_postgres

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A running server with a reading login, and pg_stat_statements where the machine has it."""
    preloaded = ["shared_preload_libraries = 'pg_stat_statements'"] if has_library("pg_stat_statements") else []
    with running_postgres(preloaded) as found:
        with psycopg.connect(found, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{READERS_PASSWORD}'".encode())
            connection.execute(f"GRANT pg_monitor TO {READER}".encode())
        yield found


@pytest.fixture
def base(server: str) -> Iterator[Base]:
    """A database of its own."""
    with database(server, f"app{next(_NUMBERS)}") as found:
        yield found


@pytest.fixture
def counted(base: Base) -> Base:
    """A database whose statements are counted."""
    if not has_library("pg_stat_statements"):
        pytest.skip("this PostgreSQL has no pg_stat_statements (Debian: it comes with the server's package)")
    base.run("CREATE EXTENSION pg_stat_statements")
    return base
