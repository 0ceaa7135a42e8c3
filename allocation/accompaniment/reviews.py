"""A review: the household's view first, each party's own, and nothing anybody must conclude."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, get_args

from allocation.errors import HousingError

Progress = Literal["open", "moving", "reached", "dropped"]
PROGRESS: tuple[Progress, ...] = get_args(Progress)
Present = Literal["household", "service", "landlord", "trusted_person", "interpreter"]
Copy = Literal["in_hand", "post", "electronic", "refused_by_household"]


class ReviewError(HousingError):
    """
    A review that is not one.

    ``review.household_not_heard``: the household was there and its view is not written;
    ``review.landlord_not_there``: a view is written for a landlord who was not;
    ``review.next_before``: the next one comes before this one.
    """

    code: ClassVar[str] = "review.household_not_heard"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


@dataclass(frozen=True)
class Review:
    """
    One review, as it is written down, the household's own words first.

    ``obstacles``: codes of what is outside the household's control. ``disagreement`` is kept as
    such, without an obligation to conclude. ``copy``: how the household got its own copy.

    Source
    ------
    Conseil supérieur du logement, avis 18, observation 4; record proposed by the project.
    """

    on: date
    present: tuple[Present, ...]
    household_says: str
    service_says: str
    landlord_says: str
    objectives: tuple[tuple[int, Progress], ...]
    obstacles: tuple[str, ...]
    proposals: str
    disagreement: str
    next_on: date | None
    copy: Copy

    def __post_init__(self) -> None:
        if "household" in self.present and not self.household_says.strip():
            raise ReviewError("review.household_not_heard", "What does the household say?")
        if self.landlord_says.strip() and "landlord" not in self.present:
            raise ReviewError("review.landlord_not_there", "The landlord was not there.")
        if self.next_on is not None and self.next_on <= self.on:
            raise ReviewError("review.next_before", "The next review comes after this one.")

    @property
    def is_contradictory(self) -> bool:
        """Whether household and service both were there and were both heard."""
        both_there = {"household", "service"} <= set(self.present)
        return both_there and bool(self.household_says.strip() and self.service_says.strip())
