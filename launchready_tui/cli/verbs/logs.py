"""`launchready logs`: which routes take the time, from access logs; without an engagement."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from launchready_tui.errors import ExitCode, InputError

if TYPE_CHECKING:
    from launchready_tui.logs.reading import Stop
    from launchready_tui.logs.report import LogReport

_FIRST_WORD = 2.0
_NEXT_WORD = 5.0


@click.command("logs")
@click.argument("logs", nargs=-1, required=True, metavar="LOG...")
@click.option(
    "--log-format", "layout", default="", metavar="NAME|LINE", help="Its name, or its log_format or LogFormat line."
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=PLACE",
    help="Where JSON has path, method, status, duration, time.",
)
@click.option(
    "--top", type=click.IntRange(min=1), default=20, show_default=True, help="How many routes the text shows."
)
@click.option(
    "--by",
    "order",
    type=click.Choice(["total", "p95"]),
    default="total",
    show_default=True,
    help="How the text ranks them.",
)
@click.option(
    "--processes", type=click.IntRange(min=0, max=256), default=0, help="How many read at once.  [default: one a core]"
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    logs: tuple[str, ...], layout: str, fields: tuple[str, ...], top: int, order: str, processes: int, form: str
) -> None:
    """Show which routes take the time, from access logs: files, also .gz and .zst, pipes, and - for stdin.

    The format is recognised: nginx, Apache, Caddy, Traefik, HAProxy, Envoy, IIS, AWS load balancers, CloudFront,
    Cloudflare, Heroku, Vercel, Rails and others. Query strings are dropped while reading.

    Exit code: 0 all was read, 3 something could not be read to its end, 2 wrong input, 130 stopped by ctrl+c (what was
    read by then is shown).

    \b
    launchready logs /var/log/nginx/access.log*
    launchready logs --log-format '$remote_addr [$time_local] "$request" $status $request_time' odd.log
    launchready logs --field path=req.url --field status=res.code --field duration=took:ms app.json
    zcat *.gz | launchready logs --format json -
    """
    from launchready_tui.cli import logreport, notices, output
    from launchready_tui.logs.reading import Stop, read
    from launchready_tui.logs.recognise import Wanted

    stop = Stop()
    wanted = Wanted(layout.strip(), tuple(map(_field, fields)))
    with interruptible(stop):
        report = read(logs, wanted, stop=stop, shown=_Progress() if sys.stderr.isatty() else None, workers=processes)
    if not report.requests and not report.interrupted:
        raise nothing_read(report)
    if form == "json":
        output.write(logreport.as_json(report))
        for line in report.partial:
            notices.notice(f"partial: {line}")
    else:
        output.write(logreport.as_text(report, top=top, order=order))
    sys.exit(exit_code(report))


def exit_code(report: LogReport) -> ExitCode:
    """130 for a reading that was stopped, 3 where something could not be read, else 0."""
    if report.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.COULD_NOT_SEE if report.partial else ExitCode.OK


def nothing_read(report: LogReport) -> InputError:
    """Why there is nothing to show."""
    what = ", ".join(file.path for file in report.files[:3])
    if len(report.files) > 3:
        what += f" and {len(report.files) - 3} more"
    if report.partial:
        return InputError(f"Nothing could be read: {'; '.join(report.partial)}.", "Is it the file that you mean?")
    if not report.lines:
        return InputError(
            f"{what}: empty, there is no line to read.", "Is it the log that is written to, or a rotated one?"
        )
    like = f" Its lines look like this (letters are a, digits 9): {report.samples[0]}" if report.samples else ""
    return InputError(
        f"{what}: none of {report.lines:,} lines is a request in a known format.{like}",
        "Declare the format with --log-format, or the places of JSON fields with --field path=… .",
    )


def _field(text: str) -> tuple[str, str]:
    name, equals, place = text.partition("=")
    if not equals or not name.strip() or not place.strip():
        raise InputError(f"--field {text} is no mapping.", "Write NAME=PLACE, such as --field path=req.url.")
    return name.strip(), place.strip()


@contextmanager
def interruptible(stop: Stop) -> Iterator[None]:
    """The first ctrl+c stops the reading, whose result is then partial; the second ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: Any) -> None:
        again = stop.is_set()
        stop.set()
        if again or stop.waiting:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Progress:
    """Says now and then how far a long reading is."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _FIRST_WORD

    def __call__(self, done: int, total: int) -> None:
        from launchready_tui.cli import notices

        now = time.monotonic()
        if now < self._next or not total:
            return
        self._next = now + _NEXT_WORD
        notices.notice(f"read {done / total:.0%} of {total / 1e9:.1f} GB")
