"""Which checks a selection means for a product, and what running them would do. Pure."""

from __future__ import annotations

from collections.abc import Callable

from launchready_tui.checks.registry import Check
from launchready_tui.checks.subjects import subjects
from launchready_tui.engine.events import Preview, Selection
from launchready_tui.engine.judging import Planned
from launchready_tui.model.product import Host, Product, Redirect, Route
from launchready_tui.model.runbook import Kind, Runbook
from launchready_tui.model.verdicts import Consent
from launchready_tui.text import one_line, plural

SENT = {
    "redirects.machine-endpoints": "one POST with an empty JSON body",
    "redirects.open-redirect": "up to four GETs with a return address of example.org",
}
"""What the active checks send, in words, where the runbook's claim does not say it."""


def plan(runbook: Runbook, registry: dict[str, Check], product: Product, selection: Selection) -> tuple[Planned, ...]:
    """The live checks of a selection for all their subjects, in the runbook's order."""
    return tuple(
        Planned(entry, registry[entry.id], subject)
        for entry in runbook.entries
        if entry.kind is Kind.LIVE and entry.id in registry
        for subject in subjects(registry[entry.id].over, product)
        if selection.wants(entry.stage, entry.id, subject.name)
    )


def preview(planned: tuple[Planned, ...], levels: frozenset[Consent], may: Callable[[str, Consent], bool]) -> Preview:
    """What running the planned checks would do, with those levels of consent."""
    active = [item for item in planned if item.entry.consent is not Consent.PASSIVE and item.entry.consent in levels]
    lines: dict[str, int] = {}
    for item in active:
        what = SENT.get(item.entry.id, f"the requests of “{item.entry.claim}”")
        lines[f"{what} to {one_line(item.subject.name, 80)}"] = 1
    unauthorized = {host_of(item) for item in active if not may(host_of(item), item.entry.consent)}
    shown = tuple(list(lines)[:40])
    more = len(lines) - len(shown)
    return Preview(
        checks=len({item.entry.id for item in planned}),
        subjects=len(planned),
        hosts=tuple(sorted({host_of(item) for item in planned} - {""})),
        active=(*shown, f"and {plural(more, 'more request')}") if more > 0 else shown,
        unauthorized=tuple(sorted(unauthorized)),
    )


def host_of(item: Planned) -> str:
    """The host that a planned check is about."""
    match item.subject.item:
        case Host(name=name):
            return name
        case Route() as route:
            return route.host
        case Redirect(source=source):
            return Route("", source).host
        case _:
            return item.subject.product.domain
