"""Offers of a dwelling: made, answered or not, and who may be asked next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from allocation.model import Setting
from allocation.procedure.machine import IllegalActError, Machine, Step
from allocation.rules import Rulebook

OFFER = Machine(
    "offer",
    "open",
    (
        Step("accept", ("open",), "accepted", "household"),
        Step("refuse", ("open", "accepted"), "refused", "household"),
        Step("refuse_with_ground", ("open", "accepted"), "ground_given", "household"),
        Step("find_justified", ("ground_given",), "refused_justified", "slsp"),
        Step("find_not_justified", ("ground_given",), "refused", "slsp"),
        Step("record_silence", ("open",), "silence", "slsp"),
        Step("withdraw", ("open", "accepted"), "withdrawn", "slsp"),
    ),
)
FREES_THE_DWELLING = ("ground_given", "refused", "refused_justified", "silence")
LOCKS_THE_HOUSEHOLD = ("open", "accepted")


@dataclass(frozen=True)
class Offer:
    """
    One dwelling offered to one household.

    ``is_as_chosen``: the dwelling matches the registered preferences; a refusal of another one
    does not count. ``contacts``: days on which the household was reached for, whatever the way.
    ``silence_counts``: for a silence, whether the committee decided that it counts as a refusal
    (no text settles it: U19); ``None`` while nobody decided.
    """

    offer_id: str
    application_id: str
    dwelling_id: str
    made_on: date
    state: str = "open"
    answered_on: date | None = None
    is_as_chosen: bool = True
    contacts: tuple[date, ...] = ()
    silence_counts: bool | None = None


def answer_due_on(
    made_on: date, rulebook: Rulebook, settings: Iterable[Setting] = ()
) -> date | None:
    """
    Last day to answer; ``None`` while the SLSP has set no time, because no text gives one.

    Legal source
    ------------
    AGW of 6 September 2007; the time to answer was not found (U19): a setting of the SLSP.
    """
    days = rulebook.parameter("offer_answer_days", made_on, settings).value
    return made_on + timedelta(days=days) if isinstance(days, int) else None


def check_silence(offer: Offer, on: date, due_on: date | None) -> None:
    """
    May a silence be recorded on ``on``?

    Raises
    ------
    IllegalActError
        ``procedure.no_answer_time`` (the SLSP has set none), ``procedure.too_early`` (the time
        runs until ``due_on`` included), ``procedure.never_contacted`` (nobody was reached for).
    """
    if due_on is None:
        raise IllegalActError("procedure.no_answer_time", "No time to answer has been set.")
    if on <= due_on:
        raise IllegalActError("procedure.too_early", "The answer is still awaited.", due_on=due_on)
    if not offer.contacts:
        raise IllegalActError("procedure.never_contacted", "No contact has been recorded.")


def counted_refusals(offers: Sequence[Offer], *, since: date | None = None) -> tuple[Offer, ...]:
    """
    Refusals that count towards a strike-off, in order of their dates.

    A refusal counts when the dwelling was as chosen and no ground was found justified. A silence
    counts only where the committee has decided so. ``since``: the day after which refusals count
    again (the last strike-off).
    """
    counted = [
        offer
        for offer in offers
        if offer.answered_on is not None
        and (since is None or offer.answered_on > since)
        and offer.is_as_chosen
        and (offer.state == "refused" or (offer.state == "silence" and offer.silence_counts))
    ]
    return tuple(sorted(counted, key=lambda o: (o.answered_on or o.made_on, o.offer_id)))
