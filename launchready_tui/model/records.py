"""What people record: every kind of entry in the engagement's append-only journal.

A record is never changed. Undo and redo are records themselves. The state of an engagement is the fold of its journal
(`launchready_tui.model.journal`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

Method = Literal["screen-share", "cli-output", "screenshot", "phone", "document"]
PersonRole = Literal["founder", "consultant", "backup", "other"]
GrantRole = Literal["owner", "admin", "backup", "member"]


@dataclass(frozen=True, slots=True)
class Payload:
    """Base of what a record holds.

    `kind` is the name under which it is stored; `undoable`: a person may take it back.
    """

    kind: ClassVar[str] = ""
    undoable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ProductText(Payload):
    """The product profile as TOML, word for word; relative paths in it are relative to the folder `base`."""

    kind: ClassVar[str] = "product"

    toml: str
    base: str


@dataclass(frozen=True, slots=True)
class Person(Payload):
    """Somebody who takes part. A later record of the same name replaces it; `removed` takes the person off the map."""

    kind: ClassVar[str] = "person"

    name: str
    role: PersonRole = "other"
    contact: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True)
class System(Payload):
    """Something that somebody has to hold the keys of.

    `area` is registrar, dns, cdn, hosting, database, repository, … `recovery` is the address through which a lost
    login comes back; `card_expires` the month in which the card that pays ends, as `2027-03`.
    """

    kind: ClassVar[str] = "system"

    area: str
    name: str = ""
    custody: str = ""
    renewal: str = ""
    note: str = ""
    removed: bool = False
    recovery: str = ""
    card_expires: str = ""


@dataclass(frozen=True, slots=True)
class Grant(Payload):
    """Who can do what in a system.

    `pays`: the bill goes to this person's card. `proven_at`: the last login that somebody watched. role '' takes the
    grant back. `until` is when the access is to be removed; `gone_at` is when somebody looked again and it was gone
    (role '').
    """

    kind: ClassVar[str] = "grant"

    area: str
    person: str
    role: GrantRole | Literal[""] = "member"
    pays: bool = False
    second_factor: bool | None = None
    proven_at: datetime | None = None
    until: datetime | None = None
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attestation(Payload):
    """A person's answer to what no program can see. `subject` is '' for the product as a whole."""

    kind: ClassVar[str] = "attestation"

    check: str
    subject: str
    statement: str
    holds: bool
    by: str
    witness: str
    method: str
    note: str
    expires_at: datetime
    proof: str = ""
    proof_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Decision(Payload):
    """A recorded choice. `supersedes` is the number of an earlier decision record, 0 for none."""

    kind: ClassVar[str] = "decision"

    title: str
    options: tuple[str, ...]
    choice: str
    why: str
    who: str
    supersedes: int = 0
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Waiver(Payload):
    """The signed acceptance of one finding until a moment."""

    kind: ClassVar[str] = "waiver"

    check: str
    subject: str
    reason: str
    who: str
    why: str
    control: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Ownership(Payload):
    """Who owns a check (subject '': all its subjects) and by when; owner '' takes it back."""

    kind: ClassVar[str] = "owner"

    check: str
    subject: str
    owner: str
    due: str = ""


@dataclass(frozen=True, slots=True)
class Note(Payload):
    """Free text about a check, or about the engagement (check '')."""

    kind: ClassVar[str] = "note"

    check: str
    subject: str
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Authorization(Payload):
    """The permission to go beyond passive looking.

    `host` may be `*`: every host of the profile; `levels` of Consent; `proof`: how it was shown.
    """

    kind: ClassVar[str] = "authorization"

    host: str
    levels: tuple[str, ...]
    who: str
    proof: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DrillStep:
    """A step as it was marked on the stopwatch, in seconds from the start."""

    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Drill(Payload):
    """A procedure that was run against the clock. `completed` is False where it was given up."""

    kind: ClassVar[str] = "drill"

    check: str
    by: str
    witness: str
    seconds: float
    completed: bool
    steps: tuple[DrillStep, ...]
    note: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ClockMark(Payload):
    """The sprint clock was started, paused (with a reason) or resumed; or work moved to another stage."""

    kind: ClassVar[str] = "clock"
    undoable: ClassVar[bool] = False

    action: Literal["start", "pause", "resume", "stage"]
    reason: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class SignOff(Payload):
    """Somebody signed the gate as it stood: its verdict and the head of the hash chain at that moment."""

    kind: ClassVar[str] = "sign-off"

    by: str
    role: Literal["consultant", "founder"]
    verdict: str
    head: str


@dataclass(frozen=True, slots=True)
class Change(Payload):
    """A change that is to make an endpoint faster: what, for which route of the profile (its id), in which commit."""

    kind: ClassVar[str] = "change"

    title: str
    endpoint: str
    commit: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Measurement(Payload):
    """How fast the endpoint of a change was, before or after it.

    `change` is the number of the change's record. Times are in milliseconds, `samples_ms` in the order in which they
    were taken, without the `discarded` ones that warmed up. `bytes` are those of one answer on the wire, `queries` the
    statements of one request (None: not seen, `unseen` says why); `plan` is a hash of the plans behind it.
    """

    kind: ClassVar[str] = "measurement"

    change: int
    phase: Literal["before", "after"]
    url: str
    samples_ms: tuple[float, ...]
    discarded: int = 0
    bytes: int = 0
    queries: float | None = None
    plan: str = ""
    unseen: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undo(Payload):
    """The record of that number no longer counts."""

    kind: ClassVar[str] = "undo"
    undoable: ClassVar[bool] = False

    target: int


@dataclass(frozen=True, slots=True)
class Redo(Payload):
    """The record of that number, taken back before, counts again."""

    kind: ClassVar[str] = "redo"
    undoable: ClassVar[bool] = False

    target: int


PAYLOADS: dict[str, type[Payload]] = {
    payload.kind: payload
    for payload in (
        ProductText,
        Person,
        System,
        Grant,
        Attestation,
        Decision,
        Waiver,
        Ownership,
        Note,
        Authorization,
        Drill,
        ClockMark,
        SignOff,
        Change,
        Measurement,
        Undo,
        Redo,
    )
}


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the journal. `number` counts from 1; `hash` chains it to the record before."""

    number: int
    at: datetime
    payload: Payload
    hash: str = ""
