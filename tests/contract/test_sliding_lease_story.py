"""From the partner's presentation to the nine-year lease, and the four other ways it may end."""

from __future__ import annotations

from typing import Any

from api.db.tables.register import agreements
from tests.fixtures.occupied import on_day
from tests.fixtures.service import Caller, World
from tests.fixtures.story import AGREEMENT, HOUSEHOLD, SEAT, Seated

SIGNED = {
    "act": "sign_sliding_lease",
    "on": "2027-01-15",
    "signed_on": "2027-01-10",
    "household_agreed_on": "2027-01-08",
    "landlord_agreed_on": "2027-01-09",
    "salubrity_on": "2026-12-20",
    "is_subtenant_named": True,
    "objectives": ["Payer mon loyer par ordre permanent", "Connaître mes voisins"],
}
EXTENDED = {
    "act": "extend_sliding_lease",
    "reason": "Un objectif est encore en chemin.",
    "support_change": "Une visite toutes les deux semaines.",
}
ENDED = {
    "act": "end_without_slide",
    "exit_class": "end_of_term_without_slide",
    "notice_on": "2027-11-02",
}


def operator_on(world: World, operator: Caller) -> Caller:
    """The operator's program on another day."""
    return Caller(world.client, operator.headers)


def act(caller: Caller, stay: str, **asked: Any):  # type: ignore[no-untyped-def]
    return caller.post(f"/occupancies/{stay}/acts", {"decided_by": "Ada Exemple"} | asked)


def review(caller: Caller, stay: str, on: str, **states: str) -> None:
    body = {
        "household_says": "Je me sens chez moi.",
        "held_on": on,
        "is_household_present": True,
        "service_says": "Les visites se passent bien.",
        "objectives": {number.removeprefix("n"): state for number, state in states.items()},
        "copy_delivered": "by_hand",
    }
    told = caller.post(f"/occupancies/{stay}/reviews", body)
    assert told.status_code == 201, told.text


def signed(seated: Seated) -> str:
    """The household lives in the dwelling under a sub-lease."""
    seated.approve()
    stay = seated.planned()
    with on_day(seated.world, "2027-01-15") as world:
        told = act(operator_on(world, seated.operator), stay, **SIGNED)
    assert told.status_code == 201, told.text
    assert (told.json()["status"], told.json()["until_on"]) == ("sliding_lease", "2028-01-15")
    return stay


def codes(told: Any) -> list[str]:
    return sorted(fault["code"] for fault in told.json()["errors"])


def test_presented_seated_housed_reviewed_three_times_then_slid(seated: Seated) -> None:
    assert (seated.line["channel"], seated.line["critical_for"]) == ("reserve", [SEAT])
    early = seated.manager.post("/occupancies", seated.entry())
    assert (early.status_code, codes(early)) == (409, ["stay.no_allocation"])
    stay = seated.planned()
    with on_day(seated.world, "2027-01-15") as world:
        operator = operator_on(world, seated.operator)
        refused = act(operator, stay, **SIGNED | {"objectives": [], "is_subtenant_named": False})
        assert refused.status_code == 409
        assert codes(refused) == [
            "stay.no_objective",
            "stay.operator_not_approved",
            "stay.subtenant_not_named",
        ]
        assert "15/03/2018" in refused.json()["errors"][0]["sentence"]
        assert world.as_role("clerk").get(f"/occupancies/{stay}").json()["status"] == "planned"
        assert act(world.as_role("manager"), stay, **SIGNED).status_code == 409  # same conditions
    seated.approve()
    with on_day(seated.world, "2027-01-15") as world:
        told = act(operator_on(world, seated.operator), stay, **SIGNED)
        assert told.status_code == 201, told.text
    for year, day in ((2028, "2028-01-15"), (2029, "2029-01-15")):
        with on_day(seated.world, day) as world:
            operator = operator_on(world, seated.operator)
            late = act(operator, stay, **EXTENDED, on=day)
            assert codes(late) == ["stay.no_review"]
            due = operator.get("/occupancies/reminders").json()["items"]
            assert ("review", day) in [(d["kind"], d["due_on"]) for d in due]
            review(operator, stay, f"{year}-01-05", n1="moving", n2="reached")
            longer = act(operator, stay, **EXTENDED, on=day)
            assert longer.status_code == 201, longer.text
            assert longer.json()["until_on"] == f"{year + 1}-01-15"
    with on_day(seated.world, "2030-01-15") as world:
        operator, manager = operator_on(world, seated.operator), world.as_role("manager")
        slide = {"act": "slide", "on": "2030-01-15", "household_agreed_on": "2030-01-14"}
        assert codes(act(operator, stay, **slide, decided_by="")) == ["stay.nobody_named"]
        assert codes(act(operator, stay, **slide)) == ["stay.no_review", "stay.objectives_open"]
        review(operator, stay, "2030-01-12", n1="reached")
        objected = act(manager, stay, **slide)  # the landlord neither slides nor objects
        assert (objected.status_code, objected.json()["code"]) == (403, "stay.act_of_another")
        done = act(operator, stay, **slide)
        assert done.status_code == 201, done.text
        told = manager.get(f"/occupancies/{stay}").json()
        assert (told["status"], told["until_on"]) == ("standard_lease", "2036-01-10")
        assert [a["act"] for a in told["acts"]] == [
            "sign_sliding_lease",
            "extend_sliding_lease",
            "extend_sliding_lease",
            "slide",
        ]
        # Papers are missing: they are listed, and took nothing away.
        assert all(paper["held_on"] is None for paper in told["papers"])
        assert len(told["papers"]) == 12
        again = act(operator, stay, **slide)
        assert (again.status_code, again.json()["code"]) == (409, "procedure.illegal_act")
    sees_nothing_after_it_stepped_out(seated, stay)


