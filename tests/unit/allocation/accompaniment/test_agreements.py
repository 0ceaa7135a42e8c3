"""Agreements of every type: what each must say, each act in each state, and what refuses it."""

from __future__ import annotations

import ast
import itertools
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from allocation import accompaniment
from allocation.accompaniment import (
    AGREEMENT,
    DESTINATIONS,
    AgreementAct,
    AgreementRefusedError,
    Base,
    Basis,
    Capacity,
    DataSharing,
    ReviewCalendar,
    Terms,
    agreement_types,
    conclude,
)
from allocation.accompaniment.agreement_terms import faults
from allocation.cli.console import problem_sentence
from allocation.model import TABLE_BY_NAME
from allocation.procedure import IllegalActError
from allocation.wording import LANGUAGES, catalogue
from tests.unit.allocation.accompaniment.agreement_examples import (
    BEGINS,
    ENDS,
    SIGNED,
    a_document,
    some_terms,
    with_share,
)

KINDS = tuple(agreement_types())
LATER = date(2029, 1, 2)


def codes_of(terms: Terms, **more: Any) -> set[tuple[str, str]]:
    told = {"on": BEGINS, "register_kind": "real", "base": Base()} | more
    found = tuple(faults(terms, **told))
    assert all(problem_sentence(p, catalogue(n)) for p in found for n in LANGUAGES)
    return {(p.column, p.code) for p in found}


def asked_for(act: str) -> AgreementAct:
    """An act with everything any act needs."""
    terms = some_terms()
    if act == "renew_agreement":
        terms = replace(terms, in_force_to=date(2031, 12, 31))
    is_rewritten = act in ("negotiate", "amend", "renew_agreement")
    return AgreementAct(
        act,
        LATER,
        reason="Décision du conseil",
        notice_on=SIGNED,
        signed_on=SIGNED if act in ("sign_agreement", "amend", "renew_agreement") else None,
        terms=terms if is_rewritten else None,
    )


def test_the_register_knows_every_type_and_no_other() -> None:
    assert set(TABLE_BY_NAME["agreements"].column("kind").choices) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_agreement_of_each_type_may_be_signed(kind: str) -> None:
    assert codes_of(some_terms(kind)) == set()


@pytest.mark.parametrize(
    ("kind", "need"), [(k, n) for k, t in agreement_types().items() for n in t.needs]
)
def test_what_a_type_must_say_is_asked_for(kind: str, need: str) -> None:
    terms = some_terms(kind)
    for name in need.split(" or "):
        if hasattr(terms.capacity, name):
            empty = Capacity().__getattribute__(name)
            terms = replace(terms, capacity=replace(terms.capacity, **{name: empty}))
        else:
            nothing = {"public": "", "exit_without_slide": ""}.get(name, ())
            is_record = name in ("support", "money", "data_sharing", "review_calendar")
            terms = replace(terms, **{name: None if is_record else nothing})
    assert (need.split(" or ", maxsplit=1)[0], "agreement.term_missing") in codes_of(terms)


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_reserves_nothing_that_is_not_its_own(kind: str) -> None:
    of_type = agreement_types()[kind]
    everything = Capacity(("D1",), 4, None, 10)
    told = codes_of(replace(some_terms(kind), capacity=everything))
    assert {c.removeprefix("capacity/") for c, code in told if code.endswith("nothing_such")} == {
        "named_dwellings",
        "seats_per_year",
        "places",
    } - set(of_type.reserves)


@pytest.mark.parametrize(
    ("standing", "kind", "is_enough"),
    [
        ("recorded", "real", True),
        ("fictional", "real", False),
        ("none", "real", False),
        ("recorded", "demo", True),
        ("fictional", "demo", True),
        ("none", "demo", False),
    ],
)
def test_seats_rest_on_a_basis(standing: str, kind: str, is_enough: bool) -> None:
    for name, of_type in agreement_types().items():
        terms = replace(some_terms(name), basis=Basis("article", "acte", standing))
        told = codes_of(terms, register_kind=kind)
        refused = ("basis", "agreement.no_legal_basis") in told
        takes_seats = bool(terms.capacity.seats_per_year)
        assert refused == ((of_type.needs_basis or takes_seats) and not is_enough)


def test_a_sliding_lease_with_seats_of_the_flow_rests_on_a_basis_and_without_on_none() -> None:
    without = replace(some_terms("sliding_lease"), basis=Basis())
    assert codes_of(without) == {("basis", "agreement.no_legal_basis")}
    no_seats = replace(without, capacity=replace(without.capacity, seats_per_year=None))
    assert codes_of(no_seats) == set()


def test_an_article_alone_is_no_basis() -> None:
    terms = replace(some_terms(), basis=Basis("article", " ", "recorded"))
    assert codes_of(terms) == {("basis", "agreement.no_legal_basis")}


@pytest.mark.parametrize(
    ("terms", "base", "expected"),
    [
        (some_terms(), Base(allocations=10, seats_elsewhere=6), None),
        (some_terms(), Base(allocations=10, seats_elsewhere=7), "agreement.seats_exceed_base"),
        (some_terms(), Base(allocations=None, seats_elsewhere=700), None),
        (with_share("1/2"), Base(shares_elsewhere=Fraction(1, 2)), None),
        (with_share("1/2"), Base(shares_elsewhere=Fraction(2, 3)), "agreement.shares_exceed_base"),
        (with_share("4/3"), Base(), "agreement.shares_exceed_base"),
        (
            replace(some_terms(), capacity=Capacity(seats_per_year=2, share=Fraction(1, 9))),
            Base(),
            "agreement.seats_and_share",
        ),
        (some_terms("partner_lease"), Base(dwellings={"D1"}), None),
        (some_terms("partner_lease"), Base(dwellings={"D2"}), "agreement.unknown_dwelling"),
    ],
)
def test_nothing_beyond_the_base_is_promised(
    terms: Terms, base: Base, expected: str | None
) -> None:
    assert {code for _, code in codes_of(terms, base=base)} == ({expected} if expected else set())


