"""The database: engine and transactions, tables, migrations, the register in and out."""

from api.db.engine import Database, DatabaseAwayError, Row

__all__ = ["Database", "DatabaseAwayError", "Row"]
