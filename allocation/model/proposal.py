"""The committee's proposal: language-free, sorted, everything the documents and proofs need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from allocation.model.continuation import Continuation
from allocation.model.quota import Group


@dataclass(frozen=True)
class RankedHousehold:
    """
    One household that takes part in the meeting, with its place in the total order.

    ``tier``: 0 transfer list, 1 points list (the appeal winners have a round of their own).
    ``order_date`` decides inside equal points: registration for candidates, request for
    transfers. ``nature`` is the position of the transfer's nature (0 outside the tier).
    ``draw`` is 16 hexadecimal digits. ``rank`` starts at 1. ``accepts``: dwelling -> cost of
    fit (spare adaptation, choice rank), smaller is better. ``groups``: quotas that count the
    household. ``preferences``: preferential rounds it may enter (``appeal``, ``adapted``: one
    of its members is disabled, ``over_65``). ``choices``: communes or sections accepted, first
    choice first, as positions in ``Proposal.places``.
    """

    application_id: str
    rank: int
    tier: int
    nature: int
    housing_points: int
    personal_points: int
    seniority_points: int
    points: int
    order_date: date
    draw: str
    bedrooms: int
    income_category: int
    groups: tuple[str, ...]
    preferences: tuple[str, ...]
    agreements: tuple[str, ...]
    accepts: Mapping[str, tuple[int, int]]
    kind_wanted: str
    needs_adapted: bool
    choices: tuple[int, ...]

    @property
    def order_key(self) -> tuple[int, int, date, str, str]:
        """What places it in the one order, smallest first: nature or points, date, draw."""
        first = -self.points if self.tier else self.nature
        return self.tier, first, self.order_date, self.draw, self.application_id


@dataclass(frozen=True)
class Vacancy:
    """
    A vacant dwelling as frozen: all that decides who may have it, and when it can be let.

    ``agreement_id``: agreement that names it, or empty. ``origin``: ``vacated``, or how else it
    came to be free.
    """

    dwelling_id: str
    nis5: str
    section_id: str
    kind: str
    bedrooms: int
    accessibility: str
    designed_for_over_65: bool
    agreement_id: str
    origin: str
    available_on: date


@dataclass(frozen=True)
class QuotaLine:
    """
    One quota at this meeting: opening, seats, used, and the ground of the result.

    ``opening``: allocations of the group already in the ledger; ``base_done``: allocations in
    the base already; ``base_planned``: base after this meeting. ``interim`` and ``closing``:
    the two pacing figures of a floor. ``seats``: places at this meeting (least for a floor,
    most for a cap). ``ground``: ``met``, ``short``, ``reached`` (cap used up), ``open`` (cap
    not used up), ``exceeded_before`` (the ledger is already above the cap: seats 0).
    ``shortage_witness``: for a short floor, ``no_candidate`` / ``too_few_compatible`` (with
    the members that can be housed together) / ``conflict`` with the quotas in the way.
    ``passed_over``: households served if this quota were absent and not served with it;
    ``instead``: the other way round. ``nis5``: commune it is limited to.
    ``places``: free accompaniment places, above which an agreement promises no seat.
    ``label``: its name by language, when the SLSP gave it one. ``group``: whom it counts.
    ``period_seats``: seats of the year; neither they nor ``share`` when it is given for this
    meeting. ``counts_transfers``: transfers are members and in the base.
    """

    quota_id: str
    kind: str
    counting: str
    is_hard: bool
    weight: int
    mark: str
    base: str
    share: Fraction | None
    opening: int
    base_done: int
    base_planned: int
    interim: int | None
    closing: int | None
    seats: int
    used: int
    shortage: int
    ground: str
    shortage_witness: Mapping[str, Any]
    passed_over: tuple[str, ...]
    instead: tuple[str, ...]
    group: Group
    period_seats: int | None
    counts_transfers: bool
    nis5: str = ""
    places: int | None = None
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NextInLine:
    """
    A household next for a dwelling, and what it still needs to get it.

    ``needs``: ``refusal`` (the proposed household does not take it), ``cap`` (with the quota),
    ``reserve`` (with the quota that holds the seat), ``served_elsewhere`` (would have to be
    taken off ``dwelling_id``).
    """

    application_id: str
    needs: str
    quotas: tuple[str, ...] = ()
    dwelling_id: str = ""


@dataclass(frozen=True)
class DwellingLine:
    """
    One vacant dwelling: who is proposed, through which one channel, why, and who is next.

    ``round``: ``appeal``, ``adapted``, ``over_65``, ``main``. ``channel``: ``appeal``,
    ``adapted``, ``over_65``, ``agreement`` (the dwelling is named by ``agreement_id``),
    ``reserve`` (a floor's seat, named in ``seat_quota``), ``transfer`` or ``list``. ``seat``:
    ``open`` or ``reserve``; ``critical_for``: floors it keeps filled (of overlapping
    ``once`` floors, each on a seat of which it may sit; in a serial meeting, those behind when
    the dwelling was let that count it). ``ground`` for a dwelling left empty:
    ``no_candidate``, ``cap`` (with ``ground_quotas``), ``excluded_regime``, ``locked``,
    ``nobody_left``.
    """

    dwelling_id: str
    application_id: str | None
    round: str
    channel: str
    seat: str
    seat_quota: str
    critical_for: tuple[str, ...]
    choice_rank: int | None
    next: tuple[NextInLine, ...]
    ground: str = ""
    ground_quotas: tuple[str, ...] = ()
    agreement_id: str = ""


@dataclass(frozen=True)
class Unserved:
    """
    A ranked household without a dwelling, and the ground.

    ``reason``: ``no_compatible_dwelling``, ``outranked`` (``hall``: position of its witness in
    ``Proposal.halls``), ``reserve``, ``cap``, ``joint``, ``preferential`` (the dwellings
    it could have had went to households with a legal preference), ``quotas``: those concerned.
    ``must_outrank``: the household whose rank would have been enough; ``None`` when no rank
    would, or when it was not worked out (``is_rank_known`` is then false).
    """

    application_id: str
    reason: str
    quotas: tuple[str, ...] = ()
    must_outrank: str | None = None
    hall: int | None = None
    is_rank_known: bool = True


@dataclass(frozen=True)
class Hall:
    """
    Witness of `outranked`: ``households`` all rank above, accept nothing outside ``dwellings``,
    and are as many as them.
    """

    households: tuple[str, ...]
    dwellings: tuple[str, ...]


@dataclass(frozen=True)
class NotRanked:
    """
    An application that takes no part in the meeting, with the ground.

    ``ground``: ``not_admitted``, ``struck_off``, ``withdrawn``, ``not_confirmed``,
    ``open_offer``, ``not_admissible`` or ``unknown`` followed by the rule's code in ``rule``.
    ``would_be``: the household as it would be ranked with the facts of its file, had it been
    admitted; ``None`` when those facts do not say, or the application is no longer open.
    """

    application_id: str
    ground: str
    rule: str = ""
    would_be: RankedHousehold | None = None


@dataclass(frozen=True)
class Alternative:
    """The same meeting run another way; ``assignment``: dwelling -> household."""

    name: str
    assignment: Mapping[str, str]
    shortage: int


@dataclass(frozen=True)
class LowerChoice:
    """A household placed in a lower choice by joint than by serial (0 = not housed)."""

    application_id: str
    joint_choice: int
    serial_choice: int


@dataclass(frozen=True)
class Counterfactual:
    """The served set of the main round under other quotas: household -> dwelling."""

    name: str
    assignment: Mapping[str, str]


@dataclass(frozen=True)
class Cut:
    """
    Some cells limited together: those of them who accept no other types have their dwellings.

    ``cells``: positions in ``Argument.cells``; ``types``: one dwelling of each type.
    """

    cells: tuple[int, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class Refusal:
    """
    After the first ``after`` households served, no other of ``cell`` can still come in.

    ``types``: it is about those who accept no other types (one dwelling of each; ``None``: it is
    about the whole cell). ``proof``: lines that contradict one another, see `certificate/1`.
    """

    after: int
    cell: int
    types: tuple[str, ...] | None
    proof: Mapping[str, Any]


@dataclass(frozen=True)
class Argument:
    """
    Why the set served in a round, or in a counterfactual of the last one, is the best one.

    ``name``: the round or the counterfactual. ``cells``: quotas that count the households of each
    cell. ``least``, ``most``: why the shortage is no smaller, why no more are served (``None``:
    nothing to prove, or no proof). ``refusals``: in rank order of those refused. ``unproved``:
    households refused without a proof, whom only single exchanges speak for.
    """

    name: str
    cells: tuple[tuple[str, ...], ...]
    cuts: tuple[Cut, ...]
    least: Mapping[str, Any] | None
    most: Mapping[str, Any] | None
    refusals: tuple[Refusal, ...]
    unproved: tuple[str, ...]


@dataclass(frozen=True)
class Caveat:
    """A value that is assumed, unverified or missing and was used: code, facts."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """
    Everything proposed at one meeting.

    ``households`` are in rank order (those with no compatible dwelling included);
    ``vacancies``, ``dwellings``, ``quotas``, ``unserved``, ``not_ranked`` sorted by identifier.
    ``places``: communes and sections (or empty) that somebody chose, sorted; ``sections``:
    name of every section by its identifier. ``arguments``: why the sets served in the rounds
    and in the counterfactuals are the best ones, where quotas could stand in the way.
    ``counterfactuals`` hold the main round without quotas, without floors, without caps:
    what the grounds rest on. ``alternatives``: ``serial`` and ``lex_units`` (for a serial
    meeting, ``joint``). ``continuation``: what followed the meeting, once answers came;
    ``dwellings``, ``unserved`` and the state of ``quotas`` are then those of today, all the rest
    as at the meeting.
    """

    kind: str
    slsp_id: str
    meeting: Mapping[str, Any]
    register_hash: str
    rulebook_hash: str
    places: tuple[tuple[str, str], ...]
    sections: Mapping[str, str]
    households: tuple[RankedHousehold, ...]
    vacancies: tuple[Vacancy, ...]
    dwellings: tuple[DwellingLine, ...]
    quotas: tuple[QuotaLine, ...]
    unserved: tuple[Unserved, ...]
    halls: tuple[Hall, ...]
    not_ranked: tuple[NotRanked, ...]
    counterfactuals: tuple[Counterfactual, ...]
    arguments: tuple[Argument, ...]
    alternatives: tuple[Alternative, ...]
    lower_choices: tuple[LowerChoice, ...]
    warnings: tuple[Caveat, ...]
    continuation: Continuation | None = None
