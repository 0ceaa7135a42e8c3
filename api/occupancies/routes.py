"""Stays, their acts and what is written down beside them; reminders that do nothing but remind."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, status

from allocation.accompaniment import load_stay_rules
from allocation.wording.citations import citation
from api.auth.actor import Actor
from api.cursors import Key, read_cursor, write_cursor
from api.idempotency import OnlyOnce
from api.occupancies import documents, queries, recording, service, views
from api.occupancies.schemas import (
    AlternativeAnswer,
    AlternativeEntry,
    ApprovalEntry,
    ApprovalList,
    ApprovalView,
    Document,
    DocumentQuery,
    ExitPointsList,
    HandBack,
    OccupanciesQuery,
    OccupancyEntry,
    OccupancyFile,
    OccupancyList,
    PaperEntry,
    ReminderList,
    ReturnList,
    ReturnView,
    ReviewEntry,
    RuleList,
    RuleView,
    StayAct,
)
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["occupancies"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("occupancies.read"))]
Party = Annotated[Actor, Depends(Allowed("occupancies.act"))]
StayId = Annotated[str, Path(max_length=100)]


@router.get("/occupancies")
def list_occupancies(
    actor: Reader,
    asked: Annotated[OccupanciesQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> OccupancyList:
    """Stays the caller is a party of, latest first."""
    chosen = f"{asked.status}/{asked.application_id}/{asked.is_running}"
    bound_to = f"occupancies/{actor.organisation_id}/{chosen}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    rows = queries.stays(
        connection,
        actor,
        status=asked.status,
        application_id=asked.application_id,
        is_running=asked.is_running,
        after=(date.fromisoformat(str(key[0])), str(key[1])) if key else None,
        limit=asked.limit,
    )
    shown = rows[: asked.limit]
    parts = queries.parts_of(connection, actor, [row.occupancy_id for row in shown])
    next_cursor = ""
    if len(rows) > asked.limit:
        last: Key = [shown[-1].planned_on.isoformat(), shown[-1].occupancy_id]
        next_cursor = write_cursor(last, bound_to=bound_to, secret=serving.secret)
    today = serving.today()
    items = [views.summary(row, parts, actor, today=today) for row in shown]
    return OccupancyList(items=items, next_cursor=next_cursor)


@router.post("/occupancies", status_code=status.HTTP_201_CREATED)
def plan_occupancy(
    actor: Party,
    asked: OccupancyEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> OccupancyFile:
    """Prepare a stay: who, where, under which agreement. Nobody lives there by this."""

    def act() -> OccupancyFile:
        occupancy_id = service.plan(connection, actor, asked, service=serving)
        row = queries.one_stay(connection, actor, occupancy_id)
        return views.file(connection, actor, row, today=serving.today(), words=words)

    return once(connection, actor, asked, act=act, answer=OccupancyFile)


@router.get("/occupancies/reminders")
def list_reminders(actor: Party, connection: Reading, serving: Serving) -> ReminderList:
    """Reviews to hold, ends of terms, slides to establish or terms to extend."""
    return ReminderList(items=views.reminders_of(connection, actor, today=serving.today()))


@router.get("/occupancies/exit-points")
def list_exit_points(
    actor: Annotated[Actor, Depends(Allowed("occupancies.propose_points"))],
    connection: Reading,
    serving: Serving,
) -> ExitPointsList:
    """Households near the end of a transit or insertion stay, whose file does not say so yet."""
    return ExitPointsList(items=views.exit_points_of(connection, actor, today=serving.today()))


@router.get("/occupancies/rules")
def list_rules(
    _actor: Reader,
    serving: Serving,
    words: Words,
    on: Annotated[date | None, Query()] = None,
) -> RuleList:
    """Lengths and conditions of every status, with source and mark."""
    day, rules = on or serving.today(), load_stay_rules()
    items = []
    for key in rules.keys:
        rule = rules.rule(key, day)
        items.append(
            RuleView(
                key=key,
                label=getattr(rules.book.parameters[key].label, words.language),
                value=rule.value if isinstance(rule.value, int) else None,
                source=citation(rule.source.act, rule.source.article, words),
                address=rules.sources.get(rule.source.key, ""),
                mark=words.text(f"reasons.mark.{rule.mark}"),
                note=rule.note,
            )
        )
    return RuleList(on=day, items=items)


@router.get("/occupancies/{occupancy_id}")
def read_occupancy(
    actor: Reader, occupancy_id: StayId, connection: Reading, serving: Serving, words: Words
) -> OccupancyFile:
    """A stay with its acts, objectives, reviews, papers and alternatives."""
    row = queries.one_stay(connection, actor, occupancy_id)
    return views.file(connection, actor, row, today=serving.today(), words=words)


@router.post("/occupancies/{occupancy_id}/acts", status_code=status.HTTP_201_CREATED)
def act_on_occupancy(
    actor: Party,
    occupancy_id: StayId,
    asked: StayAct,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> OccupancyFile:
    """Lead a stay to its next status, give it a longer term, or end it with an alternative."""

    def act() -> OccupancyFile:
        service.act_on(connection, actor, occupancy_id, asked, service=serving)
        row = queries.one_stay(connection, actor, occupancy_id)
        return views.file(connection, actor, row, today=serving.today(), words=words)

    return once(connection, actor, asked, act=act, answer=OccupancyFile)


@router.post("/occupancies/{occupancy_id}/reviews", status_code=status.HTTP_201_CREATED)
def record_review(
    actor: Party,
    occupancy_id: StayId,
    asked: ReviewEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> OccupancyFile:
    """Write a review down, the household's view first."""

    def act() -> OccupancyFile:
        recording.review(connection, actor, occupancy_id, asked, service=serving)
        row = queries.one_stay(connection, actor, occupancy_id)
        return views.file(connection, actor, row, today=serving.today(), words=words)

    return once(connection, actor, asked, act=act, answer=OccupancyFile)


