"""
Leases of candidates housed by a social agency (AIS): one term after another, each with its end.

No rule in force reads those ends. They are there for a draft that gives points in the last months
of such a lease, as the associations ask for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios.parameters import Parameters
from scenarios.streams import Streams

Int = npt.NDArray[np.int64]

_DAYS_OF_A_YEAR = 365.25


def draw_terms(
    streams: Streams, entities: Int, arrives: Int, last_day: int, parameters: Parameters
) -> tuple[Int, Int, Int]:
    """
    Every term of the lease of each household, from its arrival to the end of the run.

    The first term is somewhere between its first and its last day on arrival.

    Shapes
    ------
    entities, arrives : (n,)
    result : three arrays (terms,), position of the household, first day, day after the last
    """
    days = round(parameters["simulator.lives.agency_lease_years"] * _DAYS_OF_A_YEAR)
    first = arrives + 1 + np.floor(streams.uniforms("agency lease", entities) * days).astype(int)
    n_terms = np.maximum(1, -(-(last_day + 1 - first) // days) + 1)
    owner = np.repeat(np.arange(len(entities)), n_terms)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(n_terms) - n_terms, n_terms)
    ends = first[owner] + number * days
    return owner, ends - days, ends
