"""The secrets engine: Kingfisher's SDK with the rules of `runbooks/data/secret-rules.yml`. Never touches the network.

The SDK is an optional extra and is imported at the first use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from launchready_tui.errors import InputError
from launchready_tui.runbook.locate import data_dir
from launchready_tui.secrets.matches import Match

RULES_FILE = "secret-rules.yml"
INSTALL = "pip install 'launchready[secrets]'"
SECONDS_A_TEXT = 20.0
"""After which the engine gives one text up."""


class ExtraMissing(InputError):
    """The secrets engine is not installed."""

    def __init__(self) -> None:
        super().__init__("The secrets engine is not installed.", f"Install it with: {INSTALL}")


class TextGivenUp(Exception):
    """The engine could not finish a text. Whoever scans has to call the scan incomplete."""


class Engine:
    """Matches rules. One engine may be used by several threads at once.

    Loading takes about 0.3 s where the compiled rules are in the cache of the user's machine, 4 s where not. `rules`
    names another rules file. Raises `ExtraMissing`.
    """

    def __init__(self, rules: Path | None = None) -> None:
        try:
            import kingfisher_sdk as sdk
        except ImportError:
            raise ExtraMissing from None
        self._file = rules or data_dir() / RULES_FILE
        self._sdk: Any = sdk
        # Inline ignore comments are off: who is audited does not silence the audit. The baseline file does, with a name
        # and a reason.
        policy = sdk.DetectionPolicy(inline_ignores=False, base64_max_depth=2)
        self._scanner = sdk.Scanner(sdk.Rules([self._file]), policy=policy)

    @cached_property
    def version(self) -> str:
        """Changes whenever the same text could give other matches."""
        digest = hashlib.sha256(self._file.read_bytes()).hexdigest()
        return f"kingfisher-{self._sdk.__version__}-{digest[:16]}"

    @cached_property
    def titles(self) -> dict[str, str]:
        """The names of our own rules by their id."""
        return {
            rule["id"]: rule["name"] for rule in self._scanner.rules.metadata() if rule["id"].startswith("launchready.")
        }

    def matches(self, data: bytes, path: str) -> Iterator[Match]:
        """All matches in a text, helpers such as encoded spans included.

        `path` matters to rules that are bound to a kind of file.
        """
        source = self._sdk.ScanInput(path=path or "text", data=data)
        try:
            found = self._scanner.scan_input(source, timeout=SECONDS_A_TEXT)
        except (TimeoutError, RuntimeError, ValueError) as error:
            raise TextGivenUp(f"the engine gave {path or 'a text'} up ({type(error).__name__})") from error
        for item in found:
            if item.visible or item.rule_id.startswith("launchready."):
                where = item.location
                decoded = ("base64",) if item.is_base64_encoded else ()
                start, end = where["start_offset"], where["end_offset"]
                yield Match(item.rule_id, item.secret, start, end, where["line"], item.entropy, decoded)
