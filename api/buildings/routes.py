"""Who holds a dwelling; the inventory of empty buildings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from api.auth.actor import Actor
from api.buildings import service
from api.buildings.schemas import (
    BuildingChange,
    BuildingList,
    BuildingView,
    ChainEntry,
    ChainView,
    NewBuilding,
)
from api.idempotency import OnlyOnce
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route

router = APIRouter(tags=["buildings"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("dwellings.read"))]
Writer = Annotated[Actor, Depends(Allowed("dwellings.write"))]
Planner = Annotated[Actor, Depends(Allowed("buildings.read"))]
Identifier = Annotated[str, Path(max_length=64)]


@router.get("/dwellings/{dwelling_id}/rights")
def read_rights(
    actor: Reader, dwelling_id: Identifier, connection: Reading, serving: Serving
) -> ChainView:
    """Who holds a dwelling, from the ownership to who lets it."""
    return service.chain(connection, actor, dwelling_id, service=serving)


@router.put("/dwellings/{dwelling_id}/rights")
def set_rights(
    actor: Writer,
    dwelling_id: Identifier,
    asked: ChainEntry,
    connection: Writing,
    serving: Serving,
) -> ChainView:
    """Write the whole chain; a right that would outlive the one it was given from is refused."""
    return service.set_chain(connection, actor, dwelling_id, asked, service=serving)


@router.get("/vacant-buildings")
def list_buildings(actor: Planner, connection: Reading) -> BuildingList:
    """Empty buildings and their works; for a partner, of companies it has agreements with."""
    return BuildingList(items=service.buildings(connection, actor))


@router.post("/vacant-buildings", status_code=status.HTTP_201_CREATED)
def add_building(
    actor: Writer, asked: NewBuilding, once: OnlyOnce, connection: Writing, serving: Serving
) -> BuildingView:
    """Enter an empty building."""

    def act() -> BuildingView:
        return service.add(connection, actor, asked, service=serving)

    return once(connection, actor, asked, act=act, answer=BuildingView)


@router.put("/vacant-buildings/{building_id}")
def change_building(
    actor: Writer,
    building_id: Identifier,
    asked: BuildingChange,
    connection: Writing,
    serving: Serving,
) -> BuildingView:
    """Say how a building stands now."""
    return service.change(connection, actor, building_id, asked, service=serving)
