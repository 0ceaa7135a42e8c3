"""
A reserved place offered to a partner: who has the turn, until when, and what a silence leads to.

The dwelling is held for nobody meanwhile. Only a presented household gives it to the agreement;
a refusal or a silence sends the place to the next agreement in turn, or to the general list.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from allocation.accompaniment.agreement_terms import DwellingFilter
from allocation.errors import Problem, ProblemsError
from allocation.procedure import Machine, Step

PLACE_OFFER = Machine(
    "place_offer",
    "offered",
    (
        Step("take_up", ("offered",), "taken_up", "partner"),
        Step("pass_on", ("offered",), "passed_on", "partner"),
        Step("record_no_answer", ("offered",), "place_unanswered", "slsp"),
        Step("withdraw_place", ("offered", "taken_up"), "place_withdrawn", "slsp"),
        Step("release_place", ("taken_up",), "place_released", "slsp"),
        Step("move_place_on", ("taken_up",), "place_moved_on", "slsp"),
        Step("fill_place", ("taken_up",), "place_filled", "slsp"),
        Step("empty_place", ("place_filled",), "taken_up", "slsp"),
    ),
)
# Done with the answer of a household to its offer, never for themselves.
WITH_AN_OFFER = ("fill_place", "empty_place")
# The partner had its turn for this dwelling.
HAD_ITS_TURN = ("passed_on", "place_unanswered", "place_withdrawn", "place_moved_on")


class PlaceRefusedError(ProblemsError):
    """``place.refused``: every reason, with what would make the offer possible."""

    code: ClassVar[str] = "place.refused"


@dataclass(frozen=True)
class Home:
    """The dwelling a place is offered in."""

    nis5: str
    bedrooms: int
    accessibility: str


@dataclass(frozen=True)
class Candidate:
    """
    An agreement that may be offered the place, in its turn.

    ``free_places``: places of support left, ``None`` when it promises none. ``answer_days``: of
    its text, ``None`` when it gives none.
    """

    agreement_id: str
    dwellings: DwellingFilter
    free_places: int | None
    answer_days: int | None


def whose_turn(
    candidates: Sequence[Candidate], home: Home, *, had_their_turn: Collection[str]
) -> Candidate | None:
    """
    The first agreement in turn that is about such a dwelling and was not asked for it yet.

    ``candidates``: in turn, the one most behind its year first (``allocation.quotas.in_turn``).
    ``None``: the dwelling is the general list's.
    """
    for candidate in candidates:
        is_about = candidate.dwellings.admits(
            nis5=home.nis5, bedrooms=home.bedrooms, accessibility=home.accessibility
        )
        if is_about and candidate.agreement_id not in had_their_turn:
            return candidate
    return None


def due_on(candidate: Candidate, on: date, *, without_place: str = "") -> date:
    """
    Last day of the partner's answer to a place offered on a day.

    Raises
    ------
    PlaceRefusedError
        ``place.no_answer_time``: its text gives no time. ``place.no_free_support``: it promises
        support and has no place left, and nobody decided, in words, to house without it.
    """
    problems = []
    if candidate.answer_days is None:
        problems.append(_at("agreement_id", "place.no_answer_time"))
    if candidate.free_places == 0 and not without_place.strip():
        problems.append(_at("decided_without_support", "place.no_free_support"))
    if problems:
        raise PlaceRefusedError(problems)
    return on + timedelta(days=candidate.answer_days or 0)


def check_no_answer(due: date, on: date) -> None:
    """
    May the absence of an answer be recorded on ``on``?

    Raises
    ------
    PlaceRefusedError
        ``place.answer_awaited``: the time runs until ``due`` included.
    """
    if on <= due:
        raise PlaceRefusedError([_at("on", "place.answer_awaited", due_on=due)])


def _at(column: str, code: str, **facts: object) -> Problem:
    return Problem.at("", 0, column, code, **facts)
