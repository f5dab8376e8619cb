"""How the boards open forms: imported when needed, filled in a worker, and everything that they close with is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from textual.screen import ModalScreen

from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Decision, Payload, Record
from launchready_tui.tui.base import LaunchScreen

AnyForm = ModalScreen[Any]


async def fill(screen: LaunchScreen, form: AnyForm) -> tuple[Record, ...]:
    """Show a form, inside a worker, and record what it closes with; what was recorded."""
    app = screen.launch
    answer = await app.push_screen_wait(form)
    payloads: Sequence[Payload] = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
    recorded: list[Record] = []
    for payload in payloads:
        record = await app.record(payload)
        if record is None:
            break
        recorded.append(record)
    return tuple(recorded)


def _form(name: str, kind: str) -> Any:
    return getattr(import_module(f"launchready_tui.tui.forms.{name}"), kind)


def sign_form(snapshot: Snapshot, role: str) -> AnyForm:
    """Signs the gate."""
    return _form("signoff", "SignOffForm")(snapshot)


def decide_form(snapshot: Snapshot, draft: Decision | None) -> AnyForm:
    """Records a decision."""
    return _form("decide", "DecideForm")(snapshot, None, draft=draft)
