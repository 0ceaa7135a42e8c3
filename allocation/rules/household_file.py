"""
Households in JSON: applications with their facts, or short vectors with established lines.

One object, a list, or one object per line. Every fault is located: line of the file (or place
in the list), path inside the object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, create_model, model_validator

from allocation.errors import Problem, ProblemsError
from allocation.file_faults import ValueKindError, file_problem, value_facts
from allocation.model import TABLE_BY_NAME, Application, Choice, Fact, Member, Setting
from allocation.rules.periods import after_months, completed_years
from allocation.rules.rooms import MOST_CHILDREN
from allocation.rules.schema import Strict

CENTS = 100
_CHILD = re.compile(r"([fmx])(\d{1,2})")
OLDEST = 130  # years: an age above is an error of typing
MOST_EUROS = 10**9


@dataclass(frozen=True)
class HouseholdAsked:
    """
    One household of the file.

    ``row``: where it stands (line, or place in the list). ``on``: its own date, or the one of
    the command. ``established``: lines vouched for, ``None`` when the facts decide.
    ``expected``: what the file says the answer is.
    """

    row: int
    application: Application
    on: date
    settings: tuple[Setting, ...]
    established: tuple[str, ...] | None
    expected: dict[str, Any]


def _date(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueKindError("day") from None


def _said(value: Any) -> Any:
    """A fact may be written true or 12: the register keeps its text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else value


IsoDate = Annotated[date, BeforeValidator(_date)]
FactText = Annotated[str | None, BeforeValidator(_said)]


class Expected(Strict):
    """What the author of the file expects; only what is written is compared."""

    h: int | None = None
    p: int | None = None
    s: int | None = None
    total: int | None = None
    rooms: int | None = None
    category: int | None = None
    admissible: bool | None = None
    ground: str | None = None
    lines: dict[str, int] | None = None


class _Shared(Strict):
    on: IsoDate | None = None
    settings: dict[str, bool | int | str] = Field(default_factory=dict)
    expect: Expected = Expected()


class VectorFile(_Shared):
    """A vector: lines already established, ages instead of dates, income in euros."""

    id: str
    registered: IsoDate
    housing: list[str]
    personal: list[str]
    adults: list[Annotated[int, Field(ge=0, le=OLDEST)]] = Field(min_length=1)
    adult_disabled: bool
    children: list[Annotated[str, Field(pattern=f"^{_CHILD.pattern}$")]]
    disabled_children: int = Field(ge=0, le=MOST_CHILDREN)
    income: Annotated[int | Decimal, Field(ge=-MOST_EUROS, le=MOST_EUROS)]
    limb: Literal["a", "b"]
    dependent: int = Field(ge=0)

    @model_validator(mode="after")
    def _limb_fits(self) -> VectorFile:
        is_single = len(self.adults) == 1
        has_children = bool(self.children) or self.disabled_children > 0
        if (self.limb == "a" and not is_single) or (
            self.limb == "b" and is_single and not has_children
        ):
            raise ValueKindError("limb")
        return self


def _field_type(table: str, name: str) -> Any:
    column = TABLE_BY_NAME[table].column(name)
    if column.kind == "choice":
        return Literal[column.choices]
    kinds = {"date": IsoDate, "integer": int, "cents": int, "flag": bool}
    return kinds.get(column.kind, str)


def _model(name: str, record: type, table: str, **more: Any) -> Any:
    """A strict model with the fields of a record, typed as the columns of its table."""
    found: dict[str, Any] = {}
    for field in fields(record):
        if field.name in more or field.name in ("members", "facts", "choices"):
            continue
        kind = _field_type(table, field.name)
        is_required = field.default is MISSING
        found[field.name] = (kind, ...) if is_required else (kind | None, field.default)
    return create_model(name, __base__=more.pop("base", Strict), **found, **more)


MemberFile = _model("MemberFile", Member, "household_members")
FactFile = _model("FactFile", Fact, "facts", value=(FactText, ...))
ChoiceFile = _model("ChoiceFile", Choice, "choices")
# The three lists take models made above, which is why their types are written as values.
LISTS: dict[str, Any] = {
    "members": (list.__class_getitem__(MemberFile), ...),
    "facts": (list.__class_getitem__(FactFile), []),
    "choices": (list.__class_getitem__(ChoiceFile), []),
}
ApplicationFile = _model("ApplicationFile", Application, "applications", base=_Shared, **LISTS)


