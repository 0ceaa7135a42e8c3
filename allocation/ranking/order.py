"""The one total order: tier, then the order inside the tier, ending on the published draw."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocation.model.register import Register
from allocation.model.table import MISSING_CHOICE, Table
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


@dataclass(frozen=True, eq=False)
class Order:
    """
    All that places households but their points: worked out once, it holds until a fact changes.

    Shapes
    ------
    All arrays have one element per household asked for. ``tier``, ``nature``, ``order_date``,
    ``draws``: as in ``Ranking``. ``among_equals``: place by date, then draw, then identifier.
    """

    tier: npt.NDArray[np.int64]
    nature: npt.NDArray[np.int64]
    order_date: npt.NDArray[np.datetime64]
    draws: npt.NDArray[np.object_]
    among_equals: npt.NDArray[np.intp]

    @staticmethod
    def of(
        applications: Table,
        rows: npt.NDArray[np.intp],
        *,
        draw_seed: str,
        natures: Sequence[str],
    ) -> Order:
        """The order of these rows of ``applications``, before points are known."""
        transfer = applications.schema.column("list").choices.index("transfer")
        tier = np.where(applications["list"][rows] == transfer, TRANSFER_TIER, POINTS_TIER)
        nature = np.where(tier == TRANSFER_TIER, _nature(applications, rows, natures), 0)
        requested = applications["transfer_requested_on"][rows]
        registered = applications["registered_on"][rows]
        is_dated = (tier == TRANSFER_TIER) & ~np.isnat(requested)
        order_date = np.where(is_dated, requested, registered)
        identifiers = applications["application_id"][rows]
        draws = np.array([draw(draw_seed, i) for i in identifiers] or [""], dtype=object)
        draws = draws[: len(rows)]
        last = (identifiers.astype(np.bytes_), draws.astype(np.str_)) if len(rows) else ()
        among_equals = np.empty(len(rows), dtype=np.intp)
        among_equals[np.lexsort((*last, order_date))] = np.arange(len(rows))
        return Order(tier, nature, order_date, draws, among_equals)

    def best_first(
        self, points: npt.NDArray[np.int64], of: npt.NDArray[np.intp] | None = None
    ) -> npt.NDArray[np.intp]:
        """
        Positions in ``points``, best first.

        ``of``: the households they belong to, positions in the order; all of them when ``None``.
        """
        chosen = slice(None) if of is None else of
        tier = self.tier[chosen]
        first = np.where(tier == TRANSFER_TIER, self.nature[chosen], -points)
        return np.lexsort((self.among_equals[chosen], first, tier))


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
    order = Order.of(register["applications"], rows, draw_seed=draw_seed, natures=natures)
    best = order.best_first(assessments.points[rows])
    return Ranking(
        rows[best],
        order.tier[best].astype(np.int8),
        order.nature[best].astype(np.int8),
        order.order_date[best],
        order.draws[best],
    )


def _nature(
    applications: Table, rows: npt.NDArray[np.intp], natures: Sequence[str]
) -> npt.NDArray[np.int64]:
    """Place of each transfer's nature; a nature the order does not name comes last."""
    choices = applications.schema.column("transfer_nature").choices
    place = [natures.index(c) if c in natures else len(natures) for c in choices]
    lookup = np.array([*place, len(natures)])
    found = applications["transfer_nature"][rows]
    return lookup[np.where(found == MISSING_CHOICE, len(choices), found)]
