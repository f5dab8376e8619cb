"""A session of PostgreSQL that can only read: one read-only transaction with time limits, in a thread, rolled back.

    login = read_dsn(dsn)                      # Failure, or where it leads
    found = await read(login, work, seconds=50)  # Failure, or what work(session) gave

The operator's own DSN says where to connect, so a private address needs no further consent: managed databases are
usually reached through a tunnel or a private network, and no answer from outside chooses the place. `connect_to` does
not apply, as for provider tokens: credentials go where their owner sends them. Nothing that the driver says in words
is passed on: its messages name users, hosts and values.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from launchready_tui.model.evidence import Failure, Fault, Unseen
from launchready_tui.probes.postgreserrors import connect_failure, query_failure
from launchready_tui.text import one_line

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")

NAME = "launchready"
"""`application_name`, so that the owner of the server sees who looks."""

CONNECT_SECONDS = 8
STATEMENT_SECONDS = 10
LOCK_SECONDS = 2
IDLE_SECONDS = 30

SOCKET = "local socket"
"""What stands for the host of a Unix socket."""

WITHOUT_DRIVER = Failure(
    "extra-missing",
    "reading PostgreSQL needs psycopg: pip install 'launchready[pg]' adds plans, indexes, health and row security",
    Fault.USAGE,
)


@dataclass(frozen=True, slots=True)
class Login:
    """Where a DSN leads. The parameters hold the password and are kept out of sight.

    `host` is the name for people, `hosts` all of them, `ports` theirs.
    """

    host: str
    hosts: tuple[str, ...]
    ports: tuple[str, ...]
    database: str
    parameters: tuple[tuple[str, str], ...] = field(repr=False)


def read_dsn(dsn: str) -> Login | Failure:
    """Understand a DSN: a URL or `key=value` words, also as frameworks write it (`postgresql+psycopg://`).

    Options of the framework in a URL (`?connection_limit=1`) are left out. Failures: extra-missing, engine (another
    kind of database), malformed.
    """
    scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9]*)(?:\+[A-Za-z0-9_]+)?://", dsn)
    if scheme and scheme[1].lower() not in ("postgres", "postgresql"):
        message = (
            f"the DSN is one of {one_line(scheme[1].lower(), 20)}, not of PostgreSQL: there is no driver for it here"
        )
        return Failure("engine", message, Fault.USAGE)
    try:
        from psycopg import Error, pq
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        return WITHOUT_DRIVER
    try:
        known = frozenset(option.keyword.decode() for option in pq.Conninfo.get_defaults())
        text = _plain_url(dsn.strip(), known) if scheme else dsn.strip()
        found = {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}
    except (Error, ValueError):
        return Failure("malformed", "the DSN cannot be read: postgresql://USER:PASSWORD@HOST/DATABASE", Fault.USAGE)
    if "service" in found or os.environ.get("PGSERVICE"):
        return Failure("malformed", "the DSN leads through a service file: write the host into the DSN", Fault.USAGE)
    return _login(found)


def _plain_url(dsn: str, known: frozenset[str]) -> str:
    """A URL for libpq: without the framework's driver and without options that libpq does not know."""
    parts = urlsplit(dsn)
    options = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key in known]
    # The rest stays as it is written: percent signs and several hosts are libpq's to read.
    rest = urlunsplit(("", parts.netloc, parts.path, urlencode(options), ""))
    return f"postgresql:{rest if rest.startswith('//') else '//' + rest}"


