"""Another moment: as of when the gate is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from launchready_tui.model.board import Snapshot
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import Field, TextField
from launchready_tui.tui.forms.form import Form, Values

_BACK = re.compile(r"^-\s*(\d{1,6})\s*([hdw])[a-z]*$")
HOW = "2026-12-01, 2026-12-01 18:00, -2d, or yesterday"


def parse_moment(text: str, now: datetime) -> datetime:
    """A moment behind us or ahead: what `dates.parse_until` reads, and `-2d`, `-6h`, `yesterday`. Raises
    `ValueError`.
    """
    words = text.strip().lower()
    back = _BACK.match("-1d" if words == "yesterday" else words)
    if back is None:
        return dates.parse_until(words, now)
    unit = {"h": "hours", "d": "days", "w": "weeks"}[back[2]]
    try:
        then = now - timedelta(**{unit: int(back[1])})
    except OverflowError:
        raise ValueError("That is before any calendar.") from None
    return then.astimezone(UTC) if unit == "hours" else dates.parse_until(dates.day(then), now)


class MomentForm(Form[datetime]):
    """Closes with the moment. `first` is what stands in the field at the beginning."""

    NAME = "moment"
    SAVE = "Show"
    HELP: ClassVar[str] = """
# The gate at another moment

What was recorded and seen **until then**, and nothing after it: the gate as the founder saw it on Thursday evening. A
day means its end. A day that is still to come shows what will have run out by then.
"""

    def __init__(self, snapshot: Snapshot, *, first: str = "yesterday", drafts: Drafts | None = None) -> None:
        super().__init__("The gate at another moment", "", drafts)
        self.snapshot = snapshot
        self._text = first

    def fields(self) -> Iterable[Field]:
        """When."""
        yield TextField("at", "As of", self._text, help=HOW, needed=True, most=40, describe=self._meaning)

    @property
    def _now(self) -> datetime:
        return max(self.snapshot.now, self.launch.now())

    def _meaning(self, typed: str) -> str:
        try:
            return dates.spoken(parse_moment(typed, self._now), self._now) if typed.strip() else ""
        except (ValueError, OverflowError):
            return ""

    def problems(self, values: Values) -> dict[str, str]:
        """No date, or before the first record."""
        try:
            moment = parse_moment(values["at"], self._now)
        except (ValueError, OverflowError):
            return {"at": f"That is no moment: write {HOW}."}
        first = self.snapshot.records[0].at if self.snapshot.records else self._now
        if moment < first - timedelta(seconds=1):
            return {"at": f"The engagement began on {dates.minute(first)}: there is nothing before."}
        return {}

    def result(self, values: Values) -> datetime:
        """The moment."""
        return parse_moment(values["at"], self._now)
