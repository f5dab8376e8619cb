"""What was recorded, in one sentence: for toasts, the log, undo, `status --changes`, and the journal of documents."""

from __future__ import annotations

from launchready_tui.model.optimization import spread
from launchready_tui.model.records import (
    Attestation,
    Authorization,
    Change,
    ClockMark,
    Decision,
    Drill,
    Grant,
    Measurement,
    Note,
    Ownership,
    Payload,
    Person,
    ProductText,
    Redo,
    SignOff,
    System,
    Undo,
    Waiver,
)
from launchready_tui.model.runbook import Runbook
from launchready_tui.text import one_line, plural, span
from launchready_tui.words.figures import day

LIMIT = 200
"""Characters of a record. Long texts stay in their own lists."""


def describe(payload: Payload, runbook: Runbook | None = None) -> str:
    """The record as a sentence without full stop."""

    def claim(check: str, subject: str) -> str:
        entry = runbook.entry(check) if runbook else None
        words = f"“{entry.claim}”" if entry else check
        return f"{words} for {one_line(subject, 60)}" if subject else words

    match payload:
        case ProductText():
            text = "the product profile was saved"
        case Person(name=name, removed=True):
            text = f"{name} left the access map"
        case Person(name=name, role=role):
            text = f"{name} takes part as {role}"
        case System(area=area, removed=True):
            text = f"{area} left the access map"
        case System(area=area, name=name):
            text = f"system {area}: {name or 'no name yet'}"
        case Grant(area=area, person=person, role=""):
            text = f"{person} no longer has access to {area}"
        case Grant(area=area, person=person, role=role, pays=pays):
            text = f"{person} is {role} of {area}{' and pays for it' if pays else ''}"
        case Attestation(check=check, subject=subject, holds=holds, by=by):
            text = f"{by} attests that {claim(check, subject)} {'holds' if holds else 'does not hold'}"
        case Decision(title=title, choice=choice, who=who):
            text = f"decision of {who}: {title} → {choice}"
        case Waiver(check=check, subject=subject, who=who, until=until):
            text = f"{who} accepts the risk of {claim(check, subject)} until {day(until)}"
        case Ownership(check=check, subject=subject, owner=""):
            text = f"nobody owns {claim(check, subject)}"
        case Ownership(check=check, subject=subject, owner=owner, due=due):
            text = f"{owner} owns {claim(check, subject)}{f', due {due}' if due else ''}"
        case Note(check=check, subject=subject, text=words):
            text = f"note{f' on {claim(check, subject)}' if check else ''}: {words}"
        case Authorization(host=host, levels=levels, who=who):
            where = "every host of the profile" if host == "*" else host
            text = f"{who} authorizes {' and '.join(levels)} checks of {where}"
        case Drill(check=check, by=by, seconds=seconds, completed=completed, steps=steps):
            end = "took" if completed else "gave up after"
            text = f"{by} drilled {claim(check, '')}: {end} {span(seconds)}, {plural(len(steps), 'step')}"
        case ClockMark(action="pause", reason=reason):
            text = f"the clock is paused: {reason}"
        case ClockMark(action="stage", stage=stage):
            text = f"work moved to stage {stage}"
        case ClockMark(action=action):
            text = f"the clock was {action}{'ed' if action == 'start' else 'd'}"
        case SignOff(by=by, role=role, verdict=verdict):
            text = f"{by} signed as {role} at {verdict}"
        case Change(title=title, endpoint=endpoint, commit=commit):
            text = f"change to {endpoint}: {title}{f', commit {commit[:12]}' if commit else ''}"
        case Measurement(change=change, phase=phase, samples_ms=samples):
            text = f"measured {phase} change {change}: {spread(samples)} of {plural(len(samples), 'sample')}"
        case Undo(target=target):
            text = f"record {target} was taken back"
        case Redo(target=target):
            text = f"record {target} counts again"
        case _:
            text = payload.kind
    return one_line(text, LIMIT)
