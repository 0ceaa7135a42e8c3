"""The allocations of the year behind a quota: its members, its base, and those undone since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocation.model.meeting import Meeting
from allocation.model.quota import QuotaRule
from allocation.model.register import Register
from allocation.rules.rulebook import Rulebook

DEROGATIONS = "derogation_"

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LedgerRows:
    """Rows of the ledger behind a quota: its members and its base; each (n,) bool."""

    members: Flags
    base: Flags


def ledger_rows(register: Register, rule: QuotaRule, rulebook: Rulebook) -> LedgerRows:
    """The allocations of the year that a quota counts, and those its share is taken of."""
    with_transfers = register.meeting is None or counts_transfers(rule, rulebook, register.meeting)
    counted = _counted(register, rule, rulebook, with_transfers=with_transfers)
    rules = [rule, *(q for q in register.quotas if q.quota_id in rule.also_counts)]
    members = counted & np.logical_or.reduce([_members(register, one) for one in rules])
    return LedgerRows(members, counted & _of_base(register, rule))


def transfers_left_out(register: Register, rule: QuotaRule, rulebook: Rulebook) -> Flags:
    """Transfers of the year that would be in the base if the law counted them; each (n,) bool."""
    every = _counted(register, rule, rulebook, with_transfers=True)
    return every & _of_base(register, rule) & ~ledger_rows(register, rule, rulebook).base


def _of_base(register: Register, rule: QuotaRule) -> Flags:
    if rule.base == "vacated":
        return _is(register, "origin", "vacated")
    return np.ones(len(register["allocations_ytd"]), dtype=np.bool_)


def undone_rows(register: Register, rule: QuotaRule) -> Flags:
    """Allocations the quota counted until they were undone, each (n,) bool; their rows stay."""
    undone = ~_stands(register) & _members(register, rule)
    return undone & _is(register, "nis5", rule.nis5) if rule.nis5 else undone


def counts_transfers(rule: QuotaRule, rulebook: Rulebook, meeting: Meeting) -> bool:
    """Whether transfers are members of the quota and part of its base (U16)."""
    if rule.group.list or rule.group.agreement_id or rule.is_of_the_ledger:
        return True
    key = "quota.count_transfers"
    return bool(rulebook.parameter(key, meeting.meeting_on, meeting.settings).value)


def _is(register: Register, column: str, value: str) -> Flags:
    """Rows of the ledger whose column holds that value."""
    ledger = register["allocations_ytd"]
    kind = ledger.schema.column(column)
    wanted = kind.choices.index(value) if kind.kind == "choice" else value
    found: Flags = ledger[column] == wanted
    return found


def _counted(
    register: Register, rule: QuotaRule, rulebook: Rulebook, *, with_transfers: bool
) -> Flags:
    """Allocations of the year the base may count: same commune, derogations as the law says."""
    meeting = register.meeting
    counted = _stands(register)
    if rule.nis5:
        counted &= _is(register, "nis5", rule.nis5)
    if not with_transfers:
        counted &= ~_is(register, "list", "transfer")
    key = "quota.count_derogations"
    if meeting and not rulebook.parameter(key, meeting.meeting_on, meeting.settings).value:
        for channel in register["allocations_ytd"].schema.column("channel").choices:
            if channel.startswith(DEROGATIONS):
                counted &= ~_is(register, "channel", channel)
    return counted


def _stands(register: Register) -> Flags:
    """Allocations not undone by the day of the meeting (by any day without one)."""
    undone: Flags = register["allocations_ytd"]["undone_on"]
    stands: Flags = np.isnat(undone)
    if register.meeting is not None:
        stands |= undone > np.datetime64(register.meeting.meeting_on)
    return stands


def _members(register: Register, rule: QuotaRule) -> Flags:
    """Allocations of the year that meet every condition of a quota."""
    group = rule.group
    members = np.ones(len(register["allocations_ytd"]), dtype=np.bool_)
    if group.income_categories:
        categories = [_is(register, "income_category", str(c)) for c in group.income_categories]
        members &= np.logical_or.reduce(categories)
    if group.list:
        members &= _is(register, "list", group.list)
    if group.agreement_id:
        members &= _is(register, "agreement_id", group.agreement_id)
    for column, wanted in (("agreement_id", rule.agreement_ids), ("channel", rule.channels)):
        if wanted:
            members &= np.logical_or.reduce([_is(register, column, name) for name in wanted])
    return members
