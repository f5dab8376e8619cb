"""A real PostgreSQL for tests: found on this machine, started on a free loopback port, stopped and removed afterwards.

The server refuses to run as root, so as root it is started as an unprivileged account. Where there is no PostgreSQL the
test is skipped with one line.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest

OWNER = "launchready"
PASSWORD = "pw-of-the-owner-4711"
"""Superuser of the test server and its password: asked for (SCRAM), so that a DSN without it is refused."""

SETTINGS = (
    "fsync = off",
    "full_page_writes = off",
    "synchronous_commit = off",
    "autovacuum = off",
    "shared_buffers = '32MB'",
    "max_connections = 50",
    "log_timezone = 'UTC'",
    "timezone = 'UTC'",
)
"""Fast instead of durable; no autovacuum, so that statistics change only when a test says so."""

_KEEPER = """
exec 3<&0
"$@" 3<&- & server=$!
(cat <&3 > /dev/null; kill -INT $server 2> /dev/null) &
wait $server
"""
"""Runs the server until its standard input closes: when the tests are killed, no server stays behind."""

_PATIENCE = 60.0
_ATTEMPTS = 3


@cache
def programs() -> Path | None:
    """The folder with initdb and postgres, the newest version first; None if there is none."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        homes.insert(0, Path(on_path).resolve().parent)
    homes += [Path("/usr/local/opt/postgresql/bin"), Path("/opt/homebrew/opt/postgresql/bin")]
    return next((home for home in homes if (home / "initdb").exists() and (home / "postgres").exists()), None)


def missing() -> str:
    """Why no server can be started here, in one line; '' if one can."""
    if programs() is None:
        return "no PostgreSQL here: initdb and postgres are neither on PATH nor under /usr/lib/postgresql"
    if os.geteuid() == 0 and _account() is None:
        return "PostgreSQL refuses to run as root, and neither an account 'postgres' nor 'nobody' is there"
    try:
        import psycopg  # noqa: F401 - only whether it is there
    except ImportError:
        return "psycopg is missing: pip install 'launchready[pg]'"
    return ""


@cache
def has_library(name: str) -> bool:
    """Whether the server could load a library such as `pg_stat_statements` (for `shared_preload_libraries`)."""
    home = programs()
    if home is None:
        return False
    command = [str(home / "pg_config"), "--pkglibdir"]
    try:
        folder = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return False
    return any((Path(folder) / f"{name}{ending}").exists() for ending in (".so", ".dylib", ".dll"))


@contextmanager
def running_postgres(settings: Sequence[str] = (), *, database: str = "app") -> Iterator[str]:
    """Start a server with an empty database and yield the DSN of its owner (a superuser).

    `settings` are further lines of postgresql.conf, which win over `SETTINGS`. The server also listens on a Unix socket
    in the folder that `SHOW unix_socket_directories` names. Skips the test where there is no PostgreSQL.
    """
    if reason := missing():
        pytest.skip(reason)
    home, account = programs(), _account()
    assert home is not None
    folder = Path(tempfile.mkdtemp(prefix="lr-pg-"))
    process = None
    try:
        if account:
            shutil.chown(folder, account)
        _create(home, folder, account)
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write("\n".join(["", *SETTINGS, f"unix_socket_directories = '{folder}'", *settings, ""]))
        for attempt in range(_ATTEMPTS):
            port = _free_port()
            process = _start(home, folder, account, port)
            if _is_up(process, port):
                break
            _stop(process)
            assert attempt < _ATTEMPTS - 1, (folder / "log").read_text(errors="replace")[-2000:]
        _create_database(port, database)
        yield dsn(port, database)
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def dsn(port: int, database: str, user: str = OWNER, password: str = PASSWORD) -> str:
    """The URL of a database on the loopback."""
    return f"postgresql://{quote(user)}:{quote(password)}@127.0.0.1:{port}/{quote(database)}"


def _version(home: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in home.parent.name.split(".") if part.isdigit())


def _account() -> str | None:
    """The account under which the server runs when we are root; None for our own."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def _create(home: Path, folder: Path, account: str | None) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    if account:
        shutil.chown(secret, account)
    command = [str(home / "initdb"), "-D", str(folder / "data"), "-U", OWNER, "--pwfile", str(secret), "-N"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_PATIENCE, user=account, cwd=folder, env=_environment(folder)
    )
    assert done.returncode == 0, f"initdb: {done.stderr[-2000:]}"


def _start(home: Path, folder: Path, account: str | None, port: int) -> subprocess.Popen[bytes]:
    command = ["/bin/sh", "-c", _KEEPER, "sh", str(home / "postgres"), "-D", str(folder / "data")]
    command += ["-h", "127.0.0.1", "-p", str(port)]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            user=account,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )


def _is_up(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server takes connections; False if it ended or took too long."""
    import psycopg

    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            psycopg.connect(dsn(port, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _create_database(port: int, database: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(dsn(port, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server that was started here: fast shutdown, and the hard way if it does not listen."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the caller's: a stray PGDATA or locale would change what is tested."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}