def _login(found: dict[str, str]) -> Login:
    # What a DSN leaves open libpq takes from the environment; here it is said once, so that it can be compared.
    host = found.get("host") or found.get("hostaddr") or os.environ.get("PGHOST", "")
    port = found.get("port") or os.environ.get("PGPORT", "") or "5432"
    user = found.get("user") or os.environ.get("PGUSER", "")
    database = found.get("dbname") or os.environ.get("PGDATABASE", "") or user
    hosts = tuple(item.strip() for item in host.split(","))
    ports = tuple(item.strip() or "5432" for item in port.split(","))
    if len(ports) != len(hosts):
        ports = (ports[0],) * len(hosts)
    shown = SOCKET if not hosts[0] or hosts[0].startswith(("/", "@")) else one_line(hosts[0].lower(), 253)
    settled = {**found, "application_name": NAME, "port": port, **({"host": host} if "host" not in found else {})}
    settled.setdefault("hostaddr", "")  # or PGHOSTADDR would lead elsewhere than the DSN says
    settled.setdefault("gssencmode", "disable")  # a search for Kerberos may take many seconds
    if database:
        settled["dbname"] = database
    return Login(shown, hosts, ports, database, tuple(sorted(settled.items())))


class Session:
    """The one read-only transaction. What an optional query may not read is None; everything else raises."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], login: Login) -> None:
        self._connection = connection
        self.login = login
        self.host = login.host
        self._leftovers: list[str] = []
        self._depth = 0
        self.version = connection.info.server_version
        self.encrypted = bool(connection.pgconn.ssl_in_use) or connection.info.host.startswith(("/", "@"))

    def begin(self) -> None:
        """Open the transaction and limit it. Raises `Unseen` where the server does not make it read-only."""
        for name, value in (
            ("statement_timeout", f"{STATEMENT_SECONDS}s"),
            ("lock_timeout", f"{LOCK_SECONDS}s"),
            ("idle_in_transaction_session_timeout", f"{IDLE_SECONDS}s"),
            ("timezone", "UTC"),
        ):
            self.rows("SELECT pg_catalog.set_config(%s, %s, true)", name, value)
        if self.rows("SELECT pg_catalog.current_setting('transaction_read_only')") != [("on",)]:
            message = "the server did not open a read-only transaction: nothing was asked"
            raise Unseen(Failure("not-read-only", message, Fault.TARGET))

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """All rows of a query of ours."""
        with self._connection.cursor() as cursor:
            cursor.execute(query.encode(), parameters or None)
            return cursor.fetchall()

    def single(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement with text from outside: the extended protocol takes one statement and no second.

        Asking for binary results makes the driver use it; a statement prepared by name would stay behind in a pooler.
        """
        with self._connection.cursor() as cursor:
            cursor.execute(statement.encode("utf-8", "replace"), binary=True)
            return cursor.fetchall() if cursor.description else []

    def literal(self, value: str) -> str:
        """A value as a literal in SQL."""
        from psycopg import sql

        return sql.Literal(value).as_string(self._connection)

    def optional(self, query: str, *parameters: object) -> list[tuple[Any, ...]] | None:
        """All rows of a query; None where the login may not read them or the server does not have them."""
        found = self.attempt(lambda: self.rows(query, *parameters))
        return None if isinstance(found, Failure) else found

    def attempt(self, work: Callable[[], T]) -> T | Failure:
        """What `work` gives, and whatever it does is undone; a failure where the server refused a statement of it.

        Raises `psycopg.Error` where the connection is lost.
        """
        import psycopg

        self._connection.execute(b"SAVEPOINT launchready")
        self._depth += 1
        try:
            found = work()
        except psycopg.Error as error:
            if self._connection.closed:
                raise
            self._back()
            return query_failure(error, self.host)
        self._back()
        return found

    def prepare(self, statement: str) -> str:
        """Prepare a statement under a name of its own, until the end of the outermost attempt; returns the name."""
        name = f"launchready_{secrets.token_hex(6)}"
        self.single(f"PREPARE {name} AS {statement}")
        self.afterwards(f"DEALLOCATE {name}")
        return name

    def afterwards(self, statement: str) -> None:
        """Tidy up after the outermost attempt what a rollback leaves behind: a pooler may hand the session on."""
        self._leftovers.append(statement)

    def _back(self) -> None:
        self._connection.execute(b"ROLLBACK TO SAVEPOINT launchready")
        self._connection.execute(b"RELEASE SAVEPOINT launchready")
        self._depth -= 1
        while self._leftovers and not self._depth:
            self._connection.execute(self._leftovers.pop().encode())


