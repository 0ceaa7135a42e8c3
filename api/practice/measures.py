"""The indicators of modality, from the plans of one service or, published, of all of them."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from allocation.accompaniment.contacts import (
    Contact,
    Retention,
    Stay,
    Weeks,
    retention,
    weeks_met,
)
from allocation.accompaniment.indicators import (
    ExitSeen,
    PlanSeen,
    ReviewSeen,
    indicators,
    published,
)
from allocation.small_cells import FEWEST_SHOWN, hidden
from allocation.wording import Catalogue
from api.access import LIAISON, SOCIAL
from api.accompaniment.record import codes
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.accompaniment import (
    accompaniment_setting,
    plan,
    plan_contact,
    plan_review,
)
from api.db.tables.occupancies import occupancy, occupancy_alternative
from api.db.tables.organisations import account, organisation
from api.db.tables.orientation import referral
from api.db.tables.practice import household_view, worked_hours
from api.db.tables.register import register
from api.practice.schemas import HouseholdViewEntry, IndicatorList, IndicatorView, ViewCount
from api.service import Service

HOMES_KEPT_AFTER = (12, 24)
QUESTIONS = ("helped", "felt_free")
MINUTES = 60


def told(
    connection: sa.Connection, actor: Actor, *, today: date, publishes: bool, words: Catalogue
) -> IndicatorList:
    """
    The indicators of the actor's service; for the Region and the SWL, of all services together.

    Figures alone leave here: nothing of it is a row of somebody else's.
    """
    plans = list(connection.execute(sa.select(plan).where(_own(actor, plan))))
    seen = list(_seen(connection, plans))
    found = indicators(
        seen,
        **_work(connection, actor),
        weeks=_weeks(connection, plans, today),
        homes=_homes(plans, today),
        exits=_exits(connection, actor),
        **_companies(connection, actor),
    )
    shown = published(found) if publishes else found
    n_plans = len(plans)
    return IndicatorList(
        is_published=publishes,
        plans=None if publishes and 0 < n_plans < FEWEST_SHOWN else n_plans,
        items=[
            IndicatorView(
                code=one.code, label=words.text(f"support.indicator.{one.code}"), n=one.n, of=one.of
            )
            for one in shown
        ],
        views=_views(connection, actor, publishes=publishes),
    )


def keep_view(
    connection: sa.Connection, actor: Actor, asked: HouseholdViewEntry, *, service: Service
) -> str:
    """Keep a household's view without saying whose it is: no plan, no day, no journal."""
    view_id = f"viw-{secrets.token_hex(8)}"
    values = {"view_id": view_id, "organisation_id": actor.organisation_id}
    year = {"year": service.today().year}
    connection.execute(household_view.insert(), values | year | asked.model_dump())
    return view_id


def _own(actor: Actor, table: sa.Table) -> sa.ColumnElement[bool]:
    if actor.organisation_kind in ("region", "swl"):
        return sa.true()
    return table.c.organisation_id == actor.organisation_id


def _seen(connection: sa.Connection, plans: Iterable[Row]) -> Iterable[PlanSeen]:
    rows = list(plans)
    ids = [row.plan_id for row in rows]
    contacts = _by_plan(connection, plan_contact, ids)
    reviews = _by_plan(connection, plan_review, ids)
    for row in rows:
        mine = contacts[row.plan_id]
        met = [c.on for c in mine if c.outcome == "done"]
        yield PlanSeen(
            state=row.state,
            first_contact_on=row.first_contact_on,
            first_met_on=min((on for on in met if on >= row.first_contact_on), default=None),
            n_objectives=row.n_objectives,
            n_own_words=row.n_own_words,
            accompanier_changes=row.accompanier_changes,
            contacts_of_household=sum(c.proposed_by == "household" for c in mine),
            contacts_of_service=sum(c.proposed_by == "service" for c in mine),
            reviews=tuple(_review(r) for r in reviews[row.plan_id]),
            entered_home_on=row.entered_home_on,
            left_home_on=row.left_home_on,
            offered_alternative=bool(row.offers_alternative),
        )


def _review(row: Row) -> ReviewSeen:
    return ReviewSeen(
        row.on,
        row.due_on,
        "household" in codes(row.present),
        frozenset(codes(row.obstacles)),
        frozenset(codes(row.resolved)),
    )


