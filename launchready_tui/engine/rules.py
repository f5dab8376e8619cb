"""What a record has to say before it is written. Pure; broken rules are `InputError`s that say what to do."""

from __future__ import annotations

from datetime import timedelta

from launchready_tui.engine import maprules, people
from launchready_tui.errors import InputError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import State
from launchready_tui.model.journal import payload as journal_payload
from launchready_tui.model.profile import parse_product
from launchready_tui.model.records import (
    Attestation,
    Authorization,
    Change,
    Decision,
    Drill,
    Grant,
    Measurement,
    Note,
    Ownership,
    Payload,
    Person,
    ProductText,
    SignOff,
    System,
    Waiver,
)
from launchready_tui.model.runbook import Entry, Kind
from launchready_tui.model.verdicts import Consent, Severity, Source, Verdict
from launchready_tui.text import did_you_mean, one_line, plural, span

GO = "S7.GO.01"
"""The catalogue row of the claim that the gate is open and signed."""

MIN_REASON = 20
"""The least characters of a waiver's reason (CHECKS.md b0)."""

LEAST_SIGNS = 3
"""Different characters that a text has at least, if it says anything."""

MAX_TEXT = 100_000
"""The most characters of one record."""

MAX_WAIVER = timedelta(days=90)

GRACE = timedelta(days=1)
"""How much longer than the runbook says an answer may count: a day ends at midnight."""

LEAST_DRILL = 10.0
"""The shortest drill in seconds: nobody works through written steps in less."""


def validate(payload: Payload, snapshot: Snapshot) -> None:
    """Raise `InputError` unless the record may be written."""
    if len(repr(payload)) > MAX_TEXT:
        raise InputError(
            f"The text is longer than {MAX_TEXT:,} characters.", "Keep it in a file and name the file here."
        )
    check = getattr(payload, "check", "")
    if check and entry_of(check, snapshot).id != check:
        raise InputError(
            f'"{one_line(check, 80)}" is a catalogue number.', f"Name the check: {entry_of(check, snapshot).id}."
        )
    match payload:
        case ProductText(toml=toml, base=base):
            parse_product(toml, base=base)
        case Attestation():
            _attestation(payload, snapshot)
        case Waiver():
            _waiver(payload, snapshot)
        case Decision():
            _decision(payload, snapshot)
        case Ownership(check=check, subject=subject):
            entry_of(check, snapshot)
            if subject:
                _subject(check, subject, snapshot)
        case Note(check=check, text=text):
            _need(text, "The note is empty.", "Write what the next person should know.")
            if check:
                entry_of(check, snapshot)
                if payload.subject:
                    _subject(check, payload.subject, snapshot)
        case Authorization():
            _authorization(payload, snapshot)
        case Drill():
            _drill(payload, snapshot)
        case Person() | System() | Grant():
            maprules.validate(payload, snapshot)
        case SignOff():
            _sign_off(payload, snapshot)
        case Change(title=title, endpoint=endpoint, commit=commit):
            _need(title, "The change has no words.", "Say in a few words what was changed.")
            if len(commit.split()) > 1:
                raise InputError(f'"{one_line(commit, 60)}" is no commit.', "Give its id, or leave it out.")
            _endpoint(endpoint, snapshot)
        case Measurement(change=change, samples_ms=samples):
            if not any(record.number == change for record in snapshot.state.changes):
                raise InputError(
                    f"There is no change with the number {change}.", "`launchready measure FILE` lists them."
                )
            if not samples:
                raise InputError("Nothing was measured.", "Measure again when the endpoint answers.")
        case _:
            pass


def entry_of(check: str, snapshot: Snapshot) -> Entry:
    """The runbook's entry of that id (or catalogue number), or `InputError` with the nearest one."""
    entry = snapshot.runbook.entry(check) or next((e for e in snapshot.runbook.entries if check in e.catalogue), None)
    if entry is None:
        guess = did_you_mean(check, [e.id for e in snapshot.runbook.entries])
        raise InputError(
            f'There is no check "{one_line(check, 80)}"{guess}', "`launchready status FILE --all` lists them."
        )
    return entry


def _endpoint(endpoint: str, snapshot: Snapshot) -> None:
    known = [route.id for route in snapshot.product.routes]
    if endpoint not in known:
        raise InputError(
            f'The profile has no route "{one_line(endpoint, 60)}"{did_you_mean(endpoint, known)}',
            f"Choose one of {', '.join(known[:12])}." if known else "Declare it: [[route]] id and url.",
        )


