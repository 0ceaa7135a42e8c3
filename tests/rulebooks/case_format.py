"""The form of a case of a rulebook, and how it becomes an application."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from allocation.errors import Problem, ProblemsError
from allocation.model import Application, Choice, Fact, Member, Register, Setting, Table
from allocation.model.schema import TABLE_BY_NAME
from allocation.rules import Rulebook
from allocation.rules.household_file import born_at_age
from allocation.rules.yaml_file import read_yaml, validated

CENTS = 100


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Given(Strict):
    """A fact with its evidence; the first proof of the catalogue unless another is named."""

    value: Annotated[str | None, BeforeValidator(lambda v: said(v))]
    proof: str | None = "first"
    issued_on: date | None = None


def said(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int | date) else value


def given(value: Any) -> Any:
    return value if isinstance(value, dict) else {"value": value}


Facts = dict[str, Annotated[Given, BeforeValidator(given)]]


class CaseMember(Strict):
    """A member; the first of a list is the applicant. Incomes in euros (text: with cents)."""

    role: str = "applicant"
    age: int | None = 35
    born_on: date | None = None
    sex: str | None = None
    income: int | str | None = 0
    current: int | str | None = None
    maintenance: int | None = None
    is_married: bool | None = False
    is_pensioner: bool | None = False
    is_self_employed: bool | None = None
    lodging: str | None = None
    facts: Facts = {}


class Side(Strict):
    """Which bound of a parameter the case stands beside, and on which side."""

    of: str
    reached: bool


class Case(Strict):
    """A household on a date, and what the rulebook says of it."""

    name: str
    on: date
    registered: date | None = None
    application: dict[str, Any] = {}
    given: Facts = {}
    members: list[CaseMember] = [CaseMember()]
    choices: list[str] = []
    settings: dict[str, bool | int | str] = {}
    side: Side | None = None
    expect: dict[str, int | str | bool] = Field(min_length=1)


class CaseFile(Strict):
    cases: list[Case] = Field(min_length=1)


def read_cases(folder: Path) -> list[tuple[str, Case]]:
    """Every case of a folder of case files, with the name of its file."""
    problems: list[Problem] = []
    found = []
    for path in sorted(folder.glob("*.yaml")):
        file = read_yaml(path, path.name, problems)
        read = validated(file, CaseFile, problems) if file else None
        found += [(path.stem, case) for case in (read.cases if read else [])]
    if problems:
        raise ProblemsError(problems)
    return found


def cents(euros: int | str | None) -> int | None:
    if euros is None:
        return None
    whole, _, rest = str(euros).partition(".")
    sign = -1 if whole.startswith("-") else 1
    return int(whole) * CENTS + sign * int((rest + "00")[:2])


def application_of(case: Case, rulebook: Rulebook, *, application_id: str = "A1") -> Application:
    """The household of a case."""
    facts = [fact_of(k, g, None, rulebook) for k, g in case.given.items()]
    members = []
    for idx, member in enumerate(case.members):
        member_id = f"{application_id}-M{idx + 1}"
        members.append(member_of(member, member_id, case.on))
        facts += [fact_of(k, g, member_id, rulebook) for k, g in member.facts.items()]
    values = {"owns_dwelling": "no", "dependent_children": 0, **case.application}
    return Application(
        application_id, case.registered or case.on, members=tuple(members),
        facts=tuple(facts), choices=tuple(Choice(i, c) for i, c in enumerate(case.choices, 1)),
        **values,
    )  # fmt: skip


def member_of(member: CaseMember, member_id: str, on: date) -> Member:
    born_on = member.born_on
    if born_on is None and member.age is not None:
        born_on = born_at_age(member.age, on)
    return Member(
        member_id, member.role, born_on=born_on, sex=member.sex, is_married=member.is_married,
        is_pensioner=member.is_pensioner, lodging=member.lodging,
        is_self_employed=member.is_self_employed, taxable_income_cents=cents(member.income),
        current_income_cents=cents(member.current),
        maintenance_paid_cents=cents(member.maintenance),
    )  # fmt: skip


def fact_of(name: str, given: Given, member_id: str | None, rulebook: Rulebook) -> Fact:
    proof = given.proof
    if proof == "first":
        proofs = rulebook.facts[name].proofs
        proof = proofs[0] if proofs else None
    return Fact(name, given.value, member_id, proof, given.issued_on)


def settings_of(case: Case) -> tuple[Setting, ...]:
    return tuple(Setting(key, value) for key, value in sorted(case.settings.items()))


def register_of(applications: list[Application]) -> Register:
    """The same applications as the tables of a register."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("applications", "household_members", "facts", "choices")
    }
    for application in applications:
        key = {"application_id": application.application_id}
        rows["applications"].append(cells(application))
        rows["household_members"] += [cells(m) | key for m in application.members]
        rows["facts"] += [cells(f) | key for f in application.facts]
        rows["choices"] += [cells(c) | key for c in application.choices]
    tables = {name: Table.of(TABLE_BY_NAME[name], found) for name, found in rows.items()}
    return Register.of("demo", "slsp", tables)


def cells(record: Any) -> dict[str, Any]:
    """Fields of a record as the cells of its table."""
    return {
        name: ("yes" if value else "no") if isinstance(value, bool) else value
        for name, value in vars(record).items()
        if name not in ("members", "facts", "choices")
    }
