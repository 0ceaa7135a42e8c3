"""A stay out of its rows and into them: what the engine reads, what is written of an act."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from allocation.accompaniment import RUNNING, Agreement, Asked, Episode, Review, Stay
from allocation.proposal.guards import has_legal_basis
from allocation.rules import evaluate, load_rulebook
from api.agreements.support_places import places_of
from api.applications.record import application_from, rows_of_file
from api.db import Row
from api.occupancies import queries
from api.occupancies.queries import Parts
from api.occupancies.schemas import StayAct

RULEBOOK = "wallonia"
_PROLONGS = ("renew_transit", "extend_sliding_lease")
# Words, kept apart from days and codes: seen by few, emptied when a person is erased.
SAID = (
    "reason",
    "support_change",
    "decided_without_place",
    "receiving_landlord",
    "household_comment",
)
_NOT_RECORDED = {*SAID, "act", "on", "until_on", "signed_on", "objectives", "agreement_id"}


def stay_of(row: Row, parts: Parts) -> Stay:
    """The stay as its acts left it, without what only a new act asks for."""
    mine = row.occupancy_id
    reviews = tuple(
        Review(
            r.held_on,
            r.is_household_present,
            tuple(date.fromisoformat(day) for day in json.loads(r.invited_on)),
            tuple(json.loads(r.objectives).items()),
        )
        for r in parts["occupancy_review"][mine]
    )
    return Stay(
        status=row.status,
        episodes=episodes_of(parts["occupancy_act"][mine]),
        objectives=tuple(str(o.number) for o in parts["occupancy_objective"][mine]),
        reviews=reviews,
        n_alternatives=len(parts["occupancy_alternative"][mine]),
        held_papers=tuple(p.paper for p in parts["occupancy_paper"][mine]),
    )


def episodes_of(acts: list[Row]) -> tuple[Episode, ...]:
    """The statuses one after another, each with the term its acts left it."""
    found: list[Episode] = []
    for act in acts:
        if act.act in _PROLONGS:
            last = found[-1]
            n = last.n_renewals + 1
            found[-1] = replace(last, until_on=act.until_on, n_renewals=n)
        elif act.status in RUNNING:
            found.append(Episode(act.status, act.on_day, act.until_on, act.signed_on))
    return tuple(found)


def with_surroundings(
    connection: sa.Connection, row: Row, stay: Stay, *, agreement_id: str | None, on: date
) -> Stay:
    """The stay with its operator, its agreement and the household's income category of today."""
    operator_id = row.operator_id or ""
    return replace(
        stay,
        operator_kind=queries.kind_of_partner(connection, operator_id),
        is_operator_approved=queries.is_approved(connection, row.register_id, operator_id, on=on),
        agreement=_agreement(connection, agreement_id, row=row),
        income_category=_category(connection, row.application_id, on=on),
    )


def _agreement(
    connection: sa.Connection, agreement_id: str | None, *, row: Row
) -> Agreement | None:
    found = queries.agreement_facts(connection, agreement_id)
    if found is None:
        return None
    free = places_of(connection, found).free(but=row.application_id)
    basis = has_legal_basis(dict(found._mapping), kind=found.register_kind)
    return Agreement(found.kind, found.in_force_from, found.in_force_to, basis, free)


def _category(connection: sa.Connection, application_id: str, *, on: date) -> int | None:
    """As the file says: a stay may have begun before the household was a candidate."""
    application = application_from(rows_of_file(connection, application_id))
    day = max(on, application.registered_on)
    found = evaluate(load_rulebook(RULEBOOK), application, day).income.category
    return None if found < 0 else found


def asked_of(entry: StayAct) -> Asked:
    """The act as the engine reads it."""
    values = entry.model_dump(exclude={"agreement_id", "household_comment", "decided_by"})
    return Asked(**values | {"objectives": tuple(entry.objectives)})


def recorded_of(entry: StayAct) -> dict[str, str]:
    """Days and codes of an act, as they are kept: only what was given."""
    values = entry.model_dump(mode="json", exclude=_NOT_RECORDED)
    return {k: str(v) for k, v in values.items() if v not in (None, "", False)}


def said_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Words that were given."""
    return {k: str(v) for k, v in values.items() if v}


def read_words(text: str) -> dict[str, str]:
    """Words as kept; none once the person was erased."""
    found: dict[str, str] = json.loads(text) if text else {}
    return found
