"""Conditions ready to be evaluated: every parameter and switch resolved for one date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from allocation.rules.rulebook import ParameterValue
from allocation.rules.schema import Bound, When

# Facts worked out from others, with their level; everything else is read in the register.
COMPUTED = {
    "age": "member",
    "is_couple": "household",
    "is_alone": "household",
    "income_category": "household",
    "n_choices": "household",
    "chooses_excluded_commune": "household",
    "bedrooms_known": "household",
}
MONTH_MEASURES = {"months_since": 1, "years_since": 12}
DAY_MEASURES = ("held_for_days", "proof_age_days")
DATE_MEASURES = (*DAY_MEASURES, *MONTH_MEASURES, "ends_in_months")


@dataclass(frozen=True)
class All:
    """Met when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """Met when one part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """Met when the part is not."""

    part: Condition


@dataclass(frozen=True)
class AnyMember:
    """Met when one member of the household meets the part."""

    part: Condition


@dataclass(frozen=True)
class Is:
    """Met when the fact has one of the values; ``proofs``: one of these must be held."""

    fact: str
    values: tuple[str, ...]
    proofs: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """
    Met when a measure of the fact is on the right side of the limit.

    ``held_for_days``, ``proof_age_days``: days from the date (of the fact, of its proof) to
    ``until``. ``months_since``, ``years_since``: the date plus that many months is compared
    with ``until``. ``ends_in_months``: the date is not past, and compared with ``on`` plus that
    many months. ``number``: the number itself. An upper bound on time also asks that the event
    has taken place.
    """

    fact: str
    measure: str
    operator: str
    limit: int
    until: str
    proofs: tuple[str, ...]

    @property
    def months(self) -> int:
        """The limit in months, for measures of months and years."""
        return self.limit * MONTH_MEASURES.get(self.measure, 1)


Condition = All | AnyOf | Not | AnyMember | Is | Measure


@dataclass(frozen=True)
class Scope:
    """What a condition needs to be resolved: proofs by fact, parameters, the other lines."""

    proof: Mapping[str, list[str]]
    parameter: Callable[[str], ParameterValue]
    line: Callable[[str], Condition]


def resolve(when: When, scope: Scope) -> Condition:
    """The condition with its parameters, its switches and the lines it names put in place."""
    if when.all is not None:
        return All(tuple(resolve(w, scope) for w in when.all))
    if when.any is not None:
        return AnyOf(tuple(resolve(w, scope) for w in when.any))
    if when.not_ is not None:
        return Not(resolve(when.not_, scope))
    if when.any_member is not None:
        return AnyMember(resolve(when.any_member, scope))
    if when.line is not None:
        return scope.line(when.line)
    if when.switch is not None and when.cases is not None:
        return resolve(when.cases[str(scope.parameter(when.switch))], scope)
    fact = when.fact or ""
    proofs = tuple(scope.proof.get(fact, ()))
    if not when.measure:
        values = when.in_ if when.in_ is not None else [when.is_ or ""]
        return Is(fact, tuple(values), proofs)
    bound: Bound = getattr(when, when.measure)
    limit = scope.parameter(bound.limit) if isinstance(bound.limit, str) else bound.limit
    return Measure(fact, when.measure, bound.operator, int(limit or 0), when.until or "on", proofs)


def walk(when: When) -> Iterator[tuple[tuple[str | int, ...], When]]:
    """Every condition inside a condition, with its place."""
    yield (), when
    for name, parts in (("all", when.all), ("any", when.any)):
        for i, part in enumerate(parts or []):
            for place, found in walk(part):
                yield (name, i, *place), found
    for name, only in (("not", when.not_), ("any_member", when.any_member)):
        if only is not None:
            for place, found in walk(only):
                yield (name, *place), found
    for value, part in (when.cases or {}).items():
        for place, found in walk(part):
            yield ("cases", value, *place), found


def leaves(condition: Condition) -> Iterator[Is | Measure]:
    """The comparisons of facts inside a resolved condition, in order."""
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not | AnyMember):
        yield from leaves(condition.part)
    else:
        yield condition
