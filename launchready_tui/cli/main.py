"""The command line: `launchready [FILE]` opens the screens, everything else is a verb.

Verbs are imported when they are used, so that `--version` and `--help` load neither the screens nor the network.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from launchready_tui import __version__
from launchready_tui.cli import notices
from launchready_tui.errors import ExitCode, LaunchReadyError
from launchready_tui.text import did_you_mean

VERBS = {
    "practice": ("practice", "Start a practice sprint against a small marketplace full of faults."),
    "new": ("new", "Make a new engagement."),
    "check": ("check", "Run checks and print their results."),
    "load": ("load", "Run the journeys as a load test."),
    "status": ("status", "Print the gate and how far each stage is."),
    "explain": ("explain", "Say what a check does, why, and how to repeat it by hand."),
    "product": ("product", "Show, edit or import the product profile."),
    "runbook": ("runbook", "Check that a runbook is valid."),
    "attest": ("attest", "Record a person's answer to a check."),
    "decide": ("decide", "Record a decision."),
    "waive": ("waive", "Accept the risk of one finding until a date."),
    "own": ("own", "Say who owns a check."),
    "measure": ("measure", "Measure a route before and after a change."),
    "authorize": ("authorize", "Record the permission for active checks, load or commands."),
    "clock": ("clock", "Start, pause and read the sprint clock; see what work still fits in."),
    "undo": ("undo", "Take back the newest record."),
    "redo": ("redo", "Bring back what was taken back."),
    "copy": ("copy", "Make a consistent copy of an engagement."),
    "export": ("export", "Write the handover pack into a folder."),
    "verify": ("verify", "Prove that a handover pack was not altered."),
    "secrets": ("secrets", "Look for secrets in a folder, in what is staged, or in a git history."),
    "logs": ("logs", "Show which routes take the time, from access logs."),
    "queries": ("queries", "Rank the statements in a database's log by the time they take."),
    "token": ("token", "Keep provider tokens in the keyring."),
    "doctor": ("doctor", "Say what works on this machine and what is missing."),
}
"""Verb → module of `launchready_tui.cli.verbs`, and its line in `--help`."""


class Verbs(click.Group):
    """The verbs, imported late; anything else that is named is a file to open."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of a sprint."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a verb."""
        if cmd_name not in VERBS:
            return None
        module = import_module(f"launchready_tui.cli.verbs.{VERBS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A verb, or the file to open."""
        name = args[0]
        if name in VERBS:
            return super().resolve_command(ctx, args)
        looks_like_file = name.endswith((".launchready", ".toml")) or os.sep in name or Path(name).exists()
        if not looks_like_file:
            guess = did_you_mean(name, list(VERBS))
            raise click.UsageError(f'There is no verb and no file "{name}"{guess}', ctx)
        return "open", _open, args


@click.group(cls=Verbs, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="launchready")
@click.option("--ascii", "plain", is_flag=True, help="Draw the screens with ASCII signs only.")
@click.option("--no-animation", is_flag=True, help="Draw the screens without animation.")
@click.pass_context
def cli(ctx: click.Context, plain: bool, no_animation: bool) -> None:
    """Launch Ready: a runbook that checks itself.

    \b
    launchready                opens the picker
    launchready FILE           opens an engagement where it was left
    launchready practice       starts a practice sprint

    Every verb of the screens is a command too; `launchready VERB --help` describes it.
    """
    ctx.obj = {"plain": plain, "no_animation": no_animation}
    if ctx.invoked_subcommand is None:
        _screens(None, ctx)


@click.command("open", hidden=True)
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def _open(ctx: click.Context, file: Path) -> None:
    _screens(file, ctx)


def _screens(file: Path | None, ctx: click.Context) -> None:
    from launchready_tui.cli.screens import open_screens

    ctx.exit(open_screens(file, plain=ctx.obj["plain"], no_animation=ctx.obj["no_animation"]))


def run(args: list[str] | None = None) -> None:
    """Run the command line and exit. Expected errors become two lines on stderr and their exit code, ctrl+c 130."""
    try:
        code = cli.main(args, prog_name="launchready", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else ExitCode.OK)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        notices.notice("Interrupted. What was finished is kept.")
        sys.exit(ExitCode.INTERRUPTED)
    except LaunchReadyError as error:
        notices.trouble(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.OK)
    except Exception as error:
        from launchready_tui.folders import config_folder, keep_traceback

        notices.notice(f"This is a bug of ours: {type(error).__name__}: {error}")
        notices.notice(f"Please report it with the trace in {keep_traceback(error, config_folder())}.")
        sys.exit(ExitCode.COULD_NOT_SEE)