def sees_nothing_after_it_stepped_out(seated: Seated, stay: str) -> None:
    with on_day(seated.world, "2031-05-01") as world:
        manager = world.as_role("manager")
        left = {"act": "leave_by_choice", "on": "2031-04-30", "household_agreed_on": "2031-04-01"}
        why = {"exit_class": "moved_by_choice", "no_alternative": "own_choice"}
        assert act(manager, stay, **left, **why).status_code == 201
        told = operator_on(world, seated.operator).get(f"/occupancies/{stay}").json()
        assert (told["status"], told["ended_on"], told["exit_class"]) == (
            "standard_lease",
            None,
            "",
        )
        assert told["possible"] == []


def test_left_by_choice(seated: Seated) -> None:
    stay = signed(seated)
    with on_day(seated.world, "2027-06-01") as world:
        operator = operator_on(world, seated.operator)
        left = {"act": "leave_by_choice", "on": "2027-05-31", "exit_class": "moved_by_choice"}
        refused = act(operator, stay, **left)
        assert codes(refused) == ["stay.household_not_agreed", "stay.no_alternative"]
        agreed = {"household_agreed_on": "2027-05-01", "no_alternative": "found_by_the_household"}
        told = act(operator, stay, **left, **agreed)
        assert told.json()["status"] == "left_by_choice"
        # The main lease is the operator's: the dwelling waits to be offered again, by it alone.
        (back,) = operator.get("/dwelling-returns").json()["items"]
        assert (back["dwelling_id"], back["state"]) == (told.json()["dwelling_id"], "waiting")
        presented = operator.get(f"/presentations?agreement_id={AGREEMENT}").json()["items"]
        other = next(p["application_id"] for p in presented if p["application_id"] != HOUSEHOLD)
        again = seated.entry(application_id=other, dwelling_id=back["dwelling_id"])
        planned = operator.post("/occupancies", again)
        assert planned.status_code == 201, planned.text
        assert returned(operator) == "offered_again"
        # Nobody's lease by this way but a sliding one: the list is not passed over.
        next_stay = planned.json()["occupancy_id"]
        lease = {"act": "sign_standard_lease", "on": "2027-06-01", "signed_on": "2027-06-01"}
        refused = act(world.as_role("manager"), next_stay, **lease)
        assert codes(refused) == ["stay.no_allocation"]
        assert act(operator, next_stay, act="give_up", on="2027-06-01").status_code == 201
        assert returned(operator) == "waiting"


def returned(operator: Caller) -> str:
    (back,) = operator.get("/dwelling-returns").json()["items"]
    return str(back["state"])


