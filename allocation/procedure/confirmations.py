"""The yearly confirmation of an application: who owes it, when, and what silence leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from allocation.model import Setting
from allocation.procedure.machine import Machine, Step
from allocation.rules import Rulebook

CONFIRMATION = Machine(
    "confirmation",
    "awaited",
    (
        Step("confirm", ("awaited",), "confirmed", "household"),
        Step("close_window", ("awaited",), "unanswered", "slsp"),
        Step("confirm_late", ("unanswered",), "confirmed", "household"),
        Step("keep", ("unanswered",), "kept", "slsp"),
        Step("delete", ("unanswered",), "deleted", "slsp"),
    ),
)


@dataclass(frozen=True)
class Window:
    """Days, both included, within which an application is to be confirmed."""

    from_on: date
    to_on: date


def confirmation_window(
    registered_on: date, year: int, rulebook: Rulebook, settings: Iterable[Setting] = ()
) -> Window | None:
    """
    When an application is to be confirmed in ``year``; ``None`` when it is not.

    Who registered late in the year before (after the day of the rulebook), or in the year
    itself, owes nothing yet.

    Legal source
    ------------
    AGW of 6 September 2007; window and exception in the rulebook.
    """
    start = date(year, 1, 1)
    settings = tuple(settings)

    def day(key: str, in_year: int) -> date:
        value = rulebook.parameter(key, start, settings).value
        return date.fromisoformat(f"{in_year}-{value}")

    if registered_on > day("confirmation.not_required_after", year - 1):
        return None
    return Window(day("confirmation.from", year), day("confirmation.to", year))
