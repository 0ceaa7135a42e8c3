"""The form of a rulebook's files: strict models, one per kind of file."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Lang = Literal["fr", "nl", "de", "en"]
Mark = Literal["L", "O", "S", "C", "D", "M", "assumed"]
Unknown = Literal["counts", "does_not_count", "blocks"]
Value = bool | int | str | dict[str, str] | None


def _share(value: Any) -> Any:
    """A share is written exactly, as a fraction in a string: ``"3/10"``."""
    return Fraction(value) if isinstance(value, str) else value


Share = Annotated[Fraction, BeforeValidator(_share)]


class Strict(BaseModel):
    """Nothing is guessed: no other key, no conversion of types."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        arbitrary_types_allowed=True,
    )


class Label(Strict):
    """A name in the four languages."""

    fr: str
    nl: str
    de: str
    en: str


class Source(Strict):
    """Where a value was read: the act, its article, and the key or address of the page."""

    act: str
    article: str = ""
    key: str = ""
    url: str = ""


class Bound(Strict):
    """One comparison; the limit is a number or the key of a parameter that holds it."""

    at_least: int | str | None = None
    more_than: int | str | None = None
    at_most: int | str | None = None
    less_than: int | str | None = None

    @model_validator(mode="after")
    def _one(self) -> Bound:
        if len(self.model_fields_set) != 1:
            raise ValueError("exactly one of at_least, more_than, at_most, less_than")
        return self

    @property
    def operator(self) -> str:
        """The comparison used."""
        return next(iter(self.model_fields_set))

    @property
    def limit(self) -> int | str:
        """The number, or the key of the parameter that holds it."""
        found: int | str = getattr(self, self.operator)
        return found


MEASURES = (
    "held_for_days",
    "months_since",
    "years_since",
    "ends_in_months",
    "proof_age_days",
    "number",
)
OPERATORS = ("all", "any", "not_", "any_member", "fact", "line", "switch")


class When(Strict):
    """
    A condition: ``all``, ``any``, ``not``, ``any_member``, ``line`` (the condition of another
    line), ``switch`` with ``cases``, or a ``fact`` compared (``is``, ``in``, or a measure with
    a bound, up to the date ``until``).
    """

    all: list[When] | None = None
    any: list[When] | None = None
    not_: When | None = Field(default=None, alias="not")
    any_member: When | None = None
    line: str | None = None
    switch: str | None = None
    cases: dict[str, When] | None = None
    fact: str | None = None
    is_: str | None = Field(default=None, alias="is")
    in_: list[str] | None = Field(default=None, alias="in")
    held_for_days: Bound | None = None
    months_since: Bound | None = None
    years_since: Bound | None = None
    ends_in_months: Bound | None = None
    proof_age_days: Bound | None = None
    number: Bound | None = None
    until: Literal["on", "registered_on", "last_confirmed_on"] | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> When:
        used = [o for o in OPERATORS if getattr(self, o) is not None]
        if len(used) != 1:
            raise ValueError("exactly one of all, any, not, any_member, line, switch, fact")
        tests = [t for t in ("is_", "in_", *MEASURES) if getattr(self, t) is not None]
        if len(tests) != (1 if self.fact else 0):
            raise ValueError("a fact needs exactly one test, anything else none")
        if (self.switch is None) != (self.cases is None):
            raise ValueError("a switch needs its cases")
        if self.until and not (
            self.held_for_days or self.months_since or self.years_since or self.proof_age_days
        ):
            raise ValueError("until needs a measure of time")
        return self

    @property
    def measure(self) -> str:
        """Name of the measure, empty when there is none."""
        return next((m for m in MEASURES if getattr(self, m) is not None), "")


class Dated(Strict):
    """Something in force from a date to another (``to: null`` = still in force)."""

    from_: date = Field(alias="from")
    to: date | None
    source: Source
    mark: Mark
    note: str = ""
    warning: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Dated:
        if self.to is not None and self.to < self.from_:
            raise ValueError("it ends before it starts")
        return self

    @property
    def following(self) -> date | None:
        """First day after it, ``None`` when it has no end."""
        return None if self.to is None else self.to + timedelta(days=1)


class FactDef(Strict):
    """One fact the rules may look at, where it is read and which proofs establish it."""

    level: Literal["household", "member"]
    type: Literal["date", "flag", "integer", "choice"]
    label: Label
    choices: list[str] = []
    proofs: list[str] = []
    from_: str = Field(default="facts", alias="from")
    if_absent: Literal["no", "unknown"] = "no"
    sensitive: Literal["", "health", "violence"] = ""
    note: str = ""


