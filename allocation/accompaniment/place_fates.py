"""
What becomes of a place taken up that no household presented fills, by the text of the agreement.

Time alone moves nothing: a person follows the text, or freezes the meeting before which it is due.
A home is never kept empty for a quota: where the text is silent, a place for which a meeting found
nobody goes back to the general list, and whoever reads it is told that this is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from allocation.accompaniment.agreement_terms import Terms, UnfilledPlace
from allocation.accompaniment.place_offers import PlaceRefusedError
from allocation.errors import Problem

Why = Literal["", "time_over", "meeting_found_nobody"]


@dataclass(frozen=True)
class PlaceFate:
    """
    The fate of one place taken up; ``is_assumed``: the text says nothing of it.

    ``held_until_on``: last day the agreement keeps it; ``None`` when a meeting decides.
    """

    unfilled: UnfilledPlace
    is_assumed: bool
    held_until_on: date | None

    @property
    def act(self) -> str:
        """The act of ``PLACE_OFFER`` that follows it; empty for ``report_only``."""
        acts = {"release": "release_place", "report_only": ""}
        return acts.get(self.unfilled.policy, "move_place_on")

    def why_due(self, *, on: date, found_nobody_on: date | None) -> Why:
        """
        Why the place is unfilled on a day; empty while it is not.

        ``found_nobody_on``: day of a meeting that decided on the dwelling since the place was
        taken up and gave it to nobody.
        """
        if self.held_until_on is not None:
            return "time_over" if on > self.held_until_on else ""
        return "" if found_nobody_on is None else "meeting_found_nobody"


def fate_of_place(terms: Terms | None, taken_up_on: date) -> PlaceFate:
    """The fate of a place taken up on a day; ``terms``: the agreement's text, if it is filed."""
    said = terms.unfilled_place if terms is not None else None
    unfilled = said or UnfilledPlace()
    days = unfilled.hold_days
    held = None if days is None else taken_up_on + timedelta(days=days)
    return PlaceFate(unfilled, said is None, held)


def check_unfilled(fate: PlaceFate, *, on: date, found_nobody_on: date | None) -> Why:
    """
    Why the text is to be followed today.

    Raises
    ------
    PlaceRefusedError
        ``place.held``: kept until a day included. ``place.meeting_awaited``: no meeting has found
        nobody for it. ``place.report_only``: the text moves nothing, a person withdraws it.
    """
    why = fate.why_due(on=on, found_nobody_on=found_nobody_on)
    if not why and fate.held_until_on is not None:
        raise _refused("place.held", until_on=fate.held_until_on)
    if not why:
        raise _refused("place.meeting_awaited")
    if not fate.act:
        raise _refused("place.report_only")
    return why


def _refused(code: str, **facts: object) -> PlaceRefusedError:
    return PlaceRefusedError([Problem.at("", 0, "", code, **facts)])
