"""Duplicates: suspected on few grounds, decided by people, chained, undone, never re-merged."""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.procedure import (
    IllegalActError,
    Person,
    Verdict,
    check_verdict,
    same_household,
    suspicions,
)

BORN = date(1988, 3, 7)


def a_person(application_id: str, **change: object) -> Person:
    given = {
        "application_id": application_id,
        "member_id": f"{application_id}-1",
        "family_name": "Dubois-Lévêque",
        "given_name": "Anne",
        "born_on": BORN,
        "national_number": "",
    }
    return Person(**{**given, **change})  # type: ignore[arg-type]


def a_verdict(first: str, second: str, *, same: bool) -> Verdict:
    return Verdict(first, second, same, "clerk-1", date(2026, 5, 4))


@pytest.mark.parametrize(
    ("change", "ground"),
    [
        ({}, "name_and_birth"),
        ({"family_name": "DUBOIS  LEVEQUE", "given_name": "anne"}, "name_and_birth"),
        ({"family_name": "Anne", "given_name": "Dubois-Lévêque"}, "name_and_birth"),
        ({"family_name": "Dubois-Lévèk"}, "close_name_and_birth"),
        ({"born_on": date(1988, 7, 3)}, "name_and_close_birth"),
        ({"born_on": date(1989, 3, 7)}, "name_and_close_birth"),
        ({"born_on": date(1989, 3, 8)}, None),
        ({"given_name": "Bernard"}, None),
        ({"born_on": None}, None),
    ],
    ids=str,
)
def test_a_pair_is_suspected_on_its_ground(change: dict[str, object], ground: str | None) -> None:
    found = suspicions([a_person("A1"), a_person("A2", **change)])
    assert [g for s in found for _, _, g in s.persons] == ([] if ground is None else [ground])


def test_the_national_number_is_the_strongest_ground() -> None:
    people = [
        a_person("A1", national_number="88030712345"),
        a_person("A2", national_number="88030712345", family_name="Martin", born_on=None),
        a_person("A3"),
    ]
    found = suspicions(people)
    assert [(s.first, s.second) for s in found] == [("A1", "A2"), ("A1", "A3")]


def test_two_members_of_one_application_are_no_duplicate() -> None:
    assert suspicions([a_person("A1"), a_person("A1", member_id="A1-2")]) == []


def test_the_order_of_the_people_changes_nothing() -> None:
    people = [a_person(f"A{i}", given_name="Anne" if i % 3 else "Ann") for i in range(9)]
    shuffled = list(people)
    random.Random(4).shuffle(shuffled)
    assert suspicions(people) == suspicions(shuffled)


def test_what_people_decided_is_not_asked_again_even_through_others() -> None:
    people = [a_person(name) for name in ("A", "B", "C", "D")]
    verdicts = [
        a_verdict("A", "B", same=True),
        a_verdict("B", "C", same=False),
    ]
    found = {(s.first, s.second) for s in suspicions(people, verdicts)}
    # A and B are one; C is neither; only D is still open, with each set.
    assert found == {("A", "D"), ("B", "D"), ("C", "D")}


def test_chains_make_one_household_and_an_undone_link_parts_it() -> None:
    chain = [a_verdict("A", "B", same=True), a_verdict("B", "C", same=True)]
    assert same_household(chain) == {"A": "A", "B": "A", "C": "A"}
    assert same_household(chain[:1]) == {"A": "A", "B": "A"}


@pytest.mark.parametrize(
    ("earlier", "verdict", "code"),
    [
        ([], ("A", "A", True), "duplicates.one_application"),
        ([("A", "B", False)], ("A", "B", True), "duplicates.kept_apart"),
        ([("A", "C", False), ("A", "B", True)], ("B", "C", True), "duplicates.kept_apart"),
        ([("A", "B", True), ("B", "C", True)], ("A", "C", False), "duplicates.joined"),
    ],
    ids=str,
)
def test_a_decision_against_earlier_ones_names_what_to_undo(
    earlier: list[tuple[str, str, bool]], verdict: tuple[str, str, bool], code: str
) -> None:
    made = [a_verdict(a, b, same=same) for a, b, same in earlier]
    with pytest.raises(IllegalActError) as refusal:
        check_verdict(a_verdict(verdict[0], verdict[1], same=verdict[2]), made)
    assert refusal.value.code == code


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF"), st.booleans())))
def test_accepted_decisions_never_join_what_was_kept_apart(
    asked: list[tuple[str, str, bool]],
) -> None:
    kept: list[Verdict] = []
    for first, second, same in asked:
        verdict = a_verdict(first, second, same=same)
        try:
            check_verdict(verdict, kept)
        except IllegalActError:
            continue
        kept.append(verdict)
    sets = same_household(kept)
    for verdict in kept:
        one = sets.get(verdict.first, verdict.first) == sets.get(verdict.second, verdict.second)
        assert one is verdict.same
    for a, b in combinations(sets, 2):
        if sets[a] == sets[b]:
            assert any(v.same and a in (v.first, v.second) for v in kept)
