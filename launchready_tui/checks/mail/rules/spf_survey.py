"""What an SPF record costs and lets through, whoever sends: the static side of RFC 7208.

An evaluation stops at the first match; a survey follows every term, because the mail that matches last pays for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from launchready_tui.checks.mail.rules.spf import is_name
from launchready_tui.checks.mail.rules.spf_record import (
    LOOKING_UP,
    IpNetwork,
    Mechanism,
    SpfRecord,
    SpfSyntaxError,
    parse,
    select,
)
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.reading.names import tidy_name
from launchready_tui.model.evidence import Answer, Ask, Failure
from launchready_tui.model.questions import DnsAnswer, DnsLookup

MOST_FOLLOWED = 60
"""Look-ups after which a survey stops counting: six times the limit is broken enough."""

_EVERYBODY = 1
"""Prefix length up to which an address range counts as everybody."""


@dataclass(frozen=True, slots=True)
class Node:
    """The record of one domain. `way` are the domains on the way to it, the surveyed one first.

    `error` says why the record is none: `absent`, `several`, `syntax`, `loop`; `problem` is the sentence for it.
    """

    domain: str
    way: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    record: SpfRecord | None = None
    error: str = ""
    problem: str = ""
    failure: Failure | None = None
    by_redirect: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that a domain's SPF record leads to.

    `lookups` counts the terms of section 4.6.4 (`exp` is none of them), `cut` says that there were more than are
    followed. `void` are look-ups that lead to nothing, `many_exchangers` the targets of `mx` with more than ten.
    `failures` are look-ups about which nobody answered.
    """

    nodes: tuple[Node, ...]
    lookups: int = 0
    cut: bool = False
    void: tuple[str, ...] = ()
    many_exchangers: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def root(self) -> Node:
        """The surveyed domain's own record."""
        return self.nodes[0]

    @property
    def broken(self) -> tuple[Node, ...]:
        """Records further down that make an evaluation end in `permerror`."""
        return tuple(node for node in self.nodes[1:] if node.error)

    @property
    def mechanisms(self) -> Iterator[tuple[Node, Mechanism]]:
        """Every mechanism that can be reached, with the record that it stands in."""
        for node in self.nodes:
            for mechanism in node.record.reached if node.record else ():
                yield node, mechanism

    @property
    def names(self) -> frozenset[str]:
        """The domains whose records are included or redirected to."""
        return frozenset(node.domain for node in self.nodes[1:])

    @property
    def ending(self) -> str:
        """The qualifier of the final `all`, through redirects; `` where there is none: everything else is neutral."""
        last = [node for node in self.nodes if node.record and (not node.way or _only_redirects(node, self.nodes))]
        found = last[-1].record.all if last and last[-1].record else None
        return found.qualifier if found else ""

    @property
    def open_to_all(self) -> tuple[str, ...]:
        """Terms that let everybody send: `+all`, here or in an include, and address ranges that leave nobody out."""
        found = []
        for node, item in self.mechanisms:
            everybody = item.network is not None and item.network.prefixlen <= _EVERYBODY
            if item.qualifier == "+" and (item.name == "all" or everybody):
                found.append(f"+{item.text} in the record of {node.domain}")
        return tuple(found)

    @property
    def own_networks(self) -> tuple[IpNetwork, ...]:
        """The address ranges that the domain's own record names itself."""
        found = self.root.record.reached if self.root.record else ()
        return tuple(item.network for item in found if item.network is not None and item.qualifier == "+")


def _only_redirects(node: Node, nodes: tuple[Node, ...]) -> bool:
    """Whether a record is reached by redirects alone, so that its `all` ends the whole."""
    by_name = {(item.domain, item.way): item for item in nodes}
    while node.way:
        if not node.by_redirect:
            return False
        node = by_name[node.way[-1], node.way[:-1]]
    return True


@dataclass(slots=True)
class _Count:
    """What a survey has gathered so far."""

    nodes: list[Node] = field(default_factory=list)
    lookups: int = 0
    cut: bool = False
    void: list[str] = field(default_factory=list)
    many: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


