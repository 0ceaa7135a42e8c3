"""A register of files becomes the register the service works on."""

from __future__ import annotations

from datetime import datetime

from allocation.model import Register
from api.applications.standings import current_terms, keep, standings_of
from api.db import Database
from api.db.register import write_register
from api.meetings.record import file_meeting
from api.service import today


def load_register(database: Database, register: Register, *, now: datetime) -> None:
    """
    File a register, its meeting as a draft, and its list worked out: all of it or nothing.

    Raises
    ------
    RegisterPresentError
        ``register.present``.
    ProblemsError
        Facts the rulebook cannot read.
    """
    with database.writing() as connection:
        write_register(connection, register)
        if register.meeting is not None:
            file_meeting(connection, register.slsp_id, register.meeting)
        terms = current_terms(connection, register.slsp_id, today=today(now))
        rows = standings_of(register, terms)
        keep(connection, register.slsp_id, terms, rows, version=1, now=now)
