"""A person of the engagement: name, role, how to reach them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, cast

from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Person, PersonRole
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, Field, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.forms.people import is_new, known_name

ROLES = [Option(role, role) for role in ("founder", "consultant", "backup", "other")]


class PersonForm(RecordForm):
    """Closes with the person. `person` is who is changed, None for a new one."""

    NAME = "person"
    HELP: ClassVar[str] = """
# Somebody who takes part

The **founder** owns the product, the **consultant** leads the sprint, the **backup** gets up at night when the founder
cannot. People are never deleted: taking somebody off the map leaves what they signed.
"""

    def __init__(
        self, snapshot: Snapshot, person: Person | None = None, *, drafts: Drafts | None = None, draft: object = None
    ) -> None:
        super().__init__(
            "A person" if person is None else "Change a person", person.name if person else "", snapshot, drafts, draft
        )
        self.person = person

    def fields(self) -> Iterable[Field]:
        """Name, role, contact; whether somebody known stays on the map."""
        person = self.person or Person("")
        yield TextField(
            "name", "Name", person.name, needed=True, most=80, help="as everybody calls them; it is how they sign"
        )
        yield ChoiceField("role", "Role", ROLES, person.role if self.person else "", needed=True)
        yield TextField("contact", "Contact", person.contact, help="mail or phone, for the night when it matters")
        if self.person is not None:
            options = [Option("yes", "takes part"), Option("no", "off the map", tone="warn")]
            yield ChoiceField("there", "Access map", options, "yes")

    def problems(self, values: Values) -> dict[str, str]:
        """A missing or taken name, no role."""
        wrong: dict[str, str] = {}
        if not values["name"]:
            wrong["name"] = "Type a name."
        elif self.person is None and not is_new(values["name"], self.people):
            wrong["name"] = f"{known_name(values['name'], self.people)} is on the map already."
        elif self.person is not None and values["name"] != self.person.name:
            wrong["name"] = "A name is how somebody signed: add a new person, and take this one off the map."
        if not values["role"]:
            wrong["role"] = "Choose a role."
        return wrong

    def result(self, values: Values) -> Saved:
        """The person."""
        name = self.person.name if self.person else " ".join(values["name"].split())
        return (Person(name, cast(PersonRole, values["role"]), values["contact"], values.get("there") == "no"),)
