"""
How often one caller may call: per address for signing in, per account or credential for the rest.

Counted in this process by default; in the database when several processes share the work. Only
hashes of addresses and callers are kept, and only for the length of a window.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
from dataclasses import dataclass
from typing import Annotated, ClassVar

import sqlalchemy as sa
from fastapi import Depends, Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.dialects import postgresql, sqlite

from allocation.errors import HousingError
from api.db import Database
from api.db.tables.limits import rate_count
from api.settings import Settings

SIGN_IN, CALLS = "sign-in", "calls"
_NETWORK_BITS = 64  # one household or office of IPv6


class LimitReachedError(HousingError):
    """Too many calls: try again after ``seconds``."""

    code: ClassVar[str] = "limit.reached"


@dataclass(frozen=True)
class Limits:
    """The limits of an installation; an empty one counts nothing."""

    limiter: FixedWindowRateLimiter
    items: dict[str, RateLimitItem]

    @staticmethod
    def of(settings: Settings, database: Database) -> Limits:
        """The limits of the settings."""
        asked = {SIGN_IN: settings.limit_sign_in, CALLS: settings.limit_calls}
        items = {name: parse(text) for name, text in asked.items() if text}
        is_shared = settings.limit_storage == "database"
        storage = DatabaseStorage(database) if is_shared else MemoryStorage()
        return Limits(FixedWindowRateLimiter(storage), items)

    def count(self, name: str, who: str) -> None:
        """
        Count a call.

        Raises
        ------
        LimitReachedError
            ``limit.reached``.
        """
        item = self.items.get(name)
        if item is None:
            return
        key = hashlib.sha256(f"{name} {who}".encode()).hexdigest()
        if not self.limiter.hit(item, key):
            until = self.limiter.get_window_stats(item, key).reset_time
            seconds = max(1, int(until - time.time()) + 1)
            raise LimitReachedError("Too many calls.", n=seconds, seconds=seconds)


class DatabaseStorage(Storage):
    """Counts in the database, shared by every process of the installation."""

    STORAGE_SCHEME = ["passerelle"]  # noqa: RUF012 declared so by the library
    base_exceptions = sa.exc.SQLAlchemyError

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, in a window that begins with its first call."""
        now = int(time.time())
        dialect = sqlite if self._database.is_sqlite else postgresql
        is_over = rate_count.c.expires_at <= now
        put = dialect.insert(rate_count).values(key=key, calls=amount, expires_at=now + expiry)
        counted = put.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "calls": sa.case((is_over, amount), else_=rate_count.c.calls + amount),
                "expires_at": sa.case((is_over, now + expiry), else_=rate_count.c.expires_at),
            },
        ).returning(rate_count.c.calls)
        with self._database.writing() as connection:
            calls = int(connection.execute(counted).scalar_one())
            if calls == amount:  # a window begins: those that are over go
                connection.execute(rate_count.delete().where(is_over))
        return calls

    def get(self, key: str) -> int:
        """How many were counted."""
        return self._kept(key, rate_count.c.calls) or 0

    def get_expiry(self, key: str) -> float:
        """When the window ends."""
        return float(self._kept(key, rate_count.c.expires_at) or time.time())

    def check(self) -> bool:
        """Whether the database answers."""
        with self._database.reading() as connection:
            return connection.scalar(sa.select(1)) == 1

    def reset(self) -> int | None:
        """Forget every count."""
        with self._database.writing() as connection:
            return int(connection.execute(rate_count.delete()).rowcount)

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._database.writing() as connection:
            connection.execute(rate_count.delete().where(rate_count.c.key == key))

    def _kept(self, key: str, column: sa.Column[int]) -> int | None:
        is_it = (rate_count.c.key == key) & (rate_count.c.expires_at > int(time.time()))
        with self._database.reading() as connection:
            return connection.scalar(sa.select(column).where(is_it))


def address_of(request: Request) -> str:
    """Where the call comes from: an address, or a network of IPv6."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), _NETWORK_BITS), strict=False))
    return str(address)


def count_caller(request: Request, who: str) -> None:
    """Count a call of somebody who is known."""
    limits: Limits = request.app.state.limits
    limits.count(CALLS, who)


def _count_sign_in(request: Request) -> None:
    limits: Limits = request.app.state.limits
    limits.count(SIGN_IN, address_of(request))


SignInCounted = Annotated[None, Depends(_count_sign_in)]
