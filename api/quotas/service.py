"""
The sets of quotas of a register, and its ledger.

A set is decided as a whole, from a day on, with its legal basis; none is ever changed, a later
one takes its place. Every figure of the ledger is worked out by ``allocation.quotas``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, ClassVar

import numpy as np
import sqlalchemy as sa

from allocation.errors import HousingError, Problem, ProblemsError
from allocation.exchange.quota_set import examined_quotas
from allocation.model import Meeting, QuotaRule, Unused
from allocation.quotas import (
    Balance,
    Fate,
    balance,
    in_turn,
    ledger_rows,
    undone_rows,
)
from allocation.rules import load_rulebook
from api.access import AbsentError
from api.applications.work import touch
from api.auth.actor import Actor
from api.db.quota_sets import FROM_FILES, quotas_text, set_in_force
from api.db.register import Snapshot, read_register
from api.db.tables.quotas import quota_set
from api.journal import append
from api.journal.rows import vouched
from api.meetings.record import next_meeting
from api.quotas import queries
from api.quotas.passed_over import extra_waits, passed_over_in
from api.quotas.schemas import (
    BalanceView,
    CarryOver,
    ForecastView,
    LedgerRow,
    LedgerView,
    PassedOverView,
    QuotaSetEntry,
    QuotaSetView,
)
from api.service import Service

LEDGER = ("agreements", "allocations_ytd")
CHECKED = ("agreements", "dwellings", "vacancies")


class FrozenDayError(HousingError):
    """A meeting of that day, or of a later one, has been frozen: its quotas are fixed."""

    code: ClassVar[str] = "quota.day_is_frozen"


def set_quotas(
    connection: sa.Connection, actor: Actor, asked: QuotaSetEntry, *, service: Service
) -> QuotaSetView:
    """
    Decide the quotas of the actor's own register from a day on.

    Raises
    ------
    ProblemsError
        Everything the import would refuse of these quotas; a policy without its quota.
    FrozenDayError
        ``quota.day_is_frozen``.
    """
    register_id = actor.organisation_id
    touch(connection, register_id, actor=actor, service=service)
    frozen = queries.last_frozen_day(connection, actor, register_id)
    if frozen is not None and asked.in_force_from <= frozen:
        raise FrozenDayError("A meeting has been frozen.", frozen=frozen)
    quotas = _examined(connection, asked, register_id, today=service.today())
    before = queries.sets_of(connection, actor, register_id)
    values = {
        "register_id": register_id,
        "sequence": before[0].sequence + 1 if before else FROM_FILES + 1,
        "in_force_from": asked.in_force_from,
        "decided_on": asked.decided_on,
        "basis": asked.basis,
        "quotas": quotas_text(quotas),
        "carry_over": json.dumps([c.model_dump(mode="json") for c in asked.carry_over]),
        "actor_id": actor.actor_id,
        "recorded_at": service.now(),
    }
    connection.execute(quota_set.insert(), values)
    is_new = sa.and_(
        quota_set.c.register_id == register_id, quota_set.c.sequence == values["sequence"]
    )
    content = vouched(connection, quota_set, is_new) | {
        "sequence": values["sequence"],
        "in_force_from": asked.in_force_from.isoformat(),
        "decided_on": asked.decided_on.isoformat(),
        "basis": asked.basis,
        "quotas": json.loads(quotas_text(quotas)),
        "carry_over": [c.model_dump(mode="json") for c in asked.carry_over],
    }
    append(
        connection, "quotas.set", subject=register_id, actor=actor, now=service.now(),
        content=content,
    )  # fmt: skip
    return set_view(values)


def _examined(
    connection: sa.Connection, asked: QuotaSetEntry, register_id: str, *, today: date
) -> tuple[QuotaRule, ...]:
    """The quotas asked for, each with what becomes of its unused part."""
    begins = _without_meeting(register_id, asked.in_force_from)
    register = read_register(connection, register_id, meeting=begins, tables=CHECKED).register
    entries = [q.model_dump(by_alias=True, exclude_unset=True) for q in asked.quotas]
    problems = tuple(_problems(asked, examined_quotas(entries, register), today=today))
    if problems:
        raise ProblemsError(problems)
    # A policy is kept where the engine reads it: with its quota.
    said = {policy.quota_id: _unused_of(policy) for policy in asked.carry_over}
    entries = [e | {"unused": said[e["id"]]} if e["id"] in said else e for e in entries]
    return examined_quotas(entries, register)


def _problems(
    asked: QuotaSetEntry, quotas: tuple[QuotaRule, ...], *, today: date
) -> Iterator[Problem]:
    if not asked.decided_on <= min(asked.in_force_from, today):
        yield Problem.at("", 0, "decided_on", "quota.decided_after")
    kinds = {q.quota_id: q.kind for q in quotas}
    told = {q.quota_id for q in quotas if q.unused != Unused()}
    for idx, policy in enumerate(asked.carry_over):
        place = f"carry_over/{idx}"
        if kinds.get(policy.quota_id) != "floor":
            yield Problem.at("", 0, f"{place}/quota_id", "quota.carry_over_of_no_floor")
        if policy.quota_id in told:
            yield Problem.at("", 0, f"{place}/quota_id", "quota.carry_over_twice")
        told.add(policy.quota_id)
        if (policy.policy == "carry_over") != (policy.most is not None):
            yield Problem.at("", 0, f"{place}/most", "quota.carry_over_most")


def _unused_of(policy: CarryOver) -> dict[str, Any]:
    """A policy as `quotas.yaml` holds it."""
    values = policy.model_dump(exclude={"quota_id"}, exclude_none=True)
    return {name: value for name, value in values.items() if value != ""}


def sets_of(connection: sa.Connection, actor: Actor, register_id: str) -> tuple[QuotaSetView, ...]:
    """Every set of quotas of a register, the latest decided first, that of its files last."""
    from_files = {
        "register_id": register_id,
        "sequence": FROM_FILES,
        "in_force_from": None,
        "decided_on": None,
        "basis": "",
        "quotas": json.dumps(queries.quotas_of_files(connection, actor, register_id)),
        "carry_over": "[]",
    }
    decided = [dict(row._mapping) for row in queries.sets_of(connection, actor, register_id)]
    return tuple(set_view(values) for values in (*decided, from_files))


def set_view(values: dict[str, Any]) -> QuotaSetView:
    """A set as it is told, from the values of its row."""
    told = {name: json.loads(values[name]) for name in ("quotas", "carry_over")}
    return QuotaSetView.model_validate(values | told)


def ledger(
    connection: sa.Connection,
    actor: Actor,
    register_id: str,
    *,
    service: Service,
    with_waits: bool = False,
) -> LedgerView:
    """
    The balance of every quota in force, on the terms of the next meeting.

    ``with_waits``: with what each cost the general list in time this year, by size of dwelling.
    """
    found = _on_its_terms(connection, actor, register_id, service=service)
    register, meeting = found.snapshot.register, found.terms
    rulebook = load_rulebook(meeting.rulebook)
    in_force = set_in_force(connection, register_id, meeting.meeting_on)
    found_balances = [balance(register, rule, rulebook) for rule in register.quotas]
    items = [_balance_view(one) for one in found_balances]
    if with_waits:
        passed = passed_over_in(connection, actor, register_id, year=meeting.meeting_on.year)
        items = [
            one.model_copy(
                update={
                    "extra_waits": extra_waits(connection, actor, register_id, passed[one.quota_id])
                }
            )
            for one in items
        ]
    return LedgerView(
        register_id=register_id,
        version=found.snapshot.version,
        on_day=service.today(),
        meeting_on=meeting.meeting_on if found.is_planned else None,
        pacing=meeting.pacing,
        forecast=ForecastView.model_validate(meeting.forecast) if meeting.forecast else None,
        set_sequence=in_force.sequence if in_force else FROM_FILES,
        turn=tuple(found.opened.rule.quota_id for found in in_turn(found_balances)),
        items=tuple(items),
    )


def balances(
    connection: sa.Connection, actor: Actor, register_id: str, *, service: Service
) -> list[Balance]:
    """The balance of every quota in force, as the engine gives it."""
    found = _on_its_terms(connection, actor, register_id, service=service)
    register = found.snapshot.register
    rulebook = load_rulebook(found.terms.rulebook)
    return [balance(register, rule, rulebook) for rule in register.quotas]


def rows_behind(
    connection: sa.Connection,
    actor: Actor,
    register_id: str,
    quota_id: str,
    *,
    figure: str,
    service: Service,
) -> list[LedgerRow]:
    """
    The allocations a figure of the ledger counts, by identifier.

    Raises
    ------
    AbsentError
        ``access.absent``: no such quota in force.
    """
    found = _on_its_terms(connection, actor, register_id, service=service)
    register, rule = found.snapshot.register, found.rule(quota_id)
    behind = ledger_rows(register, rule, load_rulebook(found.terms.rulebook))
    counted = {"done": behind.members, "base": behind.base}.get(figure)
    if counted is None:
        counted = undone_rows(register, rule)
    allocations = register["allocations_ytd"]
    not_told = queries.names_not_told(connection, actor, register_id)
    told = []
    for idx in np.flatnonzero(counted).tolist():
        row = allocations.row(idx)
        name = row.pop("application_id")
        told.append(
            LedgerRow.model_validate({**row, "application_id": None if name in not_told else name})
        )
    return told


def passed_over(
    connection: sa.Connection, actor: Actor, register_id: str, quota_id: str, *, service: Service
) -> tuple[PassedOverView, ...]:
    """
    Whom a quota passed over at the meetings of the year, as their proposals name them.

    Raises
    ------
    AbsentError
        ``access.absent``: no such quota in force.
    """
    found = _on_its_terms(connection, actor, register_id, service=service)
    found.rule(quota_id)
    year = found.terms.meeting_on.year
    return tuple(passed_over_in(connection, actor, register_id, year=year)[quota_id])


@dataclass(frozen=True)
class _Terms:
    """The tables of a ledger, and the meeting they are read for."""

    snapshot: Snapshot
    terms: Meeting
    is_planned: bool

    def rule(self, quota_id: str) -> QuotaRule:
        """A quota in force; absent for any other name."""
        for rule in self.snapshot.register.quotas:
            if rule.quota_id == quota_id:
                return rule
        raise AbsentError("No such quota.")


def _on_its_terms(
    connection: sa.Connection, actor: Actor, register_id: str, *, service: Service
) -> _Terms:
    queries.require_register(connection, actor, register_id)
    terms, is_planned = terms_of_the_next_meeting(connection, register_id, service=service)
    snapshot = read_register(connection, register_id, meeting=terms, tables=LEDGER)
    return _Terms(snapshot, terms, is_planned)


def terms_of_the_next_meeting(
    connection: sa.Connection, register_id: str, *, service: Service
) -> tuple[Meeting, bool]:
    """The next meeting of a register, and whether one is planned: of today by default, if not."""
    planned = next_meeting(connection, register_id, today=service.today())
    return planned or _without_meeting(register_id, service.today()), planned is not None


def _without_meeting(register_id: str, on: date) -> Meeting:
    """The terms of a day on which no meeting is planned: every default, no forecast."""
    return Meeting(register_id, on, draw_seed=register_id, pseudonym_secret="")


def _balance_view(found: Balance) -> BalanceView:
    opened, fate = found.opened, found.fate
    rule = opened.rule
    left = asdict(fate) if fate else dict.fromkeys(f.name for f in fields(Fate))
    return BalanceView(
        quota_id=rule.quota_id,
        kind=rule.kind,
        label=dict(rule.label),
        share=None if found.share is None else str(found.share),
        year_seats=opened.whole,
        meeting_seats=rule.seats,
        mark=opened.mark,
        source=rule.source,
        base=rule.base,
        previous_base=rule.previous_base,
        base_done=opened.base_done,
        carried_in=found.carried_in,
        done=found.done,
        undone=found.undone,
        due=found.due,
        remaining=found.remaining,
        free_places=opened.places,
        year_base=found.year_base,
        year_due=found.year_due,
        year_remaining=found.year_remaining,
        to_come=found.to_come,
        is_reachable=found.is_reachable,
        carry_over=CarryOver(quota_id=rule.quota_id, **asdict(rule.unused)),
        received=opened.received,
        **left,
    )
