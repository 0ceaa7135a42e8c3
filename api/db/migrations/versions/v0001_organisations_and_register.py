"""Organisations, accounts, and the register."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "organisation",
    "account",
    "register",
    "applications",
    "partners",
    "sections",
    "staff_session",
    "agreements",
    "choices",
    "dwellings",
    "facts",
    "household_members",
    "offers",
    "allocations_ytd",
    "presentations",
    "vacancies",
)


def upgrade() -> None:
    """Make the tables."""
    _organisation()
    _account()
    _register()
    _applications()
    _partners()
    _sections()
    _staff_session()
    _agreements()
    _choices()
    _dwellings()
    _facts()
    _household_members()
    _offers()
    _allocations_ytd()
    _presentations()
    _vacancies()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("organisation_id", ID),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("organisation_id"),
    )


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("failed_attempts", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("locked_until_at", INSTANT),
        sa.PrimaryKeyConstraint("account_id"),
        sa.UniqueConstraint("login"),
    )


def _register() -> None:
    op.create_table(
        "register",
        sa.Column("register_id", ID, sa.ForeignKey("organisation.organisation_id")),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("register_id"),
    )


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("application_id", ID),
        sa.Column("reference_slsp_id", ID),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("last_confirmed_on", sa.Date()),
        sa.Column("confirmations", sa.BigInteger()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_until_on", sa.Date()),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("kind_wanted", sa.Text(), nullable=False),
        sa.Column("adapted_wanted", sa.Text()),
        sa.Column("owns_dwelling", sa.Text()),
        sa.Column("dependent_children", sa.BigInteger()),
        sa.Column("bedrooms_exception", sa.BigInteger()),
        sa.Column("bedrooms_exception_reason", sa.Text()),
        sa.Column("appeal_won_on", sa.Date()),
        sa.Column("transfer_nature", sa.Text()),
        sa.Column("transfer_requested_on", sa.Date()),
        sa.Column("tenant_since_on", sa.Date()),
        sa.Column("current_dwelling_id", ID),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_applications_reference_slsp_id", "applications", ["reference_slsp_id"])


def _partners() -> None:
    op.create_table(
        "partners",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("partner_id", ID),
        sa.Column("name", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("partner_id"),
    )


def _sections() -> None:
    op.create_table(
        "sections",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("section_id", ID),
        sa.Column("nis5", ID),
        sa.Column("name", sa.Text()),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("section_id"),
    )


def _staff_session() -> None:
    op.create_table(
        "staff_session",
        sa.Column("token_hash", ID),
        sa.Column("account_id", ID, sa.ForeignKey("account.account_id"), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_staff_session_account_id", "staff_session", ["account_id"])


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("agreement_id", ID),
        sa.Column("partner_id", ID, sa.ForeignKey("partners.partner_id")),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date()),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_to", sa.Date()),
        sa.Column("public", sa.Text()),
        sa.Column("seats_per_year", sa.BigInteger()),
        sa.Column("accompaniment_places", sa.BigInteger()),
        sa.Column("accompaniment_used", sa.BigInteger()),
        sa.Column("legal_article", sa.Text()),
        sa.Column("authorising_act", sa.Text()),
        sa.Column("basis", sa.Text()),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("agreement_id"),
    )
    op.create_index("ix_agreements_partner_id", "agreements", ["partner_id"])


def _choices() -> None:
    op.create_table(
        "choices",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("rank", sa.BigInteger()),
        sa.Column("nis5", ID),
        sa.Column("section_id", ID),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("application_id", "rank"),
    )
    op.create_index("ix_choices_nis5_application_id", "choices", ["nis5", "application_id"])


def _dwellings() -> None:
    op.create_table(
        "dwellings",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("dwelling_id", ID),
        sa.Column("slsp_id", ID),
        sa.Column("nis5", ID),
        sa.Column("section_id", ID, sa.ForeignKey("sections.section_id")),
        sa.Column("address", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bedrooms", sa.BigInteger(), nullable=False),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("designed_for_over_65", sa.Text()),
        sa.Column("floor", sa.BigInteger()),
        sa.Column("has_lift", sa.Text()),
        sa.Column("rent_cents", sa.BigInteger()),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("dwelling_id"),
    )
    op.create_index("ix_dwellings_slsp_id", "dwellings", ["slsp_id"])


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("member_id", ID),
        sa.Column("fact", ID),
        sa.Column("value", sa.Text()),
        sa.Column("proof", ID),
        sa.Column("issued_on", sa.Date()),
        sa.Column("issuer", sa.Text()),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("application_id", "member_id", "fact"),
    )


def _household_members() -> None:
    op.create_table(
        "household_members",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("member_id", ID),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text()),
        sa.Column("given_name", sa.Text()),
        sa.Column("national_number", sa.Text()),
        sa.Column("sex", sa.Text()),
        sa.Column("born_on", sa.Date()),
        sa.Column("is_married", sa.Text()),
        sa.Column("is_pensioner", sa.Text()),
        sa.Column("lodging", sa.Text()),
        sa.Column("is_self_employed", sa.Text()),
        sa.Column("income_year", sa.BigInteger()),
        sa.Column("taxable_income_cents", sa.BigInteger()),
        sa.Column("current_income_cents", sa.BigInteger()),
        sa.Column("maintenance_paid_cents", sa.BigInteger()),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("application_id", "member_id"),
    )


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("offer_id", ID),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("dwelling_id", ID),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date()),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("offer_id"),
    )
    op.create_index("ix_offers_application_id", "offers", ["application_id"])


def _allocations_ytd() -> None:
    op.create_table(
        "allocations_ytd",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("allocation_id", ID),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("dwelling_id", ID),
        sa.Column("nis5", ID),
        sa.Column("application_id", ID),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("income_category", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.agreement_id")),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("allocation_id"),
    )


def _presentations() -> None:
    op.create_table(
        "presentations",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.agreement_id")),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("presented_on", sa.Date(), nullable=False),
        sa.Column("household_agreed_on", sa.Date()),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("agreement_id", "application_id"),
    )
    op.create_index("ix_presentations_application_id", "presentations", ["application_id"])


def _vacancies() -> None:
    op.create_table(
        "vacancies",
        sa.Column("held_by", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("dwelling_id", ID, sa.ForeignKey("dwellings.dwelling_id")),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("vacated_on", sa.Date()),
        sa.Column("available_on", sa.Date(), nullable=False),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.agreement_id")),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("dwelling_id"),
    )
