"""TLS for the practice servers: reads the ClientHello, takes that host's settings as they are now, shakes hands.

`asyncio`'s own TLS fixes protocol versions and cipher suites when the server starts; here each connection gets the
context of its host at that moment, so that faults can be switched while the target runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from launchready_tui.practice.ca import CertificateAuthority
from launchready_tui.practice.world import Leaf, Site, TlsPolicy

T = TypeVar("T")

GOOD_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Forward secret AEAD suites only."""

_CHUNK = 65_536
_RECORD_HEADER = 5
_HANDSHAKE = 0x16
_SERVER_NAME = 0


def server_context(policy: TlsPolicy) -> ssl.SSLContext:
    """A server context with the versions and cipher suites of a policy; raises `ssl.SSLError` where OpenSSL cannot."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(f"{policy.ciphers or GOOD_CIPHERS}:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion[policy.oldest]
        context.maximum_version = ssl.TLSVersion[policy.newest]
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    return context


class Contexts:
    """Server contexts by host, made when first needed and kept while certificate and policy stay what they are."""

    def __init__(self, authority: CertificateAuthority, folder: Path) -> None:
        self._authority = authority
        self._folder = folder
        self._made: dict[tuple[str, Leaf, TlsPolicy], ssl.SSLContext] = {}

    def of(self, site: Site) -> ssl.SSLContext:
        """The context of a site as it is now."""
        key = (site.host, site.leaf, site.tls)
        context = self._made.get(key)
        if context is None:
            context = server_context(site.tls)
            self._authority.issue(site.host, site.leaf).load_into(context, self._folder)
            self._made[key] = context
        return context


class TlsStream:
    """One TLS connection over a pair of asyncio streams."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None

    async def accept(self, choose: Callable[[str], ssl.SSLContext | None]) -> bool:
        """Shake hands with the context chosen for the name that is asked for; False if there is none or it fails."""
        hello = await self._client_hello()
        context = choose(server_name(hello)) if hello else None
        if context is None:
            return False
        self._incoming.write(hello)
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        try:
            await self._drive(self._tls.do_handshake)
        except ssl.SSLError:
            await self._flush()
            return False
        return True

    async def read(self) -> bytes:
        """Some decrypted bytes, none at the end."""
        assert self._tls is not None
        tls = self._tls
        try:
            return await self._drive(lambda: tls.read(_CHUNK))
        except ssl.SSLError:
            return b""

    async def write(self, data: bytes) -> None:
        """Encrypt and send."""
        assert self._tls is not None
        tls = self._tls
        await self._drive(lambda: tls.write(data))

    async def goodbye(self) -> None:
        """Send the close notification; does not wait for the peer's."""
        if self._tls is not None:
            with contextlib.suppress(ssl.SSLError):
                self._tls.unwrap()
            await self._flush()

    async def _client_hello(self) -> bytes:
        try:
            header = await self._reader.readexactly(_RECORD_HEADER)
            if header[0] != _HANDSHAKE:
                return b""
            return header + await self._reader.readexactly(int.from_bytes(header[3:5]))
        except asyncio.IncompleteReadError:
            return b""

    async def _drive(self, step: Callable[[], T]) -> T:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._flush()
                data = await self._reader.read(_CHUNK)
                if data:
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            else:
                await self._flush()
                return result

    async def _flush(self) -> None:
        self._writer.write(self._outgoing.read())
        await self._writer.drain()


def server_name(hello: bytes) -> str:
    """The host name in the server_name extension of a ClientHello record (RFC 6066 section 3), '' if there is none."""
    try:
        rest = _Cursor(hello[_RECORD_HEADER + 4 + 2 + 32 :])
        rest.take(1)
        rest.take(2)
        rest.take(1)
        extensions = _Cursor(rest.take(2))
        while extensions.left:
            kind = extensions.number(2)
            body = extensions.take(2)
            if kind == _SERVER_NAME:
                names = _Cursor(_Cursor(body).take(2))
                names.number(1)
                return names.take(2).decode("ascii").lower().rstrip(".")
    except (IndexError, UnicodeDecodeError):
        pass
    return ""


class _Cursor:
    """Reads the length-prefixed fields of a TLS message."""

    def __init__(self, data: bytes) -> None:
        self.left = data

    def number(self, size: int) -> int:
        """The next number of that many bytes."""
        if len(self.left) < size:
            raise IndexError("the message ends early")
        value, self.left = int.from_bytes(self.left[:size]), self.left[size:]
        return value

    def take(self, size: int) -> bytes:
        """The next field, whose length stands before it in that many bytes."""
        length = self.number(size)
        if len(self.left) < length:
            raise IndexError("the message ends early")
        value, self.left = self.left[:length], self.left[length:]
        return value
