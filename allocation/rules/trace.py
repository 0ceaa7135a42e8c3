"""The trace of one evaluation: rule, article, facts, bounds, outcome, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from allocation.rules.schema import Label, Source

Standing = Literal["known", "absent", "no_value", "no_proof", "no_issue_date"]


@dataclass(frozen=True)
class Reading:
    """
    One fact as found, with its evidence.

    ``standing``: ``known``; ``absent`` (no row); ``no_value`` (claimed, not filled in);
    ``no_proof`` (a value without a proof the rule accepts); ``no_issue_date`` (the rule looks at
    the age of the proof, which has no date). ``accepted``: proofs it accepts.
    """

    fact: str
    member_id: str | None
    value: str | int | date | None
    standing: Standing
    proof: str | None = None
    issued_on: date | None = None
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """
    One node of a condition, judged: 1 met, 0 not met, -1 unknown.

    ``operator``: ``all``, ``any``, ``not``, ``any_member``, ``is``, or a measure. For a
    measure: ``comparison``, ``limit``, the date ``until`` which it is taken, and ``margin``, how
    far inside (0 or more) or outside (negative) the bound the household stands, in days or
    units (``None`` when the event has not happened, or the end is past).
    """

    operator: str
    outcome: int
    parts: tuple[Step, ...] = ()
    reading: Reading | None = None
    wanted: tuple[str, ...] = ()
    comparison: str = ""
    limit: int | None = None
    until_on: date | None = None
    margin: int | None = None

    def readings(self) -> tuple[Reading, ...]:
        """Every fact looked at, in order."""
        own = () if self.reading is None else (self.reading,)
        return own + tuple(r for part in self.parts for r in part.readings())


@dataclass(frozen=True)
class RuleTrace:
    """
    A rule as applied: what it is, what it rests on, how it was judged.

    ``unknown`` says what the rule does of a missing fact. ``is_established``: a person vouched
    for the line instead of giving its facts (``condition`` is then ``None``).
    """

    code: str
    label: Label
    outcome: int
    unknown: str
    source: Source
    mark: str
    condition: Step | None
    is_established: bool = False


@dataclass(frozen=True)
class LineTrace(RuleTrace):
    """A line of points: its table, its worth, and whether it is the one that counts."""

    table: str = ""
    points: int = 0
    number: int | None = None
    is_best: bool = False
    is_unverified: bool = False


@dataclass(frozen=True)
class SeniorityTrace:
    """Seniority: the way of counting, the years, the points after the cap."""

    mode: str
    registered_on: date
    years: int | None
    cap: int
    points: int
    source: Source
    mark: str


@dataclass(frozen=True)
class CountedIncome:
    """Income of one member, in cents: the two amounts, and the share counted (low, high)."""

    member_id: str
    rule: str
    reference_cents: int | None
    current_cents: int | None
    share_low: Fraction
    share_high: Fraction


@dataclass(frozen=True)
class IncomeTrace:
    """
    The counted income and its category.

    ``counted_cents`` is the highest possible reading, ``None`` when unknown. ``limb`` is ``a``
    (single person), ``b`` (several) or empty when not known. ``ceilings_cents``: category ->
    ceiling of that limb with the children (of the least favourable reading).
    """

    category: int
    counted_cents: int | None
    basis: str
    limb: str
    dependent: int | None
    ceilings_cents: tuple[tuple[str, int], ...]
    members: tuple[CountedIncome, ...]
    source: Source
    mark: str


@dataclass(frozen=True)
class BedroomsTrace:
    """
    Bedrooms required: parts of the sum, in the order of the text.

    ``number`` is ``None`` when missing facts leave several answers: between ``fewest_for_children``
    and ``most_for_children`` rooms for the children who may share. ``own_room_rules``: the rules
    of a room of one's own, for each child. ``exception`` replaces the number.
    """

    number: int | None
    couple_or_single: int
    other_adults: int
    own_rooms: int
    children: int
    fewest_for_children: int
    most_for_children: int
    extra: int
    extra_rules: tuple[RuleTrace, ...]
    own_room_rules: tuple[RuleTrace, ...]
    exception: int | None


@dataclass(frozen=True)
class Missing:
    """
    A fact whose absence leaves a rule open, and what it could change.

    ``reason``: ``absent``, ``no_value``, ``no_proof``, ``no_issue_date``. ``effect_points``: points
    it could add (or, for a rule that counts the unknown, take away). ``effect_bedrooms``: bedrooms
    it could add, at most. ``blocks``: admission waits for it. Nothing of the three: a preferential
    group.
    """

    rule: str
    fact: str
    member_id: str | None
    reason: str
    accepted: tuple[str, ...]
    effect_points: int = 0
    effect_bedrooms: int = 0
    blocks: bool = False


@dataclass(frozen=True)
class Finding:
    """Something a person should look at: a code and its facts."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Assessment:
    """Everything the rulebook says of one application on one date."""

    application_id: str
    on: date
    admissible: int
    ground: str
    income: IncomeTrace
    lines: tuple[LineTrace, ...]
    housing_line: str | None
    housing_points: int
    personal_line: str | None
    personal_points: int
    seniority: SeniorityTrace
    seniority_points: int
    points: int
    bedrooms: BedroomsTrace
    admission: tuple[RuleTrace, ...]
    preferences: tuple[RuleTrace, ...]
    has_disabled_member: bool
    has_member_over_65: bool
    n_unknown: int
    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]
