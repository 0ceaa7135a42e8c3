"""Cases that are not one household: order (P01), shares (P02 to P07, P12), dwellings (P13)."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from allocation.model import Setting
from allocation.rules import (
    balance_rent_share,
    derogation_cap,
    evaluate,
    evaluate_register,
    load_rulebook,
)  # fmt: skip
from allocation.rules.household_file import read_households
from allocation.rules.rulebook import RulebookError
from allocation.rules.shares import least_of, most_of
from tests.rulebooks.case_format import Case, application_of, register_of

BOOK = load_rulebook("wallonia")
ON = date(2024, 11, 4)
VECTORS = read_households(Path(__file__).with_name("vectors_wallonia.jsonl"))


@pytest.mark.parametrize("vector", VECTORS, ids=[v.application.application_id for v in VECTORS])
def test_vector_with_established_lines(vector) -> None:
    found = evaluate(
        BOOK, vector.application, vector.on, settings=vector.settings,
        established=vector.established,
    )  # fmt: skip
    assert vector.expected == {
        "h": found.housing_points, "p": found.personal_points, "s": found.seniority_points,
        "total": found.points, "rooms": found.bedrooms.number, "category": found.income.category,
    }  # fmt: skip


def test_every_vector_expects_the_six_numbers() -> None:
    assert len(VECTORS) == 22
    assert all(len(vector.expected) == 6 for vector in VECTORS)


def test_p01_same_points_the_older_application_first() -> None:
    first = case(
        registered="2023-03-10", given={"occupancy_title": "tenant", "lease_end_ground": "works"},
        members=[{"income": 20000, "facts": {"earns_from_work": True}}],
    )  # fmt: skip
    second = case(registered="2020-05-02", given={"calamity_recognised": True})
    applications = [
        application_of(c, BOOK, application_id=name) for c, name in ((first, "A"), (second, "B"))
    ]
    register = register_of(applications)
    found = evaluate_register(BOOK, register, ON)
    lines = zip(
        found.housing_points.tolist(), found.personal_points.tolist(),
        found.seniority_points.tolist(), found.points.tolist(), strict=True,
    )  # fmt: skip
    assert list(lines) == [(4, 4, 1, 9), (5, 0, 4, 9)]
    registered = register["applications"]["registered_on"]
    order = sorted(range(2), key=lambda i: (-found.points[i], registered[i]))
    assert [found.application_ids[i] for i in order] == ["B", "A"]


def case(**values) -> Case:
    registered = date.fromisoformat(values.pop("registered"))
    return Case(name="one", on=ON, registered=registered, expect={"h": 0}, **values)


@pytest.mark.parametrize(
    ("name", "social", "growth", "allocations", "expected"),
    [
        ("P02", "12/100", "0", 40, ("15/100", 6, 4, 2, 0)),
        ("P03", "16/100", "0", 40, ("20/100", 8, 5, 2, 1)),
        ("P04", "3/100", "0", 25, ("10/100", 2, 1, 0, 1)),
        ("at the high threshold", "15/100", "0", 100, ("20/100", 20, 13, 6, 1)),
        ("below the high threshold", "1499/10000", "0", 100, ("15/100", 15, 10, 5, 0)),
        ("at the middle threshold", "5/100", "0", 100, ("15/100", 15, 10, 5, 0)),
        ("below the middle threshold", "499/10000", "0", 100, ("10/100", 10, 6, 3, 1)),
        ("small commune, stock grew enough", "3/100", "20/100", 100, ("15/100", 15, 10, 5, 0)),
        ("small commune, stock grew less", "3/100", "1999/10000", 100, ("10/100", 10, 6, 3, 1)),
    ],
)
def test_derogation_cap_by_commune(name, social, growth, allocations, expected) -> None:
    cap = derogation_cap(
        BOOK, ON, social_share=Fraction(social), stock_growth=Fraction(growth),
        allocations=allocations,
    )  # fmt: skip
    share, *counts = expected
    assert (cap.share, cap.total, cap.urgency, cap.cohesion, cap.undecided) == (
        Fraction(share), *counts,
    )  # fmt: skip


@pytest.mark.parametrize(("social", "is_warned"), [("20/100", True), ("1999/10000", False)])
def test_the_split_that_was_not_read_is_warned_of(social, is_warned) -> None:
    cap = derogation_cap(BOOK, ON, social_share=Fraction(social), allocations=40)
    assert (cap.warning == "rule.derogation_split_unverified") is is_warned


def test_p05_transfers_of_forty_vacated_units() -> None:
    share = BOOK.parameter("quota.transfer_share", ON).value
    assert most_of(share, 40) == 12


def test_p06_category_1_floor_with_and_without_transfers() -> None:
    share = BOOK.parameter("quota.cat1_min_share", ON).value
    counted = BOOK.parameter("quota.count_transfers", ON)
    switched = BOOK.parameter(
        "quota.count_transfers", ON, (Setting("quota.count_transfers", True),)
    )
    assert (counted.value, counted.is_default) == (False, True)
    assert (switched.value, switched.is_default) == (True, False)
    assert least_of(share, 40 - 12) == 14
    assert least_of(share, 40) == 20


def test_p07_category_3_in_liege_and_elsewhere() -> None:
    share = BOOK.parameter("quota.cat3_max_share_by_commune.62063", ON).value
    assert most_of(share, 100) == 14
    assert BOOK.parameter("quota.cat3_max_share_by_commune.52011", ON).value is None


def test_minimum_rounds_up_and_maximum_down() -> None:
    assert (least_of(Fraction(1, 2), 7), most_of(Fraction(1, 2), 7)) == (4, 3)


@pytest.mark.parametrize(
    ("name", "public", "expected"),
    [
        ("P12", "8/100", "10/100"),
        ("at five", "5/100", "10/100"),
        ("below five", "499/10000", "75/1000"),
        ("at ten", "10/100", "20/100"),
        ("below ten", "999/10000", "10/100"),
    ],
)
def test_balance_rent_quota(name, public, expected) -> None:
    assert balance_rent_share(BOOK, ON, public_share=Fraction(public)) == Fraction(expected)


def test_balance_rent_does_not_exist_before_october_2024() -> None:
    with pytest.raises(RulebookError) as refused:
        balance_rent_share(BOOK, date(2024, 9, 30), public_share=Fraction(1, 10))
    assert refused.value.code == "rule.no_value_in_force"


def test_p13_a_unit_leased_to_a_cpas_follows_no_list() -> None:
    regimes = str(BOOK.parameter("lists.points_list_regimes", ON).value).split(",")
    assert "social" in regimes
    assert not {"partner_lease", "transit", "insertion", "balance_rent"} & set(regimes)
