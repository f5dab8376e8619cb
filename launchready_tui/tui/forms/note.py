"""Notes: free text about a check or about the engagement, here or in one's own editor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import TextArea

from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Note
from launchready_tui.text import one_line, plural
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.editor import Edit, EditorError, edit_in_terminal
from launchready_tui.tui.forms.fields import Field, LinesField, NameField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.render import mark_of, moment, said


class NoteForm(RecordForm):
    """Closes with the note. `edit` opens the editor; tests give their own."""

    NAME = "note"
    HELP: ClassVar[str] = """
# A note

Whatever the next person should know: what you tried, what somebody said on the phone, where the switch is hidden.
Markdown is welcome. `ctrl+e` opens your own editor (`$VISUAL` or `$EDITOR`) with what you typed so far.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+e", "edit", "editor", priority=True, id="note.edit", tooltip="Write the note in your own editor"),
    ]

    def __init__(
        self,
        snapshot: Snapshot,
        row: Standing | None = None,
        *,
        edit: Edit = edit_in_terminal,
        drafts: Drafts | None = None,
        draft: object = None,
    ) -> None:
        super().__init__("Write a note", f"{row.entry.id} {row.result.subject}" if row else "", snapshot, drafts, draft)
        self.row = row
        self.edit = edit

    def head(self) -> Iterable[Widget]:
        """What it is about, and the last note about it."""
        row = self.row
        if row is None:
            yield self.told(("About the engagement as a whole.", "muted"))
        else:
            yield self.told(
                ("About  ", "muted"),
                self.ink.state(mark_of(row)),
                "  ",
                (row.entry.claim, "bold"),
                (f"  {one_line(row.result.subject, 60)}", "muted"),
            )
        key = row.key if row else ("", "")
        about = [
            record
            for record in self.snapshot.state.notes
            if (payload(record, Note).check, payload(record, Note).subject) == key
        ]
        if about:
            last = payload(about[-1], Note)
            more = f" · {plural(len(about), 'note')} so far" if len(about) > 1 else ""
            signed = f"{one_line(last.by, 40)}, " if last.by else ""
            yield self.told((f"{signed}{moment(about[-1].at)}{more}  ", "muted"), one_line(last.text, 200))

    def fields(self) -> Iterable[Field]:
        """The text and who wrote it."""
        yield LinesField("text", "Note", height=8, help="ctrl+e opens your editor", needed=True)
        yield NameField("by", "Written by", self.people, self.drafts.me)

    def problems(self, values: Values) -> dict[str, str]:
        """An empty note."""
        return {} if values["text"] else {"text": "There is nothing to record yet."}

    def result(self, values: Values) -> Saved:
        """The note."""
        by = self.name_in(values, "by")
        record = Note(
            self.row.entry.id if self.row else "", self.row.result.subject if self.row else "", values["text"], by
        )
        return self.with_people((by,) if by else (), record)

    def action_edit(self) -> None:
        """Write on in the editor; what is typed here goes with it."""
        field = self.field("text")
        try:
            written = self.edit(self.app, field.value)
        except EditorError as error:
            self.app.notify(
                said(f"{error} What you typed is still here."), title="Editor", severity="warning", markup=False
            )
            return
        field.value = written
        area = field.query_one(TextArea)
        area.focus()
        area.move_cursor(area.document.end)
