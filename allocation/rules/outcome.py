"""What the rules say of households, in columns: the only thing ranking and quotas look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

YES, NO, UNKNOWN = 1, 0, -1


@dataclass(frozen=True, eq=False)
class Assessments:
    """
    Outcome of the rulebook for every application, on one date.

    Shapes
    ------
    Every array has one element per row of the register's ``applications`` (same order).
    ``admissible`` is 1, 0 or -1 (unknown: goes to a worklist, never silently excluded nor
    proposed); ``ground`` is the code of the first condition not met or not known (``''`` when
    admissible). ``income_category``: 1, 2, 3, 0 above every ceiling, -1 unknown.
    ``housing_line`` and ``personal_line`` are positions in ``lines`` (-1: none).
    ``bedrooms`` is the number required by the household (recorded exceptions included).
    ``n_unknown`` counts facts whose absence may change points or admission; ``open_points`` are
    those the weightiest of them could add, ``is_blocked`` says that admission itself waits.
    """

    application_ids: Texts
    admissible: Int
    ground: Texts
    income_category: Int
    counted_income_cents: Int
    housing_line: Int
    housing_points: Int
    personal_line: Int
    personal_points: Int
    seniority_points: Int
    points: Int
    bedrooms: Int
    has_disabled_member: Flags
    has_member_over_65: Flags
    n_unknown: Int
    open_points: Int
    is_blocked: Flags
    lines: tuple[str, ...]
