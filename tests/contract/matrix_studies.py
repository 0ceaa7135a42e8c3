"""Who may ask for studies, and what somebody of another organisation gets."""

from __future__ import annotations

from tests.contract.matrix_row import Row

ASKERS = {"advisor", "manager"}
ASKED = {"kind": "reform", "ready": "anciennete"}

STUDIES: dict[str, Row] = {
    "GET /api/v1/ready-studies": Row(ASKERS, "/ready-studies", elsewhere="own"),
    "GET /api/v1/studies": Row(ASKERS, "/studies", elsewhere="own"),
    "POST /api/v1/studies": Row(ASKERS, "/studies", ASKED, elsewhere="own"),
    "GET /api/v1/studies/{study_id}": Row(ASKERS, "/studies/{study}"),
    "DELETE /api/v1/studies/{study_id}": Row(ASKERS, "/studies/{study}"),
    "GET /api/v1/studies/{study_id}/files/{name}": Row(ASKERS, "/studies/{study}/files/groups.csv"),
}
