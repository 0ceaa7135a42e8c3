"""The first of each dwelling, against a plain reading of who may have what."""

from __future__ import annotations

import random

import pytest

from allocation.proposal import first_ranked, prepare
from allocation.rules import load_rulebook
from tests.random_meetings import a_small_meeting

BOOK = load_rulebook("wallonia")


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("n", [1, 5])
def test_the_first_are_those_nobody_who_may_have_it_stands_before(seed: int, n: int) -> None:
    register, assessments = a_small_meeting(random.Random(seed))
    session = prepare(register, BOOK, assessments)
    found = first_ranked(session, n)
    assert set(found) == {d for t in session.types for d in t.dwellings}
    for dwelling, first in found.items():
        t = session.type_of[dwelling]
        may = [
            (session.preference(p, t), p, name)
            for p, name in enumerate(session.identifiers)
            if session.demands[p].cost(session.types[t]) is not None
        ]
        assert list(first) == [name for _, _, name in sorted(may)][:n]
