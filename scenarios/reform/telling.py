"""The figures of a comparison in words: labels of groups, rules and quotas, one place for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from allocation.documents.rule_texts import RulebookTexts
from allocation.territory import companies
from allocation.wording import Catalogue
from scenarios.reform.comparison import Comparison
from scenarios.reform.differences import POINTS

_DAY_MARKS = ("assumed", "M", "D", "C")
_WITH_A_LINE = ("points", "line", "ended", "condition")


@dataclass(frozen=True)
class Telling:
    """The words of one comparison in one language; ``told`` is `reform.json`."""

    told: dict[str, Any]
    comparison: Comparison
    words: Catalogue

    @cached_property
    def _rules(self) -> tuple[RulebookTexts, RulebookTexts]:
        sides = (self.comparison.after, self.comparison.before)
        return tuple(RulebookTexts(s.held.arm.rulebook) for s in sides)  # type: ignore[return-value]

    @cached_property
    def _quota_labels(self) -> dict[str, str]:
        found = {}
        for side in (self.comparison.before, self.comparison.after):
            for quota in side.held.arm.register.quotas:
                found[quota.quota_id] = dict(quota.label).get(self.words.language, quota.quota_id)
        return found

    @property
    def label(self) -> str:
        """Name of the reform."""
        return str(self.told["label"]["after"][self.words.language])

    @property
    def company(self) -> str:
        """Name of the housing company; of the register when it is not one."""
        found = companies().get(self.told["slsp_id"])
        return found.name if found else str(self.told["slsp_id"])

    @property
    def on(self) -> date:
        """The day of both meetings."""
        return date.fromisoformat(self.told["on"])

    def figure(self, value: int | None) -> str:
        """A count; that it is hidden, when this reader may not see it."""
        return self.words.text("reform.hidden") if value is None else self.words.number(value)

    def signed(self, value: float | None) -> str:
        """A change with its sign."""
        from decimal import Decimal

        if value is None:
            return self.words.text("reform.none")
        written = self.words.number(Decimal(str(abs(value))))
        return written if not value else f"{'+' if value > 0 else '−'}{written}"

    def places(self, moved: int | None) -> str:
        """Places towards the front (+) or the back (−); ``moved`` counts the other way."""
        return self.signed(None if moved is None else -moved)

    def days(self, value: int | None) -> str:
        """A number of days; a dash of nobody."""
        return self.words.text("reform.none") if value is None else self.words.number(value)

    @property
    def starts_on(self) -> date:
        """First day of the reform."""
        return date.fromisoformat(self.told["starts_on"])

    def rule(self, code: str) -> str:
        """Name of a line of points or a parameter, the reform's first."""
        name = code.removeprefix(POINTS)
        for texts in self._rules:
            for key in (name, name.rpartition(".")[0]):
                label = texts.label(key, self.words.language) if key else name
                if label != key:
                    return label
        return name

    def quota(self, quota_id: str) -> str:
        """Name of a quota."""
        return self._quota_labels.get(quota_id, quota_id)

    def change(self, key: str) -> str:
        """What a change alone is about; empty: all of them."""
        if not key:
            return self.words.text("reform.together")
        if key in self._quota_labels:
            return self.words.text("reform.difference.quota", label=self.quota(key))
        if key == "ceilings":
            return self.words.text("reform.difference.ceilings")
        return self.rule(key)

    def difference(self, found: dict[str, Any]) -> str:
        """One thing that differs, in words."""
        kind, key = found["kind"], found["key"]
        label = self.quota(key) if kind == "quota" else self.rule(key)
        return self.words.text(f"reform.difference.{kind}", label=label)

    def written(self, difference: dict[str, Any], side: str) -> str:
        """A value of the rules, or what differs of a quota, as people write it."""
        text, value = self.words.text, difference[side]
        if not value:
            return text("reform.none")
        if difference["kind"] == "quota":
            parts = [part.partition(" ") for part in str(value).split("; ")]
            return ", ".join(text(f"reform.quota.{name}", value=said) for name, _, said in parts)
        flags = {"True": "reform.yes", "False": "reform.no"}
        return text(flags[value]) if value in flags else str(value)

    def mark(self, mark: str) -> str:
        """Evidence behind a value."""
        if not mark:
            return self.words.text("reform.none")
        return self.words.text(f"reasons.mark.{mark}")

    @property
    def n_assumed(self) -> int:
        """Values of the reform that no text confirms."""
        return sum(d["mark"] in _DAY_MARKS for d in self.told["differences"])

    def group(self, dimension: str, value: str) -> str:
        """Name of a group of households."""
        if value == "unknown":
            return self.words.text("reform.value.unknown")
        key = f"reform.value.{dimension}.{value}"
        if key in self.words:
            return self.words.text(key)
        return self.rule(value) if dimension == "situation" else value

    def profile(self, found: dict[str, str]) -> str:
        """A household in a few words: what it is, its income, its situation, its bedrooms."""
        said = [self.group(name, found[name]) for name in ("household", "income")]
        if found["situation"] != "none":
            said.append(self.group("situation", found["situation"]))
        bedrooms = found["bedrooms"]
        if bedrooms.isdigit():
            said.append(self.words.text("documents.due", n=int(bedrooms)))
        return ", ".join(said)

    def points(self, case: dict[str, Any], name: str) -> str:
        """Points and where they come from; lines of health or violence stay reserved."""
        text, side = self.words.text, case[name]
        if case["profile"]["list"] == "transfer":
            return text("reform.cases.transfer")
        said = []
        for code in side["lines"]:
            is_reserved = any(texts.is_sensitive(code) for texts in self._rules)
            said.append(text("reform.cases.reserved") if is_reserved else self.rule(code))
        if side["seniority_points"]:
            said.append(text("reform.cases.seniority", n=side["seniority_points"]))
        number = self.words.number(side["points"])
        return f"{number} ({', '.join(said)})" if said else number

    def rank(self, side: dict[str, Any]) -> str:
        """Rank, or that it has none and by which rule."""
        if side["rank"] is not None:
            return self.words.number(side["rank"])
        not_ranked = self.words.text("reform.cases.not_ranked")
        return f"{not_ranked} ({self.rule(side['ground'])})" if side["ground"] else not_ranked

    def band(self, i: int) -> str:
        """A band of points."""
        starts = self.told["bands"]["starts"]
        low = starts[i]
        if i + 1 == len(starts):
            return self.words.text("reform.band.open", low=low)
        high = starts[i + 1] - 1
        key = "reform.band.one" if high == low else "reform.band"
        return self.words.text(key, low=low, high=high)

    def answers(self) -> list[str]:
        """The answer in sentences, most important first."""
        text, totals = self.words.text, self.told["totals"]
        shown = {k: self.figure(v) for k, v in totals.items()}
        said = [
            text(
                "reform.answer.dwellings",
                gained=shown["gained"],
                lost=shown["lost"],
                other=shown["other_dwelling"],
                before=shown["served_before"],
                after=shown["served_after"],
            ),
            text(
                "reform.answer.order",
                n=shown["in_both"],
                up=shown["up"],
                down=shown["down"],
                same=shown["same_place"],
                entering=shown["entering"],
                leaving=shown["leaving"],
            ),
        ]
        waits = self.told["waits"]
        if "difference" in waits:
            found = waits["difference"]
            said.append(
                text(
                    "reform.answer.waits",
                    before=waits["before"]["median"],
                    after=waits["after"]["median"],
                    difference=self.signed(found["median"]),
                    low=self.signed(found["low"]),
                    high=self.signed(found["high"]),
                )
            )
            if found["low"] <= 0 <= found["high"]:
                said.append(text("reform.answer.waits_unclear"))
        if self.n_assumed:
            said.append(text("reform.answer.assumed", n=self.n_assumed))
        return said
