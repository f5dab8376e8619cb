"""Answers `LighthouseReports`: saved reports of Lighthouse or of the PageSpeed Insights API."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.latency import LighthouseReports, PageReports, PageRun
from launchready_tui.probes.localfile import contents
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.redaction import redact_url
from launchready_tui.text import one_line

MOST_FILES = 200
MAGIC = "*?["

_AUDITS = {
    "lcp": "largest-contentful-paint",
    "tbt": "total-blocking-time",
    "shift": "cumulative-layout-shift",
    "server": "server-response-time",
}


class LighthouseProbe:
    """Reads the files named in `[logs] lighthouse`; `base` is the folder that their paths are relative to."""

    def __init__(self, base: str) -> None:
        self._base = Path(base)

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `LighthouseReports`."""
        assert isinstance(question, LighthouseReports)
        found = await asyncio.to_thread(read_reports, self._base, question.paths)
        return Outcome(failure=found) if isinstance(found, Failure) else Outcome(found)

    async def aclose(self) -> None:
        """Nothing is held open."""


def read_reports(base: Path, paths: Iterable[str]) -> PageReports | Failure:
    """The runs in all files that the paths and globs name."""
    runs: list[PageRun] = []
    unreadable: list[str] = []
    files = _files(base, paths)
    for name, path in files[:MOST_FILES]:
        data = contents(path, name)
        found = data.message if isinstance(data, Failure) else _report(data)
        if isinstance(found, str):
            unreadable.append(f"{one_line(name, 120)}: {found}")
        else:
            runs.append(found)
    if len(files) > MOST_FILES:
        unreadable.append(f"only {MOST_FILES} of {len(files)} files were read")
    if not runs and unreadable:
        return Failure("file-unreadable", unreadable[0], Fault.USAGE)
    return PageReports(tuple(runs), tuple(unreadable[:50]), len(files))


def _files(base: Path, paths: Iterable[str]) -> list[tuple[str, Path]]:
    """The files by their name as the profile has it; a path without a pattern counts also if it is not there."""
    found: dict[str, Path] = {}
    for text in paths:
        if not any(sign in text for sign in MAGIC):
            found.setdefault(text, base / text)
            continue
        whole = Path(text)
        root, pattern = (
            (Path(whole.anchor), str(whole.relative_to(whole.anchor))) if whole.is_absolute() else (base, text)
        )
        try:
            for path in sorted(root.glob(pattern)):
                found.setdefault(str(path if whole.is_absolute() else path.relative_to(base)), path)
                if len(found) > MOST_FILES * 5:
                    break
        except (OSError, ValueError, NotImplementedError):
            continue
    return list(found.items())


def _report(data: bytes) -> PageRun | str:
    """The run in a report, or why there is none."""
    try:
        document = json.loads(data, parse_int=float)  # no int of a million digits
    except (ValueError, RecursionError):
        return "is no JSON"
    if isinstance(document, dict) and isinstance(document.get("lighthouseResult"), dict):
        document = document["lighthouseResult"]
    if not isinstance(document, dict) or not isinstance(document.get("audits"), dict):
        return "is no Lighthouse report: it has no audits"
    error = document.get("runtimeError")
    if isinstance(error, dict) and error.get("code") not in (None, "NO_ERROR"):
        return f"is of a run that failed: {one_line(str(error.get('code')), 60)}"
    settings = document.get("configSettings")
    factor = settings.get("formFactor", settings.get("emulatedFormFactor")) if isinstance(settings, dict) else ""
    url = next((document[key] for key in ("requestedUrl", "finalDisplayedUrl", "finalUrl") if _text(document, key)), "")
    audits = document["audits"]
    values = {field: _number(audits.get(name)) for field, name in _AUDITS.items()}
    if not url or all(value is None for value in values.values()):
        return "holds no measurement"
    return PageRun(
        redact_url(url)[:500],
        **values,
        form_factor=str(factor or "")[:20],
        version=str(document.get("lighthouseVersion") or "")[:20],
    )


def _text(document: dict[str, Any], key: str) -> bool:
    return isinstance(document.get(key), str) and bool(document[key])


def _number(audit: Any) -> float | None:
    value = audit.get("numericValue") if isinstance(audit, dict) else None
    if not isinstance(value, float) or not math.isfinite(value) or value < 0:
        return None
    return round(value, 4)
