"""How likely plain bad luck reaches a number of failures: the arithmetic behind count signals (S5.SIG.02)."""

from __future__ import annotations

from math import exp, inf

_LARGEST = 100_000


def at_least(count: int, mean: float) -> float:
    """The chance of `count` or more events where `mean` are usual (Poisson)."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if mean > 700 or count > _LARGEST:
        return _normal(count, mean)
    term = below = exp(-mean)
    for number in range(1, count):
        term *= mean / number
        below += term
    return max(0.0, 1.0 - below)


def _normal(count: int, mean: float) -> float:
    """The same for means whose exponential a float cannot hold: the normal curve, half a step to the left."""
    from math import erfc, sqrt

    return 0.5 * erfc((count - 0.5 - mean) / sqrt(2 * mean))


def enough(mean: float, chance: float) -> int:
    """The least count that bad luck reaches with less than that chance."""
    count = max(1, int(mean))
    while at_least(count, mean) >= chance and count < _LARGEST:
        count += 1
    return count


def minutes_to(count: float, per_hour: float) -> float:
    """How long everything must fail until `count` failures are there, in minutes."""
    return inf if per_hour <= 0 else 60 * count / per_hour
