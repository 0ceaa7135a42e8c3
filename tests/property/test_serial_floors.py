"""A meeting held dwelling by dwelling names the floor that asked for each: played again naively."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from allocation.model import Group, QuotaRule
from allocation.model.proposal import Proposal, QuotaLine, RankedHousehold, Vacancy
from allocation.proposal import propose
from allocation.rules import load_rulebook
from tests.random_meetings import a_small_meeting

MEETINGS = 100
RIGHTS = ("appeal", "adapted", "over_65")
GROUPS = {n: Group(agreement_id=f"C{n}") for n in (1, 2)}
OFF_THE_TABLE = ("locked", "excluded_regime")


@dataclass(frozen=True)
class Let:
    """One dwelling let: to whom, for which floor, which floors were behind, who was passed."""

    household: RankedHousehold
    floor: str
    behind: tuple[str, ...]
    passed: tuple[str, ...]


class Replay:
    """The dwellings one after the other, from the lists the proposal states."""

    def __init__(self, proposal: Proposal) -> None:
        off = {
            d.dwelling_id for d in proposal.dwellings if d.ground in ("locked", "excluded_regime")
        }
        homes = [v for v in proposal.vacancies if v.dwelling_id not in off]
        homes.sort(key=lambda v: (v.available_on, v.dwelling_id))
        self.people, self.quotas = proposal.households, proposal.quotas
        self.let: dict[str, Let] = {}
        self.served: dict[str, tuple[RankedHousehold, Vacancy]] = {}
        for n, home in enumerate(homes, 1):
            self._turn(home, {q.quota_id: q.seats * n // len(homes) for q in self.quotas})

    def used(self, quota: QuotaLine) -> int:
        """Members served, in the commune of the quota when it has one."""
        return sum(
            quota.quota_id in h.groups and quota.nis5 in ("", home.nis5)
            for h, home in self.served.values()
        )

    def _turn(self, home: Vacancy, due: dict[str, int]) -> None:
        able = [h for h in self.people if self._may_have(h, home)]
        missing = {
            q.quota_id: due[q.quota_id] - self.used(q) for q in self.quotas if q.kind == "floor"
        }
        late = sorted((q for q in missing if missing[q] > 0), key=lambda q: (-missing[q], q))
        for right in RIGHTS:
            mine = [h for h in able if right in h.preferences and _enters(home, right)]
            if mine:
                self._give(home, Let(mine[0], "", (), ()))
                return
        for floor in late:
            mine = [h for h in able if floor in h.groups]
            if mine:
                passed = tuple(h.application_id for h in able[: able.index(mine[0])])
                behind = tuple(sorted(set(late) & set(mine[0].groups)))
                self._give(home, Let(mine[0], floor, behind, passed))
                return
        if able:
            self._give(home, Let(able[0], "", (), ()))

    def _may_have(self, household: RankedHousehold, home: Vacancy) -> bool:
        caps = [
            q
            for q in self.quotas
            if q.kind == "cap" and q.quota_id in household.groups and q.nis5 in ("", home.nis5)
        ]
        return (
            household.application_id not in self.served
            and home.dwelling_id in household.accepts
            and ("appeal" in household.preferences or all(self.used(q) < q.seats for q in caps))
        )

    def _give(self, home: Vacancy, let: Let) -> None:
        self.let[home.dwelling_id] = let
        self.served[let.household.application_id] = (let.household, home)


def _enters(home: Vacancy, right: str) -> bool:
    return (
        right == "appeal"
        or (right == "adapted" and home.accessibility == "adapted")
        or (right == "over_65" and home.designed_for_over_65)
    )


def held() -> Iterator[Proposal]:
    """Meetings whose floors ask for more than the order gives, so that they are often behind."""
    source, rulebook = random.Random(7300), load_rulebook("wallonia")
    for _ in range(MEETINGS):
        register, assessments = a_small_meeting(source, n_households=16, n_dwellings=6)
        assert register.meeting is not None
        meeting = replace(register.meeting, mode="serial")
        quotas = (
            *(QuotaRule(f"C{n}", "floor", GROUPS[n], seats=source.randint(1, 3)) for n in (1, 2)),
            QuotaRule("cat1", "floor", Group(income_categories=(1,)), seats=source.randint(1, 3)),
            QuotaRule("cat3", "cap", Group(income_categories=(3,)), seats=source.randint(1, 2)),
        )
        yield propose(replace(register, meeting=meeting, quotas=quotas), rulebook, assessments)


def test_a_seat_is_held_for_the_floor_that_asked_and_for_no_other_floor_of_the_household() -> None:
    met: Counter[str] = Counter()
    for proposal in held():
        replay = Replay(proposal)
        floors = {q.quota_id for q in proposal.quotas if q.kind == "floor"}
        for line in proposal.dwellings:
            let = replay.let.get(line.dwelling_id)
            assert line.application_id == (let.household.application_id if let else None)
            if let is None:
                continue
            seat = let.floor if let.passed else ""
            assert (line.seat_quota, line.seat) == (seat, "reserve" if seat else "open")
            assert line.critical_for == let.behind
            met["reserved"] += bool(seat)
            met["a floor of its own was not behind"] += bool(
                seat and floors.intersection(let.household.groups).difference(let.behind)
            )
        for quota in proposal.quotas:
            passed = {
                name
                for let in replay.let.values()
                if let.floor == quota.quota_id
                for name in let.passed
                if name not in replay.served
            }
            assert set(quota.passed_over) == passed
        for left in proposal.unserved:
            accepts = next(
                h.accepts for h in proposal.households if h.application_id == left.application_id
            )
            asked = {
                replay.let[d].floor
                for d in accepts
                if d in replay.let and left.application_id in replay.let[d].passed
            }
            if left.reason == "reserve":
                assert set(left.quotas) == asked
                met["left out for a floor"] += 1
    assert met["reserved"] >= 20, met
    assert met["a floor of its own was not behind"] >= 3, met
    assert met["left out for a floor"] >= 20, met
