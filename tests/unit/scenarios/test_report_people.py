"""The parts of the report about people: flows, communes, gains, protections, euros."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from allocation.model import Setting
from scenarios.cli_study import ready
from scenarios.experiment import Results, Seen
from scenarios.flows import FLOWS, by_commune, flows
from scenarios.measures import CURVE_MONTHS, MEASURES
from scenarios.policy import Bridge, Leases, Policy
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.protections import protections
from scenarios.report import Words, report_html
from scenarios.report_people import commune_table, euro_table, flow_table, gain_table, standstill
from scenarios.results import results_json
from scenarios.study import Study, legal_quotas, read_study
from tests.unit.scenarios.test_measures import END, START, YEAR, seen

START_ON = date(2026, 12, 31)
LANGUAGES = ("fr", "nl", "de", "en")


def a_seen(study: Study, level: float, *, by_commune: tuple[float, ...] = ()) -> Seen:
    n = len(study.file.communes)
    return Seen(
        dict.fromkeys(MEASURES, level),
        {
            "list": [0.1] * len(CURVE_MONTHS),
            "transit": [0.1] * len(CURVE_MONTHS),
            "flows": [float(i + 1) for i in range(len(FLOWS))],
            "communes": list(by_commune) or [5.0] * n,
            "communes_bridges": [1.0] * n,
        },
    )


def results_of(study: Study, *levels: tuple[float, ...]) -> Results:
    """One tuple an arm: what every measure is, replication by replication."""
    arms = {
        p.arm_id: tuple(a_seen(study, level) for level in told)
        for p, told in zip(study.policies, levels, strict=True)
    }
    return Results(study, "1", arms, (), len(levels[0]))


def one_refusal() -> Study:
    return read_study(ready()["one-refusal"])


def test_flows_of_a_hand_worked_run() -> None:
    run = seen(
        stays=[
            {"begins": START + 5, "ended": START + 50, "out_by": 1},
            {"begins": START + 5, "ended": START + 60, "out_by": 3},
            {"is_transit": 0, "begins": START + 60, "ended": START + 90, "out_by": 2},
        ],
        lettings=[{"in_need": 1}, {}, {"tier": 0}, {"stay": 1, "in_need": 1}, {"begins": END + 1}],
    )
    years = 4 * YEAR / DAYS_OF_A_YEAR
    found = dict(zip(FLOWS, (round(n * years) for n in flows(run)), strict=True))
    assert found == {
        ("roofless", "transit"): 2,
        ("roofless", "home"): 1,
        ("transit", "home"): 1,
        ("transit", "insertion"): 1,
        ("transit", "elsewhere"): 0,
        ("insertion", "home"): 0,
        ("insertion", "elsewhere"): 1,
        ("list", "home"): 1,
        ("tenants", "home"): 1,
    }
    told = by_commune(seen(lettings=[{}, {"nis5": 57003}]), ("53014", "57003", "57093"))
    assert [round(n * years) for n in told] == [1, 1, 0]
    none = by_commune(seen(lettings=[{}]), ("53014",), bridges_alone=True)
    assert none == [0]


def test_protections_taken_away_are_told_and_none_that_are_given() -> None:
    before = Policy(
        "a",
        legal_quotas(),
        (Bridge("t", ("transit",), share=Fraction(6, 100)),),
        leases=Leases((108,)),
    )
    after = Policy(
        "b",
        (),
        (),
        settings=(Setting("refusal_limit", 1),),
        leases=Leases((12, 108), trial_months=6),
    )
    codes = [lost.code for lost in protections(before, after, START_ON)]
    assert codes == ["refusals", "terms", "trial", "floor_gone", "reserve"]
    assert protections(after, before, START_ON) == []


def test_a_line_of_points_that_a_draft_ends_is_a_protection_less() -> None:
    study = read_study(ready()["exit-points"])
    today, nobody, agency = study.policies
    (lost,) = protections(today, nobody, START_ON)
    assert (lost.code, lost.facts["before"], lost.facts["after"]) == ("points", 5, 0)
    assert lost.label is not None
    assert protections(today, agency, START_ON) == []


def test_the_standstill_annex_tells_texts_and_groups_that_surely_recede() -> None:
    said = Words("fr", results_of(one_refusal(), (0.5, 0.51, 0.52), (0.3, 0.31, 0.32)))
    ((arm, sentences),) = standstill(said)
    assert arm == "Un refus"
    assert sentences[0] == "Une radiation suit 1 refus au lieu de 2."
    assert any(text.startswith("Femmes") for text in sentences)
    assert not any("Expulsions" in text for text in sentences)  # fewer of them is no step back
    same = Words("fr", results_of(one_refusal(), (0.5, 0.6), (0.6, 0.5)))
    assert len(standstill(same)[0][1]) == 1


def test_euros_go_from_the_low_to_the_high_end_of_the_unit_cost() -> None:
    said = Words("en", results_of(one_refusal(), (65000.0, 65000.0), (0.0, 0.0)))
    rows = {row[0]: row[1:] for row in euro_table(said).rows}
    assert rows["Accompaniment"][:2] == ("50,000 to 85,000", "0")
    assert "assumed" in rows["Accompaniment"][2]


def test_communes_with_few_allocations_are_told_together() -> None:
    study = read_study(ready()["lease-terms"])
    n = len(study.file.communes)
    few = a_seen(study, 1.0, by_commune=(0.5, *[5.0] * (n - 1)))
    arms = {p.arm_id: (few, few) for p in study.policies}
    results = Results(study, "1", arms, (), 2)
    told = results_json(results)["arms"][study.file.baseline]["communes"]
    assert (len(told), told["others"]) == (n, 0.5)
    table = commune_table(Words("en", results))
    assert len(table.rows) == n
    assert table.rows[-1][0].startswith("1 other")
    assert "<svg" in table.picture


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_has_every_part_in_every_language(language: str) -> None:
    results = results_of(one_refusal(), (0.5, 0.52), (0.3, 0.33))
    said = Words(language, results)
    assert len(flow_table(said).rows) == len(FLOWS)
    assert len(gain_table(said).rows) == 11
    page = report_html(results, language, "passerelle simulate")
    for part in ("gains", "flows", "communes", "standstill", "euros", "definitions"):
        assert page.count(f'id="{part}"') == 1
        assert f'href="#{part}"' in page
    assert page.count("<svg") == 6


def test_the_pages_of_ready_studies_name_no_euro_as_their_answer() -> None:
    for path in ready().values():
        file = read_study(Path(path)).file
        assert not any(MEASURES[m].unit_cost for m in file.primary)
