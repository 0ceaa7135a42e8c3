"""What a rulebook says of its lines, in the form the sentences ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from allocation.rules.rulebook import Rulebook, in_force
from allocation.rules.schema import Dated, Label, RuleDef, When

SENIORITY = "SENIORITY"
# Where the rulebook says what a code that is not a line of its own rests on.
_RESTS_ON = {
    SENIORITY: "seniority.cap",
    "list": "seniority.cap",
    "reserve": "quota.cat1_min_share",
    "transfer": "quota.transfer_share",
}


@dataclass(frozen=True)
class RulebookTexts:
    """Names, articles and evidence marks of one rulebook."""

    rulebook: Rulebook

    def label(self, code: str, language: str) -> str:
        """Name of a line of points, a condition or a parameter; the code when there is none."""
        label = self._labels.get(code)
        return code if label is None else str(getattr(label, language))

    def citation(self, code: str, on: date) -> tuple[str, str]:
        """Act and article of the version in force of a line, a condition, a channel."""
        version = self._version(code, on)
        return version.source.act, version.source.article

    def mark(self, code: str, on: date) -> str:
        """Evidence mark of the version in force."""
        return self._version(code, on).mark

    def question(self, key: str) -> str:
        """The open question of the law that a parameter answers (``U13``); empty when none."""
        questions = self.rulebook.switches.items()
        return next((number for number, switch in questions if key in switch.keys), "")

    def is_sensitive(self, code: str) -> bool:
        """Whether a line tells of health or of violence, by the facts it rests on."""
        line = self.rulebook.lines.get(code)
        if line is None:
            return False
        conditions = [line.when, *(version.when for version in line.values)]
        return any(self._tells(when) for when in conditions if when is not None)

    def _tells(self, when: When) -> bool:
        fact = self.rulebook.facts.get(when.fact or "")
        if fact is not None and fact.sensitive:
            return True
        if when.line and self.is_sensitive(when.line):
            return True
        parts = [*(when.all or ()), *(when.any or ()), *(when.cases or {}).values()]
        parts += [part for part in (when.not_, when.any_member) if part is not None]
        return any(self._tells(part) for part in parts)

    def _version(self, code: str, on: date) -> Dated:
        if code in self.rulebook.lines:
            return self.rulebook.line_in_force(code, on)
        rule = self._rules.get(code)
        if rule is not None:
            return self.rulebook.rule_in_force(rule, on)
        key = _RESTS_ON.get(code, code)
        return in_force(self.rulebook.parameters[key].values, on, key=key)

    @cached_property
    def _rules(self) -> dict[str, RuleDef]:
        return {rule.code: rule for rules in self.rulebook.rules.values() for rule in rules}

    @cached_property
    def _labels(self) -> dict[str, Label]:
        found = {code: line.label for code, line in self.rulebook.lines.items()}
        found |= {key: parameter.label for key, parameter in self.rulebook.parameters.items()}
        return found | {code: rule.label for code, rule in self._rules.items()}
