"""`launchready token`: keep provider tokens in the keyring."""

from __future__ import annotations

import sys

import click

from launchready_tui.errors import InputError


@click.group("token")
def command() -> None:
    """Keep provider tokens in the system's keyring, never in a file.

    Where there is no keyring, set LAUNCHREADY_PROVIDER_TOKEN in the environment instead.
    """


@command.command("set")
@click.argument("provider")
@click.option("--engagement", default="", metavar="NAME", help="Only for this engagement.")
def set_(provider: str, engagement: str) -> None:
    """Ask for the token of PROVIDER (or read it from standard input) and keep it."""
    from launchready_tui.cli import output
    from launchready_tui.store import tokens

    value = click.prompt("Token", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    if not value.strip():
        raise InputError("The token is empty.", "Paste the token that the provider's page shows.")
    tokens.keep(provider, value.strip(), engagement)
    output.line(f"the token of {output.safe(provider)} is in the keyring")


@command.command("list")
@click.option("--engagement", default="", metavar="NAME", help="Also those of this engagement.")
def list_(engagement: str) -> None:
    """List the providers for which a token is there, and where; never the tokens."""
    from launchready_tui.cli import output
    from launchready_tui.store import tokens

    for provider, place in tokens.known(engagement):
        output.line(f"{output.safe(provider)}  {place}")


@command.command("forget")
@click.argument("provider")
@click.option("--engagement", default="", metavar="NAME", help="Only that of this engagement.")
def forget(provider: str, engagement: str) -> None:
    """Remove the token of PROVIDER from the keyring, and say where it still is."""
    from launchready_tui.cli import output
    from launchready_tui.store import tokens

    variable = tokens.in_environment(provider)
    try:
        there = tokens.forget(provider, engagement)
    except InputError:
        if not variable:
            raise
        there = False
    output.line(f"the token of {output.safe(provider)} is {'removed' if there else 'not in the keyring'}")
    if variable:
        raise InputError(
            f"{variable} still holds a token in the environment of this shell.",
            f"`unset {variable}`, and take it out of the file that sets it; then revoke it at the provider.",
        )
