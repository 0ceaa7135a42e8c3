"""
The second factor of an account: a shared secret, and codes for the day the telephone is lost.

The secret is encrypted under the installation's; of the recovery codes only hashes are kept. A
factor counts once it was confirmed by a code, so that nobody locks themselves out.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from api.auth.totp import new_secret, step_of_code
from api.db.tables.second_factors import recovery_code, second_factor
from api.wrapping import unwrap, wrap

N_RECOVERY_CODES, N_RECOVERY_BYTES = 10, 8
_PURPOSE = "second factor "


class CodeRefusedError(HousingError):
    """The code is not one of this account, or was used before."""

    code: ClassVar[str] = "auth.code_refused"


class FactorPresentError(HousingError):
    """A second factor is already in use: it is taken away first."""

    code: ClassVar[str] = "auth.second_factor_present"


def begin(connection: sa.Connection, account_id: str, *, secret: bytes) -> bytes:
    """
    A new secret for an account, in the place of one that was never confirmed.

    Raises
    ------
    FactorPresentError
        ``auth.second_factor_present``.
    """
    if is_in_use(connection, account_id):
        raise FactorPresentError("In use.")
    take_away(connection, account_id)
    shared = new_secret()
    wrapped = wrap(secret, shared, bound_to=_PURPOSE + account_id)
    values = {"account_id": account_id, "wrapped_secret": wrapped, "last_step": 0}
    connection.execute(second_factor.insert(), values)
    return shared


def confirm(
    connection: sa.Connection, account_id: str, code: str, *, secret: bytes, now: datetime
) -> list[str]:
    """
    Put the factor to use; gives the recovery codes, which are shown this once.

    Raises
    ------
    FactorPresentError, CodeRefusedError
        ``auth.second_factor_present``, ``auth.code_refused``.
    """
    if is_in_use(connection, account_id):
        raise FactorPresentError("In use.")
    if not _is_of_telephone(connection, account_id, code, secret=secret, now=now):
        raise CodeRefusedError("Not the code.")
    mine = second_factor.c.account_id == account_id
    connection.execute(second_factor.update().where(mine).values(confirmed_at=now))
    codes = [secrets.token_hex(N_RECOVERY_BYTES) for _ in range(N_RECOVERY_CODES)]
    rows = [{"account_id": account_id, "code_hash": _hash(c)} for c in codes]
    connection.execute(recovery_code.insert(), rows)
    return codes


def is_in_use(connection: sa.Connection, account_id: str) -> bool:
    """Whether signing in to the account takes a code."""
    confirmed = sa.select(second_factor.c.confirmed_at)
    return connection.scalar(confirmed.where(second_factor.c.account_id == account_id)) is not None


def accepts(
    connection: sa.Connection, account_id: str, code: str, *, secret: bytes, now: datetime
) -> bool:
    """Whether a code lets in; it does not a second time."""
    if _is_of_telephone(connection, account_id, code, secret=secret, now=now):
        return True
    used = recovery_code.delete().where(
        recovery_code.c.account_id == account_id, recovery_code.c.code_hash == _hash(code)
    )
    return connection.execute(used).rowcount == 1


def take_away(connection: sa.Connection, account_id: str) -> None:
    """Take the factor and its recovery codes away."""
    for table in (recovery_code, second_factor):
        connection.execute(table.delete().where(table.c.account_id == account_id))


def _is_of_telephone(
    connection: sa.Connection, account_id: str, code: str, *, secret: bytes, now: datetime
) -> bool:
    mine = second_factor.c.account_id == account_id
    row = connection.execute(sa.select(second_factor).where(mine).with_for_update()).one_or_none()
    if row is None:
        return False
    shared = unwrap(secret, row.wrapped_secret, bound_to=_PURPOSE + account_id)
    step = step_of_code(shared, code, now=now, after=row.last_step)
    if step is None:
        return False
    connection.execute(second_factor.update().where(mine).values(last_step=step))
    return True


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
