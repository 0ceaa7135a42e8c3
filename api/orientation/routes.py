"""The directory, and referrals with one owner."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from allocation.accompaniment.open_referral import exported
from api.auth.actor import Actor
from api.idempotency import OnlyOnce
from api.orientation import directory, referrals
from api.orientation.schemas import (
    OpenReferralPage,
    OpenReferralView,
    PingPongView,
    ReceivedView,
    ReferralAct,
    ReferralEntry,
    ReferralList,
    ReferralView,
    ServiceEntryIn,
    ServiceList,
    ServiceQuery,
    ServiceView,
)
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["orientation"], route_class=Route)
Everybody = Annotated[Actor, Depends(Allowed("directory.read"))]
Keeper = Annotated[Actor, Depends(Allowed("directory.write"))]
Guide = Annotated[Actor, Depends(Allowed("orientation.act"))]
Reader = Annotated[Actor, Depends(Allowed("orientation.read"))]
Identifier = Annotated[str, Path(max_length=100)]


@router.get("/services")
def find_services(
    actor: Everybody, asked: Annotated[ServiceQuery, Query()], connection: Reading, words: Words
) -> ServiceList:
    """Who really offers what, where, from when, in which language."""
    rows = directory.found(connection, actor, asked)
    return ServiceList(items=[directory.view(row, words) for row in rows])


@router.post("/services", status_code=status.HTTP_201_CREATED)
def add_service(
    actor: Keeper,
    asked: ServiceEntryIn,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> ServiceView:
    """A service of the caller's own organisation."""

    def act() -> ServiceView:
        row = directory.write(connection, actor, asked, service=serving)
        return directory.view(row, words)

    return once(connection, actor, asked, act=act, answer=ServiceView)


@router.put("/services/{service_id}")
def change_service(
    actor: Keeper,
    service_id: Identifier,
    asked: ServiceEntryIn,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> ServiceView:
    """The entry as it is from now on; its owner checked it today."""
    row = directory.write(connection, actor, asked, service=serving, service_id=service_id)
    return directory.view(row, words)


@router.get("/open-referral/services")
def export_directory(actor: Everybody, connection: Reading) -> OpenReferralView:
    """The directory in the Open Referral form (HSDS)."""
    return OpenReferralView.model_validate(exported(directory.everything(connection, actor)))


@router.post("/open-referral/services")
def import_directory(
    actor: Keeper,
    asked: OpenReferralPage,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> ReceivedView:
    """Take services in the Open Referral form in: all of them, or none."""

    def act() -> ReceivedView:
        return directory.take_in(connection, actor, asked, service=serving)

    return once(connection, actor, asked, act=act, answer=ReceivedView)


@router.get("/referrals")
def list_referrals(actor: Reader, connection: Reading, serving: Serving) -> ReferralList:
    """Referrals sent, and those that are with the caller's organisation."""
    rows = referrals.referrals_of(connection, actor)
    views = [referrals.view(connection, actor, row, service=serving) for row in rows]
    return ReferralList(items=views)


@router.post("/referrals", status_code=status.HTTP_201_CREATED)
def send_referral(
    actor: Guide, asked: ReferralEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> ReferralView:
    """Send somebody on, with their agreement; the sender answers for them until it is accepted."""

    def act() -> ReferralView:
        referral_id = referrals.send(connection, actor, asked, service=serving)
        row = referrals.one_of(connection, actor, referral_id)
        return referrals.view(connection, actor, row, service=serving)

    return once(connection, actor, asked, act=act, answer=ReferralView)


@router.get("/referrals/hand-overs")
def read_hand_overs(actor: Reader, connection: Reading) -> PingPongView:
    """How many services it took before an answer."""
    return referrals.counted(connection, actor)


@router.post("/referrals/{referral_id}/acts")
def act_on_referral(
    actor: Guide,
    referral_id: Identifier,
    asked: ReferralAct,
    connection: Writing,
    serving: Serving,
) -> ReferralView:
    """Accept, send back to the sender, hand over, answer."""
    before = referrals.one_of(connection, actor, referral_id)
    referrals.act_on(connection, actor, referral_id, asked, service=serving)
    return referrals.after_act(connection, actor, before, service=serving)
