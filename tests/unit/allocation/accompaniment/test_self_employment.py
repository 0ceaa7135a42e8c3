"""A business of one's own: one door, debts of each kind apart, never an amount."""

from dataclasses import fields
from datetime import date

import pytest

from allocation.accompaniment.directory import kinds, needs
from allocation.accompaniment.self_employment import (
    PROCEDURES,
    SelfEmployment,
    SelfEmploymentError,
    procedures,
)

SINCE = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("told", "doors"),
    [
        (SelfEmployment(), ("self_employed_desk",)),
        (SelfEmployment("moratorium", SINCE), ("self_employed_desk", "legal_aid")),
        (SelfEmployment(has_professional_debts=True), ("self_employed_desk", "legal_aid")),
        (SelfEmployment(has_household_debts=True), ("self_employed_desk", "debt_mediation")),
        (
            SelfEmployment("bankruptcy", SINCE, True, True),
            ("self_employed_desk", "legal_aid", "debt_mediation"),
        ),
        (
            SelfEmployment(has_professional_debts=False, has_household_debts=False),
            ("self_employed_desk",),
        ),
    ],
)
def test_the_one_door_comes_first_then_those_of_each_kind_of_debt(
    told: SelfEmployment, doors: tuple[str, ...]
) -> None:
    assert told.doors() == doors
    assert set(doors) <= set(kinds())


@pytest.mark.parametrize(("procedure", "since_on"), [("none", SINCE), ("bankruptcy", None)])
def test_a_procedure_has_a_first_day_and_nothing_else_has(
    procedure: str, since_on: date | None
) -> None:
    with pytest.raises(SelfEmploymentError):
        SelfEmployment(procedure, since_on)  # type: ignore[arg-type]  # parametrized


def test_no_amount_and_no_story_has_a_place() -> None:
    assert [field.name for field in fields(SelfEmployment)] == [
        "procedure",
        "since_on",
        "has_professional_debts",
        "has_household_debts",
    ]
    assert set(procedures()) == set(PROCEDURES)
    assert {"debts", "professional_debts"} <= set(needs())
