"""The fields of a form: a label, something to type or choose in, and below it one line of help or of what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.suggester import Suggester, SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from launchready_tui.model.records import Person
from launchready_tui.tui.base import Aware
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.choice import Choice, Option
from launchready_tui.tui.forms.paths import PathSuggester
from launchready_tui.tui.forms.people import listed, new_name_note
from launchready_tui.tui.render import Part, plain

Describe = Callable[[str], str | tuple[str, str]]
"""The line below a field for its value: words, or words and tone. '' shows the help."""


class Field(Aware, Widget):
    """One field. Its `name` is its key in the values of the form."""

    DEFAULT_CSS = """
    Field { layout: horizontal; height: auto; }
    """

    class Changed(Message):
        """What is in the field changed."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class Done(Message):
        """Enter was pressed in the field."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        help: str = "",
        describe: Describe | None = None,
        needed: bool = False,
    ) -> None:
        super().__init__(name=name, id=f"field-{name}")
        self.label = label
        self.key = name
        self.help = help
        self.needed = needed
        self._first = value
        self._describe = describe
        self._problem = ""

    def compose(self) -> ComposeResult:
        """Label, then control and line."""
        yield Static(self.ink.line(self.label, (" *" if self.needed else "", "focus")), classes="label")
        with Vertical(classes="control"):
            yield self.control()
            yield Static(classes="about")

    def on_mount(self) -> None:
        """Show the help."""
        self.say()

    def control(self) -> Widget:
        """What the value is typed or chosen in."""
        raise NotImplementedError

    @property
    def value(self) -> str:
        """What is in the field."""
        raise NotImplementedError

    @value.setter
    def value(self, value: str) -> None:
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """What is wrong with it, as shown beside it."""
        return self._problem

    @problem.setter
    def problem(self, problem: str) -> None:
        self._problem = problem
        self.set_class(bool(problem), "-wrong")
        self.say()

    def say(self) -> None:
        """Draw the line below: what is wrong, else what the value means, else the help."""
        about = self.query_one_optional(".about", Static)
        if about is None:
            return
        part: Part
        about.set_class(bool(self._problem), "-problem")
        if self._problem:
            part = (f"{'x' if self.ink.glyphs.is_ascii else '✗'} {self._problem}", "fail")
        else:
            words = self._describe(self.value) if self._describe else ""
            part = (words, "muted") if isinstance(words, str) else words
            part = part if part[0] else (self.aid(), "muted")
        about.update(self.ink.line(part, limit=400))

    def aid(self) -> str:
        """The help that is shown now."""
        return self.help

    def enter(self) -> None:
        """Put the focus into it."""
        for widget in self.query("*"):
            if widget.can_focus:
                widget.focus()
                return

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Show all of the field, with its line."""
        self.say()
        self.call_after_refresh(self.scroll_visible, animate=False)

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """The help may be another."""
        self.say()

    def _changed(self) -> None:
        self.say()
        self.post_message(self.Changed(self))


class TextField(Field):
    """One line of text. `offers` are suggested while typing; the right arrow takes the suggestion."""

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        help: str = "",
        describe: Describe | None = None,
        needed: bool = False,
        offers: Sequence[str] = (),
        suggester: Suggester | None = None,
        hint: str = "",
        most: int = 400,
    ) -> None:
        super().__init__(name, label, value, help=help, describe=describe, needed=needed)
        self._suggester = suggester or (SuggestFromList(offers, case_sensitive=False) if offers else None)
        self._hint = hint
        self._most = most

    def control(self) -> Input:
        """A line."""
        return Input(
            self._first,
            placeholder=self._hint,
            suggester=self._suggester,
            compact=True,
            max_length=self._most,
            select_on_focus=False,
        )

    @property
    def value(self) -> str:
        """What was typed."""
        return self.query_one(Input).value

    @value.setter
    def value(self, value: str) -> None:
        self.query_one(Input).value = value

    def offer(self, offers: Sequence[str]) -> None:
        """Suggest these from now on."""
        self.query_one(Input).suggester = SuggestFromList(offers, case_sensitive=False) if offers else None

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Another value."""
        event.stop()
        self._changed()

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self.post_message(self.Done(self))


class NameField(TextField):
    """Somebody's name; the known people are offered while one types, a new name is welcome."""

    def __init__(
        self, name: str, label: str, people: Sequence[Person], value: str = "", *, help: str = "", needed: bool = False
    ) -> None:
        super().__init__(
            name,
            label,
            value,
            help=help,
            describe=lambda typed: (new_name_note(typed, people), "person"),
            needed=needed,
            offers=[person.name for person in people],
            most=80,
        )
        self._known = listed(people)

    def aid(self) -> str:
        """Who is known, while it is of use."""
        return self._known if self.has_focus_within and self._known else self.help


