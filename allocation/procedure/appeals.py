"""Complaint to the company, then the appeal chamber: every last day, and what silence means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from allocation.model import Setting
from allocation.procedure.machine import IllegalActError, Machine, Step
from allocation.rules import Rulebook
from allocation.rules.in_force import rules_in_force

APPEAL = Machine(
    "appeal",
    "lodged",
    (
        Step("uphold", ("lodged",), "upheld_by_company", "slsp"),
        Step("reject", ("lodged",), "rejected_by_company", "slsp"),
        Step("record_silence_of_company", ("lodged",), "company_silent", "slsp"),
        Step(
            "refer_to_chamber",
            ("lodged", "rejected_by_company", "company_silent"),
            "before_chamber",
            "household",
        ),
        Step("win", ("before_chamber",), "won", "chamber"),
        Step("lose", ("before_chamber",), "lost", "chamber"),
        Step("record_silence_of_chamber", ("before_chamber",), "won_by_silence", "slsp"),
        Step(
            "withdraw",
            ("lodged", "rejected_by_company", "company_silent", "before_chamber"),
            "withdrawn",
            "household",
        ),
    ),
)
WON = ("won", "won_by_silence")


@dataclass(frozen=True)
class AppealDates:
    """
    What happened, and when.

    ``known_on``: notification, or posting on the notice board. ``lodged_on``: complaint sent;
    ``received_on``: received by the company; ``answered_on``: its answer. ``referred_on``:
    appeal sent to the chamber.
    """

    known_on: date
    lodged_on: date | None = None
    received_on: date | None = None
    answered_on: date | None = None
    referred_on: date | None = None


@dataclass(frozen=True)
class AppealDeadlines:
    """
    Last days, each included; ``None`` while the act that starts the time has not happened.

    ``complaint_by``: to complain to the company. ``answer_by``: for its answer; silence is then
    unfavourable. ``chamber_by``: to go before the chamber. ``decision_by``: for the chamber;
    silence is then favourable.
    """

    complaint_by: date
    answer_by: date | None
    chamber_by: date
    decision_by: date | None


def appeal_deadlines(
    dates: AppealDates, rulebook: Rulebook, settings: Iterable[Setting] = ()
) -> AppealDeadlines:
    """
    Every last day of a complaint and of the appeal that may follow, in calendar days.

    Without an answer the time to go before the chamber runs from the notification or posting;
    with one, from the answer.

    Legal source
    ------------
    AGW of 6 September 2007, articles 7 to 11; Walloon housing code, article 171bis.
    """
    rules = rules_in_force(rulebook, dates.known_on, tuple(settings))

    def later(day: date | None, key: str) -> date | None:
        return None if day is None else day + timedelta(days=rules.whole(key))

    chamber_by = later(dates.answered_on, "appeal.days_after_answer")
    complaint_by = dates.known_on + timedelta(days=rules.whole("complaint.days_to_lodge"))
    return AppealDeadlines(
        complaint_by,
        later(dates.received_on, "complaint.days_to_answer"),
        chamber_by or dates.known_on + timedelta(days=rules.whole("appeal.days_without_answer")),
        later(dates.referred_on, "appeal.days_to_decide"),
    )


def check_appeal_act(act: str, on: date, deadlines: AppealDeadlines) -> None:
    """
    Is the day right for this act? Lateness never rejects: a person judges it.

    Raises
    ------
    IllegalActError
        ``procedure.too_early``: a silence recorded before the time has run out, or before the
        act that starts it.
    """
    due_on = {
        "record_silence_of_company": deadlines.answer_by,
        "record_silence_of_chamber": deadlines.decision_by,
    }
    if act in due_on and (due_on[act] is None or on <= due_on[act]):  # type: ignore[operator]  # None is tested just before
        raise IllegalActError(
            "procedure.too_early", "The answer is still awaited.", due_on=due_on[act] or ""
        )
