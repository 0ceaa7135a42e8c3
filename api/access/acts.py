"""
Who may do what: the table of acts and roles, and the scopes a program needs for each.

A route names its act; an act without a row is nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from allocation.errors import HousingError
from api.auth.actor import Actor

CLERK, MANAGER, COMMITTEE = "clerk", "manager", "committee_member"
SOCIAL, LIAISON, ADVISOR = "social_worker", "liaison", "advisor"
COMMISSIONER, AUDITOR, ADMINISTRATOR = "commissioner", "auditor", "administrator"
PARTNER = "partner"
ROLES = (
    CLERK, MANAGER, COMMITTEE, SOCIAL, LIAISON, ADVISOR, COMMISSIONER, AUDITOR, ADMINISTRATOR,
    PARTNER,
)  # fmt: skip
_STAFF = frozenset({CLERK, MANAGER, COMMITTEE, SOCIAL, LIAISON})
_CONTROL = frozenset({COMMISSIONER, AUDITOR})
_ACCOMPANIERS = frozenset({SOCIAL, LIAISON, PARTNER})

# Reasons of health and violence, national numbers: of one's own applications only.
SENSITIVE = "applications.read_sensitive"
# Act -> roles that may do it. A route names its act; an act without a row is nobody's.
ACTS: Mapping[str, frozenset[str]] = {
    "applications.read": _STAFF | _CONTROL,
    SENSITIVE: frozenset({CLERK, SOCIAL}),
    "applications.write": frozenset({CLERK, SOCIAL}),
    "campaigns.read": _STAFF | _CONTROL,
    "campaigns.run": frozenset({CLERK, MANAGER}),
    "confirmations.record": frozenset({CLERK, MANAGER, SOCIAL}),
    "confirmations.decide": frozenset({MANAGER}),
    "duplicates.read": frozenset({CLERK, MANAGER, SOCIAL}),
    "duplicates.decide": frozenset({CLERK, MANAGER}),
    "worklists.read": frozenset({CLERK, SOCIAL}),
    "dwellings.read": _STAFF | _CONTROL,
    "dwellings.write": frozenset({CLERK, MANAGER}),
    "meetings.read": _STAFF | _CONTROL,
    "meetings.prepare": frozenset({CLERK, MANAGER}),
    "meetings.decide": frozenset({COMMITTEE}),
    "derogations.give_opinion": frozenset({COMMISSIONER}),
    "offers.read": _STAFF | _CONTROL,
    "offers.make": frozenset({CLERK, MANAGER}),
    "offers.follow": frozenset({CLERK, MANAGER, SOCIAL}),
    "offers.judge": frozenset({MANAGER, COMMITTEE}),
    "procedures.read": _STAFF | _CONTROL,
    "strike_offs.act": frozenset({MANAGER}),
    "appeals.record": frozenset({CLERK, MANAGER}),
    "retention.read": _STAFF | _CONTROL | {ADMINISTRATOR},
    "persons.erase": frozenset({MANAGER}),
    "quotas.read": _STAFF | _CONTROL | {ADVISOR},
    "quotas.read_rows": _STAFF | _CONTROL,
    "quotas.set": frozenset({MANAGER}),
    "accounts.manage": frozenset({ADMINISTRATOR}),
    "reports.read": _STAFF | _CONTROL | {ADVISOR},
    "reports.read_rows": _STAFF | _CONTROL,
    # Of a company that is not the reader's own.
    "reports.read_rows_elsewhere": _CONTROL,
    "journal.read": _CONTROL | {MANAGER},
    "runs.read": frozenset({CLERK, MANAGER, ADMINISTRATOR, ADVISOR}),
    "runs.cancel": frozenset({CLERK, MANAGER, ADMINISTRATOR, ADVISOR}),
    "studies.read": frozenset({MANAGER, ADVISOR}),
    "studies.run": frozenset({MANAGER, ADVISOR}),
    "occupancies.read": _STAFF | _CONTROL | {PARTNER},
    "occupancies.act": frozenset({MANAGER, SOCIAL, LIAISON, PARTNER}),
    "occupancies.propose_points": frozenset({CLERK, SOCIAL, LIAISON}),
    "operators.approve": frozenset({MANAGER}),
    "agreements.read": frozenset({PARTNER}),
    "agreements.read_documents": _STAFF | _CONTROL | {PARTNER},
    "agreements.draft": frozenset({MANAGER, LIAISON}),
    "agreements.act": frozenset({MANAGER}),
    "buildings.read": _STAFF | _CONTROL | {PARTNER},
    "places.read": _STAFF | _CONTROL | {PARTNER},
    "places.offer": frozenset({CLERK, MANAGER}),
    "places.answer": frozenset({PARTNER}),
    "presentations.read": frozenset({PARTNER}),
    "presentations.make": frozenset({PARTNER}),
    "events.read": frozenset({PARTNER}),
    "mandates.read": _STAFF | _CONTROL | {PARTNER},
    "mandates.act": frozenset({PARTNER}),
    # At the desk for the household, or by the partner itself.
    "mandates.end": frozenset({CLERK, MANAGER, SOCIAL, PARTNER}),
    "proofs.take_in": frozenset({CLERK, SOCIAL}),
    "deadlines.follow": frozenset({PARTNER}),
    "common_file.read": frozenset({CLERK, MANAGER}) | _CONTROL,
    "common_file.set": frozenset({MANAGER}),
    "common_file.decide": frozenset({CLERK, MANAGER}),
    "points.recompute": frozenset({CLERK, MANAGER, SOCIAL}),
    "points.read": _STAFF | _CONTROL,
    # Who parted from whom is for those who follow the persons.
    "separations.act": frozenset({CLERK, SOCIAL}),
    "webhooks.manage": frozenset({PARTNER}),
    # Two roles, two stores: who watches over the rent reads no plan, and who accompanies does.
    "accompaniment.read": _ACCOMPANIERS,
    "accompaniment.act": _ACCOMPANIERS,
    "accompaniment.settle": frozenset({LIAISON, PARTNER}),
    "support.presence": frozenset({CLERK, MANAGER}),
    "contact_offers.send": frozenset({CLERK, MANAGER}) | _ACCOMPANIERS,
    "calendars.subscribe": _ACCOMPANIERS,  # a person's own: no program has it
    "indicators.read": _ACCOMPANIERS | _CONTROL | {ADVISOR},
    "practices.read": _STAFF | _CONTROL | {ADVISOR, PARTNER},
    "rights.follow": frozenset({CLERK, SOCIAL}),
    "directory.read": _STAFF | _CONTROL | {ADVISOR, PARTNER},
    "directory.write": frozenset({LIAISON, PARTNER}),
    "orientation.read": _ACCOMPANIERS,
    "orientation.act": _ACCOMPANIERS,
}

# What a program may do only when its credential has the scope; other acts are not for programs.
SCOPE_OF: Mapping[str, str] = {
    "occupancies.read": "occupancies:read",
    "occupancies.act": "occupancies:write",
    "agreements.read": "agreements:read",
    "agreements.read_documents": "agreements:read",
    "places.read": "agreements:read",
    "buildings.read": "agreements:read",
    "places.answer": "presentations:write",
    "presentations.read": "presentations:read",
    "presentations.make": "presentations:write",
    "events.read": "events:read",
    "mandates.read": "mandates:read",
    "mandates.act": "mandates:write",
    "mandates.end": "mandates:write",
    "deadlines.follow": "presentations:read",
    "webhooks.manage": "webhooks:write",
    "accompaniment.read": "accompaniment:read",
    "accompaniment.act": "accompaniment:write",
    "accompaniment.settle": "accompaniment:write",
    "contact_offers.send": "accompaniment:write",
    "directory.read": "orientation:read",
    "directory.write": "orientation:write",
    "indicators.read": "accompaniment:read",
    "practices.read": "accompaniment:read",
    "orientation.read": "orientation:read",
    "orientation.act": "orientation:write",
}
SCOPES = tuple(sorted(set(SCOPE_OF.values())))


# What changes a register: for accounts of companies alone, whatever the role.
OF_COMPANIES = frozenset(
    {
        "applications.write", "campaigns.run", "confirmations.record", "confirmations.decide",
        "duplicates.decide", "dwellings.write", "meetings.prepare", "meetings.decide",
        "offers.make", "offers.follow", "offers.judge", "strike_offs.act", "appeals.record",
        "persons.erase", "quotas.set",
    }
)  # fmt: skip


class DeniedError(HousingError):
    """The actor is known, but this act is not of their role."""

    code: ClassVar[str] = "access.denied"


class AbsentError(HousingError):
    """Nothing of that name exists for the actor."""

    code: ClassVar[str] = "access.absent"


def may(actor: Actor, act: str) -> bool:
    """Whether the role of ``actor`` allows ``act``, and for a program its scopes."""
    if actor.role == PARTNER and actor.organisation_kind != PARTNER:
        return False  # an account of a company or of the Region is nobody's partner
    if act in OF_COMPANIES and actor.organisation_kind != "slsp":
        return False  # the Region and the SWL read every register and keep none
    is_in_scope = actor.scopes is None or SCOPE_OF.get(act) in actor.scopes
    return actor.role in ACTS[act] and is_in_scope
