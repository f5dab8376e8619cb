"""`launchready status`: the gate, the stages, what is open."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.engine.members import Compared
    from launchready_tui.engine.session import Session
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.results import Run


VIEWS = ("access", "changes", "runs", "radar")


@click.command("status")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.option("--all", "everything", is_flag=True, help="List every check, not only what is open.")
@click.option("--at", "at", metavar="DATE", help="The gate as it stood then: 2026-12-01, or a moment in ISO 8601.")
@click.option(
    "--changes", is_flag=True, help="What changed instead: what cannot be seen any more, what is new, repaired."
)
@click.option(
    "--since",
    metavar="WHEN",
    help="With --changes: since the last `visit` (the default), since the last `run`, or since the run of that number.",
)
@click.option(
    "--runs", is_flag=True, help="All runs instead: what each lost sight of, what it made of the gate, found."
)
@click.option("--radar", is_flag=True, help="What waits until after the launch instead: cards, what was begun, ideas.")
@click.option(
    "--access", "holders", is_flag=True, help="The access map instead: who holds what, dangers, whose access ends."
)
@click.option(
    "--members", is_flag=True, help="Also compare it with the providers' member lists, where a token is kept."
)
def command(
    files: tuple[Path, ...],
    form: str,
    everything: bool,
    at: str | None,
    changes: bool,
    since: str | None,
    runs: bool,
    radar: bool,
    holders: bool,
    members: bool,
) -> int | None:
    """Print the launch gate, what would turn it green, how far each stage is, and what is open, worst first.

    Of several files it prints a line each: the gate, open blockers, what runs out next.
    """
    from launchready_tui.cli import opening
    from launchready_tui.cli.formats.overview import overview_lines, plain_overview

    chosen = (holders or members, changes or since is not None, runs, radar)
    views = [view for view, is_chosen in zip(VIEWS, chosen, strict=True) if is_chosen]
    _check(views, form, at, several=len(files) > 1, everything=everything)
    if len(files) > 1:
        return _portfolio(files, form)
    with opening.engagement(files[0]) as session:
        if "changes" in views or "runs" in views:
            _say_changes(session, form, since, runs=runs)
            return None
        snapshot = session.snapshot()
        if at is not None:
            moment = opening.day(at, snapshot.now)
            _say_when(moment, snapshot.now)
            snapshot = session.past(moment)
        compared = _members(session, snapshot) if members else []
    if "access" in views:
        _say_access(snapshot, compared, form)
    elif radar:
        _say_radar(snapshot, form)
    else:
        _say(overview_lines(snapshot, everything=everything), plain_overview(snapshot), form)
    return None


def _check(views: list[str], form: str, at: str | None, *, several: bool, everything: bool) -> None:
    """Refuse what does not go together."""
    if len(views) > 1:
        raise InputError(f"--{views[0]} and --{views[1]} are two answers.", "Ask for one of them at a time.")
    if form == "csv" and (views != ["access"] or several):
        raise InputError("Only the access map is written as CSV.", "Add --access, or take --format json.")
    if at is not None and views and views != ["access"]:
        raise InputError(f"--{views[0]} is about now.", "Leave --at out.")
    if several and (views or at is not None or everything):
        raise InputError("Of several files only the gate is told, a line each.", "Name one FILE for the rest.")


def _say(lines: list[str], plain: object, form: str) -> None:
    from launchready_tui.cli import output

    if form == "json":
        output.write(json.dumps(plain, indent=2, ensure_ascii=True) + "\n")
        return
    for line in lines:
        output.line(line)


def _portfolio(files: tuple[Path, ...], form: str) -> int:
    """A line a file, the most urgent first. Returns 3 where one could not be read."""
    from launchready_tui.cli.formats.portfolio import plain_portfolio, portfolio_lines
    from launchready_tui.engine.portfolio import read
    from launchready_tui.engine.session import utc_now
    from launchready_tui.errors import ExitCode

    once = {path.resolve(): path for path in files}
    found = sorted((read(path) for path in once.values()), key=lambda item: item.urgency)
    _say(portfolio_lines(found, utc_now()), plain_portfolio(found), form)
    return ExitCode.COULD_NOT_SEE if any(item.problem for item in found) else ExitCode.OK


def _say_changes(session: Session, form: str, since: str | None, *, runs: bool) -> None:
    from launchready_tui.cli.formats.changes import change_lines, plain_changes, plain_runs, run_lines

    snapshot = session.snapshot()
    if runs:
        moves = session.run_moves()
        _say(run_lines(snapshot, moves), plain_runs(snapshot, moves), form)
        return
    found = session.changes(_since(since or "visit", snapshot.runs))
    _say(change_lines(snapshot, found), plain_changes(snapshot, found), form)


def _since(text: str, runs: tuple[Run, ...]) -> datetime | None:
    """The moment that is meant; None for the last visit."""
    from launchready_tui.engine.comparing import before_last_run, end_of
    from launchready_tui.text import one_line

    text = text.strip().lower()
    if text == "visit":
        return None
    if text == "run" and (moment := before_last_run(runs)):
        return moment
    if text == "run":
        raise InputError("There are no two runs yet.", "Compare with the last visit: --since visit.")
    run = next((run for run in runs if str(run.id) == text), None)
    if run is None:
        known = f"The runs are 1 to {runs[-1].id}: `--runs` lists them." if runs else "There is no run yet."
        raise InputError(f'"{one_line(text, 40)}" is neither visit nor run, nor the number of a run.', known)
    return end_of(run)


def _say_radar(snapshot: Snapshot, form: str) -> None:
    import asyncio

    from launchready_tui.cli.formats.radar import plain_radar, radar_lines
    from launchready_tui.engine.radar import look

    seen = asyncio.run(look(snapshot.product))
    _say(radar_lines(snapshot, seen), plain_radar(snapshot, seen), form)


def _members(session: Session, snapshot: Snapshot) -> list[tuple[str, str, Compared]]:
    """What each provider says whose list can be read. A list that cannot be read is said, and ends nothing."""
    import asyncio

    from launchready_tui.cli import notices
    from launchready_tui.engine.access import access_map
    from launchready_tui.engine.members import compare_read, provider_of
    from launchready_tui.errors import LaunchReadyError

    found = []
    for row in access_map(snapshot).rows:
        provider = provider_of(row.system.name if row.system else "")
        if not provider:
            continue
        try:
            members = asyncio.run(session.members(provider))
        except LaunchReadyError as error:
            notices.notice(f"{row.title}: {error.message} {error.hint}")
            continue
        found.append((provider, row.title, compare_read(members, row.area, snapshot.state)))
    if not found:
        notices.notice("no member list was read: name a system of the map Cloudflare, and keep its token")
    return found


def _say_access(snapshot: Snapshot, compared: list[tuple[str, str, Compared]], form: str) -> None:
    from launchready_tui.cli import output
    from launchready_tui.cli.formats.access import access_lines, member_lines, plain_access
    from launchready_tui.engine.access import required
    from launchready_tui.engine.accesscsv import to_csv

    if form == "csv":
        output.write(to_csv(snapshot.state, required(snapshot.runbook)))
        return
    lines = access_lines(snapshot)
    for provider, title, found in compared:
        lines += member_lines(provider, title, found.sentences())
    _say(lines, plain_access(snapshot, compared), form)


def _say_when(moment: datetime, now: datetime) -> None:
    from launchready_tui.cli import notices

    shown = f"{moment:%Y-%m-%d %H:%M} UTC"
    if moment > now:
        notices.notice(f"as it will stand on {shown} if nothing is recorded or run until then")
    else:
        notices.notice(f"as it stood on {shown}, by today's runbook")
