"""Pure judgements of response headers, one module a header family, by the rules of the MDN HTTP Observatory.

Each judgement is a `Finding`: the expectation's name as the Observatory calls it, and whether it passes. They know no
question and no product, so that the recorded vectors of the Observatory run against them as they are.
"""

from __future__ import annotations

from launchready_tui.checks.edge.headerrules.finding import Finding, Headers

__all__ = ["Finding", "Headers"]
