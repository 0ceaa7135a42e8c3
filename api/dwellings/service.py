"""Acts on dwellings, each under the checks of the import: filed, changed, let, taken back."""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.cli.console import problem_sentence
from allocation.errors import HousingError, Problem, ProblemsError
from allocation.exchange.one_application import dwelling_problems
from allocation.exchange.severity import errors_among, warnings_among
from allocation.model import TABLE_BY_NAME, Meeting
from allocation.wording import Catalogue
from api.access import AbsentError, visible_to
from api.applications.reach import MovedError
from api.applications.record_schemas import WarningView
from api.applications.service import append_sealed
from api.applications.standings import current_terms
from api.applications.work import touch
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.register import (
    HELD_BY,
    agreements,
    dwellings,
    offers,
    register,
    sections,
    vacancies,
)
from api.dwellings.schemas import DwellingRow, DwellingView, VacancyRow
from api.journal import append
from api.register_rows import cells_of
from api.schemas import Entry
from api.service import Service

PARTS = {"dwellings": "dwelling", "vacancies": "vacancy"}
Cells = dict[str, Any]


class DwellingPresentError(HousingError):
    """A dwelling of that identifier is there already."""

    code: ClassVar[str] = "dwelling.present"


class DwellingOfferedError(HousingError):
    """The dwelling is offered: the offer is settled first."""

    code: ClassVar[str] = "dwelling.offered"


def file_dwelling(
    connection: sa.Connection,
    actor: Actor,
    dwelling_id: str,
    entry: Entry,
    *,
    service: Service,
    words: Catalogue,
    row_version: int | None = None,
) -> DwellingView:
    """File a dwelling of the actor's company, or change it when ``row_version`` is given."""
    touch(connection, actor.organisation_id, actor=actor, service=service)
    row = {
        **_cells(entry),
        "dwelling_id": dwelling_id,
        "slsp_id": actor.organisation_id,
    }
    if row_version is None:
        taken = sa.select(dwellings.c.dwelling_id).where(dwellings.c.dwelling_id == dwelling_id)
        if connection.scalar(taken) is not None:
            raise DwellingPresentError("There already.", dwelling_id=dwelling_id)
    else:
        found = one(connection, actor, dwelling_id)
        if found.row_version != row_version:
            raise MovedError("Changed meanwhile.", row_version=found.row_version)
    file = {"dwellings": [row], "vacancies": []}
    warnings = _checked(connection, actor, file, service=service, words=words)
    if row_version is None:
        connection.execute(dwellings.insert(), {HELD_BY: actor.organisation_id, **row})
    else:
        mine = dwellings.c.dwelling_id == dwelling_id
        changed = {**row, "row_version": dwellings.c.row_version + 1}
        connection.execute(dwellings.update().where(mine).values(changed))
    act = "dwelling.filed" if row_version is None else "dwelling.changed"
    _tell(connection, act, dwelling_id, actor, service=service)
    return view(connection, actor, dwelling_id, warnings=warnings)


def put_to_let(
    connection: sa.Connection,
    actor: Actor,
    dwelling_id: str,
    entry: Entry,
    *,
    service: Service,
    words: Catalogue,
) -> DwellingView:
    """Say that a dwelling is to let, or since when and how it is."""
    found = one(connection, actor, dwelling_id)
    touch(connection, actor.organisation_id, actor=actor, service=service)
    row = {**_cells(entry), "dwelling_id": dwelling_id}
    file = {"dwellings": [_plain(found, "dwellings")], "vacancies": [row]}
    warnings = _checked(connection, actor, file, service=service, words=words)
    mine = vacancies.c.dwelling_id == dwelling_id
    changed = {**row, "row_version": vacancies.c.row_version + 1}
    if connection.execute(vacancies.update().where(mine).values(changed)).rowcount == 0:
        connection.execute(vacancies.insert(), {HELD_BY: actor.organisation_id, **row})
    content = {"origin": row["origin"], "available_on": str(row["available_on"])}
    _tell(connection, "vacancy.filed", dwelling_id, actor, service=service, **content)
    return view(connection, actor, dwelling_id, warnings=warnings)


