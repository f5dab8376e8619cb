"""Findings: problems that live across runs, folded from the results of all runs in order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from launchready_tui.model.journal import payload
from launchready_tui.model.records import Record, Waiver
from launchready_tui.model.results import Finding, FindingState, Result
from launchready_tui.model.verdicts import Verdict

_PROBLEMS = (Verdict.FAIL, Verdict.WARN)
_SETTLED = (Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.NOT_APPLICABLE)


class Findings:
    """The findings after the results given so far. What a run could not see leaves a finding as it was.

    `latest` are the newest results: one that was not run (a passive run leaves active checks out) does not replace one
    that was. `failed_at` says when a fail was seen last that no run has seen mended since.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Finding] = {}
        self._by_key: dict[tuple[str, str], set[str]] = {}
        self.latest: dict[tuple[str, str], Result] = {}
        self.failed_at: dict[tuple[str, str], datetime] = {}

    def add(self, results: Iterable[Result]) -> None:
        """Take in more results, in the order in which they were written."""
        for result in results:
            looked = result.verdict is not Verdict.NOT_RUN
            if looked or self.latest.get(result.key, result).verdict is Verdict.NOT_RUN:
                self.latest[result.key] = result
            if result.verdict is Verdict.FAIL:
                self.failed_at[result.key] = result.at
            elif result.verdict in _SETTLED:
                self.failed_at.pop(result.key, None)
            if result.verdict in _PROBLEMS:
                self._see(result)
            if result.verdict in _SETTLED:
                self._resolve_others(result)

    def _see(self, result: Result) -> None:
        fingerprint = (result.check, result.subject, result.reason)
        known = self._found.get(fingerprint)
        if known is None:
            self._by_key.setdefault(result.key, set()).add(result.reason)
            self._found[fingerprint] = Finding(
                *fingerprint,
                verdict=result.verdict,
                severity=result.severity,
                state=FindingState.OPEN,
                summary=result.summary,
                first_seen=result.at,
                last_seen=result.at,
                since_run=result.run,
            )
            return
        reopened = known.state is FindingState.RESOLVED
        self._found[fingerprint] = replace(
            known,
            verdict=result.verdict,
            severity=result.severity,
            state=FindingState.REOPENED if reopened else known.state,
            summary=result.summary,
            last_seen=result.at,
            resolved_at=None,
            since_run=result.run if reopened else known.since_run,
        )

    def _resolve_others(self, result: Result) -> None:
        mine = result.reason if result.verdict in _PROBLEMS else None
        for reason in self._by_key.get(result.key, ()):
            known = self._found[result.check, result.subject, reason]
            if reason != mine and known.is_open:
                self._found[known.fingerprint] = replace(
                    known, state=FindingState.RESOLVED, resolved_at=result.at, since_run=result.run
                )

    def standing(self, waivers: Mapping[tuple[str, str], Record], now: datetime) -> tuple[Finding, ...]:
        """All findings, those with a waiver in force marked so."""
        found: list[Finding] = []
        for finding in self._found.values():
            record = waivers.get((finding.check, finding.subject))
            waiver = payload(record, Waiver) if record else None
            if record and waiver and finding.is_open and waiver.reason == finding.reason and now <= waiver.until:
                finding = replace(finding, state=FindingState.WAIVED, waiver=record.number)
            found.append(finding)
        return tuple(found)
