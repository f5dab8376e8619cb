"""A run as JUnit XML: a suite a stage, a case a result. What could not be seen is an error or skipped, never a pass."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from launchready_tui.engine.conclusion import Conclusion
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Verdict

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 section 2.2 does not allow."""


def as_junit(conclusion: Conclusion) -> str:
    """One XML document, ending with a line feed."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="launchready">']
    for stage in conclusion.snapshot.runbook.stages:
        results = [result for result in conclusion.results if _stage(result, conclusion) == stage.id]
        if results:
            lines += _suite(f"{stage.id} {stage.title}", results)
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _stage(result: Result, conclusion: Conclusion) -> str:
    entry = conclusion.snapshot.runbook.entry(result.check)
    return entry.stage if entry else ""


def _suite(name: str, results: list[Result]) -> list[str]:
    counts = {
        "tests": len(results),
        "failures": sum(r.verdict is Verdict.FAIL for r in results),
        "errors": sum(r.verdict in (Verdict.UNKNOWN, Verdict.ERROR) for r in results),
        "skipped": sum(r.verdict in (Verdict.NOT_RUN, Verdict.NOT_APPLICABLE) for r in results),
        "time": f"{sum(r.duration_ms for r in results) / 1000:.3f}",
    }
    attributes = " ".join(f'{key}="{value}"' for key, value in counts.items())
    return [f"  <testsuite name={_attribute(name)} {attributes}>", *(_case(r) for r in results), "  </testsuite>"]


def _case(result: Result) -> str:
    head = f"<testcase classname={_attribute(result.check)} name={_attribute(result.subject)}"
    head += f' time="{result.duration_ms / 1000:.3f}"'
    message = f"message={_attribute(result.summary)} type={_attribute(result.reason or result.verdict.value)}"
    body = _text("\n".join(result.details))
    match result.verdict:
        case Verdict.FAIL:
            return f"    {head}><failure {message}>{body}</failure></testcase>"
        case Verdict.UNKNOWN | Verdict.ERROR:
            return f"    {head}><error {message}>{body}</error></testcase>"
        case Verdict.NOT_RUN | Verdict.NOT_APPLICABLE:
            return f"    {head}><skipped message={_attribute(result.summary)}/></testcase>"
        case _:
            return f"    {head}><system-out>{_text(result.summary)}</system-out></testcase>"


def _text(text: str) -> str:
    return escape(_ILLEGAL.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_ILLEGAL.sub("\ufffd", text))