def _attestation(said: Attestation, snapshot: Snapshot) -> None:
    entry = entry_of(said.check, snapshot)
    _somebody(said.by, "Nobody is named who answers.", "Say who: --by NAME.")
    if said.subject:
        _subject(said.check, said.subject, snapshot)
    if entry.methods and said.method not in entry.methods:
        raise InputError(
            f'"{one_line(said.method, 40)}" is not a way to prove {entry.id}.',
            f"Choose one of {', '.join(entry.methods)}.",
        )
    standing = snapshot.standing(said.check, said.subject or snapshot.product.domain)
    shown = standing is not None and standing.result.source is Source.MAP and standing.verdict is Verdict.FAIL
    if said.holds and standing is not None and shown:
        raise InputError(
            f"The access map shows otherwise: {one_line(standing.result.summary, 120)}.",
            "Mend the map, or accept the risk with a waiver: no answer outweighs what it shows.",
        )
    if said.holds:
        _two_people(entry.severity, said.by, said.witness)
    if said.expires_at <= snapshot.now:
        raise InputError("The answer would have expired already.", "Give a date in the future.")
    if said.expires_at > snapshot.now + timedelta(days=entry.valid_days) + GRACE:
        raise InputError(
            f"An answer to {entry.id} counts for {plural(entry.valid_days, 'day')} at most.",
            "Give an earlier date; it is asked again then.",
        )
    if said.holds and GO in entry.catalogue:
        _signed_by_both(snapshot.state)


def _signed_by_both(state: State) -> None:
    """The claim that consultant and founder signed needs their signatures."""
    roles = {journal_payload(record, SignOff).role for record in state.sign_offs}
    missing = next((role for role in ("consultant", "founder") if role not in roles), "")
    if missing:
        raise InputError(
            f"Nobody signed the gate as {missing} yet.",
            f"S on the gate, or `launchready attest FILE gate --by NAME --role {missing}`.",
        )


def _drill(drill: Drill, snapshot: Snapshot) -> None:
    entry = entry_of(drill.check, snapshot)
    if entry.kind is not Kind.DRILL:
        raise InputError(f"{drill.check} is not a drill.", "Drills are marked with a stopwatch in the list of checks.")
    _somebody(drill.by, "Nobody is named who ran the drill.", "Name the person.")
    _two_people(entry.severity, drill.by, drill.witness)
    if drill.completed and drill.seconds < LEAST_DRILL:
        raise InputError(
            f"{span(drill.seconds)} is no time for {plural(len(entry.steps), 'step')}.",
            "Say how long it really took, or that it was given up.",
        )
    role = maprules.role_of(drill.by, snapshot.state)
    if entry.cards and role in ("founder", "consultant"):
        raise InputError(
            f"{one_line(drill.by, 60)} is the {role}, and this drill is for the backup operator.",
            "It shows that somebody else can repair the product at night with the pack alone.",
        )


def _two_people(severity: Severity, by: str, witness: str) -> None:
    """A blocker needs two different people (CHECKS.md b0)."""
    alone = not people.names_somebody(witness) or people.same(by, witness)
    if severity is Severity.BLOCKER and alone:
        raise InputError("A blocker needs a witness who is somebody else.", "Name the second person: --witness NAME.")


def _waiver(waiver: Waiver, snapshot: Snapshot) -> None:
    entry_of(waiver.check, snapshot)
    _subject(waiver.check, waiver.subject, snapshot)
    standing = snapshot.standing(waiver.check, waiver.subject)
    if standing is not None and standing.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
        raise InputError(
            f"{waiver.check} for {waiver.subject} has nothing to waive: {standing.verdict.value}.", "Waive a finding."
        )
    if standing is not None and standing.verdict is Verdict.NOT_RUN:
        raise InputError(
            f"Nobody has looked at {waiver.check} for {waiver.subject} yet: there is no finding to accept.",
            "Run it first, or answer that it does not hold, and accept that.",
        )
    _somebody(waiver.who, "Nobody is named who accepts the risk.", "Say who: --who NAME.")
    if len(waiver.why.strip()) < MIN_REASON:
        raise InputError(
            f"The reason has {len(waiver.why.strip())} characters, at least {MIN_REASON} are needed.",
            "Say why the launch may go ahead all the same; it is printed on page one.",
        )
    _need(
        waiver.control, "The compensating control is missing.", "Say what keeps the damage small meanwhile, or “none”."
    )
    if not snapshot.now < waiver.until <= snapshot.now + MAX_WAIVER:
        raise InputError("A waiver ends in the future, at most 90 days from now.", "Give a date such as +14d.")
    for name, text in (("reason", waiver.why), ("compensating control", waiver.control)):
        if not any(character.isalpha() for character in text) or len(set(text.casefold())) < LEAST_SIGNS:
            raise InputError(f"The {name} says nothing.", "It is printed on page one: write what a reader can judge.")


