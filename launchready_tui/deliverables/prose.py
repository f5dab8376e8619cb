"""The runbook's texts as blocks.

They are Markdown of the plainest kind: paragraphs, headings (a line in bold), lists, inline code and fenced code.
Everything else (HTML, links, images) stays the text that it is, so that a host name which was filled in cannot bring
markup along.
"""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from launchready_tui.deliverables.blocks import Block, Bullets, Code, CodeBlock, Line, Paragraph, Span, Text

_READER = MarkdownIt("zero", {"html": False}).enable(["list", "fence", "backticks", "heading"])


@lru_cache(maxsize=2_000)
def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a text. A code block inside a list item stands after the list."""
    blocks: list[Block] = []
    items: list[Line] = []
    later: list[Block] = []
    depth = 0
    ordered = bold = False
    for token in _READER.parse(text):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                ordered = ordered if depth else token.type == "ordered_list_open"
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
                if not depth:
                    blocks += [Bullets(tuple(items), ordered), *later]
                    items, later = [], []
            case "heading_open":
                bold = True
            case "inline":
                if bold and not depth:
                    blocks.append(Paragraph(tuple(_bold(span) for span in _line(token))))
                    bold = False
                elif depth:
                    items.append(_line(token))
                else:
                    blocks.append(Paragraph(_line(token)))
            case "fence":
                (later if depth else blocks).append(CodeBlock(token.content.rstrip("\n")))
            case _:
                pass
    return tuple(blocks)


def paragraphs(text: str) -> tuple[Block, ...]:
    """What somebody typed, as paragraphs: nothing in it is markup."""
    return tuple(Paragraph((Text(part),)) for part in text.splitlines() if part.strip())


def _bold(span: Span) -> Span:
    return Text(span.text, "strong") if isinstance(span, Text) else span


def _line(inline: Token) -> Line:
    spans: list[Span] = []
    for token in inline.children or ():
        if token.type == "code_inline":
            spans.append(Code(token.content))
        elif token.type in ("softbreak", "hardbreak"):
            spans.append(Text(" "))
        else:
            spans.append(Text(token.content))
    return tuple(spans)
