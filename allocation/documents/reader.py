"""Households, dwellings and rules as one reader of a proposal names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from allocation.documents.household_facts import household_facts
from allocation.documents.promised_support import PromisedSupport, promised_support
from allocation.documents.rule_texts import SENIORITY, RulebookTexts
from allocation.documents.view import HouseholdView
from allocation.model import Register
from allocation.model.proposal import Proposal
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook
from allocation.territory import communes, companies
from allocation.wording import Catalogue
from allocation.wording.reasons import TRANSFER_TIER, PointsLine, Reasons

APPLICANT = "applicant"


@dataclass(frozen=True)
class Reader:
    """A proposal, what it was made from, and the language of who reads it."""

    proposal: Proposal
    register: Register
    assessments: Assessments
    rulebook: Rulebook
    words: Catalogue

    @cached_property
    def meeting_on(self) -> date:
        """Date of the meeting, also after a round trip through JSON."""
        return date.fromisoformat(str(self.proposal.meeting["meeting_on"]))

    @cached_property
    def rules(self) -> RulebookTexts:
        """Names and articles of the rulebook."""
        return RulebookTexts(self.rulebook)

    @cached_property
    def reasons(self) -> Reasons:
        """The sentences, with partners and communes by name."""
        partners = {str(r["partner_id"]): str(r["name"]) for r in self.register["partners"].rows()}
        agreements = {
            str(r["agreement_id"]): partners.get(str(r["partner_id"]), str(r["partner_id"]))
            for r in self.register["agreements"].rows()
        }
        return Reasons(
            self.proposal,
            self.words,
            quota_rules=self.register.quotas,
            agreements=agreements,
            communes={nis5: self.commune(nis5) for nis5 in communes()},
        )

    @cached_property
    def assessed(self) -> Mapping[str, int]:
        """Application -> row of the assessments."""
        return {str(a): i for i, a in enumerate(self.assessments.application_ids.tolist())}

    @cached_property
    def support(self) -> Mapping[str, PromisedSupport]:
        """Dwelling -> place of support its agreement promises."""
        return promised_support(self.proposal, self.register)

    @property
    def company(self) -> str:
        """Name of the SLSP."""
        company = companies().get(self.proposal.slsp_id)
        return company.name if company else self.proposal.slsp_id

    def commune(self, nis5: str) -> str:
        """Name of a commune in the reader's language."""
        found = communes().get(nis5)
        return (found.name(self.words.language) or found.name_fr) if found else nis5

    def place(self, row: Mapping[str, Any]) -> str:
        """A commune with its section, when the row names one: `Charleroi (Jumet)`."""
        commune = self.commune(str(row["nis5"]))
        sections = self.register["sections"]
        found = sections.index.get(str(row["section_id"] or ""), [])
        if not found:
            return commune
        return f"{commune} ({sections.row(found[0])['name']})"

    def name(self, application_id: str) -> str:
        """Family and given name of the applicant; empty when the register has none."""
        members = self.register["household_members"]
        for idx in members.index.get(application_id, []):
            row = members.row(idx)
            if row["role"] == APPLICANT:
                family, given = str(row["family_name"] or ""), str(row["given_name"] or "")
                return f"{family.upper()} {given}".strip()
        return ""

    def household(self, application_id: str, *, with_points: bool = False) -> HouseholdView:
        """A ranked household with its standing, and its points line by line when asked."""
        ranked = self.reasons.households[application_id]
        view = HouseholdView(
            application_id=application_id,
            name=self.name(application_id),
            standing=self.reasons.standing(application_id),
            rank=ranked.rank,
            order_date=ranked.order_date,
            total_points=None if ranked.tier == TRANSFER_TIER else ranked.points,
        )
        return self._in_detail(view) if with_points else view

    def _in_detail(self, view: HouseholdView) -> HouseholdView:
        text, facts = self.words.text, household_facts(view.application_id, self)
        if view.total_points is None:
            return replace(view, points=(text("reasons.points.transfer"),), facts=facts)
        lines = self.points_lines(view.application_id)
        discreet = self.reasons.discreet_points(lines, self.rules, on=self.meeting_on)
        return replace(
            view,
            points=tuple(self.reasons.points(lines, self.rules, on=self.meeting_on)),
            total=text("reasons.points.total", n=view.total_points),
            discreet_points=discreet,
            facts=facts,
        )

    def points_lines(self, application_id: str) -> tuple[PointsLine, ...]:
        """The line of each table that counted for a household; none for one not assessed."""
        row, found = self.assessed.get(application_id), self.assessments
        if row is None:
            return ()
        lines = []
        for table in ("housing", "personal"):
            position = int(getattr(found, f"{table}_line")[row])
            code = found.lines[position] if position >= 0 else ""
            lines.append(PointsLine(table, code, int(getattr(found, f"{table}_points")[row])))
        lines.append(PointsLine("seniority", SENIORITY, int(found.seniority_points[row])))
        return tuple(lines)

    def choice(self, rank: int | None) -> str:
        """A choice by its rank; 0 or ``None`` when the household is not housed."""
        if not rank:
            return self.words.text("reasons.not_housed")
        return self.words.text("reasons.choice", rank=rank)
