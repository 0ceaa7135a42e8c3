"""What partners sign in with, and the keys our tokens are signed with."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, metadata

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
