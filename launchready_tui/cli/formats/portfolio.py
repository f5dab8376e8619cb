"""Several engagements, a line each: what the gate says, open blockers, what runs out next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from launchready_tui.cli import output
from launchready_tui.engine.portfolio import Standing
from launchready_tui.model import codec
from launchready_tui.text import plural


def portfolio_lines(found: Sequence[Standing], now: datetime) -> list[str]:
    """The lines, in the order given."""
    width = max(len(_name(item)) for item in found)
    return [_line(item, width, now) for item in found]


def _name(item: Standing) -> str:
    """The product and its file: several files may be about the same product."""
    name = output.safe(item.name, 30)
    return name if item.problem else f"{name} ({output.safe(item.path.name, 40)})"


def _line(item: Standing, width: int, now: datetime) -> str:
    name = f"{_name(item):<{width}}"
    if item.problem or item.verdict is None:
        return f"{name}  cannot be read: {output.safe(item.problem, 200)}"
    counts = f"{plural(item.blockers, 'blocker')}, {item.unseen} not seen, {item.stale} stale"
    end = "nothing runs out"
    if item.next_end is not None:
        days = plural(max(0, (item.next_end - now).days), "day")
        end = f"next in {days} ({item.next_end:%Y-%m-%d}): {output.safe(item.next_words, 160)}"
    done = f"{item.done} of {item.total} done"
    return f"{name}  {item.verdict.value:<22}  {counts}; {done}; {end}"


def plain_portfolio(found: Sequence[Standing]) -> dict[str, object]:
    """The same as data."""
    return {
        "schema": "launchready/portfolio/1",
        "engagements": [
            {
                "file": str(item.path),
                "name": item.name,
                "problem": item.problem,
                "gate": item.verdict.value if item.verdict else None,
                "blockers": item.blockers,
                "unseen": item.unseen,
                "stale": item.stale,
                "minutes": item.minutes,
                "done": item.done,
                "total": item.total,
                "next": {"at": codec.plain(item.next_end), "words": item.next_words} if item.next_end else None,
            }
            for item in found
        ],
    }
