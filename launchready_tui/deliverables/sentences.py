"""What a record says, in one sentence for the journal. Long texts stay in their own lists."""

from __future__ import annotations

from launchready_tui.deliverables.dates import day
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

LIMIT = 240


def sentence(said: Payload, runbook: Runbook) -> str:
    """The record as a sentence without full stop."""
    return one_line(_sentence(said, runbook), LIMIT)


def _sentence(said: Payload, runbook: Runbook) -> str:
    match said:
        case ProductText():
            return "the product profile was saved"
        case Person(name=name, role=role, removed=removed):
            return f"{name} left the access map" if removed else f"{name} takes part as {role}"
        case System(area=area, name=name, removed=removed):
            return f"{area} left the access map" if removed else f"system {area}: {name or 'no name yet'}"
        case Grant(area=area, person=person, role=role, pays=pays):
            return (
                f"{person} is {role} of {area}{' and pays for it' if pays else ''}"
                if role
                else f"{person} has no more access to {area}"
            )
        case Attestation(check=check, by=by, holds=holds):
            return f"{by} says that “{_claim(check, runbook)}” {'holds' if holds else 'does not hold'}"
        case Decision(title=title, choice=choice, who=who):
            return f"{who} decided about {title}: {choice}"
        case Waiver(check=check, subject=subject, who=who, until=until):
            return f"{who} accepts the risk of “{_claim(check, runbook)}” for {subject} until {day(until)}"
        case Ownership(check=check, owner=owner, due=due):
            return f"{owner or 'nobody'} owns “{_claim(check, runbook)}”{f', due {due}' if due else ''}"
        case Note(check=check, text=text):
            return f"note{f' on “{_claim(check, runbook)}”' if check else ''}: {text}"
        case Authorization(host=host, levels=levels, who=who):
            where = "every host of the profile" if host == "*" else host
            return f"{who} authorizes {' and '.join(levels)} checks of {where}"
        case Drill(check=check, by=by, seconds=seconds, completed=completed):
            return (
                f"{by} drilled “{_claim(check, runbook)}”: {'took' if completed else 'gave up after'} {span(seconds)}"
            )
        case ClockMark(action=action, reason=reason, stage=stage):
            return f"sprint clock: {action}{f' {stage}' if stage else ''}{f', {reason}' if reason else ''}"
        case SignOff(by=by, role=role, verdict=verdict):
            return f"{by} signed as {role} at {verdict}"
        case Change(title=title, endpoint=endpoint, commit=commit):
            return f"change to {endpoint}: {title}{f', commit {commit[:12]}' if commit else ''}"
        case Measurement(change=change, phase=phase, samples_ms=samples):
            return f"measured {phase} change {change}: {plural(len(samples), 'sample')}, {spread(samples)}"
        case Undo(target=target):
            return f"record {target} was taken back"
        case Redo(target=target):
            return f"record {target} counts again"
        case _:
            return said.kind


def _claim(check: str, runbook: Runbook) -> str:
    entry = runbook.entry(check)
    return entry.claim if entry else check
