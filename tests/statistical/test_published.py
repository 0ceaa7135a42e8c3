"""
Published results worked out again: a part of the figures of the page.

The whole is redone by ``python -m tests.published``.
"""

import pytest

from tests.published import diversity, processing_order, results
from tests.statistical.criterion import N_ERRORS, agrees

N_AGAIN = 60


@pytest.mark.parametrize("rule", processing_order.RULES)
def test_visas_reserved_first_or_last_go_to_as_many_as_the_formula_says(rule: str) -> None:
    kept = results.kept()["visas"][rule]
    assert not agrees(kept, processing_order.expectation(rule))
    again = [processing_order.advanced_served(rule, seed) for seed in range(N_AGAIN)]
    assert again == kept[:N_AGAIN]


def test_the_formulas_give_the_published_numbers_of_visas() -> None:
    for rule, published in results.PUBLISHED_VISAS.items():
        assert round(1000 * processing_order.expectation(rule)) == published


@pytest.mark.parametrize(("taste", "ratio"), diversity.ROWS)
def test_the_price_of_diversity_is_that_of_the_page(taste: str, ratio: float) -> None:
    kept = results.kept()["diversity"][f"{taste} {ratio}"]
    again = diversity.figures(taste, ratio, 0)
    assert list(again) == pytest.approx(kept[0], abs=1e-6)
    # Limits can only take away, and the optimum is one.
    price, over_lottery, over_limited, housed, most = again
    assert price >= 1 - 1e-9
    assert over_lottery >= 1 - 1e-9
    assert over_limited >= price - 1e-9
    assert housed <= most <= int(diversity.blocks()[0].sum())


def test_what_limits_cost_is_what_the_method_found_within_the_noise_of_twenty_seeds() -> None:
    """Three standard errors of the difference, for each of eighteen figures."""
    for (taste, ratio), stated in results.STATED.items():
        columns = zip(*results.kept()["diversity"][f"{taste} {ratio}"], strict=True)
        for column, (mean, deviation) in zip(columns, stated, strict=False):
            n = len(column)
            ours = sum(column) / n
            spread = sum((x - ours) ** 2 for x in column) / (n - 1)
            assert abs(ours - mean) <= N_ERRORS * ((spread + deviation**2) / n) ** 0.5, (
                taste,
                ratio,
            )


def test_those_who_live_near_gain_when_reserved_seats_come_later() -> None:
    kept = results.kept()["walk_zones"]
    for seed in range(10):
        again = [processing_order.near_served(p, seed) for p in processing_order.PRECEDENCE]
        assert again == sorted(again)
        assert again == pytest.approx([kept[p][seed] for p in processing_order.PRECEDENCE])