class ProofDef(Strict):
    """A kind of proof."""

    label: Label
    note: str = ""


class FactsFile(Strict):
    """``facts.yaml``: the catalogue of facts and proofs."""

    facts: dict[str, FactDef]
    proofs: dict[str, ProofDef]


class LineVersion(Dated):
    """One wording or amount of a line of points."""

    points: int = Field(ge=0)
    when: When | None = None
    proof: dict[str, list[str]] | None = None


class LineDef(Strict):
    """A line of a points table, with its condition, its proofs and its dated versions."""

    code: str
    table: Literal["housing_situation", "personal_situation"]
    line: int | None = None
    label: Label
    when: When | None = None
    unknown: Unknown
    proof: dict[str, list[str]] = {}
    is_enabled: bool = True
    is_unverified: bool = False
    allowed_points: list[int] = []
    values: list[LineVersion] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_condition(self) -> LineDef:
        if any((v.when or self.when) is None for v in self.values):
            raise ValueError("every version needs a condition")
        return self


class RuleVersion(Dated):
    """One wording of a condition that is met or not."""

    when: When
    proof: dict[str, list[str]] = {}
    share: Share | None = None


class RuleDef(Strict):
    """A condition with a code: admission, preference, extra bedroom, counted share of income."""

    code: str
    label: Label
    unknown: Unknown
    applies_to: Literal["candidate", "transfer", "any"] = "any"
    dwelling: dict[str, str] = {}
    values: list[RuleVersion] = Field(min_length=1)


class RulesFile(Strict):
    """A file of conditions, in the order in which they are looked at."""

    rules: list[RuleDef]


class ParameterVersion(Dated):
    """One value of a parameter."""

    value: Value


class ParameterDef(Strict):
    """A value of the law or a switch of an open question, dated, with what it may be."""

    type: Literal["integer", "share", "flag", "choice", "text", "table"]
    label: Label
    switch: str = ""
    allowed: list[str | int | bool] | None = None
    values: list[ParameterVersion] = Field(min_length=1)


class ParametersFile(Strict):
    """A file of parameters by key."""

    parameters: dict[str, ParameterDef]


class CeilingsVersion(Dated):
    """Income ceilings in whole euros: category -> (single person, several persons)."""

    ceilings: dict[str, list[int]]
    per_child: int
    derived_cells: list[str] = []

    @model_validator(mode="after")
    def _complete(self) -> CeilingsVersion:
        if list(self.ceilings) != ["1", "2", "3"]:
            raise ValueError("the three categories, in order")
        if any(len(amounts) != 2 for amounts in self.ceilings.values()):
            raise ValueError("two amounts for each category")
        return self


class CeilingsFile(Strict):
    """``ceilings.yaml``: the dated rows, and the base amounts of the code (never evaluated)."""

    label: Label
    values: list[CeilingsVersion] = Field(min_length=1)
    base_amounts: dict[str, Any]


class DerogationRequirement(Strict):
    """A condition of a ground, attested by a document on file or not; judged by people."""

    code: str
    label: Label


class DerogationGround(Strict):
    """
    A ground on which the committee may depart from the order.

    ``part``: the part of the ceiling it uses, or that it is ``force_majeure`` (inside the
    ceiling by a switch) or a ``project`` (outside it).
    """

    code: str
    label: Label
    part: Literal["urgency", "cohesion", "force_majeure", "project"]
    requires: list[DerogationRequirement]
    values: list[Dated] = Field(min_length=1)


class DerogationsFile(Strict):
    """``derogations.yaml``: the grounds, in the order of the text."""

    grounds: list[DerogationGround]


class SwitchDef(Strict):
    """One open question of the law: what is assumed, what may be set, what is warned."""

    label: Label
    keys: list[str]
    default: str
    warning: str = ""
    source: Source
    mark: Mark


class SwitchesFile(Strict):
    """``switches.yaml``: the questions U01 to U36."""

    switches: dict[str, SwitchDef]


class CoverageEntry(Strict):
    """Something of the law that is modelled, or is not, and why."""

    topic: str
    is_modelled: bool
    where: str = ""
    why: str = ""


class CoverageFile(Strict):
    """``coverage.yaml``."""

    coverage: list[CoverageEntry]
    not_cases: dict[str, str]


class BookFile(Strict):
    """``rulebook.yaml``: identity of the rulebook and the addresses behind the source keys."""

    name: str
    label: Label
    verified_on: date
    excluded_communes: dict[str, str]
    sources: dict[str, str]
