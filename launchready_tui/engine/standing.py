"""How every check stands now: live results, settled or not by what people recorded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from launchready_tui.checks.registry import Check
from launchready_tui.checks.subjects import subjects
from launchready_tui.engine.access import map_of
from launchready_tui.engine.mapjudging import decides_alone, judged
from launchready_tui.model.board import FRESH, Standing
from launchready_tui.model.journal import State, payload
from launchready_tui.model.product import Product
from launchready_tui.model.records import Attestation, Drill, Record, Waiver
from launchready_tui.model.results import Finding, Result
from launchready_tui.model.runbook import Entry, Kind, Runbook
from launchready_tui.model.verdicts import Judgement, Source, Verdict
from launchready_tui.text import span

_OPEN_TO_ATTESTATION = (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR)


def board(
    runbook: Runbook,
    registry: dict[str, Check],
    product: Product,
    state: State,
    results: Iterable[Result],
    findings: Iterable[Finding],
    now: datetime,
    failed_at: Mapping[tuple[str, str], datetime] | None = None,
) -> tuple[Standing, ...]:
    """Every check for every subject, in the runbook's order.

    `results` are the newest live results per check and subject, `failed_at` the fails that no run has seen mended. An
    attestation settles what no program could see; it never outweighs what a run saw after it was given, nor what the
    access map shows.
    """
    live = {result.key: result for result in results}
    access = map_of(state, runbook, product.domain, now)
    newest_finding: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.check, finding.subject)
        if finding.is_open or key not in newest_finding:
            newest_finding[key] = finding
    rows: list[Standing] = []
    for entry in runbook.entries:
        for subject in _subjects(entry, registry, product):
            key = (entry.id, subject)
            seen = live.get(key)
            answers = [state.attestations.get(key), state.attestations.get((entry.id, ""))]
            attestation = max((a for a in answers if a), key=lambda record: record.number, default=None)
            failed = (failed_at or {}).get(key)
            if attestation is not None and failed is not None and attestation.at <= failed:
                attestation = None
            result = _counting(entry, subject, seen, attestation, state.drills.get((entry.id, "")), now)
            if state.grants or attestation is not None:
                result = _with_map(entry, result, judged(entry, access, now), state.mapped, now)
            rows.append(
                Standing(
                    entry=entry,
                    result=result,
                    live=seen if seen is not None and result is not seen else None,
                    finding=newest_finding.get(key),
                    owner=state.owner_of(*key),
                    waiver=_in_force(state.waivers.get(key), result, now),
                    attestation=attestation,
                    stale=result.source is Source.LIVE and bool(result.run) and now - result.at > FRESH,
                )
            )
    return tuple(rows)


def _subjects(entry: Entry, registry: dict[str, Check], product: Product) -> tuple[str, ...]:
    """What the entry is about: the subjects of its code, or the product's domain where a person answers."""
    check = registry.get(entry.id) if entry.kind is Kind.LIVE else None
    if check is None:
        return (product.domain,)
    return tuple(subject.name for subject in subjects(check.over, product))


def _counting(
    entry: Entry, subject: str, seen: Result | None, attestation: Record | None, drill: Record | None, now: datetime
) -> Result:
    if seen is not None and seen.verdict not in _OPEN_TO_ATTESTATION:
        return seen
    if entry.kind is Kind.DRILL and drill is not None:
        return _of_drill(entry, subject, drill, now)
    if attestation is not None:
        return _of_attestation(entry, subject, attestation, now)
    if seen is not None:
        return seen
    reason, summary = (
        ("never-run", "Not run yet.") if entry.kind is Kind.LIVE else ("not-answered", "A person has not answered yet.")
    )
    if entry.kind is Kind.DRILL:
        reason, summary = "not-drilled", "Not tried against the clock yet."
    source = {Kind.LIVE: Source.LIVE, Kind.DRILL: Source.DRILL, Kind.IMPORT: Source.IMPORT}.get(
        entry.kind, Source.ATTESTATION
    )
    return Result(entry.id, subject, Verdict.NOT_RUN, entry.severity, reason, summary, source, now)


def _with_map(entry: Entry, said: Result, found: Judgement | None, record: Record | None, now: datetime) -> Result:
    """What the access map shows outweighs an answer that it holds; a map without a danger can stand for an answer."""
    if found is None:
        return said
    answered = said.verdict is Verdict.PASS
    match found.verdict:
        case Verdict.FAIL:
            counts = said.verdict is not Verdict.FAIL
        case Verdict.UNKNOWN:
            counts = said.verdict is Verdict.NOT_RUN
        case Verdict.WARN:
            counts = answered or (decides_alone(entry) and said.verdict is not Verdict.FAIL)
        case _:
            counts = decides_alone(entry) and said.verdict in _OPEN_TO_ATTESTATION
    if not counts:
        return said
    return Result(
        entry.id,
        said.subject,
        found.verdict,
        entry.severities.get(found.reason, entry.severity),
        found.reason,
        found.summary,
        Source.MAP,
        record.at if record else said.at,
        details=found.details,
        limits=entry.limits,
        decide_by=found.decide_by,
        record=record.number if record else said.record,
    )


def _of_attestation(entry: Entry, subject: str, record: Record, now: datetime) -> Result:
    said = payload(record, Attestation)
    if now > said.expires_at:
        verdict, reason = Verdict.UNKNOWN, "attestation-expired"
        summary = f"The answer of {said.by} expired {span((now - said.expires_at).total_seconds())} ago."
    elif said.holds:
        witness = f", witness {said.witness}" if said.witness else ""
        verdict, reason, summary = (
            Verdict.PASS,
            "",
            f"Attested by {said.by}{witness}, until {said.expires_at:%d %b %Y}.",
        )
    else:
        verdict, reason, summary = (
            Verdict.FAIL,
            "attested-false",
            f"{said.by} says that it does not hold. {said.note}".strip(),
        )
    return Result(
        entry.id,
        subject,
        verdict,
        entry.severity_of(reason),
        reason,
        summary,
        Source.ATTESTATION,
        record.at,
        record=record.number,
        limits=entry.limits,
        decide_by="Answer again." if verdict is Verdict.UNKNOWN else "",
    )


def _of_drill(entry: Entry, subject: str, record: Record, now: datetime) -> Result:
    drill = payload(record, Drill)
    limit = entry.limit_minutes * 60
    took = span(drill.seconds)
    if now > drill.expires_at:
        verdict, reason, summary = (
            Verdict.UNKNOWN,
            "drill-expired",
            f"Last drilled {record.at:%d %b %Y}; it is time to try again.",
        )
    elif not drill.completed:
        verdict, reason, summary = Verdict.FAIL, "drill-given-up", f"Given up by {drill.by} after {took}."
    elif drill.seconds > limit:
        verdict, reason = Verdict.FAIL, "drill-too-slow"
        summary = f"{drill.by} took {took}; the limit is {entry.limit_minutes} min."
    else:
        verdict, reason, summary = Verdict.PASS, "", f"{drill.by} took {took} of {entry.limit_minutes} min."
    return Result(
        entry.id,
        subject,
        verdict,
        entry.severity_of(reason),
        reason,
        summary,
        Source.DRILL,
        record.at,
        record=record.number,
        limits=entry.limits,
    )


def _in_force(record: Record | None, result: Result, now: datetime) -> Record | None:
    """The waiver, if it still holds and was signed for this very reason."""
    if record is None:
        return None
    waiver = payload(record, Waiver)
    return record if now <= waiver.until and waiver.reason == result.reason else None
