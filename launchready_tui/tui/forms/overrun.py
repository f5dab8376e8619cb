"""The time box of a stage is over: what is dropped, so that the rest fits. Each answer is a decision of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.engine.replan import Overrun, drop, plan, suggested, to_drop
from launchready_tui.model.board import Snapshot
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, Field, NameField, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.render import Part, minutes

NEXT, OFFERED = 3, 8


class OverrunForm(RecordForm):
    """Closes with the decisions. `over` is the stage that took too long, None where somebody only looks at the plan."""

    NAME = "overrun"
    SAVE = "Drop them"
    HELP: ClassVar[str] = """
# What to drop

A sprint has 48 hours. When a stage takes more than its share, something else has to go: **medium first**, then high,
never a blocker. What you drop stays a known issue with its decision; nothing is lost, and nothing turns green by it.

`esc` drops nothing: the question comes back in an hour.
"""

    def __init__(
        self, snapshot: Snapshot, over: Overrun | None, *, drafts: Drafts | None = None, draft: object = None
    ) -> None:
        title = "The time box is over" if over else "What is left to do"
        super().__init__(title, over.stage.id if over else "", snapshot, drafts, draft)
        self.over = over
        self.plan = plan(snapshot)
        self.offered = to_drop(self.plan)[:OFFERED]
        wanted = suggested(self.plan) if over else ()
        self.chosen = tuple(item for item in self.offered if item in wanted)

    def head(self) -> Iterable[Widget]:
        """How late it is, and what comes next."""
        parts: list[Part] = []
        if self.over:
            over = self.over
            parts += [(f"Stage {over.stage.number} ", "plain"), (over.stage.title, "bold")]
            parts.append((f" took {_long(over.spent)} of {_long(over.box)}.\n", "warn"))
        left, needed = self.plan.minutes_left, self.plan.minutes
        tone = "fail" if self.plan.over else "pass"
        parts += [(f"{_long(left)} left of the sprint; {_long(needed)} of work remain", tone)]
        parts += [(f", {_long(self.plan.over)} too much.\n" if self.plan.over else ": it fits.\n", tone)]
        parts.append(("Next by impact: ", "muted"))
        for item in self.plan.work[:NEXT]:
            parts += [f"\n  {item.entry.claim}", (f"  {item.severity.value}, {minutes(item.minutes)}", "muted")]
        yield self.told(*parts)

    def fields(self) -> Iterable[Field]:
        """What goes, who says so, why."""
        options = [
            Option(item.entry.id, f"{minutes(item.minutes)} {item.severity.value}: {item.entry.claim}")
            for item in self.offered
        ]
        chosen = ",".join(item.entry.id for item in self.chosen)
        if options:
            yield ChoiceField(
                "drop", "Drop", options, chosen, tall=True, several=True, help="space takes one in or out",
                describe=self._freed,
            )  # fmt: skip
        yield NameField("who", "Decided by", self.people, self.drafts.me, needed=True)
        yield TextField("why", "Why", "The time box is over; what matters more comes first.", needed=True, most=300)

    def _freed(self, value: str) -> str | tuple[str, str]:
        ids = set(value.split(","))
        freed = sum(item.minutes for item in self.offered if item.entry.id in ids)
        rest = self.plan.over - freed
        if not freed:
            return "nothing is dropped yet"
        fits = "the rest fits" if rest <= 0 else f"still {_long(rest)} too much: ask again for the next ones"
        return (f"{_long(freed)} freed; {fits}", "pass" if rest <= 0 else "warn")

    def problems(self, values: Values) -> dict[str, str]:
        """Nothing chosen, nobody named."""
        wrong: dict[str, str] = {}
        if not values.get("drop"):
            wrong["drop" if self.offered else "who"] = (
                "Choose what to drop with space, or go back with esc."
                if self.offered
                else "Nothing may be dropped: only blockers are left. esc goes back."
            )
        if not values["who"]:
            wrong.setdefault("who", "Say who decides.")
        if not values["why"]:
            wrong["why"] = "Say why: it is what people look for later."
        return wrong

    def result(self, values: Values) -> Saved:
        """A decision for each."""
        ids = set(values["drop"].split(","))
        who = self.name_in(values, "who")
        return self.with_people((who,), *drop((i for i in self.offered if i.entry.id in ids), who, values["why"]))


def _long(minutes_: int) -> str:
    """Hours, also where days would be usual: a sprint is counted in hours."""
    return minutes(minutes_) if minutes_ < 600 else f"{round(minutes_ / 60)} h"
