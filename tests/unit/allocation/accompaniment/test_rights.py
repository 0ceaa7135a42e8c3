"""Rights not taken up are found from facts held, classed, and certain of nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from allocation.accompaniment.rights import (
    RIGHT,
    AgreementSeen,
    Entitlement,
    Lacking,
    NotTakenUp,
    kind_of,
    not_taken_up,
    rights,
)
from allocation.model import Application, Fact, Member
from allocation.rules import evaluate, load_rulebook

ON = date(2026, 6, 15)
RULES = load_rulebook("wallonia")


def a_fact(fact: str, value: str | None, proof: str | None = None, **rest: Any) -> Fact:
    return Fact(fact, value, proof=proof, **rest)


def found(
    *facts: Fact,
    states: Mapping[tuple[str, str], str] | None = None,
    agreements: tuple[AgreementSeen, ...] = (),
    on: date = ON,
    **changes: Any,
) -> dict[str, NotTakenUp]:
    member = Member(
        "M1", "applicant", born_on=date(1980, 1, 1), taxable_income_cents=1_000_000,
        income_year=2024, is_married=False, sex="f",
    )  # fmt: skip
    values: dict[str, Any] = {
        "application_id": "A", "registered_on": date(2024, 12, 15), "members": (member,),
        "facts": facts, "dependent_children": 0, "owns_dwelling": "no",
    }  # fmt: skip
    application = Application(**(values | changes))
    assessment = evaluate(RULES, application, on)
    assert assessment.income.category == 1
    listed = not_taken_up(
        application, assessment, on=on, states=states or {}, agreements=agreements
    )
    return {one.entitlement.right: one for one in listed}


LEASE = a_fact("occupancy_title", "tenant", "lease")


def test_the_waiting_allowance_opens_after_eighteen_months_of_candidacy() -> None:
    assert found(LEASE)["waiting_allowance"].kind == "not_proposed"
    assert "waiting_allowance" not in found(LEASE, registered_on=date(2024, 12, 16))
    without = found()["waiting_allowance"]
    assert without.kind == "not_known"
    assert without.entitlement.lacking == (Lacking("occupancy_title", ("lease",)),)


@pytest.mark.parametrize(
    "changes",
    [
        {"owns_dwelling": "yes"},
        {"list": "transfer"},
        {"status": "struck_off"},
        {"facts": (a_fact("occupancy_title", "owner"),)},
        {"facts": (a_fact("homeless_since", "2026-01-01", "cpas_certificate"),)},
    ],
)
def test_the_waiting_allowance_is_not_listed_where_a_fact_held_speaks_against_it(
    changes: dict[str, Any],
) -> None:
    assert "waiting_allowance" not in found(**changes)


@pytest.mark.parametrize(
    ("ends_on", "opens_on"),
    [("2026-12-16", "2026-06-16"), ("2027-03-01", "2026-09-01")],
)
def test_exit_points_are_announced_with_the_day_they_open(ends_on: str, opens_on: str) -> None:
    stay = a_fact("temporary_housing", "transit", "occupancy_agreement")
    end = a_fact("temporary_housing_ends_on", ends_on, "occupancy_agreement")
    one = found(stay, end)["exit_points"]
    assert one.entitlement.opens_on == date.fromisoformat(opens_on)
    assert one.kind == "not_proposed"


def test_exit_points_that_count_already_are_not_listed_and_a_proof_that_lacks_is_named() -> None:
    stay = a_fact("temporary_housing", "transit", "occupancy_agreement")
    end = a_fact("temporary_housing_ends_on", "2026-12-15", "occupancy_agreement")
    assert "exit_points" not in found(stay, end)
    unproved = a_fact("temporary_housing_ends_on", "2026-12-15")
    one = found(stay, unproved)["exit_points"]
    assert (one.kind, one.entitlement.lacking) == (
        "not_known",
        (Lacking("temporary_housing_ends_on"),),
    )
    over = a_fact("temporary_housing_ends_on", "2026-06-14", "occupancy_agreement")
    assert "exit_points" not in found(stay, over)
    assert "exit_points" not in found(a_fact("temporary_housing", "ais_conventioned"), end)


def test_points_claimed_without_proof_name_the_proofs_that_would_do() -> None:
    one = found(a_fact("homeless_since", "2026-01-10"))["points"]
    assert one.entitlement.subject == "H_HOMELESS"
    assert one.entitlement.lacking == (Lacking("homeless_since", ("cpas_certificate",)),)
    assert "points" not in found()  # what was never claimed is no right taken from a fact held


@pytest.mark.parametrize("value", ["uninhabitable", "overcrowding_order"])
def test_the_removal_allowance_follows_an_unfit_dwelling_or_the_end_of_homelessness(
    value: str,
) -> None:
    assert "removal_allowance" in found(a_fact("unfit_dwelling", value, "mayor_order"))
    assert "removal_allowance" not in found(a_fact("unfit_dwelling", "expropriation_order"))
    homeless = a_fact("homeless_since", "2026-01-10", "cpas_certificate")
    assert "removal_allowance" in found(homeless)
    over = a_fact("homeless_ended_on", "2026-05-01")
    assert "removal_allowance" not in found(homeless, over)


def test_an_adapted_dwelling_is_told_to_who_did_not_ask_for_one() -> None:
    disabled = a_fact("disabled", "yes", "federal_disability_certificate", member_id="M1")
    assert found(disabled)["adapted_dwelling"].kind == "not_proposed"
    assert "adapted_dwelling" not in found(disabled, adapted_wanted=True)


def test_an_agreement_is_shown_to_look_at_unless_it_presents_the_household() -> None:
    homeless = a_fact("homeless_since", "2026-01-10", "cpas_certificate")
    there = AgreementSeen("C1", "housing_first", presents_household=True)
    other = AgreementSeen("C2", "housing_first", presents_household=False)
    assert found(homeless, agreements=(there, other))["agreement_public"].entitlement.subject == (
        "C2"
    )
    assert "agreement_public" not in found(homeless, agreements=(there,))
    assert "agreement_public" not in found(agreements=(other,))


def test_the_four_kinds_of_non_take_up() -> None:
    whole = Entitlement("points", "", ("disabled",))
    lacking = Entitlement("points", "", ("disabled",), (Lacking("disabled"),))
    assert kind_of("unseen", whole) == "not_proposed"
    assert kind_of("unseen", lacking) == "not_known"
    assert kind_of("told", whole) == kind_of("told", lacking) == "not_requested"
    assert {kind_of(state, whole) for state in ("asked", "refused")} == {"not_obtained"}


@pytest.mark.parametrize("state", RIGHT.states)
def test_what_was_obtained_or_left_by_the_household_is_listed_no_more(state: str) -> None:
    listed = found(LEASE, states={("waiting_allowance", ""): state})
    assert ("waiting_allowance" in listed) is (state not in ("obtained", "left"))


def test_every_right_has_a_source_and_a_mark() -> None:
    assert {code: one.source.status for code, one in rights().items()} == {
        "points": "secondary",
        "exit_points": "secondary",
        "waiting_allowance": "verified",
        "removal_allowance": "verified",
        "adapted_dwelling": "secondary",
        "agreement_public": "proposal",
    }
