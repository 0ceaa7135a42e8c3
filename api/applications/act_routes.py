"""Acts on applications: registered, changed, withdrawn; changes heard and decided."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from api.applications import changes, service
from api.applications.change_schemas import (
    ChangeList,
    ChangeReport,
    ChangeView,
    Hearing,
    ReasonGiven,
    Withdrawal,
)
from api.applications.file import are_sensitive
from api.applications.record_schemas import ApplicationRecord, RecordView
from api.applications.standings import current_terms
from api.auth.actor import Actor
from api.idempotency import OnlyOnce
from api.journal import append
from api.register_rows import cells_of
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["applications"], route_class=Route)
Writer = Annotated[Actor, Depends(Allowed("applications.write"))]
ApplicationId = Annotated[str, Path(max_length=100)]
ChangeId = Annotated[str, Path(max_length=100)]


@router.post("/applications", status_code=status.HTTP_201_CREATED)
def register_application(
    actor: Writer,
    asked: ApplicationRecord,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> RecordView:
    """Register an application, the caller's company being its reference."""

    def act() -> RecordView:
        return service.create(connection, actor, asked, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=RecordView)


@router.get("/applications/{application_id}/record")
def read_record(
    actor: Writer, application_id: ApplicationId, connection: Reading, serving: Serving
) -> RecordView:
    """
    The file as it is written, to be changed and sent back.

    That a reason of health or violence was read is written in the journal before it is told.
    """
    told = service.read_record(connection, actor, application_id)
    terms = current_terms(connection, actor.organisation_id, today=serving.today())
    codes = [str(cells_of(fact)["fact"]) for fact in told.record.facts]
    if are_sensitive(codes, terms.rulebook):
        with serving.database.writing() as writing:
            now = serving.now()
            append(writing, "sensitive.read", subject=application_id, actor=actor, now=now)
    return told


@router.post("/applications/{application_id}/withdrawal", status_code=status.HTTP_201_CREATED)
def withdraw_application(
    actor: Writer,
    application_id: ApplicationId,
    asked: Withdrawal,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> RecordView:
    """The household gives its application up."""

    def act() -> RecordView:
        return service.withdraw(
            connection,
            actor,
            application_id,
            asked_on=asked.asked_on.isoformat(),
            row_version=asked.row_version,
            service=serving,
        )

    return once(connection, actor, asked, act=act, answer=RecordView)


@router.get("/applications/{application_id}/changes")
def list_changes(actor: Writer, application_id: ApplicationId, connection: Reading) -> ChangeList:
    """Changes of an application, the latest first."""
    return ChangeList(items=changes.changes_of(connection, actor, application_id))


@router.post("/applications/{application_id}/changes", status_code=status.HTTP_201_CREATED)
def report_change(
    actor: Writer,
    application_id: ApplicationId,
    asked: ChangeReport,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> ChangeView:
    """
    Change a file: persons, facts with their evidence, choices, wishes.

    What takes nothing from the household is applied at once. What does waits: the household is
    heard, then a person decides.
    """

    def act() -> ChangeView:
        return changes.report(
            connection, actor, application_id, asked, service=serving, words=words
        )

    return once(connection, actor, asked, act=act, answer=ChangeView)


@router.post("/changes/{change_id}/hearing", status_code=status.HTTP_201_CREATED)
def record_hearing(
    actor: Writer,
    change_id: ChangeId,
    asked: Hearing,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> ChangeView:
    """Write down how the household was heard."""

    def act() -> ChangeView:
        return changes.record_hearing(connection, actor, change_id, asked, service=serving)

    return once(connection, actor, asked, act=act, answer=ChangeView)


@router.post("/changes/{change_id}/application")
def apply_change(
    actor: Writer, change_id: ChangeId, connection: Writing, serving: Serving, words: Words
) -> ChangeView:
    """Apply a change after the hearing."""
    return changes.apply_heard(connection, actor, change_id, service=serving, words=words)


@router.post("/changes/{change_id}/dismissal")
def drop_change(
    actor: Writer, change_id: ChangeId, asked: ReasonGiven, connection: Writing, serving: Serving
) -> ChangeView:
    """Leave the file as it is."""
    return changes.drop(connection, actor, change_id, asked.reason, service=serving)
