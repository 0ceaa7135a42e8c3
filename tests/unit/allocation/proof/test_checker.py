"""The checker accepts what exhaustive search decided, and refuses every single change to it."""

from __future__ import annotations

import copy
import random
from collections import Counter
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from allocation.proof import checker
from tests.oracles.brute_force import InfeasibleError
from tests.oracles.mutations import CHANGES, mutants
from tests.oracles.small_sessions import SmallSession, sealed

Json = dict[str, Any]
N_SESSIONS = 120
# Changes few sessions offer: tried more often there.
RARE = {"waiting": 8, "shortage_dwelling": 8, "conflict_quota": 24}


@cache
def sessions() -> list[tuple[int, Json, Json]]:
    """Small meetings solved by exhaustive search: seed, certificate, annex."""
    found = []
    for seed in range(N_SESSIONS):
        try:
            found.append((seed, *SmallSession(seed).with_annex()))
        except InfeasibleError:
            continue  # the base of a share never agreed with the result
    return found


def is_refused(certificate: Json, annex: Json | None = None) -> bool:
    """Does the checker find a false statement, hashes recomputed?"""
    changed = sealed(certificate)
    opened = None if annex is None else {**annex, "certificate": changed["hash"]}
    try:
        checker.check(changed, opened)
    except checker.FalseStatementError:
        return True
    return False


def test_what_exhaustive_search_decided_is_accepted() -> None:
    for _, certificate, annex in sessions():
        checker.check(certificate, annex)


def test_the_small_sessions_meet_every_ground() -> None:
    met: Counter[str] = Counter()
    for _, certificate, _ in sessions():
        met.update(u["reason"] for u in certificate["unserved"])
        met.update(a["channel"] for a in certificate["assignments"])
        met.update(q["ground"] for q in certificate["quotas"])
        met.update(e["ground"] for e in certificate["empty"])
    grounds = {
        *("no_compatible_dwelling", "preferential", "outranked", "reserve", "cap"),
        *("appeal", "adapted", "over_65", "transfer", "list"),
        *("met", "short", "reached", "open", "exceeded_before"),
        *("no_candidate", "nobody_left", "locked", "excluded_regime"),
    }
    assert grounds <= set(met)


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_single_change_is_refused(name: str) -> None:
    tried = 0
    for seed, certificate, _ in sessions():
        for _, done, changed in mutants(certificate, seed, each=RARE.get(name, 2), names=(name,)):
            tried += 1
            assert is_refused(changed), f"session {seed}: {done}"
    assert tried >= 20


def dates_without_effect(certificate: Json, source: random.Random) -> Json | None:
    """A date moved by a day where neither order nor seniority sees it."""
    for _ in range(40):
        changed = copy.deepcopy(certificate)
        h = source.choice(changed["households"])
        h["date"] = (date.fromisoformat(h["date"]) + timedelta(days=1)).isoformat()
        if not is_refused(changed):
            return changed
    return None


def test_a_date_that_changes_no_order_is_caught_by_the_annex() -> None:
    tried = 0
    for seed, certificate, annex in sessions()[:40]:
        changed = dates_without_effect(certificate, random.Random(seed))
        if changed is not None:
            tried += 1
            assert is_refused(changed, annex), f"session {seed}"
    assert tried >= 10


@pytest.mark.parametrize("fact", ["bedrooms", "has_disabled", "kind_wanted", "choices"])
def test_a_demand_changed_without_effect_is_caught_by_the_annex(fact: str) -> None:
    other = {"bedrooms": 9, "has_disabled": None, "kind_wanted": "house", "choices": []}
    for seed, certificate, annex in sessions()[:40]:
        changed = copy.deepcopy(certificate)
        used = {h["profile"] for h in changed["households"]}
        profile = next(p for p in changed["profiles"] if p["id"] in used)
        was = profile[fact]
        profile[fact] = (not was) if fact == "has_disabled" else other[fact]
        assert profile[fact] == was or is_refused(changed, annex), f"session {seed}"


TWO_LINES = [{"code": "x", "table": "housing_situation", "points": 1}] * 2


@pytest.mark.parametrize(
    ("part", "value"), [("draw", "0" * 16), ("application_id", "A-999"), ("lines", TWO_LINES)]
)
def test_an_annex_that_says_something_else_is_refused(part: str, value: object) -> None:
    for _, certificate, annex in sessions()[:20]:
        changed = copy.deepcopy(annex)
        next(iter(changed["openings"].values()))["opened"][part] = value
        with pytest.raises(checker.FalseStatementError):
            checker.check(certificate, changed)


def test_equals_against_the_order_of_their_draws_are_refused() -> None:
    tried = 0
    for _, certificate, annex in sessions():
        for i, h in enumerate(certificate["households"]):
            if h["tie"] == 2:
                changed = copy.deepcopy(certificate)
                people = changed["households"]
                people[i - 1 : i + 1] = [people[i] | {"tie": 1}, people[i - 1] | {"tie": 2}]
                with pytest.raises(checker.FalseStatementError) as refused:
                    checker.check_annex(changed, annex)
                assert refused.value.code == "certificate.draw"
                tried += 1
    assert tried >= 5


def test_an_annex_of_another_certificate_is_refused() -> None:
    (_, certificate, _), (_, _, other) = sessions()[:2]
    with pytest.raises(checker.FalseStatementError) as refused:
        checker.check(certificate, other)
    assert refused.value.code == "certificate.annex_binding"


def test_erasing_a_person_leaves_the_certificate_provable() -> None:
    for seed, certificate, annex in sessions()[:40]:
        erased = copy.deepcopy(annex)
        name = random.Random(seed).choice(sorted(erased["openings"]))
        del erased["openings"][name]
        counted = checker.check(certificate, erased)
        assert counted["opened"] == counted["households"] - 1


def test_the_first_false_statement_is_named_with_its_place() -> None:
    _, certificate, _ = sessions()[0]
    changed = copy.deepcopy(certificate)
    changed["households"][1]["points"] += 1
    with pytest.raises(checker.FalseStatementError) as refused:
        checker.check(sealed(changed))
    assert refused.value.code == "certificate.total"
    assert refused.value.path == "households[1].points"
    assert "stated" in refused.value.facts


def test_a_content_that_does_not_match_its_hash_is_refused() -> None:
    _, certificate, _ = sessions()[0]
    with pytest.raises(checker.FalseStatementError) as refused:
        checker.check({**certificate, "kind": "real"})
    assert refused.value.code == "certificate.hash"


def test_an_empty_list_stands_for_no_object() -> None:
    _, certificate, _ = sessions()[0]
    for path in objects_of(certificate, ()):
        changed = copy.deepcopy(certificate)
        above = changed
        for key in path[:-1]:
            above = above[key]
        above[path[-1]] = []
        with pytest.raises((checker.FalseStatementError, *checker.BAD_FILE)) as told:
            checker.check(sealed(changed))
        if path[0] not in {"households", "quotas", "dwellings", "profiles"}:  # indexed before
            assert getattr(told.value, "code", "") == "certificate.form", path


def objects_of(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Where objects stand in a certificate, the certificate itself aside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path] if path and isinstance(value, dict) else []
    return found + [
        place
        for key, item in inner
        if isinstance(item, dict | list)
        for place in objects_of(item, (*path, key))
    ]
