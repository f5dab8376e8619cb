"""What the access map gives and takes beyond its cells: CSV out and in, pasted member lists, the exit list."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding

from launchready_tui.engine.members import provider_of
from launchready_tui.errors import LaunchReadyError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.members import MemberList
from launchready_tui.text import plural, slug
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.screens import opening

if TYPE_CHECKING:
    from launchready_tui.engine.access import AccessRow
    from launchready_tui.engine.accesscsv import Imported

EXCHANGE = (
    Binding("E", "exits", "exit list", show=False, id="access.exits", tooltip="Whose access ends when"),
    Binding(
        "g", "gone", "gone", show=False, id="access.gone", tooltip="Record that you looked again and the access is gone"
    ),
    Binding(
        "m",
        "members",
        "members",
        show=False,
        id="access.members",
        tooltip="Compare the provider's member list with the line: read with a kept token, or pasted",
    ),
    Binding("X", "write_csv", "CSV out", show=False, id="access.export", tooltip="Write the map as CSV"),
    Binding("I", "read_csv", "CSV in", show=False, id="access.import", tooltip="Read changes of the map from a CSV"),
)


class Exchange(LaunchScreen):
    """A screen that can do these. Subclasses say which system the cursor is on: `row`."""

    @property
    def row(self) -> AccessRow | None:
        """The system of the cursor."""
        return None

    def action_exits(self) -> None:
        """Show the exit list."""
        from launchready_tui.tui.screens.exitlist import ExitListModal

        if self.launch.snapshot is not None:
            self.app.push_screen(ExitListModal(self.launch.snapshot))

    def action_members(self) -> None:
        """Compare a member list."""
        row, snapshot = self.row, self.launch.snapshot
        if row is not None and snapshot is not None and self.launch.can_record():
            self._members(snapshot, row.area, provider_of(row.system.name if row.system else ""))

    @work(exclusive=True, group="form", exit_on_error=False, description="a member list")
    async def _members(self, snapshot: Snapshot, area: str, provider: str) -> None:
        from launchready_tui.tui.forms.members import MembersForm

        found = await self._read_members(provider) if provider else None
        await opening.fill(self, lambda refused: MembersForm(snapshot, area, found=found, draft=refused))

    async def _read_members(self, provider: str) -> MemberList | None:
        """The list as the provider gives it; None where it has to be pasted, and why was said."""
        session = self.launch.session
        if session is None or not await asyncio.to_thread(session.has_token, provider):
            self.launch.say(f"With a token the list is read for you: launchready token set {provider}", timeout=8)
            return None
        self.launch.say(f"Reading the member list of {provider}; nothing of it is kept.", timeout=3)
        try:
            return await session.members(provider)
        except LaunchReadyError as error:
            await self.launch.explain(error, "The list has to be pasted")
            return None

    # ----------------------------------------------------------------------------------------------------- CSV

    def action_write_csv(self) -> None:
        """Write the map."""
        if self.launch.snapshot is not None:
            self._write(self.launch.snapshot)

    @work(exclusive=True, group="form", exit_on_error=False, description="writing the access map")
    async def _write(self, snapshot: Snapshot) -> None:
        from launchready_tui.engine.access import required
        from launchready_tui.engine.accesscsv import to_csv
        from launchready_tui.tui.forms.pathform import PathForm

        words = "Names, roles and contacts are personal data: send it only to whom it concerns. It holds no password."
        first = f"{slug(snapshot.product.name)}-access.csv"
        path: Path | None = await self.app.push_screen_wait(PathForm("Write the map", words, new=True, first=first))
        if path is None:
            return
        try:
            await asyncio.to_thread(_write_new, path, to_csv(snapshot.state, required(snapshot.runbook)))
        except OSError as error:
            self.launch.say(f"{path.name} was not written: {error.strerror}.", severity="error")
            return
        self.launch.say(f"{path}\nChange it in a spreadsheet; I reads it back.", title="Written", timeout=6)

    def action_read_csv(self) -> None:
        """Read changes."""
        if self.launch.snapshot is not None and self.launch.can_record():
            self._read(self.launch.snapshot)

    @work(exclusive=True, group="form", exit_on_error=False, description="reading an access map")
    async def _read(self, snapshot: Snapshot) -> None:
        from launchready_tui.engine.accesscsv import from_csv
        from launchready_tui.tui.forms.pathform import PathForm

        words = "An empty cell says nothing, one with a single - is emptied; a line that is missing removes nothing."
        path: Path | None = await self.app.push_screen_wait(PathForm("Read the map", words, new=False))
        if path is None:
            return
        try:
            data = await asyncio.to_thread(_read_some, path)
            found = from_csv(data, snapshot.state, snapshot.now)
        except (OSError, LaunchReadyError) as error:
            await self.launch.explain(error, f"{path.name} was not read")
            return
        await self._record_all(found)

    async def _record_all(self, found: Imported) -> None:
        if not found.payloads:
            self.launch.say(f"{plural(found.lines, 'line')}, nothing that the map does not say already.")
            return
        from launchready_tui.tui.forms.confirm import ConfirmModal
        from launchready_tui.words.records import describe

        told = [f"{describe(item)}" for item in found.payloads[:12]]
        if len(found.payloads) > len(told):
            told.append(f"and {len(found.payloads) - len(told)} more")
        title = f"{plural(len(found.payloads), 'change')} to the map"
        agreed = await self.app.push_screen_wait(ConfirmModal(title, ["\n".join(told)], "Record them"))
        if agreed and await self.launch.record_all(found.payloads):
            self.launch.say(f"{plural(len(found.payloads), 'change')} recorded; u takes back one at a time.")


def _write_new(path: Path, text: str) -> None:
    """A file of one's own, for nobody else to read; spreadsheets know UTF-8 by its mark. Nothing is overwritten, and
    nothing half-written is left.
    """
    import os

    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8-sig", "replace"))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _read_some(path: Path) -> bytes:
    """The file, a little more than may be read of it at most."""
    from launchready_tui.engine.accesscsv import MOST_BYTES

    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
