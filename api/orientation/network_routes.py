"""Networks: members and charter, priorities, the shared queue, conferences, the year."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, status

from api.idempotency import OnlyOnce
from api.orientation import networks
from api.orientation.routes import Guide, Reader
from api.orientation.schemas import (
    ConferenceEntry,
    ConferenceView,
    MemberEntry,
    NetworkReport,
    NetworkView,
    PriorityEntry,
    QueueAct,
    QueueEntry,
    QueueList,
    QueueView,
    YearQuery,
)
from api.requests import Reading, Serving, Writing
from api.routing import Route

router = APIRouter(tags=["networks"], route_class=Route)
Identifier = Annotated[str, Path(max_length=100)]


@router.get("/networks/{network_id}")
def read_network(actor: Reader, network_id: Identifier, connection: Reading) -> NetworkView:
    """Who signed the charter, and what was put first."""
    return networks.network(connection, actor, network_id)


@router.post("/networks/{network_id}/members")
def add_member(
    actor: Guide,
    network_id: Identifier,
    asked: MemberEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> NetworkView:
    """Somebody signed the charter."""

    def act() -> NetworkView:
        networks.add_member(connection, actor, network_id, asked, service=serving)
        return networks.network(connection, actor, network_id)

    return once(connection, actor, asked, act=act, answer=NetworkView)


@router.post("/networks/{network_id}/priorities")
def set_priority(
    actor: Guide,
    network_id: Identifier,
    asked: PriorityEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> NetworkView:
    """A priority of a year."""

    def act() -> NetworkView:
        networks.set_priority(connection, actor, network_id, asked, service=serving)
        return networks.network(connection, actor, network_id)

    return once(connection, actor, asked, act=act, answer=NetworkView)


@router.get("/networks/{network_id}/queue")
def read_queue(
    actor: Reader, network_id: Identifier, connection: Reading, serving: Serving
) -> QueueList:
    """Situations the caller was named for: alias, need, commune, owner."""
    rows = networks.queue(connection, actor, network_id, on=serving.today())
    return QueueList(items=[QueueView.model_validate(row) for row in rows])


@router.post("/networks/{network_id}/queue", status_code=status.HTTP_201_CREATED)
def put_in_queue(
    actor: Guide,
    network_id: Identifier,
    asked: QueueEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> QueueView:
    """A situation, for the members the person named, until the day the person said."""

    def act() -> QueueView:
        row = networks.put(connection, actor, network_id, asked, service=serving)
        return QueueView.model_validate(row)

    return once(connection, actor, asked, act=act, answer=QueueView)


@router.post("/queue/{entry_id}/acts")
def act_on_entry(
    actor: Guide, entry_id: Identifier, asked: QueueAct, connection: Writing, serving: Serving
) -> QueueView:
    """Take it up and own it; close it; the person leaves."""
    row = networks.act_on(connection, actor, entry_id, asked, service=serving)
    return QueueView.model_validate(row)


@router.post("/queue/{entry_id}/conferences", status_code=status.HTTP_201_CREATED)
def hold_conference(
    actor: Guide,
    entry_id: Identifier,
    asked: ConferenceEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> ConferenceView:
    """That a case conference was held, and the text that allows it."""

    def act() -> ConferenceView:
        found = networks.confer(connection, actor, entry_id, asked, service=serving)
        return ConferenceView.model_validate(asked.model_dump() | {"conference_id": found})

    return once(connection, actor, asked, act=act, answer=ConferenceView)


@router.get("/networks/{network_id}/report")
def read_report(
    actor: Reader,
    network_id: Identifier,
    asked: Annotated[YearQuery, Query()],
    connection: Reading,
) -> NetworkReport:
    """A year of the network, from its data; small cells are not shown."""
    return networks.report(connection, actor, network_id, asked.year)
