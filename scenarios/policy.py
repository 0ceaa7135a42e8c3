"""What an arm of a study decides: quotas, agreements, switches of the rulebook, behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from allocation.model import Group, QuotaRule, Setting

FLOW_FROM = ("transit", "insertion", "homeless")


@dataclass(frozen=True)
class Bridge:
    """
    An agreement that opens a way out of transit, insertion or the street.

    ``public``: where the households presented live. ``share``: of the allocations of the year
    (a reserve on the flow). ``named_share``: of the dwellings that come free, named for it
    instead. ``places``: accompaniment places per 1,000 dwellings, that limit its seats
    (``None``: no limit). ``is_sliding``: its allocations start as a sliding lease. ``unused``:
    what becomes of the seats left at the end of a year.
    """

    bridge_id: str
    public: tuple[str, ...]
    share: Fraction = Fraction(0)
    named_share: Fraction = Fraction(0)
    places: Fraction | None = None
    is_sliding: bool = False
    unused: Literal["lapse", "carry_over"] = "lapse"

    def rule(self) -> QuotaRule:
        """Its reserve as a quota of the meeting."""
        return QuotaRule(
            quota_id=f"bridge-{self.bridge_id}",
            kind="floor",
            group=Group(agreement_id=self.bridge_id),
            share=self.share,
            base="allocations",
            counting="once",
            mark="assumed",
        )


@dataclass(frozen=True)
class Policy:
    """
    One arm.

    ``quotas``: shares of the law (those of the demonstration unless the study says otherwise).
    ``settings``: switches of the rulebook. ``parameters``: figures set by the arm.
    """

    arm_id: str
    quotas: tuple[QuotaRule, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    settings: tuple[Setting, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    pacing: Literal["linear", "year_end", "prefix"] = "linear"
    mode: Literal["joint", "serial"] = "joint"
    levels: tuple[str, ...] = ("floors", "priority", "fit")
