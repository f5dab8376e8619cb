"""Engagements with something to show on the boards.

A real session in memory, a small runbook, a clock that stands still.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from launchready_tui.engine.session import Session
from launchready_tui.model.records import (
    Attestation,
    Authorization,
    Decision,
    Grant,
    Note,
    Payload,
    Person,
    SignOff,
    System,
    Waiver,
)
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Automation, Bar, Entry, Kind, NotNowCard, PlanStep, Runbook, Stage
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.tui.app import LaunchReadyApp

NOW = datetime(2026, 11, 24, 14, 2, 11, tzinfo=UTC)
SIZES = [(80, 24), (120, 36)]
HOSTILE = "evil [/x] [@click=app.quit]q[/] \x1b]52;c;ZXZpbA==\x07 \x9b2J \u202egnp.exe \x00"
"""Markup, links, terminal controls and a reordering of the line in one string."""

PRODUCT = """
[product]
name = "Acme Market"
domain = "acme.test"
[[host]]
name = "acme.test"
role = "apex"
expect = ["cloudflare"]
[[host]]
name = "app.acme.test"
role = "app"
[[route]]
id = "login"
url = "https://app.acme.test/login"
kind = "auth"
core = true
onboarding = true
[[redirect]]
from = "http://acme.test/old?x=1"
to = "https://acme.test/new?x=1"
[[journey]]
id = "browse"
weight = 5
[[journey.step]]
route = "login"
think = "2s..6s"
"""


def entry(
    name: str, claim: str, catalogue: str, *, kind: Kind = Kind.LIVE, severity: Severity = Severity.BLOCKER, **more: Any
) -> Entry:
    """A check of the small runbook."""
    stage = catalogue.partition(".")[0]
    why = "Orders are lost until it is repaired."
    return Entry(
        name, kind, claim, why, "Look.", "Mend it.", severity, "orders", 10, catalogue=(catalogue,), stage=stage, **more
    )


RESOLVE = entry("dns.hosts-resolve", "Every host resolves everywhere", "S1.DNS.03")
LIFETIME = entry("tls.certificate-lifetime", "The certificate outlives the launch", "S1.TLS.02")
KEYS = entry(
    "access.map",
    "Everyone who can enter is listed",
    "S7.ACC.01",
    kind=Kind.ATTEST,
    severity=Severity.HIGH,
    statement="The map is whole.",
)
NIGHT = entry(
    "ops.midnight",
    "The backup repairs it alone",
    "S7.OPS.01",
    kind=Kind.ATTEST,
    statement="It was tried.",
    methods=("phone",),
)

RUNBOOK = Runbook(
    "small",
    "1",
    "A small runbook",
    "For tests.",
    stages=(
        Stage("S1", "quick-audit", "Quick audit", "See what is there.", 120, (RESOLVE, LIFETIME)),
        Stage("S7", "handover", "Production handover", "Hand it over.", 480, (KEYS, NIGHT)),
    ),
    bars=(
        Bar("MB1", "DNS points to the right place", "All hosts resolve to where they should.", ("S1.DNS.03",)),
        Bar("MB3", "TLS is valid everywhere", "No certificate runs out.", ("S1.TLS.02",)),
        Bar("MB6", "Somebody else can repair it", "The backup has done it once.", ("S7.OPS.01",)),
    ),
    items=(
        Bar("M1", "DNS setup", "DNS.", ("S1.DNS.03",)),
        Bar("M13", "Handover checklist", "Keys.", ("S7.ACC.01", "S7.OPS.01")),
    ),
    plan=(
        PlanStep("H1", "Look at everything", "Two hours, hands off production.", ("S1",)),
        PlanStep("H6", "Hand over the keys", "Every account has an owner.", ("S7",)),
    ),
    cards=(
        NotNowCard("N1", "Failover across regions", "A second region doubles the bill.", "Two outages in a quarter."),
        NotNowCard("N3", "Kubernetes", "A cluster wants somebody on duty.", "More than eight processes."),
    ),
    automations=(
        Automation("A4", "A daily look at certificates", "It complains before customers do.", ("S1.TLS.02",)),
        Automation("A7", "An examination for the assistant", "Nobody proves it.", ()),
    ),
)


def use_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Local time is UTC, and no data folder of a person is touched."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@dataclass(slots=True)
class Now:
    """A clock that is moved by hand."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


def session(*, runbook: Runbook = RUNBOOK, toml: str = PRODUCT, clock: Now | None = None) -> Session:
    """An engagement with nothing in it but its profile."""
    made = Session.create(None, toml, ".", clock=clock or Now())
    made._runbook = runbook
    return made


def run(
    made: Session, at: datetime, verdicts: dict[tuple[str, str], tuple[Verdict, str]], scope: str = "stage 1"
) -> None:
    """A run with these results."""
    started = made._file.start_run(at, scope, "launchready test")
    results = [
        Result(
            check,
            subject,
            verdict,
            Severity.BLOCKER,
            "" if verdict is Verdict.PASS else "some-reason",
            summary,
            Source.LIVE,
            at,
            run=started.id,
        )
        for (check, subject), (verdict, summary) in verdicts.items()
    ]
    made._file.append_results(started.id, (), results)
    made._file.finish_run(started, at + timedelta(seconds=41), "finished")