def test_a_home_depends_on_support_only_where_the_text_couples_them() -> None:
    coupled = {k for k in KINDS if not codes_of(replace(some_terms(k), requires_support=True))}
    assert coupled == {"sliding_lease", "transit"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"in_force_to": BEGINS - timedelta(1)}, "agreement.ends_before_it_begins"),
        ({"renewal": "tacit"}, "agreement.renewal_months"),
        ({"renewal_months": 12}, "agreement.renewal_months"),
        ({"data_sharing": DataSharing((), ("suivi",), 6)}, "agreement.sharing_without_bounds"),
        ({"review_calendar": ReviewCalendar(12)}, None),
        ({"review_calendar": ReviewCalendar(13)}, "agreement.reviews_too_far_apart"),
        ({"signatories": ()}, "agreement.no_signatory"),
    ],
)
def test_times_and_annexes_hold_together(changes: dict[str, Any], expected: str | None) -> None:
    told = codes_of(replace(some_terms("sliding_lease"), **changes))
    assert {code for _, code in told} == ({expected} if expected else set())


def test_the_reviews_of_an_agreement_come_round() -> None:
    assert some_terms().review_days(date(2027, 1, 1)) == (date(2026, 7, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("state", "act"), list(itertools.product(AGREEMENT.states, AGREEMENT.acts))
)
def test_every_act_in_every_state_moves_or_is_refused(state: str, act: str) -> None:
    document = a_document(state)
    if act not in AGREEMENT.possible(state):
        with pytest.raises(IllegalActError):
            conclude(document, asked_for(act))
        return
    made = conclude(document, asked_for(act))
    assert made.state == AGREEMENT.after(state, act)
    assert made.version == document.version + (act in ("amend", "renew_agreement"))
    assert document.state == state


@pytest.mark.parametrize(
    ("state", "act", "changes", "expected"),
    [
        ("in_force", "suspend", {"reason": " "}, "agreement.no_reason"),
        ("drafted", "abandon", {"reason": ""}, "agreement.no_reason"),
        ("in_force", "near_the_end", {"terms": some_terms()}, "agreement.terms_not_changed_here"),
        ("in_force", "amend", {"terms": some_terms("transit")}, "agreement.kind_is_fixed"),
        ("in_force", "amend", {"terms": None}, "agreement.terms_missing"),
        ("negotiated", "sign_agreement", {"signed_on": None}, "agreement.not_signed"),
        ("negotiated", "sign_agreement", {"signed_on": date(2030, 1, 1)}, "agreement.not_signed"),
        ("signed", "take_effect", {"on": BEGINS - timedelta(1)}, "agreement.too_early"),
        ("expiring", "renew_agreement", {"terms": some_terms()}, "agreement.renewal_not_longer"),
        ("expiring", "expire", {"on": ENDS - timedelta(1)}, "agreement.runs_still"),
        ("in_force", "terminate_early", {"notice_on": None}, "agreement.no_notice"),
        ("in_force", "terminate_early", {"destinations": {"S9": DESTINATIONS[0]}},
         "agreement.not_its_stay"),
    ],
)  # fmt: skip
def test_an_act_without_its_condition_is_refused(
    state: str, act: str, changes: dict[str, Any], expected: str
) -> None:
    with pytest.raises(AgreementRefusedError) as refused:
        conclude(a_document(state), replace(asked_for(act), **changes))
    assert {p.code for p in refused.value.problems} == {expected}
    for language in LANGUAGES:
        for problem in refused.value.problems:
            assert problem_sentence(problem, catalogue(language))


def test_an_agreement_without_end_is_not_near_it() -> None:
    open_ended = replace(a_document(), terms=replace(some_terms(), in_force_to=None))
    with pytest.raises(AgreementRefusedError) as refused:
        conclude(open_ended, asked_for("near_the_end"))
    assert [p.code for p in refused.value.problems] == ["agreement.no_end_known"]


@pytest.mark.parametrize(
    ("state", "act"), [("expiring", "expire"), ("in_force", "terminate_early")]
)
def test_no_agreement_ends_before_every_stay_has_a_destination(state: str, act: str) -> None:
    document = replace(a_document(state), stays=("S1", "S2"))
    for known in ({}, {"S1": DESTINATIONS[0]}, {"S1": DESTINATIONS[0], "S2": "nowhere"}):
        with pytest.raises(AgreementRefusedError) as refused:
            conclude(document, replace(asked_for(act), destinations=known))
        missing = {"S1", "S2"} - {k for k, v in known.items() if v in DESTINATIONS}
        assert {dict(p.facts)["stay"] for p in refused.value.problems} == missing
    destinations = dict.fromkeys(document.stays, DESTINATIONS[-1])
    made = conclude(document, replace(asked_for(act), destinations=destinations))
    assert not AGREEMENT.possible(made.state)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_its_sentence(language: str) -> None:
    words, found = catalogue(language), set()
    for path in Path(accompaniment.__file__).parent.glob("agreement*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and str(node.value).startswith("agreement."):
                found.add(str(node.value))
    assert len(found) > 20
    assert not [code for code in found if code not in words]
