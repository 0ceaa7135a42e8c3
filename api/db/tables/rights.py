"""Where a right that a household seems to have stands, once a person followed it."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, metadata

right_standing = sa.Table(
    "right_standing",
    metadata,
    sa.Column("application_id", Identifier, sa.ForeignKey("applications.application_id")),
    sa.Column("right", sa.Text()),
    sa.Column("subject", Identifier),  # a line of points, an agreement; empty text: the right
    sa.Column("state", sa.Text(), nullable=False),  # of `accompaniment.RIGHT`
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("agreed_on", sa.Date()),  # the household's own agreement to ask for it
    sa.Column("actor_id", Identifier, nullable=False),
    sa.PrimaryKeyConstraint("application_id", "right", "subject"),
)
