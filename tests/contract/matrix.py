"""
Every route of the API: who may call it, and what somebody of another organisation gets.

Written by hand, independently of ``api.access``: ``test_matrix`` compares both, and fails for a
route without a row.
"""

from __future__ import annotations

from tests.contract.matrix_accompaniment import ACCOMPANIMENT
from tests.contract.matrix_row import CONTROL, EVERYBODY, JUDGES, PREPARE, STAFF, Row

PLAN = {"meeting_on": "2026-07-28", "draw_seed": "tirage 2026-07"}

WRITE = {"clerk", "social_worker"}
RECORD = {
    "application": {
        "registered_on": "2026-06-01",
        "status": "admitted",
        "list": "candidate",
        "kind_wanted": "any",
        "owns_dwelling": "no",
    },
    "members": [{"member_id": "p-1", "role": "applicant", "born_on": "1990-04-02"}],
    "facts": [],
    "choices": [{"rank": 1, "nis5": "52011"}],
}
CHANGE = {
    "record": RECORD,
    "row_version": 1,
    "reported_on": "2026-06-12",
    "reported_by": "household",
}
HEARING = {"heard_on": "2026-06-14", "how": "in_person", "said": "Nothing more."}
REASON = {"reason": "A reason."}
CAMPAIGN = {"year": 2027, "channels": ["post", "online"], "grace_days": 30}
REMINDER = {"channel": "post", "sent_on": "2026-06-10"}
CONFIRMED = {"application_id": "A1", "confirmed_on": "2026-06-11", "channel": "desk"}
DWELLING = {
    "nis5": "52011",
    "kind": "flat",
    "bedrooms": 2,
    "accessibility": "ordinary",
    "regime": "social",
}
VACANCY = {"origin": "vacated", "vacated_on": "2026-05-31", "available_on": "2026-08-01"}
VERDICT = {"first": "A1", "second": "A2", "same": False, **REASON}
SILENT = {"application_id": "A1", "decision": "keep", **REASON}
QUOTAS = {
    "in_force_from": "2026-09-01",
    "decided_on": "2026-06-12",
    "basis": "council of 12 June 2026",
    "quotas": [
        {"id": "income-1", "kind": "floor", "group": {"income_categories": [1]}, "share": "1/2"}
    ],
}

COMPLAINT = {
    "application_id": "A2",
    "about": "allocation",
    "known_on": "2026-06-01",
    "lodged_on": "2026-06-10",
    "received_on": "2026-06-11",
    "reason": "It was my turn",
}
DECISION = {"decisions": [{"dwelling_id": "D1", "decision": "follow"}]}
DEROGATION = {
    "dwelling_id": "D1",
    "application_id": "A2",
    "ground": "derogation_urgency",
    "reason": "A fire this week",
}

CANDIDATE = {
    "agreement_id": "C1",
    "application_id": "A2",
    "born_on": "1998-07-28",
    "household_agreed_on": "2026-06-10",
}

GIVEN = {
    "covers": ["answer_offers", "confirm", "supply_proofs"],
    "given_on": "2026-06-10",
    "until_on": "2027-06-09",
    "form": "signed",
}
MANDATE = GIVEN | {"application_id": "A2", "born_on": "1998-07-28"}
PERSON = {
    "register_id": "la-sambrienne",
    "mandate": GIVEN,
    "reach": {"address_kind": "partner"},
    "members": [{"role": "applicant", "known_as": "Le Grand", "born_on": "1990-04-02"}],
    "choices": [{"nis5": "52011"}],
}
PROOF = {
    "fact": "homeless_since",
    "value": "2026-04-15",
    "proof": "cpas_certificate",
    "issued_on": "2026-05-20",
    "issuer": "CPAS",
}


PUBLIC = {
    "GET /api/v1/calendars/{token}/feed.ics",  # whoever has the address
    "GET /healthz",
    "GET /readyz",
    "POST /api/v1/session",
    "POST /oauth/token",
}

# Pages for people who are not signed in; the address of a provider that is not set up is absent.
PUBLIC_PAGES = {
    "GET /",
    "GET /session",
    "POST /session",
    "POST /session/end",
    "GET /session/oidc",
    "GET /session/oidc/callback",
}

