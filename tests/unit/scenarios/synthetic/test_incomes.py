"""Incomes: the rulebook finds each household in the category it was drawn for."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from allocation.model import MISSING_INTEGER
from allocation.rules import load_rulebook
from allocation.rules.evaluate_register import evaluate_register
from scenarios.streams import streams
from scenarios.synthetic import ceilings_of, synthesise
from scenarios.synthetic.households import draw_households
from scenarios.synthetic.incomes import Incomes, draw_incomes

ON = date(2026, 12, 1)
SEED = 21


@pytest.fixture(scope="module")
def incomes() -> Incomes:
    people, entities = streams(SEED).under("households"), np.arange(4104)
    living = draw_households(people, entities, on=ON)
    ceilings = ceilings_of(load_rulebook("wallonia"), ON)
    return draw_incomes(people, entities, households=living, ceilings=ceilings)


def test_the_rulebook_finds_the_category_that_was_drawn(incomes: Incomes) -> None:
    register = synthesise(SEED)
    assessed = evaluate_register(load_rulebook("wallonia"), register, ON)
    meant = np.array([1, 2, 3, 0, -1])[incomes.category]
    assert assessed.income_category.tolist() == meant.tolist()


def test_the_present_income_counts_for_some_and_not_for_others(incomes: Incomes) -> None:
    taxable, current = incomes.taxable[:, 0], incomes.current[:, 0]
    declared = (current != MISSING_INTEGER) & (taxable != MISSING_INTEGER) & (taxable > 0)
    change = np.abs(current[declared] - taxable[declared]) / taxable[declared]
    assert (change >= 0.15).sum() > 200
    assert ((change > 0) & (change < 0.15)).sum() > 200


def test_only_the_self_employed_lose_money(incomes: Incomes) -> None:
    loses = (incomes.taxable < 0) & (incomes.taxable != MISSING_INTEGER)
    assert loses.any()
    assert incomes.is_self_employed[loses].all()


def test_some_incomes_are_not_known(incomes: Incomes) -> None:
    assert 0 < (incomes.category == -1).mean() < 0.03
