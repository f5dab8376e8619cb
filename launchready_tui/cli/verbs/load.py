"""`launchready load`: send the traffic of the first busy day, and say what gives way first."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from launchready_tui.errors import ExitCode, InputError

if TYPE_CHECKING:
    from launchready_tui.engine.loading import LoadTesting
    from launchready_tui.engine.session import Session
    from launchready_tui.load.judging import Judged
    from launchready_tui.load.preparing import Prepared
    from launchready_tui.load.request import LoadRequest
    from launchready_tui.load.ticks import LoadTick
    from launchready_tui.model.evidence import Answer, F
    from launchready_tui.model.questions import Question

EXPORTS = ("locust", "k6")


@click.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--users", type=int, metavar="N", help="Constant load of N users at once, without a ramp.")
@click.option("--duration", default="", metavar="TIME", help="How long, such as 60s or 5m; of a step load all steps.")
@click.option("--rate", type=float, metavar="R", help="Start R sessions a second, whatever happens.")
@click.option("--steps", is_flag=True, help="More users step by step, until a limit breaks.")
@click.option(
    "--authorized-by",
    "authorized_by",
    default="",
    metavar="WHO",
    help="Who signs for the load, where FILE holds no authorization.",
)
@click.option("--max-rps", type=float, metavar="R", help="The cap of requests a second for this run.")
@click.option("--processes", type=int, metavar="N", help="Generator processes on this machine (1).")
@click.option("--master", default="", metavar="ADDR", help="Lead workers on other machines; listen on HOST:PORT.")
@click.option("--worker", default="", metavar="ADDR", help="Send for the master at HOST:PORT.")
@click.option("--workers", type=int, metavar="N", help="With --master: begin when N workers are there.")
@click.option("--flood", is_flag=True, help="Afterwards call every route alone, to compare with the journeys.")
@click.option("--burst", is_flag=True, help="Afterwards fifty sessions at once that leave work for the queues.")
@click.option("--export", type=click.Choice(EXPORTS), help="Send nothing: print the journeys as a script.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--runbook", type=click.Path(path_type=Path), metavar="DIR", help="Follow this runbook instead of the built-in one."
)
def command(file: Path, duration: str, export: str | None, form: str, runbook: Path | None, **options: object) -> None:
    """Run the journeys of FILE, an engagement or a product TOML, as a load test.

    Nothing is sent without an authorization; ctrl+c ends all traffic within a second and keeps what was measured.
    Without --users, --rate and --steps the expected peak is reached in stages: warm-up, ramp, hold, spike, recovery.

    Exit code: 0 the limits held, 1 one broke, 3 the figures are not valid, 2 refused, 130 interrupted.

    \b
    launchready load acme.launchready
    launchready load product.toml --users 20 --duration 60s --authorized-by "Ada, owner"
    launchready load product.toml --rate 2 --authorized-by "Ada, owner" --format json
    launchready load product.toml --export k6 > journeys.js
    """
    from launchready_tui.cli import opening

    request = make_request(duration, **options)
    with opening.engagement_or_profile(file, runbook) as session:
        if export is not None:
            asyncio.run(_export(session, export))
            return
        code = asyncio.run(_load(session, request, form))
    sys.exit(code)


def make_request(duration: str, **options: object) -> LoadRequest:
    """The request that options mean. Raises `InputError`."""
    from launchready_tui.load.request import LoadRequest
    from launchready_tui.model.performance import seconds

    try:
        length = seconds(duration) if duration else 0.0
    except ValueError as error:
        raise InputError(f"--duration: {error}.", "Write 60s or 5m.") from None
    if duration and length < 1:
        raise InputError(f"--duration {duration} is too short.", "A load test takes at least a second.")
    said = {name: value for name, value in options.items() if value is not None}
    for name, value in said.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value <= 0:
            raise InputError(
                f"--{name.replace('_', '-')} {value:g} sends nothing.", "Give more than 0, or leave it out."
            )
    request = LoadRequest(duration_s=length, **said)  # type: ignore[arg-type]
    request.check()
    return request


async def _export(session: Session, form: str) -> None:
    from launchready_tui.cli import output
    from launchready_tui.engine.firstlook import discovery_door
    from launchready_tui.load.export import needs_targets, to_k6, to_locustfile
    from launchready_tui.load.targets import find_targets
    from launchready_tui.load.walks import make_walks

    product = session.snapshot().product
    targets = {}
    if needs_targets(product):
        async with discovery_door(product) as door:

            async def ask(question: Question[F], /) -> Answer[F]:
                return await door.ask(question, 1)

            targets = await find_targets(product, make_walks(product)[0], ask, lambda host: True)
    output.write((to_k6 if form == "k6" else to_locustfile)(product, targets))


async def _load(session: Session, request: LoadRequest, form: str) -> ExitCode:
    from launchready_tui.cli import loadreport, notices
    from launchready_tui.engine.loading import LoadTesting
    from launchready_tui.load.process import require_locust

    require_locust()
    testing = LoadTesting(session, request)
    prepared = await testing.prepare()
    plan = () if request.worker else loadreport.plan_lines(prepared.planned.plan, prepared.little)
    for line in (*prepared.gate.notes, *plan):
        notices.notice(line)
    prepared.gate.require()
    notices.notice("ctrl+c ends all traffic within a second")
    if request.worker:
        return await _serve(prepared)
    if request.master:
        notices.notice(f"waiting for workers on {request.master}: whoever reaches this port can join the test")
    return await _run(testing, prepared, form)


async def _run(testing: LoadTesting, prepared: Prepared, form: str) -> ExitCode:
    from launchready_tui.cli import loadreport, output
    from launchready_tui.load.judging import judge

    progress = Progress()
    async with Interrupts(testing.stop) as interrupts:
        loaded = await testing.run(prepared, progress.hear)
    progress.end()
    judged = judge(loaded.report)
    shown = loadreport.as_json if form == "json" else loadreport.as_text
    output.write(shown(loaded.report, judged, prepared.product.name))
    return ExitCode.INTERRUPTED if interrupts.came else exit_code(judged)


async def _serve(prepared: Prepared) -> ExitCode:
    from launchready_tui.cli import notices
    from launchready_tui.load.serving import Worker

    worker = Worker(prepared)
    notices.notice(
        f"waiting for the master at {prepared.request.worker}; it begins and ends the test, ctrl+c leaves it"
    )
    async with Interrupts(worker.stop) as interrupts:
        await worker.run()
    if interrupts.came:
        notices.notice("left: this machine sends nothing any more; a test that was under way goes on without it")
        return ExitCode.INTERRUPTED
    notices.notice("the master ended the test")
    return ExitCode.OK


def exit_code(judged: Judged) -> ExitCode:
    """1 where a limit broke, 3 where the figures are not valid, else 0."""
    codes = {"fail": ExitCode.FINDINGS, "invalid": ExitCode.COULD_NOT_SEE}
    return codes.get(judged.verdict, ExitCode.OK)


class Interrupts:
    """Calls `stop` at ctrl+c, or when the process is asked to end, instead of dying with the traffic still on."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self.stop = stop
        self.came = False

    async def __aenter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._come)
        return self

    async def __aexit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)

    def _come(self) -> None:
        self.came = True
        self.stop()


class Progress:
    """One line on a terminal that says how it stands; nothing anywhere else."""

    def __init__(self) -> None:
        self._shown = 0
        self._watching = False

    def hear(self, tick: LoadTick) -> None:
        """A listener of a load test."""
        from launchready_tui.cli import loadreport, notices
        from launchready_tui.load.server import DRAIN_S

        if tick.stage == "watching" and not self._watching:
            self._watching = True
            self.end()
            notices.notice(
                f"the load ended after {tick.at:.0f} s; watching until queues are empty and memory is back, "
                f"{DRAIN_S / 60:.0f} min at most; ctrl+c ends the watch"
            )
        if not sys.stderr.isatty() or tick.stage in ("watching", "finished"):
            return
        line = loadreport.progress_line(tick)
        click.echo(f"\r{line:<{self._shown}}", err=True, nl=False)
        self._shown = len(line)

    def end(self) -> None:
        """Leave the line."""
        if self._shown:
            click.echo("", err=True)
