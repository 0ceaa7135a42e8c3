"""
A relais social: members who signed its charter, priorities, a shared queue, a yearly report.

Whoever keeps the network is an organisation like the others: it reads an entry of the queue only
when the person named it.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.accompaniment.directory import DirectoryError, needs
from allocation.accompaniment.referrals import QUEUE
from allocation.errors import HousingError
from allocation.small_cells import FEWEST_SHOWN, hidden
from allocation.territory import communes
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.orientation import (
    case_conference,
    network_member,
    network_priority,
    queue_entry,
    queue_reader,
)
from api.journal import append
from api.orientation.schemas import (
    ConferenceEntry,
    CountView,
    MemberEntry,
    MemberView,
    NetworkReport,
    NetworkView,
    PriorityEntry,
    PriorityView,
    QueueAct,
    QueueEntry,
)
from api.procedures.appeals import DayToComeError
from api.service import Service


class NetworkError(HousingError):
    """
    What is asked of a network is not the caller's to ask.

    ``network.not_a_member``, ``network.not_the_network``, ``network.present``;
    ``queue.not_agreed``; ``conference.no_legal_basis``.
    """

    code: ClassVar[str] = "network.not_a_member"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def network(connection: sa.Connection, actor: Actor, network_id: str) -> NetworkView:
    """A network, to its members."""
    name = _name(connection, actor, network_id)
    members = connection.execute(
        sa.select(network_member, organisation.c.name)
        .join(organisation, organisation.c.organisation_id == network_member.c.member_id)
        .where(network_member.c.network_id == network_id)
        .order_by(network_member.c.member_id)
    )
    views = [MemberView.model_validate(row) for row in members]
    return NetworkView(
        network_id=network_id,
        name=name,
        members=views,
        priorities=_priorities(connection, network_id),
    )


def add_member(
    connection: sa.Connection,
    actor: Actor,
    network_id: str,
    asked: MemberEntry,
    *,
    service: Service,
) -> None:
    """Somebody signed the charter; written down by the network itself."""
    _refuse_others(actor, network_id)
    refuse_day_to_come(asked.charter_signed_on, service)
    if _organisation_name(connection, asked.member_id) is None:
        raise AbsentError("No such organisation.")
    if asked.member_id in members_on(connection, network_id, service.today()):
        raise NetworkError("network.present", "A member already.")
    mine = sa.and_(
        network_member.c.network_id == network_id, network_member.c.member_id == asked.member_id
    )
    connection.execute(network_member.delete().where(mine))
    connection.execute(network_member.insert(), asked.model_dump() | {"network_id": network_id})
    _tell(connection, "network.joined", network_id, actor, service, {"member": asked.member_id})


def set_priority(
    connection: sa.Connection,
    actor: Actor,
    network_id: str,
    asked: PriorityEntry,
    *,
    service: Service,
) -> None:
    """A priority of a year; the same code again replaces its words."""
    _refuse_others(actor, network_id)
    mine = sa.and_(
        network_priority.c.network_id == network_id,
        network_priority.c.year == asked.year,
        network_priority.c.code == asked.code,
    )
    connection.execute(network_priority.delete().where(mine))
    connection.execute(network_priority.insert(), asked.model_dump() | {"network_id": network_id})
    _tell(connection, "network.priority", network_id, actor, service, asked.model_dump())


def queue(connection: sa.Connection, actor: Actor, network_id: str, *, on: date) -> list[Row]:
    """Entries of the queue that exist for the actor on a day: owned, or named, and not over."""
    _name(connection, actor, network_id)
    query = sa.select(queue_entry).where(
        visible_to(actor, queue_entry),
        queue_entry.c.network_id == network_id,
        queue_entry.c.until_on >= on,
        queue_entry.c.ended_on.is_(None),
    )
    return list(connection.execute(query.order_by(queue_entry.c.agreed_on, queue_entry.c.entry_id)))


def put(
    connection: sa.Connection, actor: Actor, network_id: str, asked: QueueEntry, *, service: Service
) -> Row:
    """
    Put a situation in the queue, with the person's agreement, for the members they named.

    Raises
    ------
    NetworkError
        ``queue.not_agreed``, ``network.not_a_member``.
    DirectoryError
        ``directory.unknown_code``, ``directory.unknown_commune``.
    """
    today = service.today()
    _name(connection, actor, network_id)
    if asked.agreed_on > today or asked.until_on < today:
        raise NetworkError("queue.not_agreed", "With their agreement, until a day to come.")
    if asked.need not in needs():
        known = ", ".join(needs())
        raise DirectoryError("directory.unknown_code", "No need.", value=asked.need, valid=known)
    if asked.nis5 not in communes():
        raise DirectoryError("directory.unknown_commune", "No commune.", value=asked.nis5)
    members = members_on(connection, network_id, today)
    if not set(asked.readers) <= members:
        raise NetworkError("network.not_a_member", "Only members can be named.")
    entry_id = f"que-{secrets.token_hex(8)}"
    values = asked.model_dump(exclude={"readers"}) | {
        "entry_id": entry_id,
        "network_id": network_id,
        "owner_id": actor.organisation_id,
        "state": QUEUE.initial,
    }
    connection.execute(queue_entry.insert(), values)
    named = [{"entry_id": entry_id, "member_id": one} for one in sorted(set(asked.readers))]
    connection.execute(queue_reader.insert(), named)
    _tell(connection, "queue.act", entry_id, actor, service, {})
    return _entry(connection, actor, entry_id, on=today)


def act_on(
    connection: sa.Connection, actor: Actor, entry_id: str, asked: QueueAct, *, service: Service
) -> Row:
    """
    A named member takes an entry up and owns it; its owner closes it; the person leaves.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``.
    NetworkError
        ``network.not_a_member``: an act of the owner by somebody else.
    """
    row = _entry(connection, actor, entry_id, on=service.today())
    refuse_day_to_come(asked.on, service)
    state = QUEUE.after(row.state, asked.act)
    if asked.act != "take_up" and actor.organisation_id != row.owner_id:
        raise NetworkError("network.not_a_member", "Its owner's.")
    values: dict[str, Any] = {"state": state, "owner_id": actor.organisation_id}
    if not QUEUE.possible(state):
        values |= {"ended_on": asked.on, "alias": ""}
    mine = queue_entry.c.entry_id == entry_id
    connection.execute(queue_entry.update().where(mine).values(values))
    _tell(connection, "queue.act", entry_id, actor, service, {})
    return connection.execute(sa.select(queue_entry).where(mine)).one()


def confer(
    connection: sa.Connection,
    actor: Actor,
    entry_id: str,
    asked: ConferenceEntry,
    *,
    service: Service,
) -> str:
    """
    Write down that a case conference was held, with the text it rests on.

    Raises
    ------
    NetworkError
        ``conference.no_legal_basis``; ``network.not_a_member``: somebody present was not named.
    """
    row = _entry(connection, actor, entry_id, on=service.today())
    refuse_day_to_come(asked.held_on, service)
    if not (asked.legal_article.strip() and asked.legal_act.strip() and asked.legal_on):
        raise NetworkError("conference.no_legal_basis", "Which text allows it?")
    named = sa.select(queue_reader.c.member_id).where(queue_reader.c.entry_id == entry_id)
    if not set(asked.present) <= {row.owner_id, *connection.scalars(named)}:
        raise NetworkError("network.not_a_member", "Only whom the person named.")
    conference_id = f"cnf-{secrets.token_hex(8)}"
    values = asked.model_dump() | {
        "conference_id": conference_id,
        "entry_id": entry_id,
        "held_by": actor.organisation_id,
        "present": json.dumps(sorted(set(asked.present))),
    }
    connection.execute(case_conference.insert(), values)
    basis = {"article": asked.legal_article, "act": asked.legal_act}
    _tell(connection, "conference.held", conference_id, actor, service, basis)
    return conference_id


def report(connection: sa.Connection, actor: Actor, network_id: str, year: int) -> NetworkReport:
    """
    A year of the network from its data, for its members: figures, never an entry.

    What counts fewer than ten is told like nothing at all: a member would learn that there is an
    entry it was not named for.
    """
    _name(connection, actor, network_id)
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = list(
        connection.execute(
            sa.select(queue_entry.c.need, queue_entry.c.nis5, queue_entry.c.state).where(
                queue_entry.c.network_id == network_id,
                queue_entry.c.agreed_on.between(first, last),
            )
        )
    )
    joined = sa.select(network_member.c.charter_signed_on).where(
        network_member.c.network_id == network_id
    )
    conferences = (
        sa.select(sa.func.count())
        .select_from(case_conference.join(queue_entry))
        .where(
            queue_entry.c.network_id == network_id, case_conference.c.held_on.between(first, last)
        )
    )
    counts = {n: Counter(str(getattr(r, n)) for r in rows) for n in ("need", "nis5", "state")}
    return NetworkReport(
        network_id=network_id,
        year=year,
        members=len(members_on(connection, network_id, last)),
        joined=sum(first <= day <= last for day in connection.scalars(joined)),
        entries=_shown(len(rows)),
        by_need=_cells(counts["need"]),
        by_commune=_cells(counts["nis5"]),
        by_state=_cells(counts["state"]),
        conferences=_shown(int(connection.scalar(conferences) or 0)),
        priorities=[p for p in _priorities(connection, network_id) if p.year == year],
    )


def members_on(connection: sa.Connection, network_id: str, on: date) -> set[str]:
    """Members of a network on a day; the network itself is one."""
    query = sa.select(network_member.c.member_id).where(
        network_member.c.network_id == network_id,
        network_member.c.charter_signed_on <= on,
        sa.or_(network_member.c.left_on.is_(None), network_member.c.left_on > on),
    )
    return {network_id, *connection.scalars(query)}


def refuse_day_to_come(on: date, service: Service) -> None:
    """
    Refuse a day to come.

    Raises
    ------
    DayToComeError
        ``procedure.day_to_come``.
    """
    if on > service.today():
        raise DayToComeError("Not yet.")


def _cells(counts: Counter[str]) -> list[CountView]:
    closed = hidden(counts)
    return [CountView(key=k, n=n) for k, n in sorted(counts.items()) if k not in closed]


def _shown(n: int) -> int | None:
    return n if n >= FEWEST_SHOWN else None


def _entry(connection: sa.Connection, actor: Actor, entry_id: str, *, on: date) -> Row:
    query = sa.select(queue_entry).where(
        visible_to(actor, queue_entry),
        queue_entry.c.entry_id == entry_id,
        queue_entry.c.until_on >= on,
    )
    found = connection.execute(query.with_for_update()).one_or_none()
    if found is None:
        raise AbsentError("Nothing of that name.")
    return found


def _name(connection: sa.Connection, actor: Actor, network_id: str) -> str:
    """The name of a network the actor is a member of; for anybody else there is none."""
    mine = sa.select(network_member.c.member_id).where(
        visible_to(actor, network_member), network_member.c.network_id == network_id
    )
    if actor.organisation_id != network_id and connection.execute(mine).first() is None:
        raise AbsentError("No such network.")
    return str(_organisation_name(connection, network_id))


def _organisation_name(connection: sa.Connection, organisation_id: str) -> str | None:
    mine = organisation.c.organisation_id == organisation_id
    return connection.scalar(sa.select(organisation.c.name).where(mine))


def _refuse_others(actor: Actor, network_id: str) -> None:
    if actor.organisation_id != network_id:
        raise NetworkError("network.not_the_network", "The network's own act.")


def _priorities(connection: sa.Connection, network_id: str) -> list[PriorityView]:
    query = sa.select(network_priority).where(network_priority.c.network_id == network_id)
    ordered = query.order_by(network_priority.c.year, network_priority.c.code)
    return [PriorityView.model_validate(row) for row in connection.execute(ordered)]


def _tell(
    connection: sa.Connection,
    act: str,
    subject: str,
    actor: Actor,
    service: Service,
    content: Mapping[str, object],
) -> None:
    append(connection, act, subject=subject, actor=actor, now=service.now(), content=content)
