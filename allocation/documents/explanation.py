"""
One application explained: why, why not, what if, as data and in the reader's words.

What ``passerelle explain`` says; letters and minutes share its sentences, not its runs of the
meeting. Inside the SLSP other households go by their identifier; for everybody else by their
number in the order, the row of the certificate where their pseudonym stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any

from allocation.documents.rule_texts import SENIORITY, RulebookTexts
from allocation.model.proposal import (
    DwellingLine,
    NotRanked,
    Proposal,
    RankedHousehold,
    Unserved,
)
from allocation.model.what_if import Ahead, IfRanked
from allocation.proposal.session import KEPT_OUT
from allocation.proposal.what_if import WhatIf, what_if
from allocation.proposal.what_if_quotas import QuotaPrices
from allocation.rules.rulebook import Rulebook
from allocation.territory import communes
from allocation.wording import Catalogue
from allocation.wording.reasons import PointsLine, Reasons
from allocation.wording.reasons_quotas import QuotaWords
from allocation.wording.reasons_what_if import WhatIfWords

SHOWN_NEXT = 3
SHOWN_AHEAD = 5
Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Section:
    """One question and its answer: whole sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """What a proposal holds about one application, for machines and in words."""

    facts: Mapping[str, Any]
    sections: tuple[Section, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything said, one sentence after the other."""
        return tuple(sentence for section in self.sections for sentence in section.sentences)


class Explainer:
    """
    Explains the applications of one proposal to one reader.

    ``lines``: application -> its lines of points, for a reader who holds the sealed annex.
    ``pseudonyms``: rank -> pseudonym, for one who holds the certificate.
    """

    def __init__(
        self,
        proposal: Proposal,
        rulebook: Rulebook,
        words: Catalogue,
        *,
        is_public: bool,
        lines: Mapping[str, Lines] | None = None,
        pseudonyms: Mapping[int, str] | None = None,
    ) -> None:
        self.proposal = proposal
        self.lines = lines or {}
        self.pseudonyms = pseudonyms or {}
        self.rules = RulebookTexts(rulebook)
        self.words = words
        self.is_public = is_public
        self.on = date.fromisoformat(str(proposal.meeting["meeting_on"]))
        self.said = Reasons(
            proposal,
            words,
            communes={nis5: c.name(words.language) for nis5, c in communes().items()},
            name_household=self._name,
        )
        self.otherwise = WhatIfWords(self.said)

    @cached_property
    def _what_if(self) -> WhatIf:
        return what_if(self.proposal, self.rules.rulebook)

    def _name(self, application_id: str) -> str:
        if not self.is_public:
            return application_id
        rank = self.said.households[application_id].rank
        return self.words.text("what_if.at_rank", rank=rank)

    def explain(self, application_id: str) -> Explanation | None:
        """Explain an application; ``None`` when the proposal does not know it."""
        for entry in self.proposal.not_ranked:
            if entry.application_id == application_id:
                return self._not_ranked(entry)
        if application_id not in self.said.households:
            return None
        for left in self.proposal.unserved:
            if left.application_id == application_id:
                return self._unserved(left)
        return self._served(application_id)

    def quotas(self) -> Explanation:
        """What every quota changes and what it costs; at last, the meeting without any."""
        if self._is_continued:
            return Explanation(
                {}, (Section(self.words.text("what_if.quota.all"), tuple(self._said(None))),)
            )
        said = QuotaWords(self.said)
        prices = QuotaPrices(self.proposal, self._what_if.runs)
        found, without_all = prices.effects(), prices.without_all()
        sections = [
            Section(said.head(line), tuple(said.effects(line, effects)))
            for line, effects in zip(self.proposal.quotas, found, strict=True)
        ]
        sections.append(
            Section(self.words.text("what_if.quota.all"), tuple(said.without_all(without_all)))
        )
        facts = {"quotas": found, "without_all": without_all}
        return Explanation(self._plain(facts), tuple(sections))

    def _unserved(self, left: Unserved) -> Explanation:
        found = None if self._is_continued else self._what_if.shortfall(left.application_id)
        household = self.said.households[left.application_id]
        next_for = [
            {"dwelling_id": line.dwelling_id, "place": place, "needs": entry.needs}
            for line in self.proposal.dwellings
            for place, entry in enumerate(line.next, 1)
            if entry.application_id == left.application_id
        ]
        decision = {
            "decision": "unserved",
            "reason": left.reason,
            "quotas": list(left.quotas),
            "must_outrank": left.must_outrank,
            "next_for": next_for,
        }
        why_not = [self.said.unserved(left)]
        if found:
            why_not = [*self.otherwise.why_not(left, found), *self._said_ahead(found.ahead)]
        lines = self.lines.get(left.application_id)
        ahead = [self._ahead(name) for name in found.ahead.nearest] if found else None
        return self._explanation(
            self._standing(household)
            | decision
            | {"lines": lines, "served_ahead": ahead, "what_if": found},
            why=self._why(household),
            why_not=why_not,
            what_if=self._said(self.otherwise.enough(household, found) if found else None),
        )

    def _ahead(self, application_id: str) -> dict[str, Any]:
        """A household ranked before, served with a dwelling the other could have had."""
        household = self.said.households[application_id]
        lines = self._lines_of(household)
        return {
            "household": application_id,
            "pseudonym": self.pseudonyms.get(household.rank),
            "rank": household.rank,
            "tier": household.tier,
            "points": household.points,
            "housing_points": household.housing_points,
            "personal_points": household.personal_points,
            "seniority_points": household.seniority_points,
            "order_date": household.order_date,
            "dwelling_id": self._what_if.served[application_id],
            "lines": None if lines is None else [line for line in lines if line.code],
        }

    def _said_ahead(self, ahead: Ahead) -> list[str]:
        """The nearest of them in words, and how many more there are."""
        said = []
        for name in ahead.nearest[:SHOWN_AHEAD]:
            household = self.said.households[name]
            lines = self._lines_of(household)
            points = self.said.discreet_points(lines, self.rules, on=self.on) if lines else ""
            dwelling = self._what_if.served[name]
            told = self._certified_name(household)
            said.append(self.otherwise.served_ahead(told, household, dwelling, points=points))
        rest = ahead.n_served - len(said)
        return [*said, self.words.text("what_if.ahead.more", n=rest)] if rest else said

    def _lines_of(self, household: RankedHousehold) -> list[PointsLine] | None:
        """Lines of points of another household: inside the company only, never of a transfer."""
        lines = self.lines.get(household.application_id)
        if self.is_public or lines is None or not household.tier:
            return None
        return _points_lines(household, lines)

    def _certified_name(self, household: RankedHousehold) -> str:
        """Outside the company, with the pseudonym of the certificate where it is at hand."""
        name = self._name(household.application_id)
        pseudonym = self.pseudonyms.get(household.rank)
        if not self.is_public or not pseudonym:
            return name
        return self.words.text("what_if.in_certificate", name=name, pseudonym=pseudonym)

    def _served(self, application_id: str) -> Explanation:
        found = None if self._is_continued else self._what_if.margin(application_id)
        household = self.said.households[application_id]
        line = next(d for d in self.proposal.dwellings if d.application_id == application_id)
        decision = {
            "decision": "served",
            "dwelling_id": line.dwelling_id,
            "channel": line.channel,
            "seat": line.seat,
            "seat_quota": line.seat_quota,
            "critical_for": list(line.critical_for),
            "choice_rank": line.choice_rank,
        }
        text = self.words.text
        dwelling = self.otherwise.dwelling(line.dwelling_id)
        why = [
            *self._why(household),
            text("proposal.explain.served", dwelling=dwelling, choice=str(line.choice_rank)),
            text("proposal.explain.channel", channel=self.said.channel(line)),
            *filter(None, [self.said.critical(line)]),
        ]
        lines = self.lines.get(application_id)
        return self._explanation(
            self._standing(household) | decision | {"lines": lines, "what_if": found},
            why=why,
            why_not_another=self._followers(line),
            what_if=self._said(self.otherwise.margin(found) if found else None),
        )

    def _not_ranked(self, entry: NotRanked) -> Explanation:
        found = None if self._is_continued else self._what_if.if_ranked(entry)
        text = self.words.text
        ground = self.said.not_ranked(entry, self.rules).rstrip(".")
        source = self.rules.citation(entry.rule, self.on) if entry.rule else None
        facts = {
            "application_id": entry.application_id,
            "decision": "not_ranked",
            "ground": entry.ground,
            "rule": entry.rule,
            "lines": None,
            "what_if": found,
        }
        return self._explanation(
            facts,
            why=[text("proposal.explain.not_ranked", id=entry.application_id, ground=ground)],
            why_not=self.otherwise.remedy(entry, source),
            what_if=self._rank_if_admitted(entry, found),
        )

    def _rank_if_admitted(self, entry: NotRanked, found: IfRanked | None) -> list[str]:
        """Nothing for an application that is no longer open, or is answering an offer."""
        if entry.ground not in KEPT_OUT:
            return []
        return self._said(None if self._is_continued else self.otherwise.if_ranked(entry, found))

    @property
    def _is_continued(self) -> bool:
        """Answers came since the meeting: what if is a question to the proposal of the meeting."""
        return self.proposal.continuation is not None

    def _said(self, answers: Sequence[str] | None) -> list[str]:
        """Answers with what they are worth, or why there are none."""
        text = self.words.text
        if answers is None:
            return [text("what_if.since")]
        return [*answers, text("what_if.only_now")]

    def _standing(self, household: RankedHousehold) -> dict[str, Any]:
        return {
            "application_id": household.application_id,
            "rank": household.rank,
            "of": len(self.proposal.households),
            "tier": household.tier,
            "points": household.points,
            "housing_points": household.housing_points,
            "personal_points": household.personal_points,
            "seniority_points": household.seniority_points,
            "order_date": household.order_date,
            "bedrooms": household.bedrooms,
        }

    def _why(self, household: RankedHousehold) -> list[str]:
        """Rank, points, date, and the lines of points where the reader may see them."""
        name = household.application_id
        standing = self.said.standing(name)
        of = len(self.proposal.households)
        said = [self.words.text("proposal.explain.rank", id=name, standing=standing, of=of)]
        lines = self.lines.get(name)
        if lines is not None and household.tier:
            said += self.said.points(_points_lines(household, lines), self.rules, on=self.on)
        return said

    def _followers(self, line: DwellingLine) -> list[str]:
        """Who comes after for the dwelling, the first few."""
        text = self.words.text
        said = [
            text(
                "proposal.explain.follower",
                place=str(place),
                id=self._name(entry.application_id),
                needs=self.said.next_in_line(entry),
            )
            for place, entry in enumerate(line.next[:SHOWN_NEXT], 1)
        ]
        rest = len(line.next) - len(said)
        return [*said, text("proposal.explain.more", n=rest)] if rest else said

    def _explanation(self, facts: Mapping[str, Any], **sections: Iterable[str]) -> Explanation:
        said = {title: tuple(map(_sentence, found)) for title, found in sections.items()}
        return Explanation(
            self._plain(facts),
            tuple(
                Section(self.words.text(f"what_if.title.{title}"), found)
                for title, found in said.items()
                if found
            ),
        )

    def _plain(self, value: Any) -> Any:
        """What JSON can hold; for readers outside, other households by their number only."""
        if isinstance(value, Mapping):
            return {k: v if k == "application_id" else self._plain(v) for k, v in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            return {f.name: self._plain(getattr(value, f.name)) for f in fields(value)}
        if isinstance(value, tuple | list):
            return [self._plain(v) for v in value]
        if isinstance(value, date):
            return value.isoformat()
        if self.is_public and isinstance(value, str) and value in self.said.households:
            return self.said.households[value].rank
        return value


def _points_lines(
    household: RankedHousehold, lines: Sequence[Mapping[str, Any]]
) -> list[PointsLine]:
    """A line per table, those without a line too, and seniority: together they are the points."""
    by_table = {str(entry["table"]): entry for entry in lines}
    found = []
    for table in ("housing", "personal"):
        entry = by_table.get(f"{table}_situation", {})
        found.append(PointsLine(table, str(entry.get("code", "")), int(entry.get("points", 0))))
    return [*found, PointsLine("seniority", SENIORITY, household.seniority_points)]


def _sentence(text: str) -> str:
    """A capital at the start, a full stop at the end."""
    begun = text[:1].upper() + text[1:]
    return begun if begun.endswith((".", "!", "?")) else f"{begun}."
