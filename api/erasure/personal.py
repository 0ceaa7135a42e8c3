"""
What the tables hold of a person, and how it is emptied.

Every table with a row per application is listed, with the columns that are emptied, or none: a
test refuses a table that is not. What is sealed under the person's key needs nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from allocation.model import TABLES
from allocation.rules import load_rulebook
from api.applications.standings import folded
from api.db.tables.accompaniment import plan
from api.db.tables.idempotency import idempotency_key, idempotency_owner
from api.db.tables.metadata import metadata
from api.db.tables.orientation import referral
from api.db.tables.register import applications, facts
from api.db.tables.standings import standing

OWNER = "application_id"
_OF_A_HOUSEHOLD = (plan.c.plan_id, referral.c.referral_id)  # besides the household itself
_BATCH = 2_000
RULEBOOK = "wallonia"
# Free texts may name somebody; the rest of the register says itself what is personal.
FREE_TEXTS: Mapping[str, tuple[str, ...]] = {
    "applications": ("bedrooms_exception_reason",),
    "application_change": (),  # what was reported and heard is sealed under the key
    "confirmation": (),
    "contact_offer": (),
    "plan": ("alias",),  # its words are sealed under a key of the plan: see `keys_of`
    "derogation": ("reason", "opinion"),
    "entitlement": ("reason",),
    "mandate": (),  # how to reach the household is sealed under the key
    "handed_in_proof": (),  # likewise
    "proof_request": ("facts",),
    "points_request": ("reason",),
    "separation": (),
    "common_file_difference": ("ours", "theirs", "reason"),
    "meeting_answer": (),
    "occupancy": (),
    "occupancy_act": ("said",),
    "occupancy_alternative": ("offered_by",),
    "occupancy_objective": ("wording",),
    "occupancy_review": ("said",),
    "offer_course": ("reason",),
    "partner_event": (),  # codes and identifiers, as the journal's
    "referral": ("alias",),  # its words too are sealed
    "right_standing": (),
    "place_offer": (),  # the reason to house without support is about the service
    "refused_proof": (),
    "webhook_delivery": ("said",),
    "strike_off": ("reason",),
    "appeal": ("reason",),
    "standing": (),  # found by name until the list is worked out again: see `empty`
}


def emptied_columns() -> dict[str, tuple[str, ...]]:
    """Columns that are emptied, by table; tables that only carry the identifier have none."""
    found = {
        schema.name: tuple(c.name for c in schema.columns if c.is_personal)
        for schema in TABLES
        if OWNER in {c.name for c in schema.columns}
    }
    for table, columns in FREE_TEXTS.items():
        found[table] = (*found.get(table, ()), *columns)
    return found


def empty(connection: sa.Connection, application_id: str) -> None:
    """Empty everything that tells of the persons of an application; its rows stay."""
    for name, columns in emptied_columns().items():
        table = metadata.tables[name]
        if columns:
            values = {c: None if table.c[c].nullable else "" for c in columns}
            connection.execute(
                table.update().where(table.c[OWNER] == application_id).values(values)
            )
    _empty_sensitive_facts(connection, application_id)
    # The list is worked out again soon; until then nobody is found by name.
    searched = {"searched": folded(application_id)}
    mine = standing.c.application_id == application_id
    connection.execute(standing.update().where(mine).values(searched))
    forget_answers(connection, keys_of(connection, application_id))


def forget_answers(connection: sa.Connection, owners: Collection[str]) -> None:
    """Take away answers kept for requests sent twice: they may repeat a file, plan or referral."""
    told = sa.exists().where(
        idempotency_owner.c.actor_id == idempotency_key.c.actor_id,
        idempotency_owner.c.key == idempotency_key.c.key,
        idempotency_owner.c.owner_id.in_(owners),
    )
    connection.execute(idempotency_key.delete().where(told))


def keys_of(connection: sa.Connection, application_id: str) -> list[str]:
    """Owners of the keys that go with a household: itself, its plans and its referrals."""
    owners = [application_id]
    for key in _OF_A_HOUSEHOLD:
        mine = key.table.c.application_id == application_id
        owners += connection.scalars(sa.select(key).where(mine))
    return owners


def owners_among(connection: sa.Connection, texts: Iterable[str]) -> set[str]:
    """Which of some texts are identifiers of what goes when a household is erased."""
    found: set[str] = set()
    wanted = sorted(texts)
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        for key in (applications.c.application_id, *_OF_A_HOUSEHOLD):
            found |= set(connection.scalars(sa.select(key).where(key.in_(batch))))
    return found


def _empty_sensitive_facts(connection: sa.Connection, application_id: str) -> None:
    """That there was a fact of health or violence goes too, not its value alone."""
    known = load_rulebook(RULEBOOK).facts
    sensitive = sorted(code for code, fact in known.items() if fact.sensitive)
    connection.execute(
        facts.delete().where(facts.c.application_id == application_id, facts.c.fact.in_(sensitive))
    )
