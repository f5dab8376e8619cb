"""A system of the access map: what it is, where its credential is kept (never the credential), when it renews."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import System
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.areas import AREAS, NOT_USED, area_of, missing, title_of
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, DateField, Field, LinesField, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values

_KNOWN_SECRET = re.compile(
    r"(?:sk|pk|rk)_(?:live|test)_\w{8}|gh[pousr]_\w{20}|github_pat_|AKIA[0-9A-Z]{12}|xox[abprs]-|-----BEGIN|eyJ[\w-]{12,}\.|(?i:pass(?:word|wort)?|secret|token|pin)\s*[:=]\s*\S"
)
_RANDOM = re.compile(r"(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)[\w+=!#$%&*.-]{20,}")


def looks_like_a_secret(text: str) -> bool:
    """Whether a text seems to hold a credential itself instead of the place where it is kept."""
    return bool(_KNOWN_SECRET.search(text) or _RANDOM.search(text))


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
        yield LinesField("note", "Note", system.note, height=2, help="recovery address, which card, what to know")
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
        for field in ("custody", "note", "name"):
            if looks_like_a_secret(values[field]):
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
            ),
        )
