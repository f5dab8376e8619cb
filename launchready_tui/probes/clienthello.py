"""A ClientHello by hand, and what servers say to it. Pure bytes: no I/O, no cryptography.

The local OpenSSL would refuse to offer TLS 1.0, RC4 or export ciphers; whether a *server* still takes them can be asked
nevertheless, because the answer to the first message tells it (RFC 5246 section 7.4.1, RFC 8446 section 4.1).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from launchready_tui.model.questions import TlsReply, TlsVersion
from launchready_tui.probes.tlssuites import suite_name

MOST_REPLY = 96 * 1024
"""Bytes of an answer that are read; a ServerHello has about a hundred."""

_WIRE: dict[TlsVersion, int] = {"TLSv1": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
_VERSIONS: dict[int, str] = {0x0300: "SSLv3", **{number: name for name, number in _WIRE.items()}}

_ALERT_RECORD, _HANDSHAKE_RECORD = 21, 22
_CLIENT_HELLO, _SERVER_HELLO = 1, 2
_SERVER_NAME, _GROUPS, _POINT_FORMATS, _SIGNATURES, _PADDING = 0, 10, 11, 13, 21
_MASTER_SECRET, _SUPPORTED_VERSIONS, _KEY_SHARE, _RENEGOTIATION = 23, 43, 51, 0xFF01

_X25519 = 0x001D
_NAMED_GROUPS = (_X25519, 0x0017, 0x0018, 0x0019, 0x0100)
"""x25519, P-256, P-384, P-521, ffdhe2048 (RFC 8446 section 4.2.7)."""

_STRONG_SCHEMES = (0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601)
_SHA1_SCHEMES = (0x0203, 0x0201, 0x0202)
"""ECDSA, EdDSA, RSA-PSS and RSA, then those with SHA-1 that old servers need (RFC 8446 section 4.2.3)."""

_WARNING, _CLOSE_NOTIFY = 1, 0
_ALERTS = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    22: "record_overflow",
    40: "handshake_failure",
    42: "bad_certificate",
    43: "unsupported_certificate",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    109: "missing_extension",
    110: "unsupported_extension",
    112: "unrecognized_name",
    116: "certificate_required",
    120: "no_application_protocol",
}
"""Alert names by number (IANA registry "TLS Alerts")."""


class NotTls(Exception):
    """The answer is no TLS, or no valid one; the message says what it was."""


@dataclass(frozen=True, slots=True)
class Randomness:
    """The random parts of a ClientHello, 32 bytes each; as an x25519 share any 32 bytes do (RFC 7748 section 5)."""

    random: bytes
    session: bytes
    share: bytes


def client_hello(version: TlsVersion, offered: tuple[int, ...], server_name: str, randomness: Randomness) -> bytes:
    """One record with a ClientHello for exactly one version; `server_name` is '' for an IP literal.

    TLS 1.3 is told by an extension, older versions by the version field alone: servers that know the extension would
    otherwise be asked something that no old client ever asked.
    """
    modern = version == "TLSv1.3"
    extensions = _extensions(version, server_name, randomness.share)
    body = struct.pack("!H", _WIRE["TLSv1.2"] if modern else _WIRE[version]) + randomness.random
    body += _vector(randomness.session if modern else b"", 1)  # a session id: middlebox compatibility, RFC 8446 D.4
    body += _vector(_numbers(offered), 2) + b"\x01\x00"
    length = 4 + len(body) + 2 + len(extensions)
    if 0xFF < length < 0x200:  # some load balancers hang at these lengths (RFC 7685)
        extensions += _extension(_PADDING, bytes(max(0, 0x200 - length - 4)))
    body += _vector(extensions, 2)
    message = bytes([_CLIENT_HELLO]) + _vector(body, 3)
    return struct.pack("!BH", _HANDSHAKE_RECORD, _WIRE["TLSv1"]) + _vector(message, 2)


def read_reply(received: bytes, version: TlsVersion, offered: tuple[int, ...]) -> TlsReply | None:
    """What a server said, None as long as more bytes are needed. Raises `NotTls`.

    Accepted means: it chose the offered version and one of the offered suites, in a ServerHello or in a
    HelloRetryRequest, which only asks for another key share. A server that answers with an older version did not
    accept.
    """
    handshake = b""
    while len(received) >= 5:
        kind, _, length = struct.unpack("!BHH", received[:5])
        if kind not in (_ALERT_RECORD, _HANDSHAKE_RECORD) or received[1] != 3:
            raise NotTls("the answer is no TLS record")
        if len(received) < 5 + length:
            break
        record, received = received[5 : 5 + length], received[5 + length :]
        if kind == _HANDSHAKE_RECORD:
            handshake += record
            if (hello := _first_message(handshake)) is not None:
                return _judged(hello, version, offered)
        elif (alert := _fatal_alert(record)) is not None:
            return TlsReply(False, alert=alert)
    if received and received[0] not in (_ALERT_RECORD, _HANDSHAKE_RECORD):
        raise NotTls("the answer is no TLS record")
    return None


def _fatal_alert(record: bytes) -> str | None:
    """The name of an alert that ends the handshake; None for a mere warning (such as an unknown server name)."""
    if len(record) != 2:
        raise NotTls("the alert is malformed")
    level, number = record
    if level == _WARNING and number != _CLOSE_NOTIFY:
        return None
    return _ALERTS.get(number, f"alert {number}")


def _first_message(handshake: bytes) -> bytes | None:
    """The body of the ServerHello, None while it is incomplete."""
    if handshake and handshake[0] != _SERVER_HELLO:
        raise NotTls("the answer is no ServerHello")
    end = 4 + int.from_bytes(handshake[1:4], "big")
    return handshake[4:end] if len(handshake) >= max(4, end) else None


def _judged(hello: bytes, version: TlsVersion, offered: tuple[int, ...]) -> TlsReply:
    """The reply that a ServerHello stands for."""
    try:
        session_length = hello[34]
        number, suite, _ = struct.unpack_from("!HHB", hello[:2] + hello[35 + session_length :])
        extensions = hello[38 + session_length :]
        number = _selected_version(extensions) or number
    except (IndexError, struct.error) as error:
        raise NotTls("the ServerHello is malformed") from error
    chosen = _VERSIONS.get(number, f"0x{number:04X}")
    if chosen == version and suite not in offered:
        raise NotTls(f"it chose {suite_name(suite)}, which was not offered")
    return TlsReply(chosen == version, chosen, suite_name(suite))


def _selected_version(extensions: bytes) -> int | None:
    """The version in the supported_versions extension (RFC 8446 section 4.2.1), None without it."""
    position = 2
    while position + 4 <= len(extensions):
        kind, length = struct.unpack_from("!HH", extensions, position)
        if kind == _SUPPORTED_VERSIONS:
            return int(struct.unpack_from("!H", extensions, position + 4)[0])
        position += 4 + length
    return None


def _extensions(version: TlsVersion, server_name: str, share: bytes) -> bytes:
    """The extensions of a ClientHello, without their common length."""
    parts = []
    if server_name:
        entry = b"\x00" + _vector(server_name.encode("ascii"), 2)
        parts.append(_extension(_SERVER_NAME, _vector(entry, 2)))
    parts.append(_extension(_GROUPS, _vector(_numbers(_NAMED_GROUPS), 2)))
    if version == "TLSv1.3":
        parts.append(_extension(_SUPPORTED_VERSIONS, _vector(_numbers((_WIRE[version],)), 1)))
        parts.append(_extension(_KEY_SHARE, _vector(_numbers((_X25519,)) + _vector(share, 2), 2)))
    else:
        parts.append(_extension(_POINT_FORMATS, b"\x01\x00"))
        parts.append(_extension(_MASTER_SECRET, b""))
        parts.append(_extension(_RENEGOTIATION, b"\x00"))
    if version in ("TLSv1.2", "TLSv1.3"):
        parts.append(_extension(_SIGNATURES, _vector(_numbers(_STRONG_SCHEMES + _SHA1_SCHEMES), 2)))
    return b"".join(parts)


def _extension(kind: int, content: bytes) -> bytes:
    return struct.pack("!H", kind) + _vector(content, 2)


def _vector(content: bytes, width: int) -> bytes:
    """Content after its length, which takes `width` bytes."""
    return len(content).to_bytes(width, "big") + content


def _numbers(numbers: tuple[int, ...]) -> bytes:
    """Numbers of 16 bits, one after the other."""
    return struct.pack(f"!{len(numbers)}H", *numbers)
