"""Decision: what was chosen, from what, why, and by whom. It is never changed; a later one replaces it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Decision
from launchready_tui.text import one_line
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, Field, LinesField, NameField, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.render import mark_of, moment


def options_in(text: str) -> tuple[str, ...]:
    """The options that were typed, one a line, without the dashes in front of them and without repetitions."""
    lines = [" ".join(line.strip().lstrip("-*•").split()) for line in text.splitlines()]
    return tuple(dict.fromkeys(line for line in lines if line))


class DecideForm(RecordForm):
    """Closes with the decision."""

    NAME = "decide"
    HELP: ClassVar[str] = """
# A decision

Three weeks from now nobody remembers why. Write what you decided, what else was possible, and why it was this: one
sentence each is enough.

- One **option** a line. The **choice** is one of them.
- A decision is never edited. A new one may *replace* an earlier one; both stay readable.
- A decision about a check that could not be seen lets the gate pass it, where it is not a blocker.
"""

    def __init__(
        self, snapshot: Snapshot, row: Standing | None = None, *, drafts: Drafts | None = None, draft: object = None
    ) -> None:
        super().__init__("Record a decision", row.entry.id if row else "", snapshot, drafts, draft)
        self.row = row

    def head(self) -> Iterable[Widget]:
        """What it is about, if it is about a check."""
        if self.row is not None:
            row = self.row
            yield self.told(
                ("About  ", "muted"),
                self.ink.state(mark_of(row)),
                "  ",
                (row.entry.claim, "bold"),
                (f"  {one_line(row.result.summary, 160)}", "muted"),
            )

    def fields(self) -> Iterable[Field]:
        """What, from what, why, who, instead of what."""
        yield TextField(
            "title",
            "Decision",
            help="the question in a few words: Where does mail come from?",
            needed=True,
            most=160,
        )
        yield LinesField("options", "Options", height=3, help="what was possible, one a line", needed=True)
        yield TextField("choice", "Choice", help="one of the options; right arrow completes", needed=True)
        yield LinesField("why", "Why", height=3, help="what spoke for it, and what you give up", needed=True)
        yield NameField("who", "Decided by", self.people, self.drafts.me, needed=True)
        replaced = self.snapshot.state.superseded()
        standing = [record for record in self.snapshot.state.decisions if record.number not in replaced]
        if standing:
            earlier = [
                Option(
                    str(record.number),
                    payload(record, Decision).title,
                    f"{payload(record, Decision).choice} · {moment(record.at)}",
                )
                for record in reversed(standing)
            ]
            yield ChoiceField("supersedes", "Replaces", [Option("0", "no earlier decision"), *earlier], "0", tall=True)

    def changed(self, field: Field) -> None:
        """The options are offered as choices."""
        choice = self.field("choice")
        if field.key == "options" and isinstance(choice, TextField):
            choice.offer(options_in(field.value))

    def _choice(self, values: Values) -> str:
        choice = " ".join(values["choice"].split())
        return next((option for option in options_in(values["options"]) if option.casefold() == choice.casefold()), "")

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing."""
        wrong: dict[str, str] = {}
        if not values["title"]:
            wrong["title"] = "Say what was decided about."
        if not options_in(values["options"]):
            wrong["options"] = "Write what was possible, one a line; what you chose is one of them."
        if not values["choice"]:
            wrong["choice"] = "Say what was chosen."
        elif "options" not in wrong and not self._choice(values):
            wrong["choice"] = "That is not one of the options above: choose one of them, or add it."
        if not values["why"]:
            wrong["why"] = "Say why: it is what people look for later."
        if not values["who"]:
            wrong["who"] = "Say who decided."
        return wrong

    def result(self, values: Values) -> Saved:
        """The decision."""
        who = self.name_in(values, "who")
        record = Decision(
            title=values["title"],
            options=options_in(values["options"]),
            choice=self._choice(values),
            why=values["why"],
            who=who,
            supersedes=int(values.get("supersedes") or 0),
            topic=self.row.entry.id if self.row else "",
        )
        return self.with_people((who,), record)
