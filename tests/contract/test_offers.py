"""The order is enforced: from the committee's decision to the household that accepts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from api.db.tables.register import allocations_ytd, offers
from api.decisions.entitlements import change
from tests.fixtures.service import OURS, Caller
from tests.fixtures.sitting import AFTER, TODAY, Meeting


def served(meeting: Meeting) -> list[tuple[str, str]]:
    return [(d["dwelling_id"], d["application_id"]) for d in meeting.lines() if d["application_id"]]


def with_reserve(meeting: Meeting) -> tuple[str, str, str]:
    """A dwelling, who it is proposed to, and who gets it if they refuse."""
    for line in meeting.lines():
        for following in line["next"]:
            if line["application_id"] and following["needs"] == "refusal":
                return line["dwelling_id"], line["application_id"], following["application_id"]
    raise AssertionError("no dwelling with somebody next")


def test_from_the_meeting_to_the_household_that_accepts(meeting: Meeting) -> None:
    dwelling, first, second = with_reserve(meeting)
    assert meeting.decide().status_code == 200
    made = meeting.offer(dwelling, first)
    assert made.status_code == 201, made.text
    refused = meeting.answer(made.json()["offer_id"], "refuse")
    assert (refused.status_code, refused.json()["state"]) == (200, "refused")
    assert meeting.right(dwelling)["ground"] == "awaited"
    early = meeting.offer(dwelling, second)
    assert (early.status_code, early.json()["code"]) == (409, "offer.next_awaited")
    meeting.world.work()
    right = meeting.right(dwelling)
    assert (right["application_id"], right["ground"]) == (second, "continuation")
    version = meeting.clerk.get("/applications").json()["standing"]["version"]
    offer_id = meeting.offer(dwelling, second).json()["offer_id"]
    assert meeting.answer(offer_id, "accept").json()["state"] == "accepted"
    meeting.world.work()
    assert meeting.clerk.get("/applications").json()["standing"]["version"] > version
    line = meeting.clerk.get(f"/applications/{second}").json()
    assert line["status"] == "withdrawn"
    assert meeting.world.as_role("auditor").get("/journal/verification").json()["is_sound"]


def test_nobody_but_the_household_entitled_is_offered_a_dwelling(meeting: Meeting) -> None:
    (dwelling, entitled), (_, other) = served(meeting)[:2]
    meeting.decide()
    told = meeting.offer(dwelling, other)
    assert (told.status_code, told.json()["code"]) == (409, "offer.not_entitled")
    assert entitled in told.json()["detail"]
    assert meeting.clerk.get("/offers").json()["items"] == []


def test_nothing_is_offered_before_the_committee_has_decided(meeting: Meeting) -> None:
    dwelling, first, _ = with_reserve(meeting)
    told = meeting.offer(dwelling, first)
    assert (told.status_code, told.json()["code"]) == (409, "meeting.wrong_state")


def test_every_dwelling_is_decided_once(meeting: Meeting) -> None:
    first, *rest = (d["dwelling_id"] for d in meeting.lines())
    decisions = [{"dwelling_id": d, "decision": "follow"} for d in (rest[0], rest[0], "nowhere")]
    decisions[0]["decision"] = "not_let"
    told = meeting.member.post(f"/meetings/{meeting.id}/decision", {"decisions": decisions})
    assert told.status_code == 422
    codes = {f["code"] for f in told.json()["errors"]}
    assert codes == {
        "decision.no_reason", "decision.twice", "decision.unknown_dwelling", "decision.left_out"
    }  # fmt: skip
    assert sum(first in f["sentence"] for f in told.json()["errors"]) == 1


def test_an_offer_is_followed_until_silence_may_be_recorded(meeting: Meeting) -> None:
    dwelling, first, _ = with_reserve(meeting)
    meeting.decide()
    offer_id = meeting.offer(dwelling, first).json()["offer_id"]
    silence = {"counts_as_refusal": False}
    told = meeting.manager.post(f"/offers/{offer_id}/silence", silence)
    assert (told.status_code, told.json()["code"]) == (409, "procedure.no_answer_time")
    contact = {"contacted_on": TODAY, "way": "telephone", "was_reached": False}
    told = meeting.clerk.post(f"/offers/{offer_id}/contacts", contact)
    assert [c["way"] for c in told.json()["contacts"]] == ["telephone"]


def test_a_household_that_gives_up_after_accepting_gives_everything_back(meeting: Meeting) -> None:
    dwelling, first, second = with_reserve(meeting)
    meeting.decide()
    offer_id = meeting.offer(dwelling, first).json()["offer_id"]
    meeting.answer(offer_id, "accept")
    meeting.answer(offer_id, "refuse_with_ground", ground="The lift is out of order.")
    assert meeting.clerk.get(f"/applications/{first}").json()["status"] == "admitted"
    judged = {"is_justified": True, "reason": "It is."}
    told = meeting.manager.post(f"/offers/{offer_id}/judgement", judged).json()
    assert told["state"] == "refused_justified"
    meeting.world.work()
    assert meeting.right(dwelling)["application_id"] == second
    assert meeting.offer(dwelling, second).status_code == 201
    assert meeting.world.as_role("auditor").get("/journal/verification").json()["is_sound"]


def test_an_allocation_counts_once_offered_and_its_undoing_leaves_a_trace(meeting: Meeting) -> None:
    dwelling, first, second = with_reserve(meeting)
    meeting.decide()
    on = meeting.clerk.get("/meetings").json()["items"][0]["meeting_on"]
    before = ledger_of(meeting, dwelling)
    offer_id = meeting.offer(dwelling, first).json()["offer_id"]
    (row,) = ledger_of(meeting, dwelling) - before
    with meeting.world.service.database.reading() as connection:
        counted = connection.execute(
            sa.select(allocations_ytd).where(allocations_ytd.c.allocation_id == row[0])
        ).one()
    assert (counted.decided_on.isoformat(), counted.undone_on) == (on, None)
    # An open offer houses nobody yet.
    housed = meeting.clerk.get("/reports/housed/rows").json()["items"]
    assert first not in {h["application_id"] for h in housed}
    meeting.answer(offer_id, "refuse")
    meeting.world.work()
    meeting.offer(dwelling, second)
    rows = {r[1]: r[2:] for r in ledger_of(meeting, dwelling) - before}
    assert rows == {first: (TODAY, "refused"), second: ("None", "None")}
    told = meeting.clerk.get("/reports/allocations/rows?limit=200").json()["items"]
    assert {a["application_id"] for a in told if a["dwelling_id"] == dwelling} == {second}
    assert meeting.world.as_role("auditor").get("/journal/verification").json()["is_sound"]


def ledger_of(meeting: Meeting, dwelling: str) -> set[tuple[str, str, str, str]]:
    """Allocation, household, and how it was undone, of every row of a dwelling."""
    columns = [allocations_ytd.c[n] for n in ("allocation_id", "application_id")]
    undone = [allocations_ytd.c[n] for n in ("undone_on", "undone_for")]
    query = sa.select(*columns, *undone).where(allocations_ytd.c.dwelling_id == dwelling)
    with meeting.world.service.database.reading() as connection:
        return {(str(a), str(b), str(c), str(d)) for a, b, c, d in connection.execute(query)}


def test_whom_a_quota_passed_over_is_named_once_the_committee_has_decided(meeting: Meeting) -> None:
    proposal = meeting.clerk.get(f"/meetings/{meeting.id}/files/proposal.json").json()
    quota = max(proposal["quotas"], key=lambda q: len(q["passed_over"]))
    path = f"/quotas/ledger/{quota['quota_id']}/passed-over"
    assert meeting.clerk.get(path).json()["items"] == []
    meeting.decide()
    answer = meeting.clerk.get(path).json()
    assert "items" in answer, answer
    told = answer["items"]
    sizes = [str(t["bedrooms"]) for t in told]
    assert answer["by_bedrooms"] == {size: sizes.count(size) for size in sorted(set(sizes))}
    assert [t["application_id"] for t in told] == quota["passed_over"]
    waits = {str(w["bedrooms"]): w for w in answer["extra_waits"]}
    assert set(waits) == set(sizes)
    for size, wait in waits.items():
        assert wait["lost"] <= min(sizes.count(size), wait["candidates"])
        if wait["candidates"] < 6:  # too few for an honest interval
            assert (wait["median_days"], wait["low_days"], wait["high_days"]) == (None, None, None)
    assert {t["meeting_id"] for t in told} <= {meeting.id}
    in_the_ledger = of_the_ledger(meeting.clerk, "?extra_waits=true")
    assert in_the_ledger[quota["quota_id"]] == answer["extra_waits"]
    assert set(of_the_ledger(meeting.clerk, "").values()) == {None}
    advisor = meeting.world.as_role("advisor")
    asked = f"?extra_waits=true&register_id={OURS}"
    assert set(of_the_ledger(advisor, asked).values()) == {None}
    assert meeting.clerk.get("/quotas/ledger/nothing/passed-over").status_code == 404


def of_the_ledger(caller: Caller, asked: str) -> dict[str, Any]:
    """Quota -> what it cost the general list in time, as the ledger tells it."""
    items = caller.get(f"/quotas/ledger{asked}").json()["items"]
    return {item["quota_id"]: item["extra_waits"] and list(item["extra_waits"]) for item in items}


def test_a_derogation_needs_its_opinion_and_names_whom_it_passes_over(meeting: Meeting) -> None:
    dwelling, first, second = with_reserve(meeting)
    entry = {
        "dwelling_id": dwelling,
        "application_id": second,
        "ground": "derogation_urgency",
        "reason": "A fire this week.",
        "attested": ["recent_situation", "danger"],
        "commune_share": {"social_share": "0.12", "source": "Exemple"},
    }
    put = meeting.clerk.post(f"/meetings/{meeting.id}/derogations", entry)
    assert put.status_code == 201, put.text
    departure = put.json()
    assert departure["passed_over"][0] == first
    assert departure["not_attested"] == ["quickest_solution"]
    assert departure["counted"]["cap"]["share"] == "3/20"
    derogate = {"decision": "derogate", "derogation_id": departure["derogation_id"]}
    early = meeting.decide(**{dwelling: derogate})
    assert (early.status_code, early.json()["code"]) == (409, "procedure.illegal_act")
    opinion = {"opinion": "concurring", "reason": "Agreed."}
    commissioner = meeting.world.as_role("commissioner")
    path = f"/derogations/{departure['derogation_id']}"
    assert commissioner.post(f"{path}/opinion", opinion).json()["state"] == "concurred"
    assert meeting.decide(**{dwelling: derogate}).status_code == 200
    assert meeting.right(dwelling)["application_id"] == second
    assert meeting.offer(dwelling, first).json()["code"] == "offer.not_entitled"
    offer_id = meeting.offer(dwelling, second).json()["offer_id"]
    assert meeting.answer(offer_id, "accept").status_code == 200
    auditor = meeting.world.as_role("auditor")
    subject = departure["derogation_id"]
    entries = auditor.get(f"/journal?subject={subject}").json()["items"]
    assert [e["act"] for e in entries] == [
        "derogation.proposed", "derogation.concurred", "derogation.decided"
    ]  # fmt: skip
    assert all(e["content"]["passed_over"] == departure["passed_over"] for e in entries)
    meeting.world.work()  # who was passed over keeps a chance at what is left
    assert meeting.right(dwelling)["ground"] == "derogation"


def test_a_meeting_is_posted_and_closed_when_everything_is_settled(meeting: Meeting) -> None:
    meeting.decide()
    posted = meeting.clerk.post(f"/meetings/{meeting.id}/posting", {"posted_on": TODAY})
    assert posted.json()["state"] == "posted"
    assert meeting.clerk.get(f"/meetings/{meeting.id}").json()["posted_on"] == TODAY
    told = meeting.clerk.post(f"/meetings/{meeting.id}/closing")
    assert (told.status_code, told.json()["code"]) == (409, "meeting.not_settled")
    for dwelling, household in served(meeting):
        offer_id = meeting.offer(dwelling, household).json()["offer_id"]
        assert meeting.answer(offer_id, "accept").status_code == 200
    assert meeting.clerk.post(f"/meetings/{meeting.id}/closing").json()["state"] == "closed"


def test_a_dwelling_no_longer_to_let_leaves_its_household_in_line(meeting: Meeting) -> None:
    dwelling, _, _ = with_reserve(meeting)
    meeting.decide()
    gone = {"dwelling_id": dwelling, "reason": "Damp."}
    assert meeting.clerk.post(f"/meetings/{meeting.id}/withdrawals", gone).status_code == 200
    meeting.world.work()
    assert meeting.right(dwelling)["ground"] == "not_let"
    assert meeting.right(dwelling)["application_id"] is None
    again = meeting.clerk.post(f"/meetings/{meeting.id}/withdrawals", gone)
    assert (again.status_code, again.json()["code"]) == (409, "meeting.nothing_held")
    entitled = {
        r["application_id"]
        for r in meeting.clerk.get(f"/meetings/{meeting.id}/entitlements").json()["items"]
    }
    assert len(entitled - {None}) >= len(served(meeting)) - 1


def at_the_same_moment(*requests):  # type: ignore[no-untyped-def]
    """What requests sent together get, those that succeed first."""
    start = Barrier(len(requests))

    def send(request):  # type: ignore[no-untyped-def]
        start.wait()
        return request()

    with ThreadPoolExecutor(len(requests)) as pool:
        told = list(pool.map(send, requests))
    return sorted(told, key=lambda answer: answer.status_code)


def test_two_offers_of_one_dwelling_are_one_and_the_loser_reads_why(meeting: Meeting) -> None:
    dwelling, household, _ = with_reserve(meeting)
    meeting.decide()
    callers = [meeting.clerk, meeting.manager] * 2
    told = at_the_same_moment(
        *(partial(meeting.offer, dwelling, household, caller) for caller in callers)
    )
    assert [t.status_code for t in told] == [201, 409, 409, 409]
    assert {t.json()["code"] for t in told[1:]} == {"offer.dwelling_has_offer"}
    assert len(meeting.clerk.get("/offers").json()["items"]) == 1


def test_one_household_is_offered_one_dwelling_at_a_time(meeting: Meeting) -> None:
    (first, household), (second, _) = served(meeting)[:2]
    meeting.decide()
    with meeting.world.service.database.writing() as connection:
        # As if another meeting had given it a second dwelling.
        change(connection, meeting.id, second, {"application_id": household})
    told = at_the_same_moment(
        partial(meeting.offer, first, household), partial(meeting.offer, second, household)
    )
    assert [t.status_code for t in told] == [201, 409]
    assert told[1].json()["code"] == "offer.household_has_offer"


def test_the_database_itself_refuses_a_second_open_offer(meeting: Meeting) -> None:
    (first, household), (second, other) = served(meeting)[:2]
    database = meeting.world.service.database

    def insert(n: int, dwelling: str, application: str) -> None:
        with database.writing() as connection:
            row = {"held_by": OURS, "offer_id": f"X{n}", "made_on": AFTER.date(), "answer": "open"}
            connection.execute(
                offers.insert(), row | {"dwelling_id": dwelling, "application_id": application}
            )

    insert(1, first, household)
    for dwelling, application in ((first, other), (second, household)):
        with pytest.raises(sa.exc.IntegrityError):
            insert(2, dwelling, application)


def test_an_answer_at_the_same_moment_is_taken_once(meeting: Meeting) -> None:
    dwelling, household, _ = with_reserve(meeting)
    meeting.decide()
    offer_id = meeting.offer(dwelling, household).json()["offer_id"]
    told = at_the_same_moment(*[partial(meeting.answer, offer_id, "accept")] * 3)
    assert [t.status_code for t in told] == [200, 409, 409]
    assert {t.json()["code"] for t in told[1:]} == {"procedure.illegal_act"}
