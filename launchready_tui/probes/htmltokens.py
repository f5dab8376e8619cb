"""Pure: cuts HTML into start tags and text in one pass of linear time.

The standard library's `html.parser` takes quadratic time for unclosed comments and tags in most of the Pythons that we
support (CVE-2025-6069): 5 MiB of `<!--` would stop the program. Pages are hostile, and only start tags and the text of
a few elements are needed. No tree is built, so nesting of any depth costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

MAX_ATTRIBUTES = 200
"""Attributes of one tag that are read."""

MAX_VALUE = 8_192
"""Characters of an attribute value that are kept."""

_TAG_NAME = re.compile(r"[A-Za-z][^\s/>]{0,64}")
_ATTRIBUTE = re.compile(r"[\s/]*([^\s/>=][^\s/>=]*)\s*(=?)")
_SPACE = re.compile(r"\s*")
_UNQUOTED = re.compile(r"[^\s>]*")
_RAW_END = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "xmp", "noembed", "noframes")
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag. Names are in lower case; of a repeated attribute the first counts, as in browsers.

    `text` is what stands inside, of the elements that hold text only: script, style, title, textarea.
    """

    name: str
    attributes: Mapping[str, str]
    text: str = ""


def tags(html: str) -> Iterator[Tag]:
    """The start tags of a document in order. What is left open at its end is dropped, as browsers do."""
    at = html.find("<")
    while at >= 0:
        if html.startswith("<!--", at):
            end = html.find("-->", at + 2)
            at = html.find("<", end + 3) if end >= 0 else -1
            continue
        found = _TAG_NAME.match(html, at + 1)
        if found is None:
            # An end tag, a declaration, or a "<" that stands for itself.
            ends = html[at + 1 : at + 2] in ("/", "!", "?")
            start = html.find(">", at) if ends else at
            at = html.find("<", start + 1) if start >= 0 else -1
            continue
        attributes, after = _attributes(html, found.end())
        if after < 0:
            return
        name, text = found[0].lower(), ""
        if end_tag := _RAW_END.get(name):
            closing = end_tag.search(html, after)
            stop = closing.start() if closing else len(html)
            text, after = html[after:stop], stop
        yield Tag(name, attributes, text)
        at = html.find("<", after)


def plain(text: str) -> str:
    """Text with its character references resolved."""
    try:
        return unescape(text)
    except ValueError:
        # A number of more digits than Python converts.
        return text


def _attributes(html: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes from `at` on and where the tag ends; -1 if it does not."""
    found: dict[str, str] = {}
    if html.startswith(">", at):
        return found, at + 1
    while name := _ATTRIBUTE.match(html, at):
        value, at = _value(html, name.end()) if name[2] else ("", name.end())
        if at < 0:
            return found, -1
        if len(found) < MAX_ATTRIBUTES:
            found.setdefault(name[1][:64].lower(), value)
    end = html.find(">", at)
    return found, end + 1 if end >= 0 else -1


def _value(html: str, at: int) -> tuple[str, int]:
    """An attribute's value from behind its equals sign, and where it ends; -1 if its quote is never closed."""
    space = _SPACE.match(html, at)
    assert space is not None
    at = space.end()
    quote = html[at : at + 1]
    if quote and quote in "\"'":
        end = html.find(quote, at + 1)
        return plain(html[at + 1 : min(end, at + 1 + MAX_VALUE)]), end + 1 if end >= 0 else -1
    bare = _UNQUOTED.match(html, at)
    assert bare is not None
    return plain(bare[0][:MAX_VALUE]), bare.end()
