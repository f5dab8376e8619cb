"""Asks a provider who is a member, outside any run: nothing of the answer is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from launchready_tui.engine.asking import LiveDoor
from launchready_tui.errors import InputError
from launchready_tui.model.evidence import Answer, Failure
from launchready_tui.model.members import MemberList
from launchready_tui.model.product import Product
from launchready_tui.model.questions import Facts, Question
from launchready_tui.model.verdicts import Consent

F = TypeVar("F", bound=Facts)


async def read_members(
    product: Product, provider: str, tokens: Callable[[str], str | None], clock: Callable[[], Any]
) -> MemberList:
    """The members. Raises `InputError` where they cannot be read, with what would help."""
    from launchready_tui.probes.memberlists import MemberProbe
    from launchready_tui.probes.prober import Prober

    door = LiveDoor(
        Prober(product.network, product.base, product, tokens),
        clock=clock,
        may=lambda host, level: level is Consent.PASSIVE,
        keep=lambda evidence: None,
    )

    async def ask(question: Question[F], /) -> Answer[F]:
        return await door.ask(question, 1)

    probe = MemberProbe(product.providers, product.network, product.base, tokens)
    try:
        found = await probe.members(provider, product.domain, ask)
    finally:
        await probe.aclose()
        await door.aclose()
    if isinstance(found, Failure):
        raise InputError(
            f"The member list was not read: {found.message}.", "Paste the list from the provider's page instead."
        )
    return found
