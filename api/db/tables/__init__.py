"""Every table of the service, by theme; importing this room fills ``metadata``."""

from api.db.tables import meetings, organisations, register, standings
from api.db.tables.metadata import metadata

__all__ = ["meetings", "metadata", "organisations", "register", "standings"]
