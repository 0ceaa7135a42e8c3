"""The rows of the routes of stays: see ``matrix``."""

from __future__ import annotations

from tests.contract.matrix import CONTROL, STAFF, Row

STAY = {
    "application_id": "A1",
    "dwelling_id": "D2",
    "operator_id": "P1",
    "agreement_id": "C1",
}
PARTIES = {"manager", "social_worker", "liaison", "partner"}
REVIEW = {"held_on": "2026-06-14", "is_household_present": True, "household_says": "All well."}
OFFERED = {"kind": "another_dwelling", "offered_by": "P1", "offered_on": "2026-06-14"}
APPROVAL = {
    "operator_id": "P1",
    "approving_act": "An invented act",
    "source": "An invented journal",
    "from_on": "2026-01-01",
}

STAYS: dict[str, Row] = {
    "GET /api/v1/occupancies": Row(STAFF | CONTROL | {"partner"}, "/occupancies", elsewhere="own"),
    "POST /api/v1/occupancies": Row(PARTIES, "/occupancies", STAY),
    "GET /api/v1/occupancies/reminders": Row(PARTIES, "/occupancies/reminders", elsewhere="own"),
    "GET /api/v1/occupancies/exit-points": Row(
        {"clerk", "social_worker", "liaison"}, "/occupancies/exit-points", elsewhere="own"
    ),
    "GET /api/v1/occupancies/rules": Row(
        STAFF | CONTROL | {"partner"}, "/occupancies/rules", elsewhere="own"
    ),
    "GET /api/v1/occupancies/{occupancy_id}": Row(
        STAFF | CONTROL | {"partner"}, "/occupancies/{stay}"
    ),
    "POST /api/v1/occupancies/{occupancy_id}/acts": Row(
        PARTIES, "/occupancies/{stay}/acts", {"act": "leave_by_choice", "on": "2026-06-14"}
    ),
    "POST /api/v1/occupancies/{occupancy_id}/reviews": Row(
        PARTIES, "/occupancies/{stay}/reviews", REVIEW
    ),
    "POST /api/v1/occupancies/{occupancy_id}/papers": Row(
        PARTIES, "/occupancies/{stay}/papers", {"paper": "meters", "held_on": "2026-06-14"}
    ),
    "POST /api/v1/occupancies/{occupancy_id}/alternatives": Row(
        PARTIES, "/occupancies/{stay}/alternatives", OFFERED
    ),
    "POST /api/v1/occupancies/{occupancy_id}/alternatives/{sequence}/answer": Row(
        PARTIES,
        "/occupancies/{stay}/alternatives/1/answer",
        {"answer": "declined", "answered_on": "2026-06-14"},
    ),
    "GET /api/v1/occupancies/{occupancy_id}/documents/{name}": Row(
        PARTIES, "/occupancies/{stay}/documents/sub_lease"
    ),
    "GET /api/v1/operator-approvals": Row(
        STAFF | CONTROL | {"partner"}, "/operator-approvals", elsewhere="own"
    ),
    "POST /api/v1/operator-approvals": Row(
        {"manager"}, "/operator-approvals", APPROVAL, elsewhere="own"
    ),
    "GET /api/v1/dwelling-returns": Row(
        STAFF | CONTROL | {"partner"}, "/dwelling-returns", elsewhere="own"
    ),
    "POST /api/v1/dwelling-returns/{occupancy_id}/hand-back": Row(
        PARTIES, "/dwelling-returns/{stay}/hand-back", {"on": "2026-06-14"}
    ),
}
