"""The field in which a list is filtered."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class FilterInput(Input):
    """The filter; its two ways out stand in the bottom line while it is typed in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,down", "submit", "keep the filter", id="filter.keep", tooltip="Keep the filter and go to the list"
        ),
        Binding("escape", "screen.back", "clear it", id="filter.clear", tooltip="Clear the filter"),
    ]
