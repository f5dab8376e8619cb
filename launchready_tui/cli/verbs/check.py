"""`launchready check`: run checks and print their results."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import ExitCode, InputError
from launchready_tui.text import did_you_mean

if TYPE_CHECKING:
    from launchready_tui.engine.conclusion import Conclusion
    from launchready_tui.engine.events import Event, Selection
    from launchready_tui.engine.session import Session
    from launchready_tui.model.results import Result

LEVELS = ["blocker", "high", "medium"]
FORMATS_OF_ONE_DOCUMENT = ("json", "sarif", "junit")


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--stage", "stages", multiple=True, metavar="N", help="Only this stage (1 to 7); may be repeated.")
@click.option(
    "--check",
    "checks",
    multiple=True,
    metavar="ID",
    help="Only this check, by its id or catalogue number; may be repeated.",
)
@click.option("--active", is_flag=True, help="Also ask what goes beyond what a browser asks. Needs an authorization.")
@click.option("--sample", is_flag=True, help="Also run the slow latency samplers.")
@click.option(
    "--authorized-by",
    "authorized_by",
    default="",
    metavar="WHO",
    help="Who authorizes active checks, where FILE holds no authorization.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "junit"]), default="text", show_default=True
)
@click.option(
    "--save-evidence",
    "save_to",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Keep what the results were judged from.",
)
@click.option("--replay", metavar="RUN|DIR", help="Judge saved evidence, or a run of FILE, again without the network.")
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="blocker",
    show_default=True,
    help="The severity from which a fail counts.",
)
@click.option(
    "--runbook", type=click.Path(path_type=Path), metavar="DIR", help="Follow this runbook instead of the built-in one."
)
def command(
    file: Path,
    stages: tuple[str, ...],
    checks: tuple[str, ...],
    active: bool,
    sample: bool,
    authorized_by: str,
    form: str,
    save_to: Path | None,
    replay: str | None,
    fail_on: str,
    runbook: Path | None,
) -> None:
    """Run checks of FILE, an engagement or a product TOML, and print a line per result.

    Exit code: 1 if a result at or above --fail-on is a fail, else 3 if one could not be seen, else 0.

    \b
    launchready check acme.launchready --stage 1
    launchready check product.toml --format json --fail-on high
    """
    from launchready_tui.cli import notices, opening

    if authorized_by and not active:
        raise InputError("--authorized-by has no effect without --active.", "Add --active, or leave it out.")
    with opening.engagement_or_profile(file, runbook) as session:
        selection = make_selection(session, stages, checks, active=active, sample=sample)
        if active and not replay and not authorized_by:
            for host in session.preview(selection).unauthorized:
                notices.notice(
                    f"nobody has authorized active checks of {host}: they are not run "
                    "(`launchready authorize`, or --authorized-by)."
                )
        printer = Printer(form)
        source = _source(replay) if replay is not None else None
        try:
            conclusion = asyncio.run(_conclude(session, selection, source, authorized_by, printer))
        except KeyboardInterrupt:
            printer.interrupted(kept=session.path is not None)
            sys.exit(ExitCode.INTERRUPTED)
        printer.finish(conclusion)
        if save_to is not None:
            session.save_evidence(conclusion, selection, save_to)
            notices.notice(f"evidence kept in {save_to}")
    sys.exit(exit_code(conclusion, fail_on))


def make_selection(
    session: Session, stages: tuple[str, ...], checks: tuple[str, ...], *, active: bool, sample: bool = False
) -> Selection:
    """The selection that options mean. Raises `InputError` for a stage or check that is not in the runbook."""
    from launchready_tui.engine.events import Selection
    from launchready_tui.model.verdicts import Consent

    known = {stage.id for stage in session.runbook.stages}
    wanted = {stage.upper() if stage.upper().startswith("S") else f"S{stage}" for stage in stages}
    for stage in sorted(wanted - known):
        raise InputError(
            f"There is no stage {stage.removeprefix('S')}.", f"The runbook has {', '.join(sorted(known))}."
        )
    ids: set[str] = set()
    for check in checks:
        found = [entry.id for entry in session.runbook.entries if entry.id == check or entry.covers(check)]
        if not found:
            entries = session.runbook.entries
            names = [entry.id for entry in entries] + [row for entry in entries for row in entry.catalogue]
            raise InputError(
                f'There is no check "{check}"{did_you_mean(check, names)}',
                "`launchready status FILE --all` lists them.",
            )
        ids.update(found)
    levels = {Consent.PASSIVE, Consent.ACTIVE} if active else {Consent.PASSIVE}
    return Selection(stages=frozenset(wanted), checks=frozenset(ids), levels=frozenset(levels), sample=sample)


def _source(replay: str) -> int | Path:
    """A run's number, or a folder of saved evidence; a folder goes first where both could be meant."""
    return int(replay) if replay.isdigit() and not Path(replay).exists() else Path(replay)


async def _conclude(
    session: Session, selection: Selection, source: int | Path | None, authorized_by: str, printer: Printer
) -> Conclusion:
    if source is None:
        return await session.conclude(selection, printer.hear, authorized_by=authorized_by)
    return await session.replay(source, selection, printer.hear)


class Printer:
    """Prints results as they come where the format is text, else one document at the end."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._results: list[Result] = []
        self._total = 0

    def hear(self, event: Event) -> None:
        """A listener of a run.

        Text comes at the end too, in the runbook's order, so that two runs can be compared; meanwhile a terminal shows
        progress.
        """
        from launchready_tui.engine.events import ResultReady

        if not isinstance(event, ResultReady):
            return
        self._results.append(event.result)
        self._total = event.total
        if sys.stderr.isatty():
            click.echo(f"\r{event.done} of {event.total}", err=True, nl=event.done == event.total)

    def interrupted(self, *, kept: bool) -> None:
        """Print what was finished, where that can be done line by line, and say what became of it."""
        from launchready_tui.cli import notices, output
        from launchready_tui.cli.formats import text

        if self._form not in FORMATS_OF_ONE_DOCUMENT:
            for result in self._results:
                output.line(text.result_line(result))
        done = f"{len(self._results)} of {self._total or '?'} results were finished"
        where = "they are kept in the file" if kept else "there is no engagement to keep them in"
        notices.notice(f"interrupted: {done}; {where}")

    def finish(self, conclusion: Conclusion) -> None:
        """Print the conclusion."""
        from launchready_tui.cli import output
        from launchready_tui.cli.formats import FORMATS, text

        if self._form in FORMATS:
            output.write(FORMATS[self._form](conclusion))
            return
        for result in conclusion.results:
            output.line(text.result_line(result))
        run = conclusion.run
        seconds = ((run.finished_at or run.started_at) - run.started_at).total_seconds()
        output.line()
        output.line(text.summary_line(conclusion.results, seconds))
        for line in text.gate_lines(conclusion.snapshot.gate)[:1]:
            output.line(line)


def exit_code(conclusion: Conclusion, fail_on: str) -> ExitCode:
    """1 for a fail at or above the severity, else 3 for one that could not be seen, else 0.

    Not run and not applicable never count.
    """
    from launchready_tui.model.verdicts import Severity, Verdict

    counting = [result for result in conclusion.results if result.severity.reaches(Severity(fail_on))]
    if any(result.verdict is Verdict.FAIL for result in counting):
        return ExitCode.FINDINGS
    if any(result.verdict in (Verdict.UNKNOWN, Verdict.ERROR) for result in counting):
        return ExitCode.COULD_NOT_SEE
    return ExitCode.OK
