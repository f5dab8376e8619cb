"""What is typed or timed and no record yet, as remarks of the engagement file, and back. Pure.

A remark that makes no sense (another version wrote it, or somebody's editor did) is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from launchready_tui.engine.credentials import looks_like_a_secret
from launchready_tui.engine.keptdrill import DRILL, KEPT, MOST_SECONDS, KeptDrill, key, to_text
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.stopwatch import Seconds, Stopwatch

T = TypeVar("T")

MOST_TEXT = 200_000
"""Characters of a field: more cannot become a record, and are not kept."""

_FORM, _DRILL, _ASKED = "form", DRILL, "asked"


def to_remarks(drafts: Drafts) -> dict[str, str]:
    """Everything that would be lost, by key. Passing fields, and what looks like a secret, are left out."""
    found: dict[str, str] = {}
    for (form, subject), values in drafts.lasting():
        safe = {name: text for name, text in values.items() if len(text) <= MOST_TEXT and not looks_like_a_secret(text)}
        if any(safe.values()):
            found[key(_FORM, form, subject)] = json.dumps(safe)
    for check, watch in drafts.stopwatches.items():
        if not watch.is_handed_in and (watch.is_started or watch.by or watch.witness or watch.notes):
            found[key(_DRILL, check)] = to_text(_kept(watch))
    if drafts.asked:
        found[key(_ASKED)] = json.dumps(drafts.asked)
    return found


def from_remarks(remarks: Mapping[str, str], now: datetime, clock: Seconds) -> Drafts:
    """The drafts that were kept; a stopwatch that was running has run on until `now`."""
    drafts = Drafts()
    for name, value in remarks.items():
        match _parts(name):
            case [what, str(form), str(subject)] if what == _FORM:
                values = _read(value, dict[str, str])
                if values:
                    drafts.keep((form, subject), values)
            case [what, str(check)] if what == _DRILL:
                kept = _read(value, KeptDrill)
                if kept is not None and kept.is_sound:
                    drafts.stopwatches[check] = _restored(kept, now, clock)
            case [what] if what == _ASKED:
                drafts.asked.update(_read(value, dict[str, int]) or {})
            case _:
                continue
    return drafts


def changes(before: Mapping[str, str], now: Mapping[str, str], gone: Iterable[str]) -> dict[str, str]:
    """What has to be written: what is new or another, and '' for what may go."""
    return {
        **{key: value for key, value in now.items() if before.get(key) != value},
        **{key: "" for key in gone if key in before and key not in now},
    }


def _kept(watch: Stopwatch) -> KeptDrill:
    notes = tuple(note for note in watch.notes if not looks_like_a_secret(note))
    return KeptDrill(
        watch.begun_at,
        round(watch.seconds, 3) if watch.is_over else None,
        watch.steps,
        tuple(round(mark, 3) for mark in watch.marks),
        notes,
        watch.by,
        watch.witness,
        watch.is_given_up,
    )


def _restored(kept: KeptDrill, now: datetime, clock: Seconds) -> Stopwatch:
    watch = Stopwatch(kept.steps, clock, kept.by, kept.witness, list(kept.notes), list(kept.marks), kept.given_up)
    if kept.begun_at is not None and kept.begun_at.tzinfo is not None:
        passed = min((now - kept.begun_at).total_seconds(), MOST_SECONDS)
        watch.go_on(kept.begun_at, max(0.0, passed, *kept.marks), kept.stopped)
    return watch


def _parts(key: str) -> list[object]:
    try:
        found = json.loads(key.removeprefix(KEPT))
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _read(text: str, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError:
        return None


__all__ = ["KEPT", "MOST_TEXT", "KeptDrill", "changes", "from_remarks", "to_remarks"]
