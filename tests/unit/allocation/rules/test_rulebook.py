"""Values by key and date: never before the first one, replaced only by a switch."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import chain, pairwise

import pytest

from allocation.model import Setting
from allocation.rules import RulebookError, load_rulebook
from allocation.rules.rulebook import current, in_force
from allocation.rules.shares import most_of

BOOK = load_rulebook("wallonia")
ON = date(2024, 11, 4)


def every_series():
    lines = ((f"points.{c}", line.values) for c, line in BOOK.lines.items())
    parameters = ((k, p.values) for k, p in BOOK.parameters.items())
    rules = ((r.code, r.values) for found in BOOK.rules.values() for r in found)
    return chain(lines, parameters, rules, [("ceilings", BOOK.ceilings.values)])


@pytest.mark.parametrize(("key", "values"), list(every_series()))
def test_no_value_exists_before_the_first_date_and_none_is_missing_after(key, values) -> None:
    first = values[0].from_
    with pytest.raises(RulebookError) as refused:
        in_force(values, first - timedelta(days=1), key=key)
    assert refused.value.code == "rule.no_value_in_force"
    assert in_force(values, first, key=key) is values[0]
    for before, after in pairwise(values):
        assert before.following == after.from_
    assert current(values, date(2040, 1, 1)) is (values[-1] if values[-1].to is None else None)


def test_a_register_before_the_first_ceilings_is_an_error_not_a_zero() -> None:
    with pytest.raises(RulebookError) as refused:
        BOOK.ceilings_in_force(date(2017, 12, 31))
    assert refused.value.code == "rule.no_value_in_force"


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        (Setting("same_sex_rule", "C"), "rule.value_not_allowed"),
        (Setting("unborn_counts", "yes"), "rule.value_not_allowed"),
        (Setting("unborn_counts", 1), "rule.value_not_allowed"),
        (Setting("refusal_limit", True), "rule.value_not_allowed"),
        (Setting("quota.transfer_share", "3/2"), "rule.value_not_allowed"),
        (Setting("quota.transfer_share", "a third"), "rule.value_not_allowed"),
        (Setting("points.P_LOST_JOB_12M.points", 5), "rule.value_not_allowed"),
        (Setting("seniority.cap", 9), "rule.not_a_switch"),
        (Setting("U13", True), "rule.ambiguous_switch"),
        (Setting("U02", 1), "rule.ambiguous_switch"),
        (Setting("no.such.key", 1), "rule.unknown_parameter"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(setting: Setting, code: str) -> None:
    with pytest.raises(RulebookError) as refused:
        BOOK.check_settings((setting,))
    assert refused.value.code == code


def test_a_question_with_one_key_may_be_set_by_its_number() -> None:
    found = BOOK.parameter("single_parent_limb", ON, (Setting("U05", "b"),))
    assert (found.value, found.is_default) == ("b", False)


def test_a_share_is_exact_and_a_setting_replaces_it() -> None:
    setting = Setting("quota.transfer_share", "1/3")
    assert BOOK.parameter("quota.transfer_share", ON).value == Fraction(3, 10)
    assert BOOK.parameter("quota.transfer_share", ON, (setting,)).value == Fraction(1, 3)


def test_a_commune_of_a_table_is_set_alone() -> None:
    setting = Setting("quota.cat3_max_share_by_commune.52011", "10/100")
    settings = (setting,)
    key = "quota.cat3_max_share_by_commune"
    assert BOOK.parameter(f"{key}.52011", ON, settings).value == Fraction(1, 10)
    assert BOOK.parameter(f"{key}.62063", ON, settings).value == Fraction(14, 100)


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(RulebookError) as refused:
        BOOK.parameter("quota.unheard_of", ON)
    assert refused.value.code == "rule.unknown_parameter"


def test_every_open_question_is_listed_and_every_switch_belongs_to_one() -> None:
    assert list(BOOK.switches) == [f"U{n:02}" for n in range(1, 37)]
    for key, parameter in BOOK.parameters.items():
        if parameter.switch:
            assert key in BOOK.switches[parameter.switch].keys


def test_every_value_has_an_act_and_a_mark_and_only_background_knowledge_lacks_a_page() -> None:
    for key, values in every_series():
        for version in values:
            assert version.source.act, key
            assert version.source.key or version.source.url or version.mark == "M", key


def test_values_to_confirm_name_the_ceilings_the_lines_the_shares_and_the_switches() -> None:
    keys = set(BOOK.values_in_use(ON))
    assert {"ceilings", "points.H_HOMELESS", "quota.cat1_min_share", "U15", "U05"} <= keys
    assert "points.P_PENSIONER" not in keys
    switched = BOOK.values_in_use(ON, (Setting("points.P_PENSIONER.enabled", True),))
    assert "points.P_PENSIONER" in switched


def test_balance_rent_is_not_among_the_values_before_it_exists() -> None:
    assert "balance_rent.low" in BOOK.values_in_use(ON)
    assert "balance_rent.low" not in BOOK.values_in_use(date(2024, 9, 30))


def test_what_is_assumed_says_so() -> None:
    codes = {c.code for c in BOOK.caveats(ON)}
    assert {"rule.known_at", "rule.assumed_start_of_ceilings", "rule.unverified_line"} <= codes
    assert "rule.ceilings_not_indexed" not in codes
    assert "rule.ceilings_not_indexed" in {c.code for c in BOOK.caveats(date(2025, 1, 1))}
    assert "rule.derived_ceilings" in {c.code for c in BOOK.caveats(date(2022, 5, 1))}


def test_a_switch_that_was_moved_says_so() -> None:
    found = BOOK.caveats(ON, (Setting("quota.transfer_is_at_least", True),))
    moved = [c for c in found if c.code == "rule.switch_set"]
    assert [dict(c.facts) for c in moved] == [
        {"name": "quota.transfer_is_at_least", "value": "True"}
    ]


def test_one_coefficient_reproduces_each_row_of_ceilings_from_the_amounts_of_the_code() -> None:
    """The cells marked as derived were filled this way; rounding is to the nearest hundred."""
    base = BOOK.ceilings.base_amounts
    for row in BOOK.ceilings.values:
        raised = row.ceilings["3"][0] > 60_000
        low, high = Fraction(0), Fraction(10)
        for category, amounts in row.ceilings.items():
            first = base["raised_3"] if raised and category == "3" else base["ceilings"][category]
            for amount, start in zip(amounts, first, strict=True):
                low = max(low, Fraction(amount - 50, start))
                high = min(high, Fraction(amount + 50, start))
        assert low <= high, row.from_


def test_a_share_of_nothing_is_nothing() -> None:
    assert most_of(Fraction(1, 2), 0) == 0
