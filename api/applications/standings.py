"""
The list of a register: everybody's points and rank, worked out for one version and kept.

Nothing here ranks: the rules and the order are the engine's. The same columns that decide are
written down, so that list, rank and file pages read one indexed table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.model import Meeting, Register, Setting
from allocation.ranking import participants, rank
from allocation.ranking.order import draw
from allocation.rules import Assessments, evaluate_register, load_rulebook
from api.applications.gains import add_gains
from api.db.bulk import insert_rows
from api.db.tables.standings import standing, standing_head
from api.meetings.record import next_meeting

Row = dict[str, Any]


class StandingAbsentError(HousingError):
    """The list has not been worked out yet: it will be in a moment."""

    code: ClassVar[str] = "standing.absent"


@dataclass(frozen=True)
class Terms:
    """On what terms a list is worked out: the day, the rulebook, the draw, the switches."""

    on: date
    draw_seed: str
    rulebook: str = "wallonia"
    settings: tuple[Setting, ...] = field(default=())


def current_terms(connection: sa.Connection, register_id: str, *, today: date) -> Terms:
    """The terms of the next meeting; without one, today's and a draw of the register's own."""
    planned = next_meeting(connection, register_id, today=today)
    return Terms(today, draw_seed=register_id) if planned is None else terms_of(planned)


def terms_of(planned: Meeting) -> Terms:
    """The terms a meeting sets."""
    return Terms(planned.meeting_on, planned.draw_seed, planned.rulebook, planned.settings)


def keep(
    connection: sa.Connection,
    register_id: str,
    terms: Terms,
    rows: list[Row],
    *,
    version: int,
    now: datetime,
) -> None:
    """Replace the list kept of a register."""
    for table in (standing, standing_head):
        connection.execute(table.delete().where(table.c.register_id == register_id))
    head = {
        "register_id": register_id,
        "version": version,
        "on_day": terms.on,
        "rulebook": terms.rulebook,
        "draw_seed": terms.draw_seed,
        "applications": len(rows),
        "ranked": sum(row["rank"] is not None for row in rows),
        "worked_out_at": now,
    }
    connection.execute(standing_head.insert(), head)
    insert_rows(connection, standing, [{"register_id": register_id, **row} for row in rows])


def standings_of(source: Register, terms: Terms) -> list[Row]:
    """One row per application, in the order of the list."""
    rulebook = load_rulebook(terms.rulebook)
    assessments = evaluate_register(rulebook, source, terms.on, settings=terms.settings)
    rows, not_ranked = participants(source, assessments)
    natures = str(rulebook.parameter("transfer_order", terms.on, terms.settings).value).split(",")
    order = rank(source, assessments, rows, draw_seed=terms.draw_seed, natures=natures)
    names = _searched(source)
    grounds = {entry.application_id: entry for entry in not_ranked}
    dates = order.order_date.astype("datetime64[D]").astype(object)
    found = []
    for place, row in enumerate(order.rows.tolist()):
        found.append(
            {
                **_assessed(assessments, row),
                "rank": place + 1,
                "ground": "",
                "rule": "",
                "order_date": dates[place],
                "draw": str(order.draws[place]),
            }
        )
    registered = source["applications"]["registered_on"].astype("datetime64[D]").astype(object)
    index = source["applications"].index
    for application_id in sorted(grounds, key=str.encode):
        row = index[application_id][0]
        found.append(
            {
                **_assessed(assessments, row),
                "rank": None,
                "ground": grounds[application_id].ground,
                "rule": grounds[application_id].rule,
                "order_date": registered[row],
                "draw": draw(terms.draw_seed, application_id),
            }
        )
    for position, entry in enumerate(found, start=1):
        entry["position"] = position
        entry["searched"] = names[entry["application_id"]]
    _add_gains(found, source, assessments)
    return found


def _add_gains(found: list[Row], source: Register, assessments: Assessments) -> None:
    names = assessments.application_ids.tolist()
    open_points = dict(zip(names, assessments.open_points.tolist(), strict=True))
    lists = zip(names, source["applications"].text("list"), strict=True)
    add_gains(found, open_points, {name for name, kind in lists if kind == "candidate"})


def _assessed(a: Assessments, row: int) -> Row:
    return {
        "application_id": str(a.application_ids[row]),
        "points": int(a.points[row]),
        "housing_points": int(a.housing_points[row]),
        "personal_points": int(a.personal_points[row]),
        "seniority_points": int(a.seniority_points[row]),
        "income_category": int(a.income_category[row]),
        "bedrooms": int(a.bedrooms[row]),
        "n_unknown": int(a.n_unknown[row]),
        "is_blocked": bool(a.is_blocked[row]),
    }


def _searched(source: Register) -> dict[str, str]:
    """What a search looks in: the identifier and the names of the household, folded."""
    parts = {str(i): [str(i)] for i in source["applications"]["application_id"]}
    for application_id, names in _names(source):
        parts[application_id].append(names)
    return {i: folded(" ".join(found)) for i, found in parts.items()}


def _names(source: Register) -> Iterator[tuple[str, str]]:
    members = source["household_members"]
    columns = (members["application_id"], members["given_name"], members["family_name"])
    for application_id, given, family in zip(*columns, strict=True):
        yield str(application_id), f"{given} {family} {given}"


def folded(text: str) -> str:
    """Without accents or capitals, spaces single: `Zoé  LEROY` is found by `zoe leroy`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
