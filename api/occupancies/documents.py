"""The contracts of a stay, made when they are asked for: drafts before an act, copies after it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from allocation.accompaniment import Episode, StayRules, load_stay_rules
from allocation.rules.periods import after_months
from allocation.territory import communes, companies
from allocation.wording import catalogue
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.register import household_members, register
from api.occupancies import keeping, queries, views

# Length of a draft whose act is not recorded yet.
_MONTHS = {
    "transit": "transit.months",
    "insertion": "insertion.months",
    "sliding_lease": "sliding_lease.term_months",
    "standard_lease": "standard_lease.months",
}


def contract(
    connection: sa.Connection, actor: Actor, occupancy_id: str, name: str, *, on: date, lang: str
) -> bytes:
    """
    A contract as a PDF: with the days of its act once that is recorded, from ``on`` before.

    Raises
    ------
    AbsentError
        No such stay for the actor, or no such contract in a stay that is over without it.
    """
    from allocation.documents.contract import STATUS_OF, Contract, contract_pdf

    row = queries.one_stay(connection, actor, occupancy_id)
    parts = queries.parts_of(connection, actor, [occupancy_id])
    rules = load_stay_rules()
    status = STATUS_OF[name]
    acts = views.acts_seen(row, parts, actor)
    recorded = [e for e in keeping.episodes_of(acts) if e.status == status]
    if not recorded and row.ended_on is not None:
        raise AbsentError("No such contract.")
    term = recorded[-1] if recorded else _draft(status, on, rules)
    words = [o.wording for o in parts["occupancy_objective"][occupancy_id]]
    made = Contract(
        name=name,
        company=_company(row.register_id),
        operator=_operator(connection, row),
        household=_names(connection, actor, row),
        dwelling_id=row.dwelling_id,
        dwelling=_dwelling(connection, row, lang),
        from_on=term.from_on,
        until_on=term.until_on or term.from_on,
        signed_on=term.signed_on,
        objectives=tuple(words) if views.reads_words(actor, row) else None,
        is_demo=_is_demo(connection, row),
    )
    return contract_pdf(made, rules, lang)


def _draft(status: str, on: date, rules: StayRules) -> Episode:
    return Episode(status, on, after_months(on, rules.whole(_MONTHS[status], on)))


def _company(register_id: str) -> str:
    known = companies().get(register_id)
    return known.name if known else register_id


def _operator(connection: sa.Connection, row: Row) -> str:
    mine = organisation.c.organisation_id == row.operator_id
    return str(connection.scalar(sa.select(organisation.c.name).where(mine)) or "")


def _names(connection: sa.Connection, actor: Actor, row: Row) -> tuple[str, ...]:
    """The adults who sign, as far as the actor may read them; blank lines otherwise."""
    query = (
        sa.select(household_members.c.given_name, household_members.c.family_name)
        .where(
            visible_to(actor, household_members),
            household_members.c.application_id == row.application_id,
            household_members.c.role.in_(("applicant", "partner")),
        )
        .order_by(household_members.c.member_id)
    )
    people = connection.execute(query)
    found = (" ".join(part for part in (given, family) if part) for given, family in people)
    return tuple(name for name in found if name)


def _dwelling(connection: sa.Connection, row: Row, lang: str) -> str:
    found = queries.dwelling_of(connection, row.register_id, row.dwelling_id)
    if found is None:
        return ""
    words = catalogue(lang)
    commune = communes().get(found.nis5)
    kind = words.text(f"documents.kind.{found.kind}")
    bedrooms = words.text("documents.bedrooms", n=found.bedrooms)
    place = commune.name(lang) if commune else found.nis5
    parts: tuple[str, ...] = (found.address or "", place, kind, bedrooms)
    return ", ".join(part for part in parts if part)


def _is_demo(connection: sa.Connection, row: Row) -> bool:
    mine = register.c.register_id == row.register_id
    return connection.scalar(sa.select(register.c.kind).where(mine)) == "demo"
