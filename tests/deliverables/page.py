"""Reads an HTML page as a strict reader would, and says what is wrong with it."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "input", "hr"}
LOADING = {"src", "srcset", "data", "action", "poster", "background", "ping", "xlink:href"}


class Page(HTMLParser):
    """What stands in a page; `problems` are unbalanced tags, double ids, dead links, anything external."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.problems: list[str] = []
        self._open: list[str] = []
        self._text: list[str] = []
        self._style: list[str] = []
        self.feed(html)
        self.close()
        self.problems += [f"not closed: {tag}" for tag in self._open]
        self.problems += [f"double id: {name}" for name in [n for n, count in Counter(self.ids).items() if count > 1]][
            :3
        ]
        ids = set(self.ids)
        self.problems += [
            f"dead link: {link}" for link in self.links if not link.startswith("#") or link[1:] not in ids
        ]
        style = "".join(self._style)
        self.problems += [
            f"style loads something: {word}" for word in ("url(", "@import", "http:", "https:") if word in style
        ]

    @property
    def text(self) -> str:
        """What the page says."""
        return "".join(self._text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        for name, value in attrs:
            self.attributes.append(name)
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")
            if name in LOADING or name.startswith("on"):
                self.problems.append(f"attribute {name} on {tag}")
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form", "img"):
            self.problems.append(f"tag {tag}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.problems.append(f"self-closing {tag}")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.problems.append(f"closed out of order: {tag}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        (self._style if self._open and self._open[-1] == "style" else self._text).append(data)
