"""An idea that came up during the sprint: four questions, then now, after the launch, or never."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from launchready_tui.engine.ideas import QUESTIONS, answer, decision
from launchready_tui.engine.replan import LATER, NEVER, NOW
from launchready_tui.model.board import Snapshot
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, Field, NameField, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values


class IdeaForm(RecordForm):
    """Closes with the decision. The answers to the questions choose; a person may choose otherwise and says why."""

    NAME = "idea"
    HELP: ClassVar[str] = """
# An idea

Good ideas come during the sprint, and each of them costs the hours of another. Whatever reduces neither launch risk nor
support load nor revenue loss nor the time to a diagnosis waits. It is written down, so that nobody has to remember it.
"""

    def __init__(self, snapshot: Snapshot, *, drafts: Drafts | None = None, draft: object = None) -> None:
        super().__init__("An idea", "", snapshot, drafts, draft)
        self._chosen_by_answers = LATER

    def fields(self) -> Iterable[Field]:
        """The idea, the four questions, the answer, who."""
        yield TextField("idea", "Idea", help="in one sentence", needed=True, most=160)
        options = [Option(key, text) for key, text in QUESTIONS.items()]
        yield ChoiceField("yes", "Yes to", options, "", tall=True, several=True, help="space answers yes")
        choices = [Option(NOW, NOW), Option(LATER, LATER), Option(NEVER, NEVER)]
        yield ChoiceField(
            "choice", "So", choices, LATER, help="follows from the answers; choose otherwise with a reason"
        )
        yield TextField("why", "Why", help="needed where you choose otherwise than the answers say", most=400)
        yield NameField("who", "Decided by", self.people, self.drafts.me, needed=True)

    def changed(self, field: Field) -> None:
        """The answers choose, as long as nobody chose otherwise."""
        if field.key != "yes":
            return
        choice = self.field("choice")
        if choice.value == self._chosen_by_answers:
            self._chosen_by_answers = answer(field.value.split(","))
            choice.value = self._chosen_by_answers

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing."""
        wrong: dict[str, str] = {}
        if not values["idea"]:
            wrong["idea"] = "Say what the idea is."
        if not values["choice"]:
            wrong["choice"] = "Choose when."
        elif values["choice"] != answer(values["yes"].split(",")) and values["choice"] != NEVER and not values["why"]:
            wrong["why"] = "The answers say otherwise: say why you choose this all the same."
        if not values["who"]:
            wrong["who"] = "Say who decides."
        return wrong

    def result(self, values: Values) -> Saved:
        """The decision."""
        who = self.name_in(values, "who")
        record = decision(values["idea"], values["yes"].split(","), values["choice"], who, values["why"])
        return self.with_people((who,), record)
