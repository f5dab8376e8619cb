"""Makes values from a profile or from outside safe for the syntax that they are written into.

Two defences, one behind the other: a value is first brought into an alphabet in which none of the syntaxes has a
special character (host names, percent-encoded URLs), and what is left is quoted for the syntax. A value that does not
fit the alphabet gives '' and so no snippet.
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from launchready_tui.checks.reading.names import tidy_name
from launchready_tui.text import one_line

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_QUERY = "=&%/:?@,~+"
"""What stays as it is in a query: with a meaning for URLs, with none for any configuration."""

_TEXT = re.compile(r"[ !#-\[\]-~]{1,2000}")
"""Printable ASCII without the quote and the backslash: what a TXT record holds without any escape."""


def host(name: str) -> str:
    """A host name as it is looked up, with labels that may begin with `_`; '' if it is none, or an address."""
    tidy = tidy_name(name)
    try:
        ascii_name = tidy if tidy.isascii() else tidy.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    good = len(ascii_name) <= 253 and _NAME.fullmatch(ascii_name)
    return ascii_name if good and not address(ascii_name) else ""


def address(text: str) -> str:
    """An IP address in its usual spelling, or the one of a network that has one only; '' if it is none."""
    try:
        network = ipaddress.ip_network(text.strip().strip("[]"), strict=False)
    except ValueError:
        return ""
    return str(network.network_address) if network.num_addresses == 1 else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A URL taken apart: a checked host (with its port), path and query percent-encoded."""

    scheme: str
    host: str
    path: str
    query: str

    @property
    def origin(self) -> str:
        """Scheme and host."""
        return f"{self.scheme}://{self.host}"

    @property
    def page(self) -> str:
        """The URL without its query."""
        return self.origin + self.path

    @property
    def url(self) -> str:
        """The whole URL."""
        return self.page + (f"?{self.query}" if self.query else "")


def place(url: str) -> Place | None:
    """A URL in an alphabet that no configuration reads as syntax, None if it is none of the web."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    literal = address(parts.hostname or "")
    name = host(parts.hostname or "") or (f"[{literal}]" if ":" in literal else literal)
    if parts.scheme not in ("http", "https") or not name:
        return None
    return Place(
        parts.scheme,
        f"{name}:{port}" if port else name,
        _encoded(parts.path or "/", "/"),
        _encoded(parts.query, _QUERY),
    )


def _encoded(text: str, safe: str) -> str:
    """Percent-encoded but for letters, digits, `-._~` and what is safe; what is encoded already is not touched twice.

    Spelled anew from its bytes, so that `%3b` and `;` give the same, and no raw character is left over.
    """
    if "%" in safe:  # in a query `%26` is not `&`: keep valid escapes, encode the rest
        kept = re.split(r"(%[0-9A-Fa-f]{2})", text)
        return "".join(
            part if part[:1] == "%" and len(part) == 3 else quote(part, safe.replace("%", "")) for part in kept
        )
    kept = re.split(r"(%2[Ff])", text)
    return "".join("%2F" if part.upper() == "%2F" else quote(unquote_to_bytes(part), safe) for part in kept)


def decoded(path: str) -> str:
    """A path as nginx compares it; '' if it holds what cannot be written in a line."""
    try:
        text = unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""


def nginx(text: str) -> str:
    """A string of nginx. It has no escape for `$`: only for where no variable is expanded, as in `location`."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def js(value: object, indent: int | None = 2) -> str:
    """JSON, which is a literal of JavaScript too; nothing in it can end a script."""
    return json.dumps(value, indent=indent, ensure_ascii=True).replace("</", "<\\/")


def expression(text: str) -> str:
    """A string of Cloudflare's rule language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def txt(text: str) -> str:
    """The data of a TXT record, in pieces of at most 255 bytes; '' if it needs an escape."""
    if not _TEXT.fullmatch(text):
        return ""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))


def remark(text: str, sign: str = "#") -> str:
    """A comment of one line, ASCII only, so that nothing in it can begin another."""
    return f"{sign} {re.sub(r'[^ -~]', '?', one_line(text, 160))}"
