"""The journal: written in the transaction of each act, read and verified."""

from api.journal.writing import append

__all__ = ["append"]
