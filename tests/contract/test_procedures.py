"""Strike-offs are decided by people; complaints and appeals keep their days and their silences."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa

from api.db.tables.register import applications
from api.decisions.entitlements import change
from tests.contract.matrix import COMPLAINT
from tests.contract.test_offers import with_reserve
from tests.fixtures.service import World, served_by
from tests.fixtures.sitting import Meeting

LATER = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
WHY = {"reason": "A reason."}


def test_counted_refusals_propose_a_strike_off_that_a_person_decides_and_ends(
    meeting: Meeting,
) -> None:
    dwelling, household, _ = with_reserve(meeting)
    meeting.decide()
    for _ in range(2):
        with meeting.world.service.database.writing() as connection:
            # As if two meetings had offered it something.
            change(connection, meeting.id, dwelling, {"application_id": household})
        offer_id = meeting.offer(dwelling, household).json()["offer_id"]
        assert meeting.answer(offer_id, "refuse").status_code == 200
    (proposed,) = meeting.manager.get("/strike-offs").json()["items"]
    assert (proposed["state"], len(proposed["offers"])) == ("proposed", 2)
    file = f"/applications/{household}"
    assert meeting.clerk.get(file).json()["status"] == "admitted"  # nothing happens by itself
    acts = f"/strike-offs/{proposed['strike_off_id']}/acts"
    assert meeting.clerk.post(acts, WHY | {"act": "decide"}).status_code == 403
    assert meeting.manager.post(acts, WHY | {"act": "decide"}).json()["state"] == "in_force"
    assert meeting.clerk.get(file).json()["status"] == "struck_off"
    due = meeting.clerk.get("/deadlines").json()["items"]
    assert [d["on"] for d in due if d["kind"] == "strike_off_end"] == [proposed["until_on"]]
    early = meeting.manager.post(acts, WHY | {"act": "record_end"})
    assert (early.status_code, early.json()["code"]) == (409, "procedure.too_early")
    assert meeting.manager.post(acts, WHY | {"act": "lift"}).json()["state"] == "lifted"
    assert meeting.clerk.get(file).json()["status"] == "admitted"


def test_a_silence_of_the_company_loses_and_a_silence_of_the_chamber_wins(world: World) -> None:
    clerk = world.as_role("clerk")
    lodged = clerk.post("/appeals", COMPLAINT).json()
    assert (lodged["complaint_by"], lodged["answer_by"]) == ("2026-07-01", "2026-07-11")
    assert lodged["chamber_by"] == "2026-07-31"
    acts = f"/appeals/{lodged['appeal_id']}/acts"
    told = clerk.post(acts, {"act": "record_silence_of_company", "on": "2026-07-12"})
    assert told.json()["code"] == "procedure.day_to_come"
    for later in served_by(world.service.database, now=LATER):
        clerk = later.as_role("clerk")
        told = clerk.post(acts, {"act": "record_silence_of_company", "on": "2026-07-11"})
        assert (told.status_code, told.json()["code"]) == (409, "procedure.too_early")
        for act, on, state in (
            ("record_silence_of_company", "2026-07-12", "company_silent"),
            ("refer_to_chamber", "2026-07-20", "before_chamber"),
            ("record_silence_of_chamber", "2026-10-19", "won_by_silence"),
        ):
            told = clerk.post(acts, {"act": act, "on": on})
            assert told.json()["state"] == state
        assert told.json()["decision_by"] == "2026-10-18"
        entries = later.as_role("auditor").get(f"/journal?subject={lodged['appeal_id']}").json()
        assert [e["act"] for e in entries["items"]] == [
            "appeal.lodged",
            "appeal.record_silence_of_company",
            "appeal.refer_to_chamber",
            "appeal.record_silence_of_chamber",
        ]
    with world.service.database.reading() as connection:
        mine = applications.c.application_id == "A2"
        won_on = connection.scalar(sa.select(applications.c.appeal_won_on).where(mine))
    assert won_on == date(2026, 10, 19)


def test_the_soonest_day_comes_first(world: World) -> None:
    clerk = world.as_role("clerk")
    for received_on in ("2026-06-12", "2026-06-11"):
        clerk.post("/appeals", COMPLAINT | {"received_on": received_on})
    told = clerk.get("/deadlines").json()["items"]
    assert [(d["kind"], d["on"]) for d in told] == [
        ("complaint_answer", "2026-07-11"),
        ("complaint_answer", "2026-07-12"),
    ]
