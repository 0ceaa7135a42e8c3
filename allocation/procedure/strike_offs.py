"""Strike-offs: proposed by the rule, decided by a person, lifted by a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from allocation.model import Setting
from allocation.procedure.machine import Machine, Step
from allocation.procedure.offers import Offer, counted_refusals
from allocation.rules import Rulebook
from allocation.rules.in_force import rules_in_force
from allocation.rules.periods import after_months

STRIKE_OFF = Machine(
    "strike_off",
    "proposed",
    (
        Step("decide", ("proposed",), "in_force", "slsp"),
        Step("dismiss", ("proposed",), "dismissed", "slsp"),
        Step("ask_to_lift", ("in_force",), "lifting_asked", "household"),
        Step("lift", ("in_force", "lifting_asked"), "lifted", "slsp"),
        Step("maintain", ("lifting_asked",), "in_force", "slsp"),
        Step("record_end", ("in_force", "lifting_asked"), "ended", "slsp"),
    ),
)


@dataclass(frozen=True)
class StrikeOff:
    """A strike-off the rule proposes: after which refusals, from when, until when."""

    application_id: str
    offers: tuple[str, ...]
    from_on: date
    until_on: date


def due_strike_off(
    offers: Sequence[Offer],
    rulebook: Rulebook,
    *,
    since: date | None = None,
    settings: Iterable[Setting] = (),
) -> StrikeOff | None:
    """
    The strike-off that these refusals of one household lead to, for a person to decide.

    ``None`` while the limit is not reached. It runs from the date of the refusal that reaches
    the limit; ``until_on`` is the first day on which the application counts again.

    Legal source
    ------------
    AGW of 6 September 2007; limit and length in the rulebook (U20).
    """
    settings = tuple(settings)
    counted = counted_refusals(offers, since=since)
    if not counted or counted[-1].answered_on is None:
        return None
    rules = rules_in_force(rulebook, counted[-1].answered_on, settings)
    limit = rules.whole("refusal_limit")
    if len(counted) < limit:
        return None
    reached = counted[:limit]
    from_on = reached[-1].answered_on or reached[-1].made_on
    until_on = after_months(from_on, rules.whole("strike_off_months"))
    return StrikeOff(
        reached[-1].application_id, tuple(o.offer_id for o in reached), from_on, until_on
    )
