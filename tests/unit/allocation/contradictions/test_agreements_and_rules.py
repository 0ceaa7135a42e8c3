"""Agreements, lines and groups that cannot be used as written; the sentence of each finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from allocation import contradictions as contradictions_package
from allocation.accompaniment import Capacity, DwellingFilter, Terms
from allocation.contradictions import Contradiction, Side, contradictions, telling
from allocation.contradictions.finding import Fact
from allocation.model import Group, QuotaRule, Register
from allocation.rules import Rulebook, evaluate_register, load_rulebook
from allocation.rules.schema import LineVersion, RuleVersion, When
from allocation.wording import LANGUAGES, catalogue
from allocation.wording.catalogue import read_domain
from tests.architecture.source_tree import ROOT
from tests.builders import CHATELET, a_meeting, a_register, some_rows
from tests.unit.allocation.accompaniment.agreement_examples import BEGINS, some_terms

BOOK = load_rulebook("wallonia")


def found_in(
    register: Register, book: Rulebook = BOOK, terms: Terms | None = None
) -> dict[str, Contradiction]:
    held = a_meeting()
    assessed = evaluate_register(book, register, held.meeting_on, settings=held.settings)
    texts = {"C1": terms} if terms else None
    return {one.code: one for one in contradictions(register, book, assessed, held, terms=texts)}


def with_row(table: str, **changes: Any) -> dict[str, Any]:
    rows = some_rows()[table]
    return {table: [{**row, **changes} for row in rows]}


def seats_for(*categories: int) -> tuple[QuotaRule, ...]:
    group = Group(agreement_id="C1", income_categories=categories)
    return (QuotaRule("seats", "floor", group, period_seats=2, counting="once"),)


@pytest.mark.parametrize(("category", "is_told"), [(1, False), (2, True)])
def test_a_transit_agreement_is_for_the_income_its_text_names(category: int, is_told: bool) -> None:
    register = a_register(tables=with_row("agreements", kind="transit"), quotas=seats_for(category))
    found = found_in(register)
    assert ("income_outside_the_text" in found) is is_told
    elsewhere = found_in(a_register(quotas=seats_for(category)))
    assert "income_outside_the_text" not in elsewhere
    if is_told:
        one = found["income_outside_the_text"]
        assert (one.certainty, one.second.key) == ("to_confirm", "transit.income_category")


@pytest.mark.parametrize(
    ("tables", "categories", "is_told"),
    [
        ({}, (), False),
        ({}, (3,), True),  # the one household presented has the income of another category
        (with_row("presentations", household_agreed_on=None), (3,), False),
        ({"presentations": []}, (3,), False),
    ],
)
def test_places_for_which_nobody_presented_counts_are_told(
    tables: dict[str, Any], categories: tuple[int, ...], is_told: bool
) -> None:
    found = found_in(a_register(tables=tables, quotas=seats_for(*categories)))
    assert ("nobody_presented_is_counted" in found) is is_told
    if is_told:
        one = found["nobody_presented_is_counted"]
        assert (one.certainty, one.facts["n"], one.tells_of_households) == ("register", 1, True)


def about(**dwellings: Any) -> Terms:
    terms = some_terms()
    return replace(
        terms, dwellings=DwellingFilter(**dwellings), capacity=Capacity(seats_per_year=4)
    )


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (about(), None),
        (about(bedrooms_from=2, bedrooms_to=2), None),
        (about(bedrooms_from=3, bedrooms_to=2), ("filter_is_empty", "certain")),
        (about(communes=(CHATELET,)), ("filter_meets_no_dwelling", "register")),
        (about(accessibility=("adapted",)), None),
        (about(accessibility=("adaptable",)), ("filter_meets_no_dwelling", "register")),
        (about(bedrooms_to=1), ("filter_meets_no_dwelling", "register")),
    ],
)
def test_the_dwellings_an_agreement_is_about_exist(
    terms: Terms, expected: tuple[str, str] | None
) -> None:
    codes = ("filter_is_empty", "filter_meets_no_dwelling")
    found = [one for one in found_in(a_register(), terms=terms).values() if one.code in codes]
    assert [(one.code, one.certainty) for one in found] == ([expected] if expected else [])


@pytest.mark.parametrize(("named", "left_out"), [("D2", None), ("D1", "D1"), ("elsewhere", None)])
def test_an_agreement_names_no_dwelling_its_description_leaves_out(
    named: str, left_out: str | None
) -> None:
    terms = replace(
        some_terms("partner_lease"),
        dwellings=DwellingFilter(accessibility=("adapted",)),
        capacity=Capacity(named_dwellings=(named,)),
    )
    found = found_in(a_register(), terms=terms).get("names_what_it_leaves_out")
    assert (found.facts["dwellings"] if found else None) == left_out


@pytest.mark.parametrize(("low", "is_told"), [(2, False), (3, True)])
def test_the_households_presented_need_what_the_agreement_is_about(low: int, is_told: bool) -> None:
    """The one presented, a parent and a child, needs two bedrooms."""
    homes = [{**row, "bedrooms": low} for row in some_rows()["dwellings"]]
    register = a_register(tables={"dwellings": homes})
    found = found_in(register, terms=about(bedrooms_from=low))
    assert ("filter_misses_the_presented" in found) is is_told
    assert "filter_meets_no_dwelling" not in found
    alone = a_register(tables={"dwellings": homes, "presentations": []})
    assert "filter_misses_the_presented" not in found_in(alone, terms=about(bedrooms_from=low))


@pytest.mark.parametrize(
    ("until", "renewal", "is_told"),
    [
        (date(2026, 3, 31), "none", True),
        (date(2026, 4, 1), "none", False),
        (date(2026, 3, 31), "by_agreement", False),
        (None, "none", False),
    ],
)
def test_a_notice_is_no_longer_than_the_agreement(
    until: date | None, renewal: Any, is_told: bool
) -> None:
    terms = replace(some_terms(), in_force_from=BEGINS, in_force_to=until, renewal=renewal)
    found = found_in(a_register(), terms=terms).get("notice_outlasts_term")
    assert (found is not None) is is_told
    assert found is None or found.certainty == "certain"


@pytest.mark.parametrize(
    ("kind", "until", "is_told"),
    [
        ("sliding_lease", date(2026, 12, 31), True),
        ("sliding_lease", date(2027, 1, 1), False),
        ("reserved_allocation", date(2026, 12, 31), False),
    ],
)
def test_a_lease_signed_on_the_first_day_can_slide_before_the_end(
    kind: str, until: date, is_told: bool
) -> None:
    terms = replace(some_terms(kind), in_force_to=until)
    assert ("ends_before_first_slide" in found_in(a_register(), terms=terms)) is is_told


@pytest.mark.parametrize(
    ("condition", "is_told"),
    [
        ("avec l'accord du bailleur", True),
        ("mits akkoord van de verhuurder", True),
        ("mit Zustimmung des Vermieters", True),
        ("with the landlord's consent", True),
        ("les objectifs écrits sont atteints", False),
        ("le bailleur est informé", False),
        ("l'accord du ménage", False),
    ],
)
def test_a_condition_to_slide_that_hangs_on_the_landlord_is_for_a_person_to_read(
    condition: str, is_told: bool
) -> None:
    terms = replace(some_terms("sliding_lease"), slide_conditions=(condition,))
    found = found_in(a_register(), terms=terms).get("slide_hangs_on_landlord")
    assert (found is not None) is is_told
    assert found is None or found.certainty == "to_confirm"


def with_points(**bound: int) -> Rulebook:
    """The rulebook with another window of months before the end of a stay."""
    line = BOOK.lines["H_TRANSIT_INSERTION"]
    when = When.model_validate(
        {
            "all": [
                {"fact": "temporary_housing", "in": ["transit"]},
                {"fact": "temporary_housing_ends_on", "ends_in_months": bound},
            ]
        }
    )
    version: LineVersion = line.values[0].model_copy(update={"when": when})
    other = line.model_copy(update={"values": [version]})
    return replace(BOOK, lines={**BOOK.lines, line.code: other}, content_hash=str(bound))


@pytest.mark.parametrize(
    ("bound", "code"),
    [
        ({"at_most": 6}, "points_from_the_first_day"),
        ({"at_most": 5}, None),
        ({"at_least": 11}, None),
        ({"at_least": 12}, "points_after_the_longest_stay"),
    ],
)
def test_points_of_a_stay_are_beside_how_long_it_lasts(
    bound: dict[str, int], code: str | None
) -> None:
    """Six months of transit, renewed once for six."""
    found = found_in(a_register(quotas=()), with_points(**bound))
    points = [one for name, one in found.items() if name.startswith("points_")]
    assert [one.code for one in points] == ([code] if code else [])
    assert all(one.certainty == "certain" for one in points)


@pytest.mark.parametrize(
    ("tables", "is_told"),
    [
        ({}, False),
        (with_row("dwellings", accessibility="ordinary"), True),
        (with_row("dwellings", accessibility="ordinary") | {"facts": []}, False),
        ({"dwellings": [], "vacancies": []}, False),
    ],
)
def test_a_group_with_households_meets_its_dwellings(tables: dict[str, Any], is_told: bool) -> None:
    applications = [{**row, "owns_dwelling": "no"} for row in some_rows()["applications"]]
    members = [
        {**row, "income_year": 2024, "taxable_income_cents": 1850000}
        for row in some_rows()["household_members"]
    ]
    facts = [
        {"application_id": "A1", "member_id": "M1", "fact": "disabled", "value": "yes",
         "proof": "federal_disability_certificate"}
    ]  # fmt: skip
    whole = {"applications": applications, "household_members": members, "facts": facts} | tables
    found = found_in(a_register(tables=whole, quotas=()))
    assert ("preference_without_dwelling" in found) is is_told


def test_a_condition_no_text_says_decides_alone() -> None:
    quotas = (QuotaRule("q", "cap", Group(list="transfer"), period_seats=3, mark="S"),)
    assert "assumed_decides" not in found_in(a_register(quotas=quotas))
    (rule, *rest) = BOOK.rules["admission"]
    version: RuleVersion = rule.values[-1].model_copy(update={"mark": "assumed"})
    assumed = rule.model_copy(update={"values": [*rule.values[:-1], version]})
    book = replace(
        BOOK, rules={**BOOK.rules, "admission": (assumed, *rest)}, content_hash="assumed"
    )
    found = found_in(a_register(quotas=quotas), book)["assumed_decides"]
    assert (found.certainty, found.first.key) == ("to_confirm", rule.code)
    by_value = (replace(quotas[0], mark="assumed"),)
    assert found_in(a_register(quotas=by_value))["assumed_decides"].first.key == "q"


def told_in_the_source() -> set[str]:
    """Codes that the package may tell."""
    package = Path(contradictions_package.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in package.glob("of_*.py"))
    return set(re.findall(r'Contradiction\(\s*"([a-z_]+)"', source))


FACTS: Mapping[str, Fact] = {
    "n": 3, "total": 4, "expected": 3, "least": 2, "most": 1, "seats": 5, "left": 2, "free": 1,
    "on": date(2026, 1, 1), "starts": date(2026, 2, 1), "asked": "2", "admitted": "1", "low": 1,
    "high": 2, "dwellings": "D1", "months": 6, "until": date(2026, 3, 1), "condition": "…",
    "term": 6, "longest": 12,
}  # fmt: skip
SIDES = (Side("A", {}, "AGW 2007-09-06", "17", "S"), Side("contradictions.side.forecast"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_sentence_its_sources_and_its_certainty(language: str) -> None:
    words = catalogue(language)
    rest = ("help", "none", "only_register", "option", "certainty", "side", "mark")
    keys = [key.split(".") for key in read_domain("contradictions", language)]
    codes = [parts[1] for parts in keys if parts[1] not in rest]
    assert set(codes) == told_in_the_source()
    for code in codes:
        for certain in telling.CERTAINTIES:
            one = Contradiction(code, certain, *SIDES, FACTS)
            assert telling.sentence(one, words)[-1] in ".:"
            assert telling.certainty(one, words)
    cited, _, mark = telling.source_of(SIDES[0], words).partition(" – ")
    assert "2007" in cited
    assert mark
    assert telling.source_of(SIDES[1], words) == ""


def test_the_page_lists_every_finding() -> None:
    page = (ROOT / "docs/how-to/reperer-les-contradictions.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z_]+)`", page, re.MULTILINE)) == told_in_the_source()


def test_the_certain_comes_first() -> None:
    quotas = (
        QuotaRule("q", "floor", Group(income_categories=(1,)), period_seats=91, mark="assumed"),
    )
    found = list(found_in(a_register(quotas=quotas)).values())
    assert [one.certainty for one in found] == ["certain", "register", "to_confirm"]