def test_ended_without_a_slide_with_an_alternative(seated: Seated) -> None:
    stay = signed(seated)
    with on_day(seated.world, "2028-01-15") as world:
        operator = operator_on(world, seated.operator)
        end = ENDED | {"on": "2028-01-15"}
        assert codes(act(operator, stay, **end)) == ["stay.no_alternative", "stay.no_review"]
        review(operator, stay, "2028-01-07", n1="open")
        assert codes(act(operator, stay, **end)) == ["stay.no_alternative"]
        offered = {"kind": "insertion", "offered_by": "CPAS inventé", "offered_on": "2028-01-08"}
        assert operator.post(f"/occupancies/{stay}/alternatives", offered).status_code == 201
        said = {"answer": "accepted", "answered_on": "2028-01-10"}
        operator.post(f"/occupancies/{stay}/alternatives/1/answer", said)
        told = act(operator, stay, **end)
        assert told.status_code == 201, told.text
        assert (told.json()["status"], told.json()["exit_class"]) == (
            "stay_ended",
            "end_of_term_without_slide",
        )
        assert told.json()["alternatives"][0]["answer"] == "accepted"
        # A past end is no landlord's to know but the one it was with.
        elsewhere = world.as_role("manager", "maison-liegeoise")
        assert elsewhere.get(f"/occupancies/{stay}").status_code == 404


def test_a_refused_offer_releases_the_seat(seated: Seated) -> None:
    before = seats_used(seated)
    offer_id = seated.offered()
    assert seated.meeting.answer(offer_id, "refuse").status_code == 200
    refused = seated.manager.post("/occupancies", seated.entry())
    assert codes(refused) == ["stay.no_allocation"]
    assert seats_used(seated) == before  # it is free for the next one
    seated.world.work()
    right = seated.meeting.right(seated.line["dwelling_id"])
    assert right["application_id"] != HOUSEHOLD


def seats_used(seated: Seated) -> int:
    told = seated.operator.get("/agreements").json()["items"]
    (mine,) = [a for a in told if a["agreement_id"] == AGREEMENT]
    return int(mine["seats_used_this_year"])


def test_giving_up_before_the_entry_gives_the_seat_back(seated: Seated) -> None:
    before = seats_used(seated)
    stay = seated.planned()
    assert seats_used(seated) == before + 1
    given_up = {"act": "give_up", "on": "2026-12-03"}
    refused = act(seated.operator, stay, **given_up)
    assert (refused.status_code, codes(refused)) == (409, ["stay.offer_stands"])
    manager = seated.world.as_role("manager")
    (offer,) = manager.get("/offers?state=accepted").json()["items"]
    assert offer["offer_id"] in refused.json()["errors"][0]["sentence"]
    withdrawn = manager.post(f"/offers/{offer['offer_id']}/withdrawal", {"reason": "Il renonce."})
    assert withdrawn.status_code == 200, withdrawn.text
    assert act(seated.operator, stay, **given_up).json()["status"] == "never_entered"
    assert seats_used(seated) == before


def test_the_offer_of_a_home_lived_in_is_not_taken_back(seated: Seated) -> None:
    stay = signed(seated)
    with on_day(seated.world, "2027-02-01") as world:
        manager = world.as_role("manager")
        (offer,) = manager.get("/offers?state=accepted").json()["items"]
        refuse = {"answer": "refuse", "answered_on": "2027-02-01"}
        for path, said in (("answer", refuse), ("withdrawal", {"reason": "Une erreur."})):
            told = manager.post(f"/offers/{offer['offer_id']}/{path}", said)
            assert (told.status_code, told.json()["code"]) == (409, "offer.stay_begun")
        assert manager.get(f"/occupancies/{stay}").json()["status"] == "sliding_lease"


def test_capacity_lost_midway_keeps_the_home(seated: Seated) -> None:
    seated.approve()
    stay = seated.planned()
    lose_places(seated)
    with on_day(seated.world, "2027-01-15") as world:
        operator = operator_on(world, seated.operator)
        refused = act(operator, stay, **SIGNED)
        assert codes(refused) == ["stay.no_free_place"]
        decided = {"decided_without_place": "Le logement n'attend pas ; un autre service suit."}
        told = act(operator, stay, **SIGNED, **decided)
        assert told.status_code == 201, told.text
    with on_day(seated.world, "2028-01-15") as world:
        # The service has no place left at all: nothing slides, nothing ends by that.
        told = world.as_role("social_worker").get(f"/occupancies/{stay}").json()
        assert (told["status"], told["days_over"]) == ("sliding_lease", 0)
    with on_day(seated.world, "2028-02-15") as world:
        told = world.as_role("social_worker").get(f"/occupancies/{stay}").json()
        assert (told["status"], told["days_over"]) == ("sliding_lease", 31)


def lose_places(seated: Seated) -> None:
    """The partner's places of support are all taken."""
    with seated.world.service.database.writing() as connection:
        mine = agreements.c.agreement_id == AGREEMENT
        connection.execute(agreements.update().where(mine).values(accompaniment_used=12))
