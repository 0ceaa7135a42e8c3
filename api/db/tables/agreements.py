"""Agreements as documents: where each stands, and every version of its terms."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

agreement_document = sa.Table(
    "agreement_document",
    metadata,
    sa.Column("agreement_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("partner_id", Identifier, sa.ForeignKey("partners.partner_id"), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # of `accompaniment.AGREEMENT`
    sa.Column("version", Whole, nullable=False),
    sa.Column("signed_on", sa.Date()),
    sa.Column("row_version", Whole, nullable=False),
    sa.PrimaryKeyConstraint("agreement_id"),
    sa.Index(None, "register_id"),
    sa.Index(None, "partner_id"),
)

agreement_version = sa.Table(
    "agreement_version",
    metadata,
    sa.Column(
        "agreement_id", Identifier, sa.ForeignKey("agreement_document.agreement_id"), nullable=False
    ),
    sa.Column("version", Whole, autoincrement=False),
    sa.Column("terms", sa.Text(), nullable=False),  # JSON
    sa.Column("act", sa.Text(), nullable=False),  # that made it
    sa.Column("on_day", sa.Date(), nullable=False),
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("agreement_id", "version"),
)

# A reserved place offered to a partner in one dwelling; nobody is housed by it.
place_offer = sa.Table(
    "place_offer",
    metadata,
    sa.Column("place_offer_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("agreement_id", Identifier, sa.ForeignKey("agreements.agreement_id"), nullable=False),
    sa.Column("partner_id", Identifier, sa.ForeignKey("partners.partner_id"), nullable=False),
    sa.Column("dwelling_id", Identifier, sa.ForeignKey("dwellings.dwelling_id"), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # of `accompaniment.PLACE_OFFER`
    sa.Column("offered_on", sa.Date(), nullable=False),
    sa.Column("due_on", sa.Date(), nullable=False),
    sa.Column("answered_on", sa.Date()),
    sa.Column("application_id", Identifier, sa.ForeignKey("applications.application_id")),
    sa.Column("decided_without_support", sa.Text(), nullable=False),  # about the service, in words
    sa.PrimaryKeyConstraint("place_offer_id"),
    sa.Index(None, "register_id"),
    sa.Index(None, "partner_id"),
)
_stands = place_offer.c.state.in_(("offered", "taken_up"))
sa.Index(
    "uq_place_offer_standing_dwelling_id",
    place_offer.c.dwelling_id,
    unique=True,
    sqlite_where=_stands,
    postgresql_where=_stands,
)