@router.post("/occupancies/{occupancy_id}/papers")
def record_paper(
    actor: Party,
    occupancy_id: StayId,
    asked: PaperEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> OccupancyFile:
    """A paper of the file is held."""

    def act() -> OccupancyFile:
        recording.paper(connection, actor, occupancy_id, asked, service=serving)
        row = queries.one_stay(connection, actor, occupancy_id)
        return views.file(connection, actor, row, today=serving.today(), words=words)

    return once(connection, actor, asked, act=act, answer=OccupancyFile)


@router.post("/occupancies/{occupancy_id}/alternatives", status_code=status.HTTP_201_CREATED)
def offer_alternative(
    actor: Party,
    occupancy_id: StayId,
    asked: AlternativeEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> OccupancyFile:
    """Something was offered to the household in the place of this stay."""

    def act() -> OccupancyFile:
        recording.alternative(connection, actor, occupancy_id, asked, service=serving)
        row = queries.one_stay(connection, actor, occupancy_id)
        return views.file(connection, actor, row, today=serving.today(), words=words)

    return once(connection, actor, asked, act=act, answer=OccupancyFile)


@router.post("/occupancies/{occupancy_id}/alternatives/{sequence}/answer")
def answer_alternative(
    actor: Party,
    occupancy_id: StayId,
    sequence: Annotated[int, Path(ge=1, le=1000)],
    asked: AlternativeAnswer,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> OccupancyFile:
    """The household accepted or declined; declining has no effect on anything else."""

    def act() -> OccupancyFile:
        recording.answer(connection, actor, occupancy_id, sequence, asked, service=serving)
        row = queries.one_stay(connection, actor, occupancy_id)
        return views.file(connection, actor, row, today=serving.today(), words=words)

    return once(connection, actor, asked, act=act, answer=OccupancyFile)


@router.get("/occupancies/{occupancy_id}/documents/{name}", response_class=Response)
def read_document(
    actor: Party,
    occupancy_id: StayId,
    name: Document,
    asked: Annotated[DocumentQuery, Query()],
    connection: Reading,
    serving: Serving,
    words: Words,
) -> Response:
    """A contract to complete and sign (PDF), in one of the four languages."""
    content = documents.contract(
        connection,
        actor,
        occupancy_id,
        name,
        on=asked.on or serving.today(),
        lang=asked.lang or words.language,
    )
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/operator-approvals")
def list_approvals(actor: Reader, connection: Reading) -> ApprovalList:
    """The acts that approve operators by name."""
    rows = queries.approvals(connection, actor)
    return ApprovalList(items=[ApprovalView.model_validate(row) for row in rows])


@router.post("/operator-approvals", status_code=status.HTTP_201_CREATED)
def record_approval(
    actor: Annotated[Actor, Depends(Allowed("operators.approve"))],
    asked: ApprovalEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> ApprovalView:
    """Write down the act that approves an operator by name, with its source."""

    def act() -> ApprovalView:
        recording.approve(connection, actor, asked, service=serving)
        return ApprovalView(**asked.model_dump())

    return once(connection, actor, asked, act=act, answer=ApprovalView)


@router.get("/dwelling-returns")
def list_returns(actor: Reader, connection: Reading) -> ReturnList:
    """Dwellings that stay with their operator, to be offered again."""
    rows = queries.returns(connection, actor)
    return ReturnList(items=[ReturnView.model_validate(row) for row in rows])


@router.post("/dwelling-returns/{occupancy_id}/hand-back")
def hand_back(
    actor: Party, occupancy_id: StayId, asked: HandBack, connection: Writing, serving: Serving
) -> ReturnView:
    """The operator gives the dwelling back to the company."""
    recording.hand_back(connection, actor, occupancy_id, asked.on, service=serving)
    (found,) = (
        row for row in queries.returns(connection, actor) if row.occupancy_id == occupancy_id
    )
    return ReturnView.model_validate(found)
