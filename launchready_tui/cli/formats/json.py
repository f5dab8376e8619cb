"""A run as JSON: the contract of DESIGN.md section 6. Additive changes only."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from launchready_tui.engine.conclusion import Conclusion
from launchready_tui.engine.fixes import fix_text
from launchready_tui.model import codec
from launchready_tui.model.board import Gate, Snapshot
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Verdict

SCHEMA = "launchready/run/1"


def as_json(conclusion: Conclusion) -> str:
    """One JSON document, ending with a line feed."""
    snapshot = conclusion.snapshot
    document = {
        "schema": SCHEMA,
        "product": {"name": snapshot.product.name, "domain": snapshot.product.domain},
        "runbook": {"name": snapshot.runbook.name, "version": snapshot.runbook.version},
        "started_at": codec.plain(conclusion.run.started_at),
        "finished_at": codec.plain(conclusion.run.finished_at),
        "results": [_result(result, snapshot) for result in conclusion.results],
        "gate": gate_to_plain(snapshot.gate),
        "counts": {verdict.value: 0 for verdict in Verdict} | Counter(r.verdict.value for r in conclusion.results),
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _result(result: Result, snapshot: Snapshot) -> dict[str, Any]:
    entry = snapshot.runbook.entry(result.check)
    standing = snapshot.standing(*result.key)
    return {
        "check": result.check,
        "catalogue": list(entry.catalogue) if entry else [],
        "roadmap": list(entry.roadmap) if entry else [],
        "stage": entry.stage if entry else "",
        "subject": result.subject,
        "verdict": result.verdict.value,
        "severity": result.severity.value,
        "reason": result.reason,
        "summary": result.summary,
        "details": list(result.details),
        "decide_by": result.decide_by,
        "source": result.source.value,
        "evidence": list(result.evidence),
        "fix": fix_text(entry, result, snapshot.product) if entry else "",
        "waived": bool(standing and standing.is_waived),
        "duration_ms": result.duration_ms,
    }


def gate_to_plain(gate: Gate) -> dict[str, Any]:
    """The gate's verdict, bars and sprint items."""
    return {
        "verdict": gate.verdict.value,
        "items": [_item(item) for item in gate.bars],
        "sprint_items": [_item(item) for item in gate.items],
        "blockers": [{"check": check, "subject": subject} for check, subject in gate.blockers],
        "unseen": [{"check": check, "subject": subject} for check, subject in gate.unseen],
    }


def _item(item: Any) -> dict[str, Any]:
    because = [{"check": check, "subject": subject} for check, subject in item.because]
    return {"id": item.id, "state": item.state.value, "sentence": item.sentence, "because": because}
