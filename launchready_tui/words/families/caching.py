"""Caches: whether one hands out what belongs to one person, and how long it shows what is out of date."""

from __future__ import annotations

from launchready_tui.model.questions import CacheTricks, FreshnessTrial, PrivateViews
from launchready_tui.model.questions.caching import FreshnessSeen, PageViews, TrickReply, Viewer
from launchready_tui.text import plural
from launchready_tui.words.figures import Answered, Asked, Place, joined

_VIEWERS: dict[Viewer, str] = {"owner": "its owner", "other": "another account", "stranger": "a stranger"}


def _views(found: PageViews) -> str:
    said = []
    for viewer, words in _VIEWERS.items():
        looks = [view for view in found.views if view.viewer == viewer]
        if looks:
            said.append(f"{words} saw the owner's mark in {sum(view.marked for view in looks)} of {len(looks)} looks")
    return joined(*said) or "nobody looked"


def _tricks(found: TrickReply) -> str:
    leaked = [one.suffix for one in found.tricks if one.stranger.marked]
    tried = plural(len(found.tricks), "false file name")
    if leaked:
        return f"a stranger got the owner's page under {len(leaked)} of {tried}: {', '.join(leaked[:4])}"
    return f"a stranger got the owner's page under none of {tried}"


def _fresh(found: FreshnessSeen) -> str:
    shown = [one.seconds for one in found.sightings if one.seconds is not None]
    places = f"{len(shown)} of {plural(len(found.sightings), 'place')}"
    late = f"after {max(shown):.0f} s at the latest" if shown else ""
    return joined(
        f"changed with {found.status}" if found.status else "no answer to the change",
        f"shown in {places} within {found.watched:.0f} s",
        late,
        "" if found.restored else "not set back",
    )


ASKED: Asked = {
    PrivateViews: lambda asked: (
        "whether ",
        Place(asked.url),
        f" of {asked.owner} is shown to {asked.other} or a stranger",
    ),
    CacheTricks: lambda asked: (
        "whether a cache keeps ",
        Place(asked.url),
        f" of {asked.owner} under {plural(len(asked.suffixes), 'false file name')}",
    ),
    FreshnessTrial: lambda asked: (f"how soon a changed {asked.field} shows, by {asked.method} ", Place(asked.url)),
}

ANSWERED: Answered = {PageViews: _views, TrickReply: _tricks, FreshnessSeen: _fresh}