class _Line:
    """The connection of a thread, which can be cut from outside: a hung server must not keep the thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False

    def hold(self, descriptor: int) -> None:
        with self._lock:
            self._socket = socket.socket(fileno=os.dup(descriptor))
            if self._is_cut:
                self._shut()

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            self._shut()

    def close(self) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


async def read(
    login: Login, work: Callable[[Session], T], *, seconds: float, connect_seconds: int = CONNECT_SECONDS
) -> T | Failure:
    """What `work` reads in a session of its own, within `seconds`.

    `work` runs in a thread and may raise `Unseen`. Nothing that the server does raises here: it is a failure.
    """
    line = _Line()
    thread = asyncio.get_running_loop().run_in_executor(None, partial(_run, login, work, line, connect_seconds))
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.shield(thread)
    except TimeoutError:
        return Failure("timeout", f"{login.host} did not answer within {seconds:.0f} s", Fault.TARGET)
    finally:
        if not thread.done():
            line.cut()
            thread.add_done_callback(lambda done: done.cancelled() or done.exception())


def _run(login: Login, work: Callable[[Session], T], line: _Line, connect_seconds: int) -> T | Failure:
    try:
        import psycopg
    except ImportError:
        return WITHOUT_DRIVER
    parameters: dict[str, Any] = {**dict(login.parameters), "connect_timeout": connect_seconds}
    try:
        connection = psycopg.connect("", **parameters)
    except psycopg.Error as error:
        return connect_failure(error, login.host)
    try:
        line.hold(connection.fileno())
        connection.read_only = True
        connection.prepare_threshold = None
        session = Session(connection, login)
        session.begin()
        found = work(session)
        connection.rollback()
    except Unseen as unseen:
        return unseen.failure
    except psycopg.Error as error:
        return query_failure(error, login.host)
    else:
        return found
    finally:
        connection.close()
        line.close()


def same_server(first: Login, second: Login) -> bool:
    """Whether two DSNs name the same database of the same host. On the loopback the port counts as well: there several
    servers stand side by side, elsewhere another port is a pooler before the same server.
    """
    return first.database == second.database and bool(_places(first) & _places(second))


def leads_to(login: Login, host: str) -> bool:
    """Whether a DSN leads to a host, which may be given with a port."""
    name, colon, port = host.strip().rpartition(":")
    if not colon or not port.isdecimal() or (":" in name.strip("[]") and not name.startswith("[")):
        name, port = host.strip(), ""
    wanted = place(name, "")
    return any(place(item, "") == wanted and port in ("", number) for item, number in _names(login))


def _places(login: Login) -> frozenset[tuple[str, str]]:
    return frozenset(place(host, port) for host, port in _names(login))


def _names(login: Login) -> list[tuple[str, str]]:
    """The hosts of a DSN, by name and by address, each with its port."""
    addresses = [item.strip() for item in dict(login.parameters)["hostaddr"].split(",")]
    if len(addresses) != len(login.hosts):
        addresses = [addresses[0]] * len(login.hosts)
    named = list(zip(login.hosts, login.ports, strict=True))
    return named + [pair for pair in zip(addresses, login.ports, strict=True) if pair[0]]


def place(host: str, port: str) -> tuple[str, str]:
    """A host in a form that can be compared; its port where several servers may share the name."""
    name = host.strip().lower().strip("[]").rstrip(".")
    if not name or name.startswith(("/", "@", "127.")) or name in ("localhost", "::1"):
        return "localhost", port
    return name, ""


def settled(login: Login, addresses: Sequence[str]) -> Login:
    """The login with the addresses of its hosts, so that no other resolver is asked; names stay for certificates."""
    parameters = {**dict(login.parameters), "host": ",".join(login.hosts), "hostaddr": ",".join(addresses)}
    return Login(login.host, login.hosts, login.ports, login.database, tuple(sorted(parameters.items())))
