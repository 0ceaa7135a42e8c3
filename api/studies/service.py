"""A study asked for, checked whole before anything runs; deleted with all it kept."""

from __future__ import annotations

import json
import secrets
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from api.access import AbsentError
from api.auth.actor import Actor
from api.db.register import read_register
from api.db.tables.jobs import run
from api.db.tables.studies import study, study_file
from api.jobs import ask
from api.jobs.asking import CANCELLED, OVER, QUEUED
from api.journal import append
from api.service import Service
from api.studies import queries, ready
from api.studies.queries import COMPANY, MANAGER
from api.studies.schemas import StudyAsk
from api.studies.snapshots import meeting_for
from scenarios.reform import Reform, arms
from scenarios.start import start_of

RUN_STUDY, FORGET = "study", "study.forget"
OUTSIDE = "outside"
MOST_OPEN = 5
REGION_KINDS = ("region", "swl")
# What says whether quotas and settings of a register can be changed so.
_OF_QUOTAS = ("partners", "agreements", "sections")


class StudyError(HousingError):
    """
    A study that cannot be asked for so.

    ``studies.which``: a ready one or one's own, not both; ``studies.one_register``: a study starts
    from the register of one company; ``studies.day_gone``: a register of today holds who came
    since; ``studies.too_many``: too many are not over yet.
    """

    code: ClassVar[str] = "studies.which"

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.code = code  # type: ignore[misc]  # one class, a few stable codes


def ask_study(
    connection: sa.Connection, actor: Actor, asked: StudyAsk, *, language: str, service: Service
) -> str:
    """
    Check a study and ask for it; gives its identifier.

    Raises
    ------
    StudyError, UnknownStudyError, AbsentError
        As their codes say; ``access.absent``: a register that does not exist for the actor.
    ProblemsError
        Every fault of the study or the reform, with its path; for a reform also those that
        only the registers tell.
    """
    if bool(asked.ready) == (asked.content is not None):
        raise StudyError("studies.which", "A ready one, or one's own.")
    if asked.on is not None and asked.on < service.today():
        raise StudyError("studies.day_gone", "A day that is gone.")
    content = asked.content or ready.content_of(asked.kind, asked.ready)
    registers = _registers(connection, actor, asked)
    _check(connection, asked, content, registers, service=service)
    if queries.n_open(connection, actor) >= MOST_OPEN:
        raise StudyError("studies.too_many", "Too many open studies.", most=MOST_OPEN)
    study_id, now = f"sty-{secrets.token_hex(8)}", service.now()
    is_own = registers == [actor.organisation_id] and actor.role == MANAGER
    is_own = is_own and asked.kind == ready.REFORM
    run_id = ask(connection, RUN_STUDY, subject=study_id, actor=actor, now=now)
    terms = asked.model_dump(mode="json", include={"seed", "replications", "on"})
    audience = COMPANY if is_own else OUTSIDE
    connection.execute(
        study.insert(),
        {
            "study_id": study_id,
            "organisation_id": actor.organisation_id,
            "actor_id": actor.actor_id,
            "kind": asked.kind,
            "audience": audience,
            "registers": json.dumps(registers),
            "content": json.dumps(content, ensure_ascii=False),
            "terms": json.dumps(terms | {"language": language, "ready": asked.ready}),
            "run_id": run_id,
            "asked_at": now,
        },
    )
    facts: dict[str, Any] = {"kind": asked.kind, "ready": asked.ready, "registers": registers}
    facts |= {"audience": audience, "run_id": run_id}
    append(connection, "study.asked", subject=study_id, actor=actor, now=now, content=facts)
    return study_id


def _registers(connection: sa.Connection, actor: Actor, asked: StudyAsk) -> list[str]:
    """Companies whose register is read: named, for a reform one's own or every one."""
    if asked.kind != ready.REFORM and not asked.registers:
        return []
    if asked.kind != ready.REFORM and len(set(asked.registers)) > 1:
        raise StudyError("studies.one_register", "Of one company.")
    seen = queries.registers_seen(connection, actor)
    if not asked.registers:
        is_everyone = actor.organisation_kind in REGION_KINDS
        wanted = [r for r in seen if r != actor.organisation_id] if is_everyone else seen
    else:
        wanted = sorted(set(asked.registers))
    if not wanted or not set(wanted) <= set(seen):
        raise AbsentError("No such register.")
    return wanted


def _check(
    connection: sa.Connection,
    asked: StudyAsk,
    content: dict[str, Any],
    registers: list[str],
    *,
    service: Service,
) -> None:
    if asked.kind == ready.REFORM:
        reform = ready.checked_reform(content, on=asked.on or service.today())
        for register_id in registers:
            _check_on(connection, register_id, reform, on=asked.on, service=service)
        return
    is_search = asked.kind == ready.SEARCH
    study = ready.checked_search(content) if is_search else ready.checked_study(content)
    for register_id in registers:
        listed = read_register(connection, register_id, tables=("applications",)).register
        start_of(listed, study.file.start, study.file.slsp_ids)


def _check_on(
    connection: sa.Connection,
    register_id: str,
    reform: Reform,
    *,
    on: date | None,
    service: Service,
) -> None:
    """Whether the quotas and settings of a register can be changed so; nobody is read."""
    planned = meeting_for(connection, register_id, service)
    bare = read_register(connection, register_id, meeting=planned, tables=_OF_QUOTAS).register
    arms(bare, reform, on=on or planned.meeting_on)


def delete_study(
    connection: sa.Connection, actor: Actor, study_id: str, *, service: Service
) -> None:
    """Delete a study with its snapshots and results, once; its run is called off."""
    row = queries.one_study(connection, actor, study_id, or_deleted=True)
    if row.deleted_at is not None:
        return
    mine = run.c.run_id == row.run_id
    connection.execute(
        run.update().where(mine, run.c.state.not_in(OVER)).values(is_cancel_asked=True)
    )
    ended = {"state": CANCELLED, "ended_at": service.now()}
    connection.execute(run.update().where(mine, run.c.state == QUEUED).values(ended))
    connection.execute(study_file.delete().where(study_file.c.study_id == study_id))
    nothing = {"content": "{}", "deleted_at": service.now()}
    nothing |= dict.fromkeys(("snapshot_until", "results_until"))
    connection.execute(study.update().where(study.c.study_id == study_id).values(nothing))
    append(connection, "study.deleted", subject=study_id, actor=actor, now=service.now())
