"""How long people pause: a lognormal time within a range. Pure; the randomness is handed in."""

from __future__ import annotations

import math
import random

_WIDTH = 2.0
"""The ends of the range are two standard deviations (of the logarithm) from its median."""

_LEAST = 0.05
"""A range that begins at 0 is drawn as if it began at this share of its end."""


def pause(low: float, high: float, rng: random.Random) -> float:
    """Seconds to wait: lognormal, median at the geometric middle of the range, never outside of it."""
    if high <= low:
        return low
    mu, sigma = _shape(low, high)
    while True:
        found = rng.lognormvariate(mu, sigma)
        if low <= found <= high:
            return found


def mean_pause(low: float, high: float) -> float:
    """The mean of `pause`, in seconds: of the lognormal distribution cut off at the ends of the range."""
    if high <= low:
        return low
    mu, sigma = _shape(low, high)
    least = math.log(low) if low > 0 else -math.inf
    a, b = (least - mu) / sigma, (math.log(high) - mu) / sigma
    inside = _normal(b) - _normal(a)
    return math.exp(mu + sigma * sigma / 2) * (_normal(b - sigma) - _normal(a - sigma)) / inside


def _shape(low: float, high: float) -> tuple[float, float]:
    start = max(low, high * _LEAST)
    return (math.log(start) + math.log(high)) / 2, (math.log(high) - math.log(start)) / (2 * _WIDTH) or 0.01


def _normal(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2
