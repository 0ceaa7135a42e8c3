"""
The monthly committee of a simulation: the committee's own order, rounds and continuation.

The households that could have one of the dwellings on offer get in line with the points that the
committee's evaluator worked out; ranking, demands, quotas, matching and re-proposal are the
functions that ``allocation.propose`` and ``repropose`` call.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from allocation.model import TABLE_BY_NAME, Forecast, Meeting, QuotaRule, Register, Table
from allocation.model.proposal import Vacancy
from allocation.model.table import Cell
from allocation.proposal.committed import let_again
from allocation.proposal.continuation import Standing
from allocation.proposal.frozen import FrozenMeeting
from allocation.proposal.rounds import Outcome, resolve_all, run_rounds, used_by
from allocation.proposal.serial_session import run_serial
from allocation.quotas import Opened, open_quota
from allocation.ranking import POINTS_TIER, TRANSFER_TIER, DwellingType, Order, dwelling_types
from allocation.rules.rulebook import Rulebook
from scenarios.assessed import Assessed
from scenarios.line import Line, Standings, line_of
from scenarios.policy import Policy
from scenarios.population import Population

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DEROGATIONS = "derogation_"


@dataclass(frozen=True)
class Entry:
    """One allocation in the ledger of the year."""

    category: int
    tier: int
    nis5: str
    origin: str
    channel: str
    agreement_id: str


@dataclass
class Ledger:
    """
    Members and bases of the year's quotas, kept up to date entry by entry.

    ``carried``: seats of the year before that an agreement keeps.
    """

    quotas: tuple[Opened, ...]
    counts_derogations: bool
    year: int = 0
    n_members: tuple[int, ...] = ()
    n_base: tuple[int, ...] = ()
    carried: tuple[int, ...] = ()
    entries: list[tuple[date, str, Entry]] = field(default_factory=list)

    def open_year(self, year: int, carried: tuple[int, ...]) -> None:
        """Start a year's ledger."""
        self.year, self.carried, self.entries = year, carried, []
        self.n_members = self.n_base = (0,) * len(self.quotas)

    def enter(self, decided: date, dwelling_id: str, entry: Entry) -> None:
        """Count one allocation; one decided in another year is not of this ledger."""
        if decided.year != self.year:
            return
        self.entries.append((decided, dwelling_id, entry))
        members, base = list(self.n_members), list(self.n_base)
        for i, quota in enumerate(self.quotas):
            rule = quota.rule
            is_derogation = entry.channel.startswith(DEROGATIONS)
            if (rule.nis5 and rule.nis5 != entry.nis5) or (
                is_derogation and not self.counts_derogations
            ):
                continue
            if entry.tier == TRANSFER_TIER and not quota.counts_transfers:
                continue
            base[i] += rule.base != "vacated" or entry.origin == "vacated"
            agreements = (entry.agreement_id,) if entry.agreement_id else ()
            members[i] += quota.counts(entry.category, entry.tier, agreements)
        self.n_members, self.n_base = tuple(members), tuple(base)

    def opened(self, places: Mapping[str, int]) -> tuple[Opened, ...]:
        """The quotas as they stand; ``places``: free accompaniment places by agreement."""
        return tuple(
            replace(
                quota,
                opening=members - carried,
                base_done=base,
                places=places.get(quota.rule.group.agreement_id),
            )
            for quota, members, base, carried in zip(
                self.quotas, self.n_members, self.n_base, self.carried, strict=True
            )
        )


def opened_quotas(
    policy: Policy, rulebook: Rulebook, meeting: Meeting, bases: Sequence[int]
) -> tuple[Opened, ...]:
    """
    The quotas of an arm with their values, before anything is allocated.

    ``bases``: what each quota was counted on in the year before, for those that are a share of it.
    """
    of_laws = len(policy.quotas)
    rules: tuple[QuotaRule, ...] = (
        *policy.quotas,
        *(
            replace(b.rule(), previous_base=base if b.of_previous_year else None)
            for b, base in zip(policy.bridges, bases[of_laws:], strict=True)
        ),
    )
    empty = Register.of("demo", meeting.slsp_id, {}, quotas=rules, meeting=meeting)
    return tuple(open_quota(empty, rule, rulebook) for rule in empty.quotas)


