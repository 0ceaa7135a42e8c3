"""
The sandbox: a partner with documented credentials, in a database of demonstration only.

Everybody may know these credentials: they are made on demand, beside a demonstration register,
and end when a real one is loaded into the same database.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.model import Register
from api.access import SCOPES
from api.auth.credentials import CLIENT, KEY, keep_credential, make_partner, standing_credential
from api.auth.credentials import revoke as end_credential
from api.db.tables.organisations import organisation
from api.db.tables.register import HELD_BY, agreements, partners, register
from api.service import today

PARTNER_ID = "bac-a-sable"
CREDENTIALS = {
    "cli-bac-a-sable": (CLIENT, "pcs_bac-a-sable"),
    "key-bac-a-sable": (KEY, "ppk_key-bac-a-sable_demonstration"),
}


class NotDemoError(HousingError):
    """There is a real register here: no credentials that everybody knows."""

    code: ClassVar[str] = "partner.sandbox_not_demo"


def make_sandbox(connection: sa.Connection, source: Register, *, now: datetime) -> None:
    """
    File the sandbox partner with an agreement of this register, and its credentials.

    Raises
    ------
    NotDemoError
        ``partner.sandbox_not_demo``.
    """
    kinds = connection.scalars(sa.select(register.c.kind))
    if any(kind != "demo" for kind in kinds):
        raise NotDemoError("A real register is in this database.")
    if not make_partner(connection, PARTNER_ID, name="Bac à sable (partenaire fictif)"):
        return
    mine = organisation.c.organisation_id == PARTNER_ID
    connection.execute(organisation.update().where(mine).values(is_sandbox=True))
    held = {HELD_BY: source.slsp_id, "partner_id": PARTNER_ID}
    connection.execute(
        partners.insert(), held | {"name": "Bac à sable (partenaire fictif)", "kind": "other"}
    )
    since = date(today(now).year, 1, 1)
    agreement = {
        "agreement_id": PARTNER_ID,
        "kind": "reserved_allocation",
        "signed_on": since,
        "in_force_from": since,
        "seats_per_year": 5,
        "accompaniment_places": 10,
        "accompaniment_used": 0,
        "legal_article": "Article fictif",
        "authorising_act": "Acte fictif",
        "basis": "fictional",
    }
    connection.execute(agreements.insert(), held | agreement)
    for credential_id, (kind, secret) in CREDENTIALS.items():
        keep_credential(
            connection,
            credential_id,
            organisation_id=PARTNER_ID,
            kind=kind,
            scopes=SCOPES,
            secret=secret,
            now=now,
        )


def end_sandbox(connection: sa.Connection, *, now: datetime) -> None:
    """Revoke the credentials everybody knows, if there are any."""
    for credential_id in CREDENTIALS:
        if standing_credential(connection, credential_id) is not None:
            end_credential(connection, credential_id, now=now)
