"""A session that answers from memory, and engagements with something to show: deterministic, no file, no network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from launchready_tui.checks.subjects import subjects
from launchready_tui.engine.events import (
    CheckStarted,
    Listener,
    Preview,
    ResultReady,
    RunFinished,
    RunStarted,
    Selection,
    nobody,
)
from launchready_tui.engine.findings import Findings
from launchready_tui.engine.gate import compute_gate
from launchready_tui.engine.session import Session
from launchready_tui.engine.standing import board
from launchready_tui.errors import InputError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.changes import Changes
from launchready_tui.model.evidence import Evidence, Vantage
from launchready_tui.model.journal import fold
from launchready_tui.model.product import Product
from launchready_tui.model.profile import parse_product
from launchready_tui.model.questions import DnsAnswer, DnsLookup
from launchready_tui.model.records import ClockMark, Ownership, Payload, Person, ProductText, Record, Redo, Undo
from launchready_tui.model.results import Result, Run
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Consent, Severity, Source, Verdict
from tests.tui.plan import the_plan, the_registry

NOW = datetime(2026, 11, 24, 14, 2, 11, tzinfo=UTC)

PRODUCT = """
[product]
name = "Acme Market"
domain = "acme.test"
[[host]]
name = "acme.test"
role = "apex"
[[host]]
name = "www.acme.test"
role = "www"
[[host]]
name = "app.acme.test"
role = "app"
[[host]]
name = "api.acme.test"
role = "api"
[[host]]
name = "mail.acme.test"
role = "mail"
[[route]]
id = "login"
url = "https://app.acme.test/login"
kind = "auth"
[[route]]
id = "webhook"
url = "https://api.acme.test/hooks/stripe"
kind = "webhook"
[[route]]
id = "listing"
url = "https://www.acme.test/listings"
[[redirect]]
from = "http://acme.test/pricing-2023"
to = "https://www.acme.test/pricing"
[[redirect]]
from = "https://acme.test/invite/abc"
to = "https://app.acme.test/invite/abc"
"""

WORDS = {
    Verdict.PASS: ("", "All answers agree, as they were meant to."),
    Verdict.WARN: ("weak", "It holds today, with 12 of 90 days left."),
    Verdict.FAIL: (
        "expires-soon",
        "9 of 90 days left: renewal was due 21 days ago. On 3 Dec every visitor sees a warning and checkout stops.",
    ),
    Verdict.UNKNOWN: ("no-ipv6", "This machine has no IPv6 to look from."),
    Verdict.ERROR: ("bug", "Our own mistake: KeyError."),
}


SCRIPT: dict[str, dict[str, Verdict]] = {
    "dns.intended-target": {"mail.acme.test": Verdict.FAIL},
    "dns.no-staging": {"www.acme.test": Verdict.WARN, "api.acme.test": Verdict.WARN},
    "dns.dangling": {"api.acme.test": Verdict.UNKNOWN},
    "dns.caa": {"acme.test": Verdict.FAIL},
    "redirects.canonical": {
        "www.acme.test": Verdict.FAIL,
        "app.acme.test": Verdict.FAIL,
        "api.acme.test": Verdict.FAIL,
    },
    "tls.certificate-lifetime": {"app.acme.test": Verdict.FAIL},
    "tls.hsts": {"acme.test": Verdict.WARN},
    "tls.versions": {"api.acme.test": Verdict.UNKNOWN},
}


def scripted(number: int, check: str, subject: str) -> Verdict:
    """Mostly good, some of everything else, always the same."""
    return SCRIPT.get(check, {}).get(subject, Verdict.PASS)


class FakeSession(Session):
    """An engagement in memory. `verdict` decides what a run concludes; `delay` is how long one check takes."""

    def __init__(
        self,
        toml: str = PRODUCT,
        *,
        clock: Callable[[], datetime] = lambda: NOW,
        verdict: Callable[[int, str, str], Verdict] = scripted,
        summary: Callable[[Verdict, str], str] | None = None,
        delay: float = 0.0,
        locked: bool = False,
    ) -> None:
        self._clock = clock
        self._book = the_plan()
        self._registry = dict(the_registry())
        self._records: list[Record] = []
        self._found = Findings()
        self._runs: list[Run] = []
        self._history: dict[tuple[str, str], list[Result]] = {}
        self._evidence: dict[str, Evidence[Any]] = {}
        self._verdict, self._summary, self._delay, self._locked = verdict, summary, delay, locked
        self.left: list[str] = []
        self.kept: dict[str, str] = {}
        self.start_place = ""
        self.refusal: InputError | None = None
        self.ran: list[Selection] = []
        self.told = Changes(None)
        self._append(ProductText(toml, "."), clock() - timedelta(hours=3))

    # The real one keeps these in the file.
    @property
    def path(self) -> Path | None:
        return Path("acme.launchready")

    @property
    def read_only(self) -> bool:
        return self._locked

    def close(self) -> None:
        return

    def _append(self, payload: Payload, at: datetime) -> Record:
        record = Record(len(self._records) + 1, at, payload, f"{len(self._records):064x}")
        self._records.append(record)
        return record

    def product(self) -> Product:
        """The profile."""
        text = fold(self._records).product
        assert text is not None
        return parse_product(text.toml)

    def snapshot(self) -> Snapshot:
        now = self._clock()
        state, product = fold(self._records), self.product()
        findings = self._found.standing(state.waivers, now)
        rows = board(self._book, self._registry, product, state, self._found.latest.values(), findings, now)
        head = self._records[-1].hash
        gate = compute_gate(self._book, rows, state)
        return Snapshot(
            "acme.launchready",
            now,
            product,
            self._book,
            state,
            tuple(self._records),
            tuple(self._runs),
            rows,
            findings,
            gate,
            head,
        )

    def record(self, payload: Payload) -> Record:
        if self.refusal is not None:
            raise self.refusal
        return self._append(payload, self._clock())

    def undo(self) -> Record | None:
        return self._turn(fold(self._records).undoable, Undo)

    def redo(self) -> Record | None:
        return self._turn(fold(self._records).redoable, Redo)

    def _turn(self, number: int, kind: type[Undo] | type[Redo]) -> Record | None:
        if not number:
            return None
        self._append(kind(number), self._clock())
        return self._records[number - 1]

    def evidence(self, ids: Sequence[str]) -> tuple[Evidence[Any], ...]:
        return tuple(self._evidence[name] for name in ids if name in self._evidence)

    def history(self, check: str, subject: str) -> tuple[Result, ...]:
        return tuple(self._history.get((check, subject), ()))

    def changes(self, since: datetime | None = None) -> Changes:
        return self.told

    def place(self) -> str:
        return self.start_place

    def leave(self, place: str) -> None:
        self.left.append(place)

    def remarks(self, prefix: str) -> Mapping[str, str]:
        return {key: value for key, value in self.kept.items() if key.startswith(prefix)}

    def keep_remarks(self, remarks: Mapping[str, str]) -> None:
        self.kept = {key: value for key, value in {**self.kept, **remarks}.items() if value}

    def _planned(self, selection: Selection) -> list[tuple[int, str, str]]:
        product = self.product()
        return [
            (number, entry.id, subject.name)
            for number, entry in enumerate(self._book.entries)
            if entry.kind is Kind.LIVE
            for subject in subjects(self._registry[entry.id].over, product)
            if selection.wants(entry.stage, entry.id, subject.name)
        ]

    def preview(self, selection: Selection) -> Preview:
        planned = self._planned(selection)
        active = [
            item
            for item in planned
            if (entry := self._book.entry(item[1])) and entry.consent in selection.levels - {Consent.PASSIVE}
        ]
        hosts = tuple(host.name for host in self.product().web_hosts)
        state = fold(self._records)
        free = tuple(host for host in hosts if active and state.authorized(host, "active", self._clock()) is None)
        return Preview(
            len({item[1] for item in planned}),
            len(planned),
            hosts,
            tuple(f"one POST to {item[2]}" for item in active),
            free,
        )

    def judge(self, number: int, check: str, subject: str, at: datetime, run: int) -> Result:
        """What a run concludes."""
        entry = self._book.entry(check)
        assert entry is not None
        verdict = self._verdict(number, check, subject)
        reason, words = WORDS.get(verdict, ("", ""))
        if self._summary is not None:
            words = self._summary(verdict, subject)
        name = f"{run}-{check}-{subject}"
        question = DnsLookup(subject, "A")
        self._evidence[name] = Evidence(
            name,
            question,
            1,
            DnsAnswer("NOERROR", ("127.0.0.12",), 300),
            None,
            at - timedelta(milliseconds=34),
            at,
            Vantage(("127.0.0.53",)),
        )
        decide = "Run it again from a machine that has IPv6." if verdict is Verdict.UNKNOWN else ""
        return Result(
            check,
            subject,
            verdict,
            entry.severity_of(reason),
            reason,
            words,
            Source.LIVE,
            at,
            evidence=(name,),
            decide_by=decide,
            run=run,
            duration_ms=34,
        )

    def keep(self, results: Sequence[Result]) -> None:
        """Results of a run."""
        self._found.add(tuple(results))
        for result in results:
            self._history.setdefault(result.key, []).append(result)

    async def run(self, selection: Selection, listener: Listener = nobody) -> Run:
        self.ran.append(selection)
        planned = self._planned(selection)
        run = Run(len(self._runs) + 1, self._clock(), None, "running", selection.label, "test")
        listener(RunStarted(run, len(planned)))
        done: list[Result] = []
        state = "interrupted"
        try:
            for number, check, subject in planned:
                listener(CheckStarted(check, subject))
                await asyncio.sleep(self._delay)
                result = self.judge(number, check, subject, self._clock(), run.id)
                done.append(result)
                listener(ResultReady(result, len(done), len(planned)))
            state = "finished"
        finally:
            run = Run(run.id, run.started_at, self._clock(), state, run.scope, run.tool)
            self._runs.append(run)
            self.keep(done)
            listener(RunFinished(run, tuple(done)))
        return run

    def seed_run(self, selection: Selection, at: datetime) -> None:
        """A run in the past."""
        planned = self._planned(selection)
        number = len(self._runs) + 1
        self._runs.append(Run(number, at, at, "finished", selection.label, "test"))
        self.keep([self.judge(index, check, subject, at, number) for index, check, subject in planned])


def working(**options: Any) -> FakeSession:
    """An engagement in the middle of stage 1."""
    session = FakeSession(**options)
    clock = session._clock()
    session._append(Person("Anna", "founder"), clock - timedelta(hours=2))
    session._append(ClockMark("start", stage="S1"), clock - timedelta(hours=1, minutes=48))
    session.seed_run(Selection(), clock - timedelta(days=2, hours=3))
    session.seed_run(Selection(stages=frozenset({"S1"})), clock - timedelta(minutes=2))
    session._append(Ownership("dns.hosts-resolve", "", "Anna", "Tue"), clock - timedelta(minutes=1))
    return session


__all__ = ["NOW", "PRODUCT", "FakeSession", "Severity", "scripted", "working"]
