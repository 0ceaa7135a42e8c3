"""Every table of the service, by theme; importing this room fills ``metadata``."""

from api.db.tables import organisations, register
from api.db.tables.metadata import metadata

__all__ = ["metadata", "organisations", "register"]
