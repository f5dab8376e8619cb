"""The app's runs: asked for first where more is sent than a browser sends, shown while they go, stopped on request."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import work
from textual.timer import Timer
from textual.worker import Worker

from launchready_tui.engine.events import Preview, Selection
from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Authorization
from launchready_tui.model.results import Run
from launchready_tui.model.verdicts import Consent, Verdict
from launchready_tui.text import plural, span
from launchready_tui.tui import doors
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.recording import Recorder
from launchready_tui.tui.render import Part
from launchready_tui.tui.running import TICK, Progress

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session

BEYOND = frozenset({Consent.ACTIVE, Consent.LOCAL})
"""What `r` may ask beyond passive looking; load tests have a door of their own."""


class Runner(Recorder):
    """An app that runs checks. A run belongs to the app, so no screen takes it along when it closes."""

    _worker: Worker[None] | None = None
    _ticker: Timer | None = None
    _refreshed_at: float = 0.0

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.run_ended = asyncio.Event()

    # ------------------------------------------------------------------------------------------------- asking

    def ask_run(self, selection: Selection) -> None:
        """Run a selection; where it would send more than a browser does, show what, to whom and by whose leave,
        first. What takes long says so, too.
        """
        if self.session is None or self.snapshot is None:
            return
        if self.progress is not None:
            self.say(
                f"A run is going on ({self.progress.label}). x stops it; what is finished is kept.", severity="warning"
            )
            return
        if self.read_only:
            self.say(
                "This file can only be read: nothing can be run here. launchready copy makes one that can be written.",
                severity="warning",
            )
            return
        levels = self._levels(selection, self.snapshot)
        if levels <= {Consent.PASSIVE} and not self._takes_long(selection, self.snapshot):
            self.start_run(replace(selection, levels=frozenset({Consent.PASSIVE})))
        else:
            self._ask(replace(selection, levels=levels))

    def _levels(self, selection: Selection, snapshot: Snapshot) -> frozenset[Consent]:
        entries = [row.entry for row in snapshot.board if selection.wants(row.entry.stage, *row.key)]
        wanted = {entry.consent for entry in entries}
        if any(entry.sends for entry in entries):
            wanted.add(Consent.ACTIVE)
        return frozenset({Consent.PASSIVE, *(wanted & BEYOND)})

    def _takes_long(self, selection: Selection, snapshot: Snapshot) -> bool:
        return any(
            row.entry.slow and selection.wants(row.entry.stage, *row.key) and selection.names(*row.key)
            for row in snapshot.board
        )

    @work(exclusive=True, group="ask", exit_on_error=False, description="what a run would send")
    async def _ask(self, selection: Selection) -> None:
        session: Session | None = self.session
        if session is None:
            return
        while True:
            try:
                preview = await asyncio.to_thread(session.preview, selection)
            except Exception as error:
                await self.explain(error, "Nothing was run")
                return
            if not preview.active and not preview.slow:
                self.start_run(selection)
                return
            answer = await (self._confirm(preview) if preview.active else self._confirm_slow(preview))
            if answer == "authorize" and self.snapshot is not None:
                try:
                    make = doors.authorize(self.snapshot, preview.unauthorized or preview.hosts, preview)
                except doors.Closed:
                    self.not_built("authorize")
                    return
                await self.fill_and_record(make)
                continue
            if answer == "passive":
                self.start_run(replace(selection, levels=frozenset({Consent.PASSIVE})))
            elif answer == "run":
                self.start_run(selection)
            return

    async def _confirm(self, preview: Preview) -> str | None:
        from launchready_tui.tui.screens.confirm import Confirm

        ink = self.ink
        parts: list[Part] = [
            (f"{plural(preview.checks, 'check')} of {plural(len(preview.hosts), 'host')}. ", "bold"),
            ("Besides what a browser sends, this would send:\n", "bold"),
        ]
        parts += [(f"\n {ink.glyphs.bullet} {sentence}", "plain") for sentence in preview.active[:12]]
        if len(preview.active) > 12:
            parts.append((f"\n   and {len(preview.active) - 12} more", "muted"))
        parts += [(f"\n {ink.glyphs.bullet} {sentence}", "plain") for sentence in preview.slow]
        hosts = ", ".join(preview.hosts[:6]) + (f" and {len(preview.hosts) - 6} more" if len(preview.hosts) > 6 else "")
        parts += [("\n\nTo          ", "muted"), hosts]
        for line in self._authorized_by(preview):
            parts += [("\nAuthorized  ", "muted"), (line, "pass")]
        if preview.unauthorized:
            names = ", ".join(preview.unauthorized[:6])
            parts += [
                ("\nNobody yet  ", "warn"),
                (names, "warn"),
                ("\n\nWithout an authorization these are skipped and stay “not run”.", "muted"),
            ]
        choices = [("passive", "Passive only")]
        if preview.unauthorized:
            choices.append(("authorize", "Authorize…"))
        if not preview.unauthorized or self._authorized_by(preview):
            choices.append(("run", "Send it"))
        return await self.push_screen_wait(
            Confirm("Before anything is sent", ink.line(*parts, lines=True, limit=2_000), choices, danger="run")
        )

    async def _confirm_slow(self, preview: Preview) -> str | None:
        """What takes long, where nothing is sent beyond what a browser sends."""
        from launchready_tui.tui.screens.confirm import Confirm

        ink = self.ink
        parts: list[Part] = [("This takes a while:\n", "bold")]
        parts += [(f"\n {ink.glyphs.bullet} {sentence}", "plain") for sentence in preview.slow]
        parts.append(("\n\nx stops it; what is finished is kept.", "muted"))
        body = ink.line(*parts, lines=True, limit=2_000)
        return await self.push_screen_wait(Confirm("Before it starts", body, [("run", "Start")]))

    def _authorized_by(self, preview: Preview) -> list[str]:
        if self.snapshot is None:
            return []
        found: dict[int, str] = {}
        for host in preview.hosts:
            record = self.snapshot.state.authorized(host, Consent.ACTIVE, self.now())
            if record is not None and isinstance(record.payload, Authorization):
                until = f", until {record.payload.until:%d %b %Y}" if record.payload.until else ""
                found[record.number] = f"by {record.payload.who} ({record.payload.proof}){until}"
        return list(found.values())

    # ------------------------------------------------------------------------------------------------- running

    def start_run(self, selection: Selection) -> None:
        """Start a run; it is shown on every screen."""
        if self.session is None or self.progress is not None:
            return
        self.progress = Progress(selection.label, self.now())
        self.run_ended.clear()
        self._refreshed_at = asyncio.get_running_loop().time()
        self._ticker = self.set_interval(TICK, self._tick)
        self._worker = self._run(selection)
        self.status_changed()

    @work(exclusive=True, group="run", exit_on_error=False, description="a run of checks")
    async def _run(self, selection: Selection) -> None:
        session, progress = self.session, self.progress
        if session is None or progress is None:
            return
        before = {row.key: row.verdict for row in self.snapshot.board} if self.snapshot else {}
        failure: Exception | None = None
        run: Run | None = None
        try:
            run = await session.run(selection, progress.hear)
        except asyncio.CancelledError:
            if not progress.stopping:
                raise
            # The session has kept what was finished; the worker lives on to say so.
        except Exception as error:
            failure = error
        finally:
            if self._ticker is not None:
                self._ticker.stop()
            self._tick(last=True)
            self.progress = None
            self.run_ended.set()
        await self.refresh_snapshot()
        if failure is not None:
            await self.explain(failure, "The run ended early")
        else:
            self.say(self._summary(progress, before), title=self._headline(progress, run), timeout=8)

    def _headline(self, progress: Progress, run: Run | None) -> str:
        stopped = progress.stopping or (run is not None and run.state == "interrupted")
        took = span((self.now() - progress.started_at).total_seconds())
        return (
            f"Stopped after {took}; what was finished is kept" if stopped else f"Looked at {progress.label} in {took}"
        )

    def _summary(self, progress: Progress, before: dict[tuple[str, str], Verdict]) -> str:
        results = list(progress.results.values())
        worse = sum(r.verdict is Verdict.FAIL and before.get(r.key) not in (Verdict.FAIL, None) for r in results)
        better = sum(r.verdict is Verdict.PASS and before.get(r.key) is Verdict.FAIL for r in results)
        counts = [
            (v.value, sum(r.verdict is v for r in results))
            for v in (Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR)
        ]
        words = " · ".join(f"{count} {word}" for word, count in counts if count) or "nothing concluded"
        moved = [f"{worse} newly failing" if worse else "", f"{better} repaired" if better else ""]
        return "\n".join([words, *(" · ".join(part for part in moved if part),)]).strip()

    def _tick(self, last: bool = False) -> None:
        """Four times a second: draw what came in since the last look."""
        progress = self.progress
        if progress is None or not (progress.changed or last):
            return
        progress.changed = False
        for screen in self.screen_stack:
            if isinstance(screen, LaunchScreen) and screen.is_mounted:
                screen.run_progressed(progress)
                screen.status_changed()
        since = asyncio.get_running_loop().time() - self._refreshed_at
        if not last and since > max(2.0, 10 * self.refresh_seconds):
            self._refreshed_at = asyncio.get_running_loop().time()
            self._refresh_between()

    @work(exclusive=True, group="refresh", exit_on_error=False, description="how everything stands during a run")
    async def _refresh_between(self) -> None:
        await self.refresh_snapshot()

    def action_stop(self) -> None:
        """Stop the run."""
        if not self.cancel_run():
            self.say("Nothing is running.")

    def cancel_run(self) -> bool:
        """Stop the run; what is finished is kept. Whether there was one."""
        if self._worker is None or self.progress is None or self._worker.is_finished:
            return False
        self.progress.stopping = True
        self._worker.cancel()
        self.say("Stopping. What is finished is kept.")
        return True
