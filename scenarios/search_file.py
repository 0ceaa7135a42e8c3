"""What is looked for: the part of a study that ``optimise`` reads, and all that is wrong there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from allocation.errors import Problem
from allocation.rules.yaml_file import Place, YamlFile
from scenarios.measures import MEASURES

if TYPE_CHECKING:
    from scenarios.study_file import StudyFile

_MOST_CANDIDATES = 60
_FEWEST_SEEN, _MOST_SEEN = 2, 10_000
BOUNDS = ("at_least", "at_most", "rises_at_most", "falls_at_most")


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class ShareEntry(_Model):
    """The share of one agreement, from a lowest to a highest by equal steps."""

    bridge: str
    lowest: str | int
    highest: str | int
    step: str | int


class GoalEntry(_Model):
    """
    One bound on a measure.

    ``at_least``, ``at_most``: on its mean. ``rises_at_most``, ``falls_at_most``: on how far it
    goes above or below the baseline, replication by replication.
    """

    measure: str
    at_least: str | int | None = None
    at_most: str | int | None = None
    rises_at_most: str | int | None = None
    falls_at_most: str | int | None = None

    @property
    def kind(self) -> str:
        """Which bound it is."""
        return next(name for name in BOUNDS if getattr(self, name) is not None)

    @property
    def bound(self) -> Fraction:
        """The bound, exactly."""
        return Fraction(str(getattr(self, self.kind)))

    @property
    def is_gap(self) -> bool:
        """Whether it is about the difference with the baseline."""
        return self.kind in ("rises_at_most", "falls_at_most")

    @property
    def mark(self) -> float:
        """The bound on the axis of what the goal is about."""
        return -float(self.bound) if self.kind == "falls_at_most" else float(self.bound)

    def slack(self, value: float, baseline: float) -> float:
        """How far a value is on the good side of the bound."""
        bound = float(self.bound)
        return {
            "at_least": value - bound,
            "at_most": bound - value,
            "rises_at_most": bound - (value - baseline),
            "falls_at_most": bound - (baseline - value),
        }[self.kind]


class SearchEntry(_Model):
    """The smallest shares of the agreements of an arm that meet every goal."""

    arm: str
    shares: list[ShareEntry] = Field(min_length=1)
    goals: list[GoalEntry] = Field(min_length=1)
    first_replications: int = Field(default=10, ge=_FEWEST_SEEN, le=_MOST_SEEN)
    most_replications: int = Field(default=40, ge=_FEWEST_SEEN, le=_MOST_SEEN)


def steps(entry: ShareEntry) -> list[Fraction]:
    """The shares tried for one agreement."""
    low, high, step = (Fraction(str(v)) for v in (entry.lowest, entry.highest, entry.step))
    return [low + i * step for i in range(int((high - low) / step) + 1)]


def candidates(search: SearchEntry) -> list[tuple[Fraction, ...]]:
    """Every combination of shares, smallest total first."""
    found = product(*(steps(entry) for entry in search.shares))
    return sorted(found, key=lambda shares: (sum(shares), shares))


def looks(search: SearchEntry) -> list[int]:
    """Numbers of replications after which verdicts are given: each twice the one before."""
    found = [search.first_replications]
    while found[-1] < search.most_replications:
        found.append(min(2 * found[-1], search.most_replications))
    return found


def search_faults(file: YamlFile, study: StudyFile) -> Iterator[Problem]:
    """Everything wrong with what is looked for."""
    search = study.search
    if search is None:
        return
    at: Place = ("search",)
    arms = {arm.id: arm for arm in study.arms}
    if search.arm not in arms:
        yield file.problem((*at, "arm"), "study.unknown_arm", name=search.arm)
    elif search.arm == study.baseline:
        yield file.problem((*at, "arm"), "study.search_baseline", name=search.arm)
    if search.most_replications < search.first_replications:
        yield file.problem((*at, "most_replications"), "study.search_replications")
    known = {bridge.id for bridge in arms[search.arm].bridges} if search.arm in arms else None
    sizes: list[int] = []
    for i, entry in enumerate(search.shares):
        place = (*at, "shares", i)
        if known is not None and entry.bridge not in known:
            yield file.problem((*place, "bridge"), "study.unknown_bridge", name=entry.bridge)
        if entry.bridge in [e.bridge for e in search.shares[:i]]:
            yield file.problem((*place, "bridge"), "study.arm_twice", name=entry.bridge)
        faults = list(_range(file, place, entry))
        yield from faults
        sizes += [] if faults else [len(steps(entry))]
    if prod(sizes) > _MOST_CANDIDATES:
        yield file.problem(
            (*at, "shares"), "study.search_too_many", n=prod(sizes), most=_MOST_CANDIDATES
        )
    for i, goal in enumerate(search.goals):
        yield from _goal(file, (*at, "goals", i), goal, study.years - study.warm_up_years)


def _range(file: YamlFile, at: Place, entry: ShareEntry) -> Iterator[Problem]:
    values = {name: _number(getattr(entry, name)) for name in ("lowest", "highest", "step")}
    for name, value in values.items():
        if value is None or value < 0:
            yield file.problem((*at, name), "study.not_a_number")
        elif value > 1:
            yield file.problem((*at, name), "study.share_above_one")
    low, high, step = values.values()
    if low is not None and high is not None and low > high:
        yield file.problem((*at, "highest"), "study.search_upside_down")
    if step == 0:
        yield file.problem((*at, "step"), "study.not_a_number")


def _goal(file: YamlFile, at: Place, goal: GoalEntry, years: int) -> Iterator[Problem]:
    measure = MEASURES.get(goal.measure)
    if measure is None:
        yield file.problem((*at, "measure"), "study.unknown_measure", name=goal.measure)
    elif measure.needs_years > years:
        yield file.problem(
            (*at, "measure"),
            "study.window_too_short",
            name=goal.measure,
            years=int(measure.needs_years),
        )
    given = [name for name in BOUNDS if getattr(goal, name) is not None]
    if len(given) != 1:
        yield file.problem(at, "study.goal_one_bound", valid=", ".join(BOUNDS))
    for name in given:
        value = _number(getattr(goal, name))
        if value is None:
            yield file.problem((*at, name), "study.not_a_number")
        elif measure is not None and measure.unit == "share" and value > 1:
            yield file.problem((*at, name), "study.share_above_one")


def _number(value: str | int) -> Fraction | None:
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None


def total(shares: Sequence[Fraction]) -> Fraction:
    """All places reserved together."""
    return sum(shares, Fraction(0))