# Pages for people who are: the roles that see them; others are refused, or sent to sign in.
PAGES: dict[str, set[str]] = {
    "GET /journal/verification": CONTROL | {"manager"},
}

MATRIX: dict[str, Row] = {
    "GET /api/v1/session": Row(EVERYBODY, "/session", elsewhere="own"),
    "DELETE /api/v1/session": Row(EVERYBODY, "/session", elsewhere="own"),
    "GET /api/v1/applications": Row(
        STAFF | CONTROL, "/applications?register_id=la-sambrienne", elsewhere=404
    ),
    "GET /api/v1/applications/{application_id}": Row(STAFF | CONTROL, "/applications/A2"),
    "POST /api/v1/applications": Row(WRITE, "/applications", RECORD, elsewhere="own"),
    "GET /api/v1/applications/{application_id}/record": Row(WRITE, "/applications/A2/record"),
    "POST /api/v1/applications/{application_id}/withdrawal": Row(
        WRITE, "/applications/A1/withdrawal", {"asked_on": "2026-06-12", "row_version": 1}
    ),
    "GET /api/v1/applications/{application_id}/changes": Row(WRITE, "/applications/A2/changes"),
    "POST /api/v1/applications/{application_id}/changes": Row(
        WRITE, "/applications/A2/changes", CHANGE
    ),
    "POST /api/v1/changes/{change_id}/hearing": Row(WRITE, "/changes/{change}/hearing", HEARING),
    "POST /api/v1/changes/{change_id}/application": Row(WRITE, "/changes/{change}/application"),
    "POST /api/v1/changes/{change_id}/dismissal": Row(WRITE, "/changes/{change}/dismissal", REASON),
    "GET /api/v1/campaigns": Row(STAFF | CONTROL, "/campaigns", elsewhere="own"),
    "POST /api/v1/campaigns": Row(PREPARE, "/campaigns", CAMPAIGN, elsewhere="own"),
    "GET /api/v1/campaigns/{campaign_id}": Row(STAFF | CONTROL, "/campaigns/{campaign}"),
    "GET /api/v1/campaigns/{campaign_id}/confirmations": Row(
        STAFF | CONTROL, "/campaigns/{campaign}/confirmations"
    ),
    "POST /api/v1/campaigns/{campaign_id}/reminders": Row(
        PREPARE, "/campaigns/{campaign}/reminders", REMINDER
    ),
    "POST /api/v1/campaigns/{campaign_id}/confirmations": Row(
        WRITE | {"manager"}, "/campaigns/{campaign}/confirmations", CONFIRMED
    ),
    "POST /api/v1/campaigns/{campaign_id}/close": Row(PREPARE, "/campaigns/{campaign}/close"),
    "POST /api/v1/campaigns/{campaign_id}/decisions": Row(
        {"manager"}, "/campaigns/{campaign}/decisions", SILENT
    ),
    "GET /api/v1/worklists/missing-facts": Row(WRITE, "/worklists/missing-facts", elsewhere="own"),
    "GET /api/v1/worklists/deadlines": Row(WRITE, "/worklists/deadlines", elsewhere="own"),
    "GET /api/v1/worklists/anomalies": Row(WRITE, "/worklists/anomalies", elsewhere="own"),
    "GET /api/v1/dwellings": Row(STAFF | CONTROL, "/dwellings", elsewhere="own"),
    "POST /api/v1/dwellings": Row(
        PREPARE, "/dwellings", {"dwelling_id": "D-9", "dwelling": DWELLING}, elsewhere="own"
    ),
    "GET /api/v1/dwellings/{dwelling_id}": Row(STAFF | CONTROL, "/dwellings/D1"),
    "PUT /api/v1/dwellings/{dwelling_id}": Row(
        PREPARE, "/dwellings/D1", {"row_version": 1, "dwelling": DWELLING}
    ),
    "PUT /api/v1/dwellings/{dwelling_id}/vacancy": Row(
        PREPARE, "/dwellings/D1/vacancy", {"vacancy": VACANCY}
    ),
    "POST /api/v1/dwellings/{dwelling_id}/vacancy/withdrawal": Row(
        PREPARE, "/dwellings/D3/vacancy/withdrawal", REASON
    ),
    "GET /api/v1/duplicates": Row(WRITE | {"manager"}, "/duplicates", elsewhere="own"),
    "GET /api/v1/duplicates/sets": Row(WRITE | {"manager"}, "/duplicates/sets", elsewhere="own"),
    "GET /api/v1/duplicates/verdicts": Row(
        WRITE | {"manager"}, "/duplicates/verdicts", elsewhere="own"
    ),
    "POST /api/v1/duplicates/verdicts": Row(PREPARE, "/duplicates/verdicts", VERDICT),
    "POST /api/v1/duplicates/verdicts/{verdict_id}/undoing": Row(
        PREPARE, "/duplicates/verdicts/{verdict}/undoing", REASON
    ),
    "GET /api/v1/meetings": Row(STAFF | CONTROL, "/meetings", elsewhere="own"),
    "POST /api/v1/meetings": Row(PREPARE, "/meetings", PLAN, elsewhere="own"),
    "GET /api/v1/meetings/{meeting_id}": Row(STAFF | CONTROL, "/meetings/{meeting}"),
    "POST /api/v1/meetings/{meeting_id}/freeze": Row(PREPARE, "/meetings/{meeting}/freeze"),
    "POST /api/v1/meetings/{meeting_id}/proposal": Row(PREPARE, "/meetings/{meeting}/proposal"),
    "GET /api/v1/meetings/{meeting_id}/files/{name}": Row(
        STAFF | CONTROL, "/meetings/{meeting}/files/proposal.json"
    ),
    "GET /api/v1/quotas": Row(STAFF | CONTROL | {"advisor"}, "/quotas?register_id=la-sambrienne"),
    "POST /api/v1/quotas": Row({"manager"}, "/quotas", QUOTAS, elsewhere="own"),
    "GET /api/v1/quotas/contradictions": Row(
        STAFF | CONTROL | {"advisor"}, "/quotas/contradictions?register_id=la-sambrienne"
    ),
    "GET /api/v1/quotas/ledger": Row(
        STAFF | CONTROL | {"advisor"}, "/quotas/ledger?register_id=la-sambrienne"
    ),
    "GET /api/v1/quotas/ledger/{quota_id}/allocations": Row(
        STAFF | CONTROL, "/quotas/ledger/income-1/allocations?register_id=la-sambrienne"
    ),
    "GET /api/v1/quotas/ledger/{quota_id}/passed-over": Row(
        STAFF | CONTROL, "/quotas/ledger/income-1/passed-over?register_id=la-sambrienne"
    ),
    "POST /api/v1/meetings/{meeting_id}/decision": Row(
        {"committee_member"}, "/meetings/{meeting}/decision", DECISION
    ),
    "POST /api/v1/meetings/{meeting_id}/posting": Row(
        PREPARE, "/meetings/{meeting}/posting", {"posted_on": "2026-07-02"}
    ),
    "POST /api/v1/meetings/{meeting_id}/closing": Row(PREPARE, "/meetings/{meeting}/closing"),
    "GET /api/v1/meetings/{meeting_id}/entitlements": Row(
        STAFF | CONTROL, "/meetings/{meeting}/entitlements"
    ),
    "POST /api/v1/meetings/{meeting_id}/withdrawals": Row(
        PREPARE, "/meetings/{meeting}/withdrawals", {"dwelling_id": "D1", "reason": "Damp"}
    ),
    "POST /api/v1/meetings/{meeting_id}/continuation": Row(
        PREPARE, "/meetings/{meeting}/continuation"
    ),
    "GET /api/v1/meetings/{meeting_id}/derogations": Row(
        STAFF | CONTROL, "/meetings/{meeting}/derogations"
    ),
    "POST /api/v1/meetings/{meeting_id}/derogations": Row(
        PREPARE, "/meetings/{meeting}/derogations", DEROGATION
    ),
    "POST /api/v1/derogations/{derogation_id}/opinion": Row(
        {"commissioner"},
        "/derogations/{derogation}/opinion",
        {"opinion": "concurring", "reason": "Agreed"},
    ),
    "POST /api/v1/derogations/{derogation_id}/drop": Row(PREPARE, "/derogations/{derogation}/drop"),
    "POST /api/v1/meetings/{meeting_id}/offers": Row(
        PREPARE, "/meetings/{meeting}/offers", {"dwelling_id": "D1", "application_id": "A1"}
    ),
    "GET /api/v1/strike-offs": Row(STAFF | CONTROL, "/strike-offs", elsewhere="own"),
    "POST /api/v1/strike-offs/{strike_off_id}/acts": Row(
        {"manager"}, "/strike-offs/{strike_off}/acts", {"act": "lift", "reason": "A reason"}
    ),
    "GET /api/v1/appeals": Row(STAFF | CONTROL, "/appeals", elsewhere="own"),
    "POST /api/v1/appeals": Row(PREPARE, "/appeals", COMPLAINT),
    "POST /api/v1/appeals/{appeal_id}/acts": Row(
        PREPARE, "/appeals/{appeal}/acts", {"act": "win", "on": "2026-06-14"}
    ),
    "GET /api/v1/deadlines": Row(STAFF | CONTROL, "/deadlines", elsewhere="own"),
    "GET /api/v1/offers": Row(STAFF | CONTROL, "/offers", elsewhere="own"),
    "GET /api/v1/offers/{offer_id}": Row(STAFF | CONTROL, "/offers/{offer}"),
    "POST /api/v1/offers/{offer_id}/contacts": Row(
        PREPARE | {"social_worker"},
        "/offers/{offer}/contacts",
        {"contacted_on": "2026-06-14", "way": "letter", "was_reached": True},
    ),
    "POST /api/v1/offers/{offer_id}/answer": Row(
        PREPARE | {"social_worker"},
        "/offers/{offer}/answer",
        {"answer": "accept", "answered_on": "2026-06-14"},
    ),
    "POST /api/v1/offers/{offer_id}/judgement": Row(
        JUDGES, "/offers/{offer}/judgement", {"is_justified": True, "reason": "It is"}
    ),
    "POST /api/v1/offers/{offer_id}/silence": Row(JUDGES, "/offers/{offer}/silence", {}),
    "POST /api/v1/offers/{offer_id}/withdrawal": Row(
        JUDGES, "/offers/{offer}/withdrawal", {"reason": "Damp"}
    ),
    "GET /api/v1/reports/waits": Row(
        STAFF | CONTROL | {"advisor"}, "/reports/waits?register_id=la-sambrienne"
    ),
    "GET /api/v1/reports/derogations": Row(
        STAFF | CONTROL | {"advisor"}, "/reports/derogations?register_id=la-sambrienne"
    ),
    "GET /api/v1/reports/{name}": Row(
        STAFF | CONTROL | {"advisor"}, "/reports/allocations?register_id=la-sambrienne"
    ),
    "GET /api/v1/reports/{name}/rows": Row(
        STAFF | CONTROL, "/reports/housed/rows?register_id=la-sambrienne"
    ),
    "GET /api/v1/reports/{name}/rows.csv": Row(
        STAFF | CONTROL, "/reports/housed/rows.csv?register_id=la-sambrienne"
    ),
    "GET /api/v1/runs/{run_id}": Row(PREPARE | {"administrator", "advisor"}, "/runs/{run}"),
    "POST /api/v1/runs/{run_id}/cancel": Row(
        PREPARE | {"administrator", "advisor"}, "/runs/{run}/cancel"
    ),
    "GET /api/v1/journal": Row(CONTROL | {"manager"}, "/journal", elsewhere="own"),
    "GET /api/v1/journal/verification": Row(
        CONTROL | {"manager"}, "/journal/verification", elsewhere="own"
    ),
    "GET /api/v1/retention": Row(
        STAFF | CONTROL | {"administrator"}, "/retention", elsewhere="own"
    ),
    "POST /api/v1/applications/{application_id}/erasure": Row(
        {"manager"}, "/applications/A2/erasure", {"closed_on": "2026-05-01", "row_version": 1}
    ),
    "POST /api/v1/session/second-factor": Row(EVERYBODY, "/session/second-factor", elsewhere="own"),
    "POST /api/v1/session/second-factor/confirmation": Row(
        EVERYBODY, "/session/second-factor/confirmation", {"code": "000000"}, elsewhere="own"
    ),
    "GET /api/v1/sessions": Row(EVERYBODY, "/sessions", elsewhere="own"),
    "DELETE /api/v1/sessions/{session_id}": Row(
        EVERYBODY, "/sessions/0123456789abcdef", elsewhere="own"
    ),
    "GET /api/v1/accounts": Row({"administrator"}, "/accounts", elsewhere="own"),
    "DELETE /api/v1/accounts/{account_id}/second-factor": Row(
        {"administrator"}, "/accounts/acc-la-sambrienne-clerk/second-factor"
    ),
    "DELETE /api/v1/accounts/{account_id}/sessions": Row(
        {"administrator"}, "/accounts/acc-la-sambrienne-clerk/sessions"
    ),
    "GET /api/v1/journal/anchors": Row(CONTROL | {"manager"}, "/journal/anchors", elsewhere="own"),
    "GET /api/v1/agreements": Row({"partner"}, "/agreements", elsewhere="own"),
    "GET /api/v1/presentations": Row({"partner"}, "/presentations", elsewhere="own"),
    "POST /api/v1/presentations": Row({"partner"}, "/presentations", CANDIDATE, elsewhere=422),
    "POST /api/v1/presentations/batch": Row(
        {"partner"}, "/presentations/batch", {"items": [CANDIDATE]}, elsewhere="own"
    ),
    "GET /api/v1/presentations/{agreement_id}/{application_id}": Row(
        {"partner"}, "/presentations/C1/A1"
    ),
    "POST /api/v1/presentations/{agreement_id}/{application_id}/withdrawal": Row(
        {"partner"}, "/presentations/C1/A1/withdrawal", {"reason": "other"}
    ),
    "GET /api/v1/events": Row({"partner"}, "/events", elsewhere="own"),
    "GET /api/v1/mandates": Row(STAFF | CONTROL | {"partner"}, "/mandates", elsewhere="own"),
    "POST /api/v1/mandates": Row({"partner"}, "/mandates", MANDATE, elsewhere="own"),
    "POST /api/v1/mandates/registrations": Row(
        {"partner"}, "/mandates/registrations", PERSON, elsewhere="own"
    ),
    "GET /api/v1/mandates/{mandate_id}": Row(STAFF | CONTROL | {"partner"}, "/mandates/{mandate}"),
    "POST /api/v1/mandates/{mandate_id}/end": Row(
        WRITE | {"manager", "partner"}, "/mandates/{mandate}/end", {"asked_by": "household"}
    ),
    "POST /api/v1/mandates/{mandate_id}/confirmation": Row(
        {"partner"}, "/mandates/{mandate}/confirmation", {"confirmed_on": "2026-06-14"}
    ),
    "POST /api/v1/mandates/{mandate_id}/proofs": Row(
        {"partner"}, "/mandates/{mandate}/proofs", PROOF
    ),
    "POST /api/v1/mandates/{mandate_id}/offers/{offer_id}/answer": Row(
        {"partner"},
        "/mandates/{mandate}/offers/{offer}/answer",
        {"answer": "accept", "answered_on": "2026-06-14"},
    ),
    "GET /api/v1/applications/{application_id}/proofs": Row(WRITE, "/applications/A1/proofs"),
    "POST /api/v1/proofs/{proof_id}/acceptance": Row(
        WRITE, "/proofs/{proof}/acceptance", {"row_version": 1}
    ),
    "POST /api/v1/proofs/{proof_id}/declining": Row(WRITE, "/proofs/{proof}/declining", REASON),
    "GET /api/v1/deadlines/followed": Row({"partner"}, "/deadlines/followed", elsewhere="own"),
    "GET /api/v1/webhooks": Row({"partner"}, "/webhooks", elsewhere="own"),
    "POST /api/v1/webhooks": Row(
        {"partner"}, "/webhooks", {"url": "https://partner.example/hook"}, elsewhere="own"
    ),
    "DELETE /api/v1/webhooks/{webhook_id}": Row({"partner"}, "/webhooks/{webhook}"),
    "GET /api/v1/webhooks/{webhook_id}/secret": Row({"partner"}, "/webhooks/{webhook}/secret"),
    "POST /api/v1/webhooks/{webhook_id}/test": Row({"partner"}, "/webhooks/{webhook}/test"),
    "POST /api/v1/webhooks/{webhook_id}/replay": Row(
        {"partner"}, "/webhooks/{webhook}/replay", {"from_event_id": "{event}"}
    ),
    "GET /api/v1/webhooks/{webhook_id}/deliveries": Row(
        {"partner"}, "/webhooks/{webhook}/deliveries"
    ),
    **ACCOMPANIMENT,
}
