"""
Members of a household part: one application becomes two, and nobody is told of it by the service.

Those who leave have a file of their own with what goes with them. Neither file names the other:
who parted from whom is read by the clerks and social workers of the company alone. Both files
are to be looked at; the two are never taken for one household again (``duplicates``).
"""

from __future__ import annotations

import json
import secrets
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.model.table import Cell
from allocation.procedure import losses
from allocation.rules import load_rulebook
from allocation.wording import Catalogue
from api.access import AbsentError, DeniedError, visible_to
from api.applications.changes import PENDING, ChangePendingError
from api.applications.reach import begin
from api.applications.record import (
    Rows,
    Tables,
    application_from,
    checked,
    rows_of_file,
    write_rows,
)
from api.applications.service import (
    ACTIVE,
    OfferOpenError,
    StatusByProcedureError,
    append_sealed,
    standing_on,
)
from api.applications.standings import Terms, current_terms
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.changes import application_change
from api.db.tables.follow_up import separation
from api.db.tables.register import HELD_BY, offers
from api.separations.schemas import Check, Separation, SeparationView
from api.service import Service

SENIORITY = "separation_seniority"
KEPT, NEW = "kept_by_both", "new_for_who_leaves"
DECIDED = "decided"


class SeparationError(HousingError):
    """The household cannot part that way."""

    code: ClassVar[str] = "separation.nobody_stays"

    def __init__(self, code: str, **context: object) -> None:
        super().__init__("Refused.", **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def part(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    asked: Separation,
    *,
    service: Service,
    words: Catalogue,
) -> SeparationView:
    """Make a file of its own for those who leave; both files are judged as any file."""
    if asked.separated_on > service.today():
        raise SeparationError("separation.day_to_come")
    communes = [c.nis5 for c in asked.choices]
    row = begin(
        connection,
        actor,
        application_id,
        service=service,
        also_chosen=communes,
        row_version=asked.row_version,
    )
    _require_free(connection, row)
    before = rows_of_file(connection, application_id)
    terms = current_terms(connection, actor.organisation_id, today=service.today())
    seniority, mark = _seniority(asked.seniority, terms)
    new_id = f"app-{secrets.token_hex(8)}"
    stays, leaves = _two_files(before, asked, new_id=new_id, keeps=seniority == KEPT)
    held_by = getattr(row, HELD_BY)
    # Those who leave are in no other file any more when their own is judged.
    checked(connection, actor, stays, terms=terms, words=words, at="")
    write_rows(connection, stays, held_by=held_by, is_new=False)
    checked(connection, actor, leaves, terms=terms, words=words, at="")
    write_rows(connection, leaves, held_by=held_by, is_new=True)
    values = {
        "separation_id": f"sep-{secrets.token_hex(8)}",
        "register_id": actor.organisation_id,
        "application_id": application_id,
        "new_id": new_id,
        "separated_on": asked.separated_on,
        "seniority": seniority,
        "seniority_mark": mark,
        "losses": json.dumps(_lost(before, stays, terms)),
    }
    connection.execute(separation.insert(), values)
    _tell(connection, actor, values, service=service)
    return view(one(connection, actor, str(values["separation_id"])))


def check(
    connection: sa.Connection,
    actor: Actor,
    separation_id: str,
    asked: Check,
    *,
    service: Service,
) -> SeparationView:
    """Write down that one of the two files was looked at."""
    row = one(connection, actor, separation_id, to_change=True)
    if row.register_id != actor.organisation_id:
        raise DeniedError("Another company's.")
    if not row.separated_on <= asked.checked_on <= service.today():
        raise SeparationError("separation.day_to_come")
    mine = separation.c.separation_id == separation_id
    values = {f"{asked.side}_checked_on": asked.checked_on}
    connection.execute(separation.update().where(mine).values(values))
    subject = row.application_id if asked.side == "stays" else row.new_id
    append_sealed(
        connection,
        "separation.checked",
        subject,
        {"separation_id": separation_id},
        actor=actor,
        service=service,
        content={"on": asked.checked_on.isoformat()},
    )
    return view(one(connection, actor, separation_id))


def separations_of(connection: sa.Connection, actor: Actor) -> list[SeparationView]:
    """Separations of the company, those to look at first."""
    query = sa.select(separation).where(
        visible_to(actor, separation), separation.c.register_id == actor.organisation_id
    )
    rows = connection.execute(query.order_by(separation.c.separated_on.desc()))
    found = [view(row) for row in rows]
    return sorted(found, key=lambda s: bool(s.stays_checked_on and s.leaves_checked_on))


def one(
    connection: sa.Connection, actor: Actor, separation_id: str, *, to_change: bool = False
) -> Row:
    """A separation that exists for the actor."""
    query = sa.select(separation).where(
        visible_to(actor, separation), separation.c.separation_id == separation_id
    )
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("No such separation.")
    return found


def view(row: Row) -> SeparationView:
    """A separation as told to who must know it."""
    values = {n: getattr(row, n) for n in SeparationView.model_fields if n != "losses"}
    return SeparationView(**values, losses=json.loads(row.losses))


def _require_free(connection: sa.Connection, row: Row) -> None:
    """No change waits, no offer is open, the file is alive."""
    if row.status not in ACTIVE:
        raise StatusByProcedureError("Not an active application.")
    pending = sa.select(application_change.c.change_id).where(
        application_change.c.application_id == row.application_id,
        application_change.c.state.in_(PENDING),
    )
    if connection.scalar(pending) is not None:
        raise ChangePendingError("A change waits.")
    is_open = sa.select(offers.c.offer_id).where(
        offers.c.application_id == row.application_id, offers.c.answer == "open"
    )
    if connection.scalar(is_open) is not None:
        raise OfferOpenError("An offer is open.")


def _seniority(said: str, terms: Terms) -> tuple[str, str]:
    """What becomes of the seniority, and how that is established."""
    setting = load_rulebook(terms.rulebook).parameter(SENIORITY, terms.on, terms.settings)
    if setting.value is None:
        if not said:
            raise SeparationError("separation.seniority_not_set")
        return said, DECIDED
    if said and said != setting.value:
        raise SeparationError("separation.seniority_set", value=str(setting.value))
    return str(setting.value), setting.mark


def _two_files(
    before: Tables, asked: Separation, *, new_id: str, keeps: bool
) -> tuple[Tables, Tables]:
    members = before["household_members"]
    _require_parts({str(m["member_id"]) for m in members}, asked)
    fresh = {m: m for m in asked.leave} | {m: f"p-{secrets.token_hex(8)}" for m in asked.in_both}
    shared = {"lodging": "shared_recognised"}
    stay = [
        {**m, **(shared if m["member_id"] in asked.in_both else {})}
        for m in members
        if m["member_id"] not in asked.leave
    ]
    leave = [
        {
            **m,
            **(shared if m["member_id"] in asked.in_both else {}),
            "member_id": fresh[str(m["member_id"])],
        }
        for m in members
        if m["member_id"] in fresh
    ]
    goes = set(asked.facts_of_household)
    stays: Tables = {
        "applications": [{**before["applications"][0], "dependent_children": None}],
        "household_members": _with_applicant(stay),
        "facts": [f for f in before["facts"] if not _leaves(f, asked.leave, goes)],
        "choices": before["choices"],
    }
    leaves: Tables = {
        "applications": [_application(before["applications"][0], asked, keeps=keeps)],
        "household_members": _with_applicant(leave),
        "facts": [
            {**f, "member_id": fresh.get(str(f["member_id"]), "")}
            for f in before["facts"]
            if _leaves(f, [*asked.leave, *asked.in_both], goes)
        ],
        "choices": _choices(before["choices"], asked),
    }
    named_new: dict[str, Cell] = {"application_id": new_id}
    return stays, {table: [{**r, **named_new} for r in rows] for table, rows in leaves.items()}


def _require_parts(known: set[str], asked: Separation) -> None:
    """Everybody named is of the household, on one side or the other, and somebody stays."""
    unknown = {*asked.leave, *asked.in_both} - known
    if unknown:
        raise SeparationError("separation.unknown_member", member=", ".join(sorted(unknown)))
    if set(asked.leave) & set(asked.in_both):
        raise SeparationError("separation.leaves_and_in_both")
    if not known - set(asked.leave) - set(asked.in_both):
        raise SeparationError("separation.nobody_stays")


def _leaves(fact: dict[str, Cell], members: list[str], goes: set[str]) -> bool:
    return fact["member_id"] in members or (not fact["member_id"] and fact["fact"] in goes)


def _application(row: dict[str, Cell], asked: Separation, *, keeps: bool) -> dict[str, Cell]:
    """The application of those who leave: what was decided of the household alone stays behind."""
    own: dict[str, Cell] = {
        "dependent_children": None,
        "bedrooms_exception": None,
        "bedrooms_exception_reason": None,
        "appeal_won_on": None,
        "status_until_on": None,
    }
    if not keeps:
        own |= {"registered_on": asked.separated_on, "last_confirmed_on": None, "confirmations": 0}
    return {**row, **own}


def _with_applicant(members: Rows) -> Rows:
    """Where the applicant went, the partner applies; who else would is for the checks to say."""
    if any(m["role"] == "applicant" for m in members):
        return members
    partners = [m["member_id"] for m in members if m["role"] == "partner"]
    return [{**m, "role": "applicant"} if partners[:1] == [m["member_id"]] else m for m in members]


def _choices(before: Rows, asked: Separation) -> Rows:
    if not asked.choices:
        return before
    return [
        {"rank": n, "nis5": c.nis5, "section_id": c.section_id}
        for n, c in enumerate(asked.choices, start=1)
    ]


def _lost(before: Tables, after: Tables, terms: Terms) -> list[str]:
    """What the file of those who stay is worth less of: to be looked at, with them heard."""
    rulebook = load_rulebook(terms.rulebook)
    natures = str(rulebook.parameter("transfer_order", terms.on, terms.settings).value)
    was, now = ((application_from(rows), standing_on(rows, terms)) for rows in (before, after))
    return list(losses(was, now, natures=tuple(natures.split(","))))


def _tell(
    connection: sa.Connection, actor: Actor, values: dict[str, Any], *, service: Service
) -> None:
    """Two entries, one for each file; what joins them is sealed under each household's key."""
    day: date = values["separated_on"]
    link = {"separation_id": values["separation_id"], "with": values["new_id"]}
    append_sealed(
        connection,
        "separation.stays",
        values["application_id"],
        link,
        actor=actor,
        service=service,
        content={"losses": json.loads(values["losses"])},
    )
    link = link | {"with": values["application_id"], "separated_on": day.isoformat()}
    append_sealed(
        connection,
        "separation.leaves",
        values["new_id"],
        link,
        actor=actor,
        service=service,
        content={"seniority": values["seniority"], "mark": values["seniority_mark"]},
    )
