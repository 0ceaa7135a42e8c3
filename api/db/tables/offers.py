"""What the committee decided of each dwelling, who is entitled to it today, and the offers made."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata
from api.db.tables.register import offers

derogation = sa.Table(
    "derogation",
    metadata,
    sa.Column("derogation_id", Identifier),
    sa.Column("meeting_id", Identifier, sa.ForeignKey("meeting.meeting_id"), nullable=False),
    sa.Column("dwelling_id", Identifier, nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("state", sa.Text(), nullable=False),  # of `procedure.DEROGATION`
    sa.Column("ground", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("attested", sa.Text(), nullable=False),  # JSON lists, as the three below
    sa.Column("not_attested", sa.Text(), nullable=False),
    sa.Column("passed_over", sa.Text(), nullable=False),
    sa.Column("counted", sa.Text(), nullable=False),  # JSON; `null` while the ceiling is unknown
    sa.Column("income_category", sa.Text(), nullable=False),
    sa.Column("is_as_chosen", sa.Boolean(), nullable=False),
    sa.Column("opinion", sa.Text(), nullable=False),
    sa.Column("opinion_by", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("derogation_id"),
    sa.Index(None, "meeting_id", "dwelling_id"),
)

# One dwelling of one meeting. `ground` says why `application_id` is entitled to it today, or why
# nobody is.
entitlement = sa.Table(
    "entitlement",
    metadata,
    sa.Column("meeting_id", Identifier, sa.ForeignKey("meeting.meeting_id")),
    sa.Column("dwelling_id", Identifier),
    sa.Column("decision", sa.Text(), nullable=False),  # follow, derogate, not_let
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("derogation_id", Identifier, sa.ForeignKey("derogation.derogation_id")),
    sa.Column("application_id", Identifier),
    sa.Column("ground", sa.Text(), nullable=False),
    sa.Column("channel", sa.Text(), nullable=False),  # as in the ledger
    sa.Column("agreement_id", Identifier),
    sa.Column("income_category", sa.Text(), nullable=False),
    sa.Column("is_as_chosen", sa.Boolean(), nullable=False),
    sa.Column("passed_over", sa.Text(), nullable=False),  # JSON
    sa.Column("next_in_line", sa.Text(), nullable=False),  # JSON
    sa.PrimaryKeyConstraint("meeting_id", "dwelling_id"),
)

# What the continuation of the proposal goes on from, in the order it happened.
meeting_answer = sa.Table(
    "meeting_answer",
    metadata,
    sa.Column("meeting_id", Identifier, sa.ForeignKey("meeting.meeting_id")),
    sa.Column("sequence", Whole),
    sa.Column("kind", sa.Text(), nullable=False),  # of `model.continuation.KINDS`
    sa.Column("dwelling_id", Identifier, nullable=False),  # the empty text: of the whole meeting
    sa.Column("application_id", Identifier, nullable=False),  # the empty text: whoever has it
    sa.Column("answered_on", sa.Date(), nullable=False),
    sa.Column("is_taken_in", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.PrimaryKeyConstraint("meeting_id", "sequence"),
)

# What the register does not say of an offer: the meeting it follows, where it stands.
offer_course = sa.Table(
    "offer_course",
    metadata,
    sa.Column("offer_id", Identifier, sa.ForeignKey("offers.offer_id")),
    sa.Column("meeting_id", Identifier, sa.ForeignKey("meeting.meeting_id"), nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("sequence", Whole, nullable=False),  # of the offers made after this meeting
    sa.Column("state", sa.Text(), nullable=False),  # of `procedure.OFFER`
    sa.Column("answer_due_on", sa.Date()),  # empty while the company has set no time
    sa.Column("is_as_chosen", sa.Boolean(), nullable=False),
    sa.Column("silence_counts", sa.Boolean()),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("made_by", sa.Text(), nullable=False),
    sa.Column("vacancy", sa.Text(), nullable=False),  # JSON, while it is let
    sa.PrimaryKeyConstraint("offer_id"),
    sa.UniqueConstraint("meeting_id", "sequence"),
)

offer_contact = sa.Table(
    "offer_contact",
    metadata,
    sa.Column("offer_id", Identifier, sa.ForeignKey("offers.offer_id")),
    sa.Column("sequence", Whole),
    sa.Column("contacted_on", sa.Date(), nullable=False),
    sa.Column("way", sa.Text(), nullable=False),
    sa.Column("was_reached", sa.Boolean(), nullable=False),
    sa.Column("recorded_by", sa.Text(), nullable=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("offer_id", "sequence"),
)

# Whatever the program does, a dwelling and a household have one open offer at most.
for _name in ("application_id", "dwelling_id"):
    _is_open = offers.c.answer == "open"
    sa.Index(
        f"uq_offers_open_{_name}",
        offers.c[_name],
        unique=True,
        sqlite_where=_is_open,
        postgresql_where=_is_open,
    )
