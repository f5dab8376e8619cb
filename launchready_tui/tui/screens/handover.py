"""The handover: every document as it will be read, what is still missing in it, and the export."""

from __future__ import annotations

import asyncio
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from launchready_tui.model.board import Snapshot
from launchready_tui.text import one_line, plural, slug, visible
from launchready_tui.tui import render
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.forms.paths import PathSuggester, expand
from launchready_tui.tui.render import Part
from launchready_tui.tui.screens.board import BoardLines
from launchready_tui.tui.screens.reading import Document
from launchready_tui.tui.widgets.lines import Line, Lines, fit
from launchready_tui.tui.widgets.segments import Segments

if TYPE_CHECKING:
    from launchready_tui.deliverables.documents import DocumentInfo, Missing

FORMATS: tuple[tuple[str, ...], ...] = (
    ("md", "html", "pdf", "zip", "csv", "json"),
    ("md", "html"),
    ("md",),
    ("html",),
)
"""What `f` goes through."""

PLACES = (("access map", "access"), ("list of people", "access"), ("sign-off", "gate"), ("notes", "log"))
"""Which board supplies what is missing and is no check, by a word of it."""


class Paper(VerticalScroll, can_focus=True):
    """The document."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "screen.document(-1)",
            "document before",
            show=False,
            id="handover.previous",
            tooltip="The document before",
        ),
        Binding("right", "screen.document(1)", "next document", id="handover.next", tooltip="The next document"),
        Binding("j", "scroll_down", "down", show=False, id="lines.down", tooltip="Scroll down"),
        Binding("k", "scroll_up", "up", show=False, id="lines.up", tooltip="Scroll up"),
    ]


class MissingLines(BoardLines):
    """What is missing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "go there", id="handover.open", tooltip="Go to what would supply it"),
        Binding(
            "left",
            "screen.document(-1)",
            "document before",
            show=False,
            id="handover.previous",
            tooltip="The document before",
        ),
        Binding(
            "right", "screen.document(1)", "next document", show=False, id="handover.next", tooltip="The next document"
        ),
    ]


