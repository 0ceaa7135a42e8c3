"""A right never outlives the one it was given from; who lets a dwelling is the last link."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.accompaniment.landlords import (
    CHAIN,
    ChainRefusedError,
    Right,
    check_chain,
    landlord_on,
)
from allocation.cli.console import problem_sentence
from allocation.wording import LANGUAGES, catalogue

OWNER = Right("ownership", "Commune", "commune", date(1990, 1, 1))
LEASE = Right("emphyteusis", "Coopérative", "cooperative", date(2020, 1, 1), date(2047, 12, 31))
MANAGER = Right("management", "AIS", "ais", date(2026, 1, 1), date(2034, 12, 31))
days = st.integers(0, 60).map(lambda n: date(2026, 1, 1) + timedelta(n))


def test_the_example_of_the_booklet_holds() -> None:
    chain = (OWNER, LEASE, MANAGER)
    check_chain(chain)
    told = [landlord_on(chain, date(y, 6, 1)) for y in (1980, 2000, 2022, 2030, 2040, 2050)]
    assert told == [None, OWNER, LEASE, MANAGER, LEASE, OWNER]


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ((), {"rights.no_owner"}),
        ((LEASE,), {"rights.no_owner"}),
        ((OWNER, OWNER), {"rights.not_given_from_it"}),
        ((OWNER, MANAGER, LEASE), {
            "rights.not_given_from_it", "rights.begins_too_early", "rights.outlives_its_source"}),
        ((OWNER, LEASE, Right("management", "AIS", "ais", date(2026, 1, 1))),
         {"rights.outlives_its_source"}),
        ((OWNER, Right("management", "AIS", "ais", date(1989, 12, 31))),
         {"rights.begins_too_early"}),
        ((Right("ownership", "x", "private", date(2026, 1, 2), date(2026, 1, 1)),),
         {"rights.ends_before_it_begins"}),
    ],
)  # fmt: skip
def test_a_chain_that_does_not_hold_is_refused(
    chain: tuple[Right, ...], expected: set[str]
) -> None:
    with pytest.raises(ChainRefusedError) as refused:
        check_chain(chain)
    assert {p.code for p in refused.value.problems} == expected
    for language in LANGUAGES:
        for problem in refused.value.problems:
            assert problem_sentence(problem, catalogue(language))


@given(st.lists(st.tuples(days, st.none() | days), min_size=1, max_size=3), days)
def test_in_a_chain_that_holds_whoever_lets_has_a_right_that_runs(
    terms: list[tuple[date, date | None]], on: date
) -> None:
    chain = [Right(CHAIN[n], "x", "private", *term) for n, term in enumerate(terms)]
    try:
        check_chain(chain)
    except ChainRefusedError:
        return
    landlord = landlord_on(chain, on)
    running = [right for right in chain if right.is_in_force(on)]
    # In a sound chain the rights that run on a day are a beginning of it.
    assert running == chain[: len(running)]
    assert landlord == (running[-1] if running else None)
