"""How the margins of a synthetic register compare with the figures it was made from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model import Register
from allocation.rules import load_rulebook
from allocation.rules.evaluate_register import evaluate_register
from allocation.rules.outcome import Assessments
from allocation.territory import companies
from scenarios.synthetic.calibration import CalibrationError, figure, figures, shares
from scenarios.synthetic.choices import expected_numbers
from scenarios.synthetic.stock import house_share, mean_rents

Int = npt.NDArray[np.int64]
_STANDARD_ERRORS = 4
_DAYS_OF_A_YEAR = 365.25
_CENTS = 100
# Points come by lines of three and more: what the calibration counts from 0 to 2 is one class.
_POINTS_CLASSES = {"0-2": ("0", "1-2"), "3-4": ("3-4",), "5-6": ("5-6",), "7-9": ("7-9",),
                   "10+": ("10+",)}  # fmt: skip


@dataclass(frozen=True)
class Margin:
    """
    One figure of the calibration beside what the register shows.

    ``key`` names the figure, ``label`` the class of a distribution (empty for one number).
    ``status`` is how well the figure is known; ``derived`` when it was worked out for the
    communes of the register. ``unit`` is ``share`` or the figure's own.
    """

    key: str
    label: str
    expected: float
    found: float
    tolerance: float
    status: str
    unit: str

    @property
    def is_within(self) -> bool:
        """Whether the register lies within the tolerance."""
        return bool(abs(self.found - self.expected) <= self.tolerance)


def compare_margins(register: Register) -> tuple[Margin, ...]:
    """
    Compare every margin of ``margins.yaml``.

    Parameters
    ----------
    register
        A register with a meeting, as ``synthesise`` makes it.

    Raises
    ------
    CalibrationError
        ``synth.bad_calibration``: the register has no meeting to count ages and seniority from.
    """
    if register.meeting is None:
        raise CalibrationError("a register without a meeting has no date to compare at")
    on = register.meeting.meeting_on
    assessments = evaluate_register(
        load_rulebook(register.meeting.rulebook), register, on, settings=register.meeting.settings
    )
    people = _People(register, np.datetime64(on, "D"))
    return (
        *_households(people),
        *_incomes_and_points(people, assessments),
        *_applications(people),
        *_stock(register),
    )


@cache
def _allowances() -> Mapping[str, Any]:
    from ruamel.yaml import YAML

    folder = files(__package__).joinpath("data")
    text = folder.joinpath("margins.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found


class _People:
    """Members counted by application, in the order of the applications."""

    def __init__(self, register: Register, today: np.datetime64) -> None:
        self.register, self.today = register, today
        ids = register["applications"]["application_id"]
        position = {application: idx for idx, application in enumerate(ids.tolist())}
        members = register["household_members"]
        self.n = len(ids)
        self.owner = np.array([position[a] for a in members["application_id"].tolist()])
        roles = members.schema.column("role").choices
        self.role = np.array(roles, dtype=object)[members["role"]]
        self.is_transfer = register["applications"]["list"] == 1

    def count(self, *roles: str) -> Int:
        """Members of these roles in each household, (n,)."""
        return np.bincount(self.owner[np.isin(self.role, roles)], minlength=self.n)

    def households_with(self, fact: str, *values: str) -> int:
        """Households with one of these values of a fact (any value when none is named)."""
        facts = self.register["facts"]
        rows = facts["fact"] == fact
        if values:
            rows = rows & np.isin(facts["value"], values)
        return len(set(facts["application_id"][rows].tolist()))

    def applicant_ages(self) -> Int:
        """Completed years of the applicants, (n,)."""
        members = self.register["household_members"]
        is_applicant = self.role == "applicant"
        born = np.empty(self.n, dtype="datetime64[D]")
        born[self.owner[is_applicant]] = members["born_on"][is_applicant]
        year = self.today.astype("datetime64[Y]").astype(int) - born.astype("datetime64[Y]").astype(
            np.int64
        )
        before = (self.today - self.today.astype("datetime64[Y]")) < (
            born - born.astype("datetime64[Y]")
        )
        found: Int = year - before
        return found


def _distribution(
    key: str, counts: Mapping[str, int], expected: Mapping[str, float], *, status: str = ""
) -> Iterator[Margin]:
    total = sum(counts.values())
    for label, share in expected.items():
        yield Margin(
            key,
            label,
            share,
            counts[label] / total if total else 0.0,
            _tolerance(key, share, total, label=label),
            status or figures()[key].status,
            "share",
        )


def _tolerance(key: str, share: float, n: int, *, label: str = "") -> float:
    given = _allowances()[key]["allowance"]
    allowance: float = given[label] if isinstance(given, dict) else given
    return allowance + _STANDARD_ERRORS * math.sqrt(max(share * (1 - share), 1e-4) / max(n, 1))


def _households(people: _People) -> Iterator[Margin]:
    couple, children = people.count("partner") > 0, people.count("child")
    others = people.count("ascendant", "other") > 0
    kinds = {
        "single": ~couple & (children == 0) & ~others,
        "couple": couple & (children == 0) & ~others,
        "single_parent": ~couple & (children > 0) & ~others,
        "couple_children": couple & (children > 0) & ~others,
        "other": others,
    }
    key = "demand.household_type_share"
    yield from _distribution(key, {k: int(v.sum()) for k, v in kinds.items()}, shares(key))
    key = "demand.children_given_family"
    in_family = children[(children > 0) & ~others]
    yield from _distribution(key, _classes(in_family, list(shares(key))), shares(key))
    key = "demand.head_age_share"
    ages = np.maximum(people.applicant_ages(), 18)
    yield from _distribution(key, _classes(ages, list(shares(key))), shares(key))


def _incomes_and_points(people: _People, assessments: Assessments) -> Iterator[Margin]:
    key = "demand.income_category_share"
    category = assessments.income_category
    counts = {label: int((category == idx).sum()) for idx, label in enumerate(shares(key), start=1)}
    yield from _distribution(key, counts, shares(key))
    key = "demand.bedrooms_needed_share"
    yield from _distribution(
        key,
        _classes(assessments.bedrooms[assessments.bedrooms > 0], list(shares(key))),
        shares(key),
    )
    key = "demand.priority_points_distribution"
    merged = {
        label: sum(shares(key)[part] for part in parts) for label, parts in _POINTS_CLASSES.items()
    }
    points = (assessments.housing_points + assessments.personal_points)[~people.is_transfer]
    yield from _distribution(key, _classes(points, list(merged)), merged)


def _applications(people: _People) -> Iterator[Margin]:
    applications = people.register["applications"]
    key = "demand.seniority_share_of_stock"
    waited = (people.today - applications["registered_on"][~people.is_transfer]).astype(np.int64)
    edges = [0.0, *(float(k.rstrip("y+").split("-")[0]) for k in list(shares(key))[1:]), math.inf]
    counts = np.histogram(np.maximum(waited - 1, 0) / _DAYS_OF_A_YEAR, bins=edges)[0]
    yield from _distribution(key, dict(zip(shares(key), counts.tolist(), strict=True)), shares(key))
    key = "demand.communes_chosen_distribution"
    chosen = np.array([len(rows) for rows in people.register["choices"].index.values()])
    expected, status = _numbers_of_choices(people.register)
    yield from _distribution(key, _classes(chosen, list(expected)), expected, status=status)
    yield _share("demand.reduced_mobility_share", int((applications["adapted_wanted"] == 1).sum()),
                 people.n)  # fmt: skip
    seen = {
        "homeless_or_shelter": people.households_with("homeless_since"),
        "transit_or_insertion": people.households_with("temporary_housing", "transit", "insertion"),
        "social_tenant_transfer": int(people.is_transfer.sum()),
        "ais_tenant": people.households_with("temporary_housing", "ais_conventioned"),
        "unfit_or_overcrowded": people.households_with("unfit_dwelling"),
    }
    for label, count in seen.items():
        key = "demand.current_situation_share"
        yield _share(key, count, people.n, expected=shares(key)[label], label=label)


def _numbers_of_choices(register: Register) -> tuple[dict[str, float], str]:
    """The calibration's, worked out anew where companies have fewer than five places to offer."""
    key = "demand.communes_chosen_distribution"
    ids, counts = np.unique(
        register["applications"]["reference_slsp_id"].astype(str), return_counts=True
    )
    expected = dict.fromkeys(shares(key), 0.0)
    for slsp_id, count in zip(ids.tolist(), counts.tolist(), strict=True):
        for label, share in expected_numbers(companies()[slsp_id]).items():
            expected[label] += share * count / counts.sum()
    is_same = all(math.isclose(expected[k], share) for k, share in shares(key).items())
    return expected, "" if is_same else "derived"


