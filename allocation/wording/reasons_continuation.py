"""What followed a meeting, in words: each answer, each new offer, what would be otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from allocation.model.continuation import Answer, Continuation, Difference, NewOffer, Step
from allocation.model.proposal import DwellingLine
from allocation.wording.reasons import Reasons

UNANSWERED = ("refused", "silence")


@dataclass(frozen=True)
class ContinuationReasons:
    """Sentences about a continuation, for the reader of ``said``."""

    said: Reasons
    continuation: Continuation

    @cached_property
    def _lines(self) -> Mapping[str, DwellingLine]:
        return {line.dwelling_id: line for line in self.said.proposal.dwellings}

    def _text(self, key: str, **facts: object) -> str:
        return self.said.words.text(f"continuation.{key}", **facts)

    def _names(
        self, *, dwelling: str | None = None, household: str | None = None
    ) -> dict[str, str]:
        found = {}
        if dwelling:
            found["dwelling"] = self.said.name_dwelling(dwelling)
        if household:
            found["household"] = self.said.name_household(household)
        return found

    def step(self, step: Step) -> list[str]:
        """A day: what was answered, what stays, what is offered to whom and who was before."""
        told = [self.answer(a, step) for a in step.answers]
        if step.offers:
            told.append(self._text("locked", n=len(step.locked)))
        for offer in step.offers:
            told += self.offer(offer, is_last=step is self.continuation.steps[-1])
        if any(a.kind in UNANSWERED for a in step.answers):
            told.append(self._text("consequences"))
        return told

    def answer(self, answer: Answer, step: Step) -> str:
        """One answer."""
        kind, household = answer.kind, answer.application_id
        if kind == "withdrawn_dwelling":
            left = {o.dwelling_id: o.instead_of for o in step.offers}
            household = household or left.get(answer.dwelling_id) or ""
            kind = "withdrawn_dwelling_offered" if household else kind
        names = self._names(dwelling=answer.dwelling_id, household=household)
        return self._text(f"answer.{kind}", **names)

    def offer(self, offer: NewOffer, *, is_last: bool) -> list[str]:
        """Who is offered the dwelling now, and why nobody before; or why nobody is."""
        line = self._lines[offer.dwelling_id]
        if offer.application_id is None:
            reason = self.said.empty(line) if is_last and line.ground else ""
            key = "offer.none_because" if reason else "offer.none"
            return [self._text(key, **self._names(dwelling=offer.dwelling_id), reason=reason)]
        names = self._names(dwelling=offer.dwelling_id, household=offer.application_id)
        standing = self.said.standing(offer.application_id)
        told = [self._text("offer.again", **names, standing=standing)]
        return told + self._passed_over(offer)

    def _passed_over(self, offer: NewOffer) -> list[str]:
        """One sentence a ground, with the first of those who came before."""
        grounds: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for passed in offer.passed_over:
            name = self.said.name_household(passed.application_id)
            grounds.setdefault((passed.needs, passed.quotas), []).append(name)
        return [
            self._text(
                f"passed_over.{needs}",
                n=len(names),
                names=self.said.listed(names),
                quotas=self.said.words.join(self.said.quota_label(q) for q in quotas),
            )
            for (needs, quotas), names in grounds.items()
        ]

    def differences(self) -> list[str]:
        """What deciding everything anew would change; nothing of it is done."""
        found = self.continuation.differences
        if not found:
            return [self._text("difference.none")]
        return [self._text("difference.some", n=len(found)), *map(self.difference, found)]

    def difference(self, difference: Difference) -> str:
        """One household that a whole new meeting would treat otherwise."""
        names = self._names(dwelling=difference.dwelling_id, household=difference.application_id)
        if difference.anew is None:
            return self._text("difference.loses", **names)
        anew = self.said.name_dwelling(difference.anew)
        key = "moves" if difference.dwelling_id else "gains"
        return self._text(f"difference.{key}", **names, anew=anew)

    def state(self, line: DwellingLine) -> str:
        """Where a dwelling stands today."""
        if line.application_id is None:
            return self.said.empty(line)
        pair = line.dwelling_id, line.application_id
        accepted = {
            (a.dwelling_id, a.application_id)
            for s in self.continuation.steps
            for a in s.answers
            if a.kind == "accepted"
        }
        return self._text("state.accepted" if pair in accepted else "state.open")

    def following(self, line: DwellingLine) -> str:
        """Who is next if this offer is refused."""
        entry = next((n for n in line.next if n.needs == "refusal"), None)
        if line.application_id is None or entry is None:
            return "—"
        return self.said.name_household(entry.application_id)