def read_households(path: Path, *, on: date | None = None) -> tuple[HouseholdAsked, ...]:
    """
    Read a file of households.

    Parameters
    ----------
    path
        The file: one JSON object, a list, or one object per line.
    on
        Date of those that give none.

    Raises
    ------
    ProblemsError
        ``rule.not_json``, ``rule.bad_value``, ``rule.missing_key``, ``rule.unknown_key``,
        ``rule.duplicate_key``, ``rule.no_date``: all of them, each located.
    """
    problems: list[Problem] = []
    where = path.name
    found = []
    for row, item in _items(path, where, problems):
        household = _household(item, where, row, on, problems)
        if household is not None:
            found.append(household)
    if not found and not problems:
        problems.append(Problem.at(where, 0, "", "rule.no_household"))
    if problems:
        raise ProblemsError(problems)
    return tuple(found)


def _items(path: Path, where: str, problems: list[Problem]) -> Iterator[tuple[int, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        problems.append(file_problem(path, fault))
        return
    try:
        whole = _parsed(text)
    except (ValueError, RecursionError) as fault:
        lines = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2:
            row = fault.lineno if isinstance(fault, json.JSONDecodeError) else 1
            problems.append(Problem.at(where, row, "", "rule.not_json"))
            return
        for row, line in lines:
            try:
                yield row, _parsed(line)
            except (ValueError, RecursionError):
                problems.append(Problem.at(where, row, "", "rule.not_json"))
        return
    yield from enumerate(whole if isinstance(whole, list) else [whole], 1)


def _parsed(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = next(k for i, (k, _) in enumerate(pairs) if k in dict(pairs[:i]))
            raise ValueError(f"the key {twice} stands twice")
        return found

    def refused(constant: str) -> Any:
        raise ValueError(f"{constant} is not a number")

    return json.loads(text, object_pairs_hook=once, parse_float=Decimal, parse_constant=refused)


def _household(
    item: Any, where: str, row: int, on: date | None, problems: list[Problem]
) -> HouseholdAsked | None:
    is_vector = isinstance(item, dict) and "id" in item
    try:
        read = (VectorFile if is_vector else ApplicationFile).model_validate(item)
    except ValidationError as fault:
        for error in fault.errors(include_url=False):
            code = {"missing": "rule.missing_key", "extra_forbidden": "rule.unknown_key"}.get(
                error["type"], "rule.bad_value"
            )
            place = ".".join(map(str, error["loc"]))
            problems.append(Problem.at(where, row, place, code, **value_facts(error)))
        return None
    day = read.on or on
    if day is None:
        problems.append(Problem.at(where, row, "on", "rule.no_date"))
        return None
    settings = [Setting(k, v) for k, v in read.settings.items()]
    established: tuple[str, ...] | None = None
    if isinstance(read, VectorFile) and day.year <= OLDEST:
        problems.append(Problem.at(where, row, "on", "rule.bad_value", kind="ages"))
        return None
    if isinstance(read, VectorFile):
        application = _from_vector(read, day)
        established = (*read.housing, *read.personal)
        if read.limb == "b" and len(read.adults) == 1:
            settings.append(Setting("single_parent_limb", "b"))
    else:
        application = _from_file(read)
    expected = read.expect.model_dump(exclude_none=True)
    return HouseholdAsked(row, application, day, tuple(settings), established, expected)


def _from_file(read: Any) -> Application:
    plain = {
        name: value
        for name, value in read.model_dump(exclude={"on", "settings", "expect"}).items()
        if value is not None
    }
    parts = (("members", Member), ("facts", Fact), ("choices", Choice))
    for name, record in parts:
        plain[name] = tuple(record(**values) for values in plain[name])
    return Application(**plain)


def _from_vector(vector: VectorFile, on: date) -> Application:
    roles = ("applicant", "partner")
    incomes = (int(vector.income * CENTS),)
    members = [
        Member(
            f"adult-{idx + 1}",
            roles[idx] if idx < len(roles) else "other",
            born_on=born_at_age(age, on),
            is_married=False,
            is_pensioner=False,
            taxable_income_cents=incomes[idx] if idx < len(incomes) else 0,
        )
        for idx, age in enumerate(vector.adults)
    ]
    children = [*vector.children, *["x0"] * vector.disabled_children]
    members += [
        Member(
            f"child-{idx + 1}",
            "child",
            born_on=born_at_age(int(child[1:]), on),
            sex=child[0],
            is_married=False,
            lodging="full",
            taxable_income_cents=0,
        )
        for idx, child in enumerate(children)
    ]
    disabled = [f"child-{idx + 1}" for idx in range(len(vector.children), len(children))]
    disabled += ["adult-1"] if vector.adult_disabled else []
    return Application(
        vector.id,
        vector.registered,
        owns_dwelling="no",
        dependent_children=vector.dependent,
        members=tuple(members),
        facts=tuple(Fact("disabled", "yes", m, "federal_disability_certificate") for m in disabled),
    )


def born_at_age(age: int, on: date) -> date:
    """The latest birth date that gives the age in completed years."""
    born_on = after_months(on, -12 * age)
    while completed_years(born_on, on) < age:
        born_on -= timedelta(days=1)
    return born_on
