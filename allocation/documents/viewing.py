"""From a proposal and its register to the view that documents print."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from allocation.documents.dwelling_view import dwelling_view
from allocation.documents.proposal_json import proposal_json
from allocation.documents.reader import Reader
from allocation.documents.view import (
    AlternativeView,
    CommuneView,
    DifferenceView,
    DwellingView,
    HouseholdView,
    LowerView,
    ProposalView,
    QuotaView,
    UnservedView,
    WaitingView,
)
from allocation.model import Register
from allocation.model.proposal import Alternative, LowerChoice, Proposal, QuotaLine
from allocation.model.what_if import Effect
from allocation.proposal.what_if_quotas import party
from allocation.rules.outcome import Assessments
from allocation.rules.rulebook import Rulebook
from allocation.wording import catalogue
from allocation.wording.citations import citation
from allocation.wording.reasons_quotas import QuotaWords

ASSUMED = "rule.assumed_value"
COUNT_TRANSFERS = "quota.count_transfers"
QUOTA_VALUE = "quota.value_not_verified"


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
    return _Viewer(Reader(proposal, register, assessments, rulebook, catalogue(lang))).view()


@dataclass(frozen=True)
class _Viewer:
    reader: Reader

    def view(self) -> ProposalView:
        proposal, text = self.reader.proposal, self.reader.words.text
        dwellings = tuple(dwelling_view(line, self.reader) for line in proposal.dwellings)
        quotas = tuple(self._quota(line) for line in proposal.quotas)
        grounds, worklist = self._not_ranked()
        return ProposalView(
            language=self.reader.words.language,
            is_demo=proposal.kind == "demo",
            company=self.reader.company,
            meeting_on=self.reader.words.date(self.reader.meeting_on),
            mode=text(f"documents.mode.{proposal.meeting['mode']}"),
            n_ranked=len(proposal.households),
            dwellings=dwellings,
            quotas=quotas,
            unserved=self._unserved(),
            alternatives=tuple(self._alternative(a) for a in proposal.alternatives),
            lower_choices=tuple(self._lower(lower) for lower in proposal.lower_choices),
            communes=_by_commune(dwellings),
            not_ranked=grounds,
            worklist=worklist,
            decisions=self._decisions(dwellings, quotas, worklist),
            caveats=self._caveats(is_assumed=False),
            assumed=self._caveats(is_assumed=True),
            register_hash=proposal.register_hash,
            rulebook_hash=proposal.rulebook_hash,
            proposal_hash=hashlib.sha256(proposal_json(proposal)).hexdigest(),
            points_sources=self._points_sources(),
            quota_notes=self._quota_notes(),
            outranked=self._outranked(),
        )

    def _points_sources(self) -> tuple[str, ...]:
        """Acts and articles of the lines that may be named, each once."""
        reader, rules, on = self.reader, self.reader.rules, self.reader.meeting_on
        codes = {
            line.code
            for dwelling in reader.proposal.dwellings
            if dwelling.application_id
            for line in reader.points_lines(dwelling.application_id)
            if line.code and not rules.is_sensitive(line.code)
        }
        cited = (rules.citation(code, on) for code in codes)
        # A line's number would tell which line: the note is of acts and articles.
        sources = {
            citation(act, article.partition(", ")[0], reader.words) for act, article in cited
        }
        return tuple(sorted(sources))

    def _lower(self, lower: LowerChoice) -> LowerView:
        not_housed = self.reader.words.text("documents.not_housed_joint")
        return LowerView(
            household=self.reader.household(lower.application_id),
            joint=self.reader.choice(lower.joint_choice) if lower.joint_choice else not_housed,
            serial=self.reader.choice(lower.serial_choice),
            is_housed=lower.joint_choice > 0,
        )

    def _quota(self, line: QuotaLine) -> QuotaView:
        text = self.reader.words.text
        after = line.opening + line.used
        if line.share is None:
            rule = text(f"documents.quota_seats.{line.kind}", n=line.seats)
            year = self.reader.words.number(after)
        else:
            rule = text(
                f"documents.quota_share.{line.kind}.{line.base}",
                share=self.reader.words.percent(line.share),
            )
            year = text("documents.of", n=after, whole=line.base_planned)
            if line.base_planned:
                share = self.reader.words.percent(Fraction(after, line.base_planned))
                year = f"{year} ({share})"
        if line.places is not None:
            rule = f"{rule}, {text('documents.places', n=line.places)}"
        return QuotaView(
            quota_id=line.quota_id,
            label=self.reader.reasons.quota_label(line.quota_id),
            kind=text(f"reasons.quota_kind.{line.kind}"),
            rule=rule,
            mark=text(f"reasons.mark.{line.mark}"),
            opening=line.opening,
            seats=line.seats,
            used=line.used,
            year=year,
            ground=line.ground,
            state=text(f"reasons.quota_name.{line.ground}"),
            sentence=self.reader.reasons.quota_state(line),
            passed_over=tuple(self.reader.household(a) for a in line.passed_over),
            instead=tuple(self.reader.household(a) for a in line.instead),
            price=self._price(line),
        )

    def _price(self, line: QuotaLine) -> str:
        if not line.passed_over:
            return ""
        proposal = self.reader.proposal
        absent = Effect(party(proposal, line.passed_over), party(proposal, line.instead))
        return QuotaWords(self.reader.reasons).price(absent)

    def _unserved(self) -> tuple[UnservedView, ...]:
        ranks = {h.application_id: h.rank for h in self.reader.proposal.households}
        served = [
            ranks[d.application_id] for d in self.reader.proposal.dwellings if d.application_id
        ]
        last = max(served, default=0)
        views = [
            UnservedView(
                household=self.reader.household(entry.application_id),
                reason=entry.reason,
                reason_name=self.reader.reasons.unserved_name(entry.reason),
                sentence=self.reader.reasons.unserved(entry),
                is_above_last_served=ranks[entry.application_id] < last,
            )
            for entry in self.reader.proposal.unserved
        ]
        return tuple(sorted(views, key=lambda view: view.household.rank))

    def _quota_notes(self) -> tuple[str, ...]:
        """What the shares are shares of, and whether transfers count in those of income."""
        reader, text = self.reader, self.reader.words.text
        if all(line.share is None for line in reader.proposal.quotas):
            return ()
        notes = [text("documents.quota_note.bases")]
        meeting = reader.register.meeting
        settings = meeting.settings if meeting else ()
        counted = reader.rulebook.parameter(COUNT_TRANSFERS, reader.meeting_on, settings)
        shares = {line.quota_id for line in reader.proposal.quotas if line.share is not None}
        is_of_income = any(
            rule.quota_id in shares and rule.group.income_categories
            for rule in reader.register.quotas
        )
        if is_of_income and counted.value is False:
            notes.append(text("documents.quota_note.no_transfers"))
        return tuple(notes)

    def _outranked(self) -> Mapping[str, int]:
        """Dwelling -> number of outranked households that could have received it."""
        households = self.reader.reasons.households
        return Counter(
            dwelling
            for entry in self.reader.proposal.unserved
            if entry.reason == "outranked"
            for dwelling in households[entry.application_id].accepts
        )

    def _not_ranked(self) -> tuple[tuple[tuple[str, str, int], ...], tuple[WaitingView, ...]]:
        """Applications by ground with their number, and those that wait for a fact."""
        counts = Counter((e.ground, e.rule) for e in self.reader.proposal.not_ranked)
        sentences = {
            (e.ground, e.rule): self.reader.reasons.not_ranked(e, self.reader.rules)
            for e in self.reader.proposal.not_ranked
        }
        grounds = tuple(
            (ground, sentences[ground, rule], n)
            for (ground, rule), n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        )
        worklist = tuple(
            WaitingView(
                e.application_id,
                self.reader.name(e.application_id),
                sentences[e.ground, e.rule],
            )
            for e in self.reader.proposal.not_ranked
            if e.ground == "unknown"
        )
        return grounds, worklist

    def _caveats(self, *, is_assumed: bool) -> tuple[str, ...]:
        """Caveats in words, each once; assumed settings, which are many, apart."""
        reasons, rules = self.reader.reasons, self.reader.rules
        text = self.reader.words.text
        said = []
        for caveat in self.reader.proposal.warnings:
            if caveat.code == QUOTA_VALUE and not is_assumed:
                label = reasons.quota_label(caveat.facts["quota_id"])
                said.append(text("documents.quota_value", quota=label))
            elif (caveat.code == ASSUMED) == is_assumed and caveat.code != QUOTA_VALUE:
                sentence = reasons.caveat(caveat, rules)
                question = rules.question(caveat.facts.get("name", "")) if is_assumed else ""
                if question:
                    sentence = text("documents.question", sentence=sentence, question=question)
                said.append(sentence)
        return tuple(dict.fromkeys(said))

    def _alternative(self, other: Alternative) -> AlternativeView:
        here = {d.dwelling_id: d.application_id for d in self.reader.proposal.dwellings}
        nobody = self.reader.words.text("documents.nobody")
        differences = tuple(
            DifferenceView(
                dwelling,
                self.reader.household(mine).label if mine else nobody,
                self.reader.household(theirs).label if theirs else nobody,
            )
            for dwelling, mine in here.items()
            if (theirs := other.assignment.get(dwelling)) != mine
        )
        mine_all = {a for a in here.values() if a}
        theirs_all = set(other.assignment.values())
        return AlternativeView(
            only_here=self._in_order(mine_all - theirs_all),
            only_there=self._in_order(theirs_all - mine_all),
            name=other.name,
            label=self.reader.words.text(f"documents.alternative.{other.name}"),
            n_served=len(other.assignment),
            shortage=other.shortage,
            differences=differences,
        )

    def _in_order(self, application_ids: Iterable[str]) -> tuple[HouseholdView, ...]:
        views = (self.reader.household(a) for a in application_ids)
        return tuple(sorted(views, key=lambda view: view.rank))

    def _decisions(
        self,
        dwellings: tuple[DwellingView, ...],
        quotas: tuple[QuotaView, ...],
        worklist: tuple[WaitingView, ...],
    ) -> tuple[str, ...]:
        """What the committee still has to decide or to know before it signs."""
        text = self.reader.words.text
        said = []
        n_left = sum(d.household is None for d in dwellings)
        if n_left:
            said.append(text("documents.decision.left", n=n_left))
        said += [
            text("documents.decision.short", quota=q.label, state=q.sentence)
            for q in quotas
            if q.ground in ("short", "exceeded_before")
        ]
        said += self._said_of_lower_choices()
        if worklist:
            said.append(text("documents.decision.worklist", n=len(worklist)))
        shown = len(self._caveats(is_assumed=False))
        assumed = len(self._caveats(is_assumed=True))
        if shown + assumed:
            said.append(
                text("documents.decision.caveats", n=shown + assumed, shown=shown, assumed=assumed)
            )
        return tuple(said)

    def _said_of_lower_choices(self) -> list[str]:
        """Not housed and housed in a lower choice are two different things to decide upon."""
        lower = self.reader.proposal.lower_choices
        numbers = {
            "not_housed": sum(not choice.joint_choice for choice in lower),
            "lower": sum(choice.joint_choice > 0 for choice in lower),
        }
        text = self.reader.words.text
        return [text(f"documents.decision.{key}", n=n) for key, n in numbers.items() if n]


def _by_commune(dwellings: tuple[DwellingView, ...]) -> tuple[CommuneView, ...]:
    total = Counter((d.nis5, d.commune) for d in dwellings)
    proposed = Counter((d.nis5, d.commune) for d in dwellings if d.household is not None)
    found = []
    for nis5 in sorted({d.nis5 for d in dwellings}):
        places = tuple(
            (name, n, proposed[code, name])
            for (code, name), n in sorted(total.items())
            if code == nis5
        )
        found.append(
            CommuneView(
                nis5=nis5,
                name=places[0][0].partition(" (")[0],
                n_dwellings=sum(n for _, n, _ in places),
                n_proposed=sum(n for _, _, n in places),
                places=places,
            )
        )
    return tuple(found)
