"""TLS handshakes over an open stream, with the bytes in our own hands.

`ssl` and pyOpenSSL only see memory buffers. So one loop moves the bytes for both, bounded in size, and a server
that speaks something else can be quoted.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import ssl
import sys
from dataclasses import dataclass
from typing import Protocol

from launchready_tui.probes.dialling import Stream
from launchready_tui.text import one_line

MOST_BYTES = 512 * 1024
"""Bytes that a server may send in a handshake; OpenSSL itself stops at 100 KiB of certificates."""

CIPHERS = "DEFAULT:!aNULL:!eNULL:@SECLEVEL=2"
"""Pinned: what OpenSSL's security level lets through differs between distributions, and judgements must not."""

SEES_WHOLE_CHAIN = sys.version_info >= (3, 13)
"""Whether `StandardEngine.chain` is the whole chain; before Python 3.13 it is the leaf alone."""

_ALERT_RECORD, _HANDSHAKE_RECORD = 0x15, 0x16
_ALERT = re.compile(r"^(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_)?(?P<name>.+)$")


class HandshakeError(Exception):
    """The peer did not finish a handshake; the message says what it did instead."""


@dataclass(frozen=True, slots=True)
class Negotiated:
    """What both sides agreed on."""

    version: str
    cipher: str
    alpn: str


class Engine(Protocol):
    """A TLS client between two memory buffers."""

    def advance(self) -> bool:
        """Go on with what was fed; True when the handshake is finished. Raises `ssl.SSLError` or `HandshakeError`."""
        ...

    def feed(self, received: bytes) -> None:
        """Take bytes that the peer sent."""
        ...

    def drain(self) -> bytes:
        """Bytes that have to be sent to the peer."""
        ...

    def chain(self) -> tuple[bytes, ...]:
        """The certificates that the peer sent, in DER, leaf first; of a finished handshake."""
        ...

    def negotiated(self) -> Negotiated:
        """What the finished handshake agreed on."""
        ...


class StandardEngine:
    """The standard library's client, for a name in its ASCII form or an IP literal."""

    def __init__(self, context: ssl.SSLContext, name: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)

    def advance(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def feed(self, received: bytes) -> None:
        self._incoming.write(received)

    def drain(self) -> bytes:
        return self._outgoing.read()

    def chain(self) -> tuple[bytes, ...]:
        """See `SEES_WHOLE_CHAIN`."""
        if sys.version_info >= (3, 13):
            return tuple(self._tls.get_unverified_chain())
        leaf = self._tls.getpeercert(binary_form=True)
        return (leaf,) if leaf else ()

    def negotiated(self) -> Negotiated:
        cipher = self._tls.cipher()
        alpn = self._tls.selected_alpn_protocol() or ""
        return Negotiated(self._tls.version() or "", cipher[0] if cipher else "", alpn)


class PyOpenSslEngine:
    """pyOpenSSL's client, which verifies nothing: before Python 3.13 the only public way to the chain that was sent."""

    def __init__(self, name: str) -> None:
        from OpenSSL import SSL

        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
        self._errors = SSL
        self._tls = SSL.Connection(context, None)
        self._tls.set_connect_state()
        if not is_address(name):
            self._tls.set_tlsext_host_name(name.encode("ascii"))

    def advance(self) -> bool:
        try:
            self._tls.do_handshake()
        except self._errors.WantReadError:
            return False
        except self._errors.Error as error:
            raise HandshakeError(f"the handshake broke: {one_line(str(error))}") from error
        return True

    def feed(self, received: bytes) -> None:
        self._tls.bio_write(received)

    def drain(self) -> bytes:
        with contextlib.suppress(self._errors.WantReadError):
            return self._tls.bio_read(65_536)
        return b""

    def chain(self) -> tuple[bytes, ...]:
        from OpenSSL import crypto

        sent = self._tls.get_peer_cert_chain() or []
        return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, item) for item in sent)

    def negotiated(self) -> Negotiated:
        alpn = self._tls.get_alpn_proto_negotiated().decode("ascii", "replace")
        return Negotiated(self._tls.get_protocol_version_name(), self._tls.get_cipher_name() or "", alpn)


def is_address(name: str) -> bool:
    """Whether a name is an IP literal: verified as an address, never sent as server name (RFC 6066 section 3)."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def ascii_name(name: str) -> str:
    """The form of a host that TLS carries: A-labels, or an IP literal without brackets. Raises `UnicodeError`."""
    bare = name.strip("[]").rstrip(".")
    if is_address(bare):
        return bare
    encoded = bare.encode("idna").decode("ascii")
    if not encoded or encoded.startswith("."):
        raise UnicodeError("empty label")
    return encoded


def unverified_engine(name: str) -> Engine:
    """A client that takes any certificate, to read the chain that was sent."""
    if sys.version_info < (3, 13):
        return PyOpenSslEngine(name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return StandardEngine(context, name)


async def shake_hands(engine: Engine, stream: Stream) -> None:
    """Run a handshake to its end.

    Raises `ssl.SSLCertVerificationError` for a rejected chain, `HandshakeError` for a peer that ended it or speaks
    something else, `OSError` for a broken connection.
    """
    received = b""
    total = 0
    while True:
        try:
            finished = engine.advance()
        except ssl.SSLCertVerificationError:
            await _send(engine, stream)
            raise
        except (ssl.SSLError, HandshakeError) as error:
            raise HandshakeError(_explained(error, received)) from error
        await _send(engine, stream)
        if finished:
            return
        chunk = await stream.reader.read(16_384)
        if not chunk:
            raise HandshakeError("it closed the connection during the TLS handshake")
        received = received or chunk
        total += len(chunk)
        if total > MOST_BYTES:
            raise HandshakeError(f"it sent more than {MOST_BYTES:,} bytes and no end of the handshake")
        engine.feed(chunk)


async def _send(engine: Engine, stream: Stream) -> None:
    """Send what the client has to say, if anything."""
    if data := engine.drain():
        stream.writer.write(data)
        await stream.writer.drain()


def _explained(error: ssl.SSLError | HandshakeError, received: bytes) -> str:
    """What went wrong, in terms of what the peer did."""
    if received and received[0] not in (_ALERT_RECORD, _HANDSHAKE_RECORD):
        return f'it does not speak TLS, it answered "{one_line(received[:60].decode("ascii", "replace"), 40)}"'
    if isinstance(error, HandshakeError):
        return str(error)
    reason = error.reason or str(error)
    if reason in ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"):
        return "it speaks no TLS version from 1.2 on"
    if alert := _ALERT.match(reason):
        return f"it ended the TLS handshake with the alert {alert['name'].lower()}"
    return f"the TLS handshake broke: {one_line(reason.replace('_', ' ').lower())}"
