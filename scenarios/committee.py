"""
The monthly committee of a simulation: the committee's own order, rounds and continuation.

A register of the day is put together for the households that could have one of the dwellings on
offer, with points already worked out by the committee's evaluator; ranking, quotas, matching and
re-proposal are the functions that ``allocation.propose`` and ``repropose`` call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model import TABLE_BY_NAME, Forecast, Meeting, QuotaRule, Register, Table
from allocation.model.proposal import Vacancy
from allocation.model.table import MISSING_INTEGER, Cell
from allocation.proposal.committed import let_again
from allocation.proposal.continuation import Standing
from allocation.proposal.frozen import FrozenMeeting
from allocation.proposal.rounds import Outcome, resolve_all, run_rounds, used_by
from allocation.proposal.serial_session import run_serial
from allocation.proposal.session import in_order
from allocation.quotas import Opened, open_quota
from allocation.ranking import POINTS_TIER, TRANSFER_TIER, dwelling_types
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook
from scenarios.assessed import FIELDS, Assessed
from scenarios.policy import Policy
from scenarios.population import Population

Int = npt.NDArray[np.int64]

DEROGATIONS = "derogation_"
_BY_HOUSEHOLD = ("identifiers", "tier", "demands", "costs", "members", "preferences")


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


def opened_quotas(policy: Policy, rulebook: Rulebook, meeting: Meeting) -> tuple[Opened, ...]:
    """The quotas of an arm with their values, before anything is allocated."""
    rules: tuple[QuotaRule, ...] = (*policy.quotas, *(b.rule() for b in policy.bridges))
    empty = Register.of("demo", meeting.slsp_id, {}, quotas=rules, meeting=meeting)
    return tuple(open_quota(empty, rule, rulebook) for rule in empty.quotas)


@dataclass
class Sitting:
    """
    One committee and what followed: the frozen meeting, its seats, who has which offer.
    """

    day: int
    meeting: FrozenMeeting
    outcome: Outcome
    standing: Standing

    def offers(self) -> dict[str, str]:
        """Dwelling -> household, by identifier."""
        return dict(self.standing.offers)

    def let_again(self, gone: set[str]) -> dict[str, str]:
        """
        Offer what is free to those who remain; the new offers, dwelling -> household.

        ``gone``: households that left or were served elsewhere. Who could have none of the
        free dwellings and holds no offer cannot change anything and is not looked at.
        """
        before = self.standing.offers
        self.standing = replace(self.standing, withdrawn=self.standing.withdrawn | gone)
        meeting = self.standing.left_of(self._concerned(set(before)))
        position = meeting.position
        committed = {position[a]: d for d, a in before.items()}
        after = let_again(meeting, self.outcome.resolved, committed)[-1].assignment
        offers = {d: meeting.identifiers[p] for p, d in after.items()}
        self.standing = replace(self.standing, offers=offers)
        return {d: a for d, a in offers.items() if d not in before}

    def _concerned(self, offered: set[str]) -> FrozenMeeting:
        meeting, holders = self.meeting, set(self.standing.offers.values())
        withdrawn = self.standing.withdrawn
        free = sum(1 << t for t, kind in enumerate(meeting.types) if set(kind.dwellings) - offered)
        kept = [
            p
            for p, (mask, name) in enumerate(zip(meeting.accepts, meeting.identifiers, strict=True))
            if name in holders or (mask & free and name not in withdrawn)
        ]
        fields: dict[str, Any] = {
            name: tuple(getattr(meeting, name)[p] for p in kept) for name in _BY_HOUSEHOLD
        }
        return replace(meeting, **fields)


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
        choices = self.population.choices
        self.places = {c: i for i, c in enumerate(sorted(set(choices.columns["nis5"].tolist())))}
        bits = np.array([1 << self.places[c] for c in choices.columns["nis5"].tolist()], object)
        masks = [0] * n
        for owner, bit in zip(choices.owner.tolist(), bits.tolist(), strict=True):
            masks[owner] |= bit
        self.masks = masks
        applications = self.population.applications
        self.exception = applications["bedrooms_exception"]
        self.empty = {name: Table.of(s, []) for name, s in TABLE_BY_NAME.items()}

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

    def bedrooms(self, households: Int, rows: Int) -> Int:
        """Bedrooms required, a recorded exception first."""
        exception = self.exception[households]
        required = self.assessed.values["bedrooms"][rows]
        return np.where(exception == MISSING_INTEGER, required, exception)

    def concerned(self, households: Int, rows: Int, vacancies: Sequence[Vacancy]) -> Int:
        """Positions, among those taking part, of who chose a place with the right bedrooms."""
        wanted: dict[int, int] = {}
        for v in vacancies:
            if v.nis5 in self.places:
                wanted[v.bedrooms] = wanted.get(v.bedrooms, 0) | 1 << self.places[v.nis5]
        sizes = self.bedrooms(households, rows).tolist()
        masks = self.masks
        return np.array(
            [
                i
                for i, (h, size) in enumerate(zip(households.tolist(), sizes, strict=True))
                if masks[h] & wanted.get(size, 0)
            ],
            dtype=np.int64,
        )

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
        households, rows = households[kept], rows[kept]
        register = self._register(meeting, households, presented)
        types = dwelling_types(vacancies)
        fields = in_order(
            register,
            self.rulebook,
            self._assessments(households, rows),
            np.arange(len(households)),
            types=types,
            quotas=quotas,
        )
        fields.pop("ranking")
        frozen = FrozenMeeting(
            meeting=meeting,
            types=types,
            vacancies={v.dwelling_id: v for v in vacancies},
            left_out={},
            quotas=quotas,
            **fields,
        )
        outcome = run_rounds(frozen, meeting.levels)
        if meeting.mode == "serial":
            assignment = run_serial(frozen, outcome.resolved)
            used = used_by(frozen, outcome.resolved, assignment)
            outcome = replace(outcome, assignment=assignment, used=used)
        offers = {d: frozen.identifiers[p] for p, d in outcome.assignment.items()}
        day = int(np.datetime64(meeting.meeting_on, "D").astype(np.int64))
        return Sitting(day, frozen, outcome, Standing(offers))

    def _register(
        self, meeting: Meeting, households: Int, presented: Mapping[int, tuple[str, ...]]
    ) -> Register:
        population = self.population
        choices = population.choices
        rows, _ = choices.on(households, 0)
        applications = {n: c[households] for n, c in population.applications.items()}
        pairs = [
            (agreement, population.identifiers[h], meeting.meeting_on)
            for h in households.tolist()
            for agreement in presented.get(h, ())
        ]
        tables = {
            **self.empty,
            "agreements": self.agreements,
            "applications": Table(TABLE_BY_NAME["applications"], applications),
            "choices": Table(
                TABLE_BY_NAME["choices"], {n: c[rows] for n, c in choices.columns.items()}
            ),
            "presentations": presentation_table(pairs),
        }
        return Register("demo", self.slsp_id, tables, (), meeting)

    def _assessments(self, households: Int, rows: Int) -> Assessments:
        values = self.assessed.values
        found: dict[str, Any] = {name: values[name][rows] for name in FIELDS}
        n = len(rows)
        nothing = np.zeros(n, dtype=np.int64)
        return Assessments(
            application_ids=self.population.identifiers[households],
            ground=np.full(n, "", dtype=object),
            counted_income_cents=nothing,
            housing_line=nothing,
            personal_line=nothing,
            n_unknown=nothing,
            lines=(),
            **found,
        )


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
