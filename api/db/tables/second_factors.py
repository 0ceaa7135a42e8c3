"""The second factor of an account, and what replaces it once."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

second_factor = sa.Table(
    "second_factor",
    metadata,
    sa.Column("account_id", Identifier, sa.ForeignKey("account.account_id")),
    sa.Column("wrapped_secret", sa.LargeBinary(), nullable=False),  # under the installation's
    sa.Column("last_step", Whole, nullable=False),  # of the last code used: none is good twice
    sa.Column("confirmed_at", Instant()),  # empty: not in use yet
    sa.PrimaryKeyConstraint("account_id"),
)

recovery_code = sa.Table(
    "recovery_code",
    metadata,
    sa.Column("account_id", Identifier, sa.ForeignKey("second_factor.account_id")),
    sa.Column("code_hash", Identifier),  # SHA-256
    sa.PrimaryKeyConstraint("account_id", "code_hash"),
)
