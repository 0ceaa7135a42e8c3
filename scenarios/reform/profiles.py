"""
Who the households of a register are, by what a reform may touch: one value each a dimension.

Everything is read from the register as it is and from the rules in force before the reform, so
that both sides are told of the same groups. Nothing is inferred of anybody.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from allocation.model import Register
from scenarios.reform.arms import Held

Texts = npt.NDArray[np.str_]
UNKNOWN = "unknown"
DIMENSIONS = (
    "household", "sex", "age", "income", "situation", "bedrooms", "seniority", "list", "partner",
)  # fmt: skip
_AGES = ((0, "under_25"), (25, "25_34"), (35, "35_44"), (45, "45_54"), (55, "55_64"), (65, "65"))
_YEARS = ((0, "under_1"), (1, "1_2"), (2, "2_4"), (4, "4_7"), (7, "7"))
_DAYS_A_YEAR = 365.25


def profiles(held: Held) -> Mapping[str, Texts]:
    """
    The value of every application in every dimension.

    Shapes
    ------
    Each array has one element per row of the register's ``applications`` (same order).
    """
    register, assessed = held.arm.register, held.assessments
    lines = np.array([*assessed.lines, "none"])
    category = assessed.income_category
    on = np.datetime64(held.arm.meeting.meeting_on)
    waited = (on - register["applications"]["registered_on"]).astype(np.int64) / _DAYS_A_YEAR
    household, sex, born_on = _members(register)
    age = (on - born_on).astype(np.int64) / _DAYS_A_YEAR
    lists = np.array(register["applications"].schema.column("list").choices)
    found = {
        "household": household,
        "sex": sex,
        "age": np.where(np.isnat(born_on), UNKNOWN, _band(age, _AGES)),
        "income": np.where(category < 0, UNKNOWN, category.astype(str)),
        "situation": lines[assessed.housing_line],
        "bedrooms": np.where(assessed.bedrooms < 0, UNKNOWN, assessed.bedrooms.astype(str)),
        "seniority": _band(waited, _YEARS),
        "list": lists[register["applications"]["list"]],
        "partner": _presented(register),
    }
    return {name: found[name] for name in DIMENSIONS}


def _band(values: npt.NDArray[np.float64], bands: tuple[tuple[int, str], ...]) -> Texts:
    starts = np.array([start for start, _ in bands], dtype=np.float64)
    place = np.searchsorted(starts, values, side="right") - 1
    return np.array([name for _, name in bands])[np.clip(place, 0, None)]


def _members(register: Register) -> tuple[Texts, Texts, npt.NDArray[np.datetime64]]:
    """Kind of household; sex and birth of its applicant."""
    applications, members = register["applications"], register["household_members"]
    n = len(applications)
    index = applications.index
    household = np.fromiter(
        (index[a][0] for a in members["application_id"].tolist()), dtype=np.intp, count=len(members)
    )
    roles = members.schema.column("role").choices
    counts = {
        role: np.bincount(household[members["role"] == i], minlength=n)
        for i, role in enumerate(roles)
    }
    is_couple, has_children = counts["partner"] > 0, counts["child"] > 0
    kind = np.select(
        [
            counts["ascendant"] + counts["other"] > 0,
            is_couple & has_children,
            is_couple,
            has_children,
        ],
        ["other", "couple_children", "couple", "single_parent"],
        "single",
    )
    is_applicant = members["role"] == roles.index("applicant")
    sexes = np.array([*members.schema.column("sex").choices, UNKNOWN])
    sex = np.full(n, UNKNOWN, dtype=sexes.dtype)
    sex[household[is_applicant]] = sexes[members["sex"][is_applicant]]
    born_on = np.full(n, np.datetime64("NaT", "D"))
    born_on[household[is_applicant]] = members["born_on"][is_applicant]
    return kind, sex, born_on


def _presented(register: Register) -> Texts:
    presented = set(register["presentations"]["application_id"].tolist())
    ids = register["applications"]["application_id"].tolist()
    return np.array(["presented" if a in presented else "alone" for a in ids], dtype="<U9")
