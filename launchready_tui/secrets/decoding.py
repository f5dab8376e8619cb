"""Pure: undoes what secrets are wrapped in: hex, percent-encoding, compressed base64, escapes, JSON within a string.

Plain base64 is undone by the engine itself. Which spans are worth undoing the engine says too, by our `encoded-` rules.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from launchready_tui.secrets.matches import Match

DEPTH = 2
"""How many wrappings are undone."""

MOST_BYTES = 256 * 1024
"""Decoded bytes of one span; a compressed bomb ends here."""

RULE = "launchready.encoded-"
_ESCAPE = re.compile(rb"\\(?:u00|x)([0-9A-Fa-f]{2})")
_PRINTABLE = bytes(range(32, 127)) + b"\t\n\r"


def is_encoded(match: Match) -> bool:
    """Whether a match is a span to be undone rather than a secret."""
    return match.rule.startswith(RULE)


def decoded(match: Match) -> bytes | None:
    """The text within an encoded span, None where it is no text."""
    name = match.rule.removeprefix(RULE)
    if name not in _DECODERS:
        return None
    try:
        found = _DECODERS[name](match.value.encode("utf-8", "surrogateescape"))[:MOST_BYTES]
    except (ValueError, zlib.error, binascii.Error):
        return None
    return found if _is_text(found) else None


def name_of(match: Match) -> str:
    """The encoding of a span in one word."""
    return _NAMES[match.rule.removeprefix(RULE)]


def _is_text(data: bytes) -> bool:
    """Whether almost all of some bytes is printable ASCII: a digest or a picture is not."""
    sample = data[:4096]
    return len(sample) >= 12 and len(sample.translate(None, _PRINTABLE)) <= len(sample) // 20


def _gunzip(data: bytes) -> bytes:
    raw = base64.b64decode(data.replace(b"-", b"+").replace(b"_", b"/") + b"=" * (-len(data.rstrip(b"=")) % 4))
    return zlib.decompressobj(wbits=31).decompress(raw, MOST_BYTES)


def _unescape(data: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)


def _inner_json(data: bytes) -> bytes:
    return data.replace(b'\\"', b'"').replace(b"\\n", b"\n").replace(b"\\\\", b"\\")


_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": binascii.unhexlify,
    "url": unquote_to_bytes,
    "gzip": _gunzip,
    "escape": _unescape,
    "json": _inner_json,
}
_NAMES = {
    "hex": "hex",
    "url": "percent-encoding",
    "gzip": "compressed base64",
    "escape": "escapes",
    "json": "JSON in a string",
}
