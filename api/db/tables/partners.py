"""What partners sign in with, what they could not prove, and what they are told."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

credential = sa.Table(
    "credential",
    metadata,
    sa.Column("credential_id", Identifier),
    sa.Column(
        "organisation_id",
        Identifier,
        sa.ForeignKey("organisation.organisation_id"),
        nullable=False,
        index=True,
    ),
    sa.Column("kind", sa.Text(), nullable=False),  # client (of OAuth), key
    sa.Column("scopes", sa.Text(), nullable=False),  # separated by spaces
    sa.Column("secret_hash", sa.Text(), nullable=False),  # SHA-256; the secret is kept nowhere
    sa.Column("former_hash", sa.Text()),  # of the secret before the last rotation
    sa.Column("former_until_at", Instant()),
    sa.Column("made_at", Instant(), nullable=False),
    sa.Column("revoked_at", Instant()),
    sa.PrimaryKeyConstraint("credential_id"),
)

signing_key = sa.Table(
    "signing_key",
    metadata,
    sa.Column("kid", Identifier),
    sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),  # under the installation's secret
    sa.Column("made_at", Instant(), nullable=False, index=True),
    sa.PrimaryKeyConstraint("kid"),
)

# Presentations refused because the household was not known to the partner, day by day.
refused_proof = sa.Table(
    "refused_proof",
    metadata,
    sa.Column("organisation_id", Identifier, sa.ForeignKey("organisation.organisation_id")),
    sa.Column("day", sa.Date()),
    sa.Column("application_id", Identifier),  # as it was said: it may name nothing
    sa.Column("refused", Whole, nullable=False),
    sa.PrimaryKeyConstraint("organisation_id", "day", "application_id"),
)

# What a partner is told, in the order of the journal; numbered for each partner by itself.
partner_event = sa.Table(
    "partner_event",
    metadata,
    sa.Column("organisation_id", Identifier, sa.ForeignKey("organisation.organisation_id")),
    sa.Column("sequence", Whole, autoincrement=False),
    sa.Column("event_id", Identifier, nullable=False),
    sa.Column("type", sa.Text(), nullable=False),
    sa.Column("at", Instant(), nullable=False),
    sa.Column("application_id", Identifier, nullable=False),  # or a place; empty text: neither
    sa.Column("data", sa.Text(), nullable=False),  # JSON
    sa.PrimaryKeyConstraint("organisation_id", "sequence"),
    sa.UniqueConstraint("event_id"),
)

webhook = sa.Table(
    "webhook",
    metadata,
    sa.Column("webhook_id", Identifier),
    sa.Column(
        "organisation_id",
        Identifier,
        sa.ForeignKey("organisation.organisation_id"),
        nullable=False,
        index=True,
    ),
    sa.Column("url", sa.Text(), nullable=False),
    sa.Column("types", sa.Text(), nullable=False),  # separated by spaces; empty text: all
    sa.Column("wrapped_secret", sa.LargeBinary(), nullable=False),
    sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Column("made_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("webhook_id"),
)

# What is to be sent, written in the transaction of the act it tells.
webhook_delivery = sa.Table(
    "webhook_delivery",
    metadata,
    sa.Column("webhook_id", Identifier, sa.ForeignKey("webhook.webhook_id")),
    sa.Column("event_id", Identifier, sa.ForeignKey("partner_event.event_id")),
    sa.Column("application_id", Identifier, nullable=False),  # those of one are sent in order
    sa.Column("sequence", Whole, nullable=False),  # of the event
    sa.Column("state", sa.Text(), nullable=False),  # pending, delivered, failed
    sa.Column("attempts", Whole, nullable=False, server_default="0"),
    sa.Column("due_at", Instant(), nullable=False),
    sa.Column("said", sa.Text(), nullable=False),  # of the last attempt
    sa.Column("ended_at", Instant()),
    sa.PrimaryKeyConstraint("webhook_id", "event_id"),
    sa.Index(None, "webhook_id", "state", "sequence"),
)
