"""The one total order: tier, then the order inside the tier, ending on the published draw."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocation.model.register import Register
from allocation.model.table import MISSING_CHOICE
from allocation.rules.outcome import Assessments

TRANSFER_TIER, POINTS_TIER = 0, 1


def draw(seed: str, application_id: str) -> str:
    """The published draw: first 8 bytes of SHA-256(seed, newline, id), 16 hexadecimal digits."""
    return hashlib.sha256(f"{seed}\n{application_id}".encode()).digest()[:8].hex()


@dataclass(frozen=True, eq=False)
class Ranking:
    """
    Rows of the register's applications, best first, with the key that placed them.

    Shapes
    ------
    All arrays have one element per ranked household, in rank order. ``rows``: position in
    ``applications``. ``tier``: 0 transfer list, 1 points list. ``nature``: place of the
    transfer's nature in the order of natures (0 on the points list). ``order_date``:
    registration, or request of the transfer. ``draws``: 16 hexadecimal digits.
    """

    rows: npt.NDArray[np.intp]
    tier: npt.NDArray[np.int8]
    nature: npt.NDArray[np.int8]
    order_date: npt.NDArray[np.datetime64]
    draws: npt.NDArray[np.object_]


def rank(
    register: Register,
    assessments: Assessments,
    rows: npt.NDArray[np.intp],
    *,
    draw_seed: str,
    natures: Sequence[str],
) -> Ranking:
    """
    Order the households taking part.

    Transfers (tier 0) follow the order of ``natures`` then the date of the request; the points
    list (tier 1) follows total points, highest first, then the date of registration. Equal keys
    end on the draw, then on the identifier, so two runs never differ.

    Legal source
    ------------
    AGW of 6 September 2007, articles 17 and 23 and the order of allocation (see the rulebook).
    """
    applications = register["applications"]
    transfer = applications.schema.column("list").choices.index("transfer")
    tier = np.where(applications["list"][rows] == transfer, TRANSFER_TIER, POINTS_TIER)
    nature = np.where(tier == TRANSFER_TIER, _nature(register, rows, natures), 0)
    requested = applications["transfer_requested_on"][rows]
    registered = applications["registered_on"][rows]
    is_dated = (tier == TRANSFER_TIER) & ~np.isnat(requested)
    order_date = np.where(is_dated, requested, registered)
    identifiers = applications["application_id"][rows]
    draws = np.array([draw(draw_seed, i) for i in identifiers] or [""], dtype=object)[: len(rows)]
    first = np.where(tier == TRANSFER_TIER, nature, -assessments.points[rows])
    order = np.lexsort(
        (
            identifiers.astype(np.bytes_) if len(rows) else identifiers,
            draws.astype(np.str_) if len(rows) else draws,
            order_date,
            first,
            tier,
        )
    )
    return Ranking(
        rows[order],
        tier[order].astype(np.int8),
        nature[order].astype(np.int8),
        order_date[order],
        draws[order],
    )


def _nature(
    register: Register, rows: npt.NDArray[np.intp], natures: Sequence[str]
) -> npt.NDArray[np.int64]:
    """Place of each transfer's nature; a nature the order does not name comes last."""
    applications = register["applications"]
    choices = applications.schema.column("transfer_nature").choices
    place = [natures.index(c) if c in natures else len(natures) for c in choices]
    lookup = np.array([*place, len(natures)])
    found = applications["transfer_nature"][rows]
    return lookup[np.where(found == MISSING_CHOICE, len(choices), found)]
