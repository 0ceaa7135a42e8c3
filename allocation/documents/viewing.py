"""From a proposal and its register to the view that documents print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from allocation.documents.rule_texts import SENIORITY, RulebookTexts
from allocation.documents.view import (
    AlternativeView,
    CommuneView,
    DifferenceView,
    DwellingView,
    HouseholdView,
    NextView,
    ProposalView,
    QuotaView,
    UnservedView,
)
from allocation.model import Register
from allocation.model.proposal import Alternative, DwellingLine, Proposal, QuotaLine
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook
from allocation.territory import communes, companies
from allocation.wording import Catalogue, catalogue
from allocation.wording.citations import citation
from allocation.wording.reasons import TRANSFER_TIER, PointsLine, Reasons, caveat_sentence

APPLICANT = "applicant"


def view_of(
    proposal: Proposal,
    *,
    register: Register,
    assessments: Assessments,
    rulebook: Rulebook,
    lang: str,
) -> ProposalView:
    """
    Say a proposal in words for the people of the SLSP.

    Raises
    ------
    WordingError
        ``wording.incomplete``: a language we do not have, or a code without a sentence.
    """
    return _Viewer(proposal, register, assessments, rulebook, catalogue(lang)).view()


@dataclass(frozen=True)
class _Viewer:
    proposal: Proposal
    register: Register
    assessments: Assessments
    rulebook: Rulebook
    words: Catalogue

    def view(self) -> ProposalView:
        proposal, text = self.proposal, self.words.text
        dwellings = tuple(self._dwelling(line) for line in proposal.dwellings)
        quotas = tuple(self._quota(line) for line in proposal.quotas)
        grounds, worklist = self._not_ranked()
        return ProposalView(
            language=self.words.language,
            is_demo=proposal.kind == "demo",
            company=self._company,
            meeting_on=self.words.date(self.meeting_on),
            mode=text(f"documents.mode.{proposal.meeting['mode']}"),
            n_ranked=len(proposal.households),
            dwellings=dwellings,
            quotas=quotas,
            unserved=self._unserved(),
            alternatives=tuple(self._alternative(a) for a in proposal.alternatives),
            lower_choices=tuple(
                (
                    self._household(lower.application_id),
                    self._choice(lower.joint_choice),
                    self._choice(lower.serial_choice),
                )
                for lower in proposal.lower_choices
            ),
            communes=_by_commune(dwellings),
            not_ranked=grounds,
            worklist=worklist,
            decisions=self._decisions(dwellings, quotas, worklist),
            caveats=tuple(dict.fromkeys(caveat_sentence(c, self.words) for c in proposal.warnings)),
            register_hash=proposal.register_hash,
            rulebook_hash=proposal.rulebook_hash,
        )

    # Lookups

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
            communes={nis5: self._commune(nis5) for nis5 in communes()},
        )

    @cached_property
    def assessed(self) -> Mapping[str, int]:
        """Application -> row of the assessments."""
        return {str(a): i for i, a in enumerate(self.assessments.application_ids.tolist())}

    @property
    def _company(self) -> str:
        company = companies().get(self.proposal.slsp_id)
        return company.name if company else self.proposal.slsp_id

    def _commune(self, nis5: str) -> str:
        found = communes().get(nis5)
        return (found.name(self.words.language) or found.name_fr) if found else nis5

    def _name(self, application_id: str) -> str:
        members = self.register["household_members"]
        for idx in members.index.get(application_id, []):
            row = members.row(idx)
            if row["role"] == APPLICANT:
                family, given = str(row["family_name"] or ""), str(row["given_name"] or "")
                return f"{family.upper()} {given}".strip()
        return ""

    # Households

    def _household(self, application_id: str, *, with_points: bool = False) -> HouseholdView:
        ranked = self.reasons.households[application_id]
        points = self._points(application_id) if with_points else ()
        total = ""
        if with_points and ranked.tier != TRANSFER_TIER:
            total = self.words.text("reasons.points.total", n=ranked.points)
        return HouseholdView(
            application_id=application_id,
            name=self._name(application_id),
            standing=self.reasons.standing(application_id),
            rank=ranked.rank,
            points=points,
            total=total,
        )

    def _points(self, application_id: str) -> tuple[str, ...]:
        if self.reasons.households[application_id].tier == TRANSFER_TIER:
            return (self.words.text("reasons.points.transfer"),)
        row, found = self.assessed.get(application_id), self.assessments
        if row is None:
            return ()
        lines = []
        for table in ("housing", "personal"):
            position = int(getattr(found, f"{table}_line")[row])
            code = found.lines[position] if position >= 0 else ""
            lines.append(PointsLine(table, code, int(getattr(found, f"{table}_points")[row])))
        lines.append(PointsLine("seniority", SENIORITY, int(found.seniority_points[row])))
        return tuple(self.reasons.points(lines, self.rules, on=self.meeting_on))

    def _choice(self, rank: int | None) -> str:
        if not rank:
            return self.words.text("reasons.not_housed")
        return self.words.text("reasons.choice", rank=rank)

    # Dwellings

    def _dwelling(self, line: DwellingLine) -> DwellingView:
        table = self.register["dwellings"]
        row = table.row(table.index[line.dwelling_id][0])
        vacancies = self.register["vacancies"]
        places = vacancies.index.get(line.dwelling_id, [])
        available = vacancies.row(places[0])["available_on"] if places else None
        rent = row["rent_cents"]
        served = line.application_id
        return DwellingView(
            dwelling_id=line.dwelling_id,
            nis5=str(row["nis5"]),
            commune=self._place(row),
            address=str(row["address"] or ""),
            description=self._description(row),
            rent=self.words.money(rent) if isinstance(rent, int) else "",
            available=self.words.date(available, style="short")
            if isinstance(available, date)
            else "",
            household=self._household(served, with_points=True) if served else None,
            channel=self.reasons.channel(line) if served else "",
            channel_name=self.reasons.channel_name(line.channel) if served else "",
            legal_ground=self._legal_ground(line) if served else "",
            ground=line.ground,
            choice=self._choice(line.choice_rank) if served else "",
            empty="" if served else self.reasons.empty(line),
            next=tuple(
                NextView(self._household(n.application_id), self.reasons.next_in_line(n))
                for n in line.next
            ),
        )

    def _legal_ground(self, line: DwellingLine) -> str:
        """What the channel rests on: the agreement of a reserved place, else an article."""
        rule = next((q for q in self.register.quotas if q.quota_id == line.seat_quota), None)
        if line.channel != "reserve" or rule is None or not rule.group.agreement_id:
            act, article = self.rules.citation(line.channel, self.meeting_on)
            return citation(act, article, self.words)
        agreements = self.register["agreements"]
        agreement = agreements.row(agreements.index[rule.group.agreement_id][0])
        basis = self.words.text(
            f"documents.legal.basis.{agreement['basis'] or 'none'}",
            article=agreement["legal_article"] or "-",
            act=agreement["authorising_act"] or "-",
        )
        return self.words.text(
            "documents.legal.agreement",
            agreement=rule.group.agreement_id,
            partner=(self.reasons.agreements or {}).get(rule.group.agreement_id, ""),
            basis=basis,
        )

    def _place(self, row: Mapping[str, Any]) -> str:
        commune = self._commune(str(row["nis5"]))
        sections = self.register["sections"]
        found = sections.index.get(str(row["section_id"] or ""), [])
        if not found:
            return commune
        name = str(sections.row(found[0])["name"])
        return commune if name == commune else f"{commune} ({name})"

    def _description(self, row: Mapping[str, Any]) -> str:
        text = self.words.text
        parts = [
            text(f"documents.kind.{row['kind']}"),
            text("documents.bedrooms", n=int(row["bedrooms"] or 0)),
        ]
        if row["accessibility"] != "ordinary":
            parts.append(text(f"documents.accessibility.{row['accessibility']}"))
        if row["designed_for_over_65"] == "yes":
            parts.append(text("documents.designed_for_over_65"))
        if row["kind"] == "flat" and row["floor"] is not None:
            parts.append(text(_floor_key(int(row["floor"])), floor=int(row["floor"])))
        return ", ".join(parts)

    # Quotas

    def _quota(self, line: QuotaLine) -> QuotaView:
        text = self.words.text
        after = line.opening + line.used
        if line.share is None:
            rule = text(f"documents.quota_seats.{line.kind}", n=line.seats)
            year = self.words.number(after)
        else:
            rule = text(
                f"documents.quota_share.{line.kind}.{line.base}",
                share=self.words.percent(line.share),
            )
            year = text("documents.of", n=after, whole=line.base_planned)
            if line.base_planned:
                from fractions import Fraction

                share = self.words.percent(Fraction(after, line.base_planned))
                year = f"{year} ({share})"
        return QuotaView(
            quota_id=line.quota_id,
            label=self.reasons.quota_label(line.quota_id),
            kind=text(f"reasons.quota_kind.{line.kind}"),
            rule=rule,
            mark=text(f"reasons.mark.{line.mark}"),
            opening=line.opening,
            seats=line.seats,
            used=line.used,
            year=year,
            ground=line.ground,
            state=text(f"reasons.quota_name.{line.ground}"),
            sentence=self.reasons.quota_state(line),
            passed_over=tuple(self._household(a) for a in line.passed_over),
            instead=tuple(self._household(a) for a in line.instead),
        )

    # Households without a dwelling

    def _unserved(self) -> tuple[UnservedView, ...]:
        ranks = {h.application_id: h.rank for h in self.proposal.households}
        served = [ranks[d.application_id] for d in self.proposal.dwellings if d.application_id]
        last = max(served, default=0)
        views = [
            UnservedView(
                household=self._household(entry.application_id),
                reason=entry.reason,
                reason_name=self.reasons.unserved_name(entry.reason),
                sentence=self.reasons.unserved(entry),
                is_above_last_served=ranks[entry.application_id] < last,
            )
            for entry in self.proposal.unserved
        ]
        return tuple(sorted(views, key=lambda view: view.household.rank))

    def _not_ranked(self) -> tuple[tuple[tuple[str, str, int], ...], tuple[tuple[str, str], ...]]:
        """Applications by ground with their number, and those that wait for a fact."""
        counts = Counter((e.ground, e.rule) for e in self.proposal.not_ranked)
        sentences = {
            (e.ground, e.rule): self.reasons.not_ranked(e, self.rules)
            for e in self.proposal.not_ranked
        }
        grounds = tuple(
            (ground, sentences[ground, rule], n)
            for (ground, rule), n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        )
        worklist = tuple(
            (e.application_id, sentences[e.ground, e.rule])
            for e in self.proposal.not_ranked
            if e.ground == "unknown"
        )
        return grounds, worklist

    # Another way

    def _alternative(self, other: Alternative) -> AlternativeView:
        here = {d.dwelling_id: d.application_id for d in self.proposal.dwellings}
        nobody = self.words.text("documents.nobody")
        differences = tuple(
            DifferenceView(
                dwelling,
                self._household(mine).label if mine else nobody,
                self._household(theirs).label if theirs else nobody,
            )
            for dwelling, mine in here.items()
            if (theirs := other.assignment.get(dwelling)) != mine
        )
        return AlternativeView(
            name=other.name,
            label=self.words.text(f"documents.alternative.{other.name}"),
            n_served=len(other.assignment),
            shortage=other.shortage,
            differences=differences,
        )

    def _decisions(
        self,
        dwellings: tuple[DwellingView, ...],
        quotas: tuple[QuotaView, ...],
        worklist: tuple[tuple[str, str], ...],
    ) -> tuple[str, ...]:
        """What the committee still has to decide or to know before it signs."""
        text = self.words.text
        said = []
        n_left = sum(d.household is None for d in dwellings)
        if n_left:
            said.append(text("documents.decision.left", n=n_left))
        said += [
            text("documents.decision.short", quota=q.label, state=q.sentence)
            for q in quotas
            if q.ground in ("short", "exceeded_before")
        ]
        if self.proposal.lower_choices:
            said.append(text("documents.decision.lower", n=len(self.proposal.lower_choices)))
        if worklist:
            said.append(text("documents.decision.worklist", n=len(worklist)))
        if self.proposal.warnings:
            said.append(text("documents.decision.caveats", n=len(self.proposal.warnings)))
        return tuple(said)


def _floor_key(floor: int) -> str:
    return "documents.ground_floor" if floor == 0 else "documents.floor"


def _by_commune(dwellings: tuple[DwellingView, ...]) -> tuple[CommuneView, ...]:
    total = Counter(d.nis5 for d in dwellings)
    proposed = Counter(d.nis5 for d in dwellings if d.household is not None)
    names = {d.nis5: d.commune.partition(" (")[0] for d in dwellings}
    return tuple(
        CommuneView(nis5, names[nis5], n, proposed[nis5]) for nis5, n in sorted(total.items())
    )
