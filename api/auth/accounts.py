"""
Local accounts of staff: Argon2 passwords, a second factor, a pause after too many wrong ones.

Whether a login exists is told to nobody: an unknown one costs the same time and gets the same
answer as a wrong password, also during a pause.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError, Problem, ProblemsError
from api.access import ROLES
from api.auth import second_factor
from api.db import Database
from api.db.tables.organisations import account, organisation

if TYPE_CHECKING:
    from pwdlib import PasswordHash

ATTEMPTS = 5
PAUSE = timedelta(minutes=15)
SHORTEST_PASSWORD = 12


class SignInError(HousingError):
    """Login or password refused, or too many attempts."""

    code: ClassVar[str] = "auth.refused"


class SecondFactorNeededError(HousingError):
    """The password is right; the account also takes a code."""

    code: ClassVar[str] = "auth.second_factor_needed"


@cache
def _hasher() -> PasswordHash:
    from pwdlib import PasswordHash

    return PasswordHash.recommended()


@cache
def _nobody() -> str:
    """The hash an unknown login is compared with."""
    return _hasher().hash(secrets.token_urlsafe(16))


def make_account(
    connection: sa.Connection,
    login: str,
    *,
    organisation_id: str,
    role: str,
    name: str,
    password: str,
) -> str:
    """
    Make an account; gives its identifier.

    Raises
    ------
    ProblemsError
        ``account.unknown_role``, ``account.no_organisation``, ``account.login_taken``,
        ``account.short_password``: all that is wrong at once.
    """
    problems = []
    if role not in ROLES:
        problems.append(_problem("role", "account.unknown_role", valid=", ".join(ROLES)))
    known = sa.select(organisation.c.kind).where(organisation.c.organisation_id == organisation_id)
    if connection.scalar(known) is None:
        problems.append(_problem("organisation", "account.no_organisation", id=organisation_id))
    if connection.scalar(sa.select(account.c.login).where(account.c.login == login)) is not None:
        problems.append(_problem("login", "account.login_taken", login=login))
    if len(password) < SHORTEST_PASSWORD:
        problems.append(_problem("password", "account.short_password", least=SHORTEST_PASSWORD))
    if problems:
        raise ProblemsError(problems)
    account_id = f"acc-{secrets.token_hex(8)}"
    connection.execute(
        account.insert(),
        {
            "account_id": account_id,
            "organisation_id": organisation_id,
            "login": login,
            "name": name,
            "role": role,
            "password_hash": password_hash(password),
        },
    )
    return account_id


def password_hash(password: str) -> str:
    """What is kept of a password."""
    return _hasher().hash(password)


def refuse_role(role: str) -> None:
    """Refuse a role that does not exist (``account.unknown_role``)."""
    if role not in ROLES:
        raise ProblemsError([_problem("role", "account.unknown_role", valid=", ".join(ROLES))])


def refuse_short(password: str) -> None:
    """Refuse a password that is too short (``account.short_password``)."""
    if len(password) < SHORTEST_PASSWORD:
        raise ProblemsError(
            [_problem("password", "account.short_password", least=SHORTEST_PASSWORD)]
        )


def _problem(field: str, code: str, **facts: object) -> Problem:
    return Problem.at("account", 0, field, code, **facts)


def sign_in(
    database: Database, login: str, password: str, *, code: str, secret: bytes, now: datetime
) -> str:
    """
    The account of that login and password, and of that code when it has a second factor.

    The slow comparison is made outside any transaction; the attempt is then counted, and that
    is kept although the sign-in is refused.

    Raises
    ------
    SignInError
        ``auth.refused``.
    SecondFactorNeededError
        ``auth.second_factor_needed``: said only to who has the password.
    """
    with database.reading() as connection:
        found = connection.execute(sa.select(account).where(account.c.login == login)).one_or_none()
    # An account of the provider of identities has none.
    kept = found.password_hash if found is not None else ""
    is_right = _hasher().verify(password, kept or _nobody())
    if found is None or not found.is_active:
        raise SignInError("Login or password refused.")
    with database.writing() as connection:
        takes_code = is_right and second_factor.is_in_use(connection, found.account_id)
        if takes_code and code:
            # Looked at before it is known whether there is a pause: a code is good once anyway.
            is_right = second_factor.accepts(
                connection, found.account_id, code, secret=secret, now=now
            )
        is_needed = takes_code and not code
        is_in = _count_attempt(
            connection, found.account_id, is_right=is_right, is_whole=not is_needed, now=now
        )
    if is_in and is_needed:
        raise SecondFactorNeededError("A code is needed.")
    if not is_in:
        raise SignInError("Login or password refused.")
    return str(found.account_id)


def _count_attempt(
    connection: sa.Connection, account_id: str, *, is_right: bool, is_whole: bool, now: datetime
) -> bool:
    """Count the attempt as things stand now; whether what was given of it lets in."""
    mine = account.c.account_id == account_id
    row = connection.execute(sa.select(account).where(mine).with_for_update()).one()
    is_paused = row.locked_until_at is not None and row.locked_until_at > now
    if is_paused:
        return False
    if is_right and not is_whole:
        return True  # the code is still to come: nothing is counted, nothing forgotten
    values: dict[str, Any] = {"failed_attempts": 0, "locked_until_at": None}
    if not is_right:
        failed = row.failed_attempts + 1
        values = {"failed_attempts": failed % ATTEMPTS, "locked_until_at": None}
        if failed >= ATTEMPTS:
            values["locked_until_at"] = now + PAUSE
    connection.execute(account.update().where(mine).values(values))
    return is_right
