"""The two sides of a comparison, each a meeting held on the same register."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from allocation.errors import HousingError, Problem, ProblemsError
from allocation.exchange.entries import quota_values
from allocation.exchange.quota_set import examined_quotas
from allocation.model import Meeting, QuotaRule, Register, Setting
from allocation.proposal import Session, prepare, problems_before_proposing
from allocation.proposal.rounds import run_rounds
from allocation.proposal.serial_session import run_serial
from allocation.quotas import Resolved
from allocation.rules import Assessments, Rulebook, evaluate_register, load_rulebook
from allocation.rules.rulebook import RulebookError
from allocation.rules.yaml_file import Place
from scenarios.reform.reform_file import QuotaChanges, Reform

BASIS = "reform"
_FLOOR_OF_A_COMMUNE = "quota.floor_of_a_commune"


class ReformError(HousingError):
    """The register cannot be compared: it has no meeting, or both sides are the same."""

    code: ClassVar[str] = "reform.no_difference"


@dataclass(frozen=True, eq=False)
class Arm:
    """One side: the register with its meeting and quotas, and the rules."""

    label: Mapping[str, str]
    register: Register
    rulebook: Rulebook

    @property
    def meeting(self) -> Meeting:
        """Its meeting."""
        if self.register.meeting is None:
            raise ReformError("This register has no meeting.yaml.")
        return self.register.meeting


@dataclass(frozen=True, eq=False)
class Held:
    """
    One side, its meeting held: ``assignment`` household position -> dwelling.

    ``used``: members served of each quota, in the order of ``resolved``.
    """

    arm: Arm
    assessments: Assessments
    session: Session
    assignment: Mapping[int, str]
    resolved: tuple[Resolved, ...]
    used: tuple[int, ...]


def arms(register: Register, reform: Reform, *, on: date) -> tuple[Arm, Arm]:
    """
    The register as it is, and under the reform, on that day.

    Both have the same vacancies, the same day and the same draw.

    Raises
    ------
    ProblemsError
        ``meeting.missing``; ``reform.unknown_quota``, ``reform.quota_exists``; settings and
        quotas the import would refuse.
    ReformError
        ``reform.no_difference``: both sides hold the same meeting.
    """
    if register.meeting is None:
        raise ProblemsError([Problem.at("meeting.yaml", 0, "", "meeting.missing")])
    meeting = replace(register.meeting, meeting_on=on)
    register = replace(register, meeting=meeting)
    rulebook = load_rulebook(meeting.rulebook)
    before = Arm(rulebook.label.model_dump(), register, rulebook)
    book = reform.rulebook or rulebook
    settings = _settings(meeting, reform, book)
    changed = replace(register, meeting=replace(meeting, settings=settings))
    quotas = _quotas(changed, reform)
    changed = replace(changed, quotas=tuple(sorted(quotas, key=lambda q: q.quota_id)))
    if (book.content_hash, settings, changed.quotas) == (
        rulebook.content_hash,
        meeting.settings,
        register.quotas,
    ):
        raise ReformError("Both sides are the same: nothing would change.")
    after = Arm(reform.label, changed, book)
    for arm in (before, after):
        problems = problems_before_proposing(arm.register, arm.rulebook)
        found = [p for p in problems if p.code == _FLOOR_OF_A_COMMUNE]
        if found:
            raise ProblemsError(found)
    return before, after


def hold(arm: Arm) -> Held:
    """
    Apply the rules to the whole register and solve the meeting, exactly as for the committee.

    Raises
    ------
    InfeasibleError
        ``matching.infeasible``: hard floors and caps cannot hold together.
    """
    meeting = arm.meeting
    assessments = evaluate_register(
        arm.rulebook, arm.register, meeting.meeting_on, settings=meeting.settings
    )
    session = prepare(arm.register, arm.rulebook, assessments)
    outcome = run_rounds(session, meeting.levels)
    assignment: Mapping[int, str] = outcome.assignment
    if meeting.mode == "serial":
        assignment = run_serial(session, outcome.resolved)
    used = tuple(
        sum(session.members[p] >> i & 1 for p in assignment if _counts(session, r, assignment[p]))
        for i, r in enumerate(outcome.resolved)
    )
    return Held(arm, assessments, session, assignment, outcome.resolved, used)


def _counts(session: Session, quota: Resolved, dwelling: str) -> bool:
    place = quota.rule.nis5
    return not place or session.types[session.type_of[dwelling]].nis5 == place


def _settings(meeting: Meeting, reform: Reform, book: Rulebook) -> tuple[Setting, ...]:
    """The switches of the meeting, those of the reform in the place of the same ones."""
    problems = []
    fixed = {}
    for key, value in reform.settings.items():
        setting = Setting(key, value, BASIS, meeting.meeting_on)
        try:
            book.check_settings([setting])
            fixed[book.setting_key(setting)] = setting
        except RulebookError as refusal:
            problems.append(_problem(reform, ("settings", key), refusal.code, **refusal.context))
    if problems:
        raise ProblemsError(problems)
    kept = tuple(s for s in meeting.settings if book.setting_key(s) not in fixed)
    return (*kept, *fixed.values())


def _quotas(register: Register, reform: Reform) -> tuple[QuotaRule, ...]:
    changes = reform.quotas
    if changes is None:
        return register.quotas
    entries = {q.quota_id: quota_values(q) for q in register.quotas}
    problems = _unknown(changes, entries, reform)
    if problems:
        raise ProblemsError(problems)
    for quota_id, fields in changes.change.items():
        entries[quota_id] = _changed(entries[quota_id], fields)
    for quota_id in changes.remove:
        del entries[quota_id]
    added = [dict(entry) for entry in changes.add]
    try:
        return examined_quotas([*entries.values(), *added], register)
    except ProblemsError as faults:
        names = [*entries, *(str(a.get("id", "")) for a in added)]
        found = [_in_the_reform(p, names, len(entries), reform) for p in faults.problems]
        raise ProblemsError(found) from None


# How many, said in one way: another way takes its place.
_AMOUNTS = ("share", "parameter", "seats", "period_seats", "from_agreement")


def _changed(entry: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        name: value
        for name, value in entry.items()
        if not (name in _AMOUNTS and any(f in _AMOUNTS for f in fields))
    }
    return {**kept, "mark": "assumed", **fields}


def _unknown(changes: QuotaChanges, entries: Mapping[str, Any], reform: Reform) -> list[Problem]:
    found = []
    asked: list[tuple[Place, str]] = [(("quotas", "change", q), q) for q in changes.change]
    asked += [(("quotas", "remove", i), q) for i, q in enumerate(changes.remove)]
    for place, quota_id in asked:
        if quota_id not in entries:
            near = next(iter(difflib.get_close_matches(quota_id, entries, n=1)), "")
            facts = {"name": quota_id, "suggestion": near}
            found.append(_problem(reform, place, "reform.unknown_quota", **facts))
    return found


def _in_the_reform(problem: Problem, names: list[str], n_kept: int, reform: Reform) -> Problem:
    """A fault of the quotas put together, at the line of the reform it comes from."""
    steps = problem.column.split("/")
    if len(steps) < 2 or not steps[1].isdigit():
        return problem
    i, rest = int(steps[1]), tuple(steps[2:])
    inside: Place = ("change", names[i]) if i < n_kept else ("add", i - n_kept)
    return _problem(reform, ("quotas", *inside, *rest), problem.code, **dict(problem.facts))


def _problem(reform: Reform, place: Place, code: str, **facts: object) -> Problem:
    if reform.place is None:
        return Problem.at("--against", 0, ".".join(map(str, place)), code, **facts)
    return reform.place.file.problem(place, code, **facts)
