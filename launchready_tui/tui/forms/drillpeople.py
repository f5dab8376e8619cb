"""Who runs a drill and who watches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.tui.forms.attest import needs_witness
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import Field, NameField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.forms.people import newcomers, same_person
from launchready_tui.tui.forms.stopwatch import Stopwatch


class DrillPeopleForm(RecordForm):
    """Who runs the drill and who watches. Writes both into the stopwatch; closes with the people that are new."""

    NAME = "drill-people"
    HELP: ClassVar[str] = """
# Who runs it

A drill proves that *this person* can do it alone. The witness watches, and helps with nothing.
"""

    def __init__(
        self, snapshot: Snapshot, row: Standing, timer: Stopwatch, *, drafts: Drafts | None = None, draft: object = None
    ) -> None:
        super().__init__("Who runs the drill", row.entry.id, snapshot, drafts, draft)
        self.row = row
        self.timer = timer

    def fields(self) -> Iterable[Field]:
        """Two names."""
        needed = needs_witness(self.row)
        about = "watches and does not help" + ("; a blocker needs one" if needed else "; optional")
        yield NameField("by", "Run by", self.people, self.timer.by, help="who does it, alone", needed=True)
        yield NameField("witness", "Witness", self.people, self.timer.witness, help=about, needed=needed)

    def problems(self, values: Values) -> dict[str, str]:
        """A missing name, or the same twice."""
        wrong: dict[str, str] = {}
        if not values["by"]:
            wrong["by"] = "Say who runs it."
        if needs_witness(self.row) and not values["witness"]:
            wrong["witness"] = "A blocker needs a witness: somebody else who watches."
        elif values["witness"] and same_person(values["by"], values["witness"]):
            wrong["witness"] = "The witness must be somebody else than who runs it."
        return wrong

    def result(self, values: Values) -> Saved:
        """The people that are new."""
        self.timer.by, self.timer.witness = self.name_in(values, "by"), self.name_in(values, "witness")
        return newcomers((self.timer.by, self.timer.witness), self.people)
