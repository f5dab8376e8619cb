"""Pure: bodies as bytes and text: content codings with a bound on what comes out, character sets with tolerance."""

from __future__ import annotations

import codecs
import re
import zlib
from dataclasses import dataclass, field
from typing import Protocol

ACCEPT_ENCODING = "gzip, deflate"
"""The codings that can be undone in bounded memory with the standard library."""

_STEP = 65_536
"""Bytes that a decompressor may give at once."""

_TEXT_CODECS = re.compile(
    r"utf-8(-sig)?|utf-16(-[bl]e)?|(iso|koi)8.*|cp\d+|gb(k|2312|18030)|big5.*|shift_jis.*|euc_.*|iso2022.*|mac-.*"
)
"""Codecs of character sets: Python's others (punycode, unicode_escape) are slow or read code."""

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,8}=\s{0,8}["']?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class _Inflater(Protocol):
    """What zlib's decompressors have."""

    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


@dataclass(slots=True)
class Body:
    """Collects a body up to `limit` decoded bytes. `cut` says that it went on, or could not be decoded further."""

    coding: str
    limit: int
    cut: bool = False
    _data: bytearray = field(default_factory=bytearray)
    _inflater: _Inflater | None = None

    def feed(self, data: bytes) -> bool:
        """Take what came from the network; False once nothing more is wanted."""
        if self.coding == "identity":
            self._take(data)
        elif self.coding:
            self._inflate(data)
        else:
            self.cut = True
        return not self.cut

    def finish(self) -> bytes:
        """What was collected, after the last `feed`."""
        if self._inflater is not None and not self._inflater.eof:
            self.cut = True
        return bytes(self._data)

    def _take(self, data: bytes) -> None:
        room = self.limit - len(self._data)
        self._data += data[:room]
        self.cut = self.cut or len(data) > room

    def _inflate(self, data: bytes) -> None:
        inflater = self._inflater or _inflater(self.coding, data)
        self._inflater = inflater
        try:
            while not inflater.eof:
                given = inflater.decompress(data, _STEP)
                self._take(given)
                data = inflater.unconsumed_tail
                if self.cut or (not data and len(given) < _STEP):
                    return
        except zlib.error:
            self.cut = True


def read_coding(content_encoding: str) -> str:
    """The coding to undo: `gzip`, `deflate`, `identity`, or '' for one that we did not ask for."""
    names = [name.strip().lower() for name in content_encoding.split(",") if name.strip()]
    match [name for name in names if name != "identity"]:
        case []:
            return "identity"
        case ["gzip" | "x-gzip"]:
            return "gzip"
        case ["deflate"]:
            return "deflate"
        case _:
            return ""


def decode_text(body: bytes, content_type: str) -> str:
    """The body as text, by byte order mark, header, `<meta charset>`, else UTF-8; undecodable bytes are replaced."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body.decode(codec, errors="replace")
    declared = re.search(r"charset\s{0,8}=\s{0,8}[\"']?([A-Za-z0-9_:.-]{1,40})", content_type, re.IGNORECASE)
    meta = None if declared else _META_CHARSET.search(body[:2048])
    name = declared[1] if declared else meta[1].decode("ascii") if meta else "utf-8"
    return body.decode(_codec(name), errors="replace")


def _codec(name: str) -> str:
    """Python's name of a character set, `utf-8` for an unknown one. The web reads latin-1 as windows-1252."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    if known in ("iso8859-1", "ascii"):
        return "cp1252"
    return known if _TEXT_CODECS.fullmatch(known) else "utf-8"


def _inflater(coding: str, start: bytes) -> _Inflater:
    """A decompressor. `deflate` comes with a zlib header or, against RFC 9110, without one."""
    if coding == "gzip":
        return zlib.decompressobj(zlib.MAX_WBITS | 16)
    zlib_header = len(start) > 1 and start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
