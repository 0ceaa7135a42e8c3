"""What was seen of one run, as columns that add up: companies of a Region are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scenarios.assessed import ORDINARY, TRANSIT
from scenarios.intervals import NEVER
from scenarios.passed_over import PassedOver
from scenarios.record import HOUSED, MOVED_ON, STRUCK
from scenarios.support import places_of

if TYPE_CHECKING:
    from scenarios.world import World

Int = npt.NDArray[np.int64]

LEFT, WAITS = 5, 0
OUT_BY = ("", "social", "other", "insertion")
WHY_LEFT = ("", "left", "eviction", "term", "trial", "not_slid")
PAIRS = tuple(f.name for f in fields(PassedOver))
_OF_WHOM = ("is_woman", "is_single_parent", "in_need")


@dataclass(frozen=True, eq=False)
class Observed:
    """
    One run of one arm, or of several companies of it.

    Shapes
    ------
    households : name -> (n,): ``arrives``, ``ends`` and ``how`` (``HOUSED``, ``LEFT``,
        ``STRUCK``, ``MOVED_ON``, or ``WAITS`` at the last day), ``is_new``, ``is_transfer``,
        ``is_single_parent``, ``is_woman``, ``bedrooms``, ``in_need``
    lettings, stays, sittings, years, passed_over, followed : name -> (m,)
    counts : name -> number
    """

    start: int
    end: int
    households: dict[str, Int]
    lettings: dict[str, Int]
    stays: dict[str, Int]
    sittings: dict[str, Int]
    years: dict[str, Int]
    passed_over: dict[str, Int]
    followed: dict[str, Int]
    counts: dict[str, float]


TABLES = ("households", "lettings", "stays", "sittings", "years", "passed_over", "followed")


def together(parts: Sequence[Observed]) -> Observed:
    """Several companies as one."""
    tables = {
        name: {
            column: np.concatenate([getattr(part, name)[column] for part in parts])
            for column in getattr(parts[0], name)
        }
        for name in TABLES
    }
    names = sorted({name for part in parts for name in part.counts})
    counts = {name: sum(part.counts.get(name, 0.0) for part in parts) for name in names}
    return Observed(parts[0].start, parts[0].end, **tables, counts=counts)


def observe(world: World) -> Observed:
    """Look at a finished run."""
    record = world.record
    lettings = record.lettings
    columns = ("household", "decided", "begins", "vacated", "available", "tier", "category")
    more = ("points", "bedrooms", "choice", "stay", "n_offers", "left")
    seen = {n: np.array([getattr(x, n) for x in lettings], dtype=np.int64) for n in columns + more}
    seen["is_bridge"] = np.array([bool(x.bridge) for x in lettings], dtype=np.int64)
    seen["why_left"] = np.array([WHY_LEFT.index(x.why_left) for x in lettings], dtype=np.int64)
    seen["nis5"] = np.array([int(world.homes.nis5[x.dwelling]) for x in lettings], dtype=np.int64)
    households = _households(world)
    for name in _OF_WHOM:
        seen[name] = households[name][seen["household"]]
    stays = world.bridges.stays
    return Observed(
        start=world.place.start_day,
        end=world.place.end_day,
        households=households,
        lettings=seen,
        stays={
            "is_transit": np.array([s.kind == TRANSIT for s in stays], dtype=np.int64),
            "begins": np.array([s.begins for s in stays], dtype=np.int64),
            "limit": np.array([s.limit for s in stays], dtype=np.int64),
            "ended": np.array([s.ended for s in stays], dtype=np.int64),
            "out_by": np.array([OUT_BY.index(s.out_by) for s in stays], dtype=np.int64),
        },
        sittings=_named(("day", "waiting", "admitted", "dwellings"), record.sittings),
        years=_named(
            ("year", "is_bridge", "due", "members", "base"),
            [(y, int(q.startswith("bridge-")), d, m, b) for y, q, d, m, b in record.years],
        ),
        passed_over=_passed_over(world),
        followed=_named(("begins", "ends"), record.followed),
        counts=_counts(world),
    )


def _named(names: Sequence[str], rows: Sequence[tuple[int, ...]]) -> dict[str, Int]:
    values = np.array(rows, dtype=np.int64).reshape(-1, len(names))
    return {name: values[:, i] for i, name in enumerate(names)}


def _households(world: World) -> dict[str, Int]:
    population, status = world.population, world.status
    n, end = len(population), world.place.end_day
    ends, how = np.full(n, end), np.full(n, WAITS)
    gone = population.leaves <= end
    ends[gone], how[gone] = population.leaves[gone], LEFT
    for household, day in world.record.struck.items():
        ends[household], how[household] = day, STRUCK
    moved = status == MOVED_ON
    how[moved] = MOVED_ON
    for letting in world.record.lettings:
        ends[letting.household], how[letting.household] = letting.begins, HOUSED
    late = ends > end
    ends[late], how[late] = end, WAITS
    role = population.members.columns["role"]
    first = population.members.offsets[:-1]
    partner, child = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    owner = population.members.owner
    partner[owner[role == 1]] = True
    child[owner[role == 2]] = True
    said = world.committee.said[:, ORDINARY]
    bedrooms = np.where(said >= 0, world.assessed.values["bedrooms"][said], -1)
    return {
        "arrives": population.arrives,
        "registered": population.applications["registered_on"].astype(np.int64),
        "ends": ends,
        "how": how,
        "is_new": (population.arrives > world.place.start_day).astype(np.int64),
        "is_transfer": (population.applications["list"] == 1).astype(np.int64),
        "is_single_parent": (child & ~partner).astype(np.int64),
        "is_woman": (population.members.columns["sex"][first] == 0).astype(np.int64),
        "bedrooms": bedrooms,
        "in_need": (population.may_stay).astype(np.int64),
        "in_agency": population.standing("ais").astype(np.int64),
        "is_working": population.standing("working").astype(np.int64),
        "roofless_days": _roofless_days(world, ends),
    }


def _passed_over(world: World) -> dict[str, Int]:
    """One row a committee; ``rank`` in thousandths of a line."""
    rows = []
    for day, found in world.record.passed_over:
        whole = {**asdict(found), "rank": round(1000 * found.rank)}
        rows.append((day, *(whole[name] for name in PAIRS)))
    return _named(("day", *PAIRS), rows)


def _roofless_days(world: World, ends: Int) -> Int:
    """Days on the list without a roof and without a place of transit or insertion."""
    population, courses = world.population, world.population.courses
    from scenarios.population import in_need

    since = np.where(in_need(population.situation), population.arrives, courses.loses_home)
    until = np.minimum(ends, courses.finds_home)
    days = np.where(since < NEVER, np.maximum(0, until - since), 0)
    for stay in world.bridges.stays:
        last = stay.ended if stay.ended >= 0 else world.place.end_day
        h = stay.household
        overlap = min(last, int(until[h])) - max(stay.begins, int(since[h]))
        days[h] -= max(0, overlap)
    return np.maximum(0, days)


def _counts(world: World) -> dict[str, float]:
    record, bridges = world.record, world.bridges
    followed = sum(
        max(0, min(last, world.place.end_day) - first) for first, last in record.followed
    )
    return {
        "offers": record.offers,
        **{f"answer.{name}": n for name, n in record.answers.items()},
        **{f"slides.{name}": n for name, n in record.slides.items()},
        "evictions": record.evictions,
        "followed_days": followed,
        "stock": world.place.company.stock,
        "transit_places": bridges.n_transit,
        "insertion_places": bridges.n_insertion,
        "support_places": float(_support_places(world)),
        "caseload": float(world.parameters["simulator.accompaniment.caseload"]),
        "companies": 1,
    }


def _support_places(world: World) -> int:
    """Places of accompaniment that the agreements promise; 0 when none sets a limit."""
    stock = world.place.company.stock
    return sum(places_of(bridge, stock) or 0 for bridge in world.policy.bridges)
