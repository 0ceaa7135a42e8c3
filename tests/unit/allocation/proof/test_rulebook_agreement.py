"""A certificate's shares are those of the rulebook it names, or the one that is not is named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from allocation.proof.checker import FalseStatementError
from allocation.proof.rulebook_agreement import check_rulebook
from allocation.rules import load_rulebook
from tests.unit.allocation.proof.test_demo_session import written

Json = dict[str, Any]
CAT1, TRANSFERS = "quota.cat1_min_share", "quota.transfer_share"


def certificate() -> Json:
    """That of the demo, to be changed."""
    return copy.deepcopy(written().certificate)


def quota(stated: Json, parameter: str) -> Json:
    """The quota whose share is this value of the rulebook."""
    found: Json = next(q for q in stated["quotas"] if q["parameter"] == parameter)
    return found


def set_to(part: str, name: str, value: object) -> Callable[[Json], None]:
    """Change one figure of a quota of the rulebook."""
    return lambda stated: quota(stated, part).update({name: value})


def fixed(key: str, value: object) -> Callable[[Json], None]:
    """Say that the company fixed a switch."""
    return lambda stated: stated["meeting"]["settings"].append({"key": key, "value": value})


CHANGES: dict[str, Callable[[Json], None]] = {
    "value": set_to(CAT1, "value", "49/100"),
    "limit": set_to(CAT1, "limit", "period_seats"),
    "mark": set_to(TRANSFERS, "mark", "O"),
    "another parameter": set_to(CAT1, "parameter", TRANSFERS),
    "no such parameter": set_to(CAT1, "parameter", "quota.none"),
    "not a share": set_to(CAT1, "parameter", "quota.denominator"),
    "no row of the table": set_to(CAT1, "parameter", "quota.cat3_max_share_by_commune.1"),
    "counts transfers": set_to(CAT1, "counts_transfers", True),
    "seniority": lambda stated: stated["rules"].update({"seniority_cap": 7}),
    "share fixed": fixed(CAT1, "1/4"),
    "transfers counted": fixed("quota.count_transfers", True),
    "transfers at least": fixed("quota.transfer_is_at_least", True),
    "no such switch": fixed("quota.none", 1),
}


def test_the_demo_says_what_its_rulebook_says() -> None:
    stated = certificate()
    assert {CAT1, TRANSFERS} <= {q["parameter"] for q in stated["quotas"]}
    assert check_rulebook(stated, load_rulebook("wallonia"))


@pytest.mark.parametrize("change", CHANGES)
def test_a_value_that_is_not_the_rulebook_s_is_named(change: str) -> None:
    stated = certificate()
    CHANGES[change](stated)
    with pytest.raises(FalseStatementError) as caught:
        check_rulebook(stated, load_rulebook("wallonia"))
    assert caught.value.code == "certificate.rulebook_value"


def test_a_share_the_company_may_fix_is_the_one_it_fixed() -> None:
    stated = certificate()
    fixed(CAT1, "1/4")(stated)
    quota(stated, CAT1)["value"] = "1/4"
    assert check_rulebook(stated, load_rulebook("wallonia"))


def test_another_rulebook_is_not_compared() -> None:
    stated = certificate()
    set_to(CAT1, "value", "1/9")(stated)
    assert not check_rulebook({**stated, "rulebook_hash": "0" * 64}, load_rulebook("wallonia"))
