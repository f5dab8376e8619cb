"""The access map: people × systems, and the dangers in it. Pure (CHECKS.md S7.ACC.01, 02, 05)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from launchready_tui.engine.accessdangers import Danger, dated
from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import State
from launchready_tui.model.records import Grant, Person, System
from launchready_tui.model.runbook import Runbook
from launchready_tui.model.verdicts import Severity
from launchready_tui.text import one_line, plural, span

MAP, ADMINS = "S7.ACC.01", "S7.ACC.02"
"""The catalogue rows that say which systems are required, and how old a login proof may be."""

REQUIRED = (
    "registrar",
    "dns",
    "cdn",
    "hosting",
    "database",
    "repository",
    "ci",
    "email-sending",
    "workspace-mail",
    "payments",
    "storage",
    "monitoring",
    "error-tracking",
    "analytics",
    "app-stores",
    "ai-provider",
    "password-manager",
    "status-page",
)
"""What every product has to look for, where the runbook does not say (CHECKS.md S7.ACC.01)."""

NOT_USED = "not used"
"""The name of a system that the product does without."""

PROOF_DAYS = 30

_TITLES = {"dns": "DNS", "cdn": "CDN", "ci": "CI", "ai-provider": "AI provider"}
_ROLES = ("founder", "backup", "consultant", "other")
_KEYS = ("owner", "admin")
_SEVERITIES = tuple(Severity)
_SHARED = re.compile(
    r"\b(shared|team|everybody|everyone|office|staff|info|support|hello|accounts?)\b(?! vault)|[&/]| and ",
    re.IGNORECASE,
)
_SHARED_NOTE = re.compile(r"\b(shared|same|common|one) (account|login|user|password)\b(?! as\b)", re.IGNORECASE)
_PRIVATE = re.compile(
    r"\b(his|her|their|my|own|personal|private|browser|keychain|notebook|notes|memory|head|phone|laptop|spreadsheet)\b",
    re.IGNORECASE,
)


Make = Callable[[str, Severity, str, str], Danger]


@dataclass(frozen=True, slots=True)
class AccessRow:
    """A system with who holds its keys. `system` is None where nothing was recorded."""

    area: str
    title: str
    required: bool
    system: System | None = None
    grants: Mapping[str, Grant] = field(default_factory=dict)
    dangers: tuple[Danger, ...] = ()

    @property
    def is_used(self) -> bool:
        """Whether the product has it at all."""
        return self.system is None or self.system.name.strip().casefold() != NOT_USED

    @property
    def is_known(self) -> bool:
        """Whether anybody said anything about it."""
        return self.system is not None or bool(self.grants)

    @property
    def proven_at(self) -> datetime | None:
        """The newest login that somebody watched."""
        return max((grant.proven_at for grant in self.grants.values() if grant.proven_at), default=None)


@dataclass(frozen=True, slots=True)
class AccessMap:
    """The whole map: people in columns, systems in rows."""

    people: tuple[Person, ...]
    rows: tuple[AccessRow, ...]

    @property
    def dangers(self) -> tuple[Danger, ...]:
        """Every danger of every known system, the worst first."""
        order = list(Severity)
        found = [danger for row in self.rows for danger in row.dangers]
        return tuple(sorted(found, key=lambda danger: order.index(danger.severity)))

    @property
    def unknown(self) -> tuple[AccessRow, ...]:
        """The required systems of which nobody recorded anything."""
        return tuple(row for row in self.rows if not row.is_known)

    def row(self, area: str) -> AccessRow | None:
        """The system of that area."""
        return next((row for row in self.rows if row.area == area), None)


def access_map(snapshot: Snapshot) -> AccessMap:
    """The map as it stands."""
    return map_of(snapshot.state, snapshot.runbook, snapshot.product.domain, snapshot.now)


def map_of(state: State, runbook: Runbook, domain: str, now: datetime) -> AccessMap:
    """The map of a state at a moment, with the runbook's required systems and its age of a login proof."""
    return compute(state, now, required=required(runbook), proof_days=proof_days(runbook), domain=domain)


def required(runbook: Runbook) -> tuple[str, ...]:
    """The systems that the runbook wants to see, in its order."""
    for entry in runbook.covering((MAP,)):
        systems = entry.limits.get("systems")
        if isinstance(systems, list) and systems:
            return tuple(systems)
    return REQUIRED


def proof_days(runbook: Runbook) -> int:
    """How long a watched login counts."""
    for entry in runbook.covering((ADMINS,)):
        days = entry.limits.get("proof_days")
        if isinstance(days, int) and not isinstance(days, bool):
            return days
    return PROOF_DAYS


def compute(
    state: State,
    now: datetime,
    *,
    required: Sequence[str] = REQUIRED,
    proof_days: int = PROOF_DAYS,
    domain: str = "",
) -> AccessMap:
    """The map of a state. The required systems come first, in their order, then the others as they were recorded."""
    people = _people(state)
    systems = {system.area: system for system in state.systems}
    grants: dict[str, dict[str, Grant]] = {}
    for grant in state.grants:
        grants.setdefault(grant.area, {})[grant.person] = grant
    areas = dict.fromkeys([*required, *systems, *grants])
    rows = []
    for area in areas:
        row = AccessRow(area, title(area), area in required, systems.get(area), grants.get(area, {}))
        dangers = _dangers(row, people, now, timedelta(days=proof_days))
        if row.is_used and row.is_known:
            dangers += dated(row.title, area, row.system, row.grants, people, now, domain)
            dangers.sort(key=lambda danger: _SEVERITIES.index(danger.severity))
        rows.append(AccessRow(area, row.title, row.required, row.system, row.grants, tuple(dangers)))
    return AccessMap(people, tuple(rows))


