"""The part of the gate board about what waits: the not-now cards with what the radar saw, and the ideas. Pure."""

from __future__ import annotations

from textual.content import Content

from launchready_tui.engine.ideas import ideas, seen_for
from launchready_tui.engine.radar import Seen
from launchready_tui.engine.replan import NOW
from launchready_tui.engine.topics import decision_on
from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Decision, Record
from launchready_tui.model.runbook import NotNowCard
from launchready_tui.text import plural
from launchready_tui.tui import render
from launchready_tui.tui.render import Ink, Mark, Part
from launchready_tui.tui.screens.gate_lines import STATE, blank, heading
from launchready_tui.tui.widgets.lines import Line, fit


def card_lines(snapshot: Snapshot, ink: Ink, room: int, seen: Seen) -> list[Line]:
    """What waits until after the launch, whether somebody decided so, what was begun all the same; then the ideas."""
    lines = [heading(ink, "Not before the launch", "d records the decision to wait")]
    lines += [Line(_card(snapshot, ink, card, room, seen), f"card:{card.id}") for card in snapshot.runbook.cards]
    found = ideas(snapshot.state)
    lines += [blank(ink), heading(ink, "Ideas", f"{len(found)}; i asks the four questions" if found else "")]
    if not found:
        lines.append(Line(ink.line(("i asks four questions of a new idea, and records now, later or never.", "muted"))))
    return lines + [Line(_idea(snapshot, ink, record, room), f"idea:{record.number}") for record in found]


def _card(snapshot: Snapshot, ink: Ink, card: NotNowCard, room: int, seen: Seen) -> Content:
    record = decision_on(snapshot, card)
    begun = seen_for(card, seen.sightings)
    if record is None:
        state: Part = (fit(f"{ink.glyphs.marks[Mark.NOT_RUN]} open", STATE), "muted")
        said, tone = "nobody decided yet", "muted"
    else:
        decision = payload(record, Decision)
        state = (fit(f"{ink.glyphs.marks[Mark.ATTESTED]} decided", STATE), "pass")
        said, tone = f"{decision.choice}, {decision.who}, {render.age(record.at, snapshot.now)}", "muted"
    if begun and record is None:
        said, tone = f"seen: {begun[0]}", "warn"
    title = min(34, room - STATE - 4)
    rest = max(0, room - STATE - 4 - title - 2)
    words = (fit(card.id, 4), "muted"), fit(card.title, title, ink.glyphs.ellipsis)
    return ink.line(state, *words, ("  " + fit(said, rest, ink.glyphs.ellipsis), tone))


def _idea(snapshot: Snapshot, ink: Ink, record: Record, room: int) -> Content:
    decision = payload(record, Decision)
    tone = "focus" if decision.choice == NOW else "muted"
    rest = max(10, room - 19 - 16)
    dots = ink.glyphs.ellipsis
    return ink.line(
        (fit(decision.choice, 18, dots) + " ", tone),
        fit(decision.title, rest, dots),
        ("  " + fit(f"{decision.who}, {render.short_age(record.at, snapshot.now)}", 14, dots), "muted"),
    )


def card_detail(snapshot: Snapshot, ink: Ink, card: NotNowCard, seen: Seen) -> Content:
    """A card in full."""
    parts: list[Part | Content] = [(card.title, "bold"), ("  " + card.id, "muted"), "\n\n"]
    parts += [render.reflow(card.text), "\n\n", ("Look again when  ", "bold"), card.trigger, "\n\n"]
    parts += _seen(card, seen)
    record = decision_on(snapshot, card)
    if record is None:
        parts.append(("d records that it waits: what you chose, why, who.", "muted"))
    else:
        decision = payload(record, Decision)
        parts += [("Decided  ", "bold"), f"{decision.choice} by {decision.who}, {render.moment(record.at)}\n"]
        parts.append((decision.why, "muted"))
    return ink.line(*parts, lines=True)


def _seen(card: NotNowCard, seen: Seen) -> list[Part | Content]:
    begun = seen_for(card, seen.sightings)
    if begun:
        words = (
            f"Seen in the repository: {plural(len(begun), 'sign')}. That is no fault; it costs the hours of a launch."
        )
        return [(words + "\n", "warn"), *(f"  {item}\n" for item in begun[:8]), "\n"]
    if not card.radar:
        return []
    if seen.problem:
        return [(f"The repository was not looked at: {seen.problem}\n\n", "muted")]
    more = " (only a part of it was looked at)" if seen.capped else ""
    return [(f"Nothing of it was seen in the repository{more}.\n\n", "muted")]


def idea_detail(snapshot: Snapshot, ink: Ink, number: str) -> Content:
    """An idea in full."""
    record = next((record for record in ideas(snapshot.state) if str(record.number) == number), None)
    if record is None:
        return ink.line("")
    decision = payload(record, Decision)
    parts: list[Part | Content] = [(decision.title, "bold"), "\n", (decision.choice, "bold focus")]
    parts += [(f"  {decision.who}, {render.moment(record.at)}\n\n", "muted"), decision.why]
    return ink.line(
        *parts, ("\n\nL shows it among the decisions; enter there records what replaces it.", "muted"), lines=True
    )
