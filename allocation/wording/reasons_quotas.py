"""What each quota changes and what it costs, in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from allocation.model.proposal import QuotaLine
from allocation.model.what_if import Effect, Party, QuotaEffects
from allocation.wording.reasons import Reasons

DAYS_PER_YEAR = Decimal("365.25")


@dataclass(frozen=True)
class QuotaWords:
    """Sentences about the effect and the price of quotas."""

    reasons: Reasons

    def head(self, line: QuotaLine) -> str:
        """Its name, whether it is a minimum or a maximum, and its seats."""
        text = self.reasons.words.text
        return text(
            "what_if.quota.head",
            quota=self.reasons.quota_label(line.quota_id),
            kind=text(f"reasons.quota_kind.{line.kind}"),
            seats=line.seats,
        )

    def effects(self, line: QuotaLine, found: QuotaEffects) -> list[str]:
        """The meeting without it, with one seat more, with one seat less; then its price."""
        text = self.reasons.words.text
        said = [text("what_if.quota.absent", change=self._change(found.absent))]
        if found.absent.gained.households:
            said.append(self.price(found.absent))
        said.append(text("what_if.quota.raised", change=self._change(found.raised)))
        if line.seats:
            said.append(text("what_if.quota.lowered", change=self._change(found.lowered)))
        return said

    def without_all(self, found: Effect) -> list[str]:
        """The meeting without any quota, and why effects are not added."""
        text = self.reasons.words.text
        return [
            text("what_if.quota.without_all", change=self._change(found)),
            text("what_if.quota.not_additive"),
        ]

    def price(self, absent: Effect) -> str:
        """Who is passed over for a quota and who is served instead: how many, points, waiting."""
        return self.reasons.words.text(
            "what_if.price", passed=self._party(absent.gained), instead=self._party(absent.lost)
        )

    def _change(self, effect: Effect | None) -> str:
        text = self.reasons.words.text
        if effect is None:
            return text("what_if.quota.impossible")
        parts = []
        for key, some in (("gained", effect.gained), ("lost", effect.lost)):
            if some.households:
                names = [self.reasons.name_household(a) for a in some.households]
                listed = self.reasons.listed(names)
                parts.append(text(f"what_if.change.{key}", n=len(names), names=listed))
        return self.reasons.words.join(parts) or text("what_if.change.none")

    def _party(self, some: Party) -> str:
        text, n = self.reasons.words.text, len(some.households)
        if not n:
            return text("what_if.party.nobody")
        years = self._mean(Decimal(some.days) / DAYS_PER_YEAR, n)
        if not some.n_with_points:
            return text("what_if.party.transfers", n=n, years=years)
        points = self._mean(Decimal(some.points), some.n_with_points)
        key = "list" if some.n_with_points == n else "mixed"
        listed = some.n_with_points
        return text(f"what_if.party.{key}", n=n, points=points, years=years, listed=listed)

    def _mean(self, total: Decimal, n: int) -> str:
        """A mean with one decimal at most."""
        return self.reasons.words.number((total / n).quantize(Decimal("0.1")).normalize() + 0)
