"""Organisations, the accounts of their staff, and the sessions those have open."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

organisation = sa.Table(
    "organisation",
    metadata,
    sa.Column("organisation_id", Identifier),
    sa.Column("kind", sa.Text(), nullable=False),  # slsp, partner, region, swl
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("is_sandbox", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.PrimaryKeyConstraint("organisation_id"),
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("account_id", Identifier),
    sa.Column(
        "organisation_id",
        Identifier,
        sa.ForeignKey("organisation.organisation_id"),
        nullable=False,
    ),
    sa.Column("login", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("role", sa.Text(), nullable=False),
    sa.Column("password_hash", sa.Text(), nullable=False),  # Argon2id
    sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Column("failed_attempts", Whole, nullable=False, server_default="0"),
    sa.Column("locked_until_at", Instant()),
    sa.PrimaryKeyConstraint("account_id"),
    sa.UniqueConstraint("login"),
)

staff_session = sa.Table(
    "staff_session",
    metadata,
    sa.Column("token_hash", Identifier),  # SHA-256; the token itself is kept nowhere
    sa.Column(
        "account_id", Identifier, sa.ForeignKey("account.account_id"), nullable=False, index=True
    ),
    sa.Column("opened_at", Instant(), nullable=False),
    sa.Column("expires_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("token_hash"),
)
