"""`launchready authorize`: record the permission to go beyond passive looking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Authorization


@click.command("authorize")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--host", default="*", show_default=True, help="The host it is for; * means every host of the profile.")
@click.option(
    "--level",
    "levels",
    multiple=True,
    type=click.Choice(["active", "load", "local"]),
    help="What it allows; default: active.",
)
@click.option("--who", required=True, help="Who authorizes: somebody who may, such as the domain's owner.")
@click.option("--proof", required=True, help="How it was shown: DNS record, well-known file, signed statement.")
@click.option("--until", default="+2d", show_default=True, metavar="DATE", help="When it ends.")
def command(file: Path, host: str, levels: tuple[str, ...], who: str, proof: str, until: str) -> None:
    """Record in FILE that WHO allows active checks (posts, probes of login and redirects), load tests or local
    commands.
    """
    from launchready_tui.cli import opening
    from launchready_tui.cli.verbs import recording

    def make(snapshot: Snapshot) -> Authorization:
        from launchready_tui.model.records import Authorization

        return Authorization(host.lower(), levels or ("active",), who, proof, opening.day(until, snapshot.now))

    recording.write(file, make)
