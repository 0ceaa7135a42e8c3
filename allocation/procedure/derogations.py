"""Derogations from the order: a human act with a ground, an opinion, and who is passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from allocation.model import Setting
from allocation.procedure.machine import IllegalActError, Machine, Step
from allocation.rules import DerogationCap, Rulebook
from allocation.rules.rulebook import current
from allocation.rules.schema import DerogationGround

DEROGATION = Machine(
    "derogation",
    "proposed",
    (
        Step("give_concurring_opinion", ("proposed",), "concurred", "commissioner"),
        Step("give_adverse_opinion", ("proposed",), "opposed", "commissioner"),
        Step("decide", ("concurred",), "decided", "committee"),
        Step("drop", ("proposed", "concurred", "opposed"), "dropped", "slsp"),
    ),
)


@dataclass(frozen=True)
class Derogation:
    """
    One departure from the order, as put to the committee.

    ``attested``: conditions of the ground that a document on file attests. ``reason``: the
    reasoned decision, in words. ``passed_over``: households that the order put before, named
    by the frozen proposal.
    """

    application_id: str
    dwelling_id: str
    ground: str
    reason: str
    attested: Collection[str]
    passed_over: tuple[str, ...]
    on: date


def ground_in_force(rulebook: Rulebook, code: str, on: date) -> DerogationGround:
    """
    A ground the law knows on that date.

    Raises
    ------
    IllegalActError
        ``derogation.unknown_ground``.
    """
    for ground in rulebook.derogation_grounds:
        if ground.code == code and current(ground.values, on) is not None:
            return ground
    raise IllegalActError("derogation.unknown_ground", f"no ground {code} on {on}", ground=code)


def check_derogation(derogation: Derogation, rulebook: Rulebook) -> tuple[str, ...]:
    """
    Conditions of the ground that no document attests yet; the committee decides knowing them.

    Raises
    ------
    IllegalActError
        ``derogation.unknown_ground``; ``derogation.no_reason``: the decision must be reasoned.
    """
    ground = ground_in_force(rulebook, derogation.ground, derogation.on)
    if not derogation.reason.strip():
        raise IllegalActError("derogation.no_reason", "A derogation is a reasoned decision.")
    return tuple(r.code for r in ground.requires if r.code not in derogation.attested)


@dataclass(frozen=True)
class Counted:
    """Derogations of the year in a commune against their ceiling; ``left`` may be negative."""

    used: Mapping[str, int]
    cap: DerogationCap
    left: int
    left_of_ground: int | None


def count_derogations(
    grounds: Iterable[str],
    ground: str,
    cap: DerogationCap,
    rulebook: Rulebook,
    *,
    on: date,
    settings: Iterable[Setting] = (),
) -> Counted:
    """
    How many derogations of the year count, and how many more the ceiling allows for ``ground``.

    ``grounds``: those of the year's decided derogations in the commune. A ground outside the
    ceiling has ``left_of_ground`` None. The places that neither part of the ceiling gives are
    left to people and count in ``left`` only.

    Legal source
    ------------
    AGW of 6 September 2007, article 23; ceilings in the rulebook (U17).
    """
    counts_force_majeure = bool(
        rulebook.parameter("derogation.force_majeure_counts", on, settings).value
    )
    used: dict[str, int] = {}
    total = 0
    for code in grounds:
        used[code] = used.get(code, 0) + 1
        part = ground_in_force(rulebook, code, on).part
        total += part in ("urgency", "cohesion") or (
            part == "force_majeure" and counts_force_majeure
        )
    limits = {"urgency": cap.urgency, "cohesion": cap.cohesion}
    limit = limits.get(ground_in_force(rulebook, ground, on).part)
    left = None if limit is None else limit - used.get(ground, 0)
    return Counted(used, cap, cap.total - total, left)
