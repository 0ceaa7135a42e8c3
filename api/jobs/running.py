"""A run in hand, as its handler knows it: what it is of, how far it is, whether to go on."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from api.db import Row
from api.db.tables.jobs import run as runs
from api.jobs.asking import RUNNING
from api.service import Service

WHOLE = 1_000  # progress is kept in thousandths
EVERY_SECONDS = 0.5


class RunCancelledError(HousingError):
    """Somebody called the run off; its handler stops here, and it has no effect."""

    code: ClassVar[str] = "run.cancelled"


class RunTakenOverError(HousingError):
    """Another worker has the run: this one was thought lost."""

    code: ClassVar[str] = "run.taken_over"


class RunPutBackError(HousingError):
    """Its handler gives way to other work; what it did is kept, and it goes on after them."""

    code: ClassVar[str] = "run.put_back"


@dataclass
class Run:
    """
    One run, for the handler that does it.

    A long handler calls ``report`` at each of its steps: that is where it can be called off.
    """

    service: Service
    row: Row
    worker: str
    _told_at: float = float("-inf")

    @property
    def run_id(self) -> str:
        """The run."""
        return str(self.row.run_id)

    @property
    def kind(self) -> str:
        """The kind of work."""
        return str(self.row.kind)

    @property
    def subject(self) -> str:
        """What it works on."""
        return str(self.row.subject)

    @property
    def organisation_id(self) -> str:
        """In whose name it was asked for."""
        return str(self.row.organisation_id)

    @property
    def actor_id(self) -> str:
        """Who asked."""
        return str(self.row.actor_id)

    def report(self, done: float, step: str, **facts: object) -> None:
        """
        Say how far the work is, at most twice a second; never inside a transaction.

        Parameters
        ----------
        done
            From 0 to 1.
        step
            Key of the sentence that says what is being done.
        facts
            Facts of that sentence: numbers and codes, never of a person.

        Raises
        ------
        RunCancelledError, RunTakenOverError
            ``run.cancelled``, ``run.taken_over``: the handler must not go on.
        """
        if time.monotonic() - self._told_at < EVERY_SECONDS:
            return
        mine = (runs.c.run_id == self.run_id) & (runs.c.claimed_by == self.worker)
        values: dict[str, Any] = {
            "progress": max(0, min(WHOLE, int(done * WHOLE))),
            "step": json.dumps({"key": step, "facts": facts}),
        }
        with self.service.database.writing() as connection:
            told = connection.scalar(
                runs.update()
                .where(mine, runs.c.state == RUNNING)
                .values(values)
                .returning(sa.cast(runs.c.is_cancel_asked, sa.Integer))
            )
        self._told_at = time.monotonic()
        if told is None:
            raise RunTakenOverError("Another worker has it.")
        if told:
            raise RunCancelledError("Called off.")
