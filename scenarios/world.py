"""
One company in time: candidates, dwellings, committees, offers, bridges, one event after another.

Everything drawn is drawn for a household, a dwelling or a pair of them; everything decided is
decided by the committee's own code (``committee``). ``Record`` keeps what measures need.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model import Forecast
from allocation.model.proposal import Vacancy
from allocation.quotas import Opened, whole_members
from allocation.ranking import POINTS_TIER, TRANSFER_TIER
from allocation.rules.rulebook import Rulebook
from scenarios.assessed import Assessed
from scenarios.bridges import Bridges
from scenarios.committee import Committee, Entry, Ledger, Sitting, opened_quotas
from scenarios.homes import EMPTY, SOMEBODY, Homes, Vacant
from scenarios.kernel import Kernel
from scenarios.leases import term_of
from scenarios.offers import Offers
from scenarios.parameters import Parameters
from scenarios.passed_over import passed_over
from scenarios.policy import Policy
from scenarios.population import Place, Population
from scenarios.record import MOVED_ON, OFFERED, WAITING, Record
from scenarios.start import Start
from scenarios.stays import Stays
from scenarios.streams import Streams
from scenarios.support import Support

Int = npt.NDArray[np.int64]

# What happens on one day: people move, the committee sits, refused dwellings are offered again.
_COMMITTEE, _REPROPOSAL = 5, 9
_LONGEST_MONTH = 28
# The committees priced: one in five, so that every month of a year is among them in turn.
_PRICED_EVERY = 5
_TRIES = 24


@dataclass
class World:
    """The state of one company under one policy, and the events of its dwellings and committee."""

    place: Place
    policy: Policy
    rulebook: Rulebook
    parameters: Parameters
    streams: Streams
    population: Population
    assessed: Assessed
    days: tuple[int, ...]
    homes: Homes
    began: Start | None = None
    is_checked: bool = False
    on_committee: Callable[[World, Sitting], None] | None = None

    events = ("sit", "built", "asks_transfer", "tenancy_ends")

    def __post_init__(self) -> None:
        """Everybody where they are at the start, every first event entered."""
        n = len(self.population)
        self.kernel = Kernel(now=self.place.start_day)
        self.record = Record()
        self.status = np.zeros(n, dtype=np.int8)
        self.stay = np.zeros(n, dtype=np.int64)
        self.entities: list[int] = self.population.entities.tolist()
        self.presented: dict[int, tuple[str, ...]] = {}
        self.offered: dict[int, int] = {}
        self.home_of: dict[int, int] = {}
        self.sitting: Sitting | None = None
        self.named_today: list[Vacancy] = []
        self.committee = Committee(
            self.population,
            self.assessed,
            self.rulebook,
            self.policy,
            self.place.company.slsp_id,
            self.streams.seed,
        )
        first, n_quotas = self.date_of(self.days[0]), self.policy.n_quotas
        self.ledger = Ledger(
            self._opened(first, (self.usual_lettings(),) * n_quotas),
            bool(self._rule("quota.count_derogations")),
        )
        self.refusals_allowed = int(self._rule("refusal_limit"))
        self.ledger.open_year(first.year, (0,) * n_quotas)
        if self.began is not None:
            self._enter_what_was_allocated(self.began)
        places = Bridges.places(self.parameters, self.place.company.stock)
        self.bridges = Bridges(self.streams, self.parameters, self.entities, *places)
        agreements = {b.bridge_id: b for b in self.policy.bridges}
        self.support = Support(agreements, self.place.company.stock, self.record.followed)
        self.offers, self.stays = Offers(self), Stays(self)
        self._start()

    def _start(self) -> None:
        for k, day in enumerate(self.days):
            self.kernel.at(day, "sit", k, priority=_COMMITTEE)
        for i, day in enumerate(self.homes.built):
            self.kernel.at(day, "built", self.homes.n_start + i)
        for dwelling in range(self.homes.n_start):
            if self.homes.is_social[dwelling] and self.homes.occupant[dwelling] != EMPTY:
                self.begin_tenancy(dwelling)
        is_transfer = self.population.applications["list"] == 1
        for h in np.flatnonzero(is_transfer).tolist():
            self.kernel.at(int(self.population.arrives[h]), "asks_transfer", h)
        self.stays.settle()

    def _enter_what_was_allocated(self, began: Start) -> None:
        """The year's ledger as the register has it; its agreements are not those of an arm."""
        for row in began.allocated(self.ledger.year):
            tier = TRANSFER_TIER if row["list"] == "transfer" else POINTS_TIER
            facts = int(row["income_category"]), tier, str(row["nis5"]), str(row["origin"])
            entry = Entry(*facts, channel=str(row["channel"]), agreement_id="")
            self.ledger.enter(row["decided_on"], str(row["dwelling_id"] or ""), entry)

    # ---- what others ask ----

    @property
    def day(self) -> int:
        """Today, counted from 1970."""
        return int(self.kernel.now)

    @property
    def today(self) -> date:
        """Today."""
        return self.date_of(self.day)

    def date_of(self, day: int) -> date:
        """The date of a day counted from 1970."""
        found: date = np.datetime64(day, "D").astype(object)
        return found

    def _rule(self, key: str) -> Any:
        on = self.date_of(self.days[0])
        return self.rulebook.parameter(key, on, self.policy.settings).value

    def is_candidate(self, household: int) -> bool:
        """On the list today, with no offer to answer."""
        return bool(
            self.status[household] == WAITING
            and self.population.arrives[household] <= self.day
            and self.population.leaves[household] > self.day
        )

    def waiting(self) -> Int:
        """Households on the list today, with or without an offer to answer, in order."""
        day, population = self.day, self.population
        on_list = (population.arrives <= day) & (population.leaves > day)
        return np.flatnonzero(on_list & (self.status <= OFFERED))

    def on_offer(self) -> list[Vacant]:
        """Dwellings for the committee: ready soon, not being offered, in order."""
        last = self.day + self.parameters["simulator.committee.lead_days"]
        return [
            vacant
            for dwelling, vacant in sorted(self.homes.vacant.items())
            if vacant.available <= last and dwelling not in self.offered
        ]

    # ---- dwellings ----

    def begin_tenancy(self, dwelling: int, *, followed_days: float = 0.0) -> None:
        """A tenancy begins today; its end is entered when it comes before the end of the run."""
        p = self.parameters
        effects = (
            float(p["accompaniment.effect_on_eviction"]),
            float(p["accompaniment.effect_on_early_exit"]),
        )
        ends, reason = self.homes.tenancy_ends(
            dwelling, self.day, followed_days=followed_days, effects=effects
        )
        if self.policy.leases is not None and self.day > self.place.start_day:
            names = ("lease", dwelling, self.homes.turn[dwelling])
            first, second = self.streams.drawn(*names, width=2)
            ends, reason = min(
                (ends, reason), term_of(self.policy.leases, self.day, (first, second), p)
            )
        if ends <= self.place.end_day:
            self.kernel.at(ends, "tenancy_ends", dwelling, self.homes.turn[dwelling], reason)

    def built(self, dwelling: int) -> None:
        """A new dwelling is to let."""
        if self.homes.is_social[dwelling]:
            self.homes.open_new(dwelling, self.day)

    def asks_transfer(self, household: int) -> None:
        """A tenant asks for another dwelling; for some the present one has the wrong size."""
        known = self.began.present_homes.get(household) if self.began is not None else None
        if known is not None and self.homes.occupant[known] == SOMEBODY:
            self.homes.occupant[known] = household
            self.home_of[household] = known
            return
        homes, gap = self.homes, self.parameters["simulator.transfers.home_size_gap"]
        nature = int(self.population.applications["transfer_nature"][household])
        members, _ = self.population.members.on(np.array([household]), self.day)
        size = max(1, len(members) // 2) + {0: gap, 1: -gap}.get(nature, 0)
        drawn = self.streams.drawn("present home", self.entities[household], width=_TRIES)
        tried = [int(u * homes.n_start) for u in drawn]
        free = [d for d in tried if homes.occupant[d] == SOMEBODY and homes.is_social[d]]
        if not free:
            self.status[household] = MOVED_ON
            return
        dwelling = min(free, key=lambda d: abs(homes.bedrooms[d] - size))
        homes.occupant[dwelling] = household
        self.home_of[household] = dwelling

    def tenancy_ends(self, dwelling: int, turn: int, reason: str) -> None:
        """A tenant leaves; a transfer asked from this dwelling ends with it."""
        homes = self.homes
        if homes.turn[dwelling] != turn or homes.occupant[dwelling] == EMPTY:
            return
        household = homes.occupant[dwelling]
        if household >= 0 and self.home_of.get(household) == dwelling:
            if self.status[household] in (WAITING, OFFERED):
                self.status[household] = MOVED_ON
            self.home_of.pop(household)
        self.record.evictions += reason == "eviction"
        self.record.leaves(dwelling, self.day, reason)
        self.support.leaves(dwelling, self.day)
        homes.leave(dwelling, self.day)

    # ---- the committee ----

    def sit(self, k: int) -> None:
        """The committee of a month."""
        self.committee.hear(k)
        on = self.today
        if on.year != self.ledger.year:
            self._close_year(on.year)
        waiting = self.waiting()
        free = waiting[self.status[waiting] == WAITING]
        for h in self.bridges.current:
            self.stay[h] = self.bridges.code(h, self.day)
        households, rows = self.committee.taking_part(free, self.stay[free])
        vacant = self.on_offer()
        self.record.sittings.append((self.day, len(waiting), len(households), len(vacant)))
        if not vacant:
            self.sitting = None
            return
        self.named_today = self._named([v.vacancy for v in vacant])
        self.sitting = self.committee.sit(
            self.committee.meeting(on, self._forecast(on)),
            households=households,
            rows=rows,
            vacancies=self.named_today,
            presented=self.presented,
            quotas=self.ledger.opened(self.support.free()),
        )
        if self.on_committee is not None:
            self.on_committee(self, self.sitting)
        line, said = self.sitting.line, self.committee.said
        told = self.assessed.values["points"][said[line.households, self.stay[line.households]]]
        found = passed_over(self.sitting, told, is_priced=k % _PRICED_EVERY == 0)
        self.record.passed_over.append((self.day, found))
        for resolved, used in zip(
            self.sitting.outcome.resolved, self.sitting.outcome.used, strict=True
        ):
            self.record.seats.append((self.day, resolved.rule.quota_id, resolved.seats, used))
        self.offers.make(self.sitting.offers())
        step = self.parameters["simulator.committee.repropose_every_days"]
        for day in range(self.day + step, self.day + _LONGEST_MONTH, step):
            self.kernel.at(day, "repropose", k, priority=_REPROPOSAL)

    def _forecast(self, on: date) -> Forecast:
        """What the company expects of the year: its usual number of lettings."""
        n = self.usual_lettings()
        return Forecast(n, n, date(on.year, 1, 1), "simulated")

    def usual_lettings(self) -> int:
        """Lettings of a usual year: the stock at its turnover."""
        turnover = self.parameters["generator.vacancies.turnover_rate"]
        return max(1, round(self.place.company.stock * float(turnover)))

    def _named(self, vacancies: list[Vacancy]) -> list[Vacancy]:
        """Some dwellings are named for an agreement, until nobody took them for some time."""
        named = [b for b in self.policy.bridges if b.named_share]
        return [self._name(v, named) for v in vacancies] if named else vacancies

    def _name(self, vacancy: Vacancy, bridges: list[Any]) -> Vacancy:
        dwelling = self.homes.position[vacancy.dwelling_id]
        days = self.parameters["simulator.bridges.named_release_days"]
        if self.day - self.homes.vacant[dwelling].available >= days:
            return vacancy
        (drawn,) = self.streams.drawn("named", dwelling, self.homes.turn[dwelling])
        low = 0.0
        for bridge in bridges:
            high = low + float(bridge.named_share)
            if low <= drawn < high:
                return replace(vacancy, agreement_id=bridge.bridge_id)
            low = high
        return vacancy

    def _close_year(self, year: int) -> None:
        """The ledger of a year is closed: what is left of a reserve lapses or is carried over."""
        ledger = self.ledger
        unused = {b.bridge_id: b.unused for b in self.policy.bridges}
        carried = []
        rows = zip(ledger.quotas, ledger.n_members, ledger.n_base, ledger.carried, strict=True)
        for quota, members, base, before in rows:
            share = quota.share or Fraction(0)
            whole = quota.whole
            due = before + (whole_members(quota.rule.kind, share, base) if whole is None else whole)
            name = quota.rule.quota_id
            self.record.years.append((ledger.year, name, due, members, base))
            keeps = unused.get(quota.rule.group.agreement_id) == "carry_over"
            carried.append(max(0, due - members) if keeps else 0)
        ledger.quotas = self._opened(self.today, tuple(ledger.n_base))
        ledger.open_year(year, tuple(carried))

    def _opened(self, on: date, bases: tuple[int, ...]) -> tuple[Opened, ...]:
        """The quotas with the shares in force on a day; ``bases``: those of the year before."""
        meeting = self.committee.meeting(on, None)
        return opened_quotas(self.policy, self.rulebook, meeting, bases)

    # ---- running ----

    def run(self) -> Record:
        """Take every event up to the last day."""
        parts: tuple[World | Offers | Stays, ...] = (self, self.offers, self.stays)
        handlers: dict[str, Callable[..., None]] = {
            name: getattr(part, name) for part in parts for name in part.events
        }
        self.kernel.run(
            handlers.__getitem__,
            self.place.end_day,
            after_each=self._check if self.is_checked else None,
        )
        return self.record

    def _check(self) -> None:
        from scenarios.invariants import check

        check(self)
