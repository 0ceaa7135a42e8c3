"""What an arm of a study decides: quotas, agreements, switches of the rulebook, behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from allocation.model import Group, QuotaRule, Setting, ShareStep
from allocation.rules.draft import Draft, DraftPlace, drafted
from allocation.rules.loader import load_rulebook
from allocation.rules.rulebook import Rulebook
from allocation.rules.yaml_file import YamlFile

RULEBOOK = "wallonia"
# Where a household lives or what it lives on: the first three change during a run.
STAYS = ("transit", "insertion", "homeless")
STANDING = ("unfit", "ais", "working")
FLOW_FROM = (*STAYS, *STANDING)
_BEFORE_STEPS = date(1900, 1, 1)


@dataclass(frozen=True)
class Bridge:
    """
    An agreement that opens a way out of transit, insertion, the street or another home.

    ``public``: whom the partner presents: by where they live (``transit``, ``insertion``,
    ``homeless``, ``unfit``: a dwelling unfit or overcrowded, ``ais``: let by a social agency), or
    ``working``: somebody earns from work. ``share``: of the allocations of the year (a reserve on
    the flow). ``named_share``: of the dwellings that come free, named for it instead. ``places``:
    accompaniment places per 1,000 dwellings, that limit its seats (``None``: no limit).
    ``is_sliding``: its allocations start as a sliding lease. ``unused``: what becomes of the seats
    left at the end of a year. ``steps``: other shares from a day on. ``of_previous_year``: the
    share is of the allocations of the year before. ``companies``: those that are party to it (all
    when empty). ``is_accompanied``: who is housed is followed for some time.
    """

    bridge_id: str
    public: tuple[str, ...]
    share: Fraction = Fraction(0)
    named_share: Fraction = Fraction(0)
    places: Fraction | None = None
    is_sliding: bool = False
    unused: Literal["lapse", "carry_over"] = "lapse"
    steps: tuple[ShareStep, ...] = ()
    of_previous_year: bool = False
    companies: tuple[str, ...] = ()
    is_accompanied: bool = True

    def rule(self) -> QuotaRule:
        """Its reserve as a quota of the meeting."""
        return QuotaRule(
            quota_id=f"bridge-{self.bridge_id}",
            kind="floor",
            group=Group(agreement_id=self.bridge_id),
            share=None if self.steps else self.share,
            steps=(ShareStep(_BEFORE_STEPS, self.share), *self.steps) if self.steps else (),
            base="allocations",
            counting="once",
            mark="assumed",
        )


@dataclass(frozen=True)
class Leases:
    """
    The leases of those housed in the run.

    ``terms_months``: successive terms, the last renewed for as long again. ``trial_months``: a
    trial at the end of which the company may end the lease (0: none).
    """

    terms_months: tuple[int, ...]
    trial_months: int = 0


@dataclass(frozen=True)
class Policy:
    """
    One arm.

    ``quotas``: shares of the law (those of the demonstration unless the study says otherwise).
    ``settings``: switches of the rulebook. ``draft``: changes of the rulebook itself, taken as in
    force from ``drafted_on``, the first day, at the latest. ``leases``: ``None`` leaves every
    tenancy to its end. ``parameters``: figures set by the arm.
    """

    arm_id: str
    quotas: tuple[QuotaRule, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    settings: tuple[Setting, ...] = ()
    draft: Draft | None = None
    drafted_on: date | None = None
    leases: Leases | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    pacing: Literal["linear", "year_end", "prefix"] = "linear"
    mode: Literal["joint", "serial"] = "joint"
    levels: tuple[str, ...] = ("floors", "priority", "fit")

    @property
    def n_quotas(self) -> int:
        """Shares of the law, then one reserve for each agreement."""
        return len(self.quotas) + len(self.bridges)

    @property
    def rules_key(self) -> str:
        """Two arms with the same key give everybody the same points."""
        draft = "" if self.draft is None else self.draft.model_dump_json(by_alias=True)
        return repr((self.settings, draft, self.drafted_on if draft else None))

    def rulebook(self) -> Rulebook:
        """The rulebook of the arm: the published one, or as its draft would make it."""
        if self.draft is None or self.drafted_on is None:
            return load_rulebook(RULEBOOK)
        return _drafted(self.draft.model_dump_json(by_alias=True), self.drafted_on)

    def in_company(self, slsp_id: str) -> Policy:
        """The arm with the agreements that company is party to."""
        mine = tuple(b for b in self.bridges if not b.companies or slsp_id in b.companies)
        return replace(self, bridges=mine)


def drafted_for(draft: Draft, start: date, place: DraftPlace) -> Rulebook:
    """
    The rulebook a draft makes; one that begins after the first day is taken as in force on it.

    Raises
    ------
    ProblemsError
        As ``allocation.rules.draft.drafted``.
    """
    return drafted(draft, place, since=start if start < draft.from_ else None)


@cache
def _drafted(written: str, start: date) -> Rulebook:
    place = DraftPlace(YamlFile("draft", {}, {(): 1}))
    return drafted_for(Draft.model_validate_json(written), start, place)
