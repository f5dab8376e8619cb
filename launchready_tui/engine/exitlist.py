"""The consultant's exit list: every access with the day on which it ends, and what was looked up again. Pure
(CHECKS.md S7.ACC.07).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from launchready_tui.engine.access import title
from launchready_tui.model.journal import State
from launchready_tui.model.records import Grant


class ExitState(StrEnum):
    """Where an access stands on its way out."""

    OVERDUE = "overdue"
    NO_DATE = "no date"
    DATED = "dated"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Exit:
    """One access of somebody who leaves."""

    grant: Grant
    title: str
    state: ExitState


def exit_list(state: State, now: datetime) -> tuple[Exit, ...]:
    """Every access of a consultant, and any other that has a date: what is overdue first, what is gone last."""
    consultants = {person.name for person in state.people if person.role == "consultant"}
    found = [
        Exit(grant, title(grant.area), _state(grant, now))
        for grant in (*state.grants, *state.former)
        if grant.person in consultants or grant.until is not None or grant.gone_at is not None
    ]
    order = list(ExitState)
    return tuple(sorted(found, key=lambda item: (order.index(item.state), item.grant.until or now, item.title)))


def _state(grant: Grant, now: datetime) -> ExitState:
    if not grant.role:
        return ExitState.GONE
    if grant.until is None:
        return ExitState.NO_DATE
    return ExitState.OVERDUE if grant.until < now else ExitState.DATED
