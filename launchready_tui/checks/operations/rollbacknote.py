"""The rollback note that is kept in the engagement: can it be followed word by word (S2.RBK.02)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions import KeptNote
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown
from launchready_tui.text import one_line, plural

NOTE = "rollback.note"

_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_PROMPT = re.compile(r"^\s*(?:\$|>|#!)\s+\S|^\s*(?:git|kubectl|fly|heroku|docker|npm|npx|ssh|psql|curl)\s+\S+ ")
_PLACEHOLDER = re.compile(r"<[A-Za-z][A-Za-z0-9 _-]{0,60}>|\b(?:TODO|TBD|FIXME|XXX)\b|\bYOUR[_-][A-Z_]+\b")
_PHONE = re.compile(r"(?<![\w.:/-])\+?\(?\d[\d ()/.-]{5,18}\d(?![\w:])")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[A-Za-z]{2,}")
_TIME = re.compile(r"\b\d+(?:[.,]\d+)?\s*(?:min|mins|minutes?|s|sec|seconds?|h|hours?)\b", re.IGNORECASE)
_SUBJECTS = (
    (
        "trigger",
        r"\btrigger|\broll(?:ing)? ?back (?:when|if)\b"
        r"|\b(?:when|if|as soon as)\b.{0,80}\b(?:error|5xx|500|fail|down|broken|%)",
    ),
    ("database", r"\bdatabase|\bmigrat|\bschema\b|\bdata step"),
    ("decision", r"\bdecid|\bdecision\b|\bmakes the call\b"),
    ("verification", r"\bverif|\bconfirm|\bsmoke\b|\bcheck (?:that|whether)\b|\bis green\b"),
)
_WANTED = {
    "trigger": "the trigger: which figure or message means “roll back”",
    "commands": "the exact commands, each in a code block",
    "database": "the database step, or the sentence that there is none",
    "decision": "who decides",
    "time": "how long it takes",
    "verification": "how to verify that it worked",
    "contact": "whom to call: a telephone number or an address",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a reader at midnight would miss. `part` is its slug, `words` say what is missing and where."""

    part: str
    words: str


def lint(text: str) -> tuple[Gap, ...]:
    """The gaps of a rollback note, missing parts first, then lines that nobody filled in."""
    prose, code, loose, closed = _split(text)
    found = {name for name, pattern in _SUBJECTS if re.search(pattern, prose, re.IGNORECASE)}
    found |= {"commands"} if any(line.strip() for line in code) else set()
    found |= {"time"} if _TIME.search(prose) else set()
    found |= {"contact"} if _has_contact(prose) else set()
    gaps = [Gap(part, f"missing: {words}") for part, words in _WANTED.items() if part not in found]
    if not closed:
        gaps.append(Gap("commands", "a code block is not closed: what follows looks like a command"))
    gaps += [Gap("commands", f"line {at}: a command outside a code block: {one_line(line, 80)}") for at, line in loose]
    for at, line in enumerate(text.splitlines(), 1):
        if (open_one := _PLACEHOLDER.search(line)) is not None and not _MAIL.search(open_one.group()):
            gaps.append(Gap("placeholder", f"line {at}: never filled in: {one_line(open_one.group(), 60)}"))
    return tuple(gaps)


def _split(text: str) -> tuple[str, list[str], list[tuple[int, str]], bool]:
    """Prose, lines in code blocks, lines outside that look like commands, and whether each block is closed."""
    prose: list[str] = []
    code: list[str] = []
    loose: list[tuple[int, str]] = []
    fence = ""
    for at, line in enumerate(text.splitlines(), 1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif fence:
            code.append(line)
        else:
            prose.append(line)
            if _PROMPT.match(line):
                loose.append((at, line))
    return "\n".join(prose), code, loose, not fence


def _has_contact(prose: str) -> bool:
    numbers = (found.group() for found in _PHONE.finditer(prose))
    return bool(_MAIL.search(prose)) or any(
        sum(letter.isdigit() for letter in number) >= 7 and not _DATE.match(number) for number in numbers
    )


@check("rollback.note", over="domain")
async def rollback_note(_: Subject[str], ask: Ask, __: Limits) -> Judgement:
    """The newest note about this check has all seven parts and nothing that was never filled in."""
    note = (await ask(KeptNote(NOTE))).facts
    if not note.record:
        return unknown(
            "no-note",
            "no rollback note is kept in this engagement",
            decide_by="e on this check writes or pastes it, r reads it again; or attest the one that lies elsewhere.",
        )
    gaps = lint(note.text)
    if not gaps:
        return passed(f"all {len(_WANTED)} parts are there and nothing was left open (note {note.record})")
    text = f"{plural(len(gaps), 'gap')}: {gaps[0].words}"
    return failed("gaps", text, details=tuple(gap.words for gap in gaps))
