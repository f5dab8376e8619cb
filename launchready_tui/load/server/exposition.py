"""Reads Prometheus text, old and OpenMetrics alike. Pure and tolerant: what cannot be read is left out.

Label sets of a metric are summed, so that a fleet of processes counts as one; a selector in braces keeps some of them:
`queue_depth{queue="mail"}`. Comparisons are exact, as `=` is in Prometheus.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABELS = r'(?:[^"}\n]|"(?:[^"\\\n]|\\.)*")*'
_WANTED = re.compile(rf"^\s*({_NAME})\s*(?:\{{({_LABELS})\}})?\s*$")
_PAIR = re.compile(rf'({_NAME})\s*=\s*"((?:[^"\\]|\\.)*)"')
_ESCAPES = {"\\n": "\n", '\\"': '"', "\\\\": "\\"}
MOST_SAMPLES = 50_000
"""Samples of one metric that are summed: no honest endpoint has more."""


@dataclass(frozen=True, slots=True)
class Selector:
    """A metric, and the labels that its samples must carry."""

    name: str
    labels: Mapping[str, str]


def read_selector(text: str) -> Selector:
    """`name` or `name{label="value"}`. Raises `ValueError`."""
    found = _WANTED.match(text)
    if found is None:
        raise ValueError(f'{text[:80]!r} is no metric: write its name, or name{{label="value"}}')
    labels = dict(_pairs(found[2] or ""))
    if (found[2] or "").strip(" ,") and not labels:
        raise ValueError(f'the labels of {text[:80]!r} cannot be read: write {{label="value"}}')
    return Selector(found[1], labels)


def values(text: str, selector: Selector) -> tuple[float, ...]:
    """The finite values of a metric's samples in the order of the text; none if it is not there."""
    pattern = re.compile(rf"^{re.escape(selector.name)}(?:\{{({_LABELS})\}})?[ \t]+([^\s#]+)", re.MULTILINE)
    found: list[float] = []
    for sample in pattern.finditer(text):
        if selector.labels and not selector.labels.items() <= dict(_pairs(sample[1] or "")).items():
            continue
        value = _number(sample[2])
        if value is not None:
            found.append(value)
        if len(found) >= MOST_SAMPLES:
            break
    return tuple(found)


def total(text: str, selector: Selector) -> float | None:
    """The sum over all label sets; None if the metric is not there or has no number. A sum that overflows is None."""
    found = values(text, selector)
    summed = math.fsum(found) if found and max(map(abs, found)) < 1e300 else math.inf
    return summed if found and math.isfinite(summed) else None


def looks_like_metrics(text: str) -> bool:
    """Whether any line is a sample: an error page, a login form and JSON are none."""
    return re.search(rf"^{_NAME}(?:\{{{_LABELS}\}})?[ \t]+[-+0-9.NIn]", text[:200_000], re.MULTILINE) is not None


def is_counter(text: str, name: str) -> bool:
    """Whether the text declares a metric as a counter (OpenMetrics declares it without `_total`)."""
    base = name.removesuffix("_total")
    found = re.search(rf"^#[ \t]*TYPE[ \t]+(?:{re.escape(name)}|{re.escape(base)})[ \t]+(\w+)", text, re.MULTILINE)
    return found is not None and found[1] == "counter"


def _number(text: str) -> float | None:
    try:
        value = float(text[:64])
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _pairs(labels: str) -> list[tuple[str, str]]:
    pairs = _PAIR.findall(labels[:4_000])
    return [(name, re.sub(r'\\[n"\\]', lambda found: _ESCAPES[found[0]], value)) for name, value in pairs]
