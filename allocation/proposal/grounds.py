"""The grounds of a joint proposal: every household left out, every dwelling, every quota."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from allocation.matching import Problem, Reasons, Solution, bits
from allocation.matching.seating import greedy
from allocation.model.proposal import (
    Counterfactual,
    DwellingLine,
    Hall,
    QuotaLine,
    Unserved,
)
from allocation.proposal.arguments import conflict_witness
from allocation.proposal.following import Following
from allocation.proposal.frozen import MAIN, FrozenMeeting
from allocation.proposal.rounds import Outcome, Round
from allocation.quotas import Resolved
from allocation.ranking import TRANSFER_TIER

# Beyond a committee's size the rank each household lacked is not worked out for everybody, and
# who would be served without each quota is named without being housed.
RANKS_WORKED_OUT = 150


class Grounds:
    """
    Turns an outcome into lines with reasons.

    The grounds of the last round rest on the same round solved without quotas, without floors,
    without caps and without each quota in turn.
    """

    def __init__(self, session: FrozenMeeting, outcome: Outcome, levels: Sequence[str]) -> None:
        self.session = session
        self.outcome = outcome
        self.levels = levels
        self.reasons = self._reasons_of(outcome.main)
        self.quota_ids = tuple(r.rule.quota_id for r in outcome.resolved)
        self._local = {p: i for i, p in enumerate(outcome.main.positions)}
        self._halls: dict[int, int] = {}
        self.halls: list[Hall] = []
        self.following = Following(session, outcome.resolved, outcome.assignment)

    def _name(self, local: int) -> str:
        return self.outcome.main.problem.households[local]

    def _ids(self, positions: Sequence[int]) -> tuple[str, ...]:
        return tuple(self.quota_ids[i] for i in positions)

    @cached_property
    def without_each(self) -> tuple[frozenset[int], ...]:
        """Served set of the last round without each quota (positions of that round)."""
        return tuple(frozenset(solution.served) for solution in self._solutions_without_each)

    @cached_property
    def _solutions_without_each(self) -> tuple[Solution, ...]:
        return tuple(self.reasons.without_quota(i) for i in range(len(self.quota_ids)))

    # Households left out -------------------------------------------------------------------

    def unserved(self) -> tuple[Unserved, ...]:
        """Every ranked household without a dwelling, by identifier."""
        lines = [
            self.unserved_line(p)
            for p in range(len(self.session.identifiers))
            if p not in self.outcome.assignment
        ]
        return tuple(sorted(lines, key=lambda u: u.application_id))

    def unserved_line(self, position: int) -> Unserved:
        """Why a household has none of these dwellings."""
        identifier = self.session.identifiers[position]
        if not self.session.accepts[position]:
            return Unserved(identifier, "no_compatible_dwelling")
        local = self._local[position]
        reason = "preferential"
        if self.outcome.main.problem.accepts[local] & self._offered_in_main:
            reason = self.reasons.why_unserved(local)
        quotas: tuple[str, ...] = ()
        hall = None
        if reason == "outranked":
            hall = self._hall(local)
        elif reason != "preferential":
            quotas = self._quotas_in_the_way(local, reason)
        if self.session.n_dwellings > RANKS_WORKED_OUT:
            return Unserved(identifier, reason, quotas, None, hall, is_rank_known=False)
        return Unserved(identifier, reason, quotas, self._must_outrank(position), hall)

    def _must_outrank(self, position: int) -> str | None:
        """
        Household whose rank would have been just enough in one of the rounds this one enters.

        Ranked higher and still not served in a round, it changes nothing there: the rounds are
        asked one by one, and the one that asks least of it decides.
        """
        found = []
        for round_, reasons, local in self._each_round:
            other = reasons.must_outrank(local[position]) if position in local else None
            if other is not None:
                found.append(round_.positions[other])
        return self.session.identifiers[max(found)] if found else None

    @cached_property
    def _each_round(self) -> tuple[tuple[Round, Reasons, Mapping[int, int]], ...]:
        """Every round with its reasons and the place in it of each of its households."""
        own = [(r, self._reasons_of(r)) for r in self.outcome.rounds[:-1]]
        each = (*own, (self.outcome.main, self.reasons))
        return tuple((r, why, {p: i for i, p in enumerate(r.positions)}) for r, why in each)

    def _reasons_of(self, round_: Round) -> Reasons:
        return Reasons(round_.problem, round_.solution, levels=self.levels)

    @cached_property
    def _offered_in_main(self) -> int:
        return sum(1 << t for t, n in enumerate(self.outcome.main.problem.capacity) if n)

    def _quotas_in_the_way(self, local: int, reason: str) -> tuple[str, ...]:
        """Quotas without any one of which the household would be served; else all that bind."""
        quotas = self.outcome.main.problem.quotas
        kinds = {"reserve": ("floor",), "cap": ("cap",), "joint": ("floor", "cap")}[reason]
        alone = [
            i
            for i, served in enumerate(self.without_each)
            if quotas[i].kind in kinds and local in served
        ]
        if alone:
            return self._ids(alone)
        member = self.outcome.main.problem.members[local]
        binding = [
            i
            for i, quota in enumerate(quotas)
            if quota.kind in kinds
            and (
                (quota.kind == "cap" and member >> i & 1 and self.outcome.used[i] >= quota.seats)
                or (quota.kind == "floor" and 0 < self.outcome.used[i] <= quota.seats)
            )
        ]
        return self._ids(binding)

    def _hall(self, local: int) -> int:
        witness = self.reasons.hall(local)
        if witness.types not in self._halls:
            problem = self.outcome.main.problem
            self._halls[witness.types] = len(self.halls)
            self.halls.append(
                Hall(
                    tuple(self._name(p) for p in witness.households),
                    tuple(sorted(d for t in bits(witness.types) for d in problem.types[t])),
                )
            )
        return self._halls[witness.types]

    # Dwellings -----------------------------------------------------------------------------

    def dwellings(self) -> tuple[DwellingLine, ...]:
        """Every vacant dwelling of the register, by identifier."""
        return tuple(self.line(dwelling) for dwelling in sorted(self.session.vacancies))

    def line(self, dwelling: str) -> DwellingLine:
        """Who gets a dwelling of these rounds, or why nobody does."""
        if dwelling in self.session.left_out:
            line = self._left_out(dwelling, self.session.left_out[dwelling])
        elif dwelling in self._holder:
            line = self._let(dwelling, *self._holder[dwelling])
        else:
            line = self._empty(dwelling)
        return replace(line, agreement_id=self.session.vacancies[dwelling].agreement_id)

    @cached_property
    def _holder(self) -> Mapping[str, tuple[Round, int]]:
        return {d: (r, p) for r in self.outcome.rounds for p, d in r.assignment.items()}

    def _left_out(self, dwelling: str, ground: str) -> DwellingLine:
        return DwellingLine(dwelling, None, "", "", "", "", (), None, (), ground)

    def _let(self, dwelling: str, round_: Round, position: int) -> DwellingLine:
        critical: tuple[str, ...] = ()
        seat, seat_quota = "open", ""
        if round_.name == MAIN:
            local = self._local[position]
            floors = self.reasons.critical[local]
            critical = self._ids(floors)
            seat = self.reasons.seat(local)
            if seat == "reserve" and floors:
                quotas = round_.problem.quotas
                first = min(floors, key=lambda i: (-quotas[i].weight, quotas[i].quota_id))
                seat_quota = self.quota_ids[first]
        t = self.session.type_of[dwelling]
        return DwellingLine(
            dwelling,
            self.session.identifiers[position],
            round_.name,
            channel_of(
                round_.name,
                is_named=bool(self.session.vacancies[dwelling].agreement_id),
                is_reserved=seat == "reserve",
                is_transfer=self.session.tier[position] == TRANSFER_TIER,
            ),
            seat,
            seat_quota,
            critical,
            self.session.costs[position][t][1],
            self.following.next(t, position),
        )

    def _empty(self, dwelling: str) -> DwellingLine:
        t = self.session.type_of[dwelling]
        acceptors = [p for p, mask in enumerate(self.session.accepts) if mask >> t & 1]
        waiting = [p for p in acceptors if p not in self.outcome.assignment]
        following = self.following.next(t, None)
        quotas: set[str] = set()
        if not acceptors:
            ground = "no_candidate"
        elif not waiting:
            ground = "nobody_left"
        else:
            ground = "cap"
            for p in waiting:
                quotas.update(self._ids(self.following.full_caps(p, t, None)))
        return DwellingLine(
            dwelling, None, "", "", "", "", (), None, following, ground, tuple(sorted(quotas))
        )

    # Quotas --------------------------------------------------------------------------------

    def quotas(self) -> tuple[QuotaLine, ...]:
        """The state of every quota, by identifier."""
        return tuple(self._quota(i) for i in range(len(self.quota_ids)))

    def _quota(self, i: int) -> QuotaLine:
        resolved, used = self.outcome.resolved[i], self.outcome.used[i]
        shortage = self._shortage(i) if resolved.rule.kind == "floor" else 0
        served, other = self.reasons.served, self.without_each[i]
        return quota_line(
            resolved,
            used=used,
            shortage=shortage,
            ground=self._quota_ground(i, shortage),
            witness=self._witness(i) if shortage else {},
            passed_over=tuple(self._name(p) for p in sorted(other - served)),
            instead=tuple(self._name(p) for p in sorted(served - other)),
        )

    def _shortage(self, i: int) -> int:
        """Seats of a floor that stay empty; a person fills one seat of the ``once`` floors."""
        return self.outcome.main.problem.quotas[i].seats - self._filled(i)

    def _filled(self, i: int) -> int:
        seats = self.outcome.main.problem.quotas[i].seats
        return min(seats, self._filled_once.get(i, self.outcome.used[i]))

    @cached_property
    def _filled_once(self) -> Mapping[int, int]:
        return self.reasons.filled_once(self.outcome.main.solution.served)

    def _quota_ground(self, i: int, shortage: int) -> str:
        resolved = self.outcome.resolved[i]
        if resolved.rule.kind == "floor":
            return "short" if shortage else "met"
        if resolved.seats == 0 and self._is_exceeded(i):
            return "exceeded_before"
        return "reached" if self.outcome.used[i] >= resolved.seats else "open"

    def _is_exceeded(self, i: int) -> bool:
        resolved = self.outcome.resolved[i]
        most = resolved.most
        return most is not None and resolved.opening > most

    def _witness(self, i: int) -> dict[str, object]:
        """Why a floor stays short: nobody, too few who can be housed together, or a conflict."""
        problem = self.outcome.main.problem
        within = problem.quotas[i].types
        mask = -1 if within is None else within
        members = [
            p
            for p, m in enumerate(problem.members)
            if m >> i & 1 and problem.accepts[p] & self._offered_in_main & mask
        ]
        if not members:
            return {"kind": "no_candidate"}
        wanted = [problem.accepts[p] & self._offered_in_main & mask for p in members]
        together, seating, _ = greedy(wanted, problem.capacity)
        locked = sum(m >> i & 1 for m in problem.locked)
        if len(together) + locked < problem.quotas[i].seats:
            full = seating.tight  # where they are too many for the dwellings (Hall)
            for p in set(range(len(wanted))).difference(together):
                full |= seating.search(wanted[p]).reached
            return {
                "kind": "too_few_compatible",
                "members": [self._name(members[p]) for p in together],
                "dwellings": sorted(d for t in bits(full) for d in problem.types[t]),
            }
        made = conflict_witness(problem, i, [self._filled(j) for j in range(len(problem.quotas))])
        return {"kind": "conflict", **(made or {"quotas": list(self._conflicting(i))})}

    def _conflicting(self, i: int) -> tuple[str, ...]:
        """Quotas whose absence lets this floor be met; all others when it takes several."""
        problem = self.outcome.main.problem
        seats = problem.quotas[i].seats
        locked = sum(m >> i & 1 for m in problem.locked)
        alone = []
        for j in range(len(problem.quotas)):
            if j == i:
                continue
            served = self._solutions_without_each[j].served
            if locked + sum(problem.members[p] >> i & 1 for p in served) >= seats:
                alone.append(j)
        return self._ids(alone or [j for j in range(len(problem.quotas)) if j != i])

    # What the grounds rest on --------------------------------------------------------------

    @cached_property
    def sets(self) -> Mapping[str, tuple[Problem, Solution]]:
        """The last round without quotas, floors, caps, and (in a committee's size) each quota."""
        problem, reasons = self.outcome.main.problem, self.reasons
        n = len(problem.quotas)
        found = {
            "without_quotas": (problem.with_quotas([False] * n), reasons.without_quotas),
            "without_floors": (problem.without_kind("floor"), reasons.without_floors),
            "without_caps": (problem.without_kind("cap"), reasons.without_caps),
        }
        if self.session.n_dwellings <= RANKS_WORKED_OUT:
            for i, solution in enumerate(self._solutions_without_each):
                kept = problem.with_quotas([j != i for j in range(n)])
                found[f"without:{self.quota_ids[i]}"] = (kept, solution)
        return found

    def counterfactuals(self) -> tuple[Counterfactual, ...]:
        """These sets, housed."""
        found = []
        for name, (problem, solution) in self.sets.items():
            free = [list(d) for d in problem.types]
            pairs = {self._name(p): free[t].pop(0) for p, t in sorted(solution.seats.items())}
            found.append(Counterfactual(name, pairs))
        return tuple(found)


def quota_line(
    resolved: Resolved,
    *,
    used: int,
    shortage: int,
    ground: str,
    witness: Mapping[str, object],
    passed_over: tuple[str, ...],
    instead: tuple[str, ...],
) -> QuotaLine:
    """The state of one quota, from its seats and what was made of them."""
    rule = resolved.rule
    return QuotaLine(
        quota_id=rule.quota_id,
        kind=rule.kind,
        counting=rule.counting,
        is_hard=rule.is_hard,
        weight=rule.weight,
        mark=resolved.mark,
        base=rule.base,
        share=resolved.share,
        opening=resolved.opening,
        base_done=resolved.base_done,
        base_planned=resolved.base_planned,
        interim=resolved.interim,
        closing=resolved.closing,
        seats=resolved.seats,
        used=used,
        shortage=shortage,
        ground=ground,
        shortage_witness=witness,
        passed_over=passed_over,
        instead=instead,
        nis5=rule.nis5,
        places=resolved.places,
        label=dict(rule.label),
        group=rule.group,
        period_seats=resolved.whole,
        counts_transfers=resolved.counts_transfers,
    )


def channel_of(round_name: str, *, is_named: bool, is_reserved: bool, is_transfer: bool) -> str:
    """The one channel a decision names."""
    if round_name != MAIN:
        return round_name
    if is_named:
        return "agreement"
    if is_reserved:
        return "reserve"
    return "transfer" if is_transfer else "list"
