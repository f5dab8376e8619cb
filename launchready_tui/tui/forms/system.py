"""A system of the access map: what it is, where its credential is kept (never the credential), when it renews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.engine.accessdangers import card_end
from launchready_tui.engine.credentials import looks_like_a_secret
from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import System
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.areas import AREAS, NOT_USED, area_of, missing, title_of
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, DateField, Field, LinesField, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values

LONGEST = 2_000
"""Characters of a field: more than these are not looked through for credentials."""


class SystemForm(RecordForm):
    """Closes with the system. `system` is what is changed, None for a new one; `area` is filled in for a new one."""

    NAME = "system"
    HELP: ClassVar[str] = """
# A system that somebody holds the keys of

Every one of the required areas is filled in, or marked *not used*. Write where the credential is **kept** (which
manager, which vault), and never the credential: this file is copied and mailed.
"""

    def __init__(
        self,
        snapshot: Snapshot,
        system: System | None = None,
        *,
        area: str = "",
        drafts: Drafts | None = None,
        draft: object = None,
    ) -> None:
        area = system.area if system else area
        super().__init__("A system" if system is None else "Change a system", area, snapshot, drafts, draft)
        self.system = system
        self.area = area

    def head(self) -> Iterable[Widget]:
        """Which required areas are still missing."""
        absent = missing(system.area for system in self.snapshot.state.systems)
        if absent and self.system is None:
            named = ", ".join(title_of(area) for area in absent)
            yield self.told((f"Still missing of {len(AREAS)}: ", "muted"), named)

    def fields(self) -> Iterable[Field]:
        """Area, provider, custody, renewal, note."""
        system = self.system or System(self.area)
        names = [title_of(area) for area in missing(other.area for other in self.snapshot.state.systems)] or list(
            AREAS.values()
        )
        yield TextField(
            "area",
            "Area",
            title_of(system.area),
            help="what it is for; right arrow completes",
            offers=names,
            needed=True,
            most=60,
        )
        yield TextField(
            "name",
            "Provider",
            system.name,
            help=f'Namecheap, Stripe, …; "{NOT_USED}" if you do without',
            offers=(NOT_USED,),
            needed=True,
        )
        yield TextField(
            "custody",
            "Kept in",
            system.custody,
            help="1Password/Acme, …: the place, never the credential",
            most=160,
        )
        yield DateField(
            "renewal", "Renews", self.moment, system.renewal, help=f"{dates.HOW}, or any words: monthly", free=True
        )
        yield TextField(
            "recovery", "Recovery", system.recovery, help="the address through which a lost login comes back", most=160
        )
        yield TextField(
            "card", "Card until", system.card_expires, help="the month on the card that pays: 2027-03", most=10
        )
        yield LinesField("note", "Note", system.note, height=2, help="which card, what to know")
        if self.system is not None:
            yield ChoiceField(
                "there", "Access map", [Option("yes", "in use"), Option("no", "off the map", tone="warn")], "yes"
            )

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing, twice there, or too secret."""
        wrong: dict[str, str] = {}
        area = area_of(values["area"])
        if not area:
            wrong["area"] = "Say what it is for."
        elif self.system is not None and area != self.system.area:
            wrong["area"] = "The area stays: add the other one as a system of its own."
        elif self.system is None and any(system.area == area for system in self.snapshot.state.systems):
            wrong["area"] = f"{title_of(area)} is on the map already: change it there."
        if not values["name"]:
            wrong["name"] = f'Say whose it is, or "{NOT_USED}".'
        if values["card"] and card_end(values["card"]) is None:
            wrong["card"] = "Write the month as 2027-03, as it stands on the card."
        for field in ("custody", "note", "name"):
            if len(values[field]) > LONGEST:
                wrong[field] = f"Longer than {LONGEST:,} characters: keep it in a file, and write where that is."
            elif looks_like_a_secret(values[field]):
                wrong[field] = "That looks like a credential. Write where it is kept: this file is copied and mailed."
        return wrong

    def result(self, values: Values) -> Saved:
        """The system."""
        renewal = dates.tidy(values["renewal"], self.moment)
        return (
            System(
                area_of(values["area"]),
                values["name"],
                values["custody"],
                renewal,
                values["note"],
                values.get("there") == "no",
                values["recovery"],
                values["card"],
            ),
        )