class DateField(TextField):
    """A date; says which day it means. `now` is what `+14d` counts from; where it is `free`, any words will do."""

    def __init__(
        self,
        name: str,
        label: str,
        now: datetime,
        value: str = "",
        *,
        help: str = "",
        needed: bool = False,
        free: bool = False,
    ) -> None:
        def meaning(typed: str) -> str | tuple[str, str]:
            if not typed.strip():
                return ""
            try:
                return (dates.spoken(dates.parse_until(typed, now), now), "plain")
            except ValueError:
                return "" if free or len(typed.strip()) < 3 else (f"not a date yet: {dates.HOW}", "muted")

        super().__init__(
            name,
            label,
            value,
            help=help or dates.HOW,
            describe=meaning,
            needed=needed,
            hint="" if free else dates.HOW,
            most=60,
        )


class PathField(TextField):
    """A path, completed from the disk."""

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        help: str = "",
        describe: Describe | None = None,
        needed: bool = False,
        folders: bool = False,
    ) -> None:
        super().__init__(
            name,
            label,
            value,
            help=help,
            describe=describe,
            needed=needed,
            suggester=PathSuggester(folders=folders),
            most=4_000,
        )


class LinesField(Field):
    """Several lines of text."""

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        help: str = "",
        describe: Describe | None = None,
        needed: bool = False,
        height: int = 3,
        hint: str = "",
    ) -> None:
        super().__init__(name, label, value, help=help, describe=describe, needed=needed)
        self._height = height
        self._hint = hint

    def control(self) -> TextArea:
        """An area to type in; tab leaves it."""
        area = TextArea(self._first, compact=True, placeholder=plain(self._hint), highlight_cursor_line=False)
        area.styles.height = self._height
        return area

    @property
    def value(self) -> str:
        """What was typed."""
        return self.query_one(TextArea).text

    @value.setter
    def value(self, value: str) -> None:
        self.query_one(TextArea).load_text(value)

    @on(TextArea.Changed)
    def typed(self, event: TextArea.Changed) -> None:
        """Another value."""
        event.stop()
        self._changed()


class ChoiceField(Field):
    """One of several, or several."""

    def __init__(
        self,
        name: str,
        label: str,
        options: Sequence[Option],
        value: str = "",
        *,
        help: str = "",
        describe: Describe | None = None,
        needed: bool = False,
        tall: bool = False,
        several: bool = False,
    ) -> None:
        super().__init__(name, label, value, help=help, describe=describe, needed=needed)
        self._choice = Choice(options, value, tall=tall, several=several)

    def control(self) -> Choice:
        """The options."""
        return self._choice

    @property
    def value(self) -> str:
        """What is chosen; several are joined by a comma."""
        return self._choice.value

    @value.setter
    def value(self, value: str) -> None:
        self._choice.value = value

    @on(Choice.Changed)
    def chosen(self, event: Choice.Changed) -> None:
        """Something else."""
        event.stop()
        self._changed()

    @on(Choice.Done)
    def done(self, event: Choice.Done) -> None:
        """Enter."""
        event.stop()
        self.post_message(self.Done(self))
