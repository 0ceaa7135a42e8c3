"""What must be confirmed before anything is proposed on a real register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allocation.errors import Problem
from allocation.model.meeting import Meeting
from allocation.model.quota import QuotaRule
from allocation.model.register import Register
from allocation.rules.rulebook import Rulebook

CONFIRMERS = 2
REGISTER, MEETING, AGREEMENTS = "register.yaml", "meeting.yaml", "agreements.csv"


def problems_before_proposing(register: Register, rulebook: Rulebook) -> tuple[Problem, ...]:
    """
    Everything missing before ``propose`` may run, all at once (empty when ready).

    On any register a partner's seat on the flow needs a basis (on a demo one it may be marked
    fictional), and only a maximum may be limited to one commune: no text read asks for a
    minimum there, and the exact answer would take minutes. On a real one two named persons must
    have confirmed, for the year and with its source, every value in use, and the settings of the
    meeting must have a basis and a date not after the meeting.
    """
    meeting = register.meeting
    if meeting is None:
        return (Problem.at(MEETING, 0, "", "meeting.missing"),)
    found = [p for rule in register.quotas for p in _basis(register, rule)]
    found += [
        Problem.at(
            "quotas.yaml", 0, rule.quota_id, "quota.floor_of_a_commune", quota_id=rule.quota_id
        )
        for rule in register.quotas
        if rule.kind == "floor" and rule.nis5 and not rule.is_of_the_ledger
    ]
    if register.kind == "real":
        found += _unconfirmed(register, rulebook, meeting)
        found += _settings(meeting)
    return tuple(sorted(found))


def has_legal_basis(agreement: Mapping[str, Any], *, kind: str) -> bool:
    """Whether it rests on an article, an act and a date; true ones in a real register."""
    allowed = ("recorded",) if kind == "real" else ("recorded", "fictional")
    complete = (agreement["legal_article"], agreement["authorising_act"], agreement["signed_on"])
    return agreement["basis"] in allowed and all(complete)


def _basis(register: Register, rule: QuotaRule) -> list[Problem]:
    """A floor for partners rests on an article, an act and dates, for each agreement it counts."""
    if rule.kind != "floor":
        return []
    agreements = register["agreements"]
    named = {rule.group.agreement_id, *rule.agreement_ids} & agreements.index.keys()
    # An unknown agreement is a fault of the register, reported with the others.
    rows = {agreement_id: agreements.index[agreement_id][0] for agreement_id in sorted(named)}
    return [
        Problem.at(
            AGREEMENTS,
            row + 2,
            "basis",
            "quota.no_legal_basis",
            quota_id=rule.quota_id,
            agreement_id=agreement_id,
        )
        for agreement_id, row in rows.items()
        if not has_legal_basis(agreements.row(row), kind=register.kind)
    ]


def _unconfirmed(register: Register, rulebook: Rulebook, meeting: Meeting) -> list[Problem]:
    confirmed = {
        c.key
        for c in register.confirmations
        if c.year == meeting.meeting_on.year
        and len(set(c.confirmed_by)) >= CONFIRMERS
        and c.source
        and c.confirmed_on <= meeting.meeting_on
    }
    needed = [*rulebook.values_in_use(meeting.meeting_on, meeting.settings)]
    needed += [f"quotas.{q.quota_id}" for q in register.quotas if not q.parameter]
    return [
        Problem.at(
            REGISTER,
            0,
            "confirmations",
            "register.value_not_confirmed",
            key=key,
            year=meeting.meeting_on.year,
        )
        for key in needed
        if key not in confirmed
    ]


def _settings(meeting: Meeting) -> list[Problem]:
    found = []
    if not meeting.settings_basis:
        found.append(Problem.at(MEETING, 0, "settings_basis", "meeting.settings_without_basis"))
    decided = meeting.settings_decided_on
    if decided is None or decided > meeting.meeting_on:
        found.append(Problem.at(MEETING, 0, "settings_decided_on", "meeting.settings_decided_late"))
    return found
