"""Applications: dates, confirmations, lists, transfers, wishes, winners of an appeal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure, pick, shares
from scenarios.synthetic.households import (
    APPLICANT,
    COUPLE,
    FIRST_CHILD,
    OTHER_ADULT,
    SINGLE,
    Households,
)

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]

ADMITTED, INCOMPLETE, STRUCK_OFF, WITHDRAWN = range(4)
UNDER_OCCUPATION, OVER_OCCUPATION, MEDICAL, CONVENIENCE = range(4)
_DAYS_OF_A_YEAR = 365.25
_CONVENIENCE_YEARS = 3
_LONGEST_TENANCY_YEARS = 18
_ADULT_DAYS = int(18 * _DAYS_OF_A_YEAR) + 1
_NO_DATE = np.datetime64("NaT", "D")


@dataclass(frozen=True, eq=False)
class Wishes:
    """
    What each application says besides its members and facts; one element per household.

    ``status``, ``nature`` (-1 outside transfers) and ``kind_wanted`` are positions in the
    choices of the register's columns; dates are NaT when there is none. ``rooms`` is a rough
    number of bedrooms used only to give transfers a present dwelling.
    """

    status: Int
    status_until_on: Days
    registered_on: Days
    last_confirmed_on: Days
    confirmations: Int
    is_transfer: Flags
    nature: Int
    requested_on: Days
    tenant_since_on: Days
    kind_wanted: Int
    owns: Int
    needs_adapted: Flags
    bedrooms_exception: Flags
    appeal_won_on: Days
    rooms: Int


def draw_wishes(streams: Streams, entities: Int, *, households: Households, on: date) -> Wishes:
    """Draw everything an application says, on the date of the meeting."""
    today = np.datetime64(on, "D")
    transfer_idx = list(shares("demand.current_situation_share")).index("social_tenant_transfer")
    is_transfer = draw_situation(streams, entities) == transfer_idx
    registered = _registrations(streams, entities, households=households, today=today)
    confirmed, times = _confirmations(streams, entities, registered, on=on)
    status, until = _statuses(streams, entities, today=today)
    rooms = _rough_rooms(households)
    since = _entries(streams, entities, registered)
    return Wishes(
        status=status,
        status_until_on=until,
        registered_on=registered,
        last_confirmed_on=confirmed,
        confirmations=times,
        is_transfer=is_transfer,
        nature=np.where(is_transfer, _natures(streams, entities, rooms), -1),
        requested_on=np.where(is_transfer, registered, _NO_DATE),
        tenant_since_on=np.where(is_transfer, since, _NO_DATE),
        kind_wanted=_kinds_wanted(streams, entities),
        owns=_owners(streams, entities),
        needs_adapted=streams.uniforms("adapted needs", entities)
        < figure("demand.reduced_mobility_share"),
        bedrooms_exception=_exceptions(streams, entities, households=households),
        appeal_won_on=_appeals(
            streams, entities, eligible=(status == ADMITTED) & ~is_transfer, today=today
        ),
        rooms=rooms,
    )


def _statuses(streams: Streams, entities: Int, *, today: np.datetime64) -> tuple[Int, Days]:
    """Where each application stands, and the end of the strike-offs."""
    status = pick(
        streams.uniforms("status", entities), shares("generator.applications.status_share")
    )
    longest = figure("generator.renewal.strike_off_days_at_most")
    until = today + _days(streams.uniforms("strike-off", entities), 1, longest)
    return status, np.where(status == STRUCK_OFF, until, _NO_DATE)


def _entries(streams: Streams, entities: Int, requested: Days) -> Days:
    """When a tenant entered the present dwelling: years before asking for another."""
    found: Days = requested - _days(
        streams.uniforms("tenancy", entities),
        int(_CONVENIENCE_YEARS * _DAYS_OF_A_YEAR) + 1,
        int(_LONGEST_TENANCY_YEARS * _DAYS_OF_A_YEAR),
    )
    return found


def draw_situation(streams: Streams, entities: Int) -> Int:
    """Present situation, position in ``demand.current_situation_share``."""
    among = shares("demand.current_situation_share")
    return pick(streams.uniforms("present situation", entities), among)


def _days(uniforms: Floats, low: int, high: int) -> npt.NDArray[np.timedelta64]:
    """Whole days from ``low`` to ``high`` included."""
    found: npt.NDArray[np.timedelta64] = (low + np.floor(uniforms * (high - low + 1))).astype(
        "timedelta64[D]"
    )
    return found


def _registrations(
    streams: Streams, entities: Int, *, households: Households, today: np.datetime64
) -> Days:
    """Dates with the seniority of the calibration, never before the applicant was of age."""
    among = shares("demand.seniority_share_of_stock")
    band = pick(streams.uniforms("seniority", entities), among)
    longest = figure("generator.applications.longest_wait_years")
    first = [0.0, *(float(label.rstrip("y+").split("-")[0]) for label in list(among)[1:])]
    edges = np.array([*first, longest])
    drawn = streams.uniforms("seniority in the band", entities)
    spread = np.where(band == len(among) - 1, drawn**2, drawn)
    years = edges[band] + spread * (edges[band + 1] - edges[band])
    registered = today - np.ceil(years * _DAYS_OF_A_YEAR).astype("timedelta64[D]")
    of_age = households.born_on[:, APPLICANT] + np.timedelta64(_ADULT_DAYS, "D")
    yesterday = today - np.timedelta64(1, "D")
    found: Days = np.minimum(np.maximum(registered, np.minimum(of_age, yesterday)), yesterday)
    return found


def _confirmations(
    streams: Streams, entities: Int, registered: Days, *, on: date
) -> tuple[Days, Int]:
    """Last yearly confirmation and how many there were; a few missed the last one."""
    deadline = figure("demand.seasonality")["renewal_deadline"]
    opens = figure("generator.renewal.opens")
    last_year = on.year if on >= date.fromisoformat(f"{on.year}-{deadline}") else on.year - 1
    year = registered.astype("datetime64[Y]").astype(np.int64) + 1970
    exempt_after = figure("generator.renewal.exempt_registered_after")
    limits = np.array(
        [f"{y}-{exempt_after}" for y in range(1970, on.year + 1)], dtype="datetime64[D]"
    )
    is_late = registered > limits[year - 1970]
    due = np.maximum(0, last_year - year - is_late)
    missed = (due > 0) & (
        streams.uniforms("missed confirmation", entities)
        < figure("generator.applications.not_confirmed_share")
    )
    times = due - missed
    first_day = np.array([f"{y}-{opens}" for y in range(1970, on.year + 1)], dtype="datetime64[D]")
    length = int(
        (
            date.fromisoformat(f"{last_year}-{deadline}")
            - date.fromisoformat(f"{last_year}-{opens}")
        ).days
    )
    day = first_day[last_year - missed - 1970] + _days(
        streams.uniforms("day of confirmation", entities), 0, length
    )
    return np.where(times > 0, day, _NO_DATE), times.astype(np.int64)


def _rough_rooms(households: Households) -> Int:
    n_children = households.present[:, FIRST_CHILD:].sum(axis=1)
    found: Int = 1 + -(-n_children // 2) + households.present[:, OTHER_ADULT]
    return found


def _natures(streams: Streams, entities: Int, rooms: Int) -> Int:
    """Nobody lives in a dwelling too small by a room when one room is enough."""
    drawn = pick(
        streams.uniforms("nature of the transfer", entities),
        shares("generator.applications.transfer_nature_share"),
    )
    return np.where((drawn == OVER_OCCUPATION) & (rooms == 1), UNDER_OCCUPATION, drawn)


def _kinds_wanted(streams: Streams, entities: Int) -> Int:
    among = shares("generator.households.kind_wanted_share")
    drawn = pick(streams.uniforms("kind wanted", entities), among)
    position = np.array([("house", "flat", "any").index(label) for label in among])
    return position[drawn]


def _owners(streams: Streams, entities: Int) -> Int:
    among = shares("generator.households.owner_share")
    drawn = pick(streams.uniforms("owns a dwelling", entities), among)
    codes = ("no", "yes", "exception")
    position = np.array([codes.index(k) if k in codes else -1 for k in among])
    return position[drawn]


def _exceptions(streams: Streams, entities: Int, *, households: Households) -> Flags:
    """Some over 65, alone or two, ask for one bedroom only; the decision is on file."""
    small = np.isin(households.kind, (SINGLE, COUPLE))
    old = households.age[:, APPLICANT] > 65
    asks = streams.uniforms("one bedroom", entities) < figure(
        "generator.applications.one_bedroom_share"
    )
    found: Flags = small & old & asks
    return found


def _appeals(streams: Streams, entities: Int, *, eligible: Flags, today: np.datetime64) -> Days:
    """The first of the draw among those who can be housed won before the appeal chamber."""
    drawn = streams.uniforms("appeal", entities, width=2)
    per_4000 = figure("generator.applications.appeal_winners_per_4000")
    n_winners = min(int(eligible.sum()), max(1, round(len(entities) * per_4000 / 4000)))
    order = np.argsort(np.where(eligible, drawn[:, 0], 2.0), kind="stable")[:n_winners]
    found = np.full(len(entities), _NO_DATE)
    found[order] = today - _days(drawn[order, 1], 15, 90)
    return found
