"""Nobody is sent round in circles: one owner, one day, back to the sender; a queue by consent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from api.db.tables.orientation import queue_entry
from tests.contract.matrix_accompaniment import CONFERENCE, OFFERED, SENT_ON, SITUATION
from tests.fixtures.service import OURS, THEIRS, World, served_by

TO_P1 = SENT_ON | {"to": "P1", "application_id": "A1", "words": "J'ai peur d'ouvrir le courrier"}


def refused(told: Any, status: int = 422) -> str:
    assert told.status_code == status, told.text
    return str(told.json()["code"])


def sent(world: World, **changes: Any) -> str:
    told = world.as_role("social_worker").post("/referrals", TO_P1 | changes)
    assert told.status_code == 201, told.text
    return f"/referrals/{told.json()['referral_id']}/acts"


def test_a_referral_has_one_owner_and_returns_to_its_sender(world: World) -> None:
    worker, partner = world.as_role("social_worker"), world.as_role("partner", "P1")
    acts = sent(world)
    (seen,) = partner.get("/referrals").json()["items"]
    assert (seen["owner_id"], seen["possible"]) == (OURS, ["accept", "send_back", "leave"])
    assert (seen["application_id"], seen["hand_overs"]) == (None, [])
    assert seen["words"] == TO_P1["words"]
    assert refused(worker.post(acts, {"act": "accept", "on": "2026-06-15"}), 409) == (
        "referral.not_the_owner"
    )
    back = {"act": "send_back", "on": "2026-06-15"}
    assert refused(partner.post(acts, back)) == "referral.incomplete"
    told = partner.post(acts, back | {"because": "full"}).json()
    assert (told["owner_id"], told["state"]) == (OURS, "sent_back")
    assert partner.get("/referrals").json()["items"] == []  # it is the sender's again
    again = {"act": "hand_over", "on": "2026-06-15", "to": "P1", "due_on": "2026-06-20"}
    assert refused(worker.post(acts, again), 409) == "referral.again"
    told = worker.post(acts, again | {"to": "P2"}).json()
    assert (told["receiver_id"], told["n_hand_overs"]) == ("P2", 2)
    assert told["hand_overs"][0]["sent_back_because"] == "full"
    other = world.as_role("partner", "P2")
    assert other.post(acts, {"act": "accept", "on": "2026-06-15"}).json()["owner_id"] == "P2"
    answer = {"act": "answer", "on": "2026-06-15"}
    assert refused(other.post(acts, answer)) == "referral.incomplete"
    assert other.post(acts, answer | {"answer": "helped"}).json()["possible"] == []
    counted = worker.get("/referrals/hand-overs").json()
    assert counted == {"answered": 1, "hand_overs": 2, "in_one": 0, "most": 2, "open": 0}
    assert other.get("/referrals/hand-overs").json()["answered"] == 0


def test_a_day_that_passes_is_shown_and_moves_nothing_by_itself(world: World) -> None:
    sent(world, due_on="2026-06-15")
    (seen,) = world.as_role("social_worker").get("/referrals").json()["items"]
    assert not seen["is_overdue"]
    for later in served_by(world.service.database, now=datetime(2026, 6, 16, 9, tzinfo=UTC)):
        (seen,) = later.as_role("social_worker").get("/referrals").json()["items"]
        assert (seen["is_overdue"], seen["state"], seen["owner_id"]) == (True, "sent", OURS)


def test_the_person_leaves_without_a_reason_and_a_referral_needs_their_agreement(
    world: World,
) -> None:
    worker = world.as_role("social_worker")
    acts = sent(world)
    told = worker.post(acts, {"act": "leave", "on": "2026-06-15"}).json()
    assert (told["state"], told["possible"]) == ("left", [])
    for changes, code in (
        ({"agreed_on": "2026-06-16"}, "referral.not_agreed"),
        ({"to": OURS}, "referral.to_oneself"),
        ({"due_on": "2026-06-14"}, "referral.due_before"),
        ({"need": "laziness"}, "directory.unknown_code"),
    ):
        assert refused(worker.post("/referrals", TO_P1 | changes)) == code
    assert worker.post("/referrals", TO_P1 | {"application_id": "B1"}).status_code == 404
    assert worker.post("/referrals", TO_P1 | {"to": "nobody"}).status_code == 404


def test_the_directory_tells_who_can_do_daily_support_here_from_next_month(world: World) -> None:
    partner, clerk = world.as_role("partner", "P1"), world.as_role("clerk")
    daily = OFFERED | {
        "kinds": ["accompaniment"], "modes": ["individual"], "intensities": ["D"],
        "available_from": "2026-07-01", "wait_days": 20, "languages": ["fr", "ti"],
        "openings": [{"days": ["MO"], "opens_at": "09:00", "closes_at": "12:00"}],
    }  # fmt: skip
    made = partner.post("/services", daily).json()
    partner.post("/services", daily | {"name": "Sooner", "wait_days": 3})
    partner.post("/services", daily | {"name": "Unknown", "wait_days": None})
    asked = "/services?kind=accompaniment&nis5=52011&intensity=D&by="
    found = clerk.get(asked + "2026-07-01").json()["items"]
    assert [s["name"] for s in found] == ["Sooner", "Guidance", "Unknown"]
    assert found[0]["kind_labels"] == ["Accompaniment in the home"]
    assert clerk.get(asked + "2026-06-30").json()["items"] == []
    closed = partner.send("PUT", f"/services/{made['service_id']}", json=daily | {
        "status": "inactive"
    })  # fmt: skip
    assert closed.json()["checked_on"] == "2026-06-15"
    assert len(clerk.get(asked + "2026-07-01").json()["items"]) == 2
    for changes, code in (
        ({"kinds": ["magic"]}, "directory.unknown_code"),
        ({"communes": ["99999"]}, "directory.unknown_commune"),
        (
            {"openings": [{"days": ["MO"], "opens_at": "12:00", "closes_at": "09:00"}]},
            "directory.hours",
        ),
    ):
        assert refused(partner.post("/services", daily | changes)) == code


def test_the_directory_leaves_and_comes_back_in_the_open_referral_form(world: World) -> None:
    partner, other = world.as_role("partner", "P1"), world.as_role("partner", "P2")
    partner.post("/services", OFFERED | {"phone": "071 00 00 00", "wait_days": 4})
    page = partner.get("/open-referral/services").json()
    assert (page["total_items"], page["last_page"]) == (1, True)
    body = {"contents": page["contents"]}
    assert partner.post("/open-referral/services", body).json() == {
        "received": 1,
        "not_kept": [],
    }
    # As a directory gives it, figures of the page included.
    assert partner.post("/open-referral/services", page).json()["received"] == 1
    assert partner.get("/open-referral/services").json() == page
    assert refused(other.post("/open-referral/services", body), 409) == "directory.somebody_elses"
    spoiled = {"contents": [*page["contents"], {"id": "x"}]}
    told = partner.post("/open-referral/services", spoiled)
    assert refused(told) == "open_referral.not_a_service"
    assert "/contents/1" in told.json()["detail"]
    assert partner.get("/open-referral/services").json() == page


def in_network(world: World, *members: str) -> None:
    network = world.as_role("partner", "P1")
    for member in members:
        body = {"member_id": member, "charter_signed_on": "2026-01-15"}
        assert network.post("/networks/P1/members", body).status_code == 200


def test_the_queue_shows_alias_need_commune_owner_to_whom_the_person_named(world: World) -> None:
    in_network(world, OURS, "P2")
    worker, named = world.as_role("social_worker"), world.as_role("partner", "P2")
    network = world.as_role("partner", "P1")
    body = SITUATION | {"readers": ["P2"]}
    entry = worker.post("/networks/P1/queue", body).json()
    (seen,) = named.get("/networks/P1/queue").json()["items"]
    assert {k: seen[k] for k in ("alias", "need", "nis5", "owner_id")} == {
        "alias": "Bleuet",
        "need": "home",
        "nis5": "52011",
        "owner_id": OURS,
    }
    assert set(seen) == {"entry_id", "alias", "need", "nis5", "owner_id", "state", "until_on"}
    assert network.get("/networks/P1/queue").json()["items"] == []  # not named: the keeper neither
    acts = f"/queue/{entry['entry_id']}/acts"
    assert network.post(acts, {"act": "take_up", "on": "2026-06-15"}).status_code == 404
    assert world.as_role("social_worker", THEIRS).get("/networks/P1/queue").status_code == 404
    told = named.post(acts, {"act": "take_up", "on": "2026-06-15"}).json()
    assert (told["owner_id"], told["state"]) == ("P2", "taken_up")
    for later in served_by(world.service.database, now=datetime(2026, 10, 1, 9, tzinfo=UTC)):
        late = later.as_role("partner", "P2")
        assert late.get("/networks/P1/queue").json()["items"] == []
        assert late.post(acts, {"act": "close", "on": "2026-06-16"}).status_code == 404
    named = world.as_role("partner", "P2")
    closed = named.post(acts, {"act": "close", "on": "2026-06-15"}).json()
    assert closed["alias"] == ""  # nobody is named in what is over


def test_a_situation_needs_agreement_members_and_a_day_to_come(world: World) -> None:
    in_network(world, OURS)
    worker = world.as_role("social_worker")
    for changes, code in (
        ({"agreed_on": "2026-06-16"}, "queue.not_agreed"),
        ({"until_on": "2026-06-14"}, "queue.not_agreed"),
        ({"readers": ["P2"]}, "network.not_a_member"),
        ({"need": "x"}, "directory.unknown_code"),
        ({"nis5": "99999"}, "directory.unknown_commune"),
    ):
        told = worker.post("/networks/P1/queue", SITUATION | changes)
        assert refused(told) == code
    again = {"member_id": OURS, "charter_signed_on": "2026-01-15"}
    told = world.as_role("partner", "P1").post("/networks/P1/members", again)
    assert refused(told, 409) == "network.present"
    assert refused(worker.post("/networks/P1/members", again), 403) == "network.not_the_network"


def test_a_case_conference_needs_its_text_and_whom_the_person_named(world: World) -> None:
    in_network(world, OURS, "P2")
    worker = world.as_role("social_worker")
    entry = worker.post("/networks/P1/queue", SITUATION).json()["entry_id"]
    send = f"/queue/{entry}/conferences"
    for missing in ("legal_article", "legal_act"):
        told = worker.post(send, CONFERENCE | {missing: " "})
        assert refused(told) == "conference.no_legal_basis"
    told = worker.post(send, CONFERENCE | {"legal_on": None})
    assert refused(told) == "conference.no_legal_basis"
    told = worker.post(send, CONFERENCE | {"present": ["P1", "P2"]})
    assert refused(told) == "network.not_a_member"
    assert worker.post(send, CONFERENCE).status_code == 201


def test_the_year_of_a_network_comes_from_its_data_and_hides_small_cells(world: World) -> None:
    in_network(world, OURS)
    worker, network = world.as_role("social_worker"), world.as_role("partner", "P1")
    network.post("/networks/P1/priorities", {"year": 2026, "code": "winter", "title": "Hiver"})
    for n in range(12):
        assert worker.post("/networks/P1/queue", SITUATION).status_code == 201
        if n < 11:
            worker.post("/networks/P1/queue", SITUATION | {"need": "debts"})
    worker.post("/networks/P1/queue", SITUATION | {"need": "health"})
    with world.service.database.reading() as connection:
        total = connection.scalar(sa.select(sa.func.count()).select_from(queue_entry))
    found = network.get("/networks/P1/report?year=2026").json()
    assert (found["entries"], found["members"], found["joined"]) == (total, 2, 1)
    cells = {c["key"]: c["n"] for c in found["by_need"]}
    # One small cell could be had back from the total: the next smallest is hidden with it.
    assert cells == {"home": 12}
    assert found["priorities"] == [{"year": 2026, "code": "winter", "title": "Hiver"}]
    before = network.get("/networks/P1/report?year=2025").json()
    assert (before["entries"], before["by_need"], before["members"]) == (None, [], 1)
