"""Every case of the rules of stays: both sides of each bound, and every rule has its case."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from allocation.accompaniment import Agreement, Asked, Review, Stay, load_stay_rules, take
from allocation.errors import HousingError, Problem, ProblemsError
from allocation.rules.loader import SHELF
from allocation.rules.yaml_file import read_yaml, validated

RULES = load_stay_rules()
KIND_OF = {
    "enter_emergency": "transit",
    "enter_transit": "transit",
    "enter_insertion": "partner_lease",
    "sign_sliding_lease": "sliding_lease",
}
CLASS_OF = {"end_without_slide": "end_of_term_without_slide", "leave_by_choice": "moved_by_choice"}


class Case(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: str
    stay: list[dict[str, Any]]
    act: dict[str, Any]
    expect: str | list[str]
    until: date | None = None
    category: int | None = 1
    operator: str = "apl"
    approved: bool = True
    basis: bool = True
    places: int | None = None
    agreement: str = ""
    agreement_to: date | None = None
    reviews: list[date] = []
    reached: list[date] = []
    absent: dict[str, Any] = {}
    alternatives: int = 0


class Cases(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    cases: list[Case]


def read() -> list[Case]:
    problems: list[Problem] = []
    path = SHELF / "stays_wallonia_cases.yaml"
    file = read_yaml(path, path.name, problems)
    assert file is not None
    file = replace(file, content={"cases": file.content})
    found = validated(file, Cases, problems)
    assert not problems, problems
    assert found is not None
    return found.cases


CASES = read()


def asked(given: dict[str, Any]) -> Asked:
    """An act with everything it needs, but for what the case says otherwise."""
    on = given["on"]
    defaults: dict[str, Any] = {
        "signed_on": on,
        "informed_on": on,
        "household_agreed_on": on,
        "landlord_agreed_on": on,
        "receiver_agreed_on": on,
        "salubrity_on": on,
        "notice_on": on,
        "is_subtenant_named": True,
        "situation_persists": True,
        "objectives": ("To pay the rent by standing order",),
        "crisis": "home_lost",
        "reason": "A reason.",
        "support_change": "A visit every week instead of every month.",
        "exit_class": CLASS_OF.get(given["act"], "contract_ended"),
        "no_alternative": "none_found",
        "receiving_landlord": "Another company",
    }
    values = defaults | given
    values["objectives"] = tuple(values["objectives"])
    return Asked(**values)


def begun(case: Case) -> Stay:
    kind = case.agreement or KIND_OF.get(([*case.stay, case.act])[0]["act"], "transit")
    agreement = Agreement(kind, date(2018, 1, 1), case.agreement_to, case.basis, case.places)
    held = [Review(day, is_household_present=True) for day in case.reviews]
    held += [
        Review(d, is_household_present=True, objectives=(("1", "reached"),)) for d in case.reached
    ]
    if case.absent:
        invited = tuple(case.absent["invited_on"])
        held.append(Review(case.absent["held_on"], is_household_present=False, invited_on=invited))
    stay = Stay(
        reviews=tuple(held),
        n_alternatives=case.alternatives,
        operator_kind=case.operator,
        is_operator_approved=case.approved,
        agreement=agreement,
        income_category=case.category,
    )
    for step in case.stay:
        waived = stay if step["act"] != "extend_sliding_lease" else with_review(stay, step["on"])
        stay = replace(take(waived, asked(step), RULES), reviews=stay.reviews)
    return stay


def with_review(stay: Stay, on: date) -> Stay:
    """A case looks at its own act: a review that its story needs on the way is taken as held."""
    return replace(stay, reviews=(*stay.reviews, Review(on, is_household_present=True)))


def outcome(case: Case) -> tuple[str | list[str], date | None]:
    """What the act comes to: `passes` and the end of its term, or the codes of the refusal."""
    try:
        after = take(begun(case), asked(case.act), RULES)
    except ProblemsError as refused:
        return sorted({p.code for p in refused.problems}), None
    except HousingError as refused:
        return [refused.code], None
    return "passes", after.episode and after.episode.until_on


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_case_holds(case: Case) -> None:
    said, until = outcome(case)
    assert said == case.expect
    assert case.until in (None, until)


def test_names_of_cases_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


def test_every_act_records_something_known() -> None:
    known = {f.name for f in fields(Asked)}
    for case in CASES:
        assert set(case.act) <= known, case.name