class HandoverScreen(LaunchScreen):
    """`H`."""

    PLACE = "handover"
    TITLE_WORDS = "Handover"
    CSS_PATH = "handover.tcss"
    AUTO_FOCUS = "#preview"
    HELP = """
Every document of the pack as it will be read, made from the records of this moment. Exporting is **always
possible**: an open gate,
blockers and accepted risks stand on page one.

- Left and right go through the documents; `tab` goes to what is missing, `enter` there to where it can be supplied.
- `E` asks for the folder, `enter` in it writes the pack; `f` chooses the formats; `y` copies the path of what
  was written.
- A secret is never in the pack: found ones were redacted before they were kept.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("E", "export", "export", id="handover.export", tooltip="Write the pack into a folder"),
        Binding("f", "formats", "formats", id="handover.formats", tooltip="Markdown and HTML, or one of them"),
        Binding("y", "copy", "copy path", id="handover.copy", tooltip="Copy the path of what was written"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._documents: tuple[DocumentInfo, ...] = ()
        self._missing: tuple[Missing, ...] = ()
        self._texts: dict[str, str] = {}
        self._chosen = ""
        self._head = ""
        self._problem = ""
        self._formats = FORMATS[0]
        self._written: tuple[Path, ...] = ()
        self._folder: Path | None = None
        self._busy = False

    def compose_body(self) -> ComposeResult:
        """Documents, preview, what is missing, export."""
        yield Segments((("", "Writing the documents…"),), id="documents")
        with Container(id="desk"):
            with Paper(id="preview"):
                yield Static(id="paper")
            with Vertical(id="aside"):
                yield Static(id="missing-title")
                yield MissingLines(id="missing")
                yield Static(id="missing-detail")
        with Vertical(id="foot"):
            with Horizontal(id="out"):
                yield Static(id="out-label")
                yield Input(id="folder", compact=True, suggester=PathSuggester(folders=True), max_length=4_000)
                yield Static(id="out-formats")
            yield Static(id="result")

    # ------------------------------------------------------------------------------------------------- drawing

    def show(self, snapshot: Snapshot) -> None:
        """Ask for the documents where something changed."""
        folder = self.query_one("#folder", Input)
        if not folder.value:
            folder.value = f"{slug(snapshot.product.name)}-handover"
        if snapshot.head != self._head or not self._documents:
            self._head = snapshot.head
            self._texts = {}
            self._write(snapshot)
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Other widths."""
        self.call_after_refresh(self._draw)

    @work(exclusive=True, group="documents", exit_on_error=False, description="writing the documents")
    async def _write(self, snapshot: Snapshot) -> None:
        try:
            from launchready_tui.deliverables import documents

            self._documents, self._missing = await asyncio.to_thread(
                lambda: (documents.available(snapshot), documents.missing(snapshot))
            )
            self._problem = ""
        except ImportError:
            self._problem = "The documents are not part of this version."
        except (
            Exception
        ) as error:  # a document that cannot be written must not take the screen down; it is said in its place
            self._problem = f"The documents cannot be written now: {error}"
        if not self.is_attached:
            return
        ids = [document.id for document in self._documents]
        if self._chosen not in ids:
            self._chosen = ids[0] if ids else ""
        line = self.query_one(Segments)
        line.rename([(document.id, document.title) for document in self._documents] or [("", "No documents")])
        line.choose(self._chosen)
        await self._read(snapshot)

    async def _read(self, snapshot: Snapshot) -> None:
        chosen = self._chosen
        if chosen and chosen not in self._texts:
            try:
                from launchready_tui.deliverables import documents

                look = self.launch.session.evidence if self.launch.session else lambda ids: ()
                self._texts[chosen] = await asyncio.to_thread(documents.preview, chosen, snapshot, look)
            except Exception as error:  # as above
                self._texts[chosen] = f"This document cannot be written now: {error}"
        if self.is_attached:
            self._draw()

    @work(exclusive=True, group="reading", exit_on_error=False, description="writing a document")
    async def _read_on(self) -> None:
        if self.launch.snapshot is not None:
            await self._read(self.launch.snapshot)

    def _draw(self) -> None:
        if not self.is_attached:
            return
        text = self._texts.get(self._chosen)
        paper = self.query_one("#paper", Static)
        if self._problem:
            paper.update(self.ink.line((self._problem, "fail")))
        elif text is not None:
            paper.update(Document(text, self.ink))
        else:
            paper.update(self.ink.line(("Writing…", "muted")))
        self._draw_missing()
        self._draw_export()
        self.status_changed()

    def _draw_missing(self) -> None:
        ink, lines = self.ink, self.query_one("#missing", Lines)
        total = sum(missing.minutes for missing in self._missing)
        title: list[Part] = [("Missing ", "bold")]
        if self._missing:
            title.append((f"{len(self._missing)} · about {render.minutes(total)}", "warn"))
        elif self._documents:
            title = [(f"{ink.glyphs.marks[render.Mark.PASS]} nothing is missing", "pass")]
        self.query_one("#missing-title", Static).update(ink.line(*title))
        lines.show(
            [Line(self._missing_line(item, lines.room), str(number)) for number, item in enumerate(self._missing)]
        )
        self._draw_detail()

    def _missing_line(self, item: Missing, room: int) -> Content:
        """One line, or two where there is little room."""
        ink = self.ink
        minutes = fit(render.minutes(item.minutes), 8, right=True)
        if room >= 60:
            return ink.line(fit(item.what, room - 8, ink.glyphs.ellipsis), (minutes, "muted"))
        first, *rest = wrap(one_line(item.what, 300), room) or [""]
        second = fit(" ".join(rest) or item.who, room - 8, ink.glyphs.ellipsis)
        return ink.line(first, "\n", (second, "plain" if rest else "muted"), (minutes, "muted"), lines=True)

    def _draw_detail(self) -> None:
        item = self._item()
        words: list[Part] = []
        if item is not None:
            words = [item.what, "\n", (f"{item.who} · {render.minutes(item.minutes)} · enter goes there", "muted")]
        self.query_one("#missing-detail", Static).update(self.ink.line(*words, lines=True))

    def _item(self) -> Missing | None:
        key = self.query_one("#missing", Lines).key
        return self._missing[int(key)] if key.isdigit() and int(key) < len(self._missing) else None

    def _draw_export(self) -> None:
        ink, snapshot = self.ink, self.launch.snapshot
        self.query_one("#out-label", Static).update(ink.line(("E", "bold focus"), " export to "))
        self.query_one("#out-formats", Static).update(
            ink.line("  ", ("f", "bold focus"), f" {' + '.join(self._formats)}")
        )
        result: list[Part]
        if self._busy:
            result = [("Writing the pack…", "focus")]
        elif self._written and self._folder is not None:
            done = ink.glyphs.marks[render.Mark.PASS]
            result = [
                (f"{done} {plural(len(self._written), 'file')} in {self._folder}", "pass"),
                ("   y copies the path", "muted"),
            ]
        elif snapshot is not None:
            pieces = plural(len(evidence_ids(snapshot)), "piece")
            contents = f"{plural(len(self._documents), 'document')}, {pieces} of evidence"
            verdict = snapshot.gate.verdict
            result = [
                (f"Will contain {contents}. Page one says ", "muted"),
                (verdict.value, render.gate_tone(verdict)),
                (".", "muted"),
            ]
        else:
            result = []
        self.query_one("#result", Static).update(ink.line(*result))

    # ------------------------------------------------------------------------------------------------- documents

    def action_document(self, by: int) -> None:
        """Another document."""
        self.query_one(Segments).move(by)

    @on(Segments.Changed)
    def document_changed(self, event: Segments.Changed) -> None:
        """Read it from its top."""
        self._chosen = event.name
        self.query_one(Paper).scroll_home(animate=False)
        self._draw()
        self._read_on()

    @on(OptionList.OptionHighlighted, "#missing")
    def missing_highlighted(self) -> None:
        """Who can supply it."""
        self._draw_detail()

    @on(OptionList.OptionSelected, "#missing")
    def missing_selected(self) -> None:
        """Go where it can be supplied."""
        item = self._item()
        if item is not None:
            self._go(item)

    def _go(self, item: Missing) -> None:
        if item.key is not None:
            self.launch.go_to_check(*item.key)
            return
        board = next((board for word, board in PLACES if word in item.what.casefold()), "")
        if board:
            self.launch.action_go(board)
        else:
            self.launch.say("No check and no board supplies it: record it as a note or a decision.")

    # ------------------------------------------------------------------------------------------------- export

    def why_not(self, action: str) -> str:
        """Why a key cannot act."""
        if action == "copy" and self._folder is None:
            return "Nothing was written yet: E exports, then y copies the path."
        if action == "export" and not self._documents:
            return self._problem or "The documents are still being written."
        return ""

    def action_export(self) -> None:
        """Ask for the folder."""
        if not self.refuse("export"):
            self.query_one("#folder", Input).focus()

    def action_formats(self) -> None:
        """The next formats."""
        self._formats = FORMATS[(FORMATS.index(self._formats) + 1) % len(FORMATS)]
        self._draw_export()

    def action_back(self) -> None:
        """From the folder back to the document, from there back."""
        if self.query_one("#folder", Input).has_focus:
            self.query_one(Paper).focus()
        else:
            super().action_back()

    @on(Input.Submitted, "#folder")
    def folder_typed(self, event: Input.Submitted) -> None:
        """Write the pack."""
        event.stop()
        if not event.value.strip():
            self.launch.say("Name a folder.", severity="warning")
        elif not self.refuse("export") and not self._busy:
            self._export(expand(event.value).absolute())

    @work(exclusive=True, group="export", exit_on_error=False, description="exporting the pack")
    async def _export(self, folder: Path) -> None:
        from launchready_tui import exporting

        session = self.launch.session
        if session is None:
            return
        self._busy = True
        self._draw_export()
        try:
            exported = await asyncio.to_thread(exporting.export_pack, session, folder, self._formats)
            self._written, self._folder = exported.paths, folder
            self.launch.say("\n".join(exported.notices[:-1]), title="The pack is written", timeout=8)
        except OSError as error:
            self.launch.say(
                f"Not written: {error.strerror or error}. Choose another folder.",
                title=str(folder),
                severity="error",
                timeout=8,
            )
        except Exception as error:
            await self.launch.explain(error, "The pack was not written")
        finally:
            self._busy = False
            if self.is_attached:
                self._draw_export()
                self.query_one(Paper).focus()
                self.status_changed()

    def action_copy(self) -> None:
        """Copy the path."""
        if not self.refuse("copy") and self._folder is not None:
            self._copy(visible(str(self._folder)))

    @work(exclusive=True, group="copy", exit_on_error=False, description="copying the path")
    async def _copy(self, path: str) -> None:
        from launchready_tui.tui.clipboard import native_copy

        tool = "" if self.app.is_headless else await asyncio.to_thread(native_copy, path)
        if not tool:
            self.app.copy_to_clipboard(path)
        self.launch.say(f"{path} copied {f'by {tool}' if tool else 'through the terminal (OSC 52)'}.")


def evidence_ids(snapshot: Snapshot) -> list[str]:
    """The evidence behind everything that stands."""
    return sorted({evidence for row in snapshot.board for evidence in row.result.evidence})
