"""The access map: who holds the keys, where they are kept, and where that is dangerous."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Static

from launchready_tui.engine.access import NOT_USED, AccessMap, AccessRow, access_map
from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Grant, GrantRole, Payload, System
from launchready_tui.tui.screens import access_cells as cells
from launchready_tui.tui.screens import opening
from launchready_tui.tui.screens.access_exchange import EXCHANGE, Exchange

NO_ACCESS = "There is no access to prove: o, a or b says what the person may do."


class Grid(DataTable[object]):
    """The people × systems."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "down", show=False, id="grid.down", tooltip="The system below"),
        Binding("k", "cursor_up", "up", show=False, id="grid.up", tooltip="The system above"),
    ]


class AccessScreen(Exchange):
    """`M`."""

    PLACE = "access"
    TITLE_WORDS = "Who holds the keys"
    CSS_PATH = "access.tcss"
    AUTO_FOCUS = "#grid"
    HELP = """
One line a system, one column a person. What counts is whether the **business** can get in when one person cannot be
reached.

- `o` `a` `b` make the person owner, administrator or backup; the same key again takes it back. `$` says who pays.
- `v` records that you watched the person log in just now. After 30 days it has to be shown again.
- `enter` on a person opens everything about that access; on any other column everything about the system.
- `P` adds a person, `s` a system. `-` says that a system is not used. `delete` takes back what the cell says.
- `E` is the exit list: whose access ends when. `g` records that you looked again and the access of the cell is gone.
- `m` compares the provider's member list with the line: read with a kept token (Cloudflare), else pasted.
- `X` writes the map as CSV for a spreadsheet, `I` reads it.
- `u` takes back any of these.

**Never write a password here.** “Kept in” names the vault, not what is in it.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "o",
            "role('owner')",
            "owner",
            id="access.owner",
            tooltip="Make the person owner of the system, or take it back",
        ),
        Binding(
            "a", "role('admin')", "admin", id="access.admin", tooltip="Make the person administrator, or take it back"
        ),
        Binding("b", "role('backup')", "backup", id="access.backup", tooltip="Make the person backup, or take it back"),
        Binding(
            "dollar_sign",
            "pays",
            "pays",
            id="access.pays",
            tooltip="The bill goes to this person's card, or no longer",
            key_display="$",
        ),
        Binding(
            "v",
            "proven",
            "seen logging in",
            id="access.proven",
            tooltip="Record that you watched the person log in just now",
        ),
        Binding("P", "person", "person", id="access.person", tooltip="Add a person"),
        Binding("s", "system", "system", id="access.system", tooltip="Add a system, or edit the one of the line"),
        *EXCHANGE,
        Binding(
            "minus",
            "not_used",
            "not used",
            show=False,
            id="access.not-used",
            tooltip="Say that the product does without this system",
            key_display="-",
        ),
        Binding(
            "delete,backspace",
            "take_back",
            "take back",
            show=False,
            id="access.take-back",
            tooltip="Take back what the cell says",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._map = AccessMap((), ())
        self._columns: list[cells.Column] = []
        self._recording = asyncio.Lock()

    def compose_body(self) -> ComposeResult:
        """Legend, grid, detail."""
        yield Static(id="head")
        yield Grid(id="grid", cursor_type="cell", fixed_columns=1, zebra_stripes=False)
        with VerticalScroll(id="below"):
            yield Static(id="detail")

    def on_resize(self, event: events.Resize) -> None:
        """Other widths."""
        self.call_after_refresh(self._redraw)

    def _redraw(self) -> None:
        if self.launch.snapshot is not None and self.is_attached:
            self.show(self.launch.snapshot)

    # ------------------------------------------------------------------------------------------------- drawing

    def show(self, snapshot: Snapshot) -> None:
        """Draw the grid; the cursor stays on its cell."""
        self._map = access_map(snapshot)
        grid = self.query_one(Grid)
        width = self.app.size.width - 1
        self.query_one("#head", Static).update(cells.summary(self.ink, self._map, width))
        columns = cells.columns(self._map, width)
        areas = [row.area for row in self._map.rows]
        row, column = self.row, self.column
        with self.app.batch_update():
            if columns != self._columns or areas != [key.value for key in grid.rows]:
                self._columns = columns
                grid.clear(columns=True)
                for item in columns:
                    grid.add_column(cells.header(self.ink, item), key=item.key, width=item.width)
                for line in self._map.rows:
                    grid.add_row(*self._cells(line, snapshot), key=line.area)
                self._place(row.area if row else "", column.key if column else "")
            else:
                for line in self._map.rows:
                    for item, content in zip(columns, self._cells(line, snapshot), strict=True):
                        if grid.get_cell(line.area, item.key) != content:
                            grid.update_cell(line.area, item.key, content)
        self.show_detail()

    def _cells(self, row: AccessRow, snapshot: Snapshot) -> list[object]:
        return [cells.cell(self.ink, row, column, snapshot.now) for column in self._columns]

    def _place(self, area: str, column: str) -> None:
        rows = [row.area for row in self._map.rows]
        keys = [item.key for item in self._columns]
        at = Coordinate(
            rows.index(area) if area in rows else 0, keys.index(column) if column in keys else min(1, len(keys) - 1)
        )
        self.query_one(Grid).move_cursor(row=at.row, column=at.column, animate=False)

    def show_detail(self) -> None:
        """What is known about the cell."""
        snapshot, column = self.launch.snapshot, self.column
        if snapshot is not None:
            words = cells.detail(self.ink, self._map, self.row, column.person if column else "", snapshot.now)
            self.query_one("#detail", Static).update(words)

    @property
    def row(self) -> AccessRow | None:
        """The system of the cursor."""
        at = self.query_one(Grid).cursor_row
        return self._map.rows[at] if 0 <= at < len(self._map.rows) else None

    @property
    def column(self) -> cells.Column | None:
        """The column of the cursor."""
        at = self.query_one(Grid).cursor_column
        return self._columns[at] if 0 <= at < len(self._columns) else None

    @on(DataTable.CellHighlighted)
    def moved(self) -> None:
        """Another cell."""
        self.query_one("#below", VerticalScroll).scroll_home(animate=False)
        self.show_detail()
        self.status_changed()

    # ------------------------------------------------------------------------------------------------- quick keys

    def why_not(self, action: str) -> str:
        """Why a key cannot act on this cell."""
        name = action.partition("(")[0]
        if name in ("role", "pays", "proven", "gone") and (self.row is None or not self._map.people):
            return "Nobody is on the map yet: P adds a person."
        if name in ("role", "pays", "proven", "gone") and (self.column is None or not self.column.person):
            return "Choose the column of a person with the arrows."
        if name in ("proven", "gone") and self._grant() is None and not self._recording.locked():
            return NO_ACCESS
        return ""

    def _grant(self) -> Grant | None:
        row, column = self.row, self.column
        return row.grants.get(column.person) if row and column and column.person else None

    def _refused(self, action: str) -> bool:
        return self.refuse(action) or not self.launch.can_record()

    def action_role(self, role: GrantRole) -> None:
        """Give or take a role."""
        if self._refused(f"role('{role}')"):
            return
        area, person = self._cell()
        self._change(area, person, lambda grant: replace(grant, role="" if grant.role == role else role))

    def action_pays(self) -> None:
        """Who pays."""
        if self._refused("pays"):
            return
        area, person = self._cell()
        self._change(area, person, lambda grant: replace(grant, role=grant.role or "member", pays=not grant.pays))

    def action_proven(self) -> None:
        """Somebody watched the login."""
        if self._refused("proven"):
            return
        area, person = self._cell()
        now = self.launch.now()
        self._change(area, person, lambda grant: replace(grant, proven_at=now))

    def action_gone(self) -> None:
        """Somebody looked again, and the access is gone."""
        if self._refused("gone"):
            return
        area, person = self._cell()
        now = self.launch.now()
        self._change(area, person, lambda grant: replace(grant, role="", pays=False, gone_at=now))

    def _cell(self) -> tuple[str, str]:
        row, column = self.row, self.column
        assert row is not None
        assert column is not None
        return row.area, column.person

    @work(exclusive=False, group="record", exit_on_error=False, description="recording an access")
    async def _change(self, area: str, person: str, change: cells.Change) -> None:
        async with self._recording:
            row = self._map.row(area)
            before = row.grants.get(person) if row else None
            after = change(before or Grant(area, person, ""))
            if before is None and not after.role:
                self.launch.say(NO_ACCESS, severity="warning")
            else:
                await self.launch.record(after, quiet=True)

    @work(exclusive=False, group="record", exit_on_error=False, description="recording the access map")
    async def _record(self, payload: Payload) -> None:
        async with self._recording:
            await self.launch.record(payload)

    def action_not_used(self) -> None:
        """The product does without it."""
        row = self.row
        if row is None or self._refused("not_used"):
            return
        if not row.is_used:
            self._record(System(row.area, removed=True))
        else:
            self._record(replace(row.system, name=NOT_USED) if row.system else System(row.area, NOT_USED))

    def action_take_back(self) -> None:
        """Take back what the cell says."""
        row, column = self.row, self.column
        if row is None or column is None or self._refused("take_back"):
            return
        grant = self._grant()
        if grant is not None:
            self._record(replace(grant, role=""))
        elif column.person or column.place:
            self.launch.say("The cell says nothing yet.", severity="warning")
        elif row.system is not None:
            self._record(replace(row.system, removed=True))
        else:
            self.launch.say("Nothing is recorded about this system yet.", severity="warning")

    # ------------------------------------------------------------------------------------------------- forms

    @on(DataTable.CellSelected)
    def opened(self) -> None:
        """Enter, or a second click."""
        column = self.column
        if column is not None and column.place:
            self.action_person()
        elif column is not None and column.person:
            self._open("grant")
        else:
            self._open("system")

    def action_person(self) -> None:
        """Add a person."""
        self._open("person")

    def action_system(self) -> None:
        """Add or edit a system."""
        self._open("system")

    def _open(self, what: str) -> None:
        if self.launch.snapshot is not None and self.launch.can_record():
            self._fill(what)

    @work(exclusive=True, group="form", exit_on_error=False, description="a form of the access map")
    async def _fill(self, what: str) -> None:
        snapshot, row, column = self.launch.snapshot, self.row, self.column
        assert snapshot is not None
        if what == "person":
            make = opening.person(snapshot, column.place if column else None)
        elif what == "grant" and row is not None and column is not None:
            make = opening.grant(snapshot, row.area, column.person)
        else:
            make = opening.system(snapshot, row.area if row and what == "system" else "")
        await opening.fill(self, make)
