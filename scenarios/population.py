"""
Everybody who is or will be a candidate of one company during a run, and what becomes of them.

People, what they ask and what happens to them while they wait depend on the seed alone, never on
the policy: two arms of a study meet the same households. Each household has streams of its own
(its number is its month of arrival and its place in that month), so that more arrivals in one
arm leave the others as they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model import MISSING_INTEGER, TABLE_BY_NAME
from allocation.model.table import NO_DATE
from allocation.territory import Company
from scenarios.agency_leases import draw_terms
from scenarios.intervals import ALWAYS, NEVER, Rows
from scenarios.lives import Courses, draw_courses, fact_rows, member_rows
from scenarios.parameters import Parameters
from scenarios.start import Start
from scenarios.streams import Streams
from scenarios.synthetic.applications import ADMITTED, Wishes, draw_situation, draw_wishes
from scenarios.synthetic.calibration import figure, shares
from scenarios.synthetic.choices import draw_choices
from scenarios.synthetic.circumstances import draw_facts
from scenarios.synthetic.evidence import FactRows
from scenarios.synthetic.households import Households, draw_households
from scenarios.synthetic.incomes import Ceilings, Incomes, draw_incomes

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

DAYS_OF_A_YEAR = 365.25
MONTHS = 12
# Arms may ask for up to twice the arrivals of the calibration; the same people come first.
MOST_ARRIVALS = 2.0
_ARRIVAL_BIT, _MONTH_BIT = 1 << 40, 1 << 16
IN_NEED = ("homeless_or_shelter", "transit_or_insertion")
_LIVES_IN = {"unfit": "unfit_or_overcrowded", "ais": "ais_tenant"}


@dataclass(frozen=True, eq=False)
class Population:
    """
    Households by position, in the order of their identifiers; days are counted from 1970.

    Shapes
    ------
    All arrays have one element per household. ``applications``: columns of the register's table
    as they stand on arrival. ``arrives``: the first day it is a candidate (the start of the run
    for those there already). ``leaves``: when it gives up or is not renewed, whatever the policy.
    ``courses``: what happens to it meanwhile. ``situation``: position in
    ``demand.current_situation_share``.
    """

    entities: Int
    identifiers: Texts
    applications: dict[str, npt.NDArray[Any]]
    members: Rows
    facts: Rows
    choices: Rows
    arrives: Int
    leaves: Int
    situation: Int
    courses: Courses
    start_day: int
    end_day: int

    @cached_property
    def may_stay(self) -> Flags:
        """Households that are without a roof at some time: a transit dwelling may be theirs."""
        found: Flags = in_need(self.situation) | (self.courses.loses_home < NEVER)
        return found

    def standing(self, public: str) -> Flags:
        """
        Households concerned by what they are from the start of their application.

        ``unfit``: in a dwelling unfit or overcrowded; ``ais``: in one let by a social agency;
        ``working``: somebody earns from work.
        """
        if public == "working":
            found = np.zeros(len(self), dtype=np.bool_)
            found[self.facts.owner[self.facts.columns["fact"] == "earns_from_work"]] = True
            return found
        labels = list(shares("demand.current_situation_share"))
        holds: Flags = self.situation == labels.index(_LIVES_IN[public])
        return holds

    def __len__(self) -> int:
        return len(self.entities)


@dataclass(frozen=True)
class Place:
    """Where and when a run takes place: one company, from the first day to the last."""

    company: Company
    n_candidates: int
    start: date
    end: date
    tag: str = ""

    @property
    def start_day(self) -> int:
        """First day, counted from 1970."""
        return day_number(self.start)

    @property
    def end_day(self) -> int:
        """Last day, counted from 1970."""
        return day_number(self.end)


def day_number(day: date) -> int:
    """Days since 1970."""
    return int(np.datetime64(day, "D").astype(np.int64))


def draw_population(
    streams: Streams,
    place: Place,
    parameters: Parameters,
    ceilings: Ceilings,
    start: Start | None = None,
) -> Population:
    """
    Draw everybody once, as if on the first day, then move the newcomers to their day.

    With ``start`` those there on the first day are not drawn: they are those of a register.
    """
    entities, arrives = _who(streams, place, parameters)
    is_new = arrives > place.start_day
    shift = np.where(is_new, arrives - place.start_day, 0)
    living, wishes, incomes, facts, situation = _files(
        streams, entities, is_new, place, ceilings, start
    )
    identifiers = _identifiers(entities, place)
    moved = replace(living, born_on=living.born_on + shift.astype("timedelta64[D]")[:, None])
    leaves = _departures(streams, entities, arrives, wishes, place, parameters)
    need = in_need(situation)
    known: dict[str, Any] = {
        "households": moved,
        "arrives": arrives,
        "in_need": need,
        "facts": facts,
    }
    known["until"] = np.minimum(leaves, place.end_day + 1)
    terms = draw_terms(streams, entities, arrives, place.end_day, parameters)
    courses = draw_courses(streams, entities, shift=shift, parameters=parameters, **known)
    applications = _applications(identifiers, wishes, incomes, shift, place)
    if start is not None:
        applications = start.applications(applications, living)
        courses = start.courses(courses)
    return Population(
        entities=entities,
        identifiers=identifiers,
        applications=applications,
        members=member_rows(
            identifiers, moved, incomes, courses, streams, entities, place.start, start
        ),
        facts=fact_rows(identifiers, facts, shift, courses, need, arrives, terms),
        choices=_choices(streams, entities, identifiers, place, start),
        arrives=arrives,
        leaves=leaves,
        situation=situation,
        courses=courses,
        start_day=place.start_day,
        end_day=place.end_day,
    )


def _files(
    streams: Streams,
    entities: Int,
    is_new: Flags,
    place: Place,
    ceilings: Ceilings,
    start: Start | None,
) -> tuple[Households, Wishes, Incomes, FactRows, Int]:
    """What everybody's file says on the first day, or on the day they come."""
    living = draw_households(streams, entities, on=place.start)
    if start is not None:
        living = start.living(living)
    wishes = _as_newcomers(
        draw_wishes(streams, entities, households=living, on=place.start), is_new, place.start
    )
    if start is not None:
        wishes = start.wishes(wishes)
    incomes = draw_incomes(streams, entities, households=living, ceilings=ceilings)
    facts = draw_facts(
        streams, entities, households=living, incomes=incomes, wishes=wishes, on=place.start
    )
    situation = draw_situation(streams, entities)
    if start is not None:
        facts, situation = start.facts(facts), start.situation(situation)
    return living, wishes, incomes, facts, situation


