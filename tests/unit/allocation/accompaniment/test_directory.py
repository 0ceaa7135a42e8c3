"""The directory goes out in the Open Referral form and comes back the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.accompaniment.directory import (
    WEEKDAYS,
    DirectoryError,
    Opening,
    ServiceEntry,
    answers,
    check_entry,
    kinds,
)
from allocation.accompaniment.open_referral import (
    STATUSES,
    OpenReferralError,
    exported,
    received,
)

UUIDS = st.uuids().map(str)
TEXTS = st.text(max_size=30)
CODES = st.lists(st.sampled_from(sorted(kinds())), unique=True).map(tuple)
HOURS = st.tuples(st.integers(0, 11), st.integers(12, 23)).map(
    lambda h: (f"{h[0]:02}:00", f"{h[1]:02}:30")
)
OPENINGS = st.builds(
    lambda days, hours: Opening(tuple(days), *hours),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True),
    HOURS,
)
DAYS = st.none() | st.dates()
ENTRIES = st.builds(
    ServiceEntry,
    service_id=UUIDS, provider_id=UUIDS, provider_name=TEXTS.filter(bool),
    provider_description=TEXTS, name=TEXTS.filter(bool), description=TEXTS, kinds=CODES,
    communes=st.lists(st.sampled_from(["52011", "62063"]), unique=True).map(tuple),
    status=st.sampled_from(STATUSES),
    modes=st.lists(st.sampled_from(["individual", "collective"]), unique=True).map(tuple),
    intensities=st.lists(st.sampled_from("DWR"), unique=True).map(tuple),
    languages=st.lists(st.sampled_from(["fr", "ti", "nl"]), unique=True).map(tuple),
    public=TEXTS, how_to_apply=TEXTS, fees=TEXTS, email=TEXTS, phone=TEXTS, url=TEXTS,
    contact_function=TEXTS, openings=st.lists(OPENINGS, max_size=3).map(tuple),
    available_from=DAYS, wait_days=st.none() | st.integers(0, 900), checked_on=DAYS,
)  # fmt: skip


def an_entry(**changes: Any) -> ServiceEntry:
    values: dict[str, Any] = {
        "service_id": "0c7f7cc4-29f4-4a44-8ab1-27c7f7d3a3f0", "provider_id": "P1",
        "provider_name": "CPAS inventé", "provider_description": "", "name": "Guidance",
        "description": "", "kinds": ("accompaniment",), "communes": ("52011",),
        "modes": ("individual",), "intensities": ("D", "W"),
        "available_from": date(2026, 7, 1),
    }  # fmt: skip
    return ServiceEntry(**(values | changes))


@given(st.lists(ENTRIES, max_size=4))
def test_a_round_trip_through_the_form_changes_nothing(entries: list[ServiceEntry]) -> None:
    page = json.loads(json.dumps(exported(entries)))
    back = received(page)
    assert list(back.services) == entries
    assert back.not_kept == ()
    assert exported(back.services) == page


@given(ENTRIES)
def test_what_goes_out_has_the_members_the_specification_requires(entry: ServiceEntry) -> None:
    (service,) = exported([entry])["contents"]
    assert service["status"] in STATUSES
    assert service["name"]
    assert {"id", "name", "description"} <= set(service["organization"])
    for name in ("schedules", "languages", "phones", "contacts", "service_areas", "attributes"):
        for part in service.get(name, []):
            assert str(UUID(part["id"])) == part["id"]
    for attribute in service.get("attributes", []):
        assert {"id", "name", "description"} <= set(attribute["taxonomy_term"])


def test_an_identifier_of_ours_becomes_the_same_uuid_every_time() -> None:
    first, second = (exported([an_entry()])["contents"][0]["organization"]["id"] for _ in range(2))
    assert first == second == str(UUID(first))


def test_what_has_no_place_here_is_named_and_terms_of_others_are_not_taken_for_ours() -> None:
    page = exported([an_entry()])
    (service,) = page["contents"]
    service["cost_options"] = [{"id": "x"}]
    service["attributes"].append(
        {"id": "y", "link_type": "kind", "value": "food", "taxonomy_term": {"taxonomy": "AIRS"}}
    )
    back = received(page)
    assert back.not_kept == ((service["id"], "cost_options"),)
    assert back.services[0].kinds == ("accompaniment",)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda s: s.pop("id"), "id"),
        (lambda s: s.pop("name"), "name"),
        (lambda s: s.pop("organization"), "organization"),
        (lambda s: s.update(status="open"), "status"),
        (lambda s: s.update(description=3), "description"),
        (lambda s: s.update(attributes={}) or s.update(attributes=[1]), "attributes"),
        (lambda s: s.update(assured_date="soon"), "date"),
    ],
)
def test_a_fault_of_the_form_is_located(spoil: Any, what: str) -> None:
    page = exported([an_entry(), an_entry()])
    spoil(page["contents"][1])
    with pytest.raises(OpenReferralError) as refused:
        received(page)
    assert refused.value.context["where"] == "/contents/1"
    assert refused.value.context["what"] == what


def test_a_page_without_a_list_is_refused() -> None:
    with pytest.raises(OpenReferralError):
        received({"contents": "none"})


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, True),
        ({"kind": "accompaniment", "nis5": "52011", "intensity": "D"}, True),
        ({"by": date(2026, 7, 1)}, True),
        ({"by": date(2026, 6, 30)}, False),
        ({"nis5": "62063"}, False),
        ({"intensity": "R"}, False),
        ({"mode": "collective"}, False),
        ({"language": "fr"}, False),
        ({"kind": "debt_mediation"}, False),
    ],
)
def test_who_can_do_daily_support_here_from_next_month(asked: dict[str, Any], found: bool) -> None:
    assert answers(an_entry(), **asked) is found


def test_a_service_that_is_closed_answers_nothing_and_one_without_communes_serves_all() -> None:
    assert not answers(an_entry(status="inactive"))
    assert answers(an_entry(communes=()), nis5="62063")
    assert answers(an_entry(available_from=None), by=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kinds": ("magic",)}, "directory.unknown_code"),
        ({"modes": ("forced",)}, "directory.unknown_code"),
        ({"communes": ("99999",)}, "directory.unknown_commune"),
    ],
)
def test_an_entry_says_things_one_can_find(changes: dict[str, Any], code: str) -> None:
    modes = ("individual", "communal", "collective")
    assert check_entry(an_entry(), modes=modes) == an_entry()
    with pytest.raises(DirectoryError) as refused:
        check_entry(replace(an_entry(), **changes), modes=modes)
    assert refused.value.code == code


def test_hours_and_days_are_hours_and_days() -> None:
    with pytest.raises(DirectoryError):
        Opening(("XX",), "09:00", "12:00")
    with pytest.raises(DirectoryError) as refused:
        Opening(("MO",), "12:00", "12:00")
    assert refused.value.code == "directory.hours"
