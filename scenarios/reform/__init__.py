"""The same register under two rulebooks, or two sets of quotas, at one date."""

from scenarios.reform.arms import Arm, Held, ReformError, arms, hold
from scenarios.reform.comparison import Comparison, compare
from scenarios.reform.outcome import groups_csv, households_csv, reformed, reformed_together
from scenarios.reform.reform_file import (
    Reform,
    publish_reform,
    read_against,
    reform_of,
    reform_path,
)

__all__ = [
    "Arm",
    "Comparison",
    "Held",
    "Reform",
    "ReformError",
    "arms",
    "compare",
    "groups_csv",
    "hold",
    "households_csv",
    "publish_reform",
    "read_against",
    "reform_of",
    "reform_path",
    "reformed",
    "reformed_together",
]
