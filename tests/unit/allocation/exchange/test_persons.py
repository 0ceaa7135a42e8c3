"""Who may be in two applications, and which national numbers are well-formed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import bis, nn

from allocation.exchange import examine, write_folder
from allocation.exchange.national_number import birth_parts, well_formed
from tests.builders import a_register, some_rows

CHILD = "17073003384"


def codes_with_second_child(tmp_path: Path, **child: Any) -> set[str]:
    """Codes found when the child of A1 is also a member of A2."""
    rows = some_rows()
    rows["household_members"][1] |= child
    rows["household_members"].append(
        {
            "application_id": "A2", "member_id": "M4", "role": "child",
            "born_on": date(2017, 7, 30), "national_number": CHILD, **child,
        }
    )  # fmt: skip
    write_folder(a_register(tables=rows), tmp_path / "register")
    found = examine(tmp_path / "register")
    return {p.code for p in found.problems + found.warnings}


@pytest.mark.parametrize("lodging", ["shared_recognised", "shared_private"])
def test_a_child_may_live_with_each_parent_in_turn(tmp_path: Path, lodging: str) -> None:
    assert codes_with_second_child(tmp_path, lodging=lodging) == set()


def test_a_child_cannot_live_all_the_time_in_two_households(tmp_path: Path) -> None:
    assert codes_with_second_child(tmp_path, lodging="full") == {"register.active_twice"}


def test_a_child_of_two_households_is_asked_about(tmp_path: Path) -> None:
    assert codes_with_second_child(tmp_path, lodging=None) == {"register.child_in_two_households"}


@pytest.mark.parametrize("status", ["struck_off", "withdrawn"])
def test_a_closed_application_does_not_forbid_another(tmp_path: Path, status: str) -> None:
    rows = some_rows()
    rows["applications"][1]["status"] = status
    person = {"national_number": "85073003328", "born_on": date(1985, 7, 30)}
    rows["household_members"][2] |= person
    write_folder(a_register(tables=rows), tmp_path / "register")
    assert examine(tmp_path / "register").is_accepted


def checked(root: int, *, after_2000: bool) -> str:
    """A number of eleven digits with the right check digits."""
    base = root + (2_000_000_000 if after_2000 else 0)
    return f"{root:09d}{97 - base % 97:02d}"


@given(
    year=st.integers(0, 99), month=st.integers(0, 60), day=st.integers(0, 99),
    serial=st.integers(0, 999), after_2000=st.booleans(), slip=st.integers(0, 3),
)  # fmt: skip
def test_the_quick_check_agrees_with_the_library(
    year: int, month: int, day: int, serial: int, after_2000: bool, slip: int
) -> None:
    right = checked(((year * 100 + month) * 100 + day) * 1000 + serial, after_2000=after_2000)
    number = f"{int(right) + slip:011d}"
    accepted = well_formed([number], born_by=2026)[0] >= 0
    assert accepted == (nn.is_valid(number) or bis.is_valid(number))


@pytest.mark.parametrize("text", ["", "85.07.30", "850730033280", "8507300332A", "٨٥٠٧٣٠٠٣٣٢٨"])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert well_formed([text], born_by=2026).tolist() == [-1]


def test_the_birth_date_is_read_from_national_and_bis_numbers() -> None:
    numbers = well_formed(["85.07.30-033 28", "98 47 28 997 65", "01 49 07 001 85"], born_by=2026)
    parts = [part.tolist() for part in birth_parts(numbers)]
    assert parts == [[85, 98, 1], [7, 7, 9], [30, 28, 7]]