PEOPLE = (Person("Margaux", "founder", "m@acme.test"), Person("Ben", "backup"), Person("Ines", "consultant"))
MAP: tuple[Payload, ...] = (
    System("registrar", "Namecheap", custody="their 1Password"),
    Grant("registrar", "Ines", "owner", pays=True),
    System("dns", "Cloudflare", custody="1Password/Acme"),
    Grant("dns", "Margaux", "owner", proven_at=NOW - timedelta(days=3)),
    Grant("dns", "Ben", "admin", proven_at=NOW - timedelta(days=3)),
)


def rich_session(words: str = "Called the registrar: a transfer takes five days.") -> Session:
    """An engagement in the middle of its sprint. `words` stand wherever a person or a server can put some."""
    clock = Now(NOW - timedelta(days=2))
    made = session(clock=clock)
    for person in PEOPLE:
        made.record(person)
    good = (Verdict.PASS, "3 of 3 resolvers agree.")
    run(
        made,
        clock.at,
        {
            (RESOLVE.id, "acme.test"): (Verdict.FAIL, "No resolver knows it."),
            (RESOLVE.id, "app.acme.test"): good,
            (LIFETIME.id, "acme.test"): good,
        },
    )
    clock.at = NOW - timedelta(minutes=14)
    late = (Verdict.FAIL, f"9 of 90 days left. {words}" if words else "9 of 90 days left.")
    run(
        made,
        clock.at,
        {
            (RESOLVE.id, "acme.test"): good,
            (RESOLVE.id, "app.acme.test"): good,
            (LIFETIME.id, "acme.test"): late,
            (LIFETIME.id, "app.acme.test"): late,
        },
        "stage 1, again",
    )
    clock.at = NOW - timedelta(minutes=10)
    for payload in MAP:
        made.record(payload)
    made.record(Decision("Where does the database live?", ("Fly", "Supabase"), "Supabase", words, "Margaux"))
    first = made.snapshot().records[-1].number
    made.record(
        Decision("Where does the database live?", ("Fly", "Supabase"), "Fly", "Latency.", "Margaux", supersedes=first)
    )
    made.record(Note("", "", words, "Ines"))
    made.record(Note("", "", "This one is taken back.", "Ines"))
    made.undo()
    why = "We launch with invited customers only, and they know."
    until = NOW + timedelta(days=5)
    made.record(Waiver(LIFETIME.id, "acme.test", "some-reason", "Margaux", why, "A daily look.", until))
    made.record(
        Attestation(NIGHT.id, "", "It was tried.", True, "Ben", "Ines", "phone", words, NOW + timedelta(days=20))
    )
    made.record(Authorization("*", ("active",), "Margaux", "signed statement", NOW + timedelta(days=4)))
    made.record(SignOff("Ines", "consultant", "NO-GO", made.snapshot().head))
    clock.at = NOW
    return made


def app_of(made: Session | None, folder: Path, *, clock: Callable[[], datetime] | None = None) -> LaunchReadyApp:
    """The app for an engagement; its settings are in `folder`."""
    return LaunchReadyApp(session=made, config=folder, clock=clock or Now(), no_animation=True)


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until nothing goes on any more, or a dialog waits for an answer."""
    await pilot.pause()
    for _ in range(200):
        await pilot.pause()
        if isinstance(pilot.app.screen, ModalScreen) or all(worker.is_finished for worker in pilot.app.workers):
            break
        await asyncio.sleep(0.01)
    await pilot.pause()


@asynccontextmanager
async def opened(
    app: LaunchReadyApp, board: str, size: tuple[int, int], keys: Sequence[str] = ()
) -> AsyncIterator[Pilot[Any]]:
    """The app on a board."""
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await settle(pilot)
        if board:
            app.action_go(board)
        await settle(pilot)
        app.clear_notifications()
        await settle(pilot)
        await press(pilot, *keys)
        yield pilot


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, each when the one before has had its effect."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def type_in(pilot: Pilot[Any], text: str) -> None:
    """Type a text into what has the focus, all at once, as a quick hand would."""
    focused = pilot.app.focused
    if isinstance(focused, Input):
        focused.insert_text_at_cursor(text)
    else:
        assert isinstance(focused, TextArea)
        focused.insert(text)
    await settle(pilot)


def lines_of(app: LaunchReadyApp) -> list[str]:
    """What is on the screen."""
    return ["".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips()]


def text_of(app: LaunchReadyApp) -> str:
    """What is on the screen, as one text."""
    return "\n".join(lines_of(app))


def toasts(app: LaunchReadyApp) -> str:
    """What was said."""
    return "\n".join(notification.message for notification in app._notifications)


def is_clean(app: LaunchReadyApp) -> bool:
    """Whether nothing on the screen could command a terminal or reorder a line."""
    bad = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u2066", "\u200f"} - {"\n"}
    return not bad & set(text_of(app))


def on_board(board: str, *keys: str) -> Callable[[Pilot[Any]], Any]:
    """What `snap_compare` does before it looks."""

    async def before(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, LaunchReadyApp)
        if board:
            app.action_go(board)
        await settle(pilot)
        await press(pilot, *keys)
        app.clear_notifications()
        await settle(pilot)

    return before
