"""The sprint screen: the stages, the checks of one, and everything about the check under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import quote, unquote

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Input

from launchready_tui.model.board import Snapshot
from launchready_tui.model.runbook import Stage
from launchready_tui.text import one_line, plural
from launchready_tui.tui import headings, query, render
from launchready_tui.tui.overrunning import ClockedScreen
from launchready_tui.tui.rows import Board, Key, Row, Shape, build_rows
from launchready_tui.tui.running import Progress
from launchready_tui.tui.widgets.checklist import CheckList
from launchready_tui.tui.widgets.detail import Detail
from launchready_tui.tui.widgets.filter import FilterInput
from launchready_tui.tui.widgets.keyline import KeyLine
from launchready_tui.tui.widgets.preview import Preview
from launchready_tui.tui.widgets.stages import FixChosen, FixFirst, StageChosen, StageLine, StageRail

ARRANGEMENTS: list[tuple[int, str]] | None = [(0, "-narrow"), (100, "-wide"), (160, "-huge")]
"""One list; a rail, and the detail below; the detail beside the list."""


class SprintScreen(ClockedScreen):
    """Where the sprint is driven from."""

    PLACE = "sprint"
    CSS_PATH = "sprint.tcss"
    HORIZONTAL_BREAKPOINTS = ARRANGEMENTS
    AUTO_FOCUS = "#checks"
    HELP = """
The sprint, stage by stage. On top: what the launch gate says, how long you have in this stage and in the sprint.

The list holds the claims of one stage. One row stands for all hosts or addresses of a claim and shows the worst of
them; the
right arrow opens it. `enter` reads everything about a row: what was found, why it matters, how to repair it, how we
know.

- **Red and loud** is only what blocks the launch; `n` walks through it, worst first.
- `T` shows what is left to do against the time that is left, and what to drop; it asks by itself when a stage takes
  longer than its time box.
- `?` unknown means: we looked and could not see. `○` not run: nobody looked. Neither ever counts as a pass.
- `✎` waits for a person: `a` records the answer, `t` starts the stopwatch of a drill.
- **Fix first** is the fix plan: severity × journey × exposure ÷ √minutes.
- `/` filters: words, `status:fail`, `owner:anna`, `owner:none`, `severity:blocker`, `group:tls`, and `!` for the
opposite.

