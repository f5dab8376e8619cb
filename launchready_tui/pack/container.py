"""A zip in one fixed form: the same files always give the same headers, and no byte of it is free to be anything else.

Written by hand because verifying needs it: the headers are built a second time from what was read, and compared. The
compressed streams hold bits that nobody reads; the comment of the zip is the SHA-256 of all before the end record.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DATE = 0x0021
"""1 January 1980, the first day that a zip can name."""

_DEFLATED, _VERSION, _UTF8, _UNIX, _MODE = 8, 20, 0x0800, 3, 0o100644 << 16
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the zip, deflated."""

    name: str
    crc: int
    size: int
    deflated: bytes


def deflated(name: str, data: bytes) -> Member:
    """A file ready to be put into a zip."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Member(name, zlib.crc32(data), len(data), squeezer.compress(data) + squeezer.flush())


def zip_bytes(files: Mapping[str, bytes], folder: str) -> bytes:
    """A zip that unpacks into one folder."""
    return container(deflated(f"{folder}/{path}", files[path]) for path in sorted(files))


def container(members: Iterable[Member]) -> bytes:
    """The zip around its members."""
    body, directory, count = bytearray(), bytearray(), 0
    for member in members:
        name = member.name.encode("utf-8", "surrogateescape")
        sizes = (member.crc, len(member.deflated), member.size, len(name), 0)
        place = len(body)
        body += _LOCAL.pack(b"PK\3\4", _VERSION, _UTF8, _DEFLATED, 0, DATE, *sizes) + name + member.deflated
        made_by = _UNIX << 8 | _VERSION
        directory += _CENTRAL.pack(
            b"PK\1\2", made_by, _VERSION, _UTF8, _DEFLATED, 0, DATE, *sizes, 0, 0, 0, _MODE, place
        )
        directory += name
        count += 1
    digest = hashlib.sha256(body + directory).hexdigest().encode()
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), len(body), len(digest))
    return bytes(body + directory + end + digest)


def inflated(member: Member, limit: int) -> bytes | None:
    """The file, None if it is not exactly what its header says or larger than the limit."""
    if member.size > limit:
        return None
    try:
        opener = zlib.decompressobj(-zlib.MAX_WBITS)
        data = opener.decompress(member.deflated, member.size + 1)
    except zlib.error:
        return None
    whole = opener.eof and not opener.unused_data and len(data) == member.size and zlib.crc32(data) == member.crc
    return data if whole else None
