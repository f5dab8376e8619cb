"""Where the shipped runbooks and their data lie: in the package of a wheel, at the top level of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def runbooks_dir() -> Path:
    """The folder that holds the shipped runbooks, each a folder of its own, and `data`."""
    packaged = _PACKAGE / "runbooks"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "runbooks"


def data_dir() -> Path:
    """The folder of the dated reference data: address ranges of providers, takeover fingerprints and the like."""
    return runbooks_dir() / "data"