def in_need(situation: Int) -> Flags:
    """Households without a roof of their own: they would enter a transit dwelling."""
    labels = list(shares("demand.current_situation_share"))
    found: Flags = np.isin(situation, [labels.index(name) for name in IN_NEED])
    return found


def _who(streams: Streams, place: Place, parameters: Parameters) -> tuple[Int, Int]:
    """Numbers of the households there at the start and of those who come, with their day."""
    entities = [np.arange(place.n_candidates)]
    days = [np.full(place.n_candidates, place.start_day)]
    weights = np.array(parameters["simulator.arrivals.month_weights"], dtype=np.float64)
    weights /= weights.mean()
    usual = figure("demand.registrations_per_candidate_per_year") * place.n_candidates
    share = parameters["demand.registrations_per_candidate_per_year"] * place.n_candidates
    kept = share / (MOST_ARRIVALS * usual)
    first = np.datetime64(place.start, "M")
    for month in range(int((np.datetime64(place.end, "M") - first).astype(np.int64)) + 1):
        begins = (first + month).astype("datetime64[D]").astype(np.int64)
        length = int((first + month + 1).astype("datetime64[D]").astype(np.int64) - begins)
        expected = MOST_ARRIVALS * usual / MONTHS * weights[(place.start.month - 1 + month) % 12]
        draws = streams.of("arrivals", month)
        n = int(draws.poisson(expected))
        at = begins + np.floor(draws.random(n) * length).astype(np.int64)
        numbers = _ARRIVAL_BIT + month * _MONTH_BIT + np.arange(n)
        holds = streams.uniforms("arrives", numbers) < kept
        holds &= (at > place.start_day) & (at <= place.end_day)
        entities.append(numbers[holds])
        days.append(at[holds])
    return np.concatenate(entities), np.concatenate(days)


