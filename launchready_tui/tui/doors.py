"""Which screens and forms there are, imported only when one is opened.

Boards live in `screens/NAME.py` as subclasses of `LaunchScreen` without arguments; forms in `forms/NAME.py` as modal
screens that
dismiss with payloads, or None where nothing is to be recorded. Every form takes the snapshot first, then what it is
about, then
`draft`: what was refused, so that nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, cast

from textual.screen import ModalScreen

from launchready_tui.engine.events import Preview
from launchready_tui.engine.replan import Overrun
from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.records import Payload
from launchready_tui.model.verdicts import Consent
from launchready_tui.tui.base import LaunchScreen

Saved = tuple[Payload, ...]
"""What a form closes with: the records in the order in which they are written."""

Form = ModalScreen[Saved]
Make = Callable[[object], Form]
"""Makes a form; given what was refused, it shows again what was typed."""

BOARDS: dict[str, tuple[str, str]] = {
    "gate": ("screens.gate", "GateScreen"),
    "access": ("screens.access", "AccessScreen"),
    "log": ("screens.log", "LogScreen"),
    "product": ("screens.product", "ProductScreen"),
    "changes": ("screens.changes", "ChangesScreen"),
    "optimizations": ("screens.optimizations", "OptimizationScreen"),
    "load": ("screens.loadtest", "LoadScreen"),
    "handover": ("screens.handover", "HandoverScreen"),
}

FORMS: dict[str, tuple[str, str]] = {
    "attest": ("forms.attest", "AttestForm"),
    "waive": ("forms.waive", "WaiveForm"),
    "decide": ("forms.decide", "DecideForm"),
    "own": ("forms.own", "OwnForm"),
    "note": ("forms.note", "NoteForm"),
    "drill": ("screens.drill", "DrillScreen"),
    "authorize": ("forms.authorize", "AuthorizeForm"),
    "change": ("forms.change", "ChangeForm"),
    "pause": ("forms.pause", "PauseForm"),
    "overrun": ("forms.overrun", "OverrunForm"),
}


class Closed(Exception):
    """The screen of that name does not exist yet."""


def _load(where: tuple[str, str]) -> Callable[..., Any]:
    module, name = where
    try:
        return cast("Callable[..., Any]", getattr(import_module(f"launchready_tui.tui.{module}"), name))
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("launchready_tui.tui."):
            raise Closed(module) from error
        raise
    except AttributeError as error:
        raise Closed(module) from error


def board(name: str) -> LaunchScreen:
    """A new board of that name."""
    return cast(LaunchScreen, _load(BOARDS[name])())


def existing_boards() -> list[type[LaunchScreen]]:
    """The classes of all boards that exist, for the keymap."""
    found = []
    for where in BOARDS.values():
        try:
            found.append(cast("type[LaunchScreen]", _load(where)))
        except Closed:
            continue
    return found


def picker() -> LaunchScreen:
    """The screen that offers engagements to open, and the practice target."""
    return cast(LaunchScreen, _load(("screens.picker", "PickerScreen"))())


def about(name: str, snapshot: Snapshot, row: Standing | Sequence[Standing] | None) -> Make:
    """A form about a check and subject: attest, waive, decide, own, note, drill. Own takes several; decide and note
    may be about nothing.
    """
    form = _load(FORMS[name])
    return lambda draft: cast(Form, form(snapshot, row, draft=draft))


def authorize(
    snapshot: Snapshot,
    hosts: Sequence[str] = (),
    preview: Preview | None = None,
    levels: Sequence[str] = (Consent.ACTIVE,),
) -> Make:
    """The form for an authorization, for these hosts and levels; `preview` says what it is asked for."""
    form = _load(FORMS["authorize"])
    return lambda draft: cast(Form, form(snapshot, tuple(hosts), preview=preview, levels=levels, draft=draft))


def pause(snapshot: Snapshot) -> Make:
    """The form that pauses the sprint clock with a reason."""
    form = _load(FORMS["pause"])
    return lambda draft: cast(Form, form(snapshot, draft=draft))


def overrun(snapshot: Snapshot, over: Overrun | None) -> Make:
    """The form that asks what to drop; None: somebody only looks at the remaining work."""
    form = _load(FORMS["overrun"])
    return lambda draft: cast(Form, form(snapshot, over, draft=draft))
