"""A study run: on frozen registers or invented people, in steps that others may pass between."""

from __future__ import annotations

import json
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from allocation.model import Register
from api.auth.actor import Actor
from api.db import Row
from api.db.register import read_register
from api.db.tables.jobs import run as runs
from api.db.tables.studies import study, study_file
from api.jobs import ask
from api.jobs.asking import QUEUED
from api.jobs.running import Run, RunPutBackError
from api.jobs.worker import Finish, Result
from api.journal import append
from api.service import Service
from api.studies import ready
from api.studies.queries import is_kept
from api.studies.results import Simulation, reform_files, search_files, study_files
from api.studies.retention import CHECKPOINT, RESULT, SNAPSHOT, kept_until
from api.studies.service import FORGET, OUTSIDE
from api.studies.snapshots import file_of, frozen, keep_file, names_of
from scenarios.pseudonymous import known_again
from scenarios.start import start_of

KEPT = "checkpoint.jsonl"
# A study gives way to other work after so long; what it did is kept.
SLICE_SECONDS, SAVE_SECONDS = 10.0, 5.0
_MINUTE = 60.0


def run_study(service: Service, run: Run) -> Finish:
    """Do what was asked for; nothing when it was deleted meanwhile."""
    study_id = run.subject
    with service.database.reading() as connection:
        row = connection.execute(sa.select(study).where(study.c.study_id == study_id)).one_or_none()
    if row is None:
        return lambda _connection: {"state": "deleted"}
    content, terms = json.loads(row.content), json.loads(row.terms)
    if row.kind == ready.REFORM:
        files = _reform(service, run, row, content, terms)
    else:
        files = _simulated(service, run, row, content, terms)

    def finish(connection: sa.Connection) -> Result:
        mine = is_kept(study_id)
        if connection.scalar(sa.select(study.c.study_id).where(mine).with_for_update()) is None:
            return {"state": "deleted"}
        hashes = {
            name: keep_file(
                connection, study_id, name, files[name], part=RESULT, secret=service.secret
            )
            for name in sorted(files)
        }
        until = kept_until(RESULT, service.today())
        done = {"done_at": service.now(), "results_until": until}
        connection.execute(study.update().where(mine).values(done))
        checkpoint = (study_file.c.study_id == study_id) & (study_file.c.part == CHECKPOINT)
        connection.execute(study_file.delete().where(checkpoint))
        asker = Actor(run.actor_id, run.organisation_id, "", role="")
        next_look(connection, study_id, asker, service=service)
        append(
            connection,
            "study.done",
            subject=study_id,
            actor=asker,
            now=service.now(),
            content={"sha256": hashes, "kept_until": until.isoformat()},
        )
        return {"files": hashes}

    return finish


def _reform(
    service: Service, run: Run, row: Row, content: dict[str, Any], terms: dict[str, Any]
) -> dict[str, bytes]:
    registers = frozen(service, run, row.study_id, json.loads(row.registers))
    asker = Actor(run.actor_id, run.organisation_id, "", role="")
    with service.database.writing() as connection:
        next_look(connection, row.study_id, asker, service=service)
    on = date.fromisoformat(terms["on"]) if terms["on"] else _day(registers, service)

    def tell(done: int) -> None:
        facts = {"made": done, "wanted": len(registers)}
        run.report(0.5 + done / len(registers) / 2, "studies.step.reform", **facts)

    tell(0)
    is_outside = row.audience == OUTSIDE
    names: dict[str, str] = {}
    if not is_outside:
        (register_id,) = registers
        names = _own_names(service, row.study_id, register_id)
    reform = ready.checked_reform(content, on=on)
    return reform_files(
        list(registers.values()),
        reform,
        on=on,
        is_outside=is_outside,
        names=names,
        language=terms["language"],
        tell=tell,
    )


def _day(registers: dict[str, Register], service: Service) -> date:
    """The meeting's day of one company; of several, today: they meet on different days."""
    days = [r.meeting.meeting_on for r in registers.values() if r.meeting is not None]
    return days[0] if len(days) == 1 else service.today()


def _own_names(service: Service, study_id: str, register_id: str) -> dict[str, str]:
    """From the names of the study back to the company's own, for the company."""
    tables = ("applications", "dwellings")
    with service.database.reading() as connection:
        now = read_register(connection, register_id, tables=tables).register
    return known_again(names_of(service.secret, study_id), now)


