"""
When a simulated mean is said to agree with a known value.

The mean over replications with fixed seeds is within three standard errors of the target, and
the standard error is below one per cent of it, so that agreement cannot come from noise alone.
Quantities whose mean is known without the simulation take part of the noise away (control
variates): the mean is corrected by what they were off, with slopes from the same replications.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np

N_ERRORS = 3.0
RELATIVE = 0.01

Replications = Sequence[float]


def mean_and_error(
    values: Replications, controls: Sequence[tuple[Replications, float]] = ()
) -> tuple[float, float]:
    """
    Mean over replications and its standard error.

    ``controls``: values of a quantity, one per replication, and its known mean.
    """
    y = np.array(values, dtype=np.float64)
    n, k = len(y), len(controls)
    if not k:
        return float(y.mean()), float(y.std(ddof=1)) / sqrt(n)
    off = np.array([np.array(c, dtype=np.float64) - known for c, known in controls]).T
    columns = np.column_stack([np.ones(n), off])
    slopes, *_ = np.linalg.lstsq(columns, y, rcond=None)
    left = y - columns @ slopes
    spread = float(left @ left) / (n - k - 1)
    return float(slopes[0]), sqrt(spread * float(np.linalg.inv(columns.T @ columns)[0, 0]))


def agrees(
    values: Replications,
    target: float,
    *,
    controls: Sequence[tuple[Replications, float]] = (),
    relative: float = RELATIVE,
) -> str:
    """Nothing when the mean agrees with the target; else what was found."""
    mean, error = mean_and_error(values, controls)
    if error > relative * abs(target):
        return f"{mean:.6g} is known to {error / abs(target):.2%} only"
    if abs(mean - target) > N_ERRORS * error:
        return f"{mean:.6g} is {abs(mean - target) / error:.1f} errors from {target:.6g}"
    return ""
