"""
Rights not taken up: what a household seems entitled to, by facts already held, and did not get.

Nothing is submitted here and nothing is certain: each line says on which facts it rests, which
proof is missing, and by which of the four kinds of non-take-up it is listed.

Source
------
Brussels social-health plan, axis 2: not known, not requested, not obtained, not proposed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from ruamel.yaml import YAML

from allocation.accompaniment.scale import Source, Strict
from allocation.model import Application, Fact
from allocation.procedure.machine import Machine, Step
from allocation.rules.periods import after_months
from allocation.rules.schema import Label
from allocation.rules.trace import Assessment

FILE = Path(__file__).with_name("rights.yaml")
Kind = Literal["not_known", "not_proposed", "not_requested", "not_obtained"]
UNFIT = frozenset({"uninhabitable", "overcrowded", "uninhabitability_order", "overcrowding_order"})
STAYS = frozenset({"transit", "insertion"})

# What is known of a right and a household; it starts unseen and a person writes what happened.
RIGHT = Machine(
    "right",
    "unseen",
    (
        Step("tell", ("unseen",), "told", "service"),
        Step("ask", ("unseen", "told"), "asked", "household"),
        Step("note_refusal", ("asked",), "refused", "service"),
        Step("ask_again", ("refused",), "asked", "household"),
        Step("note_obtained", ("asked",), "obtained", "service"),
        Step("leave", ("unseen", "told", "asked", "refused"), "left", "household"),
    ),
)
_NO_LONGER_LISTED = frozenset({"obtained", "left"})


@dataclass(frozen=True)
class Lacking:
    """A fact or a proof that is not there, and the proofs that would do."""

    fact: str
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entitlement:
    """
    A right a household seems to have: because of which facts, lacking which, from which day.

    ``subject`` tells several of one right apart: a line of points, an agreement.
    """

    right: str
    subject: str
    because: tuple[str, ...]
    lacking: tuple[Lacking, ...] = ()
    opens_on: date | None = None


@dataclass(frozen=True)
class NotTakenUp:
    """An entitlement not taken up, with the kind of non-take-up and what is known of it."""

    entitlement: Entitlement
    kind: Kind
    state: str


@dataclass(frozen=True)
class AgreementSeen:
    """An agreement in force, by type; its public, in words, is for a person to read."""

    agreement_id: str
    kind: str
    presents_household: bool


class _Right(Strict):
    label: Label
    source: Source
    amount: Label | None = None
    months_before_end: int = 0
    months_of_candidacy: int = 0
    income_category: int = 0
    facts_by_agreement: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class _File(Strict):
    rights: dict[str, _Right]


@cache
def rights() -> Mapping[str, _Right]:
    """The rights looked for, by code, with source and mark."""
    with FILE.open(encoding="utf-8") as file:
        return _File.model_validate(YAML(typ="safe", pure=True).load(file)).rights


def kind_of(state: str, entitlement: Entitlement) -> Kind:
    """
    Which of the four kinds: asked and not got; told and not asked; else by what is held.

    With every fact and proof held, an intermediary could have proposed it and did not.
    """
    if state in ("asked", "refused"):
        return "not_obtained"
    if state == "told":
        return "not_requested"
    return "not_known" if entitlement.lacking else "not_proposed"


def not_taken_up(
    application: Application,
    assessment: Assessment,
    *,
    on: date,
    states: Mapping[tuple[str, str], str],
    agreements: Sequence[AgreementSeen] = (),
) -> tuple[NotTakenUp, ...]:
    """
    What the household seems entitled to and has not got.

    Parameters
    ----------
    application, assessment
        The household, and what the rulebook says of it on ``on``.
    states
        ``(right, subject)`` -> where it stands (``RIGHT``); what is not there is unseen.
    agreements
        Agreements in force with the company.
    """
    found: list[NotTakenUp] = []
    for one in _entitlements(application, assessment, on, agreements):
        state = states.get((one.right, one.subject), RIGHT.initial)
        if state not in _NO_LONGER_LISTED:
            found.append(NotTakenUp(one, kind_of(state, one), state))
    return tuple(found)


def _entitlements(
    application: Application,
    assessment: Assessment,
    on: date,
    agreements: Sequence[AgreementSeen],
) -> Iterator[Entitlement]:
    held = {fact.fact: fact for fact in application.facts if fact.value is not None}
    yield from _points(assessment)
    yield from _exit_points(assessment, held, on)
    yield from _waiting_allowance(application, assessment, held, on)
    yield from _removal_allowance(application, assessment, held)
    if assessment.has_disabled_member and not application.adapted_wanted:
        yield Entitlement("adapted_dwelling", "", ("disabled",))
    yield from _agreement_public(held, agreements)


def _points(assessment: Assessment) -> Iterator[Entitlement]:
    """Lines claimed in the file, for want of a value or a proof not counted."""
    claimed: dict[str, list[Lacking]] = {}
    for one in assessment.missing:
        if one.effect_points > 0 and one.reason in ("no_value", "no_proof", "no_issue_date"):
            claimed.setdefault(one.rule, []).append(Lacking(one.fact, one.accepted))
    for rule in sorted(claimed):
        lacking = tuple(sorted(set(claimed[rule]), key=lambda one: one.fact))
        yield Entitlement("points", rule, tuple(one.fact for one in lacking), lacking)


def _exit_points(
    assessment: Assessment, held: Mapping[str, Fact], on: date
) -> Iterator[Entitlement]:
    stay, end = held.get("temporary_housing"), held.get("temporary_housing_ends_on")
    if stay is None or stay.value not in STAYS:
        return
    if any(line.code == "H_TRANSIT_INSERTION" and line.outcome == 1 for line in assessment.lines):
        return
    because = ("temporary_housing", "temporary_housing_ends_on")
    if end is None or end.value is None:
        lacking = (Lacking("temporary_housing_ends_on"),)
        yield Entitlement("exit_points", "", because[:1], lacking)
        return
    ends_on = date.fromisoformat(end.value)
    if ends_on < on:
        return
    opens_on = after_months(ends_on, -rights()["exit_points"].months_before_end)
    without = tuple(Lacking(fact.fact) for fact in (stay, end) if fact.proof is None)
    yield Entitlement("exit_points", "", because, without, max(opens_on, on))


def _waiting_allowance(
    application: Application, assessment: Assessment, held: Mapping[str, Fact], on: date
) -> Iterator[Entitlement]:
    terms = rights()["waiting_allowance"]
    since = after_months(application.registered_on, terms.months_of_candidacy)
    title = held.get("occupancy_title")
    is_no_tenant = title is not None and title.value != "tenant"
    if (
        application.list != "candidate"
        or application.status != "admitted"
        or assessment.income.category != terms.income_category
        or application.owns_dwelling == "yes"
        or is_no_tenant
        or "homeless_since" in held
        or since > on
    ):
        return
    lacking: tuple[Lacking, ...] = ()
    if title is None or title.proof is None:
        lacking = (Lacking("occupancy_title", ("lease",)),)
    because = ("registered_on", "income_category")
    yield Entitlement("waiting_allowance", "", because, lacking)


def _removal_allowance(
    application: Application, assessment: Assessment, held: Mapping[str, Fact]
) -> Iterator[Entitlement]:
    """It is asked for when moving into a sound dwelling; until then it is told, not asked."""
    if assessment.income.category != rights()["removal_allowance"].income_category:
        return
    because = []
    if "unfit_dwelling" in held and held["unfit_dwelling"].value in UNFIT:
        because.append("unfit_dwelling")
    if "homeless_since" in held and "homeless_ended_on" not in held:
        because.append("homeless_since")
    lacking = tuple(Lacking(fact) for fact in because if held[fact].proof is None)
    if assessment.has_disabled_member and application.adapted_wanted:
        because.append("disabled")
    if because:
        yield Entitlement("removal_allowance", "", tuple(because), lacking)


def _agreement_public(
    held: Mapping[str, Fact], agreements: Sequence[AgreementSeen]
) -> Iterator[Entitlement]:
    by_kind = rights()["agreement_public"].facts_by_agreement
    for one in sorted(agreements, key=lambda a: a.agreement_id):
        because = tuple(fact for fact in by_kind.get(one.kind, ()) if fact in held)
        if because and not one.presents_household:
            yield Entitlement("agreement_public", one.agreement_id, because)
