"""`launchready queries`: the digest of a database's log, without an engagement."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from launchready_tui.errors import ExitCode, InputError


@click.command("queries")
@click.argument("logs", metavar="LOG...", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--top", type=click.IntRange(1, 1_000), default=20, show_default=True, help="How many statements to print."
)
@click.option("--prefix", default="", help="PostgreSQL's log_line_prefix, where it is not recognised: '%m [%p] '.")
def command(logs: tuple[str, ...], form: str, top: int, prefix: str) -> None:
    """Rank the statements in the query logs LOG by the time they take: - is standard input.

    PostgreSQL's log (text with any prefix, csvlog, jsonlog, auto_explain; RDS, Cloud SQL, Azure, Supabase, Heroku,
    syslog) and the slow query log of MySQL and MariaDB, plain or packed with gzip or zstd. The format is recognised.
    Values are never printed: statements are shown as shapes, with ? in their place.

    Exit code: 0, or 3 where a log could be read in part only, or 2 for wrong usage and for what is no query log.

    \b
    launchready queries /var/log/postgresql/postgresql-15-main.log*
    zcat slow.log.*.gz | launchready queries - --format json
    """
    from launchready_tui.cli import notices, output, queryreport
    from launchready_tui.queries.postgresprefix import Prefix
    from launchready_tui.queries.reading import digest_of

    if prefix:
        try:
            Prefix(prefix)
        except ValueError as error:
            raise InputError(f"--prefix: {error}.", "Copy it from `SHOW log_line_prefix`.") from None
    if logs.count("-") > 1:
        raise InputError("Standard input can be read once only.", "Name - once.")
    facts = digest_of([None if log == "-" else Path(log) for log in logs], top=top, prefix=prefix)
    names = " and ".join(file.name for file in facts.files[:3])
    if not facts.lines and not facts.cut:
        raise InputError(f"{names}: nothing is in it.", "Name a log that holds statements.")
    if prefix and facts.unparsed == facts.lines:
        raise InputError(
            f"{names}: none of {facts.lines:,} lines fits the prefix {prefix!r}.",
            "Copy it from `SHOW log_line_prefix`, or leave --prefix out: most prefixes are recognised.",
        )
    if facts.lines and not any(file.format for file in facts.files):
        raise InputError(
            f"{names}: no format of a query log was recognised.",
            "Known are PostgreSQL's logs and MySQL's slow query log; a log_line_prefix can be given with --prefix.",
        )
    output.write(queryreport.FORMATS[form](facts))
    for file in facts.files:
        if file.cut and form != "text":
            notices.notice(f"read in part only: {file.name}: {file.cut}")
    sys.exit(ExitCode.COULD_NOT_SEE if facts.cut else ExitCode.OK)
