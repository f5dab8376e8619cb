"""`launchready decide`: record a decision."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("decide")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("title")
@click.option("--option", "options", multiple=True, help="What could have been chosen; may be repeated.")
@click.option("--choice", required=True, help="What was chosen.")
@click.option("--why", default="", help="Why.")
@click.option("--who", required=True, help="Who decided.")
@click.option(
    "--supersedes", type=int, default=0, metavar="NUMBER", help="The number of the decision that this one replaces."
)
@click.option("--topic", default="", metavar="CHECK", help="The check or card that it is about.")
def command(
    file: Path, title: str, options: tuple[str, ...], choice: str, why: str, who: str, supersedes: int, topic: str
) -> None:
    """Record the decision TITLE in FILE. Decisions are never changed; a later one supersedes an earlier."""
    from launchready_tui.cli.verbs import recording
    from launchready_tui.model.records import Decision

    recording.write(file, lambda snapshot: Decision(title, options, choice, why, who, supersedes, topic))
