"""Who is next for a dwelling if it is refused, every other offer staying where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from allocation.matching import Problem, Reasons, bits
from allocation.matching.solve import shortage
from allocation.model.proposal import NextInLine
from allocation.proposal.frozen import APPEAL, MAIN, ROUNDS, FrozenMeeting
from allocation.proposal.rounds import Outcome, whole_problem

NEXT_IN_LINE = 5
HELD_BACK_SHOWN = 2


class Following:
    """The queue behind every dwelling of a joint proposal, and what each household still needs."""

    def __init__(self, session: FrozenMeeting, outcome: Outcome, reasons: Reasons) -> None:
        self.session = session
        self.outcome = outcome
        self.reasons = reasons
        self._local = {p: i for i, p in enumerate(outcome.main.positions)}
        self._quota_ids = tuple(r.rule.quota_id for r in outcome.resolved)
        self._after: dict[tuple[int, int], tuple[int, Mapping[int, int]]] = {}

    def _ids(self, positions: Sequence[int]) -> tuple[str, ...]:
        return tuple(self._quota_ids[i] for i in positions)

    def next(self, t: int, holder: int | None) -> tuple[NextInLine, ...]:
        """
        Who may have this type next, preferential groups of the text first, and what each needs.

        Five households, those a refusal would serve foremost: of those something else holds
        back at most ``HELD_BACK_SHOWN`` are shown, unless nobody would be served.
        """
        served_next: list[NextInLine] = []
        held_back: list[NextInLine] = []
        in_order: list[NextInLine] = []
        queue = sorted(self._waiting[t], key=lambda p: (self.session.preference(p, t), p))
        for p in queue:
            entry = self._need(p, t, holder)
            if entry.needs == "refusal":
                served_next.append(entry)
                in_order.append(entry)
            elif len(held_back) < NEXT_IN_LINE:
                held_back.append(entry)
                if len(held_back) <= HELD_BACK_SHOWN:
                    in_order.append(entry)
            if len(in_order) >= NEXT_IN_LINE and served_next:
                return tuple(in_order[:NEXT_IN_LINE])
        return tuple(in_order if served_next else held_back)

    @cached_property
    def _waiting(self) -> Mapping[int, list[int]]:
        """Households without a dwelling by the types they may have, in rank order."""
        lists: dict[int, list[int]] = {t: [] for t in range(len(self.session.types))}
        for p, mask in enumerate(self.session.accepts):
            if p not in self.outcome.assignment:
                for t in bits(mask):
                    lists[t].append(p)
        return lists

    def _need(self, position: int, t: int, holder: int | None) -> NextInLine:
        identifier = self.session.identifiers[position]
        round_name = ROUNDS[self.session.preference(position, t)]
        if round_name == APPEAL:
            return NextInLine(identifier, "refusal")
        caps = self.full_caps(position, t, holder)
        if caps:
            return NextInLine(identifier, "cap", self._ids(caps))
        if round_name != MAIN or holder is None:
            return NextInLine(identifier, "refusal")
        least, after = self._shortages(t, holder)
        if after[self.session.members[position]] == least:
            return NextInLine(identifier, "refusal")
        return NextInLine(identifier, "reserve", self._ids(self._lost(position, holder)))

    def _shortages(self, t: int, holder: int) -> tuple[int, Mapping[int, int]]:
        """
        Shortage of the floors once somebody takes the place of ``holder``, by membership.

        Also the least of them among those whom no cap holds back: they are served first, since
        the floors come before the order.
        """
        if (t, holder) not in self._after:
            others = {
                p: self.session.type_of[d]
                for p, d in self.outcome.assignment.items()
                if p != holder
            }
            after: dict[int, int] = {}
            possible = []
            for p in self._waiting[t]:
                mask = self.session.members[p]
                if mask not in after:
                    after[mask] = shortage(self._whole, {**others, p: t})
                if self._preference_is_main(p, t) and not self.full_caps(p, t, holder):
                    possible.append(after[mask])
            self._after[t, holder] = min(possible, default=0), after
        return self._after[t, holder]

    def _preference_is_main(self, position: int, t: int) -> bool:
        return ROUNDS[self.session.preference(position, t)] == MAIN

    @cached_property
    def _whole(self) -> Problem:
        return whole_problem(self.session, self.outcome.resolved)

    def _lost(self, position: int, holder: int) -> list[int]:
        """Floors that ``holder`` keeps filled and this household would not."""
        if holder not in self._local:
            return []
        mine = self.session.members[position]
        critical = self.reasons.critical.get(self._local[holder], ())
        return [i for i in critical if not mine >> i & 1]

    def _within(self, i: int, t: int) -> bool:
        scope = self.outcome.main.problem.quotas[i].types
        return scope is None or bool(scope >> t & 1)

    def full_caps(self, position: int, t: int, holder: int | None) -> list[int]:
        """Caps that stay full for this household even if ``holder`` gives the dwelling up."""
        full = []
        for i in bits(self.session.members[position]):
            resolved = self.outcome.resolved[i]
            if resolved.rule.kind != "cap" or not self._within(i, t):
                continue
            freed = holder is not None and bool(self.session.members[holder] >> i & 1)
            if self.outcome.used[i] - freed >= resolved.seats:
                full.append(i)
        return full
