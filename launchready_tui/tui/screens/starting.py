"""How an engagement begins: a new file with its people, or the practice target with its own. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from launchready_tui.engine.session import Session
from launchready_tui.model.product import Host, Product
from launchready_tui.model.profile import parse_product, write_product
from launchready_tui.model.records import Authorization, ProductText, System

if TYPE_CHECKING:
    from launchready_tui.practice.process import PracticeProcess
    from launchready_tui.tui.forms.new import NewEngagement

PRACTICE = "practice.launchready"


@dataclass(frozen=True, slots=True)
class Found:
    """What a new engagement begins with: the profile, the systems that were seen, and what is worth telling."""

    toml: str
    systems: tuple[System, ...] = ()
    notices: tuple[str, ...] = ()


def create(new: NewEngagement, found: Found) -> Session:
    """The file, with its people and the systems that were seen in it. Raises `EngagementError` or `ProfileError`."""
    session = Session.create(new.path, found.toml, new.base)
    for payload in (*new.people, *found.systems):
        session.record(payload)
    return session


async def discovered(new: NewEngagement, tell: Callable[[str], None]) -> Found:
    """What domain and repository reveal, told step by step; a profile that says more than a domain stays as it is."""
    product = parse_product(new.toml, base=new.base)
    if product != bare(product):
        return Found(new.toml)
    from launchready_tui.engine.discovery import discover
    from launchready_tui.engine.firstlook import discovery_door

    async with discovery_door(product) as door:
        proposal = await discover(product, door, tell)
    return Found(write_product(proposal.product), proposal.systems(), proposal.notices)


def bare(product: Product) -> Product:
    """The product with nothing known but its name, domain and repository."""
    return Product(
        product.name,
        product.domain,
        hosts=(Host(product.domain, "apex"),),
        repository=product.repository,
        base=product.base,
    )


def practice(folder: Path) -> tuple[PracticeProcess, Session]:
    """The practice target, started or found, and its engagement; blocks for a second or two. Raises `PracticeError`."""
    from launchready_tui.practice import process

    target = process.running(folder) or process.start(folder)
    path = folder / PRACTICE
    toml, base = target.product_toml, str(target.folder)
    if path.exists():
        session = Session.open(path)
        known = session.snapshot().state.product
        if known is None or (known.toml, known.base) != (toml, base):
            session.record(ProductText(toml, base))
    else:
        session = Session.create(path, toml, base)
    if not session.snapshot().state.authorizations:
        proof = "The target is part of this program and listens on this machine only."
        session.record(Authorization("*", ("active", "load", "local"), "Launch Ready", proof))
    return target, session
