"""`launchready clock`: the 48 working hours of the sprint, and what of the remaining work still fits in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.engine.replan import Plan
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import ClockMark

Action = Literal["start", "pause", "stage"]
SHOWN = 12
"""Lines of remaining work that are printed without `--all`."""


@click.command("clock")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("action", required=False, type=click.Choice(["start", "pause", "stage"]))
@click.argument("stage", required=False)
@click.option("--why", default="", help="Why it is paused: sleep, waiting for DNS, a meal.")
@click.option("--all", "everything", is_flag=True, help="All of the remaining work.")
@click.option("--drop", is_flag=True, help="Put off, as decisions, what does not fit into the rest of the sprint.")
@click.option("--who", default="", help="Who decides what is dropped.")
def command(
    file: Path, action: Action | None, stage: str | None, why: str, everything: bool, drop: bool, who: str
) -> None:
    """Show the sprint clock of FILE, the time boxes, and the remaining work by impact and minutes.

    `start` starts it or lets it go on, `pause` stops it with --why, `stage S3` says which stage is worked on.
    """
    from launchready_tui.cli import opening
    from launchready_tui.cli.verbs import recording

    if drop:
        _drop(file, who, why)
    elif action is not None:
        recording.write(file, lambda snapshot: mark(snapshot, action, stage or "", why))
    else:
        with opening.engagement(file) as session:
            _show(session.snapshot(), everything)


def mark(snapshot: Snapshot, action: Action, stage: str, why: str) -> ClockMark:
    """The mark that an action makes. Raises `InputError` where it would change nothing."""
    from launchready_tui.model.records import ClockMark

    clock = snapshot.state.clock
    named = _stage(snapshot, stage) if stage else ""
    match action:
        case "start":
            if clock.running:
                raise InputError("The clock runs already.", "`clock FILE pause --why …` stops it.")
            first = clock.started_at is None
            return ClockMark("start" if first else "resume", stage=named or ("" if not first else _first(snapshot)))
        case "pause":
            if not clock.running:
                raise InputError("The clock does not run.", "`clock FILE start` lets it go on.")
            if len(why.strip()) < 3:
                raise InputError("It is not said why the clock stops.", "Say it: --why sleep.")
            return ClockMark("pause", why.strip())
        case "stage":
            if not named:
                raise InputError("The stage is missing.", "Name it: `clock FILE stage S3`.")
            if not clock.running:
                raise InputError("The clock does not run, so no stage gets its time.", "`clock FILE start` first.")
            return ClockMark("stage", stage=named)


def _first(snapshot: Snapshot) -> str:
    return snapshot.runbook.stages[0].id if snapshot.runbook.stages else ""


def _stage(snapshot: Snapshot, text: str) -> str:
    """The id of a stage that is named by id, number or slug."""
    from launchready_tui.text import did_you_mean, one_line

    wanted = text.strip().casefold()
    for stage in snapshot.runbook.stages:
        if wanted in (stage.id.casefold(), stage.id.casefold().removeprefix("s"), stage.slug.casefold()):
            return stage.id
    names = [stage.id for stage in snapshot.runbook.stages]
    raise InputError(
        f'There is no stage "{one_line(text, 40)}"{did_you_mean(text.upper(), names)}', f"Choose of {', '.join(names)}."
    )


def _show(snapshot: Snapshot, everything: bool) -> None:
    from launchready_tui.cli import output
    from launchready_tui.engine.replan import overrun, plan
    from launchready_tui.model.journal import SPRINT

    clock = snapshot.state.clock
    spent = clock.elapsed(snapshot.now)
    left = SPRINT.total_seconds() - spent
    state = "running" if clock.running else f"paused ({output.safe(clock.reason, 80)})" if spent else "not started"
    rest = f"{_hours(left)} left" if left >= 0 else f"{_hours(-left)} over"
    output.line(f"Sprint clock: {state}, {_hours(spent)} of {_hours(SPRINT.total_seconds())} hours spent, {rest}")
    for stage in snapshot.runbook.stages:
        here = clock.elapsed_in(stage.id, snapshot.now)
        over = f", {_hours(here - stage.minutes * 60)} over" if here > stage.minutes * 60 else ""
        now = "  ← now" if clock.running and clock.stage == stage.id else ""
        output.line(f"  {stage.id} {stage.title}: {_hours(here)} of {_hours(stage.minutes * 60)}{over}{now}")
    remaining = plan(snapshot)
    output.line()
    _work(remaining, everything)
    if overrun(snapshot) is not None or remaining.over:
        _what_to_drop(remaining)


def _hours(seconds: float) -> str:
    """Working time as hours and minutes: `46:12`."""
    minutes = max(0, int(seconds // 60))
    return f"{minutes // 60}:{minutes % 60:02}"


def _work(remaining: Plan, everything: bool) -> None:
    from launchready_tui.cli import output
    from launchready_tui.text import plural, span

    if not remaining.work:
        output.line("Nothing is left to do.")
        return
    minutes = span(remaining.minutes * 60)
    output.line(f"{plural(len(remaining.work), 'check')} left, {minutes} of work, the greatest impact first:")
    shown = remaining.work if everything else remaining.work[:SHOWN]
    for item in shown:
        severity = item.severity.value
        output.line(f"  {item.minutes:>4} min  {severity:<8}{item.entry.id}: {output.safe(item.entry.claim, 120)}")
    if len(shown) < len(remaining.work):
        output.line(f"  and {len(remaining.work) - len(shown)} more: --all")


def _what_to_drop(remaining: Plan) -> None:
    from launchready_tui.cli import output
    from launchready_tui.engine.replan import suggested
    from launchready_tui.text import span

    found = suggested(remaining)
    output.line()
    if not found:
        output.line("What is left fits into the rest of the sprint.")
        return
    output.line(f"{span(remaining.over * 60)} too much. What would be missed least:")
    for item in found:
        output.line(f"  {item.minutes:>4} min  {item.severity.value:<8}{item.entry.id}")
    output.line("`launchready clock FILE --drop --who NAME --why TEXT` puts these off; decisions can be superseded.")


def _drop(file: Path, who: str, why: str) -> None:
    from launchready_tui.cli import opening, output
    from launchready_tui.engine import replan
    from launchready_tui.text import plural

    if not who.strip() or not why.strip():
        raise InputError("Dropping work is a decision.", "Say who decides, and why: --who NAME --why TEXT.")
    with opening.engagement(file) as session:
        found = replan.suggested(replan.plan(session.snapshot()))
        for decision in replan.drop(found, who.strip(), why.strip()):
            session.record(decision)
    output.line(
        f"{plural(len(found), 'decision')} recorded: put off until after the launch"
        if found
        else "Nothing was put off: what is left fits into the rest of the sprint."
    )
