"""`launchready decide`: record a decision, or put an idea to the four questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Decision

QUESTIONS = ("risk", "support", "revenue", "diagnosis")
"""The keys of `engine.ideas.QUESTIONS`."""


@click.command("decide")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("title")
@click.option("--option", "options", multiple=True, help="What could have been chosen; may be repeated.")
@click.option(
    "--choice", default="", help="What was chosen. Of an idea: now, later or never, if not as the answers say."
)
@click.option("--why", default="", help="Why.")
@click.option("--who", required=True, help="Who decided.")
@click.option(
    "--supersedes", type=int, default=0, metavar="NUMBER", help="The number of the decision that this one replaces."
)
@click.option(
    "--topic",
    default="",
    metavar="TOPIC",
    help="What it is about: a check, a card (N1), latency:ROUTE, cache:ROUTE. Default: as the replaced one.",
)
@click.option(
    "--idea",
    is_flag=True,
    help="TITLE is an idea: it is for now if it reduces launch risk, support load or revenue loss, or shortens the "
    "time to a diagnosis; else it waits.",
)
@click.option(
    "--yes",
    multiple=True,
    type=click.Choice(QUESTIONS),
    help="With --idea: what it does, of the four; may be repeated. What is not named is answered with no.",
)
def command(
    file: Path,
    title: str,
    options: tuple[str, ...],
    choice: str,
    why: str,
    who: str,
    supersedes: int,
    topic: str,
    idea: bool,
    yes: tuple[str, ...],
) -> None:
    """Record the decision TITLE in FILE. Decisions are never changed; a later one supersedes an earlier.

    With --idea the four questions decide; `launchready status FILE --radar` lists them, the cards and the ideas.
    """
    from launchready_tui.cli.verbs import recording

    if idea:
        if options or topic or supersedes:
            raise InputError("An idea has its own options and topic.", "Leave --option, --topic and --supersedes out.")
        recording.write(file, lambda _: _idea(title, yes, choice, who, why))
        return
    if yes:
        raise InputError("--yes answers the questions of an idea.", "Add --idea, or leave --yes out.")
    recording.write(file, lambda snapshot: _decision(snapshot, title, options, choice, why, who, supersedes, topic))


def _decision(
    snapshot: Snapshot,
    title: str,
    options: tuple[str, ...],
    choice: str,
    why: str,
    who: str,
    supersedes: int,
    topic: str,
) -> Decision:
    from launchready_tui.engine.topics import inherited, topic_of
    from launchready_tui.model.records import Decision

    about = topic_of(topic, snapshot) or inherited(supersedes, snapshot)
    return Decision(title, options, choice, why, who, supersedes, about)


def _idea(title: str, yes: tuple[str, ...], choice: str, who: str, why: str) -> Decision:
    """The decision about an idea, as the form records it."""
    from launchready_tui.engine.ideas import answer, decision
    from launchready_tui.engine.replan import LATER, NEVER, NOW
    from launchready_tui.text import one_line

    said = answer(yes)
    choices = {"": said, "now": NOW, "later": LATER, LATER: LATER, "never": NEVER}
    chosen = choices.get(choice.strip().casefold())
    if chosen is None:
        raise InputError(
            f'"{one_line(choice, 40)}" is neither now nor later nor never.', "Choose one, or leave it out."
        )
    if chosen not in (said, NEVER) and not why.strip():
        raise InputError(f"The answers say “{said}”.", "Say why you choose otherwise all the same: --why.")
    return decision(title, yes, chosen, who, why)
