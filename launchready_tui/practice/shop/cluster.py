"""Finds PostgreSQL on this machine, and starts a server of our own under the eyes of a warden."""

from __future__ import annotations

import glob
import json
import os
import secrets
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from launchready_tui.practice.shop import warden
from launchready_tui.practice.shop.logs import LogFile

OWNER: Final = "shop"
MOST_CONNECTIONS: Final = 52
"""What the server accepts, three of them for its administrator alone."""

FOLDER: Final = "database"
_START_SECONDS = 30.0
_STOP_SECONDS = 12.0
_HOMES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
_SETTINGS: Final[dict[str, str]] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": str(MOST_CONNECTIONS),
    "superuser_reserved_connections": "3",
    "shared_buffers": "48MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p]: user=%u,db=%d,app=%a,client=%h ",
    "log_timezone": "UTC",
    "log_min_duration_statement": "0",
    "log_checkpoints": "off",
    "timezone": "UTC",
}
"""Fast rather than durable, and every statement with its time in the log."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the programs of PostgreSQL are."""

    folder: Path
    counts_statements: bool


def postgres_is_possible() -> bool:
    """Whether a server can be started and spoken to: its programs, an account that may run it, and psycopg."""
    found = os.name == "posix" and programs() is not None and find_spec("psycopg") is not None
    return found and (os.geteuid() != 0 or _account() is not None)


@cache
def programs() -> Programs | None:
    """The newest PostgreSQL of this machine."""
    places = sorted((Path(place) for pattern in _HOMES for place in glob.glob(pattern)), key=_version, reverse=True)  # noqa: PTH207 - absolute patterns
    if on_path := shutil.which("initdb"):
        places.insert(0, Path(on_path).resolve().parent)
    for place in places:
        if all(os.access(place / name, os.X_OK) for name in ("initdb", "postgres")):
            return Programs(place, _counts_statements(place))
    return None


def _version(place: Path) -> int:
    digits = "".join(letter for letter in str(place.parent.name) if letter.isdigit())
    return int(digits or "0")


def _counts_statements(place: Path) -> bool:
    """Whether the library of pg_stat_statements is there."""
    try:
        said = subprocess.run(  # noqa: S603 - the programs that were found
            [place / "pg_config", "--pkglibdir"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    return any((Path(said.strip()) / f"pg_stat_statements{ending}").exists() for ending in (".so", ".dylib"))


def _account() -> str | None:
    """The account that runs the server where we are root, which it refuses; None for our own."""
    if os.geteuid() != 0:
        return None
    import pwd

    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    return None


class ClusterFailed(Exception):
    """The server did not come up; the text says why."""


class Cluster:
    """A PostgreSQL server on a free loopback port, whose log goes into `log`. Raises `ClusterFailed`."""

    def __init__(self, folder: Path, log: LogFile) -> None:
        found = programs()
        if found is None:
            raise ClusterFailed("PostgreSQL is not installed here")
        account = _account()
        # A server that runs as somebody else cannot look into a folder that is ours alone.
        self._home = home = Path(tempfile.mkdtemp(prefix="launchready-practice-")) if account else folder / FOLDER
        shutil.rmtree(home, ignore_errors=True)
        self.counts_statements = found.counts_statements
        self.password = secrets.token_urlsafe(24)
        self.port = _free_port()
        settings = _SETTINGS | {"port": str(self.port)}
        if found.counts_statements:
            settings["shared_preload_libraries"] = "pg_stat_statements"
        self._warden = subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-I", "-S", warden.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(log.fileno(),),
            start_new_session=True,
        )
        try:
            self._tell(
                home=str(home),
                programs=str(found.folder),
                account=account,
                owner=OWNER,
                password=self.password,
                settings=settings,
                log=log.fileno(),
            )
            self._wait(_START_SECONDS)
        except BaseException:
            self.stop()
            raise

    @property
    def is_running(self) -> bool:
        """Whether the warden still has a server to look after."""
        return self._warden.poll() is None

    def stop(self) -> None:
        """End the server, and wait until its folder is gone."""
        assert self._warden.stdin is not None
        assert self._warden.stdout is not None
        with suppress(OSError):
            self._warden.stdin.close()
        try:
            self._warden.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._warden.kill()
            self._warden.wait()
        self._warden.stdout.close()
        # The warden has done this, unless somebody killed it.
        shutil.rmtree(self._home, ignore_errors=True)

    def _tell(self, **config: Any) -> None:
        assert self._warden.stdin is not None
        try:
            self._warden.stdin.write(json.dumps(config).encode() + b"\n")
            self._warden.stdin.flush()
        except OSError as error:
            raise ClusterFailed(f"its warden did not start: {error}") from error

    def _wait(self, seconds: float) -> None:
        """Wait for the warden's word that the server was started."""
        assert self._warden.stdout is not None
        said, deadline = b"", time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._warden.stdout, selectors.EVENT_READ)
            while b"\n" not in said and (left := deadline - time.monotonic()) > 0:
                if selector.select(left):
                    data = os.read(self._warden.stdout.fileno(), 4_096)
                    if not data:
                        break
                    said += data
        try:
            word = json.loads(said.partition(b"\n")[0])
        except ValueError:
            raise ClusterFailed("its warden said nothing") from None
        if "started" not in word:
            raise ClusterFailed(str(word.get("error", "unknown"))[:500])


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
