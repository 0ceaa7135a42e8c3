"""What an arm may change beside shares: the rulebook, leases, steps, companies, communes."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from allocation.errors import ProblemsError
from allocation.rules.in_force import rules_in_force
from scenarios.cli_study import ready
from scenarios.leases import TERM, TRIAL, term_of
from scenarios.observed import WHY_LEFT, observe
from scenarios.parameters import Parameters
from scenarios.policy import Bridge, Leases
from scenarios.study import Study, read_study
from tests.small_worlds import a_bridge, a_place, a_policy, a_world, people

GOOD = ready()["bridges-quota"].read_text(encoding="utf-8")
ARM = "  - id: share-3\n"
DRAFT = """\
    draft:
      rulebook: wallonia
      from: 2027-01-01
      source: {act: "Hypothèse"}
      values: {points.P_WORK_LOW_INCOME: 6}
"""


def study_of(tmp_path: Path, text: str) -> Study:
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return read_study(path)


def faults(tmp_path: Path, text: str) -> set[tuple[int, str]]:
    with pytest.raises(ProblemsError) as refused:
        study_of(tmp_path, text)
    return {(p.row, p.code) for p in refused.value.problems}


def line(text: str, words: str) -> int:
    return next(i for i, row in enumerate(text.splitlines(), 1) if words in row)


def day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("    draft: {rulebook: moon, from: 2027-01-01, source: {act: x}}\n", "rule.no_rulebook"),
        ("    leases: {terms_months: [0]}\n", "study.term_length"),
        ("    leases: {terms_months: [12], trial_months: 12}\n", "study.trial_too_long"),
        (
            "    quotas: [{id: a, kind: floor, list: transfer, share: 1/2, commune: '21001'}]\n",
            "study.commune_elsewhere",
        ),
    ],
)
def test_a_fault_of_a_lever_is_found_at_its_line(tmp_path: Path, words: str, code: str) -> None:
    text = GOOD.replace(ARM, ARM + words)
    assert (line(text, words.strip()), code) in faults(tmp_path, text)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("steps: [{from: 2050-01-01, share: 6/100}]", "study.step_outside"),
        ("steps: [{from: 2028-07-01, share: 6/100}]", "study.step_within_year"),
        ("steps: [{from: 2028-01-01, share: 2}]", "study.share_above_one"),
        ("companies: [eau-noire]", "study.company_elsewhere"),
    ],
)
def test_a_fault_of_an_agreement_is_found_at_its_line(
    tmp_path: Path, words: str, code: str
) -> None:
    text = GOOD.replace("share: 3/100}", f"share: 3/100, {words}}}")
    assert (line(text, words), code) in faults(tmp_path, text)


def test_an_unknown_line_of_a_draft_is_found_where_it_is_written(tmp_path: Path) -> None:
    text = GOOD.replace(ARM, ARM + DRAFT.replace("P_WORK_LOW_INCOME", "P_LUCK"))
    assert (line(text, "P_LUCK"), "draft.unknown_value") in faults(tmp_path, text)


def test_companies_named_twice_or_unknown_are_located(tmp_path: Path) -> None:
    text = GOOD.replace("logis-saint-ghislainois", "[eau-noire, eau-noire, atlantis]")
    found = {code for _, code in faults(tmp_path, text)}
    assert found == {"study.arm_twice", "study.unknown_company"}


def test_a_draft_changes_the_points_of_the_arm_alone(tmp_path: Path) -> None:
    study = study_of(tmp_path, GOOD.replace(ARM, ARM + DRAFT))
    before, after = study.policies[0].rulebook(), study.policies[1].rulebook()
    on = date(2027, 1, 1)
    points = [
        line.points
        for book in (before, after)
        for line in rules_in_force(book, on).lines
        if line.code == "P_WORK_LOW_INCOME"
    ]
    assert points == [4, 6]
    assert study.policies[0].rules_key != study.policies[1].rules_key
    assert study.policies[0].rules_key == study.policies[2].rules_key


def test_an_agreement_concerns_the_companies_that_signed_it() -> None:
    policy = a_policy(a_bridge(6), replace(a_bridge(3, companies=("eau-noire",)), bridge_id="b"))
    assert len(policy.in_company("eau-noire").bridges) == 2
    assert [b.bridge_id for b in policy.in_company("haut-escaut").bridges] == ["transit"]


def test_shares_step_up_with_the_year_and_may_be_of_the_year_before(tmp_path: Path) -> None:
    text = GOOD.replace(
        "share: 3/100}",
        "share: 3/100, base: previous_year, steps: [{from: 2028-01-01, share: 6/100}]}",
    )
    policy = study_of(tmp_path, text).policies[1]
    world = a_world(policy=policy, place=a_place(years=3))
    world.run()
    bases = {y: base for y, q, _, _, base in world.record.years if q.startswith("bridge")}
    dues = {y: due for y, q, due, _, _ in world.record.years if q.startswith("bridge")}
    assert dues[2028] == -(-Fraction(6, 100) * bases[2027] // 1)
    assert dues[2027] == -(-Fraction(3, 100) * world.usual_lettings() // 1)


NO_LUCK = {"simulator.leases.conditions_lost_rate": 0.1, "simulator.leases.notice_months": 6}


@pytest.mark.parametrize(
    ("terms", "lost_after_years", "expected"),
    [
        ((108,), 2.0, "2036-01-01"),
        ((36,), 2.0, "2030-01-01"),
        ((36,), 2.6, "2033-01-01"),  # less than six months before the term: the next one
        ((12, 24), 2.0, "2030-01-01"),
        ((12, 24), 3.0, "2032-01-01"),
    ],
)
def test_a_lease_ends_at_the_first_term_that_leaves_time_for_notice(
    terms: tuple[int, ...], lost_after_years: float, expected: str
) -> None:
    drawn = (1 - np.exp(-0.1 * lost_after_years), 0.5)
    found = term_of(Leases(terms), day("2027-01-01"), drawn, Parameters(NO_LUCK))
    assert found == (day(expected), TERM)


def test_a_trial_is_ended_for_those_drawn_alone() -> None:
    p = Parameters({**NO_LUCK, "simulator.leases.trial_ended_share": 0.1})
    leases = Leases((108,), trial_months=12)
    assert term_of(leases, day("2027-01-01"), (0.5, 0.05), p) == (day("2028-01-01"), TRIAL)
    assert term_of(leases, day("2027-01-01"), (0.5, 0.15), p)[1] == TERM


def test_short_terms_end_tenancies_within_the_run_and_the_stock_adds_up() -> None:
    figures = {"simulator.leases.conditions_lost_rate": 0.5, "flows.eviction_rate": 1e-6}
    policy = a_policy(leases=Leases((12,), trial_months=6))
    world = a_world(policy=policy, place=a_place(years=4), figures=figures, is_checked=True)
    world.run()
    reasons = [x.why_left for x in world.record.lettings]
    assert reasons.count(TERM) > 0
    seen = observe(world).lettings
    assert (seen["why_left"] == WHY_LEFT.index(TERM)).sum() == reasons.count(TERM)


def test_partners_present_by_home_and_by_work_and_follow_only_those_they_promised() -> None:
    working = Bridge("work", ("working",), share=Fraction(1, 2), is_accompanied=False)
    world = a_world(policy=a_policy(working))
    world.run()
    served = [x.household for x in world.record.lettings if x.bridge == "work"]
    assert served
    assert world.population.standing("working")[served].all()
    assert not world.record.followed


def test_the_leases_of_a_social_agency_follow_one_another_to_the_end_of_the_run() -> None:
    population, _ = people(1, a_place(years=4))
    facts = population.facts
    rows = np.flatnonzero(facts.columns["fact"] == "temporary_housing_ends_on")
    tenants = np.flatnonzero(population.standing("ais"))
    assert set(facts.owner[rows].tolist()) == set(tenants.tolist())
    for h in tenants.tolist():
        mine = rows[facts.owner[rows] == h]
        stays = population.courses.loses_home[h]
        assert facts.starts[mine[0]] <= population.arrives[h]
        assert (facts.starts[mine[1:]] == facts.ends[mine[:-1]]).all()
        assert facts.ends[mine[-1]] >= min(population.end_day + 1, stays)