def take_back(
    connection: sa.Connection, actor: Actor, dwelling_id: str, reason: str, *, service: Service
) -> DwellingView:
    """The dwelling is not to let after all; refused while it is offered."""
    one(connection, actor, dwelling_id)
    touch(connection, actor.organisation_id, actor=actor, service=service)
    is_offered = sa.select(offers.c.offer_id).where(
        offers.c.dwelling_id == dwelling_id, offers.c.answer == "open"
    )
    if connection.scalar(is_offered) is not None:
        raise DwellingOfferedError("Offered.")
    gone = connection.execute(vacancies.delete().where(vacancies.c.dwelling_id == dwelling_id))
    if gone.rowcount == 0:
        raise AbsentError("Not to let.")
    # A reason in free words may name somebody: sealed, under the key of the dwelling's own acts.
    append_sealed(
        connection,
        "vacancy.taken_back",
        dwelling_id,
        {"reason": reason},
        actor=actor,
        service=service,
        content={},
    )
    return view(connection, actor, dwelling_id)


def one(connection: sa.Connection, actor: Actor, dwelling_id: str) -> Row:
    """A dwelling that exists for the actor."""
    query = sa.select(dwellings).where(
        visible_to(actor, dwellings), dwellings.c.dwelling_id == dwelling_id
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        raise AbsentError("No such dwelling.")
    return found


def page_of(connection: sa.Connection, actor: Actor, *, after: str, limit: int) -> list[str]:
    """Identifiers after one, one more than the page when there are more."""
    query = sa.select(dwellings.c.dwelling_id).where(
        visible_to(actor, dwellings), dwellings.c.dwelling_id > after
    )
    return list(connection.scalars(query.order_by(dwellings.c.dwelling_id).limit(limit + 1)))


def view(
    connection: sa.Connection,
    actor: Actor,
    dwelling_id: str,
    *,
    warnings: tuple[WarningView, ...] = (),
) -> DwellingView:
    """A dwelling as it stands."""
    found = one(connection, actor, dwelling_id)
    free = connection.execute(
        sa.select(vacancies).where(vacancies.c.dwelling_id == dwelling_id)
    ).one_or_none()
    own = {k: v for k, v in _plain(found, "dwellings").items() if k in DwellingRow.model_fields}
    vacancy = None
    if free is not None:
        cells = _plain(free, "vacancies")
        cells.pop("dwelling_id")
        vacancy = VacancyRow.model_validate(cells)
    return DwellingView(
        dwelling_id=dwelling_id,
        slsp_id=found.slsp_id,
        row_version=found.row_version,
        dwelling=DwellingRow.model_validate(own),
        vacancy=vacancy,
        warnings=warnings,
    )


def _cells(entry: Entry) -> Cells:
    """An empty text is NULL."""
    return {name: None if cell == "" else cell for name, cell in cells_of(entry).items()}


def _plain(row: Row, table: str) -> Cells:
    return {c.name: row._mapping[c.name] for c in TABLE_BY_NAME[table].columns}


def _checked(
    connection: sa.Connection,
    actor: Actor,
    file: dict[str, list[Cells]],
    *,
    service: Service,
    words: Catalogue,
) -> tuple[WarningView, ...]:
    """Judge a dwelling and its vacancy as the import would; gives the warnings."""
    register_id = actor.organisation_id
    terms = current_terms(connection, register_id, today=service.today())
    meeting = Meeting(register_id, terms.on, terms.draw_seed, "", terms.rulebook)
    kind = connection.scalar(
        sa.select(register.c.kind).where(register.c.register_id == register_id)
    )
    beside = {
        table.name: [
            _plain(row, table.name)
            for row in connection.execute(sa.select(table).where(visible_to(actor, table)))
        ]
        for table in (sections, agreements)
    }
    found = dwelling_problems(file, beside=beside, meeting=meeting, kind=str(kind))
    errors = errors_among(found)
    if errors:
        raise ProblemsError([_in_request(p) for p in errors])
    told = [_in_request(p) for p in warnings_among(found)]
    return tuple(
        WarningView(path=f"{p.where}/{p.column}", code=p.code, sentence=problem_sentence(p, words))
        for p in told
    )


def _in_request(problem: Problem) -> Problem:
    where = f"/{PARTS[problem.where]}"
    return Problem(where, problem.row, problem.column, problem.code, problem.facts)


def _tell(
    connection: sa.Connection,
    act: str,
    dwelling_id: str,
    actor: Actor,
    *,
    service: Service,
    **content: object,
) -> None:
    append(connection, act, subject=dwelling_id, actor=actor, now=service.now(), content=content)
