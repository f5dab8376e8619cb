"""Which load: users and time, or sessions started a second, or steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from launchready_tui.errors import InputError
from launchready_tui.load.request import LoadRequest
from launchready_tui.model.performance import seconds
from launchready_tui.model.product import Product
from launchready_tui.tui.forms.choice import YES_NO
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, Field, TextField
from launchready_tui.tui.forms.form import Form, Values


class LoadForm(Form[LoadRequest]):
    """Closes with the request."""

    NAME = "load"
    SAVE = "Plan it"
    HELP: ClassVar[str] = """
# Which load

- **Users and time**: that many people at once, each thinking between pages, without a ramp.
- **Rate**: sessions are started on a schedule, whatever the server does; a server that stalls cannot hide.
- Neither: the stages of the runbook, up to the expected peak of the profile.

Nothing is sent yet: the plan comes first.
"""

    def __init__(self, product: Product, *, drafts: Drafts | None = None) -> None:
        super().__init__("Which load", "", drafts)
        self.product = product

    def fields(self) -> Iterable[Field]:
        """Users, time, rate, processes, comparison."""
        yield TextField("users", "Users", "", most=6, help=f"at once; the launch expects {self.product.load.peak}")
        yield TextField("duration", "Time", "", most=8, help="such as 60s or 5m")
        yield TextField("rate", "Rate", "", most=8, help="or: sessions started a second")
        yield TextField("processes", "Processes", "1", most=3, help="generator processes on this machine")
        yield ChoiceField("flood", "Compare", YES_NO, "no", help="afterwards call every route alone")
        yield ChoiceField("burst", "Burst", YES_NO, "no", help="afterwards fifty jobs at once: does the queue drain?")

    def problems(self, values: Values) -> dict[str, str]:
        """What is no number, and what does not go together."""
        wrong: dict[str, str] = {}
        for key in ("users", "processes"):
            if values[key] and not values[key].isdecimal():
                wrong[key] = "That is no whole number."
        if values["duration"] and _time(values["duration"]) < 1:
            wrong["duration"] = "Write 60s or 5m; at least a second."
        if values["rate"] and _number(values["rate"]) <= 0:
            wrong["rate"] = "Write sessions a second, such as 0.5 or 2."
        if not wrong:
            try:
                self.result(values).check()
            except InputError as error:
                wrong["users"] = error.message
        return wrong

    def result(self, values: Values) -> LoadRequest:
        """The request."""
        return LoadRequest(
            users=int(values["users"] or 0),
            duration_s=_time(values["duration"]) if values["duration"] else 0.0,
            rate=_number(values["rate"]) if values["rate"] else 0.0,
            processes=int(values["processes"] or 1),
            flood=values["flood"] == "yes",
            burst=values["burst"] == "yes",
        )


def _time(text: str) -> float:
    try:
        return seconds(text)
    except ValueError:
        return 0.0


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return 0.0