@dataclass
class Sitting:
    """
    One committee and what followed: who stood in line, the seats, who has which offer.

    ``meeting``: the frozen meeting of those of the line who could be served.
    """

    day: int
    line: Line
    meeting: FrozenMeeting
    outcome: Outcome
    standing: Standing
    out: Flags = field(init=False)

    def __post_init__(self) -> None:
        """Nobody of the line has left yet."""
        self.out = np.zeros(len(self.line.households), dtype=np.bool_)

    def offers(self) -> dict[str, str]:
        """Dwelling -> household, by identifier."""
        return dict(self.standing.offers)

    def choice(self, application: str, dwelling: str) -> int:
        """Rank of the choice of a household that a dwelling meets."""
        return self.line.cost(application, self.meeting.type_of[dwelling])[1]

    def let_again(self, gone: Flags) -> dict[str, str]:
        """
        Offer what is free to those who remain; the new offers, dwelling -> household.

        ``gone``: by household of the population, those who left or were served elsewhere. Who
        could have none of the free dwellings, or comes after too many who could have the same,
        cannot change anything and is not looked at.
        """
        before = self.standing.offers
        holds = self.line.among(before.values())
        self.out |= gone[self.line.households] & ~holds
        meeting = self.standing.left_of(self._concerned(before, holds))
        position = meeting.position
        committed = {position[a]: d for d, a in before.items()}
        after = let_again(meeting, self.outcome.resolved, committed)[-1].assignment
        offers = {d: meeting.identifiers[p] for p, d in after.items()}
        self.standing = replace(self.standing, offers=offers)
        return {d: a for d, a in offers.items() if d not in before}

    def _concerned(self, offered: Collection[str], holds: Flags) -> FrozenMeeting:
        free = [len(set(kind.dwellings) - set(offered)) for kind in self.meeting.types]
        refused = {a for a, _ in self.standing.refused}
        first = self.line.first_of(free, out=self.out | holds, refused=refused)
        return replace(self.meeting, **self.line.fields(np.union1d(first, np.flatnonzero(holds))))


