"""Quotas of the year before, carried, given up or followed in the ledger alone, in a meeting."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from allocation.model import Group, QuotaRule, Register, Unused
from allocation.proof import checker
from allocation.proof.agreement import check_agreement
from allocation.proposal import propose
from tests.property.test_certificates_hold import certified, rulebook
from tests.random_meetings import ON, a_small_meeting

FOLLOWED = QuotaRule(
    "derogations", "cap", Group(), channels=("derogation_urgency",), share=Fraction(1, 10)
)


def test_seats_of_the_year_before_are_seats_of_the_year() -> None:
    source = random.Random(36)
    met: Counter[str] = Counter()
    for _ in range(60):
        register, assessments = a_small_meeting(source)
        seats = QuotaRule("C1-seats", "floor", Group(agreement_id="C1"), share=Fraction(9, 200),
                          previous_base=40, carried_in=1, counting="once")  # fmt: skip
        others = tuple(q for q in register.quotas if q.quota_id != "C1-seats")
        given = replace(seats, share=None, previous_base=None, carried_in=0, period_seats=3)
        made = [
            certified(with_quotas(register, *others, rule), assessments) for rule in (seats, given)
        ]
        for one in made:
            checker.check(one.certificate)
            check_agreement(one.certificate, one.annex, one.proposal)
        assert made[0].certificate["quotas"] == made[1].certificate["quotas"]
        assert made[0].certificate["assignments"] == made[1].certificate["assignments"]
        met.update(q["ground"] for q in made[0].certificate["quotas"] if q["id"] == "C1-seats")
    assert set(met) >= {"met", "short"}


def test_a_floor_that_was_released_takes_no_dwelling_from_the_list() -> None:
    source = random.Random(37)
    n_changed = 0
    for _ in range(60):
        register, assessments = a_small_meeting(source)
        kept = QuotaRule("C1-seats", "floor", Group(agreement_id="C1"), period_seats=40,
                         counting="once")  # fmt: skip
        others = tuple(q for q in register.quotas if q.quota_id != "C1-seats")
        released = replace(kept, unused=Unused("release", on=ON - timedelta(days=1)))
        one, without, with_it = (
            certified(with_quotas(register, *others, *rules), assessments)
            for rules in ((released,), (), (kept,))
        )
        checker.check(one.certificate)
        check_agreement(one.certificate, one.annex, one.proposal)
        line = next(q for q in one.certificate["quotas"] if q["id"] == "C1-seats")
        assert (line["seats"], line["shortage"]) == (0, 0)
        assert served(one.certificate) == served(without.certificate)
        n_changed += served(with_it.certificate) != served(one.certificate)
    assert n_changed


def test_what_is_followed_in_the_ledger_asks_nothing_of_a_meeting() -> None:
    source = random.Random(38)
    for _ in range(20):
        register, assessments = a_small_meeting(source)
        with_it = with_quotas(register, *register.quotas, FOLLOWED)
        before, after = (propose(r, rulebook(), assessments) for r in (register, with_it))
        assert [d.application_id for d in before.dwellings] == [
            d.application_id for d in after.dwellings
        ]
        assert "derogations" not in {q.quota_id for q in after.quotas}


def with_quotas(register: Register, *quotas: QuotaRule) -> Register:
    """The register with other quotas, in the order of their identifiers."""
    return replace(register, quotas=tuple(sorted(quotas, key=lambda q: q.quota_id)))


def served(certificate: dict[str, object]) -> list[tuple[str, str]]:
    """Who is served, by rank and dwelling: pseudonyms are fresh for each certificate."""
    rank = {h["id"]: h["rank"] for h in certificate["households"]}  # type: ignore[attr-defined]
    return sorted(
        (str(rank[a["household"]]), a["dwelling"])
        for a in certificate["assignments"]  # type: ignore[attr-defined]
    )
