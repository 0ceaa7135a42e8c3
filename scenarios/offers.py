"""Events of an offer: answers, refusals and what follows, re-proposal, moving in, follow-up."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from allocation.ranking import POINTS_TIER, TRANSFER_TIER
from scenarios.behaviour import ACCEPTED, JUSTIFIED, Answers
from scenarios.bridges import MONTH
from scenarios.committee import Entry
from scenarios.homes import EMPTY
from scenarios.record import HOUSED, OFFERED, STRUCK, WAITING, Letting

if TYPE_CHECKING:
    from scenarios.world import World


class Offers:
    """Handlers; ``events`` names those the kernel may call."""

    events = ("answered", "repropose", "moves_in", "follow_up_ends", "slides")

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers = Answers(world.streams, world.parameters)
        self.refusals: dict[int, int] = {}
        self.n_offers: dict[int, int] = {}

    def make(self, offers: dict[str, str]) -> None:
        """Make offers and draw when each is answered."""
        world, sitting = self.world, self.world.sitting
        if sitting is None:
            raise RuntimeError("offers come from a sitting")
        for name, application in sorted(offers.items()):
            dwelling, h = world.homes.position[name], world.committee.position[application]
            row = int(world.committee.said[h, world.stay[h]])
            choice = sitting.choice(application, name)
            answer, days = self.answers.answer(world.entities[h], dwelling, choice)
            world.status[h] = OFFERED
            world.offered[dwelling] = h
            self.n_offers[dwelling] = self.n_offers.get(dwelling, 0) + 1
            world.record.offers += 1
            facts = (dwelling, h, answer, sitting.day, choice, row)
            world.kernel.at(world.day + days, "answered", *facts)

    def answered(
        self, dwelling: int, household: int, answer: str, decided: int, choice: int, row: int
    ) -> None:
        """The household answers its offer."""
        world = self.world
        world.offered.pop(dwelling)
        counted = world.record.answers
        counted[answer] = counted.get(answer, 0) + 1
        has_left = world.population.leaves[household] <= world.day
        if world.status[household] == OFFERED:
            world.status[household] = WAITING
        if world.status[household] != WAITING or has_left:
            self._free(dwelling, household, decided)
            return
        if answer == ACCEPTED:
            self._let(dwelling, household, decided, choice, row)
            return
        self._free(dwelling, household, decided)
        if answer != JUSTIFIED:
            n = self.refusals[household] = self.refusals.get(household, 0) + 1
            if n >= world.refusals_allowed:
                world.status[household] = STRUCK
                world.record.struck[household] = world.day
                world.bridges.give_up(household)

    def _free(self, dwelling: int, household: int, decided: int) -> None:
        """The dwelling is free for others of the same meeting; not for this household."""
        sitting = self.world.sitting
        if sitting is None or sitting.day != decided:
            return
        name, standing = self.world.homes.name(dwelling), sitting.standing
        application = str(self.world.population.identifiers[household])
        offers = {d: a for d, a in standing.offers.items() if d != name}
        refused = standing.refused | {(application, name)}
        sitting.standing = replace(standing, offers=offers, refused=refused)

    def repropose(self, k: int) -> None:
        """Dwellings refused since the committee are offered to the next in line."""
        world, sitting = self.world, self.world.sitting
        if sitting is None or sitting.day != world.days[k] or not sitting.standing.refused:
            return
        if not set(sitting.meeting.type_of) - set(sitting.standing.offers):
            return
        population = world.population
        gone = (world.status != WAITING) | (population.leaves <= world.day)
        self.make(sitting.let_again(gone))

    def _let(self, dwelling: int, household: int, decided: int, choice: int, row: int) -> None:
        """An accepted offer: ledger, lease, the place or the dwelling left behind."""
        world, homes, values = self.world, self.world.homes, self.world.assessed.values
        vacant = homes.vacant[dwelling]
        bridge = next(iter(world.presented.get(household, ())), "")
        is_transfer = world.population.applications["list"][household] == 1
        tier = TRANSFER_TIER if is_transfer else POINTS_TIER
        category = int(values["income_category"][row])
        channel = "agreement" if bridge else ("transfer" if is_transfer else "list")
        entry = Entry(category, tier, homes.nis5[dwelling], vacant.vacancy.origin, channel, bridge)
        world.ledger.enter(world.date_of(decided), vacant.vacancy.dwelling_id, entry)
        days = world.parameters["simulator.offers.days_to_move_in"]
        begins = max(world.day + days, vacant.available)
        letting = Letting(
            household=household,
            dwelling=dwelling,
            decided=decided,
            begins=begins,
            vacated=vacant.vacated,
            available=vacant.available,
            tier=tier,
            category=category,
            points=int(values["points"][row]),
            bedrooms=homes.bedrooms[dwelling],
            channel=channel,
            bridge=bridge,
            choice=choice,
            stay=world.bridges.code(household, world.day),
            n_offers=self.n_offers.pop(dwelling, 1),
        )
        world.record.lettings.append(letting)
        world.record.homes[dwelling] = letting
        world.status[household] = HOUSED
        homes.enter(dwelling, household)
        if bridge:
            world.support.promise(dwelling, bridge)
        world.bridges.give_up(household)
        world.kernel.at(begins, "moves_in", household, dwelling)

    def moves_in(self, household: int, dwelling: int) -> None:
        """The lease begins; what the household leaves comes free."""
        world = self.world
        if household in world.bridges.current:
            world.stays.end(household, "social")
        home = world.home_of.pop(household, None)
        if home is not None:
            world.homes.leave(home, world.day)
        followed = self._follow(household, dwelling)
        world.presented.pop(household, None)
        world.begin_tenancy(dwelling, followed_days=followed)

    def _follow(self, household: int, dwelling: int) -> float:
        """Accompaniment begins, if promised; a sliding lease is reviewed after some months."""
        world, p = self.world, self.world.parameters
        days = float(p["simulator.accompaniment.months"]) * MONTH
        last = world.day + ceil(days)
        begun = world.support.begins(dwelling, world.day, last)
        if begun is None:
            return 0.0
        agreement, number = begun
        world.kernel.at(last, "follow_up_ends", dwelling, number)
        if agreement.is_sliding:
            months = float(p["simulator.accompaniment.sliding_months"])
            review, turn = world.day + round(months * MONTH), world.homes.turn[dwelling]
            world.kernel.at(review, "slides", household, dwelling, turn)
        return days

    def follow_up_ends(self, dwelling: int, number: int) -> None:
        """A place of accompaniment is free again."""
        self.world.support.is_over(dwelling, number)

    def slides(self, household: int, dwelling: int, turn: int) -> None:
        """The sliding lease becomes the household's own, or ends with another arrangement."""
        world = self.world
        if world.homes.turn[dwelling] != turn or world.homes.occupant[dwelling] == EMPTY:
            return
        (drawn,) = world.streams.drawn("slides", world.entities[household])
        is_slide = bool(drawn < world.parameters["bridges.sliding_lease_success"])
        key = "slid" if is_slide else "ended"
        world.record.slides[key] = world.record.slides.get(key, 0) + 1
        if not is_slide:
            world.record.leaves(dwelling, world.day, "not_slid")
            world.support.leaves(dwelling, world.day)
            world.homes.leave(dwelling, world.day)
