"""The visual language: states, severities, ages and clocks as glyph, word and tone, and the only way that outside
text reaches a widget.

Two kinds of styled text leave this module: `Content` for every widget but tables and trees, `rich.text.Text` for the
cells of
`DataTable` and the labels of `Tree`. Both are built from parts, never from markup, and every part went through
`text.visible`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.color import Color, ColorParseError
from textual.content import Content

from launchready_tui.model.board import BarState, GateVerdict, Standing
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Severity, Verdict
from launchready_tui.text import span, visible
from launchready_tui.tui.signs import ASCII, UNICODE, URGENCY, Glyphs, Mark

Part = str | tuple[str, str]
"""A string, or a string with its tone: words of `TONES`, `bold`, `dim`, `italic`, `underline`, `strike`, `reverse`."""

TONES: Mapping[str, str] = {
    "plain": "foreground",
    "muted": "text-muted",
    "faint": "text-disabled",
    "pass": "text-success",
    "warn": "text-warning",
    "fail": "text-error",
    "unknown": "text-primary",
    "focus": "text-primary",
    "person": "text-accent",
    "waived": "text-secondary",
}
"""What a tone is called in a theme."""

_ATTRIBUTES = ("bold", "dim", "italic", "underline", "strike", "reverse")


def mark_of(row: Standing, running: bool = False) -> Mark:
    """The state that is shown for one check and subject."""
    if running:
        return Mark.RUNNING
    if row.is_waived:
        return Mark.WAIVED
    verdict = row.verdict
    if row.needs_person:
        return {Kind.DRILL: Mark.DRILL, Kind.IMPORT: Mark.IMPORT}.get(row.entry.kind, Mark.ATTEST)
    if row.stale and verdict in (Verdict.PASS, Verdict.WARN):
        return Mark.STALE
    return mark_of_verdict(verdict)


_VERDICT_MARKS = {
    Verdict.PASS: Mark.PASS,
    Verdict.WARN: Mark.WARN,
    Verdict.FAIL: Mark.FAIL,
    Verdict.UNKNOWN: Mark.UNKNOWN,
    Verdict.NOT_APPLICABLE: Mark.NOT_APPLICABLE,
    Verdict.NOT_RUN: Mark.NOT_RUN,
    Verdict.ERROR: Mark.ERROR,
}


def mark_of_verdict(verdict: Verdict) -> Mark:
    """The state of a bare verdict, as in a history."""
    return _VERDICT_MARKS[verdict]


def mark_of_bar(state: BarState) -> Mark:
    """The state of a line of the gate."""
    return {
        BarState.PASS: Mark.PASS,
        BarState.ATTESTED: Mark.ATTESTED,
        BarState.WAIVED: Mark.WAIVED,
        BarState.STALE: Mark.STALE,
        BarState.NOT_RUN: Mark.NOT_RUN,
        BarState.UNKNOWN: Mark.UNKNOWN,
        BarState.FAIL: Mark.FAIL,
    }[state]


def gate_tone(verdict: GateVerdict) -> str:
    """The tone of what the gate says."""
    return {GateVerdict.GO: "bold pass", GateVerdict.GO_WITH_ACCEPTED_RISKS: "bold warn"}.get(verdict, "bold fail")


def severity_word(severity: Severity) -> str:
    """`BLOCKER` in capitals, the others as they are."""
    return "BLOCKER" if severity is Severity.BLOCKER else severity.value


def severity_tone(severity: Severity) -> str:
    """Loud only about blockers."""
    return {Severity.BLOCKER: "bold fail", Severity.HIGH: "warn"}.get(severity, "muted")


def age(at: datetime, now: datetime) -> str:
    """How long ago, in words: `just now`, `2 min ago`, `3 days ago`."""
    seconds = (now - at).total_seconds()
    return "just now" if seconds < 10 else f"{span(seconds)} ago"


def short_age(at: datetime, now: datetime) -> str:
    """How long ago, in at most four cells: `now`, `40s`, `2m`, `3h`, `9d`."""
    seconds = max(0, int((now - at).total_seconds()))
    for unit, size, below in (("s", 1, 90), ("m", 60, 90 * 60), ("h", 3600, 48 * 3600)):
        if seconds < below:
            return "now" if seconds < 10 else f"{seconds // size}{unit}"
    return f"{min(seconds // 86_400, 999)}d"


def moment(at: datetime) -> str:
    """An exact time in local time: `24 Nov 14:02`."""
    return f"{at.astimezone():%d %b %H:%M}"


def hours(seconds: float) -> str:
    """A clock in hours and minutes: `0:41`, `46:12`."""
    minutes = max(0, int(seconds // 60))
    return f"{minutes // 60}:{minutes % 60:02}"


def stopwatch(seconds: float) -> str:
    """A clock in minutes and seconds: `06:41`."""
    whole = max(0, int(seconds))
    return f"{whole // 60:02}:{whole % 60:02}"


def minutes(count: float) -> str:
    """An effort: `10 min`, `1 h 15 min`."""
    return span(count * 60) if count >= 2 else f"{count:.0f} min"


def fill(template: str, values: Mapping[str, str]) -> str:
    """A text of the runbook with its placeholders filled; a placeholder without a value stays as it is."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template


