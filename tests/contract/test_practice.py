"""Indicators, calendars, letters, projects, activities and the anonymous library."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from icalendar import Calendar

from allocation.wording import catalogue
from api.auth.actor import Actor
from api.db.tables.occupancies import occupancy, occupancy_alternative
from api.db.tables.organisations import account
from api.db.tables.practice import calendar_feed, household_view
from api.practice import measures
from tests.contract.matrix_accompaniment import (
    CONTACT,
    FIRST_CONTACT,
    PLAN_CHANGE,
    PRACTICE,
    PROJECT,
    SENT_ON,
)
from tests.contract.test_accompaniment import acts, opened
from tests.fixtures.partners import program_headers
from tests.fixtures.service import OURS, REGION, THEIRS, Caller, World, served_by

DAY = date(2026, 6, 1)


def indicators(world: World, role: str, organisation_id: str, query: str = "") -> dict[str, Any]:
    told = world.as_role(role, organisation_id).get(f"/accompaniment/indicators{query}")
    assert told.status_code == 200, told.text
    return dict(told.json())


def test_a_service_reads_its_own_figures_and_publishes_none_under_ten(world: World) -> None:
    partner = world.as_role("partner", "P1")
    for _ in range(3):
        partner.post(f"/plans/{opened(world)}/contacts", CONTACT)
    own = {i["code"]: (i["n"], i["of"]) for i in indicators(world, "partner", "P1")["items"]}
    assert own["days_to_first_meeting"] == (11, 3)
    assert own["contacts_proposed_by_household"] == (3, 3)
    out = indicators(world, "partner", "P1", "?published=true")
    assert (out["is_published"], out["plans"]) == (True, None)
    assert {
        (i["n"], i["of"]) for i in out["items"] if i["code"] != "supervision_per_full_time"
    } <= {(None, None)}
    for role, organisation_id in (("advisor", REGION), ("auditor", REGION), ("advisor", OURS)):
        told = world.as_role(role, organisation_id).get("/accompaniment/indicators")
        assert told.json()["is_published"] is True
        assert all(not i["n"] for i in told.json()["items"])


def test_what_is_published_adds_services_up(world: World) -> None:
    for _ in range(10):
        opened(world)
    for _ in range(2):
        world.as_role("social_worker").post("/plans", FIRST_CONTACT)
    found = indicators(world, "advisor", REGION)
    by_code = {i["code"]: i for i in found["items"]}
    assert found["plans"] == 12
    assert (by_code["same_accompanier"]["n"], by_code["same_accompanier"]["of"]) == (12, 12)
    assert by_code["same_accompanier"]["label"]


def ended(world: World, number: int, *, answer: str = "", **changes: Any) -> None:
    """A stay of P1 under C1 that is over, with or without an alternative."""
    stay = {"occupancy_id": f"stay-e{number}", "application_id": "A2"}
    values = stay | {
        "register_id": OURS,
        "dwelling_id": f"T{number}",
        "operator_id": "P1",
        "status": "left_by_choice",
        "planned_on": DAY,
        "entered_on": DAY,
        "ended_on": DAY,
        "exit_class": "moved_by_choice",
    }
    offered = {"sequence": 1, "kind": "shelter", "offered_by": "P1", "offered_on": DAY}
    with world.service.database.writing() as connection:
        connection.execute(occupancy.insert(), values | changes)
        if answer:
            connection.execute(occupancy_alternative.insert(), stay | offered | {"answer": answer})


def exits(world: World, role: str, organisation_id: str, query: str = "") -> tuple[Any, Any]:
    items = indicators(world, role, organisation_id, query)["items"]
    (found,) = [i for i in items if i["code"] == "exits_with_alternative_accepted"]
    assert found["label"]
    return found["n"], found["of"]


def test_ends_of_stays_with_an_accepted_alternative_among_all_of_them(world: World) -> None:
    for n, answer in enumerate(("accepted", "declined", "waiting", "")):
        ended(world, n, answer=answer)
    ended(world, 4, answer="accepted", exit_class="death")
    ended(world, 5, answer="accepted", entered_on=None)  # never entered
    ended(world, 6, answer="accepted", operator_until=1)  # ended by the landlord, after the slide
    assert exits(world, "partner", "P1") == (1, 4)
    assert exits(world, "partner", "P1", "?published=true") == (None, None)
    assert exits(world, "social_worker", OURS) == (1, 1)
    assert exits(world, "advisor", REGION) == (None, None)  # five: no cell under ten leaves
    for n in range(7, 32):
        ended(world, n, answer="accepted" if n < 20 else "")
    # Of thirty ends fifteen had one: no cell under ten, nor the rest of it.
    assert exits(world, "advisor", REGION) == (15, 30)


def test_a_households_view_is_kept_without_plan_day_or_name(world: World) -> None:
    partner = world.as_role("partner", "P1")
    for _ in range(11):
        partner.post("/household-views", {"helped": "yes", "felt_free": "yes"})
    partner.post("/household-views", {"helped": "no", "felt_free": "yes"})
    assert {c.name for c in household_view.c} == {
        "view_id",
        "organisation_id",
        "year",
        "helped",
        "felt_free",
    }
    own = indicators(world, "partner", "P1")["views"]
    assert {v["question"]: v["answers"] for v in own} == {
        "helped": {"no": 1, "yes": 11},
        "felt_free": {"yes": 12},
    }
    out = indicators(world, "partner", "P1", "?published=true")["views"]
    assert out[0]["answers"] == {"no": None, "yes": None}


def test_a_calendar_names_nobody_and_ends_when_it_is_ended(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(world, programme="sub_contract", until_on="2026-12-31")
    acts(world, plan_id, "offer", "accept", "begin")
    body = PLAN_CHANGE | {"row_version": 4, "until_on": "2026-12-31"}
    partner.send("PUT", f"/plans/{plan_id}", json=body | {"next_review_on": "2026-09-01"})
    partner.post("/referrals", SENT_ON | {"alias": "Églantine"})
    partner.post("/projects", PROJECT | {"renewal_by": "2026-10-01"})
    feed = partner.post("/calendars").json()
    path = feed["path"].removeprefix("/api/v1")
    told = world.anonymous.get(path)
    assert told.headers["content-type"].startswith("text/calendar")
    events = {
        str(e["summary"]): e["dtstart"].dt for e in Calendar.from_ical(told.content).walk("VEVENT")
    }
    mark = plan_id[-4:]
    assert events[f"Review to hold (plan …{mark})"] == date(2026, 9, 1)
    assert events[f"Last day of a support (plan …{mark})"] == date(2026, 12, 31)
    assert {date(2026, 6, 20), date(2026, 10, 1)} <= set(events.values())
    for secret in ("A1", plan_id, "glantine", "Exemple", "52011", "CPAS"):
        assert secret not in told.text
    assert world.anonymous.get(path).content == told.content
    with world.service.database.reading() as connection:
        kept = connection.scalars(sa.select(calendar_feed.c.token_hash)).all()
    assert path not in str(kept)
    assert world.anonymous.get("/calendars/cal_wrong/feed.ics").status_code == 404
    assert partner.send("DELETE", f"/calendars/{feed['feed_id']}").status_code == 204
    assert world.anonymous.get(path).status_code == 404


def test_a_program_keeps_plans_by_its_scopes_and_subscribes_no_calendar(world: World) -> None:
    def sent(scopes: tuple[str, ...], path: str, body: Any = None) -> int:
        headers = program_headers(world.service, scopes=scopes)
        return int(Caller(world.client, headers).post(path, body).status_code)

    assert sent(("accompaniment:write",), "/plans", FIRST_CONTACT) == 201
    assert sent(("presentations:write",), "/plans", FIRST_CONTACT) == 403
    assert sent(("accompaniment:read", "accompaniment:write"), "/calendars") == 403


def test_a_calendar_of_an_account_that_is_closed_answers_nothing(world: World) -> None:
    path = world.as_role("partner", "P1").post("/calendars").json()["path"].removeprefix("/api/v1")
    assert world.anonymous.get(path).status_code == 200
    with world.service.database.writing() as connection:
        mine = account.c.account_id == "acc-P1-partner"
        connection.execute(account.update().where(mine).values(is_active=False))
    assert world.anonymous.get(path).status_code == 404


@pytest.mark.parametrize("name", ["offer", "review", "left", "copy", "contact"])
def test_a_letter_is_made_in_the_readers_language(world: World, name: str) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(world)
    objectives = [{"words": "Garder mon chat", "worded_by": "household"}]
    partner.send("PUT", f"/plans/{plan_id}", json=PLAN_CHANGE | {"objectives": objectives})
    path = f"/plans/{plan_id}/letters/{name}"
    french = partner.get(path, headers={"accept-language": "fr"}).json()
    assert french != partner.get(path).json()
    assert french["paragraphs"][-1] == "Cette lettre vient de : CPAS inventé."
    assert ("– Garder mon chat" in french["paragraphs"]) is (name == "copy")


def test_a_letter_is_printed_in_four_languages_and_names_nobody(world: World) -> None:
    partner = world.as_role("partner", "P1")
    plan_id = opened(world)
    objectives = [{"words": "Garder mon chat. Et mon jardin.", "worded_by": "household"}]
    partner.send("PUT", f"/plans/{plan_id}", json=PLAN_CHANGE | {"objectives": objectives})
    for language in ("fr", "nl", "de", "en"):
        asked = {"accept-language": language}
        told = partner.get(f"/plans/{plan_id}/letters/copy", headers=asked).json()
        path = f"/plans/{plan_id}/letters/copy/document"
        answer = partner.get(path, headers=asked)
        assert answer.headers["content-type"] == "application/pdf"
        pdf = pypdf.PdfReader(io.BytesIO(answer.content))
        printed = " ".join(page.extract_text() for page in pdf.pages)
        assert told["title"].split()[0] in printed
        assert "Garder mon chat. Et mon jardin." in printed
        assert (len(pdf.pages), pdf.metadata.author) == (1, "CPAS inventé")
        assert partner.get(path, headers=asked).content == answer.content
    assert world.as_role("social_worker").get(path).status_code == 404


def test_a_project_shows_hours_used_what_a_place_costs_and_when_to_renew(world: World) -> None:
    partner = world.as_role("partner", "P1")
    project = PROJECT | {"places": 8, "renewal_by": "2026-10-01"}
    project_id = partner.post("/projects", project).json()["identifier"]
    for minutes in (90, 45):
        body = {"kind": "accompaniment", "on": "2026-06-10", "minutes": minutes}
        assert partner.post("/worked-hours", body | {"project_id": project_id}).status_code == 201
    (seen,) = partner.get("/projects").json()["items"]
    assert (seen["hours_used"], seen["cents_per_place"], seen["is_to_renew"]) == (2, 125_000, True)
    for later in served_by(world.service.database, now=datetime(2026, 10, 2, 9, tzinfo=UTC)):
        (seen,) = later.as_role("partner", "P1").get("/projects").json()["items"]
        assert seen["is_to_renew"] is False
    worker = world.as_role("social_worker")
    foreign = {"kind": "accompaniment", "on": "2026-06-10", "minutes": 5, "project_id": project_id}
    assert worker.post("/worked-hours", foreign).status_code == 404
    backwards = PROJECT | {"to_on": "2025-12-31"}
    assert worker.post("/projects", backwards).json()["code"] == "project.ends_before"


def test_attendance_is_a_number_of_a_day_that_was(world: World) -> None:
    worker = world.as_role("social_worker")
    body = {"title": "Repair café", "nis5": "52011", "on": "2026-06-20"}
    assert worker.post("/activities", body).status_code == 201
    early = worker.post("/activities", body | {"attended": 3})
    assert early.json()["code"] == "procedure.day_to_come"
    named = worker.post("/activities", body | {"people": ["Zoé"]})
    assert named.json()["errors"][0]["code"] == "input.unknown_field"
    unknown = worker.post("/activities", body | {"nis5": "99999"})
    assert unknown.json()["code"] == "directory.unknown_commune"
    (seen,) = worker.get("/activities").json()["items"]
    assert seen["attended"] is None


def test_the_library_refuses_a_name_or_a_long_number_and_tells_no_author(world: World) -> None:
    partner = world.as_role("partner", "P1")
    opened(world)  # A1: the family Exemple
    for words in ("Madame Exemple", "appelée Noa", "le 85.07.30-033.28", "au 0470 12 34 56"):
        told = partner.post("/practices", PRACTICE | {"situation": words})
        assert told.json()["code"] == "practice.names_somebody", words
    assert partner.post("/practices", PRACTICE).status_code == 201
    (seen,) = world.as_role("clerk").get("/practices").json()["items"]
    assert {k: v for k, v in seen.items() if k != "practice_id"} == PRACTICE


def test_an_objective_may_name_a_service_of_the_directory(world: World) -> None:
    partner = world.as_role("partner", "P1")
    training = {"name": "Atelier inventé", "kinds": ["training"], "communes": ["52011"]}
    service_id = partner.post("/services", training).json()["service_id"]
    plan_id = opened(world)
    objective = {"words": "Apprendre à souder", "worded_by": "household"}
    change = PLAN_CHANGE | {"objectives": [objective | {"service_id": service_id}]}
    told = partner.send("PUT", f"/plans/{plan_id}", json=change)
    assert told.status_code == 200, told.text
    assert told.json()["objectives"][0]["service_id"] == service_id
    version = {"row_version": told.json()["plan"]["row_version"]}
    nowhere = change | version | {"objectives": [objective | {"service_id": "none"}]}
    assert partner.send("PUT", f"/plans/{plan_id}", json=nowhere).status_code == 404


def test_companies_with_a_social_worker_are_counted(world: World) -> None:
    def counted(role: str, place: str) -> tuple[int | None, int | None]:
        items = indicators(world, role, place)["items"]
        (found,) = [i for i in items if i["code"] == "companies_with_social_worker"]
        return found["n"], found["of"]

    with world.service.database.writing() as connection:
        elsewhere = account.c.organisation_id == THEIRS
        gone = elsewhere & account.c.role.in_(("social_worker", "liaison"))
        connection.execute(account.update().where(gone).values(is_active=False))
    assert counted("social_worker", OURS) == (1, 1)
    assert counted("partner", "P1") == (0, 0)
    assert counted("advisor", REGION) == (None, None)  # two companies: nothing under ten leaves
    with world.service.database.reading() as connection:
        region = Actor("acc", REGION, "region", "advisor")
        today = world.service.today()
        found = measures.told(
            connection, region, today=today, publishes=False, words=catalogue("fr")
        )
    (own,) = [i for i in found.items if i.code == "companies_with_social_worker"]
    assert (own.n, own.of) == (1, 2)
