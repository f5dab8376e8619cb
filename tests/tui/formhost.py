"""A tiny app that shows one form, and an engagement to show it about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from textual.app import App
from textual.filter import LineFilter
from textual.screen import Screen

from launchready_tui.engine.gate import compute_gate
from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.journal import fold
from launchready_tui.model.product import Host, Product
from launchready_tui.model.records import (
    ClockMark,
    Decision,
    Grant,
    Note,
    Ownership,
    Payload,
    Person,
    ProductText,
    Record,
    System,
)
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Bar, Entry, Kind, Runbook, Stage
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.tui.base import ControlGuard
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.render import ASCII, UNICODE, Ink, said
from launchready_tui.tui.theme import THEMES

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SIZES = [(80, 24), (120, 36)]


def entry(check: str, kind: Kind, claim: str, severity: Severity = Severity.HIGH, **more: Any) -> Entry:
    return Entry(
        id=check,
        kind=kind,
        claim=claim,
        why="Orders are lost until somebody notices.",
        by_hand="Look.",
        fix="Mend it.",
        severity=severity,
        impact="orders",
        minutes=15,
        catalogue=(check.upper(),),
        stage="S1",
        **more,
    )


ATTEST = entry(
    "acc.map",
    Kind.ATTEST,
    "Every system and everyone who can enter it is listed",
    Severity.BLOCKER,
    statement="The access map names, for each system that we use, its owner, administrators\nand backup, and where "
    'the credential is kept. Each is filled in or marked "not used".',
    methods=("screen-share", "document"),
    valid_days=30,
)
PROMISE = entry(
    "doc.promise", Kind.ATTEST, "The terms are online", statement="The terms are online.", methods=("document",)
)
LIVE = entry("tls.certificate-lifetime", Kind.LIVE, "The certificate outlives the launch", Severity.BLOCKER)
DRILL = entry(
    "rbk.drill",
    Kind.DRILL,
    "A bad release is rolled back in fifteen minutes",
    Severity.BLOCKER,
    statement="We rolled back.",
    methods=("screen-share",),
    limit_minutes=15,
    steps=("The bad release is live", "The rollback is decided", "The smoke test is green on the old commit"),
)
ENTRIES = (ATTEST, PROMISE, LIVE, DRILL)


def row(
    of: Entry, verdict: Verdict = Verdict.NOT_RUN, reason: str = "not-answered", subject: str = "acme.test", **more: Any
) -> Standing:
    source = Source.LIVE if of.kind is Kind.LIVE else Source.ATTESTATION
    summary = more.pop(
        "summary",
        "9 of 90 days left: renewal was due 21 days ago." if of.kind is Kind.LIVE else "A person has not answered yet.",
    )
    return Standing(
        of,
        Result(of.id, subject, verdict, of.severity, reason, summary, source, NOW, run=int(of.kind is Kind.LIVE)),
        **more,
    )


PEOPLE = (
    Person("Anna Berg", "consultant", "anna@berg.test"),
    Person("Ben Roth", "founder"),
    Person("Chiara Neri", "backup"),
)


def journal(*payloads: Payload) -> tuple[Record, ...]:
    return tuple(Record(number, NOW - timedelta(hours=2), payload) for number, payload in enumerate(payloads, 1))


def snapshot(*more: Payload, board: Sequence[Standing] | None = None) -> Snapshot:
    records = journal(
        ProductText("", "."),
        *PEOPLE,
        System("registrar", "Namecheap", "their 1Password"),
        Grant("registrar", "Anna Berg", "owner", True, None, NOW - timedelta(days=3)),
        ClockMark("start", stage="S1"),
        Decision("Where does mail come from?", ("Postmark", "SES"), "Postmark", "it lands", "Ben Roth"),
        *more,
    )
    rows = (
        tuple(board)
        if board is not None
        else (row(ATTEST), row(PROMISE), row(LIVE, Verdict.FAIL, "renewal-overdue", "app.acme.test"), row(DRILL))
    )
    runbook = Runbook(
        "test",
        "1",
        "Test",
        "",
        (Stage("S1", "one", "Quick audit", "", 120, ENTRIES),),
        bars=(Bar("MB3", "TLS", "", (LIVE.id.upper(),)),),
    )
    state = fold(records)
    product = Product("Acme Market", "acme.test", hosts=(Host("acme.test", "apex"), Host("app.acme.test", "app")))
    return Snapshot(
        "acme.launchready",
        NOW,
        product,
        runbook,
        state,
        records,
        (),
        rows,
        (),
        compute_gate(runbook, rows, state),
        "3f9a" * 16,
    )


def owned(standing: Standing, owner: str, due: str = "") -> Standing:
    return replace(standing, owner=Ownership(standing.entry.id, standing.result.subject, owner, due))


class Host_(App[None]):
    """Holds what forms look at, as the real app does."""

    def __init__(self, make: Callable[[Host_], Screen[Any]] | None = None, *, ascii_only: bool = False) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "launchready-dark"
        self.glyphs = ASCII if ascii_only else UNICODE
        self.ink = Ink(self.glyphs, self.theme_variables)
        self.drafts = Drafts()
        self.time = NOW
        self.make = make
        self.results: list[Any] = []
        self.helped: list[Screen[Any]] = []

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), ControlGuard()]

    def now(self) -> datetime:
        return self.time

    def on_mount(self) -> None:
        if self.make is not None:
            self.show(self.make(self))

    def show(self, screen: Screen[Any]) -> None:
        self.push_screen(screen, self.results.append)

    def show_help(self, screen: Screen[Any]) -> None:
        self.helped.append(screen)

    def say(self, message: str, *, title: str = "", severity: Any = "information", timeout: float = 5) -> None:
        self.notify(said(message), title=said(title), severity=severity, timeout=timeout, markup=False)


__all__ = [
    "ATTEST",
    "DRILL",
    "LIVE",
    "NOW",
    "PEOPLE",
    "PROMISE",
    "SIZES",
    "Host_",
    "Note",
    "owned",
    "row",
    "snapshot",
]