@dataclass
class Committee:
    """What every sitting of one company and arm shares."""

    population: Population
    assessed: Assessed
    rulebook: Rulebook
    policy: Policy
    slsp_id: str
    draw_seed: str

    def __post_init__(self) -> None:
        """Nothing said of anybody yet; the fixed columns kept at hand."""
        n = len(self.population)
        self.said = np.full((n, 4), -1, dtype=np.int64)
        self.agreements = _agreement_table(self.policy)
        self.position = {a: i for i, a in enumerate(self.population.identifiers.tolist())}
        self.applications = Table(TABLE_BY_NAME["applications"], self.population.applications)
        self.orders: dict[str, Order] = {}

    def hear(self, k: int) -> None:
        """Take in what the evaluator says at committee ``k``."""
        rows = np.arange(self.assessed.offsets[k], self.assessed.offsets[k + 1])
        self.said[self.assessed.owner[rows], self.assessed.stay[rows]] = rows

    def taking_part(self, waiting: Int, stay: Int) -> tuple[Int, Int]:
        """Those admitted among the households waiting, and what is said of each."""
        rows = self.said[waiting, stay]
        known = rows >= 0
        waiting, rows = waiting[known], rows[known]
        holds = self.assessed.values["admissible"][rows] == 1
        return waiting[holds], rows[holds]

    def concerned(self, households: Int, rows: Int, vacancies: Sequence[Vacancy]) -> Int:
        """Positions, among those taking part, of who chose a place with the right bedrooms."""
        wanted = self.assessed.wanted
        sizes = wanted.bedrooms[rows]
        holds = np.zeros(len(households), dtype=np.bool_)
        for size in {v.bedrooms for v in vacancies}:
            places = {wanted.places.get(v.nis5) for v in vacancies if v.bedrooms == size}
            of_size = np.flatnonzero(sizes == size)
            chosen = wanted.chosen[households[of_size]]
            for place in places - {None}:
                holds[of_size] |= chosen[:, place]
        return np.flatnonzero(holds)

    def meeting(self, on: date, forecast: Forecast | None) -> Meeting:
        """The meeting of a day."""
        return Meeting(
            slsp_id=self.slsp_id,
            meeting_on=on,
            draw_seed=self.draw_seed,
            pseudonym_secret="",
            mode=self.policy.mode,
            levels=self.policy.levels,
            pacing=self.policy.pacing,
            forecast=forecast,
            settings=self.policy.settings,
        )

    def sit(
        self,
        meeting: Meeting,
        *,
        households: Int,
        rows: Int,
        vacancies: Sequence[Vacancy],
        presented: Mapping[int, tuple[str, ...]],
        quotas: tuple[Opened, ...],
    ) -> Sitting:
        """Rank, match and make the offers."""
        kept = self.concerned(households, rows, vacancies)
        types = dwelling_types(vacancies)
        line = self._line(meeting, households[kept], rows[kept], types, presented, quotas)
        free = [len(offered.dwellings) for offered in types]
        frozen = FrozenMeeting(
            meeting=meeting,
            types=types,
            vacancies={v.dwelling_id: v for v in vacancies},
            left_out={},
            quotas=quotas,
            **line.fields(line.first_of(free)),
        )
        outcome = run_rounds(frozen, meeting.levels)
        if meeting.mode == "serial":
            assignment = run_serial(frozen, outcome.resolved)
            used = used_by(frozen, outcome.resolved, assignment)
            outcome = replace(outcome, assignment=assignment, used=used)
        offers = {d: frozen.identifiers[p] for p, d in outcome.assignment.items()}
        day = int(np.datetime64(meeting.meeting_on, "D").astype(np.int64))
        return Sitting(day, line, frozen, outcome, Standing(offers))

    def _line(
        self,
        meeting: Meeting,
        households: Int,
        rows: Int,
        types: tuple[DwellingType, ...],
        presented: Mapping[int, tuple[str, ...]],
        quotas: tuple[Opened, ...],
    ) -> Line:
        """Those concerned, best first."""
        order, values = self._order(meeting), self.assessed.values
        best = order.best_first(values["points"][rows], households)
        households, rows = households[best], rows[best]
        agreements = ((), *sorted(set(presented.values())))
        under = np.zeros(len(self.population), dtype=np.int64)
        for household, names in presented.items():
            under[household] = agreements.index(names)
        won_on = self.applications["appeal_won_on"][households]
        who = Standings(
            households,
            self.population.identifiers[households],
            demand=self.assessed.wanted.of[rows],
            under=under[households],
            tier=order.tier[households],
            category=values["income_category"][rows],
            has_won=won_on <= np.datetime64(meeting.meeting_on),
        )
        return line_of(who, self.assessed.wanted, agreements, types=types, quotas=quotas)

    def _order(self, meeting: Meeting) -> Order:
        """Everybody's order but for points, under the order of natures of the day."""
        key = "transfer_order"
        natures = str(self.rulebook.parameter(key, meeting.meeting_on, meeting.settings).value)
        if natures not in self.orders:
            self.orders[natures] = Order.of(
                self.applications,
                np.arange(len(self.population)),
                draw_seed=self.draw_seed,
                natures=natures.split(","),
            )
        return self.orders[natures]


def presentation_table(pairs: Sequence[tuple[str, str, date]]) -> Table:
    """Presentations: agreement, application, day presented and agreed to."""
    rows: list[dict[str, Cell]] = [
        {
            "agreement_id": agreement,
            "application_id": application,
            "presented_on": on,
            "household_agreed_on": on,
        }
        for agreement, application, on in sorted(pairs)
    ]
    return Table.of(TABLE_BY_NAME["presentations"], rows)


def _agreement_table(policy: Policy) -> Table:
    return Table.of(
        TABLE_BY_NAME["agreements"],
        [
            {
                "agreement_id": bridge.bridge_id,
                "partner_id": bridge.bridge_id,
                "kind": "sliding_lease" if bridge.is_sliding else "reserved_allocation",
                "in_force_from": date(2000, 1, 1),
                "basis": "fictional",
            }
            for bridge in policy.bridges
        ],
    )


__all__ = [
    "POINTS_TIER",
    "Committee",
    "Entry",
    "Ledger",
    "Sitting",
    "opened_quotas",
    "presentation_table",
    "resolve_all",
]
