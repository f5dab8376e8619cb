"""How the boards open forms.

Imported when needed, filled in a worker, and everything that they close with is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.screen import ModalScreen

from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Decision, Payload, PersonRole, Record
from launchready_tui.model.runbook import NotNowCard
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.render import reflow

AnyForm = ModalScreen[Any]
Refused = Payload | None
"""What could not be written: the form that comes back shows it."""

Make = Callable[[Refused], AnyForm]


async def fill(screen: LaunchScreen, make: Make) -> bool:
    """Show a form, inside a worker, and record everything that it closes with; whether anything was recorded.

    What is refused comes back in the form, with everything that was typed.
    """
    app = screen.launch
    refused: Refused = None
    while True:
        answer = await app.push_screen_wait(make(refused))
        payloads: Sequence[Payload] = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
        for number, item in enumerate(payloads, 1):
            if await app.record(item, quiet=number < len(payloads)) is None:
                refused = payloads[-1]
                break
        else:
            await app.keep_typed(finished=True)
            return bool(payloads)
        if app.read_only or app.session is None:
            return False


def sign(snapshot: Snapshot) -> Make:
    """Signs the gate."""
    from launchready_tui.tui.forms.signoff import SignOffForm

    return lambda refused: SignOffForm(snapshot, draft=refused)


def person(snapshot: Snapshot, role: PersonRole | None) -> Make:
    """Adds a person, perhaps with a role that is clear already."""
    from launchready_tui.tui.forms.person import PersonForm
    from launchready_tui.tui.screens.prefilled import PersonWithRole

    if role is None:
        return lambda refused: PersonForm(snapshot, None, draft=refused)
    return lambda refused: PersonWithRole(snapshot, role, refused=refused)


def grant(snapshot: Snapshot, area: str, name: str) -> Make:
    """Says what somebody can do in a system."""
    from launchready_tui.tui.forms.grant import GrantForm

    return lambda refused: GrantForm(snapshot, area, name, draft=refused)


def system(snapshot: Snapshot, area: str) -> Make:
    """Adds or changes a system."""
    from launchready_tui.tui.forms.system import SystemForm

    known = next((system for system in snapshot.state.systems if system.area == area), None)
    return lambda refused: SystemForm(snapshot, known, area=area, draft=refused)


def decide(snapshot: Snapshot) -> Make:
    """Records a decision about nothing in particular."""
    from launchready_tui.tui.forms.decide import DecideForm

    return lambda refused: DecideForm(snapshot, None, draft=refused)


def decide_card(snapshot: Snapshot, card: NotNowCard, earlier: Record | None) -> Make:
    """Records that something waits until after the launch; the card's title is the topic."""
    from launchready_tui.tui.screens.prefilled import DecideAbout

    values = {
        "title": f"{card.title}: now or later?",
        "options": "now\nafter the launch\nnever",
        "choice": "after the launch",
        "why": f"{reflow(card.text)} Look again when: {card.trigger}",
        "supersedes": str(earlier.number if earlier else 0),
    }
    return lambda refused: DecideAbout(snapshot, values, topic=card.title, refused=refused)


def idea(snapshot: Snapshot) -> Make:
    """Asks the four questions of an idea."""
    from launchready_tui.tui.forms.idea import IdeaForm

    return lambda refused: IdeaForm(snapshot, draft=refused)


def supersede(snapshot: Snapshot, record: Record) -> Make:
    """Records a decision that replaces an earlier one, which is filled in."""
    from launchready_tui.tui.screens.prefilled import DecideAbout

    earlier = payload(record, Decision)
    values = {
        "title": earlier.title,
        "options": "\n".join(dict.fromkeys((*earlier.options, earlier.choice))),
        "choice": "",
        "supersedes": str(record.number),
    }
    return lambda refused: DecideAbout(snapshot, values, topic=earlier.topic, refused=refused)
