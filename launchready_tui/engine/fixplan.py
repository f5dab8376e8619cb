"""What to fix first: open problems in the order of business impact (formula: CHECKS.md b0). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from urllib.parse import urlsplit

from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.product import Product
from launchready_tui.model.verdicts import Verdict

JOURNEY_WEIGHTS = {"checkout": 5, "signup": 4, "login": 4, "listing": 3, "search": 2, "other": 1}
EXPOSURE_WEIGHTS = {"public": 1.0, "authed": 0.6, "internal": 0.3}
FORMULA = (
    "severity (100/30/8) × journey (checkout 5, signup 4, login 4, listing 3, search 2, other 1) "
    "× exposure (public 1, authed 0.6, internal 0.3) ÷ √minutes"
)

_WORDS = {
    "checkout": ("checkout", "pay", "payment", "cart", "order", "return"),
    "signup": ("signup", "register", "join", "invite"),
    "login": ("login", "signin", "auth", "reset"),
    "listing": ("listing", "listings", "product", "item"),
    "search": ("search",),
}


@dataclass(frozen=True, slots=True)
class Priority:
    """The place of one problem in the fix plan, and the factors that made it."""

    standing: Standing
    score: float
    severity: int
    journey: str
    exposure: str
    minutes: int

    @property
    def sum(self) -> str:
        """The formula with its figures."""
        factors = f"{self.severity} × {JOURNEY_WEIGHTS[self.journey]} × {EXPOSURE_WEIGHTS[self.exposure]:g}"
        return f"{factors} ÷ √{self.minutes} = {self.score:.0f}"


def priorities(snapshot: Snapshot) -> tuple[Priority, ...]:
    """Every open fail and warning, what matters most first; a fail goes before a warning of the same score."""
    open_rows = [row for row in snapshot.board if row.verdict in (Verdict.FAIL, Verdict.WARN) and not row.is_waived]
    found = [priority(row, snapshot.product) for row in open_rows]
    return tuple(
        sorted(found, key=lambda item: (item.standing.verdict is Verdict.WARN, -item.score, item.standing.key))
    )


def fix_first(snapshot: Snapshot) -> tuple[Standing, ...]:
    """The rows of `priorities`."""
    return tuple(item.standing for item in priorities(snapshot))


def priority(row: Standing, product: Product) -> Priority:
    """The score of one problem."""
    journey = journey_of(row, product)
    severity = row.severity.weight
    score = severity * JOURNEY_WEIGHTS[journey] * EXPOSURE_WEIGHTS[row.entry.exposure] / sqrt(row.entry.minutes)
    return Priority(row, score, severity, journey, row.entry.exposure, row.entry.minutes)


def journey_of(row: Standing, product: Product) -> str:
    """The journey that a problem hits: by the words of the URL it is about, else what the runbook says."""
    subject = row.result.subject
    if "://" not in subject:
        return row.entry.journey
    route = next((route for route in product.routes if route.url == subject), None)
    words = set(urlsplit(subject).path.lower().replace("-", "/").replace("_", "/").split("/"))
    words |= {route.family, route.id} if route else set()
    return next((journey for journey, known in _WORDS.items() if words & set(known)), row.entry.journey)