def _stock(register: Register) -> Iterator[Margin]:
    dwellings = register["dwellings"]
    n = len(dwellings)
    communes, how_many = np.unique(dwellings["nis5"].astype(str), return_counts=True)
    houses = float(
        sum(
            house_share(nis5) * count
            for nis5, count in zip(communes.tolist(), how_many, strict=True)
        )
        / n
    )
    key = "stock.house_share"
    is_house = int((dwellings["kind"] == 0).sum())
    yield _share(key, is_house, n, expected=houses, status="derived")
    in_house, in_flat = (
        shares("stock.bedrooms_share_house"),
        shares("stock.bedrooms_share_apartment"),
    )
    mixed = {k: houses * in_house[k] + (1 - houses) * in_flat[k] for k in in_house}
    key = "stock.bedrooms_share"
    counts = _classes(dwellings["bedrooms"], list(mixed))
    yield from _distribution(key, counts, mixed, status="derived")
    for idx, name in enumerate(("accessible", "adaptable", "adapted"), start=1):
        share = figure(f"stock.{name}") / figure("stock.dwellings_managed")
        count = int((dwellings["accessibility"] == idx).sum())
        yield _share(f"stock.{name}", count, n, expected=share)
    yield _share("stock.share_strictly_social", int((dwellings["regime"] == 0).sum()), n)
    key = "stock.average_rent"
    yield Margin(
        key,
        "",
        sum(share * rent for share, rent in zip(mixed.values(), mean_rents(), strict=True)),
        float(dwellings["rent_cents"].mean()) / _CENTS,
        _allowances()[key]["allowance"]
        + _STANDARD_ERRORS * float(dwellings["rent_cents"].std()) / _CENTS / math.sqrt(n),
        "derived",
        figures()[key].unit,
    )


def _share(
    key: str,
    count: int,
    n: int,
    *,
    expected: float | None = None,
    label: str = "",
    status: str = "",
) -> Margin:
    share = figure(key) if expected is None else expected
    return Margin(
        key, label, share, count / n, _tolerance(key, share, n), status or figures()[key].status,
        "share",
    )  # fmt: skip


def _classes(values: Int, labels: Sequence[str]) -> dict[str, int]:
    """Count values in classes written ``0-2``, ``3``, ``5+``."""
    lows = [int(label.rstrip("+").split("-")[0]) for label in labels]
    counts = np.histogram(values, bins=[*lows, np.iinfo(np.int64).max])[0]
    return dict(zip(labels, counts.tolist(), strict=True))
