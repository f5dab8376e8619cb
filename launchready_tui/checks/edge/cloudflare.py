"""Reads a Cloudflare zone: its state, settings, records and rules (ADAPTERS.md d1). 404 means the default."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from launchready_tui.checks.reading.names import registered_domain, tidy_name
from launchready_tui.model.evidence import Ask, Failure, Fault, Unseen
from launchready_tui.model.product import Product
from launchready_tui.model.questions import ProviderRead

NAME = "cloudflare"


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as its API describes it; values of a wrong type read as ''."""

    id: str
    name: str
    status: str = ""
    paused: bool = False
    plan: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a phase. `parameters` are its action_parameters."""

    action: str
    expression: str
    enabled: bool
    description: str
    parameters: Mapping[str, Any]
    ratelimit: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What people call it."""
        return self.description or self.expression or self.action


async def zone(product: Product, ask: Ask) -> Zone:
    """The zone of the product's domain, or of the registered domain above it. Raises `Unseen` without a token or
    zone.
    """
    names = dict.fromkeys((tidy_name(product.domain), registered_domain(product.domain) or tidy_name(product.domain)))
    for name in names:
        found = (await ask(ProviderRead(NAME, f"/zones?name={name}"))).facts.result
        for item in found if isinstance(found, list) else ():
            if isinstance(item, dict) and item.get("name") == name and isinstance(item.get("id"), str):
                plan = item.get("plan")
                return Zone(
                    item["id"],
                    name,
                    word(item, "status"),
                    item.get("paused") is True,
                    word(plan if isinstance(plan, dict) else {}, "legacy_id"),
                    item,
                )
    message = f"the Cloudflare token sees no zone {product.domain}"
    raise Unseen(Failure("zone-not-found", message, Fault.PERMISSION))


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings by id, as they are in effect; `unseen` are those that could not be read and why."""

    values: Mapping[str, Any]
    unseen: Mapping[str, Failure]


async def settings(of: Zone, ids: Iterable[str], ask: Ask) -> Settings:
    """Read settings one by one: the list of all of them is being retired piece by piece."""
    wanted = tuple(ids)
    answers = await asyncio.gather(*(ask(ProviderRead(NAME, f"/zones/{of.id}/settings/{name}")) for name in wanted))
    values: dict[str, Any] = {}
    unseen: dict[str, Failure] = {}
    for name, answer in zip(wanted, answers, strict=True):
        if answer.failure is not None:
            unseen[name] = answer.failure
            continue
        result = answer.facts.result
        if isinstance(result, dict) and "value" in result:
            values[name] = result["value"]
    return Settings(values, unseen)


async def rules(of: Zone, phase: str, ask: Ask) -> tuple[Rule, ...] | None:
    """The rules of a phase in order; None where nothing is configured. Raises `Unseen`."""
    answer = (await ask(ProviderRead(NAME, f"/zones/{of.id}/rulesets/phases/{phase}/entrypoint"))).facts
    if not answer.configured:
        return None
    result = answer.result
    found = result.get("rules") if isinstance(result, dict) else None
    return tuple(_rule(item) for item in found if isinstance(item, dict)) if isinstance(found, list) else ()


async def records(of: Zone, ask: Ask) -> tuple[Mapping[str, Any], ...]:
    """The DNS records of a zone. Raises `Unseen`."""
    result = (await ask(ProviderRead(NAME, f"/zones/{of.id}/dns_records"))).facts.result
    return tuple(item for item in result if isinstance(item, dict)) if isinstance(result, list) else ()


def word(item: Mapping[str, Any], key: str) -> str:
    """A text value, '' if it is missing or something else."""
    value = item.get(key)
    return value if isinstance(value, str) else ""


def parts(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object value, empty if it is missing or something else."""
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def _rule(item: Mapping[str, Any]) -> Rule:
    return Rule(
        word(item, "action"),
        word(item, "expression"),
        item.get("enabled") is not False,
        word(item, "description"),
        parts(item, "action_parameters"),
        parts(item, "ratelimit"),
    )
