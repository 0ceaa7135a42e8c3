"""Who an account is at a provider of identities, and sign-ins that were begun there."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, metadata

account_identity = sa.Table(
    "account_identity",
    metadata,
    sa.Column("issuer", Identifier),
    sa.Column("subject", Identifier),  # the provider's identifier: never an address or a name
    sa.Column("account_id", Identifier, sa.ForeignKey("account.account_id"), nullable=False),
    sa.Column("linked_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("issuer", "subject"),
    sa.UniqueConstraint("account_id"),
)

oidc_attempt = sa.Table(
    "oidc_attempt",
    metadata,
    sa.Column("state_hash", Identifier),
    sa.Column("browser_hash", Identifier, nullable=False),
    sa.Column("nonce", sa.Text(), nullable=False),
    sa.Column("wrapped_verifier", sa.LargeBinary(), nullable=False),
    sa.Column("next_page", sa.Text(), nullable=False),
    sa.Column("expires_at", Instant(), nullable=False, index=True),
    sa.PrimaryKeyConstraint("state_hash"),
)