def reflow(text: str) -> str:
    """A text of the runbook with its hard line breaks undone; paragraphs, code fences and lists stay."""
    out: list[str] = []
    fenced = False
    for line in text.strip().splitlines():
        opens = line.lstrip().startswith("```")
        joins = not (
            fenced
            or opens
            or not line.strip()
            or line[:1] in " -*|#"
            or not out
            or not out[-1].strip()
            or out[-1].startswith("```")
        )
        if joins:
            out[-1] += f" {line.strip()}"
        else:
            out.append(line)
        fenced ^= opens
    return "\n".join(out)


class Ink:
    """Builds styled text for one theme and one set of glyphs. The app holds it as `app.ink`; it is made anew when the
    theme changes.
    """

    def __init__(self, glyphs: Glyphs, variables: Mapping[str, str]) -> None:
        self.glyphs = glyphs
        self._variables = variables
        self._styles: dict[str, Style] = {}

    # ------------------------------------------------------------------------------------------------- Content

    def line(self, *parts: Part | Content, limit: int = 4_000, lines: bool = False) -> Content:
        """Content for any widget but tables and trees."""
        return Content.assemble(*(part if isinstance(part, Content) else _styled(part, limit, lines) for part in parts))

    def state(self, mark: Mark, *, loud: bool = False) -> Content:
        """`✗ fail` in its tone; `loud` for a blocker."""
        return self.line((f"{self.glyphs.marks[mark]} {mark.value}", f"bold {mark.tone}" if loud else mark.tone))

    def sign(self, mark: Mark, *, loud: bool = False) -> Content:
        """Only the glyph, where the word stands near."""
        return self.line((self.glyphs.marks[mark], f"bold {mark.tone}" if loud else mark.tone))

    def severity(self, severity: Severity) -> Content:
        """`BLOCKER`, `high`, `medium`."""
        return self.line((severity_word(severity), severity_tone(severity)))

    def bar(self, fraction: float, width: int, tone: str = "focus") -> Content:
        """A bar that is filled to a fraction."""
        filled = round(max(0.0, min(1.0, fraction)) * width)
        return self.line((self.glyphs.full * filled, tone), (self.glyphs.empty * (width - filled), "faint"))

    # ---------------------------------------------------------------------------------------------------- Text

    def cell(self, *parts: Part, limit: int = 400) -> Text:
        """Text for the cells of a table and the labels of a tree: one line each."""
        text = Text(no_wrap=True, overflow="ellipsis", end="")
        for part in parts:
            words, tone = (part, "") if isinstance(part, str) else part
            text.append(visible(words.replace("\n", " "), limit=limit), self.style(tone) if tone else None)
        return text

    def state_cell(self, mark: Mark, *, loud: bool = False) -> Text:
        """`✗ fail` for a table."""
        return self.cell((f"{self.glyphs.marks[mark]} {mark.value}", f"bold {mark.tone}" if loud else mark.tone))

    def severity_cell(self, severity: Severity) -> Text:
        """`BLOCKER`, `high`, `medium` for a table."""
        return self.cell((severity_word(severity), severity_tone(severity)))

    def style(self, tone: str) -> Style:
        """The rich style of a tone in the present theme."""
        found = self._styles.get(tone)
        if found is None:
            found = Style()
            for word in tone.split():
                found += Style.parse(word) if word in _ATTRIBUTES else Style(color=self._colour(TONES[word]).rich_color)
            self._styles[tone] = found
        return found

    def _colour(self, name: str) -> Color:
        value = self._variables.get(name, "")
        try:
            if value.startswith("auto"):
                back, fore = Color.parse(self._variables["background"]), Color.parse(self._variables["foreground"])
                return fore if fore.ansi is not None else back.blend(fore, float(value.split()[1].rstrip("%")) / 100)
            return Color.parse(value)
        except (ColorParseError, KeyError, IndexError, ValueError):
            return Color.parse("ansi_default")


def _styled(part: Part, limit: int, lines: bool) -> Content:
    words, tone = (part, "") if isinstance(part, str) else part
    return Content.styled(visible(words, limit=limit, lines=lines), css(tone))


def css(tone: str) -> str:
    """A tone as a style of Content."""
    return " ".join(word if word in _ATTRIBUTES else f"${TONES[word]}" for word in tone.split())


def plain(text: str, *, limit: int = 4_000, lines: bool = False) -> Content:
    """Outside text as Content without style."""
    return Content(visible(text, limit=limit, lines=lines))


def said(text: str, *, limit: int = 600) -> str:
    """Outside text as a string, for `notify(…, markup=False)` and the titles of toasts."""
    return visible(text, limit=limit, lines=True)


def fit(text: str, cells: int, ellipsis: str) -> str:
    """The text in exactly so many cells, with an ellipsis where it was cut."""
    if cells <= 0:
        return ""
    if cell_len(text) <= cells:
        return set_cell_size(text, cells)
    return set_cell_size(set_cell_size(text, cells - 1).rstrip() + ellipsis, cells)


__all__ = [
    "ASCII",
    "TONES",
    "UNICODE",
    "URGENCY",
    "Glyphs",
    "Ink",
    "Mark",
    "Part",
    "age",
    "css",
    "fill",
    "fit",
    "gate_tone",
    "hours",
    "mark_of",
    "mark_of_bar",
    "mark_of_verdict",
    "minutes",
    "moment",
    "plain",
    "reflow",
    "said",
    "severity_tone",
    "severity_word",
    "short_age",
    "stopwatch",
]
