"""The journal as people read it: one entry a record, with its kind, its words and its detail. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from textual.content import Content

from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import counting
from launchready_tui.model.records import Decision, Record, Redo, Undo
from launchready_tui.text import one_line, span
from launchready_tui.tui import render
from launchready_tui.tui.render import Ink, Part
from launchready_tui.tui.widgets.lines import fit
from launchready_tui.words.records import describe

KINDS = (
    ("all", "All"),
    ("decision", "Decisions"),
    ("waiver", "Waivers"),
    ("attestation", "Attestations"),
    ("drill", "Drills"),
    ("note", "Notes"),
    ("authorization", "Authorizations"),
    ("sign-off", "Sign-offs"),
    ("other", "Other"),
)
"""The kinds by which the log is filtered."""

_NAMED = frozenset(name for name, _ in KINDS)

TONES = {
    "decision": "focus",
    "waiver": "waived",
    "attestation": "person",
    "drill": "person",
    "sign-off": "pass",
    "authorization": "warn",
}

EMPTY = {
    "all": "Nothing recorded yet. `d` records a decision: what you chose, why, who.",
    "decision": "No decision yet. `d` records one: what you chose, what else was possible, why, who.",
    "waiver": "No risk was accepted. `w` on a failing check accepts it: who, why, until when.",
    "attestation": "Nobody answered yet. `a` on a check with ✎ records what no program can see.",
    "drill": "Nothing was tried against the clock yet. `t` on a drill starts the stopwatch.",
    "note": "No note yet. `e` on a check writes one.",
    "authorization": "Nobody allowed more than looking. `A` records the permission to go further.",
    "sign-off": "Nobody signed yet. `G`, then `S` signs the gate as it stands.",
    "other": "Nothing else was recorded: no people, systems, owners, or changes of the profile.",
}
"""What an empty part teaches."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as the log shows it."""

    record: Record
    kind: str
    words: str
    undone: bool
    superseded_by: int = 0

    @property
    def part(self) -> str:
        """The part of the log that it belongs to."""
        return self.kind if self.kind in _NAMED else "other"


def entries(snapshot: Snapshot) -> list[Entry]:
    """Everything that was recorded, the newest first. Undo and redo show in what they struck out, not as lines."""
    counts = {record.number for record in counting(snapshot.records)}
    by = {
        record.payload.supersedes: record.number
        for record in snapshot.state.decisions
        if isinstance(record.payload, Decision) and record.payload.supersedes
    }
    return [
        Entry(r, r.payload.kind, describe(r.payload, snapshot.runbook), r.number not in counts, by.get(r.number, 0))
        for r in reversed(snapshot.records)
        if not isinstance(r.payload, (Undo, Redo))
    ]


def matches(entry: Entry, part: str, text: str) -> bool:
    """Whether an entry belongs to a part and contains every word of the text."""
    if part not in ("all", entry.part):
        return False
    haystack = f"{entry.words} {entry.kind} {entry.record.payload!r}".casefold() if text else ""
    return all(word in haystack for word in text.casefold().split())


def line(ink: Ink, entry: Entry, now: datetime, room: int) -> Content:
    """An entry on one line."""
    gone = "strike muted" if entry.undone else "muted" if entry.superseded_by else "plain"
    kind = "muted" if entry.undone else TONES.get(entry.kind, "muted")
    mark = "taken back" if entry.undone else "superseded" if entry.superseded_by else ""
    rest = max(10, room - 5 - 15 - (12 if mark else 0) - 6)
    words = entry.words[:1].upper() + entry.words[1:]
    return ink.line(
        (fit(str(entry.record.number), 4, right=True) + " ", "muted"),
        (fit(entry.kind, 15), kind),
        (
            fit(words, rest, ink.glyphs.ellipsis).rstrip() if entry.undone else fit(words, rest, ink.glyphs.ellipsis),
            gone,
        ),
        (" " * max(0, rest - len(fit(words, rest).rstrip())) if entry.undone else "", "plain"),
        (f"  {mark}" if mark else "", "warn" if entry.superseded_by and not entry.undone else "muted"),
        ("  " + fit(render.short_age(entry.record.at, now), 4, right=True), "muted"),
    )


def detail(ink: Ink, entry: Entry, snapshot: Snapshot) -> Content:
    """An entry in full: every field that says something."""
    record = entry.record
    parts: list[Part | Content] = [(f"{entry.kind} {record.number}", f"bold {TONES.get(entry.kind, 'plain')}")]
    parts.append((f"   {render.age(record.at, snapshot.now)}, {render.moment(record.at)}\n", "muted"))
    if entry.undone:
        parts.append(("Taken back: it no longer counts, and stays readable.\n", "warn"))
    if entry.superseded_by:
        parts.append((f"Superseded by decision {entry.superseded_by}.\n", "warn"))
    check = getattr(record.payload, "check", "")
    claim = snapshot.runbook.entry(check) if check else None
    if claim is not None:
        parts += [(claim.claim, "bold"), (f"  {claim.id}\n", "muted")]
    parts.append("\n")
    for field in fields(record.payload):
        value = _value(field.name, getattr(record.payload, field.name))
        if value and not (field.name == "check" and claim is not None):
            parts += [(f"{_label(field.name)}  ", "muted"), f"{value}\n"]
    parts.append((f"\nhash {record.hash[:16]}", "muted"))
    if entry.kind == "decision" and not entry.undone and not entry.superseded_by:
        parts.append(("   enter records what replaces it", "muted"))
    return ink.line(*parts, lines=True, limit=20_000)


def _label(name: str) -> str:
    return {"by": "by", "toml": "profile", "proof_sha256": "sha256", "expires_at": "valid until", "holds": "holds"}.get(
        name, name.replace("_", " ")
    )


def _value(name: str, value: Any) -> str:
    if value in ("", None, 0, ()) and value is not False:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return render.moment(value)
    if name == "seconds":
        return span(float(value))
    if name == "steps":
        return "".join(f"\n  {render.stopwatch(step.seconds)}  {one_line(step.text)}" for step in value)
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if name == "toml":
        return f"{len(str(value).splitlines())} lines"
    return str(value)


__all__ = ["EMPTY", "KINDS", "Entry", "detail", "entries", "line", "matches"]
