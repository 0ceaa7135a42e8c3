"""A business of one's own in a plan: sent, kept under the plan's key, told with its doors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from allocation.accompaniment.directory import kinds
from allocation.accompaniment.self_employment import Procedure, SelfEmployment
from allocation.wording import Catalogue
from api.schemas import Day, Entry, View

KEY = "self_employment"


class SelfEmploymentEntry(Entry):
    """A business of one's own: a procedure, and debts of each kind apart; never an amount."""

    procedure: Procedure = "none"
    since_on: Day | None = Field(default=None, description="First day of the procedure.")
    has_professional_debts: bool | None = Field(default=None, description="Empty: not told.")
    has_household_debts: bool | None = Field(default=None, description="Empty: not told.")


class DoorView(View):
    """A kind of service that may help; `GET /services?kind=` tells which are here."""

    kind: str
    label: str


def kept_of(words: Mapping[str, Any]) -> SelfEmploymentEntry | None:
    """What the sealed words of a plan hold of it."""
    kept = words.get(KEY)
    return SelfEmploymentEntry.model_validate_json(json.dumps(kept)) if kept else None


def doors_of(business: SelfEmploymentEntry | None, words: Catalogue) -> list[DoorView]:
    """Kinds of services that may help; none when nothing is said."""
    if business is None:
        return []
    found = SelfEmployment(**business.model_dump()).doors()
    return [DoorView(kind=k, label=getattr(kinds()[k], words.language)) for k in found]
