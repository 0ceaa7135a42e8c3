"""Stays: one household in one dwelling, act by act, with reviews, papers and alternatives."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

_OWNER = "applications.application_id"

occupancy = sa.Table(
    "occupancy",
    metadata,
    sa.Column("occupancy_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("application_id", Identifier, sa.ForeignKey(_OWNER), nullable=False),
    sa.Column("dwelling_id", Identifier, nullable=False),
    # The partner that holds it; empty for the company itself.
    sa.Column("operator_id", Identifier, sa.ForeignKey("partners.partner_id"), index=True),
    sa.Column("agreement_id", Identifier, sa.ForeignKey("agreements.agreement_id")),
    sa.Column("status", sa.Text(), nullable=False),  # of `accompaniment.OCCUPANCY`
    sa.Column("planned_on", sa.Date(), nullable=False),
    sa.Column("entered_on", sa.Date()),
    sa.Column("until_on", sa.Date()),  # end of the term in force
    sa.Column("ended_on", sa.Date()),
    sa.Column("exit_class", sa.Text(), nullable=False),
    # The last act its operator sees: the slide, after which it has stepped out.
    sa.Column("operator_until", Whole),
    sa.Column("continues_id", Identifier, sa.ForeignKey("occupancy.occupancy_id")),
    sa.PrimaryKeyConstraint("occupancy_id"),
    sa.Index(None, "register_id", "status"),
)
# Whatever is sent at the same moment: one household in a dwelling, one dwelling for a household.
_lives = occupancy.c.entered_on.is_not(None) & occupancy.c.ended_on.is_(None)
_there = occupancy.c.ended_on.is_(None)
for _name, _column, _where in (
    ("uq_occupancy_running_application_id", "application_id", _lives),
    ("uq_occupancy_running_dwelling_id", "dwelling_id", _there),
):
    sa.Index(
        _name,
        occupancy.c[_column],
        unique=True,
        sqlite_where=_where,
        postgresql_where=_where,
    )

occupancy_act = sa.Table(
    "occupancy_act",
    metadata,
    sa.Column("occupancy_id", Identifier, sa.ForeignKey("occupancy.occupancy_id")),
    sa.Column("sequence", Whole, autoincrement=False),
    sa.Column("application_id", Identifier, sa.ForeignKey(_OWNER), nullable=False),
    sa.Column("act", sa.Text(), nullable=False),
    sa.Column("status", sa.Text(), nullable=False),  # after it
    sa.Column("on_day", sa.Date(), nullable=False),
    sa.Column("until_on", sa.Date()),
    sa.Column("signed_on", sa.Date()),
    sa.Column("recorded", sa.Text(), nullable=False),  # days and codes, JSON
    sa.Column("said", sa.Text(), nullable=False),  # words, JSON
    sa.Column("agreement_id", Identifier),
    sa.Column("by_organisation", Identifier, nullable=False),
    sa.Column("by_actor", Identifier, nullable=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("occupancy_id", "sequence"),
)

occupancy_objective = sa.Table(
    "occupancy_objective",
    metadata,
    sa.Column("occupancy_id", Identifier, sa.ForeignKey("occupancy.occupancy_id")),
    sa.Column("number", Whole, autoincrement=False),
    sa.Column("application_id", Identifier, sa.ForeignKey(_OWNER), nullable=False),
    sa.Column("wording", sa.Text(), nullable=False),  # the household's
    sa.PrimaryKeyConstraint("occupancy_id", "number"),
)

occupancy_review = sa.Table(
    "occupancy_review",
    metadata,
    sa.Column("occupancy_id", Identifier, sa.ForeignKey("occupancy.occupancy_id")),
    sa.Column("sequence", Whole, autoincrement=False),
    sa.Column("application_id", Identifier, sa.ForeignKey(_OWNER), nullable=False),
    sa.Column("held_on", sa.Date(), nullable=False),
    sa.Column("is_household_present", sa.Boolean(), nullable=False),
    sa.Column("invited_on", sa.Text(), nullable=False),  # days, JSON
    sa.Column("objectives", sa.Text(), nullable=False),  # number -> state, JSON
    sa.Column("said", sa.Text(), nullable=False),  # each party's view, JSON
    sa.Column("next_on", sa.Date()),
    sa.Column("copy_delivered", sa.Text(), nullable=False),
    sa.Column("by_organisation", Identifier, nullable=False),
    sa.Column("by_actor", Identifier, nullable=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("occupancy_id", "sequence"),
)

occupancy_paper = sa.Table(
    "occupancy_paper",
    metadata,
    sa.Column("occupancy_id", Identifier, sa.ForeignKey("occupancy.occupancy_id")),
    sa.Column("paper", sa.Text()),  # of the rules of stays
    sa.Column("held_on", sa.Date(), nullable=False),
    sa.Column("by_actor", Identifier, nullable=False),
    sa.PrimaryKeyConstraint("occupancy_id", "paper"),
)

occupancy_alternative = sa.Table(
    "occupancy_alternative",
    metadata,
    sa.Column("occupancy_id", Identifier, sa.ForeignKey("occupancy.occupancy_id")),
    sa.Column("sequence", Whole, autoincrement=False),
    sa.Column("application_id", Identifier, sa.ForeignKey(_OWNER), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("offered_by", sa.Text(), nullable=False),
    sa.Column("offered_on", sa.Date(), nullable=False),
    sa.Column("answer", sa.Text(), nullable=False),  # waiting, accepted, declined
    sa.Column("answered_on", sa.Date()),
    sa.PrimaryKeyConstraint("occupancy_id", "sequence"),
)

# What belongs to a stay, in the order it is read.
PARTS_OF_A_STAY = (
    occupancy_act,
    occupancy_objective,
    occupancy_review,
    occupancy_paper,
    occupancy_alternative,
)

# The act by which an operator may hold sliding leases, as a person read it.
operator_approval = sa.Table(
    "operator_approval",
    metadata,
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id")),
    sa.Column("operator_id", Identifier, sa.ForeignKey("partners.partner_id")),
    sa.Column("from_on", sa.Date()),
    sa.Column("to_on", sa.Date()),
    sa.Column("approving_act", sa.Text(), nullable=False),
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("by_actor", Identifier, nullable=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("register_id", "operator_id", "from_on"),
)

# A dwelling that stays with its operator when the household leaves before the slide.
dwelling_return = sa.Table(
    "dwelling_return",
    metadata,
    sa.Column("occupancy_id", Identifier, sa.ForeignKey("occupancy.occupancy_id")),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("operator_id", Identifier, sa.ForeignKey("partners.partner_id"), nullable=False),
    sa.Column("agreement_id", Identifier),
    sa.Column("dwelling_id", Identifier, nullable=False),
    sa.Column("from_on", sa.Date(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # waiting, offered_again, handed_back
    sa.Column("settled_on", sa.Date()),
    sa.Column("next_id", Identifier, sa.ForeignKey("occupancy.occupancy_id")),  # offered again
    sa.PrimaryKeyConstraint("occupancy_id"),
    sa.Index(None, "dwelling_id"),
)
