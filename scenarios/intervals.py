"""Rows that hold for a while: members, facts, with the days from and to which they are true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Int = npt.NDArray[np.int64]
Columns = Mapping[str, npt.NDArray[Any]]

ALWAYS, NEVER = -(10**9), 10**9


@dataclass(frozen=True, eq=False)
class Rows:
    """
    Rows of many owners, sorted by owner then by the key of their table.

    Shapes
    ------
    owner, starts, ends : (n,), position of the owner, days since 1970 (``ends`` is excluded)
    columns : encoded arrays of the register's table, each (n,)
    offsets : (owners + 1,), first row of each owner
    """

    owner: Int
    starts: Int
    ends: Int
    columns: Columns
    offsets: Int

    @staticmethod
    def of(n_owners: int, owner: Int, starts: Int, ends: Int, columns: Columns, order: Int) -> Rows:
        """Sort the rows and find those of each owner; ``order`` sorts by owner first."""
        sorted_owner = owner[order]
        offsets = np.searchsorted(sorted_owner, np.arange(n_owners + 1))
        return Rows(
            sorted_owner,
            starts[order],
            ends[order],
            {name: column[order] for name, column in columns.items()},
            offsets,
        )

    def on(self, owners: Int, day: int) -> tuple[Int, Int]:
        """
        Rows true on a day for these owners (sorted), in order.

        Returns their positions, and for each the position of its owner in ``owners``.
        """
        first, counts = self.offsets[owners], self.offsets[owners + 1] - self.offsets[owners]
        who = np.repeat(np.arange(len(owners)), counts)
        steps = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = np.repeat(first, counts) + steps
        holds = (self.starts[rows] <= day) & (day < self.ends[rows])
        return rows[holds], who[holds]


def joined(parts: Sequence[Mapping[str, npt.NDArray[Any]]]) -> dict[str, npt.NDArray[Any]]:
    """Columns of several parts one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
