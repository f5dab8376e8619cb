"""Text in lines of a width: paragraphs with a hanging indent, `code`, fenced blocks and lists. Pure; made of parts,
never of markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, chop_cells

from launchready_tui.text import visible
from launchready_tui.tui.render import Part

Line = list[Part]
_ITEM = re.compile(r"^(\s*)([-*•]|\d+\.)\s+")


def styled_words(text: str, tone: str = "") -> list[tuple[str, str]]:
    """Words with their tones; what stands between backticks is code."""
    words: list[tuple[str, str]] = []
    for index, piece in enumerate(re.split(r"`([^`\n]+)`", visible(text, limit=20_000, lines=True))):
        its = "focus" if index % 2 else tone
        if index % 2:
            words.append((piece, its))
            continue
        for match in re.finditer(r"\s+|\S+", piece):
            words.append((" " if match[0].isspace() else match[0], its))
    return words


def wrap(text: str, width: int, tone: str = "", indent: int = 0, first: Sequence[Part] = ()) -> list[Line]:
    """A paragraph in lines: the first begins with `first` (of `indent` cells), the others are indented."""
    width = max(8, width)
    pad: Line = [" " * indent] if indent else []
    lines: list[Line] = [[*(first or pad)]]
    used = indent
    for word, its in styled_words(text, tone):
        cells = cell_len(word)
        if word == " ":
            if used > indent and used < width:
                lines[-1].append((" ", its))
                used += 1
            continue
        if used + cells > width and used > indent:
            lines.append([*pad])
            used = indent
        pieces = [word] if cells <= width - indent else chop_cells(word, max(1, width - indent))
        for number, piece in enumerate(pieces):
            if number:
                lines.append([*pad])
                used = indent
            lines[-1].append((piece, its))
            used += cell_len(piece)
    return lines


def block(
    text: str, width: int, tone: str = "", indent: int = 0, first: Sequence[Part] = (), bar: str = "│"
) -> list[Line]:
    """A text of the runbook: paragraphs are reflowed, fenced blocks keep their lines, lists their hanging indent."""
    lines: list[Line] = []
    paragraph: list[str] = []
    fenced = False
    lead: Sequence[Part] = first

    def flush() -> None:
        nonlocal lead
        if not paragraph:
            return
        joined = " ".join(part.strip() for part in paragraph)
        item = _ITEM.match(paragraph[0])
        if item:
            sign = item[2] if item[2][0].isdigit() else "•" if bar == "│" else "*"
            start: list[Part] = [*(lead or ([" " * indent] if indent else [])), f"{sign} "]
            lines.extend(wrap(joined[len(item[0].strip()) :].strip(), width, tone, indent + len(sign) + 1, start))
        else:
            lines.extend(wrap(joined, width, tone, indent, lead))
        lead = ()
        paragraph.clear()

    for raw in text.strip().splitlines():
        if raw.lstrip().startswith("```"):
            flush()
            fenced = not fenced
        elif fenced:
            shown = visible(raw.rstrip(), limit=2_000)
            for piece in chop_cells(shown, max(8, width - indent - 2)) or [""]:
                lines.append([*(lead or ([" " * indent] if indent else [])), (f"{bar} ", "muted"), (piece, "focus")])
                lead = ()
        elif not raw.strip():
            flush()
            if lines and not lead:
                lines.append([])
        else:
            if _ITEM.match(raw):
                flush()
            paragraph.append(raw)
    flush()
    while lines and not lines[-1]:
        lines.pop()
    return lines


def together(lines: Iterable[Line]) -> list[Part]:
    """Lines as the parts of one text."""
    parts: list[Part] = []
    for line in lines:
        parts += [*line, "\n"]
    return parts[:-1]
