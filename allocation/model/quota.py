"""A quota rule: whom it counts, floor or cap, how many, on what base, counted how."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True)
class Group:
    """
    Whom a quota counts: households that meet every condition given.

    ``agreement_id``: presented under that agreement. ``list``: candidate or transfer.
    ``income_categories``: one of these.
    """

    income_categories: tuple[int, ...] = ()
    list: str = ""
    agreement_id: str = ""


@dataclass(frozen=True)
class QuotaRule:
    """
    One quota of the meeting, before the ledger turns it into seats.

    Exactly one of ``share`` (of the period's allocations, exact), ``parameter`` (a dated share
    of the rulebook), ``seats`` (this meeting), ``period_seats`` (the year) and
    ``from_agreement`` (its ``seats_per_year``, limited by its free accompaniment places) is
    given. ``base`` is what a share is taken of: ``allocations`` or ``vacated`` dwellings.
    ``nis5`` limits it to the dwellings of one commune. ``counting``: ``each`` (a person counts
    in every group) or ``once`` (a person uses one seat). ``mark`` is the evidence mark printed
    wherever the value is.
    """

    quota_id: str
    kind: Literal["floor", "cap"]
    group: Group
    share: Fraction | None = None
    parameter: str = ""
    seats: int | None = None
    period_seats: int | None = None
    from_agreement: Literal["", "seats_per_year"] = ""
    base: Literal["allocations", "vacated"] = "allocations"
    nis5: str = ""
    counting: Literal["each", "once"] = "each"
    is_hard: bool = False
    weight: int = 1
    mark: str = "assumed"
    source: str = ""
    label: tuple[tuple[str, str], ...] = ()
