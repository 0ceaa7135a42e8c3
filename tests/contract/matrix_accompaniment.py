"""Rows of the matrix for accompaniment, orientation, rights and practice."""

from __future__ import annotations

from tests.contract.matrix_row import ACCOMPANY, CONTROL, PREPARE, STAFF, Row

WRITE = {"clerk", "social_worker"}
FIRST_CONTACT = {"alias": "Bleuet", "first_contact_on": "2026-06-10"}
PLAN_CHANGE = {"row_version": 1, "mode": "individual", "intensity": "W", "accompanier": "Team A"}
CONTACT = {"on": "2026-06-12", "channel": "home", "outcome": "done", "proposed_by": "household"}
REVIEW = {
    "household_says": "It goes well",
    "on": "2026-06-12",
    "present": ["household"],
    "copy_given": "in_hand",
}
SCALE = {
    "full_time_hundredths": 250,
    "units_per_full_time": 2000,
    "weights": {"W": 200, "R": 100, "S": 10},
    "decided_on": "2026-06-01",
}
OFFERED = {"name": "Guidance", "kinds": ["home_guidance"], "communes": ["52011"]}
SENT_ON = {
    "to": "maison-liegeoise",
    "alias": "Bleuet",
    "need": "debts",
    "agreed_on": "2026-06-14",
    "due_on": "2026-06-20",
}
SITUATION = {
    "alias": "Bleuet",
    "need": "home",
    "nis5": "52011",
    "agreed_on": "2026-06-14",
    "until_on": "2026-09-30",
    "readers": ["P1"],
}
CONFERENCE = {
    "held_on": "2026-06-14",
    "legal_article": "Article 1 (example)",
    "legal_act": "Example decree",
    "legal_on": "2020-01-01",
    "present": ["P1"],
}
EVENT = {"application_id": "A1", "event": "first_missed_rent", "happened_on": "2026-06-05"}
PROJECT = {
    "title": "Winter",
    "call": "Call of 2026",
    "funder": "Region",
    "means_cents": 1_000_000,
    "hours": 400,
    "from_on": "2026-01-01",
    "to_on": "2026-12-31",
}
PRACTICE = {"title": "Keys", "situation": "Lost keys", "tried": "A spare", "learnt": "Ask first"}

