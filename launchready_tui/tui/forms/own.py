"""Owners: who takes care of one or several checks, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.records import Ownership
from launchready_tui.text import one_line, plural
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import DateField, Field, NameField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.render import Part, mark_of

SHOWN = 6


class OwnForm(RecordForm):
    """Closes with an ownership for each row."""

    NAME = "own"
    HELP: ClassVar[str] = """
# Who takes care of it

One name for each thing that is open: what two people own, nobody does. The date may be a date or any words
(*before the demo*).

An empty owner takes it back.
"""

    def __init__(
        self,
        snapshot: Snapshot,
        rows: Standing | Sequence[Standing],
        *,
        drafts: Drafts | None = None,
        draft: object = None,
    ) -> None:
        self.rows = (rows,) if isinstance(rows, Standing) else tuple(rows)
        about = " ".join(sorted(f"{row.entry.id} {row.result.subject}" for row in self.rows))
        super().__init__("Who takes care of it", about, snapshot, drafts, draft)

    def head(self) -> Iterable[Widget]:
        """What it is about."""
        parts: list[Part] = []
        for row in self.rows[:SHOWN]:
            mark = mark_of(row)
            parts += ["\n"] if parts else []
            parts += [
                (f"{self.ink.glyphs.marks[mark]} {mark.value}", mark.tone),
                f"  {row.entry.claim}",
                (f"  {one_line(row.result.subject, 60)}", "muted"),
            ]
        if len(self.rows) > SHOWN:
            parts.append((f"\nand {len(self.rows) - SHOWN} more", "muted"))
        yield self.told(*parts)

    def fields(self) -> Iterable[Field]:
        """Who and by when."""
        owners = {(row.owner.owner, row.owner.due) if row.owner else ("", "") for row in self.rows}
        owner, due = owners.pop() if len(owners) == 1 else ("", "")
        yield NameField("owner", "Owner", self.people, owner, help="empty takes it back")
        yield DateField("due", "By", self.moment, due, help=f"optional: {dates.HOW}, or any words", free=True)

    def problems(self, values: Values) -> dict[str, str]:
        """A date alone, or nothing at all."""
        if values["owner"]:
            return {}
        if values["due"]:
            return {"owner": "A date needs somebody who keeps it."}
        if not any(row.owner for row in self.rows):
            return {"owner": "Type a name: nobody owns it yet, so there is nothing to take back."}
        return {}

    def result(self, values: Values) -> Saved:
        """An ownership for each row."""
        owner = self.name_in(values, "owner")
        due = dates.tidy(values["due"], self.moment) if owner else ""
        records = [Ownership(row.entry.id, row.result.subject, owner, due) for row in self.rows]
        me = self.drafts.me
        saved = self.with_people((owner,) if owner else (), *records)
        self.drafts.me = me
        return saved

    def changed(self, field: Field) -> None:
        """Say what an empty owner does."""
        if field.key == "owner" and not field.value.strip() and any(row.owner for row in self.rows):
            field.help = f"saving takes it back from {plural(sum(bool(row.owner) for row in self.rows), 'owner')}"
            field.say()
