"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from api.access import AbsentError, visible_to
from api.applications.schemas import ApplicationsQuery
from api.applications.standings import StandingAbsentError, folded
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.register import applications, choices, household_members, register
from api.db.tables.standings import standing, standing_head
from api.protection import tells_place

_NOT_OF_A_LINE = ("register_id", "searched", "best_points", "best_rank", "gain", "is_blocked")
# The register has one applicant a household: `register.applicant_twice` refuses another.
_APPLICANT = sa.and_(
    household_members.c.application_id == standing.c.application_id,
    household_members.c.role == "applicant",
)
_NAME = sa.func.trim(
    sa.func.coalesce(household_members.c.given_name, "")
    + " "
    + sa.func.coalesce(household_members.c.family_name, "")
)
_LINE: tuple[sa.ColumnElement[Any], ...] = (
    *(c for c in standing.c if c.name not in _NOT_OF_A_LINE),
    applications.c.list,
    applications.c.status,
    _NAME.label("applicant"),
)
_LINES = (
    sa.select(*_LINE)
    .join_from(standing, applications, applications.c.application_id == standing.c.application_id)
    .outerjoin(household_members, _APPLICANT)
)
# The columns of a line, in their order.
LINE_NAMES = tuple(column.key for column in _LINE)


def head_of(connection: sa.Connection, actor: Actor, register_id: str) -> Row:
    """
    What the list of a register was worked out from.

    Raises
    ------
    StandingAbsentError
        ``standing.absent``.
    AbsentError
        ``access.absent``: no such register for the actor.
    """
    head = connection.execute(
        sa.select(
            standing_head, (standing_head.c.version == register.c.version).label("is_current")
        )
        .join(register, register.c.register_id == standing_head.c.register_id)
        .where(visible_to(actor, standing_head), standing_head.c.register_id == register_id)
    ).one_or_none()
    if head is not None:
        return head
    if _is_register_visible(connection, actor, register_id):
        raise StandingAbsentError("Not worked out yet.")
    raise AbsentError("No such register.")


def _is_register_visible(connection: sa.Connection, actor: Actor, register_id: str) -> bool:
    query = sa.select(register.c.register_id).where(
        visible_to(actor, register), register.c.register_id == register_id
    )
    return connection.scalar(query) is not None


def page_of(
    connection: sa.Connection,
    actor: Actor,
    asked: ApplicationsQuery,
    *,
    head: Row,
    after: int,
) -> list[Row]:
    """Lines after a position, one more than the page holds when there are more."""
    query = _LINES.where(
        visible_to(actor, standing),
        standing.c.register_id == head.register_id,
        standing.c.position > after,
        *_filters(asked, actor, n_ranked=head.ranked),
        *_searched(connection, actor, asked.q, register_id=head.register_id),
    )
    ordered = query.order_by(standing.c.position).limit(asked.limit + 1)
    return list(connection.execute(ordered))


def _filters(
    asked: ApplicationsQuery, actor: Actor, *, n_ranked: int
) -> Iterable[sa.ColumnElement[bool]]:
    if asked.list:
        yield applications.c.list == asked.list
    if asked.status:
        yield applications.c.status == asked.status
    if asked.is_ranked is not None:
        # Those ranked come first: the index leads to where the others begin.
        position = standing.c.position
        yield position <= n_ranked if asked.is_ranked else position > n_ranked
    if asked.bedrooms is not None:
        yield standing.c.bedrooms == asked.bedrooms
    if asked.income_category is not None:
        yield standing.c.income_category == asked.income_category
    if asked.nis5:
        chosen = choices.c.application_id == standing.c.application_id
        yield sa.exists().where(chosen, choices.c.nis5 == asked.nis5)
        yield tells_place(actor)


def _searched(
    connection: sa.Connection, actor: Actor, text: str, *, register_id: str
) -> list[sa.ColumnElement[bool]]:
    """An identifier given whole finds its file alone, by its key; else every line is looked at."""
    named = standing.c.application_id == text.strip()
    mine = visible_to(actor, standing), standing.c.register_id == register_id
    if text and connection.scalar(sa.select(standing.c.position).where(*mine, named)) is not None:
        return [named]
    return [_holds(connection, word) for word in folded(text).split()]


def _holds(connection: sa.Connection, word: str) -> sa.ColumnElement[bool]:
    """Whether a line holds a word anywhere: read in the order of the list until a page is full."""
    if connection.dialect.name == "sqlite":
        return sa.func.instr(standing.c.searched, word) > 0
    # For LIKE the planner guesses that almost no line does, then reads and sorts all of them.
    return sa.func.strpos(sa.collate(standing.c.searched, "C"), word) > 0


def line_of(
    connection: sa.Connection, actor: Actor, application_id: str, *, register_id: str
) -> Row | None:
    """The line of one application in the list of a register."""
    return connection.execute(
        _LINES.where(
            visible_to(actor, standing),
            standing.c.register_id == register_id,
            standing.c.application_id == application_id,
        )
    ).one_or_none()


def applicants(connection: sa.Connection, application_ids: list[str]) -> dict[str, str]:
    """Names of the applicants of lines already found visible."""
    rows = connection.execute(
        sa.select(
            household_members.c.application_id,
            household_members.c.given_name,
            household_members.c.family_name,
        ).where(
            household_members.c.application_id.in_(application_ids),
            household_members.c.role == "applicant",
        )
    )
    return {r.application_id: f"{r.given_name or ''} {r.family_name or ''}".strip() for r in rows}


def application_row(connection: sa.Connection, actor: Actor, application_id: str) -> Row | None:
    """One application, if it exists for the actor."""
    return connection.execute(
        sa.select(applications).where(
            visible_to(actor, applications), applications.c.application_id == application_id
        )
    ).one_or_none()
