"""What a domain and a repository reveal: a proposal for the profile and the access map, which a person confirms."""

from __future__ import annotations

from launchready_tui.engine.discovery.look import SEEN, Tell, discover
from launchready_tui.engine.discovery.merging import Merged, Part, appended, parts, systems
from launchready_tui.engine.discovery.proposal import Difference, Proposal, Sighting, compare

__all__ = [
    "SEEN",
    "Difference",
    "Merged",
    "Part",
    "Proposal",
    "Sighting",
    "Tell",
    "appended",
    "compare",
    "discover",
    "parts",
    "systems",
]
