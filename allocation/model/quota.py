"""A quota rule: whom it counts, floor or cap, how many, on what base, counted how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

MOST_SEATS = 1_000_000  # more is a mistake
MOST_WEIGHT = 9_999  # sums of weights times seats stay exact in every solver
Policy = Literal["lapse", "carry_over", "release", "reassign", "report_only"]


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
class ShareStep:
    """A share from a day on, until the next step: 3 % in 2025, 4.5 % in 2026, 6 % in 2027."""

    from_on: date
    share: Fraction


@dataclass(frozen=True)
class Unused:
    """
    What becomes of the seats of a floor that the year does not fill.

    ``lapse``: lost when the year ends. ``carry_over``: ``most`` of them go to the next year.
    ``release``: back to the general list from ``on``. ``reassign``: to the quota ``to`` from
    ``on``. ``report_only``: told, and nothing else.
    """

    policy: Policy = "lapse"
    most: int | None = None
    on: date | None = None
    to: str = ""

    def gives_up_on(self, day: date) -> bool:
        """Whether the seats not filled by that day are given up on it."""
        return self.policy in ("release", "reassign") and self.on is not None and self.on <= day


@dataclass(frozen=True)
class QuotaRule:
    """
    One quota of the meeting, before the ledger turns it into seats.

    Exactly one of ``share`` (of the period's allocations, exact), ``steps`` (shares by their
    first days), ``parameter`` (a dated share of the rulebook), ``seats`` (this meeting),
    ``period_seats`` (the year) and ``from_agreement`` (its ``seats_per_year``, limited by its
    free accompaniment places) is given. ``base`` is what a share is taken of: ``allocations`` or
    ``vacated`` dwellings, of the current year, or of the year before once closed:
    ``previous_base`` is that figure. ``carried_in``: seats brought over from the year before.
    ``unused``: what becomes of what is left. Three conditions are for the ledger alone:
    ``agreement_ids``: housed under one of these agreements; ``channels``: by one of these
    channels; ``also_counts``: quotas whose members count in this
    one too (whether a floor's seats count inside a cap is a choice of the register, not a law).
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
    steps: tuple[ShareStep, ...] = ()
    previous_base: int | None = None
    carried_in: int = 0
    unused: Unused = Unused()
    agreement_ids: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    also_counts: tuple[str, ...] = ()

    @property
    def is_of_the_ledger(self) -> bool:
        """
        Whether it is followed in the ledger alone and asks nothing of a meeting.

        So are a cap on derogations, which no proposal makes, and a floor over several agreements,
        whose seats are those of each agreement.
        """
        return bool(self.agreement_ids or self.channels or self.also_counts)

    def share_on(self, day: date) -> Fraction | None:
        """The share of the step begun by that day, or the one share it has."""
        begun = [step for step in self.steps if step.from_on <= day]
        return max(begun, key=lambda step: step.from_on).share if begun else self.share
