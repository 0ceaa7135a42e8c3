"""
Who may do what, and who sees which rows: the one place for authorisation.

``visible_to(actor, table)`` is the condition every query of a feature starts from (``rows``).
``may(actor, act)`` reads the table of acts and roles, and for a program its scopes (``acts``).
"""

from api.access.acts import (
    ACTS,
    ADMINISTRATOR,
    LIAISON,
    PARTNER,
    ROLES,
    SCOPE_OF,
    SCOPES,
    SENSITIVE,
    SOCIAL,
    AbsentError,
    DeniedError,
    may,
)
from api.access.rows import rows_of, visible_to

__all__ = [
    "ACTS",
    "ADMINISTRATOR",
    "LIAISON",
    "PARTNER",
    "ROLES",
    "SCOPES",
    "SCOPE_OF",
    "SENSITIVE",
    "SOCIAL",
    "AbsentError",
    "DeniedError",
    "may",
    "rows_of",
    "visible_to",
]
