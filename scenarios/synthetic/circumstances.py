"""What happened to each household: the facts that may give points, with their evidence."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from scenarios.streams import Streams
from scenarios.synthetic.applications import MEDICAL, Wishes, draw_situation
from scenarios.synthetic.calibration import figure, pick, shares
from scenarios.synthetic.evidence import HOUSEHOLD, FactFile, FactRows
from scenarios.synthetic.households import (
    APPLICANT,
    FEMALE,
    FIRST_CHILD,
    MALE,
    N_SLOTS,
    OTHER_ADULT,
    PARTNER,
    Households,
)
from scenarios.synthetic.incomes import Incomes

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

_ADULT = 18
_MINER_AGE = 60
_WAR_AGE = 85
_ADULT_PLACES = (APPLICANT, PARTNER, OTHER_ADULT)


def draw_facts(
    streams: Streams,
    entities: Int,
    *,
    households: Households,
    incomes: Incomes,
    wishes: Wishes,
    on: date,
) -> FactRows:
    """Draw the facts of every household, sorted by theme; a few are left unknown on purpose."""
    found = FactFile(streams, entities, on)
    situation = draw_situation(streams, entities)
    is_in = {
        label: situation == idx
        for idx, label in enumerate(shares("demand.current_situation_share"))
    }
    _tenants(found, is_in)
    _without_a_home(found, is_in, wishes=wishes)
    _temporary_homes(found, is_in)
    _violence(found, households, is_homeless=is_in["homeless_or_shelter"])
    _work(found, households, incomes=incomes)
    _health(found, households, wishes=wishes)
    _age_and_past(found, households)
    return found.rows()


def _drawn(found: FactFile, purpose: str, width: int = 1) -> Floats:
    return found.streams.uniforms(purpose, found.entities, width=width)


def _happens(found: FactFile, purpose: str, key: str) -> Flags:
    share: float = figure(f"generator.circumstances.{key}")
    return _drawn(found, purpose) < share


def _codes(position: Int, among: dict[str, float]) -> Texts:
    return np.array([*among, ""], dtype=object)[position]


def _days_before(found: FactFile, purpose: str, low: int, high: int) -> npt.NDArray[np.datetime64]:
    age = (low + np.floor(_drawn(found, purpose) * (high - low + 1))).astype("timedelta64[D]")
    day: npt.NDArray[np.datetime64] = np.datetime64(found.on, "D") - age
    return day


def _one_of(found: FactFile, purpose: str, key: str) -> Texts:
    """One of several events of small shares, or none (empty)."""
    events = {str(k): float(v) for k, v in figure(f"generator.circumstances.{key}").items()}
    events["nothing"] = 1 - sum(events.values())
    return _codes(pick(_drawn(found, purpose), events), {**events, "nothing": 0.0})


def _tenants(found: FactFile, is_in: dict[str, Flags]) -> None:
    private, unfit = is_in["private_tenant"], is_in["unfit_or_overcrowded"]
    found.add(
        "occupancy_title", private | unfit | is_in["ais_tenant"], value="tenant", place=HOUSEHOLD
    )
    reason = _codes(
        pick(_drawn(found, "unfit dwelling"), shares("generator.circumstances.unfit_share")),
        shares("generator.circumstances.unfit_share"),
    )
    found.add("unfit_dwelling", unfit, value=reason, place=HOUSEHOLD)
    ground = _one_of(found, "lease ended", "lease_ended_by_landlord_share")
    found.add("lease_end_ground", private & (ground != "nothing"), value=ground, place=HOUSEHOLD)
    renewal = private & _happens(found, "urban renewal", "urban_renewal_share")
    found.add("urban_renewal_perimeter", renewal, place=HOUSEHOLD)
    found.add("urban_renewal_sale_signed", renewal, place=HOUSEHOLD)
    found.add(
        "calamity_recognised",
        (private | is_in["with_family_or_friends"]) & _happens(found, "calamity", "calamity_share"),
        place=HOUSEHOLD,
    )


def _without_a_home(found: FactFile, is_in: dict[str, Flags], *, wishes: Wishes) -> None:
    """Homelessness mostly began a month or more before the application was last renewed."""
    homeless = is_in["homeless_or_shelter"]
    today = np.datetime64(found.on, "D")
    confirmed = wishes.last_confirmed_on
    renewed = np.where(np.isnat(confirmed), wishes.registered_on, confirmed)
    drawn = _drawn(found, "homeless since", 2)
    before = drawn[:, 0] < figure("generator.circumstances.homeless_before_confirmation_share")
    early = renewed - (31 + np.floor(drawn[:, 1] * 500)).astype("timedelta64[D]")
    late = today - np.floor(
        drawn[:, 1] * np.minimum(300, (today - renewed).astype(np.int64))
    ).astype("timedelta64[D]")
    found.add(
        "homeless_since",
        homeless,
        value=np.where(before, early, late),
        place=HOUSEHOLD,
        is_certain=True,
    )
    shelter = _one_of(found, "makeshift shelter", "makeshift_shelter_share")
    camps = is_in["with_family_or_friends"] & (shelter != "nothing")
    found.add("makeshift_shelter", camps, value=shelter, place=HOUSEHOLD)
    found.add("makeshift_shelter_is_home", camps, place=HOUSEHOLD)


def _temporary_homes(found: FactFile, is_in: dict[str, Flags]) -> None:
    stays = is_in["transit_or_insertion"]
    among = shares("generator.circumstances.temporary_kind_share")
    kind = _codes(pick(_drawn(found, "temporary home"), among), among)
    found.add("temporary_housing", stays, value=kind, place=HOUSEHOLD, is_certain=True)
    found.add(
        "temporary_housing",
        is_in["ais_tenant"],
        value="ais_conventioned",
        place=HOUSEHOLD,
        is_certain=True,
    )
    drawn = _drawn(found, "end of the stay", 2)
    is_soon = drawn[:, 0] < figure("generator.circumstances.temporary_last_months_share")
    days = np.where(is_soon, 5 + drawn[:, 1] * 165, 200 + drawn[:, 1] * 500)
    ends = np.datetime64(found.on, "D") + np.floor(days).astype("timedelta64[D]")
    found.add("temporary_housing_ends_on", stays, value=ends, place=HOUSEHOLD)


def _violence(found: FactFile, households: Households, *, is_homeless: Flags) -> None:
    drawn = _drawn(found, "violence")
    threshold = np.where(
        is_homeless,
        figure("generator.circumstances.violence_given_homeless_share"),
        figure("generator.circumstances.violence_share"),
    )
    # A household where the partner still lives did not leave because of that partner.
    holds = (drawn < threshold) & ~households.present[:, PARTNER]
    holds &= households.age[:, APPLICANT] >= _ADULT
    found.add("domestic_violence", holds)
    found.add("violence_left_on", holds, value=_days_before(found, "left because of it", 10, 700))


def _work(found: FactFile, households: Households, *, incomes: Incomes) -> None:
    for place in range(N_SLOTS):
        works = incomes.works[:, place] & households.present[:, place]
        alone = incomes.is_self_employed[:, place]
        found.add("earns_from_work", works & ~alone, place=place)
        found.add(
            "earns_from_work", works & alone, place=place, proofs="earns_from_work_self_employed"
        )
    age = households.age[:, APPLICANT]
    idle = ~incomes.works[:, APPLICANT]
    found.add(
        "job_lost_on",
        idle & (age >= 20) & (age < 60) & _happens(found, "lost job", "lost_job_share"),
        value=_days_before(found, "job lost on", 15, 430),
    )
    found.add(
        "work_accident_disease",
        idle & (age >= 30) & (age < 65) & _happens(found, "accident", "work_accident_share"),
    )


def _health(found: FactFile, households: Households, *, wishes: Wishes) -> None:
    """Who is disabled: mostly the applicant, sometimes the partner or a child."""
    share = np.where(
        wishes.needs_adapted,
        figure("generator.circumstances.disabled_given_adapted_share"),
        figure("generator.circumstances.disabled_share"),
    )
    drawn = _drawn(found, "disabled", 2)
    holds = drawn[:, 0] < share
    place = np.full(len(households), APPLICANT)
    place[(drawn[:, 1] > 0.70) & households.present[:, PARTNER]] = PARTNER
    place[(drawn[:, 1] > 0.85) & households.present[:, FIRST_CHILD]] = FIRST_CHILD
    for where in (APPLICANT, PARTNER, FIRST_CHILD):
        found.add("disabled", holds & (place == where), place=where)
    ill = _happens(found, "degenerative disease", "degenerative_share") & ~holds
    found.add("degenerative_disease", ill & (households.age[:, APPLICANT] >= 30))
    found.add("medical_reason", wishes.nature == MEDICAL, place=HOUSEHOLD)
    fertile = (households.sex[:, APPLICANT] == FEMALE) & (households.age[:, APPLICANT] <= 42)
    expects = fertile & _happens(found, "expected birth", "expected_birth_share")
    found.add(
        "expected_birth_on",
        expects & (households.age[:, APPLICANT] >= _ADULT),
        value=_days_before(found, "birth", -200, -10),
        place=HOUSEHOLD,
    )


def _age_and_past(found: FactFile, households: Households) -> None:
    draws_pension = pensioners(found.streams, found.entities, households=households)
    miner = _drawn(found, "former miner", N_SLOTS) < figure(
        "generator.circumstances.former_miner_share"
    )
    war = _drawn(found, "war victim", N_SLOTS) < figure("generator.circumstances.war_victim_share")
    old_man = (households.sex == MALE) & (households.age >= _MINER_AGE) & households.present
    very_old = (households.age >= _WAR_AGE) & households.present
    for place in _ADULT_PLACES:
        found.add("retirement_pension", draws_pension[:, place], place=place)
        found.add("former_miner", (old_man & miner)[:, place], place=place)
        found.add("war_victim", (very_old & war)[:, place], place=place)
    found.add("minor_in_autonomy", households.age[:, APPLICANT] < _ADULT)


def pensioners(streams: Streams, entities: Int, *, households: Households) -> Flags:
    """Who draws a pension, (n, 9); ascendants in the household always do."""
    old = households.age >= figure("generator.circumstances.pension_age")
    drawn = streams.uniforms("pension", entities, width=N_SLOTS)
    draws = old & (drawn < figure("generator.circumstances.pension_share"))
    draws[:, OTHER_ADULT] |= households.is_ascendant
    found: Flags = draws & households.present
    return found
