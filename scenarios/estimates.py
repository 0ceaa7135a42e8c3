"""Means over replications with their intervals, and differences between arms in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isnan, lgamma, log, sqrt

import numpy as np

_STEPS = 200
_TINY = 1e-300


@dataclass(frozen=True)
class Estimate:
    """A mean over ``n`` replications, the half-width of its interval, its standard deviation."""

    mean: float
    half_width: float
    deviation: float
    n: int

    @property
    def low(self) -> float:
        """Lower bound."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper bound."""
        return self.mean + self.half_width

    @property
    def is_clear(self) -> bool:
        """Zero is outside the interval."""
        return not self.low <= 0 <= self.high


def estimate(values: Sequence[float], *, level: float = 0.95) -> Estimate:
    """Mean and interval of Student over replications; those without a value are left out."""
    known = np.array([v for v in values if not isnan(v)], dtype=np.float64)
    n = len(known)
    if n == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    if n == 1:
        return Estimate(float(known[0]), float("inf"), float("nan"), 1)
    deviation = float(known.std(ddof=1))
    half = student(n - 1, level=level) * deviation / sqrt(n)
    return Estimate(float(known.mean()), half, deviation, n)


def difference(arm: Sequence[float], baseline: Sequence[float], *, level: float = 0.95) -> Estimate:
    """Mean of the differences, replication by replication."""
    return estimate([a - b for a, b in zip(arm, baseline, strict=True)], level=level)


def variance_reduction(arm: Sequence[float], baseline: Sequence[float]) -> float:
    """How many times more replications independent arms would need for the same interval."""
    apart = estimate(arm).deviation ** 2 + estimate(baseline).deviation ** 2
    paired = difference(arm, baseline).deviation ** 2
    return apart / paired if paired > 0 else float("inf")


def student(freedom: int, *, level: float = 0.95) -> float:
    """Quantile of Student's distribution that leaves ``1 - level`` outside on both sides."""
    outside = 1 - level
    low, high = 0.0, 1.0
    while _both_tails(high, freedom) > outside:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _both_tails(middle, freedom) > outside:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _both_tails(t: float, freedom: int) -> float:
    return _incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x > (a + 1) / (a + b + 2):
        return 1 - front * _fraction(1 - x, b, a) / b
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > _TINY else _TINY)
    found = d
    for m in range(1, _STEPS):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + step * d
            d = 1 / (d if abs(d) > _TINY else _TINY)
            c = 1 + step / (c if abs(c) > _TINY else _TINY)
            found *= d * c
    return found
