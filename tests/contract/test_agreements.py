"""Agreements through the API: drafted, signed, followed by the register, ended; each refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.agreements.schemas import terms_text
from tests.fixtures.occupied import STAY, some_stay
from tests.fixtures.service import NOW, OURS, REGION, THEIRS, World
from tests.unit.allocation.accompaniment.agreement_examples import some_terms

TERMS: dict[str, Any] = json.loads(terms_text(some_terms())) | {
    "in_force_from": "2026-01-01",
    "basis": {"article": "Article (exemple)", "act": "Acte (exemple)", "standing": "fictional"},
}
DRAFT = {"agreement_id": "C-2026", "partner_id": "P1", "terms": TERMS}
ROUTE = "/agreement-documents"


class Path:
    """An agreement led by its manager."""

    def __init__(self, world: World, agreement_id: str = "C-2026") -> None:
        self.manager, self.address = world.as_role("manager"), f"{ROUTE}/{agreement_id}"

    def drafted(self, **changes: Any) -> Path:
        """The draft, filed."""
        told = self.manager.post(ROUTE, DRAFT | {"terms": TERMS | changes})
        assert told.status_code == 201, told.text
        return self

    def act(self, act: str, **said: Any):  # type: ignore[no-untyped-def]
        """One step further, on the version that is there."""
        version = self.manager.get(self.address).json()["row_version"]
        asked = {"act": act, "on": "2026-06-12", "row_version": version} | said
        return self.manager.post(f"{self.address}/acts", asked)

    def in_force(self) -> Path:
        """Settled, signed, in force."""
        for act, said in (
            ("negotiate", {}),
            ("sign_agreement", {"signed_on": "2026-06-10"}),
            ("take_effect", {}),
        ):
            told = self.act(act, **said)
            assert told.status_code == 200, told.text
        return self


def listed(world: World, agreement_id: str = "C-2026") -> dict[str, Any]:
    """What the partner reads of its agreement among those of the register."""
    items = world.as_role("partner", "P1").get("/agreements").json()["items"]
    return next((i for i in items if i["agreement_id"] == agreement_id), {})


def codes(told: Any) -> set[tuple[str, str]]:
    return {(fault["path"], fault["code"]) for fault in told.json()["errors"]}


def test_from_a_draft_to_an_agreement_the_register_knows(world: World) -> None:
    path = Path(world).drafted()
    partner = world.as_role("partner", "P1")
    assert partner.get(path.address).status_code == 404  # a draft is the company's own
    assert path.act("negotiate").json()["state"] == "negotiated"
    assert partner.get(path.address).status_code == 200
    assert listed(world) == {}
    signed = path.act("sign_agreement", signed_on="2026-06-10").json()
    assert (signed["state"], signed["signed_on"], signed["possible"]) == (
        "signed",
        "2026-06-10",
        ["take_effect", "abandon"],
    )
    assert path.act("take_effect").json()["state"] == "in_force"
    row = listed(world)
    assert (row["seats_per_year"], row["accompaniment_places"], row["is_in_force"]) == (4, 10, True)
    assert world.as_role("auditor").get("/journal/verification").json()["is_sound"]
    (one,) = [d for d in partner.get(ROUTE).json()["items"] if d["agreement_id"] == "C-2026"]
    assert one["terms"]["capacity"]["seats_per_year"] == 4
    assert one["reviews"] == ["2026-07-01", "2027-01-01"]


def test_another_organisation_does_not_see_it(world: World) -> None:
    path = Path(world).drafted().in_force()
    for role, where in (("manager", THEIRS), ("partner", "P2")):
        caller = world.as_role(role, where)
        assert caller.get(path.address).status_code == 404
        assert caller.get(ROUTE).json()["items"] == []
    assert world.as_role("auditor", REGION).get(path.address).status_code == 200


def test_an_amendment_keeps_what_was_before(world: World) -> None:
    path = Path(world).drafted().in_force()
    capacity = {"seats_per_year": 6, "places": 10}
    told = path.act("amend", terms=TERMS | {"capacity": capacity}, signed_on="2026-06-11")
    assert (told.json()["version"], listed(world)["seats_per_year"]) == (2, 6)
    versions = path.manager.get(f"{path.address}/versions").json()["items"]
    assert [(v["version"], v["terms"]["capacity"]["seats_per_year"]) for v in versions] == [
        (2, 6),
        (1, 4),
    ]
    assert [v["act"] for v in versions] == ["amend", "draft"]


def test_a_suspended_agreement_promises_no_seat(world: World) -> None:
    path = Path(world).drafted().in_force()
    assert path.act("suspend").status_code == 409
    path.act("suspend", reason="Les deux parties en sont convenues.")
    assert listed(world)["seats_per_year"] == 0
    path.act("resume_agreement")
    assert listed(world)["seats_per_year"] == 4


def test_seats_beyond_the_year_and_a_missing_basis_are_refused_with_the_way_out(
    world: World,
) -> None:
    nothing = {"article": "", "act": "", "standing": "none"}
    path = Path(world).drafted(capacity={"seats_per_year": 83}, basis=nothing)
    path.act("negotiate")
    told = path.act("sign_agreement", signed_on="2026-06-10")
    assert (told.status_code, told.json()["code"]) == (409, "agreement.refused")
    # Two agreements of the register promise 8 of the 90 allocations that are expected.
    assert codes(told) == {
        ("/terms/capacity/seats_per_year", "agreement.seats_exceed_base"),
        ("/terms/basis", "agreement.no_legal_basis"),
    }
    assert path.manager.get(path.address).json()["state"] == "negotiated"
    assert listed(world) == {}


def test_an_end_is_recorded_in_the_register(world: World) -> None:
    path = Path(world).drafted().in_force()
    early = path.act("terminate_early", reason="Accord des parties.")
    assert {code for _, code in codes(early)} == {"agreement.no_notice"}
    told = path.act("terminate_early", reason="Accord des parties.", notice_on="2026-03-10")
    assert (told.json()["state"], told.json()["possible"]) == ("terminated_early", [])
    assert listed(world)["in_force_to"] == "2026-06-12"
    assert path.act("amend").json()["code"] == "procedure.illegal_act"


def test_an_agreement_never_leaves_a_stay_without_a_destination(world: World) -> None:
    path = Path(world, "C1")
    as_filed = {"in_force_from": "2025-01-01", "in_force_to": "2027-12-31"}
    filed = DRAFT | {"agreement_id": "C1", "terms": TERMS | as_filed}
    assert path.manager.post(ROUTE, filed).status_code == 201
    with world.service.database.writing() as connection:
        some_stay(connection, now=NOW)
    partner, address = world.as_role("partner", "P1"), f"/occupancies/{STAY}"

    def as_told() -> tuple[Any, ...]:
        return (
            path.manager.get(path.address).json(),
            listed(world, "C1"),
            partner.get(address).json(),
        )

    before = as_told()
    assert before[0]["stays"] == [STAY]
    end = {"reason": "Accord des parties.", "notice_on": "2026-03-10"}
    for destinations in ({}, {STAY: "elsewhere"}):
        refused = path.act("terminate_early", **end, destinations=destinations)
        assert refused.status_code == 409
        assert codes(refused) == {(f"/destinations/{STAY}", "agreement.stay_without_destination")}
        assert as_told() == before
    foreign = {STAY: "runs_to_its_own_end", "stay-9": "runs_to_its_own_end"}
    refused = path.act("terminate_early", **end, destinations=foreign)
    assert codes(refused) == {("/destinations/stay-9", "agreement.not_its_stay")}
    assert as_told() == before
    told = path.act("terminate_early", **end, destinations={STAY: "runs_to_its_own_end"})
    assert (told.status_code, told.json()["state"]) == (200, "terminated_early")
    assert listed(world, "C1")["in_force_to"] == "2026-06-12"
    # The stay itself is where it was: ending an agreement puts nobody out.
    assert partner.get(address).json() == before[2]
    entry = world.as_role("auditor").get("/journal?subject=C1").json()["items"][-1]
    assert entry["content"]["destinations"] == {STAY: "runs_to_its_own_end"}


def test_an_agreement_of_the_files_receives_its_text(world: World) -> None:
    path = Path(world, "C1")
    as_filed = {"in_force_from": "2025-01-01", "in_force_to": "2027-12-31"}
    wrong = path.manager.post(ROUTE, DRAFT | {"agreement_id": "C1"})
    assert {code for _, code in codes(wrong)} == {"agreement.not_as_the_register"}
    told = path.manager.post(ROUTE, DRAFT | {"agreement_id": "C1", "terms": TERMS | as_filed})
    assert (told.status_code, told.json()["state"]) == (201, "in_force")
    again = path.manager.post(ROUTE, DRAFT | {"agreement_id": "C1", "terms": TERMS | as_filed})
    assert (again.status_code, again.json()["code"]) == (409, "agreement.present")


def test_two_people_do_not_overwrite_one_another(world: World) -> None:
    path = Path(world).drafted()
    asked = {"act": "negotiate", "on": "2026-06-12", "row_version": 1}
    assert path.manager.post(f"{path.address}/acts", asked).status_code == 200
    told = path.manager.post(f"{path.address}/acts", asked)
    assert (told.status_code, told.json()["code"]) == (409, "agreement.moved")


@pytest.mark.parametrize("partner_id", ["P9", ""])
def test_a_partner_nobody_knows_is_refused(world: World, partner_id: str) -> None:
    told = world.as_role("manager").post(ROUTE, DRAFT | {"partner_id": partner_id})
    assert told.status_code in (404, 422)


def test_ours_is_the_register_of_the_draft(world: World) -> None:
    Path(world).drafted()
    found = world.as_role("liaison").get(f"{ROUTE}/C-2026").json()
    assert (found["register_id"], found["state"], found["stays"]) == (OURS, "drafted", [])
