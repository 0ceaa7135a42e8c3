"""What every request and job is served with: the database, the secret, the settings, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from api.db import Database
from api.db.migrate import opened
from api.secret import read_secret
from api.settings import PROCRASTINATE, Settings

BRUSSELS = ZoneInfo("Europe/Brussels")


def now_utc() -> datetime:
    """The instant it is."""
    return datetime.now(UTC)


def today(now: datetime) -> date:
    """The calendar day in Brussels at an instant."""
    return now.astimezone(BRUSSELS).date()


@dataclass(frozen=True)
class Service:
    """One running service. Tests hand in their own clock."""

    settings: Settings
    database: Database
    secret: bytes
    now: Callable[[], datetime] = now_utc

    @staticmethod
    def of(settings: Settings) -> Service:
        """
        Open what the settings name.

        Raises
        ------
        NotMigratedError
            ``database.not_migrated``.
        SecretAbsentError
            ``service.no_secret``.
        JobsUnavailableError
            ``jobs.unavailable``.
        """
        database = opened(settings.database_url)
        if settings.jobs == PROCRASTINATE:
            from api.jobs.procrastination import procrastinator_for

            database = replace(database, job_queue=procrastinator_for(database))
        return Service(settings, database, read_secret(settings.secret_path))

    def today(self) -> date:
        """The calendar day it is in Brussels."""
        return today(self.now())
