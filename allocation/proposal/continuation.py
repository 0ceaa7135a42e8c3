"""
After the meeting: refusals, silences and withdrawals, answered from the offers already made.

Nobody who has an offer loses it. Day by day the answers free dwellings; all that is free is let
again to those who remain, everything else locked, under the seats settled at the meeting. What a
whole new meeting would have given is reported beside it and never applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from allocation.errors import ProblemsError
from allocation.model.continuation import (
    ACCEPTED,
    REFUSED,
    SILENCE,
    WITHDRAWN_APPLICATION,
    WITHDRAWN_DWELLING,
    Answer,
    Continuation,
    Difference,
    NewOffer,
    PassedOver,
    Step,
)
from allocation.model.proposal import DwellingLine, Hall, Proposal, QuotaLine, Unserved
from allocation.proposal.answers import problems_of_a_day, problems_of_the_file
from allocation.proposal.committed import Resolveds, let_again, remaining
from allocation.proposal.following import Following
from allocation.proposal.frozen import FrozenMeeting, frozen_meeting, settled
from allocation.proposal.grounds import Grounds
from allocation.proposal.rounds import Outcome

GROUND_OF = {
    REFUSED: "refused",
    SILENCE: "silence",
    WITHDRAWN_DWELLING: "dwelling_withdrawn",
    WITHDRAWN_APPLICATION: "application_withdrawn",
}
# A household that said no or left has nothing because of that, whoever is served since.
OF_ITS_OWN = frozenset({"refused", "silence", "application_withdrawn"})


@dataclass(frozen=True)
class Standing:
    """
    Where things stand: who has which dwelling, what was said no to, what is gone.

    ``offers``: dwelling -> household, accepted or not yet answered. ``accepted``, ``refused``:
    (household, dwelling).
    """

    offers: Mapping[str, str]
    accepted: frozenset[tuple[str, str]] = frozenset()
    refused: frozenset[tuple[str, str]] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    withdrawn_dwellings: frozenset[str] = frozenset()

    @staticmethod
    def of(proposal: Proposal) -> Standing:
        """The offers of a proposal, and all answers it already rests on."""
        offers = {d.dwelling_id: d.application_id for d in proposal.dwellings if d.application_id}
        said = [a for s in _steps(proposal) for a in s.answers]
        return replace(Standing({}).after(said), offers=offers)

    @property
    def gone(self) -> frozenset[str]:
        """Dwellings and applications withdrawn."""
        return self.withdrawn | self.withdrawn_dwellings

    def after(self, answers: Iterable[Answer]) -> Standing:
        """The same once these answers, all of one day, are in."""
        said: dict[str, list[Answer]] = {}
        for answer in answers:
            said.setdefault(answer.kind, []).append(answer)
        no = [*said.get(REFUSED, ()), *said.get(SILENCE, ())]
        gone = {a.application_id for a in said.get(WITHDRAWN_APPLICATION, ())}
        gone_dwellings = {a.dwelling_id for a in said.get(WITHDRAWN_DWELLING, ())}
        free = {a.dwelling_id for a in no} | gone_dwellings
        return Standing(
            {d: a for d, a in self.offers.items() if d not in free and a not in gone},
            self.accepted | {_pair(a) for a in said.get(ACCEPTED, ())},
            self.refused | {_pair(a) for a in no},
            self.withdrawn | gone,
            self.withdrawn_dwellings | gone_dwellings,
        )

    def left_of(self, meeting: FrozenMeeting) -> FrozenMeeting:
        """What of the meeting is still possible."""
        return remaining(
            meeting,
            refused=self.refused,
            withdrawn=self.withdrawn,
            withdrawn_dwellings=self.withdrawn_dwellings,
        )


def continue_meeting(
    proposal: Proposal, answers: Sequence[Answer], *, of: str, rows: Sequence[int] = ()
) -> Proposal:
    """
    The proposal as it stands after answers that came since.

    Parameters
    ----------
    proposal
        A proposal, or its continuation.
    answers
        In any order: those of one day are taken together, days one after the other.
    of
        SHA-256 of the ``proposal.json`` continued.
    rows
        Line of each answer in its file, for what is wrong with it.

    Raises
    ------
    ProblemsError
        Everything that cannot be: unknown dwelling or household, an answer by somebody who has
        no such offer, two answers for one offer, a date before the meeting.
    """
    rows = rows or range(2, len(answers) + 2)
    problems = problems_of_the_file(proposal, answers, rows)
    if problems:
        raise ProblemsError(problems)
    course = Course(proposal)
    for on in sorted({a.answered_on for a in answers}):
        given = [(row, a) for row, a in zip(rows, answers, strict=True) if a.answered_on == on]
        standing = course.standing
        found = problems_of_a_day(given, standing.offers, standing.accepted, standing.gone)
        problems += found
        wrong = {problem.row for problem in found}
        course.answer(on, tuple(sorted(a for row, a in given if row not in wrong)))
    if problems:
        raise ProblemsError(problems)
    return course.proposal(of)


@dataclass
class Course:
    """The way from one proposal to its continuation, a day at a time."""

    before: Proposal
    meeting: FrozenMeeting = field(init=False)
    resolved: Resolveds = field(init=False)
    standing: Standing = field(init=False)

    def __post_init__(self) -> None:
        """Start from the offers made; what is said of each household changes with its chances."""
        self.meeting = frozen_meeting(self.before)
        self.resolved = tuple(settled(line) for line in self.before.quotas)
        self.standing = Standing.of(self.before)
        self.steps: list[Step] = []
        self.lines = {d.dwelling_id: d for d in self.before.dwellings}
        self.unserved = {u.application_id: u for u in self.before.unserved}
        self.halls: list[Hall] = list(self.before.halls)

    def answer(self, on: date, answers: tuple[Answer, ...]) -> None:
        """Take in the answers of a day; let again what they free."""
        before, self.standing = self.standing.offers, self.standing.after(answers)
        locked = self.standing.offers
        for answer in answers:
            self._note(answer, before)
        offers = self._let_again(before) if locked != before else ()
        self.steps.append(Step(on, answers, dict(sorted(locked.items())), offers))

    def _note(self, answer: Answer, before: Mapping[str, str]) -> None:
        """Why a household or a dwelling is left out, unless something is found for it."""
        if answer.kind == WITHDRAWN_DWELLING:
            gone = DwellingLine(answer.dwelling_id, None, "", "", "", "", (), None, (), "withdrawn")
            named = self.lines[answer.dwelling_id].agreement_id
            self.lines[answer.dwelling_id] = replace(gone, agreement_id=named)
        household = answer.application_id or before.get(answer.dwelling_id)
        if answer.kind != ACCEPTED and household:
            ground = GROUND_OF[answer.kind]
            self.unserved[household] = Unserved(household, ground, is_rank_known=False)

    def _let_again(self, before: Mapping[str, str]) -> tuple[NewOffer, ...]:
        meeting = self.standing.left_of(self.meeting)
        position = meeting.position
        committed = {position[a]: d for d, a in self.standing.offers.items()}
        outcomes = let_again(meeting, self.resolved, committed)
        for outcome in outcomes:
            self._take_grounds(meeting, outcome)
        after = outcomes[-1].assignment
        self.standing = replace(
            self.standing, offers={d: meeting.identifiers[p] for p, d in after.items()}
        )
        following = self._following(meeting)
        holder = {d: p for p, d in after.items()}
        free = set(meeting.type_of) - set(committed.values())
        return tuple(
            NewOffer(
                d,
                self.standing.offers.get(d),
                before.get(d),
                _passed_over(following, d, holder.get(d)),
            )
            for d in sorted(free)
            if d in before or d in holder
        )

    def _take_grounds(self, meeting: FrozenMeeting, outcome: Outcome) -> None:
        """What this letting says of its dwellings and of those who wanted one of them."""
        grounds = Grounds(meeting, outcome, meeting.meeting.levels)
        free = {d for t in outcome.main.problem.types for d in t}
        free |= {d for r in outcome.rounds for d in r.assignment.values()}
        for dwelling in free:
            self.lines[dwelling] = grounds.line(dwelling)
        wanted = sum(1 << t for t in {meeting.type_of[d] for d in free})
        first_hall = len(self.halls)
        for p, mask in enumerate(meeting.accepts):
            household = meeting.identifiers[p]
            if p in outcome.assignment:
                self.unserved.pop(household, None)
            elif mask & wanted and self._ground(household) not in OF_ITS_OWN:
                said = grounds.unserved_line(p)
                hall = None if said.hall is None else said.hall + first_hall
                self.unserved[household] = replace(said, hall=hall)
        self.halls += grounds.halls

    def _ground(self, household: str) -> str:
        """Why a household has nothing, as last said; empty for one that had an offer."""
        said = self.unserved.get(household)
        return said.reason if said else ""

    def _following(self, meeting: FrozenMeeting) -> Following:
        """The queues as they stand now."""
        served = {meeting.position[a]: d for d, a in self.standing.offers.items()}
        return Following(meeting, self.resolved, served)

    def proposal(self, of: str) -> Proposal:
        """The continuation as a proposal of its own."""
        meeting = self.standing.left_of(self.meeting)
        following = self._following(meeting)
        filled = following.reasons.filled_once(following.reasons.solution.served)
        anew = let_again(meeting, self.resolved, {})[-1].assignment
        mine = {a: d for d, a in self.standing.offers.items()}
        theirs = {meeting.identifiers[p]: d for p, d in anew.items()}
        differences = tuple(
            Difference(a, mine.get(a), theirs.get(a))
            for a in sorted(mine.keys() | theirs.keys())
            if mine.get(a) != theirs.get(a)
        )
        steps = (*_steps(self.before), *self.steps)
        return replace(
            self.before,
            dwellings=tuple(self._line(d, meeting, following) for d in sorted(self.lines)),
            quotas=tuple(self._quota(i, following, filled) for i in range(len(self.resolved))),
            unserved=tuple(u for _, u in sorted(self.unserved.items())),
            halls=tuple(self.halls),
            continuation=Continuation(of, steps, differences),
        )

    def _line(self, dwelling: str, meeting: FrozenMeeting, following: Following) -> DwellingLine:
        """A line with the queue of today and what its household keeps filled today."""
        line = self.lines[dwelling]
        if dwelling not in meeting.type_of:
            return line
        t = meeting.type_of[dwelling]
        if line.application_id is None:
            return replace(line, next=following.next(t, None))
        p = meeting.position[line.application_id]
        critical = following.critical[p] if line.round == "main" else ()
        ids = tuple(self.resolved[i].rule.quota_id for i in critical)
        return replace(line, critical_for=ids, next=following.next(t, p))

    def _quota(self, i: int, following: Following, filled: Mapping[int, int]) -> QuotaLine:
        """The state of a quota today; what it changed at the meeting stays said as it was."""
        line, used = self.before.quotas[i], following.used[i]
        if line.kind == "cap":
            reached = "reached" if used >= line.seats else "open"
            ground = line.ground if line.ground == "exceeded_before" else reached
            return replace(line, used=used, ground=ground)
        short = max(0, line.seats - filled.get(i, used))
        witness = {"kind": "offers_stand"} if short else {}
        ground = "short" if short else "met"
        return replace(line, used=used, shortage=short, ground=ground, shortage_witness=witness)


def _pair(answer: Answer) -> tuple[str, str]:
    return answer.application_id, answer.dwelling_id


def _steps(proposal: Proposal) -> tuple[Step, ...]:
    return proposal.continuation.steps if proposal.continuation else ()


def _passed_over(following: Following, dwelling: str, holder: int | None) -> tuple[PassedOver, ...]:
    """Who came before for a dwelling and may not have it, and the quotas that say so."""
    meeting = following.session
    t = meeting.type_of[dwelling]
    if holder is None:
        return ()
    before = meeting.preference(holder, t), holder
    found = []
    for p in following.queue(t):
        if (meeting.preference(p, t), p) > before:
            break
        caps = following.full_caps(p, t, holder)
        quotas = caps or following.lost(p, holder)
        ids = tuple(following.resolved[i].rule.quota_id for i in quotas)
        found.append(PassedOver(meeting.identifiers[p], "cap" if caps else "reserve", ids))
    return tuple(found)
