"""Answers `MailMessage` and `MailReports`: reads files that the operator saved, bounded and without trusting them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from launchready_tui.model.evidence import Ask, Failure
from launchready_tui.model.questions import MailMessage, MailReports, Question
from launchready_tui.probes.mailhead import read_message
from launchready_tui.probes.mailreports import read_reports
from launchready_tui.probes.outcome import Outcome


class MailFileProbe:
    """Reads the files named in `[mail]`; `base` is the folder that their paths are relative to."""

    def __init__(self, base: str) -> None:
        self._base = Path(base)

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `MailMessage` or `MailReports`. The files are read in a thread."""
        assert isinstance(question, MailMessage | MailReports)
        read = read_message if isinstance(question, MailMessage) else read_reports
        found = await asyncio.to_thread(read, self._base / question.path, question.path)
        return Outcome(failure=found) if isinstance(found, Failure) else Outcome(found)

    async def aclose(self) -> None:
        """Nothing is held open."""
