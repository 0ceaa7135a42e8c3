"""What a rule does of a missing fact: it counts, does not count, or blocks, as its file says."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from allocation.model import Application, Fact, Member, Setting
from allocation.rules import Assessment, Rulebook, evaluate, evaluate_register, load_rulebook
from allocation.rules.loader import SHELF
from tests.rulebooks.case_format import register_of
from tests.rulebooks.test_cases import in_columns, in_objects

ON = date(2024, 11, 4)
CLAIMED = Application(
    "A1", date(2023, 10, 1), owns_dwelling="no", dependent_children=0,
    members=(Member("m1", "applicant", born_on=date(1985, 1, 1), taxable_income_cents=0),),
    facts=(Fact("calamity_recognised", "yes"),),
)  # fmt: skip


@pytest.fixture
def book_where(tmp_path: Path):
    """The Walloon rulebook with another answer to the unknown, for a calamity."""

    def made(unknown: str) -> Rulebook:
        folder = tmp_path / unknown
        shutil.copytree(SHELF / "wallonia", folder)
        path = folder / "points" / "calamity.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("unknown: does_not_count", f"unknown: {unknown}"), "utf-8")
        return load_rulebook(folder)

    return made


def both_ways(book: Rulebook, application: Application) -> Assessment:
    alone = evaluate(book, application, ON)
    columns = evaluate_register(book, register_of([application]), ON)
    said = in_objects(alone, is_candidate=application.list == "candidate")
    assert in_columns(columns, 0) == said
    return alone


@pytest.mark.parametrize(
    ("unknown", "points", "admissible", "ground", "effect"),
    [
        ("does_not_count", 0, 1, "", 5),
        ("counts", 5, 1, "", 5),
        ("blocks", 0, -1, "H_CALAMITY", 5),
    ],
)
def test_a_claim_without_proof(book_where, unknown, points, admissible, ground, effect) -> None:
    found = both_ways(book_where(unknown), CLAIMED)
    assert (found.housing_points, found.admissible, found.ground) == (points, admissible, ground)
    (missing, *_) = found.missing
    assert (missing.rule, missing.reason) == ("H_CALAMITY", "no_proof")
    assert missing.accepted == ("cpas_certificate",)
    asked = [m for m in found.missing if m.effect_points]
    assert [m.effect_points for m in asked] == [effect]


def test_an_open_line_that_cannot_change_the_points_is_not_asked_for() -> None:
    book = load_rulebook("wallonia")
    known = Fact("makeshift_shelter", "hp_phase_1", proof="communal_certificate")
    home = Fact("makeshift_shelter_is_home", "yes", proof="communal_certificate")
    found = both_ways(book, replace(CLAIMED, facts=(*CLAIMED.facts, known, home)))
    assert (found.housing_points, found.n_unknown, found.missing) == (5, 0, ())


def test_incomes_and_ages_behind_an_unknown_category_are_asked_for() -> None:
    book = load_rulebook("wallonia")
    member = replace(CLAIMED.members[0], taxable_income_cents=None)
    found = both_ways(book, replace(CLAIMED, members=(member,), facts=()))
    asked = [(m.rule, m.fact, m.member_id, m.blocks) for m in found.missing]
    assert asked == [("A_INCOME", "taxable_income_cents", "m1", True)]


def test_a_negative_income_is_flagged() -> None:
    book = load_rulebook("wallonia")
    for self_employed, code in ((True, ""), (False, "_unexplained"), (None, "_unexplained")):
        member = replace(
            CLAIMED.members[0], taxable_income_cents=-1, is_self_employed=self_employed
        )
        found = both_ways(book, replace(CLAIMED, members=(member,)))
        assert found.admissible == 1
        assert f"rule.negative_income{code}" in {f.code for f in found.findings}


def test_the_year_of_the_income_is_the_third_before() -> None:
    book = load_rulebook("wallonia")
    for year, is_flagged in ((2021, False), (2022, True)):
        member = replace(CLAIMED.members[0], income_year=year)
        found = evaluate(book, replace(CLAIMED, members=(member,)), ON)
        assert ("rule.other_income_year" in {f.code for f in found.findings}) is is_flagged


def test_every_fault_of_the_facts_is_found_both_ways() -> None:
    from allocation.errors import ProblemsError

    book = load_rulebook("wallonia")
    wrong = (
        Fact("homeless_for", "2024-01-01"),
        Fact("homeless_since", "yesterday"),
        Fact("disabled", "yes"),
        Fact("domestic_violence", "yes", "m9"),
        Fact("calamity_recognised", "yes", proof="hearsay"),
    )
    application = replace(CLAIMED, facts=wrong)
    expected = {
        "rule.unknown_fact", "rule.bad_value", "rule.wrong_level", "rule.unknown_member",
        "rule.unknown_proof",
    }  # fmt: skip
    with pytest.raises(ProblemsError) as alone:
        evaluate(book, application, ON)
    assert {p.code for p in alone.value.problems} == expected
    with pytest.raises(ProblemsError) as columns:
        evaluate_register(book, register_of([application]), ON)
    assert {p.code for p in columns.value.problems} == expected


def test_an_application_registered_later_is_refused_both_ways() -> None:
    from allocation.errors import ProblemsError

    book = load_rulebook("wallonia")
    late = replace(CLAIMED, registered_on=date(2024, 11, 5))
    with pytest.raises(ProblemsError) as alone:
        evaluate(book, late, ON)
    with pytest.raises(ProblemsError) as columns:
        evaluate_register(book, register_of([late]), ON)
    assert [p.code for p in alone.value.problems] == ["rule.registered_after"]
    assert [p.code for p in columns.value.problems] == ["rule.registered_after"]


def test_an_empty_register_is_evaluated() -> None:
    found = evaluate_register(load_rulebook("wallonia"), register_of([]), ON)
    assert len(found.points) == 0


def test_a_certificate_without_a_date_is_asked_for_where_its_age_counts() -> None:
    """The value is known and proved: what leaves the line open is the day of the proof."""
    book = load_rulebook("wallonia")
    homeless = Fact("homeless_since", "2023-01-10", proof="cpas_certificate")
    application = replace(CLAIMED, facts=(homeless,))
    recheck = (Setting("homeless_recheck", "certificate", "council", date(2024, 1, 5)),)
    found = evaluate(book, application, ON, settings=recheck)
    asked = [(m.rule, m.fact, m.reason, m.accepted) for m in found.missing if m.effect_points]
    assert asked == [("H_HOMELESS", "homeless_since", "no_issue_date", ("cpas_certificate",))]
    dated = replace(application, facts=(replace(homeless, issued_on=date(2024, 10, 20)),))
    assert evaluate(book, dated, ON, settings=recheck).missing == ()
