"""A small runbook, and the gate read slowly: every rule of CHECKS.md b0 and S7.GO.01, sentence by sentence, without the
code that it is compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from launchready_tui.model.board import GateVerdict
from launchready_tui.model.records import Attestation, Decision, Record, Redo, Undo, Waiver
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Bar, Entry, Kind, Runbook, Stage
from launchready_tui.model.verdicts import Severity, Verdict

BLIND = (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR)


def entry(check: str, row: str, severity: Severity, kind: Kind = Kind.ATTEST) -> Entry:
    return Entry(
        check,
        kind,
        "claim",
        "why",
        "look",
        "fix",
        severity,
        "orders",
        10,
        catalogue=(row,),
        stage="S1",
        methods=("phone",),
    )


ENTRIES = (
    entry("a.blocker", "R.1", Severity.BLOCKER),
    entry("a.high", "R.2", Severity.HIGH),
    entry("a.medium", "R.3", Severity.MEDIUM),
    entry("b.blocker", "Q.1", Severity.BLOCKER),
    entry("c.high", "Z.1", Severity.HIGH),
)
RUNBOOK = Runbook(
    "t", "1", "t", "", (Stage("S1", "s", "S", "g", 10, ENTRIES),),
    bars=(Bar("MB1", "one", "", ("R.*",)), Bar("MB2", "two", "", ("Q.1",))),
)  # fmt: skip


def counts(records: Sequence[Record]) -> list[Record]:
    """The records that were not taken back, or were brought back."""
    gone: set[int] = set()
    for record in records:
        match record.payload:
            case Undo(target=target):
                gone.add(target)
            case Redo(target=target):
                gone.discard(target)
    return [record for record in records if record.number not in gone]


def slow_verdict(results: Sequence[Result], records: Sequence[Record], now: datetime) -> GateVerdict:
    """What the gate has to say."""
    kept = counts(records)
    standing = [record.payload for record in kept]
    replaced = {p.supersedes for p in standing if isinstance(p, Decision)}
    decided = {r.payload.topic for r in kept if isinstance(r.payload, Decision) and r.number not in replaced}
    green, risky = True, False
    for item in ENTRIES:
        of_this = [r for r in results if r.check == item.id]
        seen = [r for r in of_this if r.verdict is not Verdict.NOT_RUN] or of_this
        told = [r for r in of_this if r.verdict not in BLIND]
        since = told[-1].at if told and told[-1].verdict is Verdict.FAIL else None
        answers = [r for r in kept if isinstance(r.payload, Attestation) and r.payload.check == item.id][-1:]
        said = [r.payload for r in answers if isinstance(r.payload, Attestation) and (since is None or r.at > since)]
        verdict, reason, stale = Verdict.NOT_RUN, "not-answered", False
        if seen:
            verdict, reason = seen[-1].verdict, seen[-1].reason
            stale = now - seen[-1].at > timedelta(hours=48)
        if verdict in BLIND and said:
            stale = False
            if said[-1].expires_at < now:
                verdict, reason = Verdict.UNKNOWN, "attestation-expired"
            elif said[-1].holds:
                verdict, reason = Verdict.PASS, ""
            else:
                verdict, reason = Verdict.FAIL, "attested-false"
        waivers = [p for p in standing if isinstance(p, Waiver) and p.check == item.id]
        covered = bool(waivers) and waivers[-1].until >= now and waivers[-1].reason == reason
        if verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            covered = False
        if covered:
            risky = True
            continue
        in_bars = item.id != "c.high"
        bad = verdict is Verdict.FAIL
        blind = verdict in BLIND or stale
        if item.severity is Severity.BLOCKER and (bad or blind):
            green = False
        if in_bars and bad:
            green = False
        if in_bars and item.severity is Severity.HIGH and blind and item.id not in decided:
            green = False
        if item.severity is Severity.HIGH and (bad or (blind and item.id not in decided)):
            risky = True
    return GateVerdict.NO_GO if not green else GateVerdict.GO_WITH_ACCEPTED_RISKS if risky else GateVerdict.GO
