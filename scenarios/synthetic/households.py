"""Who lives together: types, ages, sexes, children and where they lodge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure, pick, shares

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

SINGLE, COUPLE, SINGLE_PARENT, COUPLE_CHILDREN, OTHER = range(5)
APPLICANT, PARTNER, OTHER_ADULT, FIRST_CHILD = range(4)
N_CHILDREN_AT_MOST = 6
N_SLOTS = FIRST_CHILD + N_CHILDREN_AT_MOST
FEMALE, MALE = 0, 1
FULL, SHARED_RECOGNISED, SHARED_PRIVATE = range(3)
_ADULT = 18
_OLDEST_PARENT = 65
_OLDEST_PERSON = 99
_DAYS_OF_A_YEAR = 365
_FITTING_ROUNDS = 60


@dataclass(frozen=True, eq=False)
class Households:
    """
    The persons of every household, in fixed places.

    Place 0 is the applicant, 1 the partner, 2 another adult, 3 to 8 children from the eldest
    draw on; ``present`` says which places are filled, the other arrays mean nothing elsewhere.

    Shapes
    ------
    kind : (n,), position in ``demand.household_type_share``
    present, age, born_on, sex, lodging : (n, 9)
    is_ascendant, is_married : (n,), about place 2 and about the couple
    """

    kind: Int
    present: Flags
    age: Int
    born_on: Days
    sex: Int
    lodging: Int
    is_ascendant: Flags
    is_married: Flags

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def children(self) -> Flags:
        """Places filled by children, (n, 6)."""
        return self.present[:, FIRST_CHILD:]

    @property
    def size(self) -> Int:
        """Persons of each household, (n,)."""
        found: Int = self.present.sum(axis=1)
        return found


def draw_households(streams: Streams, entities: Int, *, on: date) -> Households:
    """Draw households whose types and ages of applicant have the margins of the calibration."""
    kind, head_age = _kinds_and_ages(streams, entities)
    is_ascendant = (
        streams.uniforms("other adult is an ascendant", entities)
        < figure("generator.households.other_adult_is_ascendant_share")
    ) & (head_age < 68)
    present = _places(streams, entities, kind=kind, head_age=head_age)
    age = _ages(streams, entities, head_age=head_age, is_ascendant=is_ascendant)
    couple = present[:, PARTNER]
    return Households(
        kind=kind,
        present=present,
        age=age,
        born_on=_birthdays(streams, entities, age=age, on=on),
        sex=_sexes(streams, entities, kind=kind),
        lodging=_lodgings(streams, entities, kind=kind),
        is_ascendant=is_ascendant,
        is_married=couple
        & (
            streams.uniforms("married", entities)
            < figure("generator.households.couple_married_share")
        ),
    )


def _kinds_and_ages(streams: Streams, entities: Int) -> tuple[Int, Int]:
    """Type and age of the applicant, from a table fitted to both margins."""
    kinds, ages = shares("demand.household_type_share"), shares("demand.head_age_share")
    affinity = figure("generator.households.type_by_age_affinity")
    table = np.array([[affinity[k][a] for a in ages] for k in kinds], dtype=np.float64)
    for _ in range(_FITTING_ROUNDS):
        table *= (np.array(list(kinds.values())) / table.sum(axis=1))[:, None]
        table *= np.array(list(ages.values())) / table.sum(axis=0)
    cells = {str(i): float(p) for i, p in enumerate(table.reshape(-1))}
    cell = pick(streams.uniforms("type and age", entities), cells)
    kind, bracket = np.divmod(cell, len(ages))
    age = _age_inside(streams.uniforms("age", entities), bracket, labels=list(ages))
    is_minor = (
        (kind == SINGLE)
        & (bracket == 0)
        & (
            streams.uniforms("minor in autonomy", entities)
            < figure("generator.circumstances.minor_share")
        )
    )
    return kind, np.where(is_minor, _ADULT - 1, age)


def _age_inside(uniforms: npt.NDArray[np.float64], bracket: Int, *, labels: list[str]) -> Int:
    """An age inside each bracket: even below the last one, thinning out in the last."""
    first = np.array([int(label.rstrip("+").split("-")[0]) for label in labels])
    oldest = figure("generator.households.oldest_head_age")
    last = np.array([*(first[1:] - 1), oldest])
    spread = np.where(bracket == len(labels) - 1, uniforms**1.6, uniforms)
    width = last[bracket] - first[bracket] + 1
    found: Int = first[bracket] + np.floor(spread * width).astype(np.int64)
    return found


def _places(streams: Streams, entities: Int, *, kind: Int, head_age: Int) -> Flags:
    among = shares("demand.children_given_family")
    n_children = 1 + pick(streams.uniforms("children", entities), among)
    many = streams.uniforms("sixth child", entities) < figure(
        "generator.households.six_children_given_five_or_more"
    )
    n_children = n_children + ((n_children == len(among)) & many)
    family = (kind == SINGLE_PARENT) | (kind == COUPLE_CHILDREN)
    one_child = (
        (kind == OTHER)
        & (head_age < _OLDEST_PARENT)
        & (
            streams.uniforms("other has a child", entities)
            < figure("generator.households.other_has_child_share")
        )
    )
    n_children = np.where(family, n_children, np.where(one_child, 1, 0))
    present = np.zeros((len(kind), N_SLOTS), dtype=np.bool_)
    present[:, APPLICANT] = True
    present[:, PARTNER] = (kind == COUPLE) | (kind == COUPLE_CHILDREN)
    present[:, OTHER_ADULT] = kind == OTHER
    present[:, FIRST_CHILD:] = np.arange(N_CHILDREN_AT_MOST) < n_children[:, None]
    return present


def _ages(streams: Streams, entities: Int, *, head_age: Int, is_ascendant: Flags) -> Int:
    age = np.empty((len(head_age), N_SLOTS), dtype=np.int64)
    age[:, APPLICANT] = head_age
    gap = streams.uniforms("age of the partner", entities) * 12 - 6
    age[:, PARTNER] = np.maximum(_ADULT, head_age + np.round(gap).astype(np.int64))
    far = streams.uniforms("age of the other adult", entities)
    parent = head_age + 22 + np.floor(far * 14).astype(np.int64)
    peer = head_age + np.round((far - 0.5) * 24).astype(np.int64)
    age[:, OTHER_ADULT] = np.clip(np.where(is_ascendant, parent, peer), _ADULT, _OLDEST_PERSON)
    age[:, FIRST_CHILD:] = _ages_of_children(streams, entities, head_age=head_age)
    return age


def _ages_of_children(streams: Streams, entities: Int, *, head_age: Int) -> Int:
    """Children are 17 to 45 years younger than the applicant; a few are 18 to 24."""
    drawn = streams.uniforms("age of a child", entities, width=N_CHILDREN_AT_MOST)
    grown = streams.uniforms("grown child", entities, width=N_CHILDREN_AT_MOST)
    oldest = np.clip(head_age - 17, 0, 24)[:, None]
    youngest = np.clip(head_age - 45, 0, 24)[:, None]
    is_grown = (grown < figure("generator.households.grown_child_share")) & (oldest >= _ADULT)
    low = np.where(is_grown, np.maximum(youngest, _ADULT), youngest)
    high = np.where(is_grown, oldest, np.maximum(low, np.minimum(oldest, _ADULT - 1)))
    found: Int = low + np.floor(drawn * (high - low + 1)).astype(np.int64)
    return found


def _birthdays(streams: Streams, entities: Int, *, age: Int, on: date) -> Days:
    """A birthday inside the year that gives exactly this age on ``on``."""
    day = min(on.day, 28) if on.month == 2 else on.day
    anniversaries = np.array(
        [on.replace(year=on.year - a, day=day) for a in range(_OLDEST_PERSON + 2)],
        dtype="datetime64[D]",
    )
    drawn = streams.uniforms("birthday", entities, width=N_SLOTS)
    before = np.floor(drawn * _DAYS_OF_A_YEAR).astype("timedelta64[D]")
    found: Days = anniversaries[age] - before
    return found


def _sexes(streams: Streams, entities: Int, *, kind: Int) -> Int:
    drawn = streams.uniforms("sex", entities, width=N_SLOTS)
    threshold = np.full(drawn.shape, 0.5)
    women = figure("generator.households.single_parent_woman_share")
    threshold[:, APPLICANT] = np.where(kind == SINGLE_PARENT, women, 0.5)
    sex = np.where(drawn < threshold, FEMALE, MALE).astype(np.int64)
    same = streams.uniforms("same-sex couple", entities) < figure(
        "generator.households.same_sex_couple_share"
    )
    sex[:, PARTNER] = np.where(same, sex[:, APPLICANT], 1 - sex[:, APPLICANT])
    return sex


def _lodgings(streams: Streams, entities: Int, *, kind: Int) -> Int:
    """Children of one family share one arrangement; those of couples live here."""
    among = shares("generator.households.custody_share")
    drawn = pick(streams.uniforms("custody", entities), among)
    arrangement = np.where(kind == SINGLE_PARENT, drawn, FULL)
    return np.repeat(arrangement[:, None], N_SLOTS, axis=1)
