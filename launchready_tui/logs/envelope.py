"""Takes log lines out of what a container runtime or a log service wrapped around them."""

from __future__ import annotations

from typing import Any

import msgspec

from launchready_tui.logs.layouts import joined

KEYS = ("log", "message", "MESSAGE", "msg", "textPayload", "line")
"""Under which a wrapper keeps the line: Docker, most collectors, the journal, Google Cloud, Loki."""

_decode = msgspec.json.Decoder().decode


def unwrap(block: bytes) -> tuple[bytes, bytes]:
    """The lines within the block's JSON objects, one for each that holds one, and the lines that hold none."""
    inner: list[bytes] = []
    rest: list[bytes] = []
    for line in block.split(b"\n"):
        if not line:
            continue
        text = _within(line)
        if text:
            inner.append(text.replace(b"\n", b" ").rstrip())
        else:
            rest.append(line)
    return joined(inner), joined(rest)


def _within(line: bytes) -> bytes:
    begin = line.find(b"{")
    if begin < 0:
        return b""
    try:
        item: Any = _decode(line[begin:])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return b""
    if not isinstance(item, dict):
        return b""
    text = next((value for key in KEYS if isinstance(value := item.get(key), str) and value.strip()), "")
    return text.encode("utf-8", "surrogatepass")
