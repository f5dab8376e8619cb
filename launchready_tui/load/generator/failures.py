"""Names what went wrong with a request: stable slugs, none of which quotes what the server said."""

from __future__ import annotations

import errno
import socket
import ssl

from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError

_OURS = {errno.EMFILE: "files", errno.ENFILE: "files", errno.EADDRNOTAVAIL: "ports", errno.ENOBUFS: "ports"}

CONNECTION = frozenset({"refused", "reset", "unreachable", "unresolved", "timeout", "tls", "certificate"})
"""Kinds after which a person would not try again at once."""


def kind(error: BaseException) -> str:
    """`files` and `ports` are the generator's own limits."""
    match error:
        case ssl.SSLCertVerificationError():
            return "certificate"
        case TimeoutError():
            return "timeout"
        case ssl.SSLError():
            return "tls"
        case socket.gaierror():
            return "unresolved"
        case ConnectionRefusedError():
            return "refused"
        case ConnectionError() | HTTPConnectionClosed():
            return "reset"
        case HTTPParseError():
            return "malformed"
        case OSError() if error.errno in _OURS:
            return _OURS[error.errno]
        case OSError():
            return "unreachable"
    return "malformed"
