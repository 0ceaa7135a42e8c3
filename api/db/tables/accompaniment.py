"""
Accompaniment as its own service keeps it: no other organisation, and no rent manager, reads here.

What is written in words is sealed under a key of the plan; dates, codes and counts are in clear.
Nothing here belongs to a snapshot of the register: no act on these rows touches it.
"""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata


def _organisation(name: str = "organisation_id", *, index: bool = True) -> sa.Column[str]:
    link = sa.ForeignKey("organisation.organisation_id")
    return sa.Column(name, Identifier, link, nullable=False, index=index)


def _plan() -> sa.Column[str]:
    return sa.Column("plan_id", Identifier, sa.ForeignKey("plan.plan_id"), nullable=False)


accompaniment_setting = sa.Table(
    "accompaniment_setting",
    metadata,
    sa.Column("organisation_id", Identifier, sa.ForeignKey("organisation.organisation_id")),
    sa.Column("full_time_hundredths", Whole, nullable=False),
    sa.Column("units_per_full_time", Whole, nullable=False),
    sa.Column("weights", sa.Text(), nullable=False),  # intensity -> hundredths, JSON
    sa.Column("decided_on", sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint("organisation_id"),
)

plan = sa.Table(
    "plan",
    metadata,
    sa.Column("plan_id", Identifier),
    _organisation(),  # the service that accompanies
    sa.Column("application_id", Identifier, sa.ForeignKey("applications.application_id")),
    sa.Column("alias", sa.Text(), nullable=False),  # of whom is not registered yet
    sa.Column("agreement_id", Identifier, sa.ForeignKey("agreements.agreement_id")),
    sa.Column("programme", sa.Text(), nullable=False),  # voluntary, housing_first, sub_contract
    sa.Column("coupling", sa.Text(), nullable=False),  # of `accompaniment.Coupling`
    sa.Column("mode", sa.Text(), nullable=False),
    sa.Column("intensity", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # of `accompaniment.PLAN`
    sa.Column("first_contact_on", sa.Date(), nullable=False),
    sa.Column("began_on", sa.Date()),
    sa.Column("ended_on", sa.Date()),
    sa.Column("until_on", sa.Date()),  # of a sub-contract, which is for a time
    sa.Column("next_review_on", sa.Date()),
    sa.Column("accompanier", sa.Text(), nullable=False),  # by function or team
    sa.Column("accompanier_changes", Whole, nullable=False, server_default="0"),
    sa.Column("n_objectives", Whole, nullable=False, server_default="0"),
    sa.Column("n_own_words", Whole, nullable=False, server_default="0"),
    sa.Column("entered_home_on", sa.Date()),
    sa.Column("left_home_on", sa.Date()),
    sa.Column("is_overbooked", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("offers_alternative", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("sealed", sa.Text(), nullable=False),  # objectives; reasons of the service
    sa.Column("row_version", Whole, nullable=False, server_default="1"),
    sa.PrimaryKeyConstraint("plan_id"),
    sa.Index(None, "application_id"),
)

plan_act = sa.Table(
    "plan_act",
    metadata,
    sa.Column("plan_id", Identifier, sa.ForeignKey("plan.plan_id")),
    sa.Column("number", Whole, autoincrement=False),
    sa.Column("act", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("acted_as", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("plan_id", "number"),
)

# When, how, whether it took place: there is no column for what was said.
plan_contact = sa.Table(
    "plan_contact",
    metadata,
    sa.Column("contact_id", Identifier),
    _plan(),
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("channel", sa.Text(), nullable=False),
    sa.Column("outcome", sa.Text(), nullable=False),
    sa.Column("proposed_by", sa.Text(), nullable=False),
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("acted_as", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("contact_id"),
    sa.Index(None, "plan_id", "on"),
)

plan_review = sa.Table(
    "plan_review",
    metadata,
    sa.Column("review_id", Identifier),
    _plan(),
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("due_on", sa.Date()),  # the day it had been planned for
    sa.Column("present", sa.Text(), nullable=False),  # JSON
    sa.Column("objectives", sa.Text(), nullable=False),  # number and progress, JSON
    sa.Column("obstacles", sa.Text(), nullable=False),  # codes, JSON
    sa.Column("resolved", sa.Text(), nullable=False),  # codes of obstacles that are gone, JSON
    sa.Column("next_on", sa.Date()),
    sa.Column("copy", sa.Text(), nullable=False),
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("sealed", sa.Text(), nullable=False),  # each party's own words
    sa.PrimaryKeyConstraint("review_id"),
    sa.Index(None, "plan_id", "on"),
)

preparation_item = sa.Table(
    "preparation_item",
    metadata,
    sa.Column("plan_id", Identifier, sa.ForeignKey("plan.plan_id")),
    sa.Column("item", sa.Text()),
    sa.Column("state", sa.Text(), nullable=False),  # to_do, done, not_needed
    sa.Column("on", sa.Date()),
    sa.PrimaryKeyConstraint("plan_id", "item"),
)

plan_consent = sa.Table(
    "plan_consent",
    metadata,
    sa.Column("consent_id", Identifier),
    _plan(),
    sa.Column("kind", sa.Text(), nullable=False),  # of `accompaniment.consents.Kind`
    sa.Column("state", sa.Text(), nullable=False),  # of `accompaniment.CONSENT`
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("ended_on", sa.Date()),
    sa.Column("datum", sa.Text()),
    sa.Column("partner_id", Identifier, sa.ForeignKey("organisation.organisation_id")),
    sa.Column("purpose", sa.Text(), nullable=False),
    sa.Column("until_on", sa.Date()),
    sa.PrimaryKeyConstraint("consent_id"),
    sa.Index(None, "plan_id"),
    sa.Index(None, "partner_id", "datum"),
)

support_request = sa.Table(
    "support_request",
    metadata,
    sa.Column("support_id", Identifier),
    _plan(),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("language", sa.Text(), nullable=False),  # of an interpreter
    sa.Column("state", sa.Text(), nullable=False),  # of `accompaniment.SUPPORT`
    sa.Column("asked_on", sa.Date(), nullable=False),
    sa.Column("settled_on", sa.Date()),
    sa.PrimaryKeyConstraint("support_id"),
    sa.Index(None, "plan_id"),
)

# An event of the tenancy, passed on to who may offer a contact; its sender reads no more of it.
contact_offer = sa.Table(
    "contact_offer",
    metadata,
    sa.Column("contact_offer_id", Identifier),
    _organisation(),  # who is to offer it
    sa.Column("sent_by", Identifier, sa.ForeignKey("organisation.organisation_id"), nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("event", sa.Text(), nullable=False),
    sa.Column("happened_on", sa.Date(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # of `accompaniment.CONTACT_OFFER`
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("acted_as", sa.Text(), nullable=False),
    sa.Column("sent_at", Instant(), nullable=False),
    sa.Column("settled_on", sa.Date()),
    sa.PrimaryKeyConstraint("contact_offer_id"),
    sa.Index(None, "application_id"),
)
