"""
Who sees which rows: the condition every query of a feature starts from.

A row that is not visible does not exist for the actor: it is absent from lists, counts and
searches, and asking for it is answered 404.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from allocation.territory import companies
from api.auth.actor import Actor
from api.db.tables.accompaniment import (
    accompaniment_setting,
    contact_offer,
    plan,
    plan_act,
    plan_consent,
    plan_contact,
    plan_review,
    preparation_item,
    support_request,
)
from api.db.tables.agreements import agreement_document, agreement_version, place_offer
from api.db.tables.buildings import dwelling_right, vacant_building
from api.db.tables.campaigns import campaign, confirmation
from api.db.tables.changes import application_change
from api.db.tables.common_file import common_file_mapping, reconciliation
from api.db.tables.duplicates import duplicate_verdict
from api.db.tables.follow_up import points_request, proof_request, separation
from api.db.tables.jobs import run
from api.db.tables.journal import journal_entry
from api.db.tables.mandates import handed_in_proof, mandate
from api.db.tables.meetings import meeting, meeting_file
from api.db.tables.occupancies import (
    PARTS_OF_A_STAY,
    dwelling_return,
    occupancy,
    operator_approval,
)
from api.db.tables.offers import (
    derogation,
    entitlement,
    meeting_answer,
    offer_contact,
    offer_course,
)
from api.db.tables.organisations import account, organisation
from api.db.tables.orientation import network_member, queue_entry, queue_reader, referral
from api.db.tables.partners import partner_event, webhook, webhook_delivery
from api.db.tables.practice import activity, calendar_feed, project, worked_hours
from api.db.tables.procedures import appeal, strike_off
from api.db.tables.quotas import quota_set
from api.db.tables.register import (
    agreements,
    allocations_ytd,
    applications,
    choices,
    dwellings,
    facts,
    household_members,
    offers,
    partners,
    presentations,
    register,
    vacancies,
)
from api.db.tables.rights import right_standing
from api.db.tables.standings import standing, standing_head
from api.db.tables.studies import study, study_file

Condition = sa.ColumnElement[bool]


def visible_to(actor: Actor, table: sa.Table) -> Condition:
    """
    Rows of ``table`` that exist for ``actor``.

    A company sees its register: the applications filed with it, and those that chose one of its
    communes. A partner sees the applications it presented. The Region and the SWL see all but
    what a service keeps of those it accompanies, which is nobody else's.
    """
    return rows_of(actor.organisation_id, kind=actor.organisation_kind, table=table)


def rows_of(organisation_id: str, *, kind: str, table: sa.Table) -> Condition:
    """Rows of ``table`` that exist for an organisation; ``KeyError`` for a table without rule."""
    if kind in ("region", "swl") and table.name in _OF_WHO_ASKED:
        return _OF_WHO_ASKED[table.name](organisation_id)
    if kind in ("region", "swl"):
        return sa.false() if table.name in _OF_THE_SERVICE_ALONE else sa.true()
    rules = {"slsp": _OF_SLSP, "partner": _OF_PARTNER}[kind]
    return rules[table.name](organisation_id)


Rule = Callable[[str], Condition]


def _everything(_organisation_id: str) -> Condition:
    return sa.true()


def _nothing(_organisation_id: str) -> Condition:
    return sa.false()


def _of_register(table: sa.Table) -> Rule:
    """Rows that name the register of the organisation."""
    return lambda who: table.c.register_id == who


def _exists(table: sa.FromClause, *conditions: Condition) -> Condition:
    return sa.exists().where(*conditions).select_from(table)


def _through(table: sa.Table, parent: sa.Table, key: str, rules: Mapping[str, Rule]) -> Rule:
    """Rows whose parent exists for the organisation."""
    return lambda who: _exists(parent, parent.c[key] == table.c[key], rules[parent.name](who))


def _filed_or_chosen(slsp_id: str) -> Condition:
    company = companies().get(slsp_id)
    filed = sa.or_(applications.c.reference_slsp_id == slsp_id, applications.c.held_by == slsp_id)
    if company is None:
        return filed
    chosen = _exists(
        choices,
        choices.c.application_id == applications.c.application_id,
        choices.c.nis5.in_(company.communes),
    )
    return sa.or_(filed, chosen)


def _presented(partner_id: str) -> Condition:
    return _exists(
        presentations.join(agreements),
        presentations.c.application_id == applications.c.application_id,
        agreements.c.partner_id == partner_id,
    )


def _referred(who: str) -> Condition:
    """To its sender, and to the service that has it; who sent it back sees it no more."""
    is_there = referral.c.state.in_(("sent", "taken_on", "answered"))
    mine = sa.and_(referral.c.receiver_id == who, is_there)
    return sa.or_(referral.c.sender_id == who, mine)


def _named_for(who: str) -> Condition:
    """To its owner, and to the members the person named."""
    named = _exists(
        queue_reader,
        queue_reader.c.entry_id == queue_entry.c.entry_id,
        queue_reader.c.member_id == who,
    )
    return sa.or_(queue_entry.c.owner_id == who, named)


def _own(table: sa.Table) -> Rule:
    """Rows of the organisation itself."""
    return lambda who: table.c.organisation_id == who


_OF_SLSP: dict[str, Rule] = {
    "applications": _filed_or_chosen,
    "dwellings": lambda who: sa.or_(dwellings.c.slsp_id == who, dwellings.c.held_by == who),
    "sections": _everything,
    "partners": _everything,
    "agreements": lambda who: agreements.c.held_by == who,
    "register": lambda who: register.c.register_id == who,
    "standing_head": lambda who: standing_head.c.register_id == who,
    "standing": lambda who: standing.c.register_id == who,
    "campaign": lambda who: campaign.c.register_id == who,
    "duplicate_verdict": lambda who: sa.and_(
        *(
            _exists(applications, applications.c.application_id == side, _filed_or_chosen(who))
            for side in (duplicate_verdict.c.first, duplicate_verdict.c.second)
        )
    ),
    "meeting": lambda who: meeting.c.register_id == who,
    "strike_off": lambda who: strike_off.c.register_id == who,
    "appeal": lambda who: appeal.c.register_id == who,
    "quota_set": lambda who: quota_set.c.register_id == who,
    "agreement_document": lambda who: agreement_document.c.register_id == who,
    "place_offer": lambda who: place_offer.c.register_id == who,
    "vacant_building": lambda who: vacant_building.c.register_id == who,
    "occupancy": lambda who: occupancy.c.register_id == who,
    "operator_approval": lambda who: operator_approval.c.register_id == who,
    "dwelling_return": lambda who: dwelling_return.c.register_id == who,
    "mandate": lambda who: mandate.c.register_id == who,
    "handed_in_proof": lambda who: handed_in_proof.c.register_id == who,
    "points_request": lambda who: sa.or_(
        points_request.c.register_id == who, points_request.c.reference_slsp_id == who
    ),
    "run": lambda who: run.c.organisation_id == who,
    "journal_entry": lambda who: journal_entry.c.organisation_id == who,
    "organisation": lambda who: organisation.c.organisation_id == who,
    "account": lambda who: account.c.organisation_id == who,
}
_OF_PARTNER: dict[str, Rule] = {
    "applications": _presented,
    "dwellings": _nothing,
    "sections": _everything,
    "partners": lambda who: partners.c.partner_id == who,
    "agreements": lambda who: agreements.c.partner_id == who,
    "register": _nothing,
    "standing_head": _nothing,
    "standing": _nothing,
    "campaign": _nothing,
    "duplicate_verdict": _nothing,
    "meeting": _nothing,
    "strike_off": _nothing,
    "appeal": _nothing,
    "quota_set": _nothing,
    "place_offer": lambda who: place_offer.c.partner_id == who,
    # Of the companies it has an agreement with, so that it can plan.
    "vacant_building": lambda who: _exists(
        agreements,
        agreements.c.held_by == vacant_building.c.register_id,
        agreements.c.partner_id == who,
    ),
    # Not before its text is settled between the two.
    "agreement_document": lambda who: sa.and_(
        agreement_document.c.partner_id == who, agreement_document.c.state != "drafted"
    ),
    "occupancy": lambda who: occupancy.c.operator_id == who,
    "operator_approval": lambda who: operator_approval.c.operator_id == who,
    "dwelling_return": lambda who: dwelling_return.c.operator_id == who,
    "mandate": lambda who: mandate.c.organisation_id == who,
    "points_request": _nothing,
    "run": lambda who: run.c.organisation_id == who,
    "journal_entry": _nothing,
    "organisation": lambda who: organisation.c.organisation_id == who,
    "account": lambda who: account.c.organisation_id == who,
    "partner_event": lambda who: partner_event.c.organisation_id == who,
    "webhook": lambda who: webhook.c.organisation_id == who,
    "vacancies": _nothing,
    # Seats taken on its own agreements.
    "allocations_ytd": lambda who: _exists(
        agreements,
        agreements.c.agreement_id == allocations_ytd.c.agreement_id,
        agreements.c.partner_id == who,
    ),
}
# What a company has of its own register, and nobody else.
for _table in (proof_request, separation, common_file_mapping, reconciliation):
    _OF_SLSP[_table.name] = _of_register(_table)
    _OF_PARTNER[_table.name] = _nothing
# A study may name a company's own cases: whoever asked reads it, an authority included.
_OF_WHO_ASKED: dict[str, Rule] = {"study": _own(study)}
_OF_WHO_ASKED["study_file"] = _through(study_file, study, "study_id", _OF_WHO_ASKED)
for _rules in (_OF_SLSP, _OF_PARTNER):
    _rules.update(_OF_WHO_ASKED)
    for _table in (household_members, facts, choices, offers, right_standing):
        _rules[_table.name] = _through(_table, applications, "application_id", _rules)
    _rules["confirmation"] = _through(confirmation, campaign, "campaign_id", _rules)
    _rules["application_change"] = _through(
        application_change, applications, "application_id", _rules
    )
    _rules["presentations"] = _through(presentations, agreements, "agreement_id", _rules)
    for _table in (meeting_file, derogation, entitlement, meeting_answer, offer_course):
        _rules[_table.name] = _through(_table, meeting, "meeting_id", _rules)
    _rules["dwelling_right"] = _through(dwelling_right, dwellings, "dwelling_id", _rules)
    _rules["agreement_version"] = _through(
        agreement_version, agreement_document, "agreement_id", _rules
    )
    for _table in PARTS_OF_A_STAY:
        _rules[_table.name] = _through(_table, occupancy, "occupancy_id", _rules)
    _rules["offer_contact"] = _through(offer_contact, offer_course, "offer_id", _rules)
    _rules["service_entry"] = _rules["practice"] = _everything
    _rules["referral"] = _referred
    _rules["network_member"] = lambda who: sa.or_(
        network_member.c.network_id == who, network_member.c.member_id == who
    )
    _rules["queue_entry"] = _named_for
    for _table in (
        accompaniment_setting, plan, contact_offer, activity, project, worked_hours, calendar_feed,
    ):  # fmt: skip
        _rules[_table.name] = _own(_table)
    for _table in (
        plan_act, plan_consent, plan_contact, plan_review, preparation_item, support_request,
    ):  # fmt: skip
        _rules[_table.name] = _through(_table, plan, "plan_id", _rules)
_OF_PARTNER["handed_in_proof"] = _through(handed_in_proof, mandate, "mandate_id", _OF_PARTNER)
_OF_PARTNER["webhook_delivery"] = _through(webhook_delivery, webhook, "webhook_id", _OF_PARTNER)
# Accompaniment is kept by who accompanies: no authority reads it, aggregates apart.
_OF_THE_SERVICE_ALONE = frozenset(
    {
        "accompaniment_setting",
        "activity",
        "calendar_feed",
        "contact_offer",
        "plan",
        "plan_act",
        "plan_consent",
        "plan_contact",
        "plan_review",
        "preparation_item",
        "project",
        "queue_entry",
        "referral",
        "support_request",
        "worked_hours",
    }
)
_OF_SLSP["vacancies"] = _through(vacancies, dwellings, "dwelling_id", _OF_SLSP)
_OF_SLSP["allocations_ytd"] = lambda who: sa.or_(
    allocations_ytd.c.held_by == who,
    _through(allocations_ytd, dwellings, "dwelling_id", _OF_SLSP)(who),
)
