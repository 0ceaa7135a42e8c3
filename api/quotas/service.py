"""
The sets of quotas of a register, and its ledger.

A set is decided as a whole, from a day on, with its legal basis; none is ever changed, a later
one takes its place. Every figure of the ledger is worked out by ``allocation.quotas``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np
import sqlalchemy as sa

from allocation.errors import HousingError, Problem, ProblemsError
from allocation.exchange.entries import quota_values
from allocation.exchange.quota_set import examined_quotas
from allocation.model import Meeting, QuotaRule
from allocation.quotas import Balance, balance, ledger_rows
from allocation.rules import load_rulebook
from api.access import AbsentError
from api.applications.work import touch
from api.auth.actor import Actor
from api.db.quota_sets import FROM_FILES, quotas_text, set_in_force
from api.db.register import Snapshot, read_register
from api.db.tables.quotas import quota_set
from api.journal import append
from api.meetings.record import next_meeting
from api.quotas import queries
from api.quotas.schemas import (
    BalanceView,
    CarryOver,
    ForecastView,
    LedgerRow,
    LedgerView,
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
    begins = _without_meeting(register_id, asked.in_force_from)
    register = read_register(connection, register_id, meeting=begins, tables=CHECKED).register
    entries = [q.model_dump(by_alias=True, exclude_unset=True) for q in asked.quotas]
    quotas = examined_quotas(entries, register)
    problems = tuple(_problems(asked, quotas, today=service.today()))
    if problems:
        raise ProblemsError(problems)
    before = queries.sets_of(connection, actor, register_id)
    values = {
        "register_id": register_id,
        "sequence": before[0].sequence + 1 if before else FROM_FILES + 1,
        "in_force_from": asked.in_force_from,
        "decided_on": asked.decided_on,
        "basis": asked.basis,
        "quotas": quotas_text(quotas),
        "carry_over": json.dumps([c.model_dump() for c in asked.carry_over]),
        "actor_id": actor.actor_id,
        "recorded_at": service.now(),
    }
    connection.execute(quota_set.insert(), values)
    content = {
        "sequence": values["sequence"],
        "in_force_from": asked.in_force_from.isoformat(),
        "decided_on": asked.decided_on.isoformat(),
        "basis": asked.basis,
        "quotas": [quota_values(q) for q in quotas],
        "carry_over": [c.model_dump() for c in asked.carry_over],
    }
    append(
        connection, "quotas.set", subject=register_id, actor=actor, now=service.now(),
        content=content,
    )  # fmt: skip
    return set_view(values)


def _problems(
    asked: QuotaSetEntry, quotas: tuple[QuotaRule, ...], *, today: date
) -> Iterator[Problem]:
    if not asked.decided_on <= min(asked.in_force_from, today):
        yield Problem.at("", 0, "decided_on", "quota.decided_after")
    kinds = {q.quota_id: q.kind for q in quotas}
    told: set[str] = set()
    for idx, policy in enumerate(asked.carry_over):
        place = f"carry_over/{idx}"
        if kinds.get(policy.quota_id) != "floor":
            yield Problem.at("", 0, f"{place}/quota_id", "quota.carry_over_of_no_floor")
        if policy.quota_id in told:
            yield Problem.at("", 0, f"{place}/quota_id", "quota.carry_over_twice")
        told.add(policy.quota_id)
        if (policy.policy == "carry_over") != (policy.most is not None):
            yield Problem.at("", 0, f"{place}/most", "quota.carry_over_most")


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
    connection: sa.Connection, actor: Actor, register_id: str, *, service: Service
) -> LedgerView:
    """The balance of every quota in force, on the terms of the next meeting."""
    found = _on_its_terms(connection, actor, register_id, service=service)
    register, meeting = found.snapshot.register, found.terms
    rulebook = load_rulebook(meeting.rulebook)
    in_force = set_in_force(connection, register_id, meeting.meeting_on)
    policies = {c["quota_id"]: CarryOver(**c) for c in in_force.carry_over} if in_force else {}
    items = tuple(
        _balance_view(
            balance(register, rule, rulebook),
            policies.get(rule.quota_id, CarryOver(quota_id=rule.quota_id, policy="lapse")),
        )
        for rule in register.quotas
    )
    return LedgerView(
        register_id=register_id,
        version=found.snapshot.version,
        on_day=service.today(),
        meeting_on=meeting.meeting_on if found.is_planned else None,
        pacing=meeting.pacing,
        forecast=ForecastView.model_validate(meeting.forecast) if meeting.forecast else None,
        set_sequence=in_force.sequence if in_force else FROM_FILES,
        items=items,
    )


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
    register = found.snapshot.register
    rule = next((q for q in register.quotas if q.quota_id == quota_id), None)
    if rule is None:
        raise AbsentError("No such quota.")
    behind = ledger_rows(register, rule, load_rulebook(found.terms.rulebook))
    counted = behind.members if figure == "done" else behind.base
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


@dataclass(frozen=True)
class _Terms:
    """The tables of a ledger, and the meeting they are read for."""

    snapshot: Snapshot
    terms: Meeting
    is_planned: bool


def _on_its_terms(
    connection: sa.Connection, actor: Actor, register_id: str, *, service: Service
) -> _Terms:
    queries.require_register(connection, actor, register_id)
    planned = next_meeting(connection, register_id, today=service.today())
    terms = planned or _without_meeting(register_id, service.today())
    snapshot = read_register(connection, register_id, meeting=terms, tables=LEDGER)
    return _Terms(snapshot, terms, planned is not None)


def _without_meeting(register_id: str, on: date) -> Meeting:
    """The terms of a day on which no meeting is planned: every default, no forecast."""
    return Meeting(register_id, on, draw_seed=register_id, pseudonym_secret="")


def _balance_view(found: Balance, policy: CarryOver) -> BalanceView:
    opened = found.opened
    rule = opened.rule
    owed = found.year_remaining if rule.kind == "floor" else None
    carried = None if owed is None else min(max(0, owed), policy.most or 0)
    return BalanceView(
        quota_id=rule.quota_id,
        kind=rule.kind,
        label=dict(rule.label),
        share=None if opened.share is None else str(opened.share),
        year_seats=opened.whole,
        meeting_seats=rule.seats,
        mark=opened.mark,
        source=rule.source,
        base=rule.base,
        base_done=opened.base_done,
        done=found.done,
        due=found.due,
        remaining=found.remaining,
        free_places=opened.places,
        year_base=found.year_base,
        year_due=found.year_due,
        year_remaining=found.year_remaining,
        to_come=found.to_come,
        is_reachable=found.is_reachable,
        carry_over=policy,
        carried=carried,
        lapsed=None if owed is None or carried is None else max(0, owed) - carried,
    )
