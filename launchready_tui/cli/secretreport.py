"""A scan for secrets as text, JSON (`launchready/secrets/1`) and SARIF 2.1.0.

Never a value: place, kind, hint, fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from launchready_tui import __version__
from launchready_tui.cli import output
from launchready_tui.model.questions.secrets import FoundSecret, SecretReport
from launchready_tui.text import one_line, plural

SCHEMA = "launchready/secrets/1"
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_WORDS = {"provider": "SECRET", "private-key": "SECRET", "generic": "maybe", "publishable": "public"}
_STYLES = {"provider": "fail", "private-key": "fail", "generic": "warn", "publishable": "muted"}
_LEVELS = {"provider": "error", "private-key": "error", "generic": "warning", "publishable": "note"}


def state_of(finding: FoundSecret, now: datetime) -> str:
    """`open`, `accepted`, `acceptance-expired` or `publishable`."""
    if finding.kind == "publishable":
        return "publishable"
    if finding.accepted is None:
        return "open"
    return "accepted" if finding.is_accepted(now.date()) else "acceptance-expired"


def as_text(report: SecretReport, path: str, now: datetime) -> str:
    """Two lines a finding: what and where, then why it is reported and how to name it in the baseline."""
    lines = [line for finding in report.findings for line in _lines(finding, now)]
    counts = dict.fromkeys(("open", "acceptance-expired", "accepted", "publishable"), 0)
    for finding in report.findings:
        counts[state_of(finding, now)] += 1
    words = {
        "open": "to act on",
        "acceptance-expired": "whose acceptance has run out",
        "accepted": "accepted",
        "publishable": "publishable",
    }
    told = ", ".join(f"{count:,} {words[state]}" for state, count in counts.items() if count) or "nothing found"
    more = f", and {report.more:,} more that are not listed" if report.more else ""
    commits = f"{plural(report.commits, 'commit')}, " if report.commits else ""
    left_out = f", {report.skipped:,} left out (binary, large or links)" if report.skipped else ""
    lines.append(f"{output.safe(path)}: {commits}{plural(report.read, 'file')} read{left_out}: {told}{more}")
    lines += [output.paint(f"INCOMPLETE: {one_line(line, 300)}", "unknown") for line in report.incomplete]
    return "\n".join(lines) + "\n"


def _lines(finding: FoundSecret, now: datetime) -> list[str]:
    state = state_of(finding, now)
    word = "accepted" if state == "accepted" else _WORDS[finding.kind]
    hint = f" …{one_line(finding.last4, 8)}" if finding.last4 else ""
    head = output.paint(f"{word:<8}", "waived" if state == "accepted" else _STYLES[finding.kind])
    first = f"{head} {one_line(finding.place, 300)}  {one_line(finding.title, 80)}{hint}, {finding.length:,} characters"
    if finding.commit:
        head_word = {True: "still in HEAD", False: "no longer in HEAD", None: "HEAD not known"}[finding.in_head]
        first += f", authored {finding.authored_at[:10]}, {head_word}"
    behind = f"; behind {' in '.join(reversed(finding.decoded))}" if finding.decoded else ""
    lines = [
        first,
        f"         {one_line(finding.why, 200)}{behind} [{one_line(finding.rule, 80)} {finding.fingerprint}]",
    ]
    given = finding.accepted
    if given is not None:
        verb = "accepted until" if state == "accepted" else "the acceptance ran out on"
        lines.append(f"         {verb} {given.until}, {one_line(given.who, 80)}: {one_line(given.why, 200)}")
    return lines


def as_json(report: SecretReport, path: str, now: datetime) -> str:
    """One JSON document."""
    document = {
        "schema": SCHEMA,
        "path": path,
        "read": report.read,
        "read_bytes": report.read_bytes,
        "skipped": report.skipped,
        "commits": report.commits,
        "complete": not report.incomplete,
        "incomplete": list(report.incomplete),
        "more": report.more,
        "findings": [{**msgspec.to_builtins(finding), "state": state_of(finding, now)} for finding in report.findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def as_sarif(report: SecretReport, path: str, now: datetime) -> str:
    """One SARIF log, for code-scanning pages of repository hosts."""
    rules = {finding.rule: finding.title for finding in report.findings}
    run = {
        "tool": {
            "driver": {
                "name": "Launch Ready secrets",
                "version": __version__,
                "rules": [{"id": rule, "shortDescription": {"text": title}} for rule, title in sorted(rules.items())],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not report.incomplete,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": line}} for line in report.incomplete
                ],
            }
        ],
        "results": [_result(finding, now) for finding in report.findings],
    }
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"


def _result(finding: FoundSecret, now: datetime) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.path)}}
    if finding.line:
        location["region"] = {"startLine": finding.line}
    found: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.kind],
        "message": {"text": f"{finding.title}: {finding.why}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"secret/v1": finding.fingerprint},
        "properties": {
            "kind": finding.kind,
            "length": finding.length,
            "commit": finding.commit,
            "decoded": list(finding.decoded),
        },
    }
    if finding.accepted is not None and finding.is_accepted(now.date()):
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.accepted.why}]
    return found


FORMATS: dict[str, Callable[[SecretReport, str, datetime], str]] = {"text": as_text, "json": as_json, "sarif": as_sarif}
