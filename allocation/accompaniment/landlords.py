"""
Who holds a dwelling: the chain from bare ownership to the manager who lets it, with its ends.

A right given on a dwelling never outlives the right it was given from: a commune grants an
emphyteusis to a cooperative, the cooperative hands the dwelling to an agency; when the emphyteusis
ends, so does the management.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, get_args

from allocation.errors import Problem, ProblemsError

Landlord = Literal["slsp", "flw", "ais", "apl", "cooperative", "commune", "private"]
RightKind = Literal["ownership", "emphyteusis", "management"]
CHAIN: tuple[RightKind, ...] = get_args(RightKind)  # each is given from one before it


class ChainRefusedError(ProblemsError):
    """``rights.refused``: every link of the chain that does not hold."""

    code: ClassVar[str] = "rights.refused"


@dataclass(frozen=True)
class Right:
    """One link: what is held, by whom, from when, until when (``None``: without end)."""

    kind: RightKind
    holder: str
    holder_kind: Landlord
    from_on: date
    to_on: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether it runs on that day."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


def check_chain(rights: Sequence[Right]) -> None:
    """
    A chain begins with the ownership; each link lies within the one it was given from.

    Raises
    ------
    ChainRefusedError
        ``rights.refused``.
    """
    problems = sorted(_faults(rights))
    if problems:
        raise ChainRefusedError(problems)


def landlord_on(rights: Sequence[Right], on: date) -> Right | None:
    """Who lets the dwelling on a day: the last link, as long as those before it hold."""
    found = None
    for right in rights:
        if not right.is_in_force(on):
            break
        found = right
    return found


def _faults(rights: Sequence[Right]) -> Iterator[Problem]:
    if not rights or rights[0].kind != CHAIN[0]:
        yield _at(0, "kind", "rights.no_owner")
    for idx, right in enumerate(rights):
        if right.to_on is not None and right.to_on < right.from_on:
            yield _at(idx, "to_on", "rights.ends_before_it_begins")
        if idx == 0:
            continue
        given_from = rights[idx - 1]
        if CHAIN.index(right.kind) <= CHAIN.index(given_from.kind):
            yield _at(idx, "kind", "rights.not_given_from_it", before=given_from.kind)
        if right.from_on < given_from.from_on:
            yield _at(idx, "from_on", "rights.begins_too_early", from_on=given_from.from_on)
        last = given_from.to_on
        if last is not None and (right.to_on is None or right.to_on > last):
            yield _at(idx, "to_on", "rights.outlives_its_source", last_on=last)


def _at(idx: int, column: str, code: str, **facts: object) -> Problem:
    return Problem.at(f"/rights/{idx}", idx, column, code, **facts)
