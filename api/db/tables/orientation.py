"""Orientation: the directory, referrals with one owner, networks and their shared queue."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Whole, metadata


def _organisation(name: str, *, nullable: bool = False) -> sa.Column[str]:
    link = sa.ForeignKey("organisation.organisation_id")
    return sa.Column(name, Identifier, link, nullable=nullable)


service_entry = sa.Table(
    "service_entry",
    metadata,
    sa.Column("service_id", Identifier),
    _organisation("organisation_id"),  # who keeps the entry up to date
    sa.Column("entry", sa.Text(), nullable=False),  # of `accompaniment.directory`, JSON
    sa.PrimaryKeyConstraint("service_id"),
    sa.Index(None, "organisation_id"),
)

referral = sa.Table(
    "referral",
    metadata,
    sa.Column("referral_id", Identifier),
    _organisation("sender_id"),
    _organisation("receiver_id"),  # of the last hand-over
    sa.Column("application_id", Identifier, sa.ForeignKey("applications.application_id")),
    sa.Column("alias", sa.Text(), nullable=False),
    sa.Column("need", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # of `accompaniment.REFERRAL`
    sa.Column("agreed_on", sa.Date(), nullable=False),  # the person's own agreement
    sa.Column("due_on", sa.Date(), nullable=False),
    sa.Column("answer", sa.Text(), nullable=False),
    sa.Column("ended_on", sa.Date()),
    sa.Column("sealed", sa.Text(), nullable=False),  # the need in the person's words
    sa.PrimaryKeyConstraint("referral_id"),
    sa.Index(None, "sender_id"),
    sa.Index(None, "receiver_id"),
    sa.Index(None, "application_id"),
)

hand_over = sa.Table(
    "hand_over",
    metadata,
    sa.Column("referral_id", Identifier, sa.ForeignKey("referral.referral_id")),
    sa.Column("number", Whole, autoincrement=False),
    _organisation("to_id"),
    sa.Column("sent_on", sa.Date(), nullable=False),
    sa.Column("due_on", sa.Date(), nullable=False),
    sa.Column("accepted_on", sa.Date()),
    sa.Column("ended_on", sa.Date()),
    sa.Column("sent_back_because", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("referral_id", "number"),
)

network_member = sa.Table(
    "network_member",
    metadata,
    _organisation("network_id"),
    _organisation("member_id"),
    sa.Column("charter_signed_on", sa.Date(), nullable=False),
    sa.Column("left_on", sa.Date()),
    sa.PrimaryKeyConstraint("network_id", "member_id"),
)

network_priority = sa.Table(
    "network_priority",
    metadata,
    _organisation("network_id"),
    sa.Column("year", Whole, autoincrement=False),
    sa.Column("code", sa.Text()),
    sa.Column("title", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("network_id", "year", "code"),
)

# What the members a person named may see, until a day: alias, need, commune, owner.
queue_entry = sa.Table(
    "queue_entry",
    metadata,
    sa.Column("entry_id", Identifier),
    _organisation("network_id"),
    _organisation("owner_id"),
    sa.Column("alias", sa.Text(), nullable=False),
    sa.Column("need", sa.Text(), nullable=False),
    sa.Column("nis5", Identifier, nullable=False),
    sa.Column("agreed_on", sa.Date(), nullable=False),
    sa.Column("until_on", sa.Date(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # waiting, taken_up, closed, left
    sa.Column("ended_on", sa.Date()),
    sa.PrimaryKeyConstraint("entry_id"),
    sa.Index(None, "network_id", "agreed_on"),
    sa.Index(None, "owner_id"),
)

queue_reader = sa.Table(
    "queue_reader",
    metadata,
    sa.Column("entry_id", Identifier, sa.ForeignKey("queue_entry.entry_id")),
    _organisation("member_id"),
    sa.PrimaryKeyConstraint("entry_id", "member_id"),
)

# That a conference was held and on what basis: nothing of what was said.
case_conference = sa.Table(
    "case_conference",
    metadata,
    sa.Column("conference_id", Identifier),
    sa.Column("entry_id", Identifier, sa.ForeignKey("queue_entry.entry_id"), nullable=False),
    _organisation("held_by"),
    sa.Column("held_on", sa.Date(), nullable=False),
    sa.Column("legal_article", sa.Text(), nullable=False),
    sa.Column("legal_act", sa.Text(), nullable=False),
    sa.Column("legal_on", sa.Date(), nullable=False),
    sa.Column("present", sa.Text(), nullable=False),  # organisations, JSON
    sa.PrimaryKeyConstraint("conference_id"),
    sa.Index(None, "entry_id"),
)
