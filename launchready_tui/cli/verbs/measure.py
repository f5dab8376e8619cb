"""`launchready measure`: the optimization log, with measurements before and after a change."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from launchready_tui.engine.measuring import Phase
    from launchready_tui.engine.session import Session
    from launchready_tui.model.optimization import Optimization, Sample


@click.command("measure")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("phase", type=click.Choice(["before", "after"]), required=False)
@click.option("--route", metavar="ROUTE", help="With before: the id of the route that is to become faster.")
@click.option("--change", metavar="TEXT", help="With before: what is going to be changed.")
@click.option("--commit", default="", metavar="SHA", help="With before: the commit that changes it.")
@click.option("--who", default="", help="With before: who changes it.")
@click.option("--number", type=int, metavar="N", help="The change; without it the newest that waits.")
def command(
    file: Path, phase: str | None, route: str | None, change: str | None, commit: str, who: str, number: int | None
) -> None:
    """Measure a route of FILE before a change and after it; without a phase, print what every change brought.

    Both measurements send the same requests, one after the other: about a minute each.

    \b
    launchready measure FILE before --route listing --change "Index on orders(seller_id)"
    launchready measure FILE after
    launchready measure FILE
    """
    from launchready_tui.cli import opening
    from launchready_tui.errors import InputError

    with opening.engagement(file) as session:
        match phase:
            case "before" if number is None:
                if not (route and change):
                    raise InputError("Which route, and what is changed?", "Give --route ROUTE and --change TEXT.")
                _measure(session, _begun(session, change, route, commit, who), "before")
            case "before":
                _measure(session, number or 0, "before")
            case "after":
                _measure(session, number if number is not None else _waiting(session), "after")
            case _:
                _print_all(session)


def _begun(session: Session, change: str, route: str, commit: str, who: str) -> int:
    from launchready_tui.engine.measuring import begin

    return begin(session, change, route, commit=commit, who=who)


def _waiting(session: Session) -> int:
    from launchready_tui.engine.measuring import waiting
    from launchready_tui.errors import InputError

    found = waiting(session.snapshot())
    if found is None:
        raise InputError(
            "No change waits for a measurement after it.",
            "Begin one with `launchready measure FILE before`, or name one with --number.",
        )
    return found.record.number


def _measure(session: Session, number: int, phase: Phase) -> None:
    from launchready_tui.cli import notices
    from launchready_tui.engine import measuring
    from launchready_tui.model.optimization import optimizations

    snapshot = session.snapshot()
    for item in optimizations(snapshot.state):
        if item.record.number == number:
            plan = measuring.plan_of(snapshot, item.change.endpoint)
            notices.notice(
                f"{plan.sample.requests} requests to {plan.route.url}, {plan.interval:g} s apart: "
                f"about {plan.seconds:.0f} s"
            )
    asyncio.run(measuring.measure(session, number, phase))
    _print_all(session, number)


def _print_all(session: Session, number: int | None = None) -> None:
    from launchready_tui.cli import output
    from launchready_tui.model.optimization import optimizations

    found = [item for item in optimizations(session.snapshot().state) if number in (None, item.record.number)]
    if not found:
        output.line("No change for speed is recorded.")
    for item in found:
        for line in _lines(item):
            output.line(line)


def _lines(item: Optimization) -> list[str]:
    from launchready_tui.cli import output
    from launchready_tui.model.optimization import EFFECTS

    commit = f" (commit {output.safe(item.change.commit[:12])})" if item.change.commit else ""
    title = f"{output.safe(item.change.endpoint, 40)}: {output.safe(item.change.title, 120)}"
    head = f"{item.record.number:>4}  {title}{commit}"
    lines = [head, f"      before  {_side(item.before)}", f"      after   {_side(item.after)}"]
    chance = (
        ""
        if item.p_value is None
        else f" (chance {max(item.p_value, 0.001):.3f}{' or less' if item.p_value < 0.001 else ''})"
    )
    return [*lines, f"      {EFFECTS[item.effect()]}{chance}"]


def _side(side: Sample | None) -> str:
    if side is None:
        return "not measured"
    from launchready_tui.model.optimization import spread

    parts = [spread(side.said.samples_ms), f"n {side.count}"]
    if side.said.bytes:
        parts.append(f"{side.said.bytes:,} bytes")
    parts.append(
        f"{side.said.queries:g} queries" if side.said.queries is not None else f"queries not seen: {side.said.unseen}"
    )
    return ", ".join(parts)