async def survey(ask: Ask, domain: str) -> Survey:
    """Follow the record of a domain, level by level, each level's look-ups at once."""
    count = _Count()
    level = [Node(tidy_name(domain))]
    while level:
        seen = await asyncio.gather(*(_read(ask, node) for node in level))
        count.nodes += seen
        count.failures += [node.failure for node in seen if node.failure is not None]
        level = []
        leaves: list[tuple[str, str]] = []
        for node in seen:
            _follow(node, count, level, leaves)
        await _look(ask, leaves, count)
    return Survey(
        tuple(count.nodes),
        count.lookups,
        count.cut,
        tuple(dict.fromkeys(count.void)),
        tuple(dict.fromkeys(count.many)),
        tuple(count.failures),
    )


async def _read(ask: Ask, node: Node) -> Node:
    """The record of a domain, or why it is none."""
    if node.domain in node.way:
        return replace(node, error="loop", problem=f"{node.domain} leads back to itself")
    answer = await ask(DnsLookup(node.domain, "TXT"))
    if answer.failure is not None and answer.failure.reason != "malformed":
        return replace(node, failure=answer.failure)
    found = select(answer.facts.records) if answer.failure is None else ()
    if not found:
        return replace(node, error="absent", problem=f"{node.domain} has no SPF record")
    if len(found) > 1:
        problem = f"{node.domain} has {len(found)} SPF records"
        return replace(node, records=found, error="several", problem=problem)
    try:
        return replace(node, records=found, record=parse(found[0]))
    except SpfSyntaxError as error:
        problem = f"the SPF record of {node.domain} cannot be read: {error}"
        return replace(node, records=found, error="syntax", problem=problem)


def _follow(node: Node, count: _Count, level: list[Node], leaves: list[tuple[str, str]]) -> None:
    """Count the terms of a record; queue the records that it leads to, and the other look-ups."""
    if node.record is None:
        return
    way = (*node.way, node.domain)
    terms = [item for item in node.record.reached if item.name in LOOKING_UP]
    targets = [(item.name, item.domain or node.domain) for item in terms]
    if node.record.continues_at:
        targets.append(("redirect", node.record.continues_at))
    for name, target in targets:
        if count.lookups >= MOST_FOLLOWED:
            count.cut = True
            return
        count.lookups += 1
        # A name with a macro differs from mail to mail; what a PTR look-up gives depends on the client.
        if "%" in target or name == "ptr":
            continue
        target = tidy_name(target)
        if name in ("include", "redirect"):
            level.append(Node(target, way, by_redirect=name == "redirect"))
        elif is_name(target, dots=0):
            leaves.append((name, target))
        else:
            count.void.append(target)


async def _look(ask: Ask, leaves: list[tuple[str, str]], count: _Count) -> None:
    """Look up what `a`, `mx` and `exists` name, to find those that lead to nothing."""
    questions = [DnsLookup(target, rdtype) for name, target in leaves for rdtype in _types(name)]
    answers = dict(zip(questions, await ask_all(ask, questions), strict=True))
    for name, target in leaves:
        found = [answers[DnsLookup(target, rdtype)] for rdtype in _types(name)]
        if any(_has_records(answer) for answer in found):
            exchangers = found[0].facts.records if name == "mx" and found[0].failure is None else ()
            if len(exchangers) > 10:
                count.many.append(target)
            continue
        failures = [answer.failure for answer in found if answer.failure is not None]
        if failures and all(failure.reason != "malformed" for failure in failures):
            count.failures += failures[:1]
        else:
            count.void.append(target)


def _types(name: str) -> tuple[str, ...]:
    """A receiver asks for the family of the client; void is what has neither."""
    return ("MX",) if name == "mx" else ("A",) if name == "exists" else ("A", "AAAA")


def _has_records(answer: Answer[DnsAnswer]) -> bool:
    return answer.failure is None and bool(answer.facts.records)
