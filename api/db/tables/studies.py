"""What policy advisors ask to be studied, and what it gave."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

study = sa.Table(
    "study",
    metadata,
    sa.Column("study_id", Identifier),
    sa.Column("organisation_id", Identifier, nullable=False),  # who asked, and alone reads it
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),  # study, search, reform
    sa.Column("audience", sa.Text(), nullable=False),  # company, outside
    sa.Column("registers", sa.Text(), nullable=False),  # JSON: companies whose register it reads
    sa.Column("content", sa.Text(), nullable=False),  # the study or reform, JSON
    sa.Column("terms", sa.Text(), nullable=False),  # JSON: seed, replications, day, language
    sa.Column("run_id", Identifier, nullable=False),
    sa.Column("asked_at", Instant(), nullable=False),
    sa.Column("frozen_at", Instant()),  # the snapshots, whole
    sa.Column("done_at", Instant()),
    sa.Column("snapshot_until", sa.Date()),  # last days kept, by the retention rules
    sa.Column("results_until", sa.Date()),
    sa.Column("deleted_at", Instant()),  # nothing is left of it but that it was asked
    sa.PrimaryKeyConstraint("study_id"),
    sa.Index(None, "organisation_id", "asked_at"),
)

study_file = sa.Table(
    "study_file",
    metadata,
    sa.Column("study_id", Identifier, sa.ForeignKey("study.study_id")),
    sa.Column("name", sa.Text()),
    sa.Column("part", sa.Text(), nullable=False),  # snapshot, checkpoint, result
    sa.Column("sha256", sa.Text(), nullable=False),  # of the file
    sa.Column("n_bytes", Whole, nullable=False),
    sa.Column("wrapped_content", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("study_id", "name"),
)
