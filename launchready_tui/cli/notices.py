"""The only module that writes to stderr: one plain line a notice, no colour, no frames."""

from __future__ import annotations

import click

from launchready_tui.errors import LaunchReadyError
from launchready_tui.text import visible


def notice(text: str) -> None:
    """Something worth knowing that is not data."""
    click.echo(f"launchready: {visible(text)}", err=True)


def trouble(error: LaunchReadyError) -> None:
    """An error: what happened, then what to do next."""
    for text in error.message.splitlines() or [type(error).__name__]:
        click.echo(f"launchready: {visible(text)}", err=True)
    if error.hint:
        click.echo(f"  {visible(error.hint)}", err=True)
