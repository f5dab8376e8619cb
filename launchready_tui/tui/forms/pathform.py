"""A form that asks for one file: to be read, or to be made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import Field, PathField
from launchready_tui.tui.forms.form import Form, Values
from launchready_tui.tui.forms.paths import expand, file_problem, new_file_problem


class PathForm(Form[Path]):
    """Closes with the path. `new`: of a file that is to be made, and is never overwritten."""

    NAME = "path"
    HELP: ClassVar[str] = """
# A file

`~` is your home folder; the right arrow completes. A file that is to be made never replaces another one.
"""

    def __init__(self, title: str, words: str, *, new: bool, first: str = "", drafts: Drafts | None = None) -> None:
        super().__init__(title, title, drafts)
        self._words = words
        self._new = new
        self._start = first

    def head(self) -> Iterable[Widget]:
        """What the file is for."""
        yield self.told((self._words, "muted"))

    def fields(self) -> Iterable[Field]:
        """The path."""
        yield PathField("path", "File", self._start, help="right arrow completes", needed=True)

    def problems(self, values: Values) -> dict[str, str]:
        """Missing, there already, or unreadable."""
        if not values["path"]:
            return {"path": "Name a file."}
        wrong = (new_file_problem if self._new else file_problem)(values["path"])
        return {"path": wrong} if wrong else {}

    def result(self, values: Values) -> Path:
        """The path."""
        return expand(values["path"]).absolute()
