"""Which checks a selection means for a product, and what running them would do. Pure."""

from __future__ import annotations

from collections.abc import Callable

from launchready_tui.checks.registry import Check
from launchready_tui.checks.subjects import subjects
from launchready_tui.engine.events import Preview, Selection
from launchready_tui.engine.judging import Planned
from launchready_tui.engine.sending import sent_by
from launchready_tui.model.product import Host, Product, Redirect, Route
from launchready_tui.model.runbook import Kind, Runbook
from launchready_tui.model.verdicts import Consent
from launchready_tui.text import one_line


def plan(runbook: Runbook, registry: dict[str, Check], product: Product, selection: Selection) -> tuple[Planned, ...]:
    """The live checks of a selection for all their subjects, in the runbook's order."""
    return tuple(
        Planned(
            entry,
            registry[entry.id],
            subject,
            asked=not entry.slow or selection.names(entry.id, subject.name),
        )
        for entry in runbook.entries
        if entry.kind is Kind.LIVE and entry.id in registry
        for subject in subjects(registry[entry.id].over, product)
        if selection.wants(entry.stage, entry.id, subject.name)
    )


def preview(planned: tuple[Planned, ...], levels: frozenset[Consent], may: Callable[[str, Consent], bool]) -> Preview:
    """What running the planned checks would do, with those levels of consent. Of what checks may send it tells what the
    profile leads to.
    """
    active = [(item, words) for item in planned if _beyond(item) in levels and (words := sent_by(item))]
    targets: dict[str, dict[str, None]] = {}
    for item, words in active:
        # Checks that send the same share it.
        targets.setdefault(words, {})[one_line(item.subject.name, 80)] = None
    slow: dict[str, list[str]] = {}
    for item in planned:
        if item.entry.slow and item.asked:
            slow.setdefault(item.entry.slow, []).append(one_line(item.subject.name, 80))
    unauthorized = {host_of(item) for item, _ in active if not may(host_of(item), _beyond(item))}
    return Preview(
        checks=len({item.entry.id for item in planned}),
        subjects=len(planned),
        hosts=tuple(sorted({host_of(item) for item in planned} - {""})),
        active=tuple(f"{_named(list(names))}: {sends}" for sends, names in targets.items()),
        unauthorized=tuple(sorted(unauthorized)),
        slow=tuple(f"{_named(names)}: {text}" for text, names in slow.items()),
    )


def _named(names: list[str]) -> str:
    """The first three names, and how many more there are."""
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more} more" if more > 0 else "")


def _beyond(item: Planned) -> Consent:
    """The consent that the part of a check needs which sends more than a browser does."""
    return Consent.ACTIVE if item.entry.consent is Consent.PASSIVE else item.entry.consent


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
