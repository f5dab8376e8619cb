"""A second look at the product: what is new is shown and asked about; nothing that a person wrote is taken away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from launchready_tui.model.product import Product
from launchready_tui.model.records import System
from launchready_tui.text import plural
from launchready_tui.tui.screens.looking import Looking, Tell, Told

if TYPE_CHECKING:
    from launchready_tui.engine.discovery import Part, Proposal

MOST_GONE = 4
"""How many hosts that were not seen again are named."""


async def look(product: Product, tell: Tell) -> Proposal:
    """Look at the product as any visitor would."""
    from launchready_tui.engine.discovery import discover
    from launchready_tui.engine.firstlook import discovery_door

    async with discovery_door(product) as door:
        return await discover(product, door, tell)


class Rediscovery(Looking["Proposal | tuple[Part, ...]"]):
    """Closes with the parts that were confirmed; None after esc, or where nothing is new."""

    CSS_PATH = "rediscovery.tcss"
    HELP = """
# Looking again

What is looked at appears in bold, what was seen below it. Then you choose what is right: `space` takes a line out
or in, `ctrl+s` records the chosen ones, `esc` records nothing. Your profile keeps every line and comment; what is new
is written below it. A host that was not seen is only told: it stays in the profile.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "record", "record", priority=True, id="look.record", tooltip="Record the chosen lines"),
    ]

    def __init__(self, product: Product, known: Iterable[System]) -> None:
        super().__init__(f"Looking again at {product.domain}", self._again, "The product could not be looked at")
        self._product = product
        self._known = tuple(known)
        self._parts: tuple[Part, ...] = ()

    async def _again(self, tell: Tell) -> Proposal:
        return await look(self._product, tell)

    def compose(self) -> ComposeResult:
        """The sequence, how it stands, and later what is new."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self.ink.line(self._title)
            dialog.border_subtitle = self.ink.line("esc ends it")
            yield Told()
            yield Static(self.ink.line(("Looking …", "muted")), id="standing")
            choice: SelectionList[int] = SelectionList(id="parts")
            choice.display = False
            yield choice

    def finished(self, found: Proposal | tuple[Part, ...]) -> None:
        """Ask about what is new."""
        from launchready_tui.engine.discovery import Proposal, compare, parts

        assert isinstance(found, Proposal)
        difference = compare(self._product, self._known, found)
        self._parts = parts(self._product, difference)
        count = len(self._parts)
        head = f"{plural(count, 'thing')} that the engagement does not know yet:" if count else "Nothing new was seen."
        more = len(difference.gone) - MOST_GONE
        gone = [*difference.gone[:MOST_GONE], *([f"and {more} more"] if more > 0 else [])]
        told = f"\nIn the profile, and it stays there: {'; '.join(gone)}" if gone else ""
        self.query_one("#standing", Static).update(self.ink.line((head, "bold"), (told, "muted"), lines=True))
        dialog = self.query_one(".dialog")
        dialog.border_subtitle = self.ink.line(
            "space in or out · ctrl+s records them · esc records nothing" if count else "esc closes"
        )
        if count:
            choice = self.query_one("#parts", SelectionList)
            choice.add_options(
                [
                    Selection(self.ink.line(part.words), number, initial_state=True)
                    for number, part in enumerate(self._parts)
                ]
            )
            choice.display = True
            choice.highlighted = 0
            choice.focus()

    def action_record(self) -> None:
        """Close with what is chosen."""
        chosen = set(self.query_one("#parts", SelectionList).selected)
        found = tuple(part for number, part in enumerate(self._parts) if number in chosen)
        if found:
            self.dismiss(found)
        else:
            self.launch.say("Nothing is chosen. esc closes.", severity="warning")