def title(area: str) -> str:
    """The name of a kind of system: `Error tracking`, `DNS`."""
    return _TITLES.get(area) or area.replace("-", " ")[:1].upper() + area.replace("-", " ")[1:]


def _people(state: State) -> tuple[Person, ...]:
    """Everybody on the map, the founder first; whoever has a grant but left the list is still shown."""
    people = {person.name: person for person in state.people}
    for grant in state.grants:
        people.setdefault(grant.person, Person(grant.person))
    return tuple(sorted(people.values(), key=lambda person: _ROLES.index(person.role)))


def _dangers(row: AccessRow, people: Iterable[Person], now: datetime, proof: timedelta) -> list[Danger]:
    if not row.is_used:
        return []

    def danger(kind: str, severity: Severity, words: str, sentence: str) -> Danger:
        return Danger(kind, row.area, severity, words, f"{row.title}: {sentence}")

    if not row.is_known:
        return [
            danger(
                "nothing-known", Severity.HIGH, "nobody recorded", "nobody said who can log in, or that it is not used."
            )
        ]
    roles = {person.name: person.role for person in people}
    holders = [grant for grant in row.grants.values() if grant.role in _KEYS]
    business = [grant for grant in holders if roles.get(grant.person) != "consultant"]
    backups = [
        grant for grant in row.grants.values() if grant.role == "backup" and roles.get(grant.person) != "consultant"
    ]
    found: list[Danger] = []
    if holders and not business:
        names = _names(holders)
        found.append(
            danger(
                "consultant-only",
                Severity.BLOCKER,
                "consultant-only",
                f"only {names} can administer it, who leaves after the sprint.",
            )
        )
    elif not holders:
        found.append(danger("no-admin", Severity.HIGH, "no administrator", "nobody is recorded who can administer it."))
    elif len(business) == 1 and not backups:
        only = one_line(business[0].person, 60)
        found.append(
            danger(
                "one-owner",
                Severity.HIGH,
                "one owner, no backup",
                f"if {only} cannot be reached, nobody of the business can get in.",
            )
        )
    found += _proof(row, [*business, *backups], now, proof, danger)
    found += _shared(row, danger)
    found += _custody(row, people, danger)
    return found


def _proof(row: AccessRow, grants: Sequence[Grant], now: datetime, proof: timedelta, danger: Make) -> list[Danger]:
    if not grants:
        return []
    never = [grant for grant in grants if grant.proven_at is None]
    if len(never) == len(grants):
        return [danger("never-proven", Severity.HIGH, "never proven", "nobody has been watched logging in.")]
    if never:
        return [
            danger(
                "not-all-proven",
                Severity.MEDIUM,
                f"{_short(never)} unproven",
                f"{_names(never)} has not been watched logging in.",
            )
        ]
    oldest = min((grant for grant in grants if grant.proven_at), key=lambda grant: grant.proven_at or now)
    since = now - (oldest.proven_at or now)
    if since > proof:
        age = span(since.total_seconds())
        sentence = (
            f"{one_line(oldest.person, 60)} logged in {age} ago; after {proof.days} days it has to be shown again."
        )
        return [danger("proof-old", Severity.MEDIUM, f"proof {age} old", sentence)]
    return []


def _shared(row: AccessRow, danger: Make) -> list[Danger]:
    shared = [grant.person for grant in row.grants.values() if _SHARED.search(grant.person)]
    note = f"{row.system.custody} {row.system.note}" if row.system else ""
    if not shared and not _SHARED_NOTE.search(note):
        return []
    who = f"“{one_line(shared[0], 40)}”" if shared else "one account"
    return [
        danger(
            "shared-account",
            Severity.MEDIUM,
            "shared account",
            f"{who} is used by several people, so nobody can be removed from it.",
        )
    ]


def _custody(row: AccessRow, people: Iterable[Person], danger: Make) -> list[Danger]:
    custody = row.system.custody.strip() if row.system else ""
    if not custody:
        return [danger("no-custody", Severity.MEDIUM, "kept where?", "it is not recorded where the login is kept.")]
    lower = custody.casefold()
    owned = any(f"{person.name.casefold()}'s" in lower or f"{person.name.casefold()}’s" in lower for person in people)
    if "shared" not in lower and (owned or _PRIVATE.search(custody)):
        sentence = f"the login is kept in “{one_line(custody, 60)}”, which one person can open."
        return [danger("one-person-custody", Severity.HIGH, "one person's vault", sentence)]
    return []


def _names(grants: Sequence[Grant]) -> str:
    return " and ".join(one_line(grant.person, 40) for grant in grants)


def _short(grants: Sequence[Grant]) -> str:
    return one_line(grants[0].person, 16) if len(grants) == 1 else plural(len(grants), "person", "people")
