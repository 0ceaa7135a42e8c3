"""Quotas as they are sent and told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from allocation.exchange.entries import QuotaEntry, StepEntry, UnusedEntry
from allocation.model.quota import Policy
from api.schemas import Day, Entry, Page, PageQuery, Query, View

_EXAMPLE: dict[str, Any] = {
    "in_force_from": "2027-01-01",
    "decided_on": "2026-12-10",
    "basis": "Council of 10 December 2026; AGW of 6 September 2007, article 17",
    "quotas": [
        {
            "id": "income-1",
            "kind": "floor",
            "group": {"income_categories": [1]},
            "parameter": "quota.cat1_min_share",
        },
        {"id": "transfers", "kind": "cap", "group": {"list": "transfer"}, "share": "1/3"},
    ],
    "carry_over": [{"quota_id": "income-1", "policy": "carry_over", "most": 2}],
}


class StepAsked(StepEntry):
    """A share from a day on."""

    from_on: Day = Field(alias="from")


class UnusedAsked(UnusedEntry):
    """What becomes of the seats of a floor that the year does not fill."""

    on: Day | None = None


class QuotaAsked(QuotaEntry):
    """One quota, as in `quotas.yaml`."""

    steps: Sequence[StepAsked] = ()
    unused: UnusedAsked | None = None


class CarryOver(Entry):
    """What becomes of what a floor has not filled; the same as `unused` of its quota."""

    quota_id: str = Field(min_length=1, max_length=64)
    policy: Policy
    most: int | None = Field(default=None, ge=0, description="`carry_over`: members at most.")
    on: Day | None = Field(default=None, description="`release`, `reassign`: from that day.")
    to: str = Field(default="", max_length=64, description="`reassign`: quota that receives.")


class QuotaSetEntry(Entry):
    """The whole set of quotas of a register from a day on."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    in_force_from: Day
    decided_on: Day
    basis: str = Field(min_length=1, max_length=500, description="Act and article it rests on.")
    quotas: list[QuotaAsked] = Field(max_length=200)
    carry_over: list[CarryOver] = Field(
        default=[], max_length=200, description="A quota left out lapses."
    )


class QuotaSetView(View):
    """A set of quotas; `sequence` 0 is what the register's files brought."""

    register_id: str
    sequence: int
    in_force_from: date | None
    decided_on: date | None
    basis: str
    quotas: tuple[dict[str, Any], ...] = Field(description="As in `quotas.yaml`.")
    carry_over: tuple[CarryOver, ...]


class QuotaSetList(View):
    """Every set a register had, the latest decided first."""

    items: tuple[QuotaSetView, ...]


class RegisterQuery(Query):
    """Whose register."""

    register_id: str = Field(
        default="", max_length=100, description="The caller's own when left out."
    )


class LedgerQuery(RegisterQuery):
    """Whose ledger, and whether with what each quota costs the general list in time."""

    extra_waits: bool = Field(
        default=False,
        description="Read the proposals of the year too, for who reads allocations by their row.",
    )


class LedgerRowsQuery(RegisterQuery, PageQuery):
    """Which rows behind a figure."""

    figure: Literal["done", "base", "undone"] = Field(
        default="done",
        description="`done`: members of the quota. `base`: its share is of these. `undone`: "
        "members until they were undone.",
    )


class ForecastView(View):
    """What the company expects of the whole year."""

    allocations: int
    vacated: int
    made_on: date
    source: str


class PassedOverView(View):
    """A household that would have been served at a meeting without the quota."""

    meeting_id: str
    meeting_on: date
    application_id: str
    bedrooms: int = Field(description="Bedrooms the household needs.")


class ExtraWaitView(View):
    """
    Days the first candidates of the general list wait longer for one size of dwelling.

    From the lettings of the year, those the quota took included; the interval is that of a median
    at 95 %. Empty: it cannot be said (fewer than six lettings, or beyond the last one).
    """

    bedrooms: int
    lost: int = Field(description="Lettings of the size that the quota took.")
    candidates: int = Field(description="Lettings of the size this year: candidates looked at.")
    median_days: int | None
    low_days: int | None
    high_days: int | None


