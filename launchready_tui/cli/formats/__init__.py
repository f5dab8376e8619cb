"""How a run is printed: text, json, sarif, junit. Pure: a conclusion in, a text out."""

from __future__ import annotations

from collections.abc import Callable

from launchready_tui.cli.formats.json import as_json
from launchready_tui.cli.formats.junit import as_junit
from launchready_tui.cli.formats.sarif import as_sarif
from launchready_tui.engine.conclusion import Conclusion

FORMATS: dict[str, Callable[[Conclusion], str]] = {"json": as_json, "sarif": as_sarif, "junit": as_junit}
"""The formats that are one document; text comes line by line."""

__all__ = ["FORMATS"]
