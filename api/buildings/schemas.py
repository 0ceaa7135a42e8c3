"""Rights on dwellings and empty buildings as they are sent and told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from allocation.accompaniment.landlords import Landlord, Right, RightKind
from api.schemas import Day, Entry, View

Works = Literal["none", "planned", "under_way", "done"]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Bedrooms = Annotated[int, Field(ge=0, le=20)]


class RightEntry(Entry):
    """One link of the chain."""

    kind: RightKind
    holder: Line = Field(description="An organisation, or `private` for a person.")
    holder_kind: Landlord
    from_on: Day
    to_on: Day | None = None

    def right(self) -> Right:
        """The record of the domain."""
        return Right(self.kind, self.holder, self.holder_kind, self.from_on, self.to_on)


class ChainEntry(Entry):
    """The whole chain, from the ownership to who lets the dwelling."""

    rights: list[RightEntry] = Field(min_length=1, max_length=3)


class ChainView(View):
    """The chain as it stands."""

    dwelling_id: str
    rights: tuple[RightEntry, ...]
    landlord: RightEntry | None = Field(description="Who lets it today; empty: nobody may.")


class BuildingEntry(Entry):
    """A building that stands empty."""

    nis5: str = Field(pattern=r"^[0-9]{5}$", examples=["52011"])
    owner_kind: Landlord
    empty_since_on: Day | None = None
    works: Works
    expected_on: Day | None = Field(default=None, description="Its dwellings can be let from.")
    bedrooms: list[Bedrooms] = Field(
        max_length=500, description="Bedrooms of each dwelling to come.", examples=[[1, 2, 2]]
    )
    source: Line = Field(description="Where this is known from.")


class NewBuilding(BuildingEntry):
    """The same, with the identifier it is known by."""

    building_id: str = Field(min_length=1, max_length=64, examples=["B-0001"])


class BuildingChange(BuildingEntry):
    """The same, as it is to be."""

    row_version: int = Field(ge=1, description="Version that was read.")


class BuildingView(View):
    """A building as it stands."""

    building_id: str
    register_id: str
    nis5: str
    owner_kind: str
    empty_since_on: date | None
    works: str
    expected_on: date | None
    bedrooms: tuple[int, ...]
    source: str
    row_version: int


class BuildingList(View):
    """Empty buildings, the soonest expected first."""

    items: tuple[BuildingView, ...]
