"""Invented persons: well-formed numbers that nobody can have, names that nobody bears."""

from __future__ import annotations

from datetime import date

import pytest
from stdnum.be import nn

from allocation.model import Register
from scenarios.synthetic import synthesise
from scenarios.synthetic.identity import IMPOSSIBLE_DAY_SHIFT, invented_names


@pytest.fixture(scope="module")
def members() -> list[dict[str, object]]:
    register: Register = synthesise(11, slsp_id="sambr-habitat")
    return [dict(row) for row in register["household_members"].rows()]


def test_national_numbers_pass_the_check_and_are_all_different(
    members: list[dict[str, object]],
) -> None:
    numbers = [str(m["national_number"]) for m in members]
    assert all(nn.is_valid(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_no_national_number_can_be_assigned(members: list[dict[str, object]]) -> None:
    for member in members:
        number, born = str(member["national_number"]), member["born_on"]
        assert isinstance(born, date)
        assert number[:4] == f"{born:%y%m}"
        assert int(number[4:6]) == born.day + IMPOSSIBLE_DAY_SHIFT > 31


def test_the_serial_number_is_odd_for_men_and_even_for_women(
    members: list[dict[str, object]],
) -> None:
    for member in members:
        assert int(str(member["national_number"])[6:9]) % 2 == (member["sex"] == "m")


def test_persons_are_named_after_stars_and_trees(members: list[dict[str, object]]) -> None:
    given, family = (set(names.tolist()) for names in invented_names())
    assert {m["given_name"] for m in members} <= given
    assert {m["family_name"] for m in members} <= family


def test_children_are_younger_than_the_applicant(members: list[dict[str, object]]) -> None:
    born: dict[object, date] = {}
    for member in members:
        if member["role"] == "applicant" and isinstance(member["born_on"], date):
            born[member["application_id"]] = member["born_on"]
    for member in members:
        if member["role"] == "child" and isinstance(member["born_on"], date):
            gap = member["born_on"].year - born[member["application_id"]].year
            assert 16 <= gap <= 46