def _identifiers(entities: Int, place: Place) -> Texts:
    """Fixed width, so that their order is that of the numbers."""
    found = np.empty(len(entities), dtype=object)
    month = np.where(entities >= _ARRIVAL_BIT, (entities - _ARRIVAL_BIT) // _MONTH_BIT + 1, 0)
    rest = np.where(entities >= _ARRIVAL_BIT, entities % _MONTH_BIT, entities)
    found[:] = [
        f"{place.tag}{m:03d}{i:06d}" for m, i in zip(month.tolist(), rest.tolist(), strict=True)
    ]
    return found


def _as_newcomers(wishes: Wishes, is_new: Flags, start: date) -> Wishes:
    """Who comes later registers on that day and has confirmed nothing yet; all are admitted."""
    today = np.datetime64(start, "D")
    registered = np.where(is_new, today, wishes.registered_on)
    return replace(
        wishes,
        status=np.full(len(is_new), ADMITTED),
        status_until_on=np.full(len(is_new), NO_DATE),
        registered_on=registered,
        last_confirmed_on=np.where(is_new, NO_DATE, wishes.last_confirmed_on),
        confirmations=np.where(is_new, 0, wishes.confirmations),
        requested_on=np.where(wishes.is_transfer, registered, NO_DATE),
        appeal_won_on=np.where(is_new, NO_DATE, wishes.appeal_won_on),
    )


def _departures(
    streams: Streams,
    entities: Int,
    arrives: Int,
    wishes: Wishes,
    place: Place,
    parameters: Parameters,
) -> Int:
    """First of: not renewing in February, giving up in between; never for transfers."""
    yearly = parameters["demand.strike_offs_per_year"] / figure("demand.candidates")
    at_renewal = parameters["demand.seasonality"]["share_of_yearly_strike_offs_at_renewal"]
    exposed = parameters["simulator.departures.renewal_share_exposed"]
    fails = min(0.95, yearly * at_renewal / exposed)
    drawn = streams.uniforms("departure", entities, width=2)
    # A geometric number of renewals passed, and an exponential time for all other reasons.
    passed = np.floor(np.log1p(-drawn[:, 0]) / np.log1p(-fails)).astype(np.int64)
    other = arrives - np.log1p(-drawn[:, 1]) / (yearly * (1 - at_renewal)) * DAYS_OF_A_YEAR
    registered = wishes.registered_on.astype("datetime64[D]").astype(np.int64)
    registered = np.where(arrives > place.start_day, arrives, registered)
    first_due = _first_renewal(registered, place)
    deadlines = _deadlines(place.start.year, place.end.year + 60)
    position = np.minimum(first_due + passed, len(deadlines) - 1)
    found = np.minimum(deadlines[position], np.ceil(other).astype(np.int64))
    found = np.maximum(found, arrives + 1)
    return np.where(wishes.is_transfer, NEVER, found)


def _deadlines(first_year: int, last_year: int) -> Int:
    deadline = figure("demand.seasonality")["renewal_deadline"]
    days = [f"{year}-{deadline}" for year in range(first_year, last_year + 1)]
    return np.array(days, dtype="datetime64[D]").astype(np.int64)


def _first_renewal(registered: Int, place: Place) -> Int:
    """Position of the first deadline after the start at which each household must renew."""
    exempt_after = figure("generator.renewal.exempt_registered_after")
    deadlines = _deadlines(place.start.year, place.end.year + 60)
    years = place.start.year + np.arange(len(deadlines))
    limits = np.array([f"{y - 1}-{exempt_after}" for y in years], dtype="datetime64[D]")
    due = np.searchsorted(limits.astype(np.int64), registered, side="left")
    after_start = np.searchsorted(deadlines, place.start_day, side="right")
    found: Int = np.maximum(due, after_start)
    return found


def _applications(
    identifiers: Texts, wishes: Wishes, incomes: Incomes, shift: Int, place: Place
) -> dict[str, npt.NDArray[Any]]:
    n, moved = len(identifiers), shift.astype("timedelta64[D]")
    one_bedroom = wishes.bedrooms_exception
    filled: dict[str, Any] = {
        "application_id": identifiers,
        "reference_slsp_id": np.full(n, place.company.slsp_id, dtype=object),
        "registered_on": wishes.registered_on + moved,
        "last_confirmed_on": wishes.last_confirmed_on,
        "confirmations": wishes.confirmations,
        "status": wishes.status.astype(np.int16),
        "list": wishes.is_transfer.astype(np.int16),
        "kind_wanted": wishes.kind_wanted.astype(np.int16),
        "adapted_wanted": wishes.needs_adapted.astype(np.int16),
        "owns_dwelling": wishes.owns.astype(np.int16),
        "dependent_children": incomes.n_dependent,
        "bedrooms_exception": np.where(one_bedroom, 1, MISSING_INTEGER),
        "appeal_won_on": wishes.appeal_won_on,
        "transfer_nature": wishes.nature.astype(np.int16),
        "transfer_requested_on": wishes.requested_on + moved,
        "tenant_since_on": wishes.tenant_since_on + moved,
    }
    return with_all_columns("applications", filled, n)


def with_all_columns(table: str, filled: dict[str, Any], n: int) -> dict[str, npt.NDArray[Any]]:
    """The columns of a table, those left out missing everywhere."""
    from allocation.model.table import encode

    return {
        c.name: filled[c.name] if c.name in filled else encode(c, [None] * n)
        for c in TABLE_BY_NAME[table].columns
    }


def _choices(
    streams: Streams, entities: Int, identifiers: Texts, place: Place, start: Start | None
) -> Rows:
    drawn = draw_choices(streams, entities, company=place.company)
    owner, rank, nis5, section = drawn if start is None else start.choices(drawn)
    n = len(owner)
    columns = with_all_columns(
        "choices",
        {
            "application_id": identifiers[owner],
            "rank": rank,
            "nis5": nis5.astype(object),
            "section_id": section.astype(object),
        },
        n,
    )
    order = np.lexsort((rank, owner))
    always, never = np.full(n, ALWAYS), np.full(n, NEVER)
    return Rows.of(len(entities), owner, always, never, columns, order)


__all__ = ["Households", "Place", "Population", "day_number", "draw_population", "in_need"]
