"""Contracts of a stay: whole, in four languages, the same twice, with the source of each length."""

from __future__ import annotations

import html
import io
from dataclasses import replace
from datetime import date

import pypdf
import pytest

from allocation.accompaniment import load_stay_rules
from allocation.documents.contract import (
    CLAUSES,
    RULES_OF,
    STATUS_OF,
    Contract,
    contract_html,
    contract_pdf,
)
from allocation.wording import LANGUAGES, catalogue

RULES = load_stay_rules()
CONTRACT = Contract(
    name="sub_lease",
    company="La Sambrienne",
    operator="APL inventée",
    household=("Zoé Exemple",),
    dwelling_id="D1",
    dwelling="rue Inventée 1, Charleroi",
    from_on=date(2027, 1, 15),
    until_on=date(2028, 1, 15),
    signed_on=date(2027, 1, 10),
    objectives=("Payer mon loyer <moi-même>",),
    is_demo=True,
)


def read(contract: Contract, lang: str = "fr") -> str:
    """The page as a reader sees it."""
    page = contract_html(contract, RULES, lang).rpartition("</style>")[2]
    return html.unescape(page).replace("\u00a0", " ")


@pytest.mark.parametrize("name", STATUS_OF)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_contract_is_whole_in_every_language(name: str, lang: str) -> None:
    said = read(replace(CONTRACT, name=name), lang)
    words = catalogue(lang)
    assert words.text("documents.demo") in said
    for key in RULES_OF[name]:
        assert words.text(f"reasons.mark.{RULES.rule(key, CONTRACT.from_on).mark}") in said
    assert "La Sambrienne" in said
    assert set(STATUS_OF) == set(CLAUSES) == set(RULES_OF)


def test_the_objectives_are_in_the_households_words_or_apart() -> None:
    assert "Payer mon loyer &lt;moi-même&gt;" in contract_html(CONTRACT, RULES, "fr")
    apart = read(replace(CONTRACT, objectives=None))
    assert "Payer" not in apart
    assert catalogue("fr").text("contract.objectives_apart") in apart


def test_support_is_never_a_condition_of_the_home() -> None:
    words = catalogue("fr")
    for name in ("precarious_occupancy", "insertion_lease", "sub_lease"):
        said = read(replace(CONTRACT, name=name))
        assert words.text("contract.clause.support") in said


def test_nine_years_are_told_from_the_first_signature() -> None:
    said = read(replace(CONTRACT, name="slide"))
    assert "depuis la première signature, le 10 janvier 2027" in said


def test_a_contract_is_a_tagged_pdf_the_same_twice() -> None:
    first, second = (contract_pdf(CONTRACT, RULES, "fr") for _ in range(2))
    assert first == second
    found = pypdf.PdfReader(io.BytesIO(first))
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "CreationDate" not in str(found.metadata)
    assert "Zoé Exemple" in found.pages[0].extract_text()