class PassedOverList(View):
    """Whom a quota passed over this year, by meeting, as the proposals decided on name them."""

    items: tuple[PassedOverView, ...]
    by_bedrooms: dict[str, int] = Field(
        description="What the general list lost to it, by number of bedrooms."
    )
    extra_waits: tuple[ExtraWaitView, ...] = Field(description="What that costs it in time.")


class BalanceView(View):
    """
    Where a quota stands; every figure is the engine's.

    Empty figures are not known: a quota that fixes the seats of each meeting has no balance of
    the year, and without a dated forecast nothing is projected.
    """

    quota_id: str
    kind: str
    label: dict[str, str]
    share: str | None = Field(description="Of the base, exact: `1/2`.")
    year_seats: int | None = Field(description="Members of the whole year, where given so.")
    meeting_seats: int | None = Field(description="Seats of every meeting, where given so.")
    mark: str = Field(description="Evidence mark of the value.")
    source: str
    base: str
    previous_base: int | None = Field(description="Base of the year before, where it is of that.")
    base_done: int = Field(description="Allocations of the year its share is taken of.")
    carried_in: int = Field(description="Seats the year opened with, from the year before.")
    done: int = Field(description="Members among the allocations of the year.")
    undone: int = Field(description="Members until refused, withdrawn or annulled.")
    due: int | None = Field(description="Called for (floor) or allowed (cap) by now.")
    remaining: int | None = Field(description="Due less done; below zero: ahead, or exceeded.")
    free_places: int | None = Field(description="Accompaniment places that limit its seats.")
    year_base: int | None = Field(description="Base of the whole year, from the forecast.")
    year_due: int | None
    year_remaining: int | None
    to_come: int | None = Field(description="Dwellings of the base still to come.")
    is_reachable: bool | None = Field(description="Whether those suffice for a floor.")
    carry_over: CarryOver = Field(description="What becomes of what is left when the year ends.")
    carried: int | None = Field(
        description="Of `year_remaining`, were nothing more done: what goes to the next year."
    )
    lapsed: int | None = Field(description="Of `year_remaining` likewise: what is lost.")
    released: int | None = Field(
        description="What goes to the general list; on its day and after: what went."
    )
    reassigned: int | None = Field(description="What goes to another quota, likewise.")
    reported: int | None = Field(description="What is told and nothing else.")
    received: int = Field(description="Seats that came from other quotas on their day.")
    extra_waits: tuple[ExtraWaitView, ...] | None = Field(
        default=None, description="By size of dwelling; empty unless asked for."
    )


class LedgerView(View):
    """The quotas of a register on the terms of its next meeting, before it lets anything."""

    register_id: str
    version: int = Field(description="Version of the register.")
    on_day: date
    meeting_on: date | None = Field(description="Empty when no meeting is planned.")
    pacing: str
    forecast: ForecastView | None
    set_sequence: int = Field(description="The set of quotas in force that day.")
    turn: tuple[str, ...] = Field(
        description="Floors still to be filled this year, the one most behind its pace first."
    )
    items: tuple[BalanceView, ...]


class SideView(View):
    """One of the two things that do not go together."""

    key: str = Field(description="Quota, agreement, line or value; or a part of the register.")
    name: str
    source: str = Field(description="What it rests on, and how well that is known.")
    mark: str = Field(description="Evidence mark, or standing of the basis of an agreement.")


class ContradictionView(View):
    """Two things asked that cannot both be had."""

    code: str
    certainty: Literal["certain", "register", "to_confirm"] = Field(
        description="`certain`: from texts and settings alone. `register`: of the register as it "
        "stands. `to_confirm`: for a person to read."
    )
    certainty_said: str
    sentence: str
    first: SideView
    second: SideView
    facts: dict[str, str | int]


class ContradictionList(View):
    """Rules, quotas and agreements that defeat their purpose, the certain first."""

    register_id: str
    on_day: date
    items: tuple[ContradictionView, ...]


class LedgerRow(View):
    """One allocation behind a figure."""

    allocation_id: str
    decided_on: date
    dwelling_id: str | None
    nis5: str | None
    application_id: str | None = Field(
        description="Empty once forgotten, and of a protected household."
    )
    list: str
    income_category: str
    channel: str
    agreement_id: str | None
    origin: str
    undone_on: date | None
    undone_for: str | None


class LedgerRowList(Page[LedgerRow]):
    """A page of the allocations behind a figure; `total` is that figure."""

    total: int
