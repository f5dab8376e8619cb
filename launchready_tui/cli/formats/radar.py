"""What waits until after the launch, as lines of text and as data: the radar's cards, and ideas."""

from __future__ import annotations

from launchready_tui.cli import output
from launchready_tui.engine.ideas import QUESTIONS, ideas, seen_for
from launchready_tui.engine.radar import Seen
from launchready_tui.engine.topics import decision_on
from launchready_tui.model import codec
from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Decision, Record
from launchready_tui.model.runbook import NotNowCard

MOST = 8
"""So many signs of a card are listed."""


def radar_lines(snapshot: Snapshot, seen: Seen) -> list[str]:
    """The cards, how to decide, the ideas, how to ask of one."""
    lines = ["Not before the launch:"]
    for card in snapshot.runbook.cards:
        lines += _card(snapshot, card, seen)
    first = snapshot.runbook.cards[0].id if snapshot.runbook.cards else "CARD"
    how = '--option now --option "after the launch" --option never --choice "after the launch" --why … --who NAME'
    lines += ["", f'Decide: launchready decide FILE "Now or later?" --topic {first} {how}', ""]
    found = ideas(snapshot.state)
    lines.append(f"Ideas: {len(found)}" if found else "Ideas: none yet")
    for record in found:
        decision = payload(record, Decision)
        lines.append(f"  {record.number}  {_choice(record)}: {output.safe(decision.title, 200)}")
        lines.append(f"       {output.safe(decision.why, 600)}")
    lines += ["", "Put an idea to the four questions; without a yes it waits:"]
    lines += [f"  --yes {key:<10} {text}" for key, text in QUESTIONS.items()]
    return [*lines, 'launchready decide FILE "The idea in one sentence" --idea --yes risk --who NAME']


def _card(snapshot: Snapshot, card: NotNowCard, seen: Seen) -> list[str]:
    record = decision_on(snapshot, card)
    lines = [f"  {card.id}  {'decided' if record else 'open':<8} {card.title}"]
    begun = seen_for(card, seen.sightings)
    if begun:
        more = f" and {len(begun) - MOST} more" if len(begun) > MOST else ""
        lines.append(
            f"      seen in the repository: {'; '.join(output.safe(item, 120) for item in begun[:MOST])}{more}"
        )
    elif card.radar:
        partly = " (only a part of it was looked at)" if seen.capped else ""
        words = (
            f"not looked at: {output.safe(seen.problem, 200)}" if seen.problem else f"nothing of it was seen{partly}"
        )
        lines.append(f"      repository: {words}")
    lines.append(f"      look again when: {' '.join(card.trigger.split())}")
    if record is not None:
        decision = payload(record, Decision)
        why = f": {output.safe(' '.join(decision.why.split()), 600)}" if decision.why else ""
        lines.append(f"      {_choice(record)}, record {record.number}{why}")
    return lines


def _choice(record: Record) -> str:
    decision = payload(record, Decision)
    return f"{output.safe(decision.choice, 80)}, {output.safe(decision.who, 60)}, {record.at:%Y-%m-%d}"


def plain_radar(snapshot: Snapshot, seen: Seen) -> dict[str, object]:
    """The same as data."""
    return {
        "schema": "launchready/radar/1",
        "product": snapshot.product.name,
        "repository": {"problem": seen.problem, "capped": seen.capped},
        "cards": [
            {
                "id": card.id,
                "title": card.title,
                "text": " ".join(card.text.split()),
                "trigger": card.trigger,
                "state": "decided" if (record := decision_on(snapshot, card)) else "open",
                "seen": list(seen_for(card, seen.sightings)),
                "decision": _plain(record) if record else None,
            }
            for card in snapshot.runbook.cards
        ],
        "ideas": [_plain(record) for record in ideas(snapshot.state)],
        "questions": QUESTIONS,
    }


def _plain(record: Record) -> dict[str, object]:
    decision = payload(record, Decision)
    return {
        "record": record.number,
        "at": codec.plain(record.at),
        "title": decision.title,
        "choice": decision.choice,
        "why": decision.why,
        "who": decision.who,
    }
