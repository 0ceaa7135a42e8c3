"""Points found otherwise by another company: a request to the reference company, no rank moved."""

from __future__ import annotations

from allocation.procedure.machine import Machine, Step

POINTS_REQUEST = Machine(
    "points_request",
    "asked",
    (
        Step("correct", ("asked",), "corrected", "slsp"),
        Step("stand_by", ("asked",), "stood_by", "slsp"),
        Step("take_back", ("asked",), "taken_back", "slsp"),
    ),
)
