"""What an act on a stay records, and the conditions several acts share, each with its rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from allocation.accompaniment.stay import Stay
from allocation.accompaniment.stay_rules import StayRules
from allocation.errors import Problem, ProblemsError
from allocation.rules.periods import after_months

# Public of a transit dwelling; insertion has the first alone.
PUBLICS = ("income_category", "force_majeure")
CRISES = ("home_lost", "home_unfit", "leaving_institution", "other")


class StayRefusedError(ProblemsError):
    """``stay.refused``: an act was refused; every reason with its rule, its source, a way out."""

    code: ClassVar[str] = "stay.refused"


@dataclass(frozen=True)
class Asked:
    """
    An act on a stay, with what it records; most acts need a few of these only.

    ``on``: day it takes effect. ``until_on``: end of the term it opens, the longest one when it
    is not said. ``reason``: in words; ``support_change``: what changes in the support, not only
    in the household. ``decided_without_place``: why one goes on although no place is free.
    """

    act: str
    on: date
    until_on: date | None = None
    signed_on: date | None = None
    informed_on: date | None = None
    household_agreed_on: date | None = None
    landlord_agreed_on: date | None = None
    receiver_agreed_on: date | None = None
    salubrity_on: date | None = None
    notice_on: date | None = None
    is_subtenant_named: bool = False
    situation_persists: bool = False
    public: str = PUBLICS[0]
    objectives: tuple[str, ...] = ()
    crisis: str = ""
    reason: str = ""
    support_change: str = ""
    decided_without_place: str = ""
    exit_class: str = ""
    no_alternative: str = ""
    receiving_landlord: str = ""


@dataclass(frozen=True)
class Look:
    """A stay, an act asked of it and the rules, while faults are looked for."""

    stay: Stay
    asked: Asked
    rules: StayRules
    found: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, code: str, key: str = "", **facts: object) -> None:
        """Note a fault; ``key`` is the rule it rests on, told with its source and mark."""
        if key:
            rule = self.rules.rule(key, self.asked.on)
            facts |= {"act": rule.source.act, "article": rule.source.article, "mark": rule.mark}
        self.found.append(Problem.at("stay", 0, column, code, **facts))

    def need(self, key: str = "", **codes: str) -> None:
        """The act records these: a day that is not after it, a text, a yes."""
        for column, code in codes.items():
            value = getattr(self.asked, column)
            if not value or (isinstance(value, str) and not value.strip()):
                self.refuse(column, code, key)
            elif isinstance(value, date) and value > self.asked.on:
                self.refuse(column, "stay.day_after_the_act", day_on=value, act_on=self.asked.on)

    def months(self, key: str) -> int:
        """A length in force on the day of the act."""
        return self.rules.whole(key, self.asked.on)

    def term(self, most_on: date, key: str) -> date:
        """End of the term: the one asked for, which is not after the longest, else the longest."""
        until_on = self.asked.until_on or most_on
        if until_on > most_on:
            self.refuse("until_on", "stay.past_maximum", key, asked_on=until_on, latest_on=most_on)
        elif until_on <= self.asked.on:
            self.refuse("until_on", "stay.term_before_it_starts", latest_on=most_on)
        return until_on

    def agreement(self, status: str) -> None:
        """A partner holds a stay under an agreement that runs and admits the status."""
        agreement = self.stay.agreement
        if not self.stay.operator_kind and status != "support_only":
            return
        kinds = self.rules.agreements[status]
        if agreement is None or agreement.kind not in kinds:
            self.refuse("agreement_id", "stay.no_agreement", kinds=", ".join(kinds))
        elif not agreement.is_in_force(self.asked.on):
            self.refuse("agreement_id", "stay.agreement_not_in_force", act_on=self.asked.on)

    def free_place(self) -> None:
        """A promise of support needs a free place, or a recorded decision to go on without."""
        agreement = self.stay.agreement
        if agreement is None or agreement.free_places is None or agreement.free_places > 0:
            return
        if not self.asked.decided_without_place.strip():
            self.refuse("decided_without_place", "stay.no_free_place")

    def category(self, key: str) -> None:
        """The household is of the income category the text reserves the dwelling for."""
        wanted, known = self.months(key), self.stay.income_category
        if known is None:
            self.refuse("public", "stay.category_unknown", key, category=wanted)
        elif known != wanted:
            self.refuse("public", "stay.other_category", key, category=wanted)

    def review(self) -> None:
        """Both sides could speak within the time between two reviews, in this status."""
        asked, last = self.asked, self.stay.episodes[-1]
        since = max(
            last.from_on, after_months(asked.on, -self.months("sliding_lease.review_months"))
        )
        n = self.months("review.invitations")
        recent = [r for r in self.stay.reviews if since <= r.held_on <= asked.on]
        if not any(r.is_contradictory(n) for r in recent):
            code = "stay.review_not_contradictory" if recent else "stay.no_review"
            self.refuse("review", code, "review.contradictory", since_on=since, n=n)
