"""The routes of agreements and reserved places: who may call each; added to the matrix."""

from __future__ import annotations

from tests.contract.matrix import CONTROL, PREPARE, STAFF, Row

AGREEMENT = {
    "agreement_id": "C-2027",
    "partner_id": "P1",
    "terms": {"kind": "network_charter", "in_force_from": "2027-01-01"},
}
RIGHTS = {
    "rights": [
        {
            "kind": "ownership",
            "holder": "Commune",
            "holder_kind": "commune",
            "from_on": "2000-01-01",
        }
    ]
}
BUILDING = {
    "nis5": "52011",
    "owner_kind": "commune",
    "works": "planned",
    "expected_on": "2027-09-01",
    "bedrooms": [1, 2],
    "source": "Inventaire communal (exemple)",
}
SEEN = STAFF | CONTROL | {"partner"}

RESERVED: dict[str, Row] = {
    "GET /api/v1/agreement-documents": Row(SEEN, "/agreement-documents", elsewhere="own"),
    "POST /api/v1/agreement-documents": Row(
        {"manager", "liaison"}, "/agreement-documents", AGREEMENT, elsewhere="own"
    ),
    "GET /api/v1/agreement-documents/{agreement_id}": Row(SEEN, "/agreement-documents/{agreement}"),
    "GET /api/v1/agreement-documents/{agreement_id}/versions": Row(
        SEEN, "/agreement-documents/{agreement}/versions"
    ),
    "POST /api/v1/agreement-documents/{agreement_id}/acts": Row(
        {"manager"},
        "/agreement-documents/{agreement}/acts",
        {"act": "negotiate", "on": "2026-06-12", "row_version": 1},
    ),
    "GET /api/v1/place-offers": Row(SEEN, "/place-offers", elsewhere="own"),
    "GET /api/v1/place-offers/turns": Row(PREPARE, "/place-offers/turns?dwelling_id=D1"),
    "POST /api/v1/place-offers": Row(PREPARE, "/place-offers", {"dwelling_id": "D1"}),
    "GET /api/v1/place-offers/{place_offer_id}": Row(SEEN, "/place-offers/{place}"),
    "POST /api/v1/place-offers/{place_offer_id}/answer": Row(
        {"partner"}, "/place-offers/{place}/answer", {"answer": "pass_on"}
    ),
    "POST /api/v1/place-offers/{place_offer_id}/silence": Row(
        PREPARE, "/place-offers/{place}/silence"
    ),
    "POST /api/v1/place-offers/{place_offer_id}/withdrawal": Row(
        PREPARE, "/place-offers/{place}/withdrawal"
    ),
    "POST /api/v1/place-offers/{place_offer_id}/fate": Row(PREPARE, "/place-offers/{place}/fate"),
    "GET /api/v1/dwellings/{dwelling_id}/rights": Row(STAFF | CONTROL, "/dwellings/D1/rights"),
    "PUT /api/v1/dwellings/{dwelling_id}/rights": Row(PREPARE, "/dwellings/D1/rights", RIGHTS),
    "GET /api/v1/vacant-buildings": Row(SEEN, "/vacant-buildings", elsewhere="own"),
    "POST /api/v1/vacant-buildings": Row(
        PREPARE, "/vacant-buildings", BUILDING | {"building_id": "B-9"}, elsewhere="own"
    ),
    "PUT /api/v1/vacant-buildings/{building_id}": Row(
        PREPARE, "/vacant-buildings/{building}", BUILDING | {"row_version": 1}
    ),
}
