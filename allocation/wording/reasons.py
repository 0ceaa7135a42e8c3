"""
The one place that turns the deciding data of a proposal into words.

The same sentence is shown on screen, in the letter, in the minutes: every reader of a proposal
asks here. What a household or a dwelling is called depends on the reader (a name inside the
SLSP, a pseudonym outside), so it is given by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from allocation.model.proposal import (
    Caveat,
    DwellingLine,
    NextInLine,
    NotRanked,
    Proposal,
    QuotaLine,
    RankedHousehold,
    Unserved,
)
from allocation.model.quota import QuotaRule
from allocation.wording.catalogue import Catalogue
from allocation.wording.citations import citation

TRANSFER_TIER = 0
SHOWN_NAMES = 5
# Facts of a caveat that hold the code of a line or of a parameter.
CODES_IN_FACTS = frozenset({"line", "key", "name"})
# A number of four digits is more likely a year, which takes no thousands separator.
_YEAR_DIGITS = 4
_ARTICLE = re.compile(r"[\w.]+( §\s?\d+)?")


class RuleTexts(Protocol):
    """What a rulebook says of its own lines: a name, the article, the evidence mark."""

    def label(self, code: str, language: str) -> str:
        """Name of a rule in words."""

    def citation(self, code: str, on: date) -> tuple[str, str]:
        """Act and article the value rests on."""

    def is_sensitive(self, code: str) -> bool:
        """Whether a line tells of health or of violence."""

    def mark(self, code: str, on: date) -> str:
        """Evidence mark of the value in force."""


def identifier(name: str) -> str:
    """Call a household or a dwelling by its identifier."""
    return name


@dataclass(frozen=True)
class PointsLine:
    """One line of points that counted; ``code`` is empty when no line of that table did."""

    table: str
    code: str
    points: int


@dataclass(frozen=True)
class Reasons:
    """
    Sentences about one proposal, for one reader.

    ``name_household`` and ``name_dwelling`` say what the reader may call them.
    """

    proposal: Proposal
    words: Catalogue
    quota_rules: tuple[QuotaRule, ...] = ()
    agreements: Mapping[str, str] | None = None
    communes: Mapping[str, str] | None = None
    name_household: Callable[[str], str] = identifier
    name_dwelling: Callable[[str], str] = identifier

    @cached_property
    def households(self) -> Mapping[str, RankedHousehold]:
        """Ranked households by identifier."""
        return {h.application_id: h for h in self.proposal.households}

    # Proposed households

    def channel(self, line: DwellingLine) -> str:
        """The one channel by which a household is proposed."""
        quota = self.quota_label(line.seat_quota) if line.channel == "reserve" else ""
        agreement = self.agreement_name(line.agreement_id)
        return self.words.text(f"reasons.channel.{line.channel}", quota=quota, agreement=agreement)

    def agreement_name(self, agreement_id: str) -> str:
        """The partner's name; else the labels of the quotas it gives a place in."""
        if agreement_id in (self.agreements or {}):
            return (self.agreements or {})[agreement_id]
        language = self.words.language
        of_it = (q for q in self.proposal.quotas if q.group.agreement_id == agreement_id)
        labels = [q.label[language] for q in of_it if language in q.label]
        return self.words.join(labels) or agreement_id

    def critical(self, line: DwellingLine) -> str:
        """
        The minimums that would be shorter without this household; empty when none.

        Dwelling by dwelling: those that were behind when this one was let.
        """
        if not line.critical_for:
            return ""
        is_serial = self.proposal.meeting["mode"] == "serial" and not self.proposal.continuation
        key = "critical_serial" if is_serial else "critical"
        return self.words.text(f"reasons.{key}", quotas=self._quotas(line.critical_for))

    def channel_name(self, channel: str) -> str:
        """A channel in one or two words."""
        return self.words.text(f"reasons.channel_name.{channel}")

    def standing(self, application_id: str) -> str:
        """Rank, points and date of a household; a transfer has no points."""
        household = self.households[application_id]
        key = "transfer" if household.tier == TRANSFER_TIER else "list"
        return self.words.text(
            f"reasons.standing.{key}",
            rank=household.rank,
            n=household.points,
            on=household.order_date,
        )

    def points(self, lines: Iterable[PointsLine], rules: RuleTexts, *, on: date) -> list[str]:
        """Each line of points with its article; a table without a line says so."""
        said = []
        for line in lines:
            if not line.code:
                said.append(self.words.text(f"reasons.points.no_{line.table}"))
                continue
            source = citation(*rules.citation(line.code, on), self.words)
            key = "seniority" if line.table == "seniority" else "line"
            label = rules.label(line.code, self.words.language)
            said.append(
                self.words.text(f"reasons.points.{key}", n=line.points, label=label, source=source)
            )
        return said

    def discreet_points(self, lines: Iterable[PointsLine], rules: RuleTexts, *, on: date) -> str:
        """
        The points on one line, for papers that circulate.

        A line that tells of health or violence is not named: its points and its article only.
        """
        parts = []
        for line in lines:
            if not line.code:
                continue
            if line.table == "seniority":
                label = self.words.text("reasons.points.seniority_name")
            elif rules.is_sensitive(line.code):
                # The number of a line or of an annex would name it: the article is enough.
                article = _ARTICLE.match(rules.citation(line.code, on)[1])
                label = self.words.text(
                    "reasons.points.in_file", article=article[0] if article else "-"
                )
            else:
                label = rules.label(line.code, self.words.language)
            parts.append(self.words.text("reasons.points.part", points=line.points, label=label))
        return self.words.text("reasons.points.sum", parts=" + ".join(parts) or "0")

    def next_in_line(self, entry: NextInLine) -> str:
        """What the next household still needs to get the dwelling."""
        dwelling = self.name_dwelling(entry.dwelling_id) if entry.dwelling_id else ""
        return self.words.text(
            f"reasons.needs.{entry.needs}", quotas=self._quotas(entry.quotas), dwelling=dwelling
        )

    def empty(self, line: DwellingLine) -> str:
        """Why nobody is proposed for a dwelling."""
        return self.words.text(
            f"reasons.empty.{line.ground}", quotas=self._quotas(line.ground_quotas)
        )

    # Unserved households

    def unserved(self, entry: Unserved) -> str:
        """Why a ranked household is not proposed, and whom it would have had to outrank."""
        sentences = [self.unserved_ground(entry)]
        if entry.must_outrank is not None:
            sentences.append(self.must_outrank(entry.must_outrank))
        elif entry.is_rank_known and entry.reason not in ("no_compatible_dwelling", "preferential"):
            sentences.append(self.no_rank_enough(entry.application_id))
        return " ".join(sentences)

    def no_rank_enough(self, application_id: str) -> str:
        """No place in the order would have given a dwelling, so neither points nor date count."""
        is_transfer = self.households[application_id].tier == TRANSFER_TIER
        return self.words.text(f"reasons.no_rank_enough.{'transfer' if is_transfer else 'list'}")

    def must_outrank(self, application_id: str) -> str:
        """The household before which one had to be ranked, with its place."""
        return self.words.text(
            "reasons.must_outrank",
            name=self.name_household(application_id),
            standing=self.standing(application_id),
        )

    def unserved_name(self, reason: str) -> str:
        """The ground in one or two words."""
        return self.words.text(f"reasons.unserved_name.{reason}")

    def unserved_ground(self, entry: Unserved) -> str:
        """Why a ranked household is not proposed."""
        if entry.reason == "outranked" and entry.hall is not None:
            hall = self.proposal.halls[entry.hall]
            return self.words.text(
                "reasons.unserved.outranked_hall",
                households=len(hall.households),
                n=len(hall.dwellings),
                dwellings=self.listed([self.name_dwelling(d) for d in hall.dwellings]),
            )
        if entry.reason == "joint" and not entry.quotas:
            return self.words.text("reasons.unserved.joint_plain")
        return self.words.text(
            f"reasons.unserved.{entry.reason}", quotas=self._quotas(entry.quotas)
        )

    def listed(self, names: Sequence[str]) -> str:
        """The first few of many names, and how many more."""
        rest = len(names) - SHOWN_NAMES
        if rest <= 0:
            return self.words.join(names)
        return self.words.text("reasons.and_more", n=rest, listed=", ".join(names[:SHOWN_NAMES]))

    def not_ranked(self, entry: NotRanked, rules: RuleTexts) -> str:
        """Why an application takes no part in the meeting."""
        rule = rules.label(entry.rule, self.words.language) if entry.rule else ""
        return self.words.text(f"reasons.not_ranked.{entry.ground}", rule=rule)

    def caveat(self, caveat: Caveat, rules: RuleTexts) -> str:
        """A value that was used although assumed, unverified or missing."""
        words, facts = self.words, dict(caveat.facts)
        for name in CODES_IN_FACTS & facts.keys():
            facts[name] = rules.label(facts[name], words.language)
        if "value" in facts and f"reasons.value.{facts['value']}" in words:
            facts["value"] = words.text(f"reasons.value.{facts['value']}")
        if "quota_id" in facts:
            facts["quota_id"] = self.quota_label(facts["quota_id"])
        if "mark" in facts:
            facts["mark"] = words.text(f"reasons.mark.{facts['mark']}")
        for key in (caveat.code, f"reasons.caveat.{caveat.code}"):
            if key in words:
                return words.text(key, **{name: _typed(v) for name, v in facts.items()})
        detail = ", ".join(f"{name}={value}" for name, value in sorted(caveat.facts.items()))
        return words.text("reasons.caveat.other", code=caveat.code, detail=detail or "-")

    # Quotas

    def quota_state(self, line: QuotaLine) -> str:
        """Where a quota stands after the proposal, with the witness of a shortage."""
        without_seat = {"met": "met_nothing", "reached": "reached_none"}
        key = without_seat.get(line.ground, line.ground) if line.seats == 0 else line.ground
        sentences = [
            self.words.text(
                f"reasons.quota.{key}",
                n=line.used,
                used=line.used,
                seats=line.seats,
                shortage=line.shortage,
            )
        ]
        if line.ground == "short":
            sentences.append(self._witness(line))
        if line.passed_over:
            sentences.append(self.words.text("reasons.quota_passed", n=len(line.passed_over)))
        return " ".join(sentences)

    def quota_label(self, quota_id: str) -> str:
        """Name of a quota: the label it was given, or one made from whom it counts."""
        rule = self._rules.get(quota_id) or self._quota_lines.get(quota_id)
        labels = dict(rule.label) if rule else {}
        if self.words.language in labels:
            return labels[self.words.language]
        if rule is None:
            return quota_id
        label = self._group_label(rule)
        if rule.nis5:
            commune = (self.communes or {}).get(rule.nis5, rule.nis5)
            label = self.words.text("reasons.quota_label.in_commune", label=label, commune=commune)
        return label

    def _group_label(self, rule: QuotaRule | QuotaLine) -> str:
        group, text = rule.group, self.words.text
        if group.agreement_id:
            name = self.agreement_name(group.agreement_id)
            return text("reasons.quota_label.agreement", agreement=name)
        if group.list:
            return text(f"reasons.quota_label.{group.list}")
        if group.income_categories:
            categories = self.words.join(str(c) for c in group.income_categories)
            return text("reasons.quota_label.income", categories=categories)
        return rule.quota_id

    def _witness(self, line: QuotaLine) -> str:
        witness = line.shortage_witness
        kind, at_most = str(witness["kind"]), int(witness.get("at_most", 0))
        if kind == "too_few_compatible" and not at_most:
            kind = "none_compatible"
        quotas = self._quotas(tuple(witness.get("quotas", ())))
        return self.words.text(f"reasons.witness.{kind}", n=at_most, quotas=quotas)

    @cached_property
    def _rules(self) -> Mapping[str, QuotaRule]:
        return {rule.quota_id: rule for rule in self.quota_rules}

    @cached_property
    def _quota_lines(self) -> Mapping[str, QuotaLine]:
        return {line.quota_id: line for line in self.proposal.quotas}

    def _quotas(self, quota_ids: Iterable[str]) -> str:
        return self.words.join(self.quota_label(q) for q in quota_ids)


def _typed(fact: str) -> object:
    """Facts travel as text: a date and the count of a plural get their kind back."""
    try:
        return date.fromisoformat(fact)
    except ValueError:
        return int(fact) if fact.isdecimal() and len(fact) < _YEAR_DIGITS else fact