To select text with the mouse, hold shift (or option) in most terminals.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", show=False, id="list.filter", tooltip="Filter the list", key_display="/"),
        Binding(
            "space",
            "mark",
            "mark",
            show=False,
            id="list.mark",
            tooltip="Mark this row; keys then act on all marked ones",
        ),
        Binding(
            "asterisk",
            "mark_all",
            "mark all",
            show=False,
            id="list.mark-all",
            tooltip="Mark everything in the list, or nothing",
            key_display="*",
        ),
        Binding("z", "zoom", "zoom", show=False, id="detail.zoom", tooltip="The detail over the whole screen"),
    ]

    def __init__(self, place: str = "") -> None:
        super().__init__()
        stage, _, rest = place.partition("|")
        check, _, subject = rest.partition("|")
        self.stage_id = stage
        self._start: Key | None = (check, unquote(subject)) if check else None
        self.board: Board | None = None
        self._opened: set[str] = set()
        self._chosen: set[Key] = set()
        self._cursors: dict[str, Key] = {}
        self._query = query.Query()
        self._last_blocker: Key | None = None

    def compose_body(self) -> ComposeResult:
        """Rail, list, detail; the style sheet arranges them."""
        yield StageLine()
        with Container(id="main"):
            with Vertical(id="rail"):
                yield StageRail()
                yield FixFirst()
            with Container(id="work"):
                with Vertical(id="list-pane"):
                    yield CheckList(id="checks")
                    yield FilterInput(placeholder=query.HOW, id="filter")
                yield Detail(id="detail")
                yield Preview(id="preview")

    def on_mount(self, event: events.Mount) -> None:
        """The first row, or the one where the work was left."""
        self.query_one("#stages").border_title = Content("Stages")
        self.query_one("#fix-first").border_title = Content("Fix first")
        event.prevent_default()
        self.snapshot_changed()
        if self._start is not None:
            self.go_to(*self._start, quiet=True)
            self._start = None
        self.watch_clock()

    # --------------------------------------------------------------------------------------------------- state

    def crumb(self) -> str:
        """Number and title of the stage."""
        stage = self.stage()
        return f"{stage.number} {stage.title}" if stage else "Sprint"

    def stage(self) -> Stage | None:
        """The stage on screen."""
        snapshot = self.launch.snapshot
        return (
            next((stage for stage in snapshot.runbook.stages if stage.id == self.stage_id), None) if snapshot else None
        )

    def shown_stage(self) -> str:
        """Its id."""
        return self.stage_id

    def place(self) -> str:
        """Stage, check and subject."""
        row = self.target()
        return "|".join((self.stage_id, *(quote(part, safe="") for part in (row.key if row else ()))))

    def target(self) -> Row | None:
        """The row under the cursor."""
        checks = self.query_one_optional("#checks", CheckList)
        return checks.row if checks else None

    def chosen_keys(self) -> frozenset[Key]:
        """What is marked."""
        return frozenset(self._chosen)

    # ------------------------------------------------------------------------------------------------- drawing

    def show(self, snapshot: Snapshot) -> None:
        """Draw a new snapshot."""
        progress = self.launch.progress
        self.board = Board(snapshot, progress.results if progress else None)
        ids = [stage.id for stage in snapshot.runbook.stages]
        if self.stage_id not in ids:
            self.stage_id = snapshot.state.clock.stage if snapshot.state.clock.stage in ids else (ids[0] if ids else "")
        self._chosen = {key for key in self._chosen if self.board.get(key)}
        self._draw_stages()
        self._draw_list()
        self._draw_row()

    def run_progressed(self, progress: Progress) -> None:
        """Results as they come; the cursor stays where it was."""
        if self.board is not None:
            self.board.add(progress.results)
            self._draw_list()
            self._draw_row()

    def _draw_stages(self) -> None:
        snapshot = self.launch.snapshot
        if snapshot is None or self.board is None:
            return
        progress = self.board.tallies()
        self.query_one(StageRail).show(progress, self.stage_id)
        self.query_one(StageLine).show(progress, self.stage_id)
        rows = self.board.fixes()[:60]
        fixes = self.query_one(FixFirst)
        fixes.show(rows)
        minutes = sum(row.lead.entry.minutes for row in rows if row.lead)
        fixes.border_subtitle = self.ink.line(
            f"{plural(len(rows), 'thing')} · {render.minutes(minutes)}" if rows else "nothing fails"
        )

    def _draw_list(self) -> None:
        if self.board is None:
            return
        snapshot = self.board.snapshot
        progress = self.launch.progress
        running: frozenset[Key] = progress.snapshot_of_running() if progress else frozenset()
        standings = self.board.stage(self.stage_id)
        rows = build_rows(
            standings,
            query=self._query,
            opened=self._opened,
            running=running,
            done=progress.results.keys() if progress else (),
            domain=snapshot.product.domain,
        )
        checks = self.query_one("#checks", CheckList)
        checks.set_rows(rows, self.launch.now(), chosen=frozenset(self._chosen), empty=self._empty(standings))
        pane = self.query_one("#list-pane")
        pane.border_title = headings.title(self.ink, rows, self.query_one("#filter", Input).value, self._query)
        pane.border_subtitle = headings.subtitle(self.ink, snapshot.runbook, progress, len(self._chosen))

    def _empty(self, standings: Sequence[object]) -> str:
        if self._query.terms:
            return f"Nothing here fits the filter.\nesc clears it. {query.HOW}"
        return "This stage has no checks." if not standings else ""

    def _draw_row(self) -> None:
        row, snapshot = self.target(), self.launch.snapshot
        if snapshot is None:
            return
        detail = self.query_one("#detail", Detail)
        detail.show(row, snapshot)
        detail.border_title = self.ink.line(
            row.title if row and row.shape is Shape.CHECK else row.lead.entry.claim if row and row.lead else ""
        )
        self.query_one("#preview", Preview).show(row)

    # ---------------------------------------------------------------------------------------------- navigation

    def go_to_stage(self, stage_id: str) -> None:
        """Show a stage, with the cursor where it was there."""
        if stage_id == self.stage_id:
            self.query_one("#checks").focus()
            return
        row = self.target()
        if row is not None:
            self._cursors[self.stage_id] = row.key
        self.stage_id = stage_id
        self._chosen.clear()
        self._draw_stages()
        self._draw_list()
        checks = self.query_one("#checks", CheckList)
        if not (stage_id in self._cursors and checks.select(self._cursors[stage_id])):
            checks.action_end(-1)
        self._draw_row()
        self.status_changed()

    def go_to(self, check: str, subject: str = "", *, quiet: bool = False) -> None:
        """Put the cursor on a check, or on one of its subjects, in whatever stage it is."""
        snapshot = self.launch.snapshot
        entry = snapshot.runbook.entry(check) if snapshot else None
        if entry is None or self.board is None:
            if not quiet:
                self.launch.say(f"There is no check “{one_line(check, 60)}” here.", severity="warning")
            return
        if entry.stage != self.stage_id:
            self.go_to_stage(entry.stage)
        if self._query.terms and not any(
            self._query.fits(row) for row in self.board.of_check(check) if row.key == (check, subject)
        ):
            self._clear_filter()
        if subject and len(self.board.of_check(check)) > 1 and check not in self._opened:
            self._opened.add(check)
            self._draw_list()
        checks = self.query_one("#checks", CheckList)
        if not (checks.select((check, subject)) or checks.select((check, ""))):
            members = self.board.of_check(check)
            if members:
                checks.select(members[0].key)
        self._last_blocker = (check, subject)
        if not quiet:
            checks.focus()
        self._draw_row()

    def blocker_at(self, keys: Sequence[Key]) -> int:
        """Where among these the cursor is; -1 before the first."""
        row = self.target()
        here = set(row.keys) if row and len(row.members) == 1 else set()
        for at, key in enumerate(keys):
            if key in here:
                return at
        return keys.index(self._last_blocker) if self._last_blocker in keys else -1

    @on(StageChosen)
    def stage_chosen(self, message: StageChosen) -> None:
        """From the rail or the line."""
        message.stop()
        if message.stage_id != self.stage_id:
            self.go_to_stage(message.stage_id)

    @on(FixChosen)
    def fix_chosen(self, message: FixChosen) -> None:
        """From the fix plan."""
        message.stop()
        self.go_to(*message.key)

    # ------------------------------------------------------------------------------------------------ the list

    @on(CheckList.Moved)
    def moved(self, message: CheckList.Moved) -> None:
        """Another row: its detail and its keys."""
        message.stop()
        self._draw_row()
        self.query_one(KeyLine).draw()

    @on(CheckList.Chosen)
    def opened(self, message: CheckList.Chosen) -> None:
        """Enter: the detail gets the keys, or the whole screen where there is no room beside."""
        message.stop()
        if self.has_class("-narrow"):
            self.action_zoom()
        else:
            self.query_one("#detail").focus()

    @on(CheckList.Toggled)
    def toggled(self, message: CheckList.Toggled) -> None:
        """Show or hide the subjects of a check."""
        message.stop()
        if message.opened:
            self._opened.add(message.row.key[0])
        else:
            self._opened.discard(message.row.key[0])
        self._draw_list()

    def action_mark(self) -> None:
        """Mark the row and go on."""
        row = self.target()
        if row is None:
            return
        keys = set(row.keys)
        self._chosen = self._chosen - keys if keys <= self._chosen else self._chosen | keys
        self._draw_list()
        self.query_one("#checks", CheckList).action_move(1)

    def action_mark_all(self) -> None:
        """Everything, or nothing."""
        rows = self.query_one("#checks", CheckList).rows
        keys = {key for row in rows for key in row.keys}
        self._chosen = set() if keys <= self._chosen else keys
        self._draw_list()

    def action_raw(self) -> None:
        """Evidence in words or as stored."""
        self.query_one("#detail", Detail).toggle_raw()

    def action_zoom(self) -> None:
        """The detail as a screen of its own."""
        row = self.target()
        if row is not None:
            from launchready_tui.tui.screens.detail import DetailScreen

            self.app.push_screen(DetailScreen(row.key))

    # -------------------------------------------------------------------------------------------------- filter

    def action_filter(self) -> None:
        """Open the filter."""
        self.add_class("-filtering")
        self.query_one("#filter", Input).focus()

    @on(Input.Changed, "#filter")
    def filter_changed(self, message: Input.Changed) -> None:
        """Every letter counts."""
        self._query = query.parse(message.value)
        self._draw_list()
        self._draw_row()

    @on(Input.Submitted, "#filter")
    def filter_done(self) -> None:
        """Back to the list; the filter stays."""
        if not self._query.terms:
            self.remove_class("-filtering")
        self.query_one("#checks").focus()

    def _clear_filter(self) -> None:
        self.remove_class("-filtering")
        self._query = query.Query()
        field = self.query_one("#filter", Input)
        with field.prevent(Input.Changed):
            field.value = ""
        self._draw_list()

    def action_back(self) -> None:
        """Esc takes back one thing: the filter, the marks, then the focus."""
        checks = self.query_one("#checks")
        if self.has_class("-filtering") or self._query.terms:
            self._clear_filter()
            checks.focus()
        elif not checks.has_focus:
            checks.focus()
        elif self._chosen:
            self._chosen.clear()
            self._draw_list()
        self._draw_row()
