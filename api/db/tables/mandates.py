"""Mandates of households to partners, and the proofs handed in under them or at the desk."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, metadata

mandate = sa.Table(
    "mandate",
    metadata,
    sa.Column("mandate_id", Identifier),
    sa.Column(
        "organisation_id",
        Identifier,
        sa.ForeignKey("organisation.organisation_id"),
        nullable=False,
        index=True,
    ),
    # The reference company of the application: revoked at its desk, worked on in its register.
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("covers", sa.Text(), nullable=False),  # separated by spaces
    sa.Column("given_on", sa.Date(), nullable=False),
    sa.Column("until_on", sa.Date(), nullable=False),
    sa.Column("form", sa.Text(), nullable=False),  # signed, recorded
    sa.Column("state", sa.Text(), nullable=False),  # of `procedure.MANDATE`
    sa.Column("address_kind", sa.Text(), nullable=False),  # "", reference, partner, own
    sa.Column("sealed", sa.Text(), nullable=False),  # how to reach them, under their key
    sa.Column("ended_on", sa.Date()),
    sa.Column("recorded_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("mandate_id"),
    sa.Index(None, "application_id"),
)

handed_in_proof = sa.Table(
    "handed_in_proof",
    metadata,
    sa.Column("proof_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("mandate_id", Identifier, sa.ForeignKey("mandate.mandate_id")),
    sa.Column("state", sa.Text(), nullable=False),  # of `procedure.HANDED_IN`
    sa.Column("sealed", sa.Text(), nullable=False),  # the fact and its proof, under their key
    sa.Column("handed_in_on", sa.Date(), nullable=False),
    sa.Column("change_id", Identifier),  # what it became in the file
    sa.PrimaryKeyConstraint("proof_id"),
    sa.Index(None, "application_id"),
    sa.Index(None, "mandate_id"),
)