ACCOMPANIMENT: dict[str, Row] = {
    "GET /api/v1/accompaniment/capacity": Row(
        ACCOMPANY, "/accompaniment/capacity", elsewhere="own"
    ),
    "PUT /api/v1/accompaniment/settings": Row(
        {"liaison", "partner"}, "/accompaniment/settings", SCALE, elsewhere="own"
    ),
    "GET /api/v1/plans": Row(ACCOMPANY, "/plans", elsewhere="own"),
    "POST /api/v1/plans": Row(ACCOMPANY, "/plans", FIRST_CONTACT, elsewhere="own"),
    "GET /api/v1/plans/{plan_id}": Row(ACCOMPANY, "/plans/{plan}"),
    "PUT /api/v1/plans/{plan_id}": Row(ACCOMPANY, "/plans/{plan}", PLAN_CHANGE),
    "POST /api/v1/plans/{plan_id}/acts": Row(
        ACCOMPANY, "/plans/{plan}/acts", {"act": "offer", "on": "2026-06-11"}
    ),
    "POST /api/v1/plans/{plan_id}/contacts": Row(ACCOMPANY, "/plans/{plan}/contacts", CONTACT),
    "POST /api/v1/plans/{plan_id}/reviews": Row(ACCOMPANY, "/plans/{plan}/reviews", REVIEW),
    "POST /api/v1/plans/{plan_id}/preparation": Row(
        ACCOMPANY,
        "/plans/{plan}/preparation",
        {"item": "dwelling_visited", "state": "done", "on": "2026-06-12"},
    ),
    "POST /api/v1/plans/{plan_id}/consents": Row(
        ACCOMPANY, "/plans/{plan}/consents", {"kind": "information", "on": "2026-06-11"}
    ),
    "POST /api/v1/consents/{consent_id}/withdrawal": Row(
        ACCOMPANY, "/consents/{consent}/withdrawal", {"on": "2026-06-12"}
    ),
    "POST /api/v1/plans/{plan_id}/supports": Row(
        ACCOMPANY, "/plans/{plan}/supports", {"kind": "interpreter", "asked_on": "2026-06-12"}
    ),
    "POST /api/v1/supports/{support_id}/acts": Row(
        ACCOMPANY, "/supports/{support}/acts", {"act": "arrange", "on": "2026-06-12"}
    ),
    "GET /api/v1/applications/{application_id}/support": Row(PREPARE, "/applications/A1/support"),
    "GET /api/v1/contact-offers": Row(ACCOMPANY, "/contact-offers", elsewhere="own"),
    "POST /api/v1/contact-offers": Row(PREPARE | ACCOMPANY, "/contact-offers", EVENT),
    "POST /api/v1/contact-offers/{contact_offer_id}/acts": Row(
        ACCOMPANY, "/contact-offers/{contact_offer}/acts", {"act": "make", "on": "2026-06-12"}
    ),
    "GET /api/v1/services": Row(
        STAFF | CONTROL | {"advisor", "partner"}, "/services", elsewhere="own"
    ),
    "POST /api/v1/services": Row({"liaison", "partner"}, "/services", OFFERED, elsewhere="own"),
    "PUT /api/v1/services/{service_id}": Row(
        {"liaison", "partner"}, "/services/{service}", OFFERED
    ),
    "GET /api/v1/open-referral/services": Row(
        STAFF | CONTROL | {"advisor", "partner"}, "/open-referral/services", elsewhere="own"
    ),
    "POST /api/v1/open-referral/services": Row(
        {"liaison", "partner"}, "/open-referral/services", {"contents": []}, elsewhere="own"
    ),
    "GET /api/v1/referrals": Row(ACCOMPANY, "/referrals", elsewhere="own"),
    "POST /api/v1/referrals": Row(ACCOMPANY, "/referrals", SENT_ON, elsewhere="own"),
    "GET /api/v1/referrals/hand-overs": Row(ACCOMPANY, "/referrals/hand-overs", elsewhere="own"),
    "POST /api/v1/referrals/{referral_id}/acts": Row(
        ACCOMPANY, "/referrals/{referral}/acts", {"act": "call_back", "on": "2026-06-15"}
    ),
    "GET /api/v1/networks/{network_id}": Row(ACCOMPANY, "/networks/{network}"),
    "POST /api/v1/networks/{network_id}/members": Row(
        ACCOMPANY,
        "/networks/{network}/members",
        {"member_id": "region", "charter_signed_on": "2026-06-01"},
        elsewhere=403,
    ),
    "POST /api/v1/networks/{network_id}/priorities": Row(
        ACCOMPANY,
        "/networks/{network}/priorities",
        {"year": 2026, "code": "winter", "title": "Winter plan"},
        elsewhere=403,
    ),
    "GET /api/v1/networks/{network_id}/queue": Row(ACCOMPANY, "/networks/{network}/queue"),
    "POST /api/v1/networks/{network_id}/queue": Row(
        ACCOMPANY, "/networks/{network}/queue", SITUATION
    ),
    "POST /api/v1/queue/{entry_id}/acts": Row(
        ACCOMPANY, "/queue/{entry}/acts", {"act": "take_up", "on": "2026-06-15"}
    ),
    "POST /api/v1/queue/{entry_id}/conferences": Row(
        ACCOMPANY, "/queue/{entry}/conferences", CONFERENCE
    ),
    "GET /api/v1/networks/{network_id}/report": Row(
        ACCOMPANY, "/networks/{network}/report?year=2026"
    ),
    "GET /api/v1/applications/{application_id}/rights": Row(WRITE, "/applications/A1/rights"),
    "POST /api/v1/applications/{application_id}/rights/acts": Row(
        WRITE,
        "/applications/A1/rights/acts",
        {"right": "removal_allowance", "act": "tell", "on": "2026-06-12"},
    ),
    "GET /api/v1/accompaniment/indicators": Row(
        ACCOMPANY | CONTROL | {"advisor"}, "/accompaniment/indicators", elsewhere="own"
    ),
    "POST /api/v1/household-views": Row(
        ACCOMPANY, "/household-views", {"helped": "yes", "felt_free": "yes"}, elsewhere="own"
    ),
    "GET /api/v1/activities": Row(ACCOMPANY, "/activities", elsewhere="own"),
    "POST /api/v1/activities": Row(
        ACCOMPANY,
        "/activities",
        {"title": "Repair café", "nis5": "52011", "on": "2026-06-10", "attended": 14},
        elsewhere="own",
    ),
    "GET /api/v1/projects": Row(ACCOMPANY, "/projects", elsewhere="own"),
    "POST /api/v1/projects": Row(ACCOMPANY, "/projects", PROJECT, elsewhere="own"),
    "POST /api/v1/worked-hours": Row(
        ACCOMPANY,
        "/worked-hours",
        {"kind": "supervision", "on": "2026-06-10", "minutes": 90},
        elsewhere="own",
    ),
    "GET /api/v1/practices": Row(
        STAFF | CONTROL | {"advisor", "partner"}, "/practices", elsewhere="own"
    ),
    "POST /api/v1/practices": Row(ACCOMPANY, "/practices", PRACTICE, elsewhere="own"),
    "GET /api/v1/plans/{plan_id}/letters/{name}": Row(ACCOMPANY, "/plans/{plan}/letters/offer"),
    "GET /api/v1/plans/{plan_id}/letters/{name}/document": Row(
        ACCOMPANY, "/plans/{plan}/letters/offer/document"
    ),
    "DELETE /api/v1/plans/{plan_id}": Row(ACCOMPANY, "/plans/{plan}"),
    "DELETE /api/v1/referrals/{referral_id}": Row(ACCOMPANY, "/referrals/{referral}"),
    "POST /api/v1/calendars": Row(ACCOMPANY, "/calendars", elsewhere="own"),
    "DELETE /api/v1/calendars/{feed_id}": Row(ACCOMPANY, "/calendars/{feed}"),
}
