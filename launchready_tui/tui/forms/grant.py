"""Who can do what in a system: role, bill, second factor, and when somebody last watched them enter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, cast

from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Grant, GrantRole
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.areas import AREAS, area_of, title_of
from launchready_tui.tui.forms.choice import YES_NO, Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, DateField, Field, NameField, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.render import age

NONE = "none"
_FACTOR = {True: "yes", False: "no", None: "unknown"}


class GrantForm(RecordForm):
    """Closes with the grant. `area` and `person` say which cell of the map it is; what is known of it is filled in."""

    NAME = "grant"
    HELP: ClassVar[str] = """
# Who can enter

- **owner** can close the account and hand it on; **admin** can do all that a bad night needs; **backup** can, if they
  have to; **member** cannot.
- *Proven today* means: somebody watched them log in, today. A login that nobody watched is a hope.
- *no access* takes the grant back.
"""

    def __init__(
        self,
        snapshot: Snapshot,
        area: str = "",
        person: str = "",
        *,
        drafts: Drafts | None = None,
        draft: object = None,
    ) -> None:
        super().__init__("Who can enter", f"{area} {person}", snapshot, drafts, draft)
        self.area = area
        self.person = person
        self.known = self._find(area, person)

    def _find(self, area: str, person: str) -> Grant | None:
        return next(
            (grant for grant in self.snapshot.state.grants if (grant.area, grant.person) == (area, person)), None
        )

    def fields(self) -> Iterable[Field]:
        """Which system, who, what they can do there."""
        grant = self.known or Grant(self.area, self.person)
        areas = [title_of(system.area) for system in self.snapshot.state.systems] or list(AREAS.values())
        roles = [
            *(Option(role, role) for role in ("owner", "admin", "backup", "member")),
            Option(NONE, "no access", tone="warn"),
        ]
        yield TextField(
            "area", "System", title_of(self.area), offers=areas, needed=True, most=60, help="right arrow completes"
        )
        yield NameField("person", "Person", self.people, self.person, needed=True)
        yield ChoiceField("role", "Role", roles, grant.role if self.known else "", needed=True)
        yield ChoiceField("pays", "Pays", YES_NO, "yes" if grant.pays else "no", help="the bill goes to their card")
        factor = [Option("yes", "on", tone="pass"), Option("no", "off", tone="fail"), Option("unknown", "not known")]
        yield ChoiceField("factor", "Second factor", factor, _FACTOR[grant.second_factor])
        proven = [
            Option("today", "proven today", tone="pass"),
            Option("keep", "as before"),
            Option("never", "not proven"),
        ]
        yield ChoiceField("proven", "Login", proven, "keep", describe=self._last)

        until = dates.day(grant.until) if grant.until else ""
        yield DateField("until", "Removed by", self.moment, until, help="for whoever leaves: 2026-12-24 or +30d")

    def _last(self, _chosen: str) -> str:
        last = self.known.proven_at if self.known else None
        return f"last watched {age(last, self.moment)}" if last else "nobody watched a login yet"

    def enter_first(self) -> None:
        """The cell of the map is known: on with the role."""
        if self.area and self.person:
            self.field("role").enter()
        else:
            super().enter_first()

    def left(self, field: Field) -> None:
        """Another cell: what is known of it is filled in."""
        if field.key not in ("area", "person"):
            return
        values = self.values()
        known = self._find(area_of(values["area"]), self.name_in(values, "person"))
        if known is not None and known is not self.known:
            self.known = known
            self.field("role").value = known.role
            self.field("pays").value = "yes" if known.pays else "no"
            self.field("factor").value = _FACTOR[known.second_factor]
            self.field("until").value = dates.day(known.until) if known.until else ""
            self.field("proven").say()

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing."""
        wrong: dict[str, str] = {}
        if not area_of(values["area"]):
            wrong["area"] = "Say which system."
        if not values["person"]:
            wrong["person"] = "Say who."
        if not values["role"]:
            wrong["role"] = "Choose what they can do."
        elif values["role"] == NONE and not self._find(area_of(values["area"]), self.name_in(values, "person")):
            wrong["role"] = "They have no access on record: there is nothing to take back."
        try:
            self._until(values)
        except ValueError as error:
            wrong["until"] = str(error)
        return wrong

    def _until(self, values: Values) -> datetime | None:
        before = self.known.until if self.known else None
        if before is not None and values["until"] == dates.day(before):
            return before
        return dates.parse_until(values["until"], self.moment) if values["until"] else None

    def result(self, values: Values) -> Saved:
        """The grant."""
        person = self.name_in(values, "person")
        area = area_of(values["area"])
        before = self._find(area, person)
        proven_at = {"today": self.moment, "keep": before.proven_at if before else None}.get(values["proven"])
        second_factor = {"yes": True, "no": False}.get(values["factor"])
        record = (
            Grant(area, person, "")
            if values["role"] == NONE
            else Grant(
                area,
                person,
                cast(GrantRole, values["role"]),
                values["pays"] == "yes",
                second_factor,
                proven_at,
                self._until(values),
            )
        )
        me = self.drafts.me
        saved = self.with_people((person,), record)
        self.drafts.me = me
        return saved
