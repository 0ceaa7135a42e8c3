"""
What partners are told: made from the entries of the journal, in the transaction of the act.

A partner is told of the candidates it presents, the places offered to it and the stays it holds,
and of nothing else: numbers are its own, and an act of another partner about the same household is
told to that partner alone.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from allocation.accompaniment import OCCUPANCY, PLACE_OFFER
from allocation.procedure import OFFER
from allocation.proof.journal import Entry
from api.db.bulk import insert_rows
from api.db.tables.mandates import mandate
from api.db.tables.partners import partner_event
from api.db.tables.register import agreements, presentations
from api.mandates.terms import in_force
from api.service import today
from api.webhooks.outbox import post

OF_A_PLACE = frozenset({"place.offered", *(f"place.{act}" for act in PLACE_OFFER.acts)})
OF_A_STAY = frozenset({"occupancy.planned", *(f"occupancy.{act}" for act in OCCUPANCY.acts)})
OF_ONE_AGREEMENT = OF_A_PLACE | {"presentation.made", "presentation.withdrawn"}
OF_A_CANDIDATE = frozenset(
    {
        "offer.made",
        "application.withdrawn",
        "proof.requested",
        *(f"offer.{act}" for act in OFFER.acts),
    }
)
# Of one partner: the journal's entry names it.
OF_ONE_PARTNER = frozenset(
    {"mandate.filed", "mandate.ended", "proof.accept_proof", "proof.decline_proof"}
)
TYPES = tuple(sorted(OF_ONE_AGREEMENT | OF_A_CANDIDATE | OF_ONE_PARTNER | OF_A_STAY))
# What of an entry's content goes out: no reason, no ground, and not where the dwelling is.
_TOLD = (
    "application_id",
    "agreement_id",
    "mandate_id",
    "proof_id",
    "state",
    "status",
    "on",
    "until_on",
    "answer_due_on",
    "due_on",
)


def tell(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    """Write down for every partner concerned what just happened."""
    told = [entry for entry in entries if entry.act in TYPES]
    if not told:
        return
    audience = _Audience.of(connection, told)
    by_partner: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in told:
        for partner_id in audience.of_entry(entry):
            by_partner[partner_id].append(_event(entry))
    for partner_id in sorted(by_partner):
        events = write_events(connection, partner_id, by_partner[partner_id])
        post(connection, partner_id, events, now=datetime.fromisoformat(told[0].at))


def write_events(
    connection: sa.Connection, partner_id: str, events: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Number events for one partner and keep them; called by who holds the journal's lock."""
    newest = sa.select(sa.func.max(partner_event.c.sequence)).where(
        partner_event.c.organisation_id == partner_id
    )
    last = connection.scalar(newest) or 0
    rows = [
        {
            "organisation_id": partner_id,
            "sequence": last + place,
            "event_id": f"evt_{secrets.token_hex(12)}",
            **event,
        }
        for place, event in enumerate(events, start=1)
    ]
    insert_rows(connection, partner_event, rows)
    return rows


class _Audience:
    """Whom each entry is for."""

    def __init__(self, owners: dict[str, str], presenters: dict[str, set[str]]) -> None:
        self._owners, self._presenters = owners, presenters

    @staticmethod
    def of(connection: sa.Connection, entries: Sequence[Entry]) -> _Audience:
        """Read who is concerned, for all entries at once."""
        contents = [entry.content for entry in entries]
        agreement_ids = {str(c["agreement_id"]) for c in contents if c.get("agreement_id")}
        application_ids = {_application_of(entry) for entry in entries}
        owners = connection.execute(
            sa.select(agreements.c.agreement_id, agreements.c.partner_id).where(
                agreements.c.agreement_id.in_(agreement_ids)
            )
        )
        rows = connection.execute(
            sa.select(presentations.c.application_id, agreements.c.partner_id)
            .join(agreements, agreements.c.agreement_id == presentations.c.agreement_id)
            .where(presentations.c.application_id.in_(application_ids))
        )
        presenters: dict[str, set[str]] = defaultdict(set)
        mandated = connection.execute(
            sa.select(
                mandate.c.application_id, mandate.c.organisation_id.label("partner_id")
            ).where(
                mandate.c.application_id.in_(application_ids),
                in_force(today(datetime.fromisoformat(entries[0].at))),
            )
        )
        for row in (*rows, *mandated):
            presenters[row.application_id].add(row.partner_id)
        return _Audience({row.agreement_id: row.partner_id for row in owners}, presenters)

    def of_entry(self, entry: Entry) -> list[str]:
        """Partners told of an entry."""
        if entry.act in OF_ONE_AGREEMENT:
            return [self._owners[str(entry.content["agreement_id"])]]
        if entry.act in OF_ONE_PARTNER | OF_A_STAY:
            name = "operator_id" if entry.act in OF_A_STAY else "partner_id"
            partner_id = str(entry.content.get(name) or "")
            return [partner_id] if partner_id else []
        return sorted(self._presenters.get(_application_of(entry), ()))


def _application_of(entry: Entry) -> str:
    return str(entry.content.get("application_id", entry.subject))


def _event(entry: Entry) -> dict[str, Any]:
    data = {name: entry.content[name] for name in _TOLD if name in entry.content}
    if entry.act in OF_A_CANDIDATE:
        # A mandate may be another partner's than the one who is told.
        data.pop("mandate_id", None)
    if entry.act not in OF_ONE_AGREEMENT:
        # An agreement named by an offer may be another partner's.
        data.pop("agreement_id", None)
    for of, name in ((OF_A_PLACE, "place_offer_id"), (OF_A_STAY, "occupancy_id")):
        if entry.act in of:
            data = {key: value for key, value in data.items() if value != ""}
            data[name] = entry.subject
    if entry.act.startswith("offer."):
        data["offer_id"] = entry.subject
    if entry.act not in OF_A_PLACE:
        data["application_id"] = _application_of(entry)
    return {
        "type": entry.act,
        "at": datetime.fromisoformat(entry.at),
        # What is sent in order: all of one candidate, all of one place.
        "application_id": entry.subject if entry.act in OF_A_PLACE else data["application_id"],
        "data": json.dumps(data, sort_keys=True),
    }
