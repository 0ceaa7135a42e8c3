"""
Why not and what if, in words.

The answers come from ``allocation.proposal.what_if``, each a whole run of the meeting; here they
are only said. Names of households and dwellings are those of ``Reasons``: its reader's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from allocation.model.proposal import NotRanked, RankedHousehold, Unserved, Vacancy
from allocation.model.what_if import Ahead, Enough, Gap, IfRanked, Margin, Shortfall
from allocation.wording.citations import citation
from allocation.wording.reasons import TRANSFER_TIER, Reasons

SHOWN_PLACES = 3


@dataclass(frozen=True)
class WhatIfWords:
    """Sentences about what would have changed an answer; ``names`` name households."""

    reasons: Reasons

    # A household without a dwelling

    def why_not(self, entry: Unserved, found: Shortfall) -> list[str]:
        """The ground, who is ahead, and what separates the household from them."""
        household = self.reasons.households[entry.application_id]
        said = [self.reasons.unserved_ground(entry)]
        if found.gap is not None:
            said.append(self.reasons.must_outrank(found.gap.application_id))
            said.append(self._gap(found.gap, household))
        elif household.accepts:
            said.append(self.reasons.no_rank_enough(entry.application_id))
        if household.accepts:
            said.append(self._ahead(found.ahead, household))
        return said

    def _ahead(self, ahead: Ahead, household: RankedHousehold) -> str:
        text = self.reasons.words.text
        is_transfer = household.tier == TRANSFER_TIER
        numbers = {
            "by_nature" if is_transfer else "by_list": ahead.by_list,
            "by_points": ahead.by_points,
            f"by_date{_of(household)}": ahead.by_date,
            "by_draw": ahead.by_draw,
        }
        parts = [text(f"what_if.ahead.{key}", n=n) for key, n in numbers.items() if n]
        if not parts:
            return text("what_if.ahead.nobody")
        return text("what_if.ahead.all", n=ahead.total, parts=self.reasons.words.join(parts))

    def served_ahead(
        self, name: str, household: RankedHousehold, dwelling_id: str, *, points: str
    ) -> str:
        """A household ranked before, its dwelling, and what its points are made of."""
        facts = {
            "name": name,
            "standing": self.reasons.standing(household.application_id),
            "dwelling": self.reasons.name_dwelling(dwelling_id),
        }
        if household.tier == TRANSFER_TIER:
            return self.reasons.words.text("what_if.ahead.served_transfer", **facts)
        points = points or self.reasons.words.text(
            "what_if.ahead.totals",
            housing=household.housing_points,
            personal=household.personal_points,
            seniority=household.seniority_points,
        )
        return self.reasons.words.text("what_if.ahead.served", points=points, **facts)

    def _gap(self, gap: Gap, household: RankedHousehold) -> str:
        """In points, else in days, else by the draw; another list is beyond the reach of both."""
        text = self.reasons.words.text
        if gap.is_other_list:
            return text(f"what_if.gap.{'nature' if household.tier == TRANSFER_TIER else 'list'}")
        if gap.points:
            return text("what_if.gap.points", n=gap.points)
        key = "days" if gap.days else "draw"
        return text(f"what_if.gap.{key}{_of(household)}", n=gap.days)

    def enough(self, household: RankedHousehold, found: Shortfall) -> list[str]:
        """What would have been enough, from what a household decides to what the law does."""
        text = self.reasons.words.text
        said = self._by_rank(household, found) if found.gap else []
        said += self._places(found.places)
        said += [self._enough(f"kind.{household.kind_wanted}", e) for e in found.kinds]
        if found.agreements:
            names = [self.reasons.agreement_name(e.change.agreement_id) for e in found.agreements]
            listed = self.reasons.words.join(names)
            said.append(text("what_if.agreement", n=len(names), agreements=listed))
        said += [self._enough("bedrooms", e, n=e.change.bedrooms or 0) for e in found.bedrooms]
        if found.refusals:
            listed = self._dwellings(found.refusals)
            n = len(found.refusals)
            said.append(text("what_if.refusal", n=n, dwellings=listed))
        return said

    def _by_rank(self, household: RankedHousehold, found: Shortfall) -> list[str]:
        text = self.reasons.words.text
        said = []
        if found.more_points:
            total = found.more_points.change.points or 0
            n = total - household.points
            said.append(self._enough("points", found.more_points, n=n, total=total))
        elif household.tier != TRANSFER_TIER:
            said.append(text("what_if.no_points"))
        if found.earlier:
            facts = {"on": found.earlier.change.order_date, "instead_of": household.order_date}
            said.append(self._enough(f"earlier{_of(household)}", found.earlier, **facts))
        else:
            said.append(text(f"what_if.no_date{_of(household)}"))
        return said

    def _places(self, places: Sequence[Enough]) -> list[str]:
        if not places:
            return [self.reasons.words.text("what_if.no_place")]
        said = []
        for enough in places[:SHOWN_PLACES]:
            key = "place_instead" if enough.change.is_instead else "place"
            place = self._place(*(enough.change.place or ("", "")))
            said.append(self._enough(key, enough, place=place))
        return said

    def _enough(self, key: str, enough: Enough, **facts: object) -> str:
        dwelling = self.dwelling(enough.dwelling_id)
        return self.reasons.words.text(f"what_if.{key}", dwelling=dwelling, **facts)

    # A household with a dwelling

    def margin(self, found: Margin) -> list[str]:
        """What the household could have lacked, who would follow, what it owes to quotas."""
        text = self.reasons.words.text
        said = [self._spare(found)]
        if found.follower:
            name = self.reasons.name_household(found.follower)
            standing = self.reasons.standing(found.follower)
            said.append(text("what_if.spare.follower", name=name, standing=standing))
        labels = [self.reasons.quota_label(q) for q in found.needs]
        if labels:
            quotas = self.reasons.words.join(labels)
            said.append(text("what_if.needs", n=len(labels), quotas=quotas))
        elif found.needs_quotas:
            said.append(text("what_if.needs_all"))
        elif self.reasons.proposal.quotas:
            said.append(text("what_if.needs_nothing"))
        return said

    def _spare(self, found: Margin) -> str:
        text = self.reasons.words.text
        if found.is_safe_whatever_the_date:
            return text("what_if.spare.whatever_date")
        if found.is_safe_without_points:
            return self._whatever_points(found)
        if found.latest is not None:
            return text("what_if.spare.date", on=found.latest)
        if not found.points_to_spare:
            return text("what_if.spare.none")
        return text("what_if.spare.points", n=found.points_to_spare)

    def _whatever_points(self, found: Margin) -> str:
        """No points at all would do: for itself, or because a minimum keeps its place."""
        floors = {q.quota_id for q in self.reasons.proposal.quotas if q.kind == "floor"}
        if not found.needs or not floors.issuperset(found.needs):
            return self.reasons.words.text("what_if.spare.whatever")
        quotas = self.reasons.words.join(map(self.reasons.quota_label, found.needs))
        return self.reasons.words.text(
            "what_if.spare.whatever_reserved", n=len(found.needs), quotas=quotas
        )

    # An application that is not ranked

    def remedy(self, entry: NotRanked, source: tuple[str, str] | None) -> list[str]:
        """The text it rests on, and what would lift the ground."""
        words = self.reasons.words
        said = [words.text("what_if.basis", source=citation(*source, words))] if source else []
        keys = [f"what_if.remedy.{entry.ground}{rule}" for rule in (f".{entry.rule}", "")]
        said.append(words.text(next(key for key in keys if key in words)))
        return said

    def if_ranked(self, entry: NotRanked, found: IfRanked | None) -> list[str]:
        """The rank it would have had, and whether a dwelling would have come with it."""
        text = self.reasons.words.text
        if found is None or entry.would_be is None:
            return [text("what_if.if_ranked.unknown")]
        key = "transfer" if entry.would_be.tier == TRANSFER_TIER else "list"
        of = len(self.reasons.proposal.households) + 1
        said = [text(f"what_if.if_ranked.{key}", rank=found.rank, of=of, n=found.points)]
        if found.dwelling_id is None:
            return [*said, text("what_if.if_ranked.open")]
        if found.dwelling_id:
            dwelling = self.dwelling(found.dwelling_id)
            return [*said, text("what_if.if_ranked.served", dwelling=dwelling)]
        return [*said, text("what_if.if_ranked.unserved")]

    # Names

    def dwelling(self, dwelling_id: str) -> str:
        """A dwelling as a candidate pictures it: kind, bedrooms, place."""
        text, vacancy = self.reasons.words.text, self._vacancies[dwelling_id]
        return text(
            "what_if.dwelling",
            dwelling=self.reasons.name_dwelling(dwelling_id),
            kind=text(f"documents.kind.{vacancy.kind}"),
            bedrooms=text("documents.bedrooms", n=vacancy.bedrooms),
            place=self._place(vacancy.nis5, vacancy.section_id),
        )

    @cached_property
    def _vacancies(self) -> Mapping[str, Vacancy]:
        return {v.dwelling_id: v for v in self.reasons.proposal.vacancies}

    def _place(self, nis5: str, section_id: str) -> str:
        commune = (self.reasons.communes or {}).get(nis5, nis5)
        if not section_id:
            return commune
        section = self.reasons.proposal.sections.get(section_id, section_id)
        return self.reasons.words.text("what_if.place_section", section=section, commune=commune)

    def _dwellings(self, dwellings: Sequence[str]) -> str:
        """One dwelling described, or the first few of many."""
        if len(dwellings) == 1:
            return self.dwelling(dwellings[0])
        return self.reasons.listed([self.reasons.name_dwelling(d) for d in dwellings])


def _of(household: RankedHousehold) -> str:
    """A transfer is requested, an application is made: each has its own sentence about a date."""
    return "_transfer" if household.tier == TRANSFER_TIER else ""