def _simulated(
    service: Service, run: Run, row: Row, content: dict[str, Any], terms: dict[str, Any]
) -> dict[str, bytes]:
    """Replications from where an earlier attempt left off, one at a time."""
    with service.database.reading() as connection:
        before = file_of(connection, row.study_id, KEPT, secret=service.secret)
    check = ready.checked_search if row.kind == ready.SEARCH else ready.checked_study
    checked, began = check(content), None
    for register in frozen(service, run, row.study_id, json.loads(row.registers)).values():
        is_outside = register.slsp_id != run.organisation_id
        began = start_of(register, checked.file.start, checked.file.slsp_ids, is_outside=is_outside)
    with tempfile.TemporaryDirectory() as place:
        checkpoint = Path(place) / KEPT
        if before is not None:
            checkpoint.write_bytes(before)
        watch = _Watch(service, run, row.study_id, checkpoint)
        asked = Simulation(
            checked,
            terms["seed"],
            terms["replications"],
            name=terms["ready"] or "study.json",
            language=terms["language"],
            checkpoint=checkpoint,
            tell=watch.tell,
            began=began,
        )
        return search_files(asked) if row.kind == ready.SEARCH else study_files(asked)


class _Watch:
    """Keeps what is done, says how long it may still take, and gives way to other work."""

    def __init__(self, service: Service, run: Run, study_id: str, checkpoint: Path) -> None:
        self.service, self.run, self.study_id = service, run, study_id
        self.checkpoint = checkpoint
        self.began = self.saved = time.monotonic()
        self.first: float | None = None

    def tell(self, done: float, wanted: int) -> None:
        """After each replication."""
        now = time.monotonic()
        if self.first is None or done < self.first:
            self.first = done
        gained = done - self.first
        facts: dict[str, object] = {"made": int(done), "wanted": wanted}
        step = "studies.step.replications"
        if gained:
            left = (now - self.began) / gained * (wanted - done)
            facts["minutes"] = max(1, round(left / _MINUTE))
            step = "studies.step.remaining"
        if now - self.saved > SAVE_SECONDS:
            self._save()
        self.run.report(done / max(1, wanted), step, **facts)
        if (
            int(done) > int(self.first)
            and now - self.began > SLICE_SECONDS
            and self._is_somebody_waiting()
        ):
            self._save()
            raise RunPutBackError("Others wait.")

    def _save(self) -> None:
        content = self.checkpoint.read_bytes()
        secret = self.service.secret
        with self.service.database.writing() as connection:
            mine = is_kept(self.study_id)
            if connection.scalar(sa.select(study.c.study_id).where(mine)) is not None:
                keep_file(connection, self.study_id, KEPT, content, part=CHECKPOINT, secret=secret)
        self.saved = time.monotonic()

    def _is_somebody_waiting(self) -> bool:
        now = self.service.now()
        is_due = sa.or_(runs.c.not_before_at.is_(None), runs.c.not_before_at <= now)
        with self.service.database.reading() as connection:
            found = connection.scalar(
                sa.select(runs.c.run_id).where(runs.c.state == QUEUED, is_due).limit(1)
            )
        return found is not None


def next_look(connection: sa.Connection, study_id: str, actor: Actor, *, service: Service) -> None:
    """Ask for the day on which a part of the study must go; nothing when nothing is kept."""
    row = connection.execute(
        sa.select(study.c.snapshot_until, study.c.results_until).where(study.c.study_id == study_id)
    ).one_or_none()
    days = [] if row is None else [day for day in row if day is not None]
    if days:
        after = datetime.combine(min(days) + timedelta(days=1), datetime.min.time(), UTC)
        ask(connection, FORGET, subject=study_id, actor=actor, now=service.now(), not_before=after)


def forget_parts(service: Service, run: Run) -> Finish:
    """Delete the parts of a study whose time is over, and ask for the next day."""
    study_id = run.subject

    def finish(connection: sa.Connection) -> Result:
        mine = is_kept(study_id)
        row = connection.execute(sa.select(study).where(mine).with_for_update()).one_or_none()
        if row is None:
            return {"state": "deleted"}
        today = service.today()
        gone = []
        for part, column in ((SNAPSHOT, "snapshot_until"), (RESULT, "results_until")):
            until = getattr(row, column)
            if until is not None and until < today:
                of_part = (study_file.c.study_id == study_id) & (study_file.c.part == part)
                connection.execute(study_file.delete().where(of_part))
                connection.execute(study.update().where(mine).values({column: None}))
                gone.append(part)
        asker = Actor(run.actor_id, run.organisation_id, "", role="")
        next_look(connection, study_id, asker, service=service)
        if gone:
            append(
                connection,
                "study.forgotten",
                subject=study_id,
                actor=asker,
                now=service.now(),
                content={"parts": gone},
            )
        return {"parts": gone}

    return finish
