"""A run as SARIF 2.1.0 (OASIS): rules are checks, results are what does not pass."""

from __future__ import annotations

import json
from typing import Any

from launchready_tui import __version__
from launchready_tui.engine.conclusion import Conclusion
from launchready_tui.engine.fixes import fix_text
from launchready_tui.model import codec
from launchready_tui.model.board import Snapshot
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Entry
from launchready_tui.model.verdicts import Severity, Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_KINDS = {
    Verdict.PASS: "pass",
    Verdict.WARN: "fail",
    Verdict.FAIL: "fail",
    Verdict.UNKNOWN: "open",
    Verdict.NOT_APPLICABLE: "notApplicable",
    Verdict.NOT_RUN: "open",
    Verdict.ERROR: "open",
}


def as_sarif(conclusion: Conclusion) -> str:
    """One SARIF log, ending with a line feed."""
    snapshot = conclusion.snapshot
    used = {result.check for result in conclusion.results}
    rules = [_rule(entry) for entry in snapshot.runbook.entries if entry.id in used]
    driver = {"name": "Launch Ready", "version": __version__, "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": conclusion.run.state == "finished",
                "startTimeUtc": codec.plain(conclusion.run.started_at),
                "endTimeUtc": codec.plain(conclusion.run.finished_at),
            }
        ],
        "results": [_result(result, snapshot) for result in conclusion.results],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"


def _rule(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "shortDescription": {"text": entry.claim},
        "fullDescription": {"text": entry.why.strip()},
        "help": {"text": f"{entry.fix.strip()}\n\nBy hand:\n{entry.by_hand.strip()}"},
        "properties": {
            "catalogue": list(entry.catalogue),
            "roadmap": list(entry.roadmap),
            "severity": entry.severity.value,
        },
    }


def _result(result: Result, snapshot: Snapshot) -> dict[str, Any]:
    entry = snapshot.runbook.entry(result.check)
    standing = snapshot.standing(*result.key)
    found: dict[str, Any] = {
        "ruleId": result.check,
        "kind": _KINDS[result.verdict],
        "level": _level(result),
        "message": {"text": result.summary or result.reason or result.verdict.value},
        "locations": [{"logicalLocations": [{"fullyQualifiedName": result.subject}]}],
        "partialFingerprints": {"checkSubjectReason/v1": codec.digest([result.check, result.subject, result.reason])},
        "properties": {
            "verdict": result.verdict.value,
            "reason": result.reason,
            "severity": result.severity.value,
            "evidence": list(result.evidence),
            "fix": fix_text(entry, result, snapshot.product) if entry else "",
        },
    }
    if standing is not None and standing.is_waived:
        found["suppressions"] = [{"kind": "external", "status": "accepted"}]
    return found


def _level(result: Result) -> str:
    if result.verdict is Verdict.FAIL:
        return "error" if result.severity in (Severity.BLOCKER, Severity.HIGH) else "warning"
    return {Verdict.WARN: "note"}.get(result.verdict, "none")
