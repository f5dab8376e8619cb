"""`status --access`: an empty map is nothing to be calm about."""

from __future__ import annotations

from launchready_tui.cli.formats.access import access_lines
from tests.deliverables.world import snapshot, world


def test_an_empty_map_says_that_nothing_is_recorded() -> None:
    text = "\n".join(access_lines(snapshot()))
    assert "No danger" not in text
    assert "Nothing is recorded yet" in text
    assert "18 dangers" in text


def test_systems_that_nobody_spoke_of_are_counted_beside_the_known_dangers() -> None:
    text = "\n".join(access_lines(world()[0]))
    assert "nobody said anything about" in text
    assert "No danger in what is recorded." not in text
