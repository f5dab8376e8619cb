"""The gate before the first request (CHECKS.md S6.GATE.01): who allowed it, where, when, and that it hurts nobody.

Pure; `proofs` asks the outside for what the journeys need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from launchready_tui.errors import InputError
from launchready_tui.load.proofs import Proof, Reach
from launchready_tui.load.script import Walk
from launchready_tui.model.performance import LoadSettings
from launchready_tui.model.product import Product
from launchready_tui.text import one_line


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known before the first request. `authorized` is who allowed load on each host; `proofs` by reach."""

    hosts: tuple[str, ...]
    authorized: Mapping[str, str]
    settings: LoadSettings
    reaches: Mapping[Reach, str]
    proofs: Mapping[Reach, Proof] = field(default_factory=dict)
    missing_passwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that keeps the gate shut. `reason` is a stable slug."""

    reason: str
    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The decision: `refusals` empty means that load may be sent. `notes` are for people; `who` signed for it."""

    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...]
    who: str

    def require(self) -> None:
        """Raises `LoadRefused` where anything is missing."""
        if self.refusals:
            raise LoadRefused(self.refusals)


class LoadRefused(InputError):
    """The gate is shut; nothing was sent."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        lines = [f"The load test is refused: {refusals[0].text}", *(f"Also: {item.text}" for item in refusals[1:])]
        super().__init__("\n".join(lines), " ".join(dict.fromkeys(item.hint for item in refusals)))
        self.refusals = refusals


def decide(standing: Standing, now: datetime) -> Gate:
    """Whether load may be sent now."""
    refusals = [*_authorization(standing), *_place(standing.settings, now), *_proofs(standing)]
    for role in standing.missing_passwords:
        refusals.append(
            Refusal(
                "no-password",
                f"no password is known for the test account {one_line(role, 40)}.",
                f"Keep it: `launchready token set account:{one_line(role, 40)}`.",
            )
        )
    who = ", ".join(dict.fromkeys(standing.authorized[host] for host in standing.hosts if standing.authorized[host]))
    return Gate(tuple(refusals), tuple(_notes(standing)), who)


def reaches(product: Product, walks: Iterable[Walk], keys: tuple[tuple[str, str], ...]) -> dict[Reach, str]:
    """What the journeys reach beyond the product, and the first route that does."""
    found: dict[Reach, str] = {}
    for walk in walks:
        for step in walk.steps:
            route = product.route(keys[step.key][0])
            if route is not None and route.reach in ("payment", "mail"):
                found.setdefault(route.reach, route.id)
    return found


def authorizations(hosts: Iterable[str], recorded: Callable[[str], str], by: str, product: Product) -> dict[str, str]:
    """Who allowed load on each host, '' for nobody: a record, else whoever `by` names for the product's own hosts."""
    return {host: recorded(host) or (by if product.names(host) else "") for host in hosts}


def window(text: str) -> tuple[datetime, datetime]:
    """`FROM/UNTIL` in ISO 8601; times without a zone are UTC. Raises `ValueError`."""
    start, slash, end = text.partition("/")
    if not slash:
        raise ValueError("a window is written FROM/UNTIL")
    first, last = (datetime.fromisoformat(part.strip()) for part in (start, end))
    first, last = (item if item.tzinfo else item.replace(tzinfo=UTC) for item in (first, last))
    if last <= first:
        raise ValueError("the window ends before it begins")
    return first, last


def _authorization(standing: Standing) -> Iterable[Refusal]:
    for host in standing.hosts:
        if not standing.authorized.get(host):
            yield Refusal(
                "no-authorization",
                f"nobody has authorized load on {one_line(host, 80)}.",
                "Record who allows it: `launchready authorize FILE --level load …`, or give --authorized-by WHO.",
            )


def _place(settings: LoadSettings, now: datetime) -> Iterable[Refusal]:
    if settings.environment != "production":
        return
    hint = 'Write [load] window = "2026-11-24T22:00Z/2026-11-25T02:00Z" as agreed with the owner, or test staging.'
    if not settings.window:
        yield Refusal("no-window", "the target is production, and no window is agreed.", hint)
        return
    try:
        first, last = window(settings.window)
    except ValueError as error:
        yield Refusal("bad-window", f"[load] window cannot be read: {one_line(str(error), 100)}.", hint)
        return
    if not first <= now < last:
        yield Refusal(
            "outside-window",
            f"the target is production, and its window is {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M %Z}; "
            f"it is {now.astimezone(first.tzinfo):%Y-%m-%d %H:%M} now.",
            hint,
        )


def _proofs(standing: Standing) -> Iterable[Refusal]:
    for reach, route in standing.reaches.items():
        proof = standing.proofs.get(reach)
        if proof is None or not proof.holds:
            what = "charges cards" if reach == "payment" else "sends mail"
            seen = proof.text if proof is not None else "nothing was shown"
            hint = proof.hint if proof is not None else ""
            yield Refusal(
                f"no-{reach}-proof",
                f'route "{one_line(route, 60)}" {what}, and there is no proof that it is a test: {seen}.',
                hint,
            )


def _notes(standing: Standing) -> Iterable[str]:
    if not standing.settings.environment:
        yield "The profile does not say whether this is staging or production ([load] environment)."
    for reach in standing.reaches:
        proof = standing.proofs.get(reach)
        if proof is not None and proof.holds:
            yield proof.text