def _decision(decision: Decision, snapshot: Snapshot) -> None:
    _need(decision.title, "The decision has no title.", "Say in a few words what was decided about.")
    _need(decision.choice, "The choice is missing.", "Say what was chosen.")
    _somebody(decision.who, "Nobody is named who decided.", "Say who: --who NAME.")
    if decision.options and decision.choice.strip() not in [option.strip() for option in decision.options]:
        raise InputError(
            f'The choice "{one_line(decision.choice, 60)}" is none of the options.',
            f"Choose one of {', '.join(one_line(option, 60) for option in decision.options)}, or name it as an option.",
        )
    if decision.supersedes:
        earlier = {record.number for record in snapshot.state.decisions}
        if decision.supersedes not in earlier:
            raise InputError(
                f"There is no decision {decision.supersedes}.", "`launchready status FILE` lists the decisions."
            )
        if decision.supersedes in snapshot.state.superseded():
            raise InputError(f"Decision {decision.supersedes} is superseded already.", "Supersede the newest one.")


def _sign_off(signed: SignOff, snapshot: Snapshot) -> None:
    """Consultant and founder check one another: one person cannot be both."""
    _somebody(signed.by, "Nobody is named who signs.", "Name the person.")
    role = maprules.role_of(signed.by, snapshot.state)
    if role and role != signed.role:
        raise InputError(
            f"{one_line(signed.by, 60)} stands on the access map as {role}, not as {signed.role}.",
            "Sign in that person's own role, or correct the map (M).",
        )
    other = other_signature(signed.by, signed.role, snapshot.state)
    if other:
        raise InputError(
            f"{one_line(signed.by, 60)} signed as {other} already.",
            f"The {signed.role} is somebody else: two people look at the gate.",
        )


def other_signature(by: str, role: str, state: State) -> str:
    """The other role in which this person's signature stands, '' if there is none."""
    newest: dict[str, str] = {}
    for record in state.sign_offs:
        earlier = journal_payload(record, SignOff)
        newest[earlier.role] = earlier.by
    return next((kind for kind, who in newest.items() if kind != role and people.same(who, by)), "")


def _authorization(grant: Authorization, snapshot: Snapshot) -> None:
    _need(grant.who, "Nobody is named who authorizes.", "Say who: --who NAME.")
    _need(
        grant.proof,
        "It is not said how the authorization was shown.",
        "Say how: DNS record, well-known file, or a signed statement.",
    )
    levels = {level.value for level in Consent} - {Consent.PASSIVE.value}
    if not grant.levels or not set(grant.levels) <= levels:
        raise InputError("The levels are active, load and local.", "Name at least one of them.")
    hosts = (
        {host.name for host in snapshot.product.hosts}
        | {route.host for route in snapshot.product.routes}
        | {snapshot.product.domain}
    )
    if grant.host != "*" and grant.host not in hosts:
        guess = did_you_mean(grant.host, sorted(hosts))
        raise InputError(
            f"{one_line(grant.host, 80)} is no host of the profile{guess}",
            "Add it to the profile first, or use * for all of them.",
        )
    if grant.until is not None and grant.until <= snapshot.now:
        raise InputError("The authorization would have ended already.", "Give a date in the future.")


def _subject(check: str, subject: str, snapshot: Snapshot) -> None:
    if snapshot.standing(check, subject) is None:
        subjects = [row.result.subject for row in snapshot.board if row.entry.id == check]
        raise InputError(
            f"{check} is not about {one_line(subject, 80)}{did_you_mean(subject, subjects)}",
            f"Its subjects are {', '.join(one_line(s, 60) for s in subjects[:8])}."
            if subjects
            else "It has no subject in this product.",
        )


def _somebody(name: str, message: str, hint: str) -> None:
    if not people.names_somebody(name):
        raise InputError(message, hint)


def _need(text: str, message: str, hint: str) -> None:
    if not text.strip():
        raise InputError(message, hint)
