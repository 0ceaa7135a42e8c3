"""The routes of fresh proofs, points, separations and the common file; added to the matrix."""

from __future__ import annotations

from typing import Any

from tests.contract.matrix import CONTROL, PREPARE, REASON, STAFF, WRITE, Row

PARTED = {
    "row_version": 1,
    "separated_on": "2026-06-10",
    "leave": ["M2"],
    "seniority": "kept_by_both",
}
MAPPING: dict[str, Any] = {
    "name": "Fichier commun (exemple)",
    "key": "NUMERO",
    "columns": [
        {
            "column": "STATUT",
            "field": "status",
            "codes": {"A": "admitted", "I": "incomplete", "R": "struck_off", "X": "withdrawn"},
        }
    ],
}

FOLLOWED: dict[str, Row] = {
    "POST /api/v1/meetings/{meeting_id}/proof-requests": Row(
        PREPARE, "/meetings/{meeting}/proof-requests", {"due_on": "2026-06-25"}
    ),
    "GET /api/v1/meetings/{meeting_id}/proof-requests": Row(
        STAFF | CONTROL, "/meetings/{meeting}/proof-requests"
    ),
    "POST /api/v1/proof-requests/{request_id}/acts": Row(
        PREPARE | {"social_worker"},
        "/proof-requests/{proof_request}/acts",
        {"act": "record_receipt", "on": "2026-06-15"},
    ),
    "POST /api/v1/applications/{application_id}/recomputation": Row(
        WRITE | {"manager"}, "/applications/A2/recomputation", {}
    ),
    "GET /api/v1/points-requests": Row(STAFF | CONTROL, "/points-requests", elsewhere="own"),
    "POST /api/v1/points-requests/{request_id}/answer": Row(
        WRITE | {"manager"},
        "/points-requests/{points_request}/answer",
        {"act": "take_back", "reason": "A reason."},
    ),
    "POST /api/v1/applications/{application_id}/separation": Row(
        WRITE, "/applications/A1/separation", PARTED
    ),
    "GET /api/v1/separations": Row(WRITE, "/separations", elsewhere="own"),
    "POST /api/v1/separations/{separation_id}/checks": Row(
        WRITE, "/separations/{separation}/checks", {"side": "stays", "checked_on": "2026-06-15"}
    ),
    "GET /api/v1/common-file/mapping": Row(PREPARE | CONTROL, "/common-file/mapping"),
    "PUT /api/v1/common-file/mapping": Row(
        {"manager"}, "/common-file/mapping", {"mapping": MAPPING}, elsewhere="own"
    ),
    "GET /api/v1/common-file/reconciliations": Row(
        PREPARE | CONTROL, "/common-file/reconciliations", elsewhere="own"
    ),
    "POST /api/v1/common-file/reconciliations": Row(
        PREPARE, "/common-file/reconciliations", {"content": "NUMERO;STATUT\nA1;A\n"}
    ),
    "GET /api/v1/common-file/reconciliations/{reconciliation_id}": Row(
        PREPARE | CONTROL, "/common-file/reconciliations/{reconciliation}"
    ),
    "GET /api/v1/common-file/reconciliations/{reconciliation_id}/differences": Row(
        PREPARE | CONTROL, "/common-file/reconciliations/{reconciliation}/differences"
    ),
    "POST /api/v1/common-file/reconciliations/{reconciliation_id}/decisions": Row(
        PREPARE,
        "/common-file/reconciliations/{reconciliation}/decisions",
        {"application_id": "A1", "decision": "leave", **REASON},
    ),
    "GET /api/v1/common-file/export.csv": Row(PREPARE, "/common-file/export.csv"),
}
