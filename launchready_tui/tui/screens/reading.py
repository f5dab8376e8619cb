"""A Markdown document as it will be read, drawn in one widget in the colours of the theme.

Nothing in it can be clicked or is markup.
"""

from __future__ import annotations

import re
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.padding import Padding
from rich.text import Text
from rich.theme import Theme

from launchready_tui.text import visible
from launchready_tui.tui.render import Ink

LIMIT = 200_000
"""Characters that are shown; the exported file has them all."""

_TONES = {
    "markdown.h1": "bold focus",
    "markdown.h2": "bold focus",
    "markdown.h3": "bold",
    "markdown.h4": "bold",
    "markdown.h5": "bold muted",
    "markdown.h6": "muted",
    "markdown.strong": "bold",
    "markdown.em": "italic",
    "markdown.code": "person",
    "markdown.code_block": "person",
    "markdown.block_quote": "warn",
    "markdown.item.bullet": "muted",
    "markdown.item.number": "muted",
    "markdown.hr": "muted",
    "markdown.link": "focus",
    "markdown.link_url": "muted",
    "markdown.table.border": "muted",
    "markdown.table.header": "bold",
    "markdown.s": "strike",
}


class _LeftHeading(Heading):
    """A heading that begins where the text begins."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        text = self.text.copy()
        text.justify = "left"
        yield text


class _PlainCode(CodeBlock):
    """Code in one colour, on the background of the page."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Padding(Text(str(self.text).rstrip(), style="markdown.code_block"), (0, 0, 0, 2))


class _Readable(Markdown):
    """Our headings, our code."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _PlainCode,
        "code_block": _PlainCode,
    }


class Document:
    """What a `Static` shows for a Markdown text from outside."""

    def __init__(self, markdown: str, ink: Ink) -> None:
        shown = visible(markdown, limit=LIMIT, lines=True).replace("\t", "    ")
        shown = re.sub(r"<br\s*/?>", " · ", shown)
        self._markdown = _Readable(shown, hyperlinks=False)
        self._theme = Theme({name: ink.style(tone) for name, tone in _TONES.items()})

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        with console.use_theme(self._theme):
            yield from console.render(self._markdown, options)
