"""A certificate authority and loopback servers with every habit that the TLS probe has to cope with."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NAME = "shop.test"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Serve = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        form = serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


def issue(
    subject: str,
    issuer: Issued | None = None,
    *,
    names: tuple[str, ...] = (),
    starts: timedelta = timedelta(days=-1),
    ends: timedelta = timedelta(days=60),
    key: Key | None = None,
    ca: bool = False,
) -> Issued:
    """A certificate, signed by `issuer` or by itself; dates are relative to now."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(issuer.certificate.subject if issuer else own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + starts)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    return Issued(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def server_context(chain: tuple[Issued, ...]) -> ssl.SSLContext:
    """A server that shows the chain (leaf first) and takes whatever versions and suites the local OpenSSL can."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:eNULL:@SECLEVEL=0")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.pem"
        path.write_bytes(b"".join(item.pem for item in chain) + chain[0].key_pem)
        context.load_cert_chain(path)
    return context


def speaks_tls(context: ssl.SSLContext) -> Serve:
    """Handshake, then wait for the peer to go."""

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)

    return serve


def says(answer: bytes) -> Serve:
    """Whatever is said, answer the same bytes and close."""

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(4096)

    return serve


def silent(connection: socket.socket) -> None:
    """Listen and never answer."""
    while connection.recv(4096):
        pass


def resets(connection: socket.socket) -> None:
    """Read the first message, then break the connection off with a RST."""
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def in_turn(*habits: Serve) -> Serve:
    """The first connection meets the first habit, and so on; the last habit stays."""
    left = list(habits)

    def serve(connection: socket.socket) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(connection)

    return serve


@dataclass
class Server:
    """A listening socket on loopback; `stop` closes its port."""

    listener: socket.socket

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@contextlib.contextmanager
def serving(serve: Serve) -> Iterator[Server]:
    """A server with one habit, in threads of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener)
    threading.Thread(target=_accept, args=(listener, serve), daemon=True).start()
    try:
        yield server
    finally:
        server.stop()


def _accept(listener: socket.socket, serve: Serve) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            connection.settimeout(10)
            threading.Thread(target=_one, args=(connection, serve), daemon=True).start()


def _one(connection: socket.socket, serve: Serve) -> None:
    with contextlib.suppress(OSError), connection:
        serve(connection)