def _by_plan(connection: sa.Connection, table: sa.Table, ids: list[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    query = sa.select(table).where(table.c.plan_id.in_(ids)).order_by(table.c.on)
    for row in connection.execute(query):
        found[row.plan_id].append(row)
    return found


def _weeks(connection: sa.Connection, plans: Iterable[Row], today: date) -> Weeks:
    """Whole weeks of the Housing First follow-ups, added up."""
    rows = [p for p in plans if p.programme == "housing_first" and p.began_on is not None]
    contacts = _by_plan(connection, plan_contact, [p.plan_id for p in rows])
    met = whole = 0
    for row in rows:
        mine = [Contact(c.on, c.channel, c.outcome, c.proposed_by) for c in contacts[row.plan_id]]
        found = weeks_met(mine, since=row.began_on, until=row.ended_on or today)
        met, whole = met + found.with_contact, whole + found.whole
    return Weeks(met, whole)


def _homes(plans: Iterable[Row], today: date) -> list[Retention]:
    stays = [
        Stay(p.entered_home_on, p.left_home_on)
        for p in plans
        if p.programme == "housing_first" and p.entered_home_on is not None
    ]
    return [retention(stays, months=months, on=today) for months in HOMES_KEPT_AFTER]


def _exits(connection: sa.Connection, actor: Actor) -> list[ExitSeen]:
    """Ends of the stays the organisation held when they ended; a death and no entry left out."""
    alternative = occupancy_alternative.c
    accepted = (alternative.occupancy_id == occupancy.c.occupancy_id) & (
        alternative.answer == "accepted"
    )
    query = (
        sa.select(sa.func.count(alternative.sequence))
        .select_from(occupancy.outerjoin(occupancy_alternative, accepted))
        .where(
            occupancy.c.ended_on.is_not(None),
            occupancy.c.entered_on.is_not(None),
            occupancy.c.exit_class != "death",
            _held(actor),
        )
        .group_by(occupancy.c.occupancy_id)
    )
    return [ExitSeen(int(n)) for n in connection.scalars(query)]


def _held(actor: Actor) -> sa.ColumnElement[bool]:
    """Stays whose end is the organisation's: an operator that stepped out ends none."""
    if actor.organisation_kind in ("region", "swl"):
        return sa.true()
    by_operator = occupancy.c.operator_id.is_not(None) & occupancy.c.operator_until.is_(None)
    if actor.organisation_kind == "partner":
        return by_operator & (occupancy.c.operator_id == actor.organisation_id)
    return (occupancy.c.register_id == actor.organisation_id) & sa.not_(by_operator)


def _work(connection: sa.Connection, actor: Actor) -> dict[str, int]:
    sent = referral.c.sender_id == actor.organisation_id
    if actor.organisation_kind in ("region", "swl"):
        sent = sa.true()
    ended = sa.select(sa.func.count()).select_from(referral).where(sent)
    supervision = sa.select(sa.func.coalesce(sa.func.sum(worked_hours.c.minutes), 0)).where(
        _own(actor, worked_hours), worked_hours.c.kind.in_(("supervision", "exchange"))
    )
    workers = sa.select(
        sa.func.coalesce(sa.func.sum(accompaniment_setting.c.full_time_hundredths), 0)
    ).where(_own(actor, accompaniment_setting))
    return {
        "referrals_answered": _whole(connection, ended.where(referral.c.state == "answered")),
        "referrals": _whole(connection, ended.where(referral.c.ended_on.is_not(None))),
        "supervision_hours": _whole(connection, supervision) // MINUTES,
        "full_time_hundredths": _whole(connection, workers),
    }


def _companies(connection: sa.Connection, actor: Actor) -> dict[str, int]:
    """Companies with a register here, and those whose staff has a social worker or a liaison."""
    has_register = sa.exists().where(register.c.register_id == organisation.c.organisation_id)
    mine = [has_register, organisation.c.kind == "slsp"]
    if actor.organisation_kind not in ("region", "swl"):
        mine.append(organisation.c.organisation_id == actor.organisation_id)
    worker = sa.exists().where(
        account.c.organisation_id == organisation.c.organisation_id,
        account.c.role.in_((SOCIAL, LIAISON)),
        account.c.is_active.is_(True),
    )
    count = sa.select(sa.func.count()).select_from(organisation).where(*mine)
    return {
        "companies": _whole(connection, count),
        "companies_with_worker": _whole(connection, count.where(worker)),
    }


def _whole(connection: sa.Connection, query: sa.Select[int]) -> int:
    return int(connection.scalar(query) or 0)


def _views(connection: sa.Connection, actor: Actor, *, publishes: bool) -> list[ViewCount]:
    rows = list(connection.execute(sa.select(household_view).where(_own(actor, household_view))))
    found = []
    for question in QUESTIONS:
        counts = Counter(str(getattr(row, question)) for row in rows)
        closed = hidden(counts) if publishes else frozenset()
        answers = {k: None if k in closed else n for k, n in sorted(counts.items())}
        found.append(ViewCount(question=question, answers=answers))
    return found
