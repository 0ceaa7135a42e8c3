"""Who is next for a dwelling if it is refused, every other offer staying where it is."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from functools import cached_property

from allocation.matching import Problem, Reasons, Solution, bits
from allocation.matching.solve import Tally, shortage, weighted_tally
from allocation.model.proposal import NextInLine
from allocation.proposal.committed import let_again, remaining
from allocation.proposal.frozen import APPEAL, MAIN, ROUNDS, FrozenMeeting
from allocation.proposal.rounds import used_by, whole_problem
from allocation.quotas import Resolved

NEXT_IN_LINE = 5
HELD_BACK_SHOWN = 2
NOBODY: Mapping[int, str] = {}
Key = tuple[int, tuple[object, ...]]


class Following:
    """
    The queue behind every dwelling of a proposal, and what each household still needs.

    ``assignment``: household position -> dwelling, everybody served.
    """

    def __init__(
        self,
        session: FrozenMeeting,
        resolved: tuple[Resolved, ...],
        assignment: Mapping[int, str],
    ) -> None:
        self.session = session
        self.resolved = resolved
        self.assignment = assignment
        self.used = used_by(session, resolved, assignment)
        self._after: dict[Key, tuple[int, Mapping[int, int]]] = {}
        self._known: dict[Key, tuple[NextInLine, ...]] = {}
        self._queues: dict[int, list[tuple[int, int]]] = {}
        self._groups: dict[int, Mapping[tuple[int, int], list[int]]] = {}
        self._moved: dict[tuple[int, ...], Mapping[int, str]] = {}

    def _ids(self, positions: Sequence[int]) -> tuple[str, ...]:
        return tuple(self.resolved[i].rule.quota_id for i in positions)

    def next(self, t: int, holder: int | None) -> tuple[NextInLine, ...]:
        """
        Who may have this type next, preferential groups of the text first, and what each needs.

        Five households, those a refusal would serve foremost: of those something else holds
        back at most ``HELD_BACK_SHOWN`` are shown, unless nobody would be served.
        """
        key = (t, self._kind(holder))
        if key not in self._known:
            self._known[key] = self._next(t, holder)
        return self._known[key]

    def _kind(self, holder: int | None) -> tuple[object, ...]:
        """What the queue behind a dwelling depends on of its holder."""
        if holder is None:
            return ()
        if self._elsewhere(holder):
            return (holder,)
        return self.session.members[holder], tuple(self.critical[holder])

    def _next(self, t: int, holder: int | None) -> tuple[NextInLine, ...]:
        served_next: list[NextInLine] = []
        held_back: list[NextInLine] = []
        in_order: list[NextInLine] = []
        needs: dict[tuple[int, int], tuple[str, tuple[str, ...]]] = {}
        elsewhere = self._elsewhere(holder)
        for round_idx, p in self._queue(t):
            alike = (round_idx, self.session.members[p])
            identifier = self.session.identifiers[p]
            if p in elsewhere:
                entry = NextInLine(identifier, "served_elsewhere", (), elsewhere[p])
            else:
                if alike not in needs:
                    needs[alike] = self._need(p, t, holder)
                entry = NextInLine(identifier, *needs[alike])
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

    def queue(self, t: int) -> list[int]:
        """Who waits for this type, preferential groups of the text first, then in rank order."""
        return [p for _, p in self._queue(t)]

    def _queue(self, t: int) -> list[tuple[int, int]]:
        """The same with the place in ``ROUNDS`` of the round each waits for."""
        if t not in self._queues:
            preference = self.session.preference
            self._queues[t] = sorted((preference(p, t), p) for p in self._waiting[t])
        return self._queues[t]

    @cached_property
    def _waiting(self) -> Mapping[int, list[int]]:
        """Households without a dwelling by the types they may have, in rank order."""
        lists: dict[int, list[int]] = {t: [] for t in range(len(self.session.types))}
        for p, mask in enumerate(self.session.accepts):
            if p not in self.assignment:
                for t in bits(mask):
                    lists[t].append(p)
        return lists

    def _need(self, position: int, t: int, holder: int | None) -> tuple[str, tuple[str, ...]]:
        """What a household still needs to have this type, and of which quotas."""
        round_name = ROUNDS[self.session.preference(position, t)]
        if round_name == APPEAL:
            return "refusal", ()
        caps = self.full_caps(position, t, holder, moved=self._elsewhere(holder))
        if caps:
            return "cap", self._ids(caps)
        if round_name != MAIN or holder is None:
            return "refusal", ()
        least, after = self._shortages(t, holder)
        if after[self.session.members[position]] == least:
            return "refusal", ()
        return "reserve", self._ids(self.lost(position, holder))

    def _elsewhere(self, holder: int | None) -> Mapping[int, str]:
        """
        Who gets a dwelling left empty until now, once ``holder`` gives its own up.

        A place of a full cap becomes free with it, and the household itself may want one.
        """
        if holder is None:
            return {}
        wanted = self.session.accepts[holder] & self._empty
        t, members = self.session.type_of[self.assignment[holder]], self.session.members[holder]
        if not wanted and not self._opens_a_cap(members, t):
            return NOBODY
        # Of those who want none of the empty dwellings, only what they leave matters: its type,
        # and where its identifier stands among theirs, since the first one is had among equals.
        before = bisect(self._empty_ones, self.assignment[holder])
        key = (holder,) if wanted else (t, members, before)
        if key not in self._moved:
            self._moved[key] = self._placed_elsewhere(holder)
        return self._moved[key]

    def _opens_a_cap(self, members: int, t: int) -> bool:
        """Whether such a household, leaving its dwelling, lets somebody have an empty one."""
        here = self.session.types[t].dwellings[0]
        mine = {i for i in bits(members) if self._is_within(i, here)}
        return any(full <= mine for full in self._shut_out)

    @cached_property
    def _shut_out(self) -> set[frozenset[int]]:
        """The full caps behind which households wait for a dwelling left empty."""
        return {
            frozenset(self.full_caps(alike[0], t, None))
            for t in bits(self._empty)
            for alike in self._alike(t).values()
        }

    def _placed_elsewhere(self, holder: int) -> Mapping[int, str]:
        dwelling = self.assignment[holder]
        others = {p: d for p, d in self.assignment.items() if p != holder}
        edge = (self.session.identifiers[holder], dwelling)
        meeting = remaining(self.session, refused=(edge,))
        after = let_again(meeting, self.resolved, others)[-1].assignment
        return {p: d for p, d in after.items() if p not in others and d != dwelling}

    @cached_property
    def _empty_ones(self) -> list[str]:
        """Dwellings nobody is offered, by identifier."""
        offered = {d for kind in self.session.types for d in kind.dwellings}
        return sorted(offered.difference(self.assignment.values()))

    @cached_property
    def _empty(self) -> int:
        """Types that have one of them."""
        return sum(1 << t for t in {self.session.type_of[d] for d in self._empty_ones})

    def _after_leaving(self, holder: int) -> dict[int, int]:
        """Type of everybody served once ``holder`` gave its dwelling up."""
        others = {p: d for p, d in self.assignment.items() if p != holder}
        others.update(self._elsewhere(holder))
        return {p: self.session.type_of[d] for p, d in others.items()}

    def _shortages(self, t: int, holder: int) -> tuple[int, Mapping[int, int]]:
        """
        Shortage of the floors once somebody takes the place of ``holder``, by membership.

        Also the least of them among those whom no cap holds back: they are served first, since
        the floors come before the order.
        """
        key = (t, self._kind(holder))
        if key not in self._after:
            moved = self._elsewhere(holder)
            after: dict[int, int] = {}
            possible = []
            for (round_idx, mask), alike in self._alike(t).items():
                p = next((p for p in alike if p not in moved), None)
                if p is None:
                    continue
                if mask not in after:
                    after[mask] = self._shortage_with(p, t, holder)
                if ROUNDS[round_idx] == MAIN and not self.full_caps(p, t, holder, moved=moved):
                    possible.append(after[mask])
            self._after[key] = min(possible, default=0), after
        return self._after[key]

    def _alike(self, t: int) -> Mapping[tuple[int, int], list[int]]:
        """Who waits for this type by round and membership: no quota tells them apart."""
        if t not in self._groups:
            groups: dict[tuple[int, int], list[int]] = {}
            for round_idx, p in self._queue(t):
                groups.setdefault((round_idx, self.session.members[p]), []).append(p)
            self._groups[t] = groups
        return self._groups[t]

    def _shortage_with(self, position: int, t: int, holder: int) -> int:
        """Shortage of the floors once this household has the place of ``holder``."""
        if self._elsewhere(holder):
            return shortage(self._whole, {**self._after_leaving(holder), position: t})
        members = self.session.members
        return self._tally.shortage(t, leaving=members[holder], entering=members[position])

    @cached_property
    def _tally(self) -> Tally:
        seats = {p: self.session.type_of[d] for p, d in self.assignment.items()}
        return weighted_tally(self._whole, seats)

    @cached_property
    def _whole(self) -> Problem:
        return whole_problem(self.session, self.resolved)

    @cached_property
    def reasons(self) -> Reasons:
        """What everybody served fills, whatever the round."""
        seats = {p: self.session.type_of[d] for p, d in sorted(self.assignment.items())}
        return Reasons(self._whole, Solution(tuple(seats), shortage(self._whole, seats), seats))

    @property
    def critical(self) -> Mapping[int, Sequence[int]]:
        """Floors that each household served keeps filled."""
        return self.reasons.critical

    def lost(self, position: int, holder: int) -> list[int]:
        """Floors that ``holder`` keeps filled and this household would not."""
        mine = self.session.members[position]
        return [i for i in self.critical[holder] if not mine >> i & 1]

    def _is_within(self, i: int, dwelling: str) -> bool:
        """Whether quota ``i`` looks at that dwelling."""
        return self.resolved[i].rule.nis5 in ("", self.session.vacancies[dwelling].nis5)

    def _counts(self, i: int, position: int, dwelling: str) -> bool:
        """Whether quota ``i`` counts a household on that dwelling."""
        return self._is_within(i, dwelling) and bool(self.session.members[position] >> i & 1)

    def full_caps(
        self, position: int, t: int, holder: int | None, *, moved: Mapping[int, str] = NOBODY
    ) -> list[int]:
        """
        Caps that stay full for this household even if ``holder`` gives the dwelling up.

        ``moved``: who is placed on dwellings left empty until then.
        """
        here = self.session.types[t].dwellings[0]
        full = []
        for i in bits(self.session.members[position]):
            resolved = self.resolved[i]
            if resolved.rule.kind != "cap" or not self._counts(i, position, here):
                continue
            used = self.used[i] + sum(self._counts(i, p, d) for p, d in moved.items())
            if holder is not None:
                used -= self._counts(i, holder, here)
            if used >= resolved.seats:
                full.append(i)
        return full
