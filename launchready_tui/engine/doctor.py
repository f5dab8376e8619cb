"""Looks at this machine: what the program needs, what an extra would add. Sends nothing."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launchready_tui import __version__
from launchready_tui.folders import config_folder, data_folder

EXTRAS = {
    "secrets": ("kingfisher_sdk", "finds secrets in the working tree, the history and the client bundle"),
    "pdf": ("typst", "writes the documents as PDF"),
    "pg": ("psycopg", "reads PostgreSQL's statistics and lints migrations"),
    "load": ("locust", "runs load tests"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination: state is ok, missing or trouble."""

    name: str
    state: str
    text: str


def examine() -> tuple[Finding, ...]:
    """Everything worth knowing about this machine, in a fixed order."""
    looks: tuple[Callable[[], Finding], ...] = (
        _python,
        _openssl,
        _terminal,
        _folders,
        _runbook,
        _ipv6,
        _keyring,
        _git,
        _editor,
    )
    return (*(_guarded(look) for look in looks), *(_extra(name) for name in EXTRAS))


def _guarded(look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:  # a look must not keep the others from being made
        return Finding(look.__name__.strip("_"), "trouble", f"{type(error).__name__}: {error}")


def _python() -> Finding:
    return Finding("Python", "ok", f"{platform.python_version()} on {platform.system()}, Launch Ready {__version__}")


def _openssl() -> Finding:
    legacy = "offers" if ssl.HAS_TLSv1_1 else "does not offer"
    return Finding(
        "OpenSSL",
        "ok",
        f"{ssl.OPENSSL_VERSION}; it {legacy} TLS 1.1 itself (the check of old versions does not need it)",
    )


def _terminal() -> Finding:
    encoding = (sys.stdout.encoding or "").lower()
    size = shutil.get_terminal_size()
    if "utf" not in encoding:
        return Finding(
            "Terminal",
            "trouble",
            f"its encoding is {encoding or 'unknown'}: use --ascii, or set LANG to a UTF-8 locale",
        )
    colour = (
        "no colour (NO_COLOR)"
        if os.environ.get("NO_COLOR")
        else os.environ.get("COLORTERM") or os.environ.get("TERM") or "plain"
    )
    return Finding("Terminal", "ok", f"{size.columns} × {size.lines}, {colour}")


def _folders() -> Finding:
    for folder in (data_folder(), config_folder()):
        nearest = next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
        if not os.access(nearest, os.W_OK):
            return Finding(
                "Folders", "trouble", f"{folder} cannot be written: set LAUNCHREADY_DATA_DIR and LAUNCHREADY_CONFIG_DIR"
            )
    return Finding("Folders", "ok", f"data {data_folder()}, settings {config_folder()}")


def _runbook() -> Finding:
    from launchready_tui.runbook.loader import built_in

    runbook = built_in()
    return Finding("Runbook", "ok", f"{runbook.name} {runbook.version}, {len(runbook.entries)} checks")


def _ipv6() -> Finding:
    from launchready_tui.probes.dialling import has_route

    if has_route("2001:4860:4860::8888"):
        return Finding("IPv6", "ok", "this machine has a route")
    return Finding(
        "IPv6",
        "missing",
        "no route from here: what has IPv6 addresses is judged on IPv4, and said to be unseen on IPv6",
    )


def _keyring() -> Finding:
    from launchready_tui.store.tokens import backend

    name, usable = backend()
    if not usable:
        return Finding(
            "Keyring", "missing", "none here: tokens come from LAUNCHREADY_<PROVIDER>_TOKEN, or are asked for"
        )
    return Finding("Keyring", "ok", name)


def _git() -> Finding:
    found = shutil.which("git")
    return (
        Finding("git", "ok", "found") if found else Finding("git", "missing", "repositories cannot be read without it")
    )


def _editor() -> Finding:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor:
        return Finding("Editor", "ok", editor)
    return Finding("Editor", "missing", "set EDITOR to write notes and the profile in your own editor")


def _extra(name: str) -> Finding:
    module, gain = EXTRAS[name]
    if importlib.util.find_spec(module) is not None:
        return Finding(f"Extra {name}", "ok", gain)
    return Finding(f"Extra {name}", "missing", f"would: {gain} (pip install 'launchready[{name}]')")
