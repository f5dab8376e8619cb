"""What every form stands on: fields, the way through them, what is wrong beside them, and drafts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Payload, Person
from launchready_tui.text import plural
from launchready_tui.tui.base import LaunchModal
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import Field
from launchready_tui.tui.forms.people import known_name, newcomers
from launchready_tui.tui.render import Part

T = TypeVar("T")
Values = Mapping[str, str]
"""What is in the fields, by their names, without white space around it."""

Saved = tuple[Payload, ...]
"""The records that a form closes with, in the order in which they are written."""

TALL = [(0, "-low"), (30, "-tall")]
"""Where there is room, fields stand apart."""

_CHROME = 3
"""Lines of a form that are not its body: the border and the answers."""


class Body(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The part that scrolls when the window is low."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page_up", "scroll up", show=False, id="form.page-up", tooltip="Scroll the form up"),
        Binding(
            "pagedown", "page_down", "scroll down", show=False, id="form.page-down", tooltip="Scroll the form down"
        ),
    ]


class Form(LaunchModal[T]):
    """A form that closes with a `T`.

    Subclasses set `NAME`, yield their fields in `fields`, say what is wrong in `problems`, make the result in `result`.
    `subject` is what the form is about: drafts are kept by name and subject.
    """

    NAME: ClassVar[str] = ""
    SAVE: ClassVar[str] = "Save"
    PASSING: ClassVar[frozenset[str]] = frozenset()
    """Fields whose text is never written to the file before it is saved."""
    CSS_PATH = Path(__file__).with_name("forms.tcss")
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = TALL

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", id="form.save", tooltip="Record what is typed"),
        Binding(
            "ctrl+l",
            "afresh",
            "start afresh",
            show=False,
            id="form.afresh",
            tooltip="Put the draft aside and start afresh, or bring it back",
        ),
        # With priority, or letters typed right behind a tab would still go to the field before.
        Binding(
            "tab",
            "app.focus_next",
            "next field",
            show=False,
            priority=True,
            id="form.tab",
            tooltip="The next field",
        ),
        Binding(
            "shift+tab",
            "app.focus_previous",
            "field before",
            show=False,
            priority=True,
            id="form.shift-tab",
            tooltip="The field before",
        ),
        Binding("down", "app.focus_next", "next field", show=False, id="form.next", tooltip="The next field"),
        Binding("up", "app.focus_previous", "field before", show=False, id="form.previous", tooltip="The field before"),
    ]

    def __init__(self, title: str, subject: str, drafts: Drafts | None, *, refused: bool = False) -> None:
        super().__init__()
        self._title = title
        self._key = (self.NAME, subject)
        self._given = drafts
        self._refused = refused
        self._first: dict[str, str] = {}
        self._aside: dict[str, str] = {}
        self._ready = False

    # ---------------------------------------------------------------------------------------- for subclasses

    def head(self) -> Iterable[Widget]:
        """What is shown above the fields: `told` and `quoted` paragraphs."""
        return ()

    def fields(self) -> Iterable[Field]:
        """The fields in their order."""
        raise NotImplementedError

    def problems(self, values: Values) -> dict[str, str]:
        """What is wrong, by field, as sentences that say what to type instead."""
        return {}

    def result(self, values: Values) -> T:
        """What the form closes with, once nothing is wrong."""
        raise NotImplementedError

    def changed(self, field: Field) -> None:
        """A field changed; other fields may follow."""

    def left(self, field: Field) -> None:
        """The focus left a field."""

    def is_waiting(self) -> bool:
        """Whether something is still being worked out; saving then waits for `save_now`."""
        return False

    # ------------------------------------------------------------------------------------------------ drawing

    def told(self, *parts: Part | Content) -> Static:
        """A paragraph of our own words."""
        return Static(self.ink.line(*parts, lines=True), classes="head")

    def quoted(self, text: str) -> Static:
        """Somebody else's words, as they are."""
        return Static(self.ink.line(text, lines=True, limit=8_000), classes="head -quote")

    @property
    def drafts(self) -> Drafts:
        """Where drafts are kept."""
        if self._given is None:
            found = getattr(self.launch, "drafts", None)
            self._given = found if isinstance(found, Drafts) else Drafts()
        return self._given

    def compose(self) -> ComposeResult:
        """Title, what it is about, fields, keys."""
        with Vertical(classes="dialog form") as dialog:
            dialog.border_title = self.ink.line(self._title, limit=100)
            yield Static(id="draft")
            with Body(id="body"):
                yield from self.head()
                yield from self.fields()
            with Horizontal(id="foot"):
                yield Static(id="wrong")
                yield Button(self.ink.line(self.SAVE, ("  ^s", "dim")), id="save", compact=True, variant="primary")
                yield Button(self.ink.line("Back", ("  esc", "dim")), id="back", compact=True)

    def on_mount(self) -> None:
        """Bring back what was typed before."""
        self._first = dict(self.values())
        if self._refused:
            self.drafts.not_recorded()
        draft = self.drafts.get(self._key)
        if draft and draft != self._first:
            self._fill(draft)
            self._tell("Draft restored. ", "ctrl+l", " starts afresh.")
        self.query_one("#draft").display = bool(draft) and draft != self._first
        self.query_one("#wrong", Static).update(self.ink.line(""))
        self._ready = True
        self._fit(self.size.height)
        self.enter_first()

    def enter_first(self) -> None:
        """Put the focus where typing begins: the first empty field that is needed, else the first."""
        fields = list(self.query(Field))
        for field in [field for field in fields if field.needed and not field.value.strip()] or fields:
            field.enter()
            break
        self.call_after_refresh(self.query_one(Body).scroll_home, animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """The body gives way first."""
        self._fit(event.size.height)

    def _fit(self, height: int) -> None:
        body = self.query_one_optional(Body)
        if body is not None:
            body.styles.max_height = max(3, height - _CHROME - (2 if self.query_one("#draft").display else 0))

    def _tell(self, *words: str) -> None:
        parts: list[Part] = [(word, "bold focus" if word == "ctrl+l" else "person") for word in words]
        draft = self.query_one("#draft", Static)
        draft.update(self.ink.line(*parts))
        draft.display = True
        self._fit(self.size.height)

    # -------------------------------------------------------------------------------------------------- values

    def values(self) -> dict[str, str]:
        """What is in the fields now."""
        return {field.key: field.value.strip() for field in self.query(Field)}

    def _fill(self, values: Mapping[str, str]) -> None:
        for field in self.query(Field):
            if field.key in values:
                field.value = values[field.key]

    def field(self, name: str) -> Field:
        """The field of that name."""
        return self.query_one(f"#field-{name}", Field)

    @on(Field.Changed)
    def _field_changed(self, event: Field.Changed) -> None:
        event.stop()
        if not self._ready:
            return
        self.changed(event.field)
        values = self.values()
        if values == self._first:
            self.drafts.forget(self._key)
        else:
            self.drafts.keep(self._key, values, self.PASSING)
        if any(field.problem for field in self.query(Field)):
            self._show(self.problems(values), only_shown=True)

    @on(Field.Done)
    def _field_done(self, event: Field.Done) -> None:
        event.stop()
        fields = list(self.query(Field))
        if event.field is fields[-1]:
            self.action_save()
        else:
            fields[fields.index(event.field) + 1].enter()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """What was typed is looked at when the focus leaves it."""
        field = next((node for node in event.widget.ancestors if isinstance(node, Field)), None)
        if field is None or not self._ready or not self.is_attached or not self.is_current:
            return
        if field.value.strip():
            field.problem = self.problems(self.values()).get(field.key, "")
        self.left(field)

    def _show(self, problems: Mapping[str, str], *, only_shown: bool = False) -> None:
        for field in self.query(Field):
            if not only_shown or field.problem:
                field.problem = problems.get(field.key, "")
        count = sum(bool(field.problem) for field in self.query(Field))
        words = f"{plural(count, 'field')} to look at" if count else ""
        self.query_one("#wrong", Static).update(self.ink.line((words, "fail")))

    # ------------------------------------------------------------------------------------------------- actions

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Close with the result, or show what is wrong beside the fields."""
        problems = self.problems(self.values())
        self._show(problems)
        if problems:
            first = next((field for field in self.query(Field) if field.problem), None)
            if first is not None:
                first.enter()
            return
        if self.is_waiting():
            self.query_one("#wrong", Static).update(self.ink.line(("one moment…", "muted")))
            return
        self.save_now()

    def save_now(self) -> None:
        """Close with the result."""
        values = self.values()
        result = self.result(values)
        self.drafts.saved(self._key, values)
        self.dismiss(result)

    @on(Button.Pressed, "#back")
    def action_cancel(self) -> None:
        """Close; what was typed stays a draft."""
        if self.drafts.get(self._key) is not None:
            self.app.notify("Kept as a draft: open the form again to go on.", timeout=4, markup=False)
        self.dismiss(None)

    def action_afresh(self) -> None:
        """Swap what is typed with what the form began with."""
        values = self.values()
        if values != self._first:
            self._aside = values
            self._fill(self._first)
            self._tell("Started afresh. ", "ctrl+l", " brings the draft back.")
        elif self._aside:
            self._fill(self._aside)
            self._tell("Draft is back. ", "ctrl+l", " starts afresh.")
        self._show({})

    def control_of(self, name: str) -> Widget:
        """The control of a field, for tests and for what follows from another field."""
        return self.field(name).query_one(".control").children[0]


class RecordForm(Form[Saved]):
    """A form about an engagement: knows its people, and closes with records.

    `draft` is what was refused, where the form is opened again for that.
    """

    def __init__(self, title: str, subject: str, snapshot: Snapshot, drafts: Drafts | None, draft: object) -> None:
        super().__init__(title, subject, drafts, refused=draft is not None)
        self.snapshot = snapshot

    @property
    def people(self) -> tuple[Person, ...]:
        """Who takes part so far."""
        return self.snapshot.state.people

    @property
    def moment(self) -> datetime:
        """The present moment; dates are counted from it."""
        return max(self.snapshot.now, self.launch.now())

    def name_in(self, values: Values, field: str) -> str:
        """The name in a field, as it is known."""
        return known_name(values[field], self.people)

    def with_people(self, names: Iterable[str], *records: Payload) -> Saved:
        """The records, behind a person for each name that is new. The first name signs, and is remembered."""
        names = list(names)
        self.drafts.me = names[0] if names else self.drafts.me
        return (*newcomers(names, self.people), *records)
