"""
A change of circumstances: reported once, applied at once unless it goes against the household.

What goes against it is applied only after it was heard, by a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from allocation.model import Application
from allocation.procedure.machine import Machine, Step
from allocation.rules.trace import Assessment

CHANGE = Machine(
    "change",
    "reported",
    (
        Step("apply_at_once", ("reported",), "applied", "slsp"),
        Step("call_to_hearing", ("reported",), "to_hear", "slsp"),
        Step("record_hearing", ("to_hear",), "heard", "slsp"),
        Step("apply_after_hearing", ("heard",), "applied", "slsp"),
        Step("drop", ("to_hear", "heard"), "dropped", "slsp"),
    ),
)

# Admission, from the worst for the household to the best: refused, not known, admitted.
_BY_ADMISSION = (0, -1, 1)


@dataclass(frozen=True)
class Standing:
    """What a file is worth on one day, as far as its place in the order depends on it."""

    points: int
    housing_points: int
    personal_points: int
    seniority_points: int
    admissible: int
    ground: str
    income_category: int
    bedrooms: int | None
    has_disabled_member: bool
    has_member_over_65: bool


def standing_of(assessment: Assessment) -> Standing:
    """The standing that an assessment gives."""
    return Standing(
        points=assessment.points,
        housing_points=assessment.housing_points,
        personal_points=assessment.personal_points,
        seniority_points=assessment.seniority_points,
        admissible=assessment.admissible,
        ground=assessment.ground,
        income_category=assessment.income.category,
        bedrooms=assessment.bedrooms.number,
        has_disabled_member=assessment.has_disabled_member,
        has_member_over_65=assessment.has_member_over_65,
    )


def losses(
    before: tuple[Application, Standing],
    after: tuple[Application, Standing],
    *,
    natures: tuple[str, ...],
) -> tuple[str, ...]:
    """
    What a change takes from the household, as codes; empty when nothing does.

    Where the household lives or wants to live, how many rooms it is due and its income category
    give and take at once: they are no loss by themselves, only through points and admission.

    Parameters
    ----------
    natures
        Natures of transfer, those served first first.
    """
    (was, had), (now, has) = before, after
    found = {
        "points": has.points < had.points,
        "admission": _BY_ADMISSION.index(has.admissible) < _BY_ADMISSION.index(had.admissible),
        "status": was.status == "admitted" and now.status != "admitted",
        "seniority": now.registered_on > was.registered_on,
        "adapted": had.has_disabled_member and not has.has_disabled_member,
        "over_65": had.has_member_over_65 and not has.has_member_over_65,
        "transfer": _is_later_transfer(was, now, natures),
    }
    return tuple(code for code, is_lost in found.items() if is_lost)


def _is_later_transfer(was: Application, now: Application, natures: tuple[str, ...]) -> bool:
    if was.list != "transfer":
        return False
    if now.list != "transfer":
        return True

    def place(of: Application) -> tuple[int, str]:
        nature = of.transfer_nature or ""
        return (
            natures.index(nature) if nature in natures else len(natures),
            str(of.transfer_requested_on or "9999"),
        )

    return place(now) > place(was)
