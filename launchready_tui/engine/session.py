"""The façade of an open engagement: the terminal interface and the command line do everything through it."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from launchready_tui.checks.index import index
from launchready_tui.checks.registry import load_checks
from launchready_tui.engine import comparing, leaks, past, planning, ranges, reopening, replaying, rules, saved
from launchready_tui.engine.asking import TOOL, Door, LiveDoor
from launchready_tui.engine.conclusion import Conclusion
from launchready_tui.engine.earlier import WithMemory
from launchready_tui.engine.events import Listener, Preview, RunFinished, RunStarted, Selection, nobody
from launchready_tui.engine.findings import Findings
from launchready_tui.engine.gate import compute_gate
from launchready_tui.engine.judging import Planned
from launchready_tui.engine.memberlists import read_members
from launchready_tui.engine.profiles import profile_of
from launchready_tui.engine.running import Batch, execute
from launchready_tui.engine.standing import board
from launchready_tui.errors import EngagementError, InputError
from launchready_tui.folders import data_folder
from launchready_tui.model import codec
from launchready_tui.model.board import Snapshot
from launchready_tui.model.chain import ChainRow
from launchready_tui.model.changes import Changes, RunMove
from launchready_tui.model.evidence import Answer, Ask, Evidence
from launchready_tui.model.journal import fold, payload, redoable, undoable
from launchready_tui.model.members import MemberList
from launchready_tui.model.profile import parse_product
from launchready_tui.model.questions import Facts, Question
from launchready_tui.model.questions.loadtest import LoadReport, LoadTest
from launchready_tui.model.records import Authorization, Payload, ProductText, Record, Redo, Undo
from launchready_tui.model.results import Result, Run
from launchready_tui.model.runbook import Runbook
from launchready_tui.model.verdicts import Consent
from launchready_tui.runbook.loader import built_in, built_in_folder, load_runbook
from launchready_tui.store.file import EngagementFile
from launchready_tui.store.tokens import kept_tokens

F = TypeVar("F", bound=Facts)

Clock = Callable[[], datetime]
Tokens = Callable[[str], str | None]
"""The token of a provider, or the password of a test account (`account:ROLE`), None if there is none."""

PLACE, VISITED = "place", "visited"
SAME_MOMENT = timedelta(seconds=1)
"""Within it a snapshot is not made anew if nothing was written: opening a file asks for three."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Session:
    """An open engagement.

    Every method but `run`, `conclude` and `replay` is synchronous and may be called from any thread (the store has a
    thread of its own): a screen calls them by `asyncio.to_thread`. What a recording method returned is on disk.
    """

    def __init__(self, file: EngagementFile, runbook: Runbook, clock: Clock, tokens: Tokens | None = None) -> None:
        self._file = file
        self._tokens = tokens or kept_tokens(file.path.stem if file.path else "")
        self._runbook = runbook
        self._clock = clock
        self._registry = index()
        self._findings = Findings()
        self._seen = 0
        self._last: Snapshot | None = None
        self._lock = threading.Lock()
        self._last_visit = file.remark(VISITED)
        self.runbook_folder = built_in_folder()

    @classmethod
    def open(
        cls, path: Path, *, runbook: Path | None = None, clock: Clock = utc_now, tokens: Tokens | None = None
    ) -> Self:
        """Open an engagement file, or the folder of a handover pack: that one can only be read.

        Raises `EngagementError` where it is missing, foreign, corrupt, newer, locked or an altered pack.

        `tokens` gives provider tokens and test passwords; without it they come from the keyring and the environment.
        """
        if reopening.is_pack(path):
            file, runbook = reopening.open_pack(path)
        else:
            file = EngagementFile(path)
        try:
            session = cls(file, _runbook(runbook), clock, tokens)
            session.runbook_folder = runbook or built_in_folder()
            session.snapshot()
        except BaseException:
            file.close()
            raise
        return session

    @classmethod
    def create(
        cls,
        path: Path | None,
        toml: str,
        base: str,
        *,
        name: str = "product.toml",
        runbook: Path | None = None,
        clock: Clock = utc_now,
        tokens: Tokens | None = None,
    ) -> Self:
        """A new engagement for a product profile; `path` None keeps it in memory.

        `name` is what errors call the profile, `tokens` as in `open`. Raises `EngagementError` or `ProfileError`.
        """
        plan = _runbook(runbook)
        parse_product(toml, name, base)
        file = EngagementFile(path, create=path is not None)
        session = cls(file, plan, clock, tokens)
        file.append_record(ProductText(toml, base), clock())
        return session

    @property
    def path(self) -> Path | None:
        """The engagement file; None if it is kept in memory."""
        return self._file.path

    @property
    def read_only(self) -> bool:
        """Whether the file can only be read."""
        return self._file.read_only

    @property
    def clock(self) -> Clock:
        """What time it is."""
        return self._clock

    def token(self, name: str) -> str | None:
        """The token of that name (a provider's, an account's password, a DSN); None if there is none."""
        return self._tokens(name)

    @property
    def runbook(self) -> Runbook:
        """The runbook that this engagement follows."""
        return self._runbook

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # --- looking ------------------------------------------------------------------------------------------------------

    def snapshot(self, now: datetime | None = None) -> Snapshot:
        """How everything stands now, or as somebody would have seen it at another moment."""
        return self._snapshot(now or self._clock())

    def _snapshot(self, now: datetime) -> Snapshot:
        with self._lock:
            self._seen, fresh = self._file.results_after(self._seen)
            self._findings.add(fresh)
            records, runs = self._file.records(), self._file.runs()
            last = self._last
            soon = last is not None and timedelta() <= now - last.now < SAME_MOMENT
            if last is not None and soon and not fresh and len(records) == len(last.records) and runs == last.runs:
                return last
            state = fold(records)
            product = profile_of(state.product, str(self.path or "product.toml"))
            findings = self._findings.standing(state.waivers, now)
            newest, failed_at = self._findings.latest.values(), self._findings.failed_at
            rows = board(self._runbook, self._registry, product, state, newest, findings, now, failed_at)
            self._last = Snapshot(
                path=str(self.path or ""),
                now=now,
                product=product,
                runbook=self._runbook,
                state=state,
                records=records,
                runs=runs,
                board=rows,
                findings=findings,
                gate=compute_gate(self._runbook, rows, state),
                head=self._file.head,
            )
            return self._last

    def past(self, moment: datetime) -> Snapshot:
        """How everything stood at that moment (`engine.past`). Raises `InputError` where there was nothing yet."""
        return past.at_moment(self.snapshot(), self._file.results_after(0)[1], self._registry, moment)

    def evidence(self, ids: Sequence[str]) -> tuple[Evidence[Any], ...]:
        """Stored evidence by id, in that order; what is not there is left out."""
        return self._file.evidence(ids)

    def newest_load(self) -> LoadReport | None:
        """The report of the newest load test, None if there was none."""
        seen = self._file.newest_evidence(LoadTest.kind, "", sys.maxsize)
        return next((item.facts for item in reversed(seen) if isinstance(item.facts, LoadReport)), None)

    def history(self, check: str, subject: str) -> tuple[Result, ...]:
        """The live results of a check for a subject over all runs, oldest first."""
        return self._file.history(check, subject)

    def changes(self, since: datetime | None = None) -> Changes:
        """What changed since a moment; without one, since the last visit (or the newest run, where there was no earlier
        visit).
        """
        snapshot = self.snapshot()
        if since is None and self._last_visit:
            since = datetime.fromisoformat(self._last_visit)
        if since is None and len(snapshot.runs) > 1:
            since = comparing.end_of(snapshot.runs[-2])
        before = None
        if since is not None:
            with suppress(InputError):  # a moment before the first record: there was nothing to lose
                before = self.past(since)
        return comparing.compare(snapshot, since, before)

    def run_moves(self) -> Mapping[int, RunMove]:
        """What each run lost sight of, and what it made of the gate, by its number (`comparing.run_moves`)."""
        return comparing.run_moves(self.snapshot(), self._file.results_after(0)[1], self._registry)

    # --- recording ----------------------------------------------------------------------------------------------------

    def record(self, payload: Payload) -> Record:
        """Write a record, after checking that it is complete. Raises `InputError` where a rule is broken."""
        rules.validate(payload, self.snapshot())
        leaks.refuse(payload)
        return self._file.append_record(payload, self._clock())

    def undo(self) -> Record | None:
        """Take back the newest record of a person; None if there is nothing to take back.

        Returns the record that was taken back.
        """
        return self._turn(lambda records: Undo(undoable(records)) if undoable(records) else None)

    def redo(self) -> Record | None:
        """Bring back what was taken back last; None if there is nothing. Returns the record that counts again."""
        return self._turn(lambda records: Redo(redoable(records)) if redoable(records) else None)

    def _turn(self, make: Callable[[tuple[Record, ...]], Undo | Redo | None]) -> Record | None:
        """Take back or bring back; the target is chosen inside the write, so that two windows never choose the same."""
        written = self._file.append_answer(make, self._clock())
        if written is None or not isinstance(written.payload, (Undo, Redo)):
            return None
        target = written.payload.target
        return next(record for record in self._file.records() if record.number == target)

    def place(self) -> str:
        """Where the work was left: what `leave` was told last."""
        return self._file.remark(PLACE)

    def keep_place(self, place: str) -> None:
        """Remember where the work is, in case the program ends without a word."""
        if not self.read_only:
            self._file.set_remark(PLACE, place)

    def remarks(self, prefix: str) -> Mapping[str, str]:
        """What `keep_remarks` kept under keys that begin like that."""
        return self._file.remarks(prefix)

    def keep_remarks(self, remarks: Mapping[str, str]) -> None:
        """Keep what is typed or timed and no record yet, in case the program ends without a word; '' drops one."""
        if remarks and not self.read_only:
            self._file.set_remarks(remarks)

    def head(self) -> str:
        """The head of the hash chain as the file has it now. Another than the snapshot's: somebody wrote."""
        return self._file.head

    def leave(self, place: str) -> None:
        """Remember where the work is left, and that somebody was here now."""
        if self.read_only:
            return
        self._file.set_remark(PLACE, place)
        self._file.set_remark(VISITED, codec.moment(self._clock()).isoformat())

    def copy_to(self, target: Path) -> None:
        """A consistent copy of the file. Raises `EngagementError` if the target exists."""
        self._file.copy_to(target)

    def chain(self) -> tuple[ChainRow, ...]:
        """Every row that the hash chain covers, in its order."""
        return self._file.chain()

    def broken_link(self) -> str:
        """Where the hash chain of the file does not fit, '' if it is whole."""
        return self._file.broken_link()

    # --- running ------------------------------------------------------------------------------------------------------

    def preview(self, selection: Selection) -> Preview:
        """What a run of the selection would do."""
        snapshot = self.snapshot()
        planned = planning.plan(self._runbook, self._registry, snapshot.product, selection)
        return planning.preview(planned, selection.levels, self.permission(snapshot, ""))

    async def run(self, selection: Selection, listener: Listener = nobody) -> Run:
        """Run checks. Cancelling the task ends it; what was finished is kept, and the run is `interrupted`."""
        return (await self.conclude(selection, listener)).run

    async def conclude(
        self, selection: Selection, listener: Listener = nobody, *, authorized_by: str = ""
    ) -> Conclusion:
        """Run checks and return everything about it.

        `authorized_by` stands for an authorization of all hosts where the file holds none.
        """
        await asyncio.to_thread(load_checks)  # the code of all checks, off the loop that draws
        snapshot = await asyncio.to_thread(self.snapshot)
        product = snapshot.product
        looked_at = ranges.with_ranges(product, data_folder())
        planned = planning.plan(self._runbook, self._registry, looked_at, selection)
        run = await asyncio.to_thread(self._file.start_run, self._clock(), selection.label, TOOL)
        kept: list[Evidence[Any]] = []
        batch = Batch(lambda evidence, results: self._file.append_results(run.id, evidence, results))
        door = self._door(snapshot, run, selection.levels, authorized_by, (kept.append, batch.keep))
        listener(RunStarted(run, len(planned)))
        results: tuple[Result, ...] = ()
        state = "interrupted"
        try:
            results = await self._execute(planned, door, batch, run, selection.levels, listener)
            state = "finished"
        finally:
            run = await self._finish(door, batch, run, state)
            listener(RunFinished(run, results))
        after = await asyncio.to_thread(self._snapshot, run.finished_at or self._clock())
        return Conclusion(run, results, tuple(kept), after, door.pacing.mandated)

    @asynccontextmanager
    async def asking(
        self,
        label: str,
        levels: frozenset[Consent] = frozenset({Consent.PASSIVE}),
        *,
        authorized_by: str = "",
    ) -> AsyncIterator[Ask]:
        """A door for a few questions outside any check; the answers are kept as a run that judged nothing."""
        snapshot = await asyncio.to_thread(self.snapshot)
        run = await asyncio.to_thread(self._file.start_run, self._clock(), label, TOOL)
        batch = Batch(lambda evidence, results: self._file.append_results(run.id, evidence, results))
        door = self._door(snapshot, run, levels, authorized_by, (batch.keep,))

        async def ask(question: Question[F], /) -> Answer[F]:
            return await door.ask(question, 1)

        state = "interrupted"
        try:
            yield ask
            state = "finished"
        finally:
            await self._finish(door, batch, run, state)

    async def members(self, provider: str) -> MemberList:
        """Who can enter at a provider, read with the kept token; nothing of it is kept. Raises `InputError`."""
        product = (await asyncio.to_thread(self.snapshot)).product
        return await read_members(product, provider, self._tokens, self._clock)

    def has_token(self, name: str) -> bool:
        """Whether a token of that name is known here. May take as long as the keyring takes."""
        return bool(self._tokens(name))

    def keep_seen(self, label: str, evidence: Evidence[Any]) -> Run:
        """Keep what was seen outside of `look` (a load test, which has a process of its own) as a run by itself."""
        run = self._file.start_run(evidence.started_at, label, TOOL)
        self._file.append_results(run.id, (codec.identified(evidence),), ())
        return self._file.finish_run(run, evidence.finished_at, "finished")

    def _door(
        self,
        snapshot: Snapshot,
        run: Run,
        levels: frozenset[Consent],
        authorized_by: str,
        keeping: Sequence[Callable[[Evidence[Any]], None]],
    ) -> LiveDoor:
        """The door of a run: probes, memory, and the consent that was given."""
        from launchready_tui.probes.prober import Prober

        product = snapshot.product
        inner = Prober(product.network, product.base, product, self._tokens)
        permitted = self.permission(snapshot, authorized_by)

        def may(host: str, level: Consent) -> bool:
            """Authorized, and chosen for this run: a check that is passive in part asks no more than that."""
            return level in levels and permitted(host, level)

        def keep(evidence: Evidence[Any]) -> None:
            for taker in keeping:
                taker(evidence)

        return LiveDoor(
            WithMemory(inner, self._file.newest_evidence, run, snapshot.state), clock=self._clock, may=may, keep=keep
        )

    async def _execute(
        self,
        planned: tuple[Planned, ...],
        door: Door,
        batch: Batch,
        run: Run,
        levels: frozenset[Consent],
        listener: Listener,
    ) -> tuple[Result, ...]:
        try:
            return await execute(
                planned, door, batch, run=run.id, levels=levels, started_at=run.started_at, listener=listener
            )
        except* EngagementError as group:
            raise group.exceptions[0] from None

    async def _finish(self, door: LiveDoor, batch: Batch, run: Run, state: str) -> Run:
        """Close the door, write what is left and that the run ended: also when the task is being cancelled."""

        async def finishing() -> Run:
            await batch.flush()
            with suppress(Exception):
                await door.aclose()
            await batch.flush()
            return await asyncio.to_thread(self._file.finish_run, run, self._clock(), state)

        task = asyncio.create_task(finishing(), name="finish run")
        while True:
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                if task.done():
                    raise

    def permission(self, snapshot: Snapshot, authorized_by: str = "") -> Callable[[str, Consent], bool]:
        """Whether a host may be asked at a level: by a record, or by `authorized_by` for the product's own hosts."""

        def may(host: str, level: Consent) -> bool:
            if level is Consent.PASSIVE:
                return True
            named = snapshot.state.authorized(host, level.value, self._clock())
            if named is not None and payload(named, Authorization).host == host:
                return True
            return bool(named or authorized_by) and snapshot.product.names(host)

        return may

    # --- saving and replaying -----------------------------------------------------------------------------------------

    def save_evidence(self, conclusion: Conclusion, selection: Selection, folder: Path) -> None:
        """Write what a run was judged from into a folder. Raises `ReplayError` where that cannot be done."""
        run = conclusion.run
        head = saved.SavedRun(
            saved.FORMAT,
            replaying.fingerprint(conclusion.snapshot.product),
            f"{self._runbook.name} {self._runbook.version}",
            tuple(sorted(selection.levels)),
            run.started_at,
            run.finished_at or run.started_at,
        )
        saved.save(folder, head, conclusion.evidence)

    async def replay(self, source: Path | int, selection: Selection, listener: Listener = nobody) -> Conclusion:
        """Judge a saved folder, or a run of this file, again. Touches neither the network nor the file.

        Raises `ReplayError` where the saved run was made for another product, runbook or consent.
        """
        snapshot = self.snapshot()
        if isinstance(source, int):
            tape = replaying.of_run(self._file, snapshot, source, selection)
        else:
            tape = replaying.of_folder(source, snapshot, selection)
        return await replaying.judge_again(tape, snapshot, self._registry, selection, listener)


def _runbook(folder: Path | None) -> Runbook:
    return built_in() if folder is None else load_runbook(folder, frozenset(index()))
