"""Beside a dwelling an agreement reserves: the support it promises, and nothing of the person."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest

from allocation.documents.minutes import minutes_html
from allocation.documents.promised_support import PromisedSupport, promised_support, support_json
from allocation.documents.report import report_html
from allocation.documents.view import ProposalView
from allocation.documents.viewing import view_of
from allocation.documents.workbook import sheets
from allocation.model import Register, Table
from allocation.model.proposal import Proposal
from allocation.model.schema import TABLE_BY_NAME
from allocation.rules import load_rulebook
from tests.proposals import a_proposal, a_register, some_assessments


def promising(places: int | None, used: int | None = None) -> Register:
    row = a_register()["agreements"].row(0) | {
        "kind": "sliding_lease",
        "in_force_from": date(2026, 1, 1),
        "accompaniment_places": places,
        "accompaniment_used": used,
    }
    register = a_register()
    table = Table.of(TABLE_BY_NAME["agreements"], [row])
    return replace(register, tables={**register.tables, "agreements": table})


def viewed(register: Register, proposal: Proposal | None = None) -> ProposalView:
    return view_of(
        proposal or a_proposal(),
        register=register,
        assessments=some_assessments(),
        rulebook=load_rulebook("wallonia"),
        lang="fr",
    )


def with_named_dwelling() -> Proposal:
    """D1 named by the agreement whose reserved place D3 uses; D2 named and given to nobody."""
    proposal = a_proposal()
    first = replace(proposal.dwellings[0], channel="agreement", agreement_id="G1")
    second = replace(proposal.dwellings[1], application_id=None, agreement_id="G1")
    return replace(proposal, dwellings=(first, second, *proposal.dwellings[2:]))


def test_a_reserved_dwelling_shows_the_place_its_agreement_promises() -> None:
    said = "Place de soutien promise par la convention G1 (Bail glissant, Relais fictif)"
    free = "places libres : 2 avant la séance, 1 si tout"
    view = viewed(promising(12, 10))
    for printed in (report_html(view), minutes_html(view)):
        assert printed.replace("\u00a0", " ").count(said) == 1
        assert free in printed.replace("\u00a0", " ")
    table = sheets(view)[0]
    heads = [key for key, _ in table.columns]
    cells = {row[0]: str(row[heads.index("support")]) for row in table.rows}
    assert cells["D3"].replace("\u00a0", " ").startswith(said)
    assert cells["D1"] == "Aucun soutien n'est lié à ce logement."
    assert cells["D5"] == ""


def test_every_dwelling_proposed_under_an_agreement_takes_one_of_its_places() -> None:
    found = promised_support(with_named_dwelling(), promising(12, 11))
    assert {name: (s.free_before, s.free_after) for name, s in found.items()} == {
        "D1": (1, -1),
        "D3": (1, -1),
    }


@pytest.mark.parametrize(("used", "before"), [(None, 12), (0, 12), (12, 0)])
def test_places_in_use_are_those_of_the_register(used: int | None, before: int) -> None:
    found = promised_support(a_proposal(), promising(12, used))["D3"]
    assert (found.promised, found.free_before, found.free_after) == (12, before, before - 1)


def test_an_agreement_without_places_says_that_it_promises_none() -> None:
    view = viewed(promising(None))
    line = next(d for d in view.dwellings if d.dwelling_id == "D3")
    assert line.support == (
        "La convention G1 (Bail glissant, Relais fictif) ne promet pas de place de soutien."
    )
    assert promised_support(a_proposal(), promising(None))["D3"].free_after is None


def test_the_file_says_nothing_of_a_person_but_who_is_proposed() -> None:
    document = json.loads(support_json(a_proposal(), promising(12, 10)))
    assert document["schema"] == "support/1"
    (line,) = document["dwellings"]
    assert set(line) == {field.name for field in fields(PromisedSupport)}
    assert (line["dwelling_id"], line["application_id"]) == ("D3", "A08")
