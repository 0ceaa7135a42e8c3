"""Every table of the service, by theme; importing this room fills ``metadata``."""

from api.db.tables import (
    accompaniment,
    campaigns,
    changes,
    duplicates,
    idempotency,
    jobs,
    journal,
    mandates,
    meetings,
    offers,
    organisations,
    partners,
    procedures,
    quotas,
    register,
    second_factors,
    standings,
)
from api.db.tables.metadata import metadata

__all__ = [
    "accompaniment",
    "campaigns",
    "changes",
    "duplicates",
    "idempotency",
    "jobs",
    "journal",
    "mandates",
    "meetings",
    "metadata",
    "offers",
    "organisations",
    "partners",
    "procedures",
    "quotas",
    "register",
    "second_factors",
    "standings",
]
