"""Derogations: a ground in force, a reason, the conditions attested, the ceiling counted."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from allocation.model import TABLE_BY_NAME, Setting
from allocation.procedure import (
    Derogation,
    IllegalActError,
    check_derogation,
    count_derogations,
    ground_in_force,
)
from allocation.rules import derogation_cap, load_rulebook

BOOK = load_rulebook("wallonia")
ON = date(2026, 6, 16)
CAP = derogation_cap(BOOK, ON, social_share=Fraction(12, 100), allocations=40)


def a_derogation(**change: object) -> Derogation:
    given: dict[str, object] = {
        "application_id": "A9",
        "dwelling_id": "D1",
        "ground": "derogation_urgency",
        "reason": "Incendie du logement le 14 juin.",
        "attested": ("recent_situation", "danger", "quickest_solution"),
        "passed_over": ("A1", "A2"),
        "on": ON,
    }
    return Derogation(**{**given, **change})  # type: ignore[arg-type]


def test_a_complete_derogation_lacks_nothing() -> None:
    assert check_derogation(a_derogation(), BOOK) == ()


def test_what_no_document_attests_is_listed_and_left_to_the_committee() -> None:
    assert check_derogation(a_derogation(attested=("danger",)), BOOK) == (
        "recent_situation",
        "quickest_solution",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "  "}, "derogation.no_reason"),
        ({"ground": "derogation_friendship"}, "derogation.unknown_ground"),
        ({"ground": "derogation_housing_first", "on": date(2024, 3, 31)},
         "derogation.unknown_ground"),
    ],
    ids=str,
)  # fmt: skip
def test_no_reason_or_no_ground_in_force_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(IllegalActError) as refusal:
        check_derogation(a_derogation(**change), BOOK)
    assert refusal.value.code == code


def test_housing_first_is_a_ground_from_its_first_day() -> None:
    assert ground_in_force(BOOK, "derogation_housing_first", date(2024, 4, 1)).part == "project"


def test_the_ceiling_and_its_parts_are_counted() -> None:
    # Six in all: four for urgency, two for cohesion (P02).
    done = ["derogation_urgency"] * 3 + ["derogation_cohesion", "derogation_project"]
    found = count_derogations(done, "derogation_urgency", CAP, BOOK, on=ON)
    assert (found.left, found.left_of_ground) == (2, 1)
    assert found.used == {
        "derogation_urgency": 3,
        "derogation_cohesion": 1,
        "derogation_project": 1,
    }


def test_beyond_the_ceiling_the_count_says_by_how_many() -> None:
    done = ["derogation_urgency"] * 5 + ["derogation_cohesion"] * 2
    found = count_derogations(done, "derogation_cohesion", CAP, BOOK, on=ON)
    assert (found.left, found.left_of_ground) == (-1, 0)


def test_force_majeure_is_outside_the_ceiling_unless_a_setting_says_otherwise() -> None:
    done = ["derogation_force_majeure"] * 2
    outside = count_derogations(done, "derogation_force_majeure", CAP, BOOK, on=ON)
    assert (outside.left, outside.left_of_ground) == (6, None)
    setting = Setting("derogation.force_majeure_counts", True, "avis du commissaire")
    inside = count_derogations(
        done, "derogation_force_majeure", CAP, BOOK, on=ON, settings=[setting]
    )
    assert inside.left == 4


def test_the_ledger_knows_a_channel_for_every_ground_but_says_project_for_housing_first() -> None:
    channels = TABLE_BY_NAME["allocations_ytd"].column("channel").choices
    grounds = {g.code for g in BOOK.derogation_grounds}
    assert grounds - set(channels) == {"derogation_housing_first"}
