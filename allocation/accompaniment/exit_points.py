"""
What the end of a transit or insertion stay is worth on the list, for staff to propose.

The points are those of the rulebook's own line; nothing is entered in a file by this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from allocation.accompaniment.stay import Episode
from allocation.model import Application, Fact, Setting
from allocation.rules import Rulebook, evaluate
from allocation.rules.outcome import YES

HOUSING, ENDS_ON = "temporary_housing", "temporary_housing_ends_on"
PROOF = "occupancy_agreement"
STATUSES = ("transit", "insertion")


@dataclass(frozen=True)
class ExitPoints:
    """
    Facts a file could hold, and the points with and without them.

    ``lines``: codes of the lines that would be met. A line that adds nothing, because a better
    one of its table counts already, is said all the same.
    """

    facts: tuple[Fact, ...]
    lines: tuple[str, ...]
    points_now: int
    points_then: int


def exit_points(
    application: Application,
    episode: Episode,
    rulebook: Rulebook,
    *,
    on: date,
    settings: Iterable[Setting] = (),
) -> ExitPoints | None:
    """
    What recording the stay would change for the household; ``None`` when it changes no line.

    Legal source
    ------------
    AGW of 6 September 2007, article 17 (the line of the last six months, in the rulebook).
    """
    if episode.status not in STATUSES or episode.until_on is None:
        return None
    settings = tuple(settings)
    issued_on = episode.signed_on or episode.from_on
    values = {HOUSING: episode.status, ENDS_ON: episode.until_on.isoformat()}
    facts = tuple(Fact(k, v, proof=PROOF, issued_on=issued_on) for k, v in values.items())
    others = tuple(f for f in application.facts if f.fact not in values)
    told = replace(application, facts=(*others, *facts))
    now = evaluate(rulebook, application, on, settings=settings)
    then = evaluate(rulebook, told, on, settings=settings)
    met = {line.code for line in now.lines if line.outcome == YES}
    lines = tuple(x.code for x in then.lines if x.outcome == YES and x.code not in met)
    return ExitPoints(facts, lines, now.points, then.points) if lines else None
