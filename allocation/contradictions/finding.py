"""One contradiction: the two things that do not go together, and how certain it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from allocation.model import QuotaRule, Register
from allocation.rules.rulebook import Parameter, Rulebook
from allocation.rules.schema import Dated, Label

# `certain`: from the texts and settings alone. `register`: on this register as it stands today.
# `to_confirm`: a person has to read or to confirm before it is said to be one.
Certainty = Literal["certain", "register", "to_confirm"]
Fact = str | int | date | Fraction

# What is told of presented or ranked households, which not every reader may see.
OF_HOUSEHOLDS = frozenset(
    {
        "nobody_presented_is_counted",
        "filter_misses_the_presented",
        "preference_without_dwelling",
    }
)


@dataclass(frozen=True)
class Side:
    """
    One side: what it is called, by language, and what it rests on.

    ``key``: quota, agreement, line, parameter or condition; of a setting of the meeting or a
    table of the register, a key of the catalogue, with no ``names``.
    """

    key: str
    names: Mapping[str, str] = field(default_factory=dict)
    act: str = ""
    article: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Contradiction:
    """Two sides that do not go together; ``facts`` are the figures of the sentence."""

    code: str
    certainty: Certainty
    first: Side
    second: Side
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def tells_of_households(self) -> bool:
        """Whether it says something of the households of the register, in numbers."""
        return self.code in OF_HOUSEHOLDS


def of_label(label: Label) -> Mapping[str, str]:
    """A name of the rulebook by language."""
    return label.model_dump()


def of_version(key: str, label: Label, version: Dated) -> Side:
    """A line or a condition as it is in force."""
    source = version.source
    return Side(key, of_label(label), source.act, source.article, version.mark)


def of_parameter(found: Parameter, rulebook: Rulebook) -> Side:
    """A value of the rulebook, or of the rules of stays."""
    name = found.key if found.key in rulebook.parameters else found.key.rpartition(".")[0]
    names = of_label(rulebook.parameters[name].label)
    return Side(found.key, names, found.source.act, found.source.article, found.mark)


def of_quota(rule: QuotaRule, mark: str) -> Side:
    """A quota, by the name it was given."""
    return Side(rule.quota_id, dict(rule.label), rule.source, "", mark)


def of_agreement(agreement_id: str, register: Register) -> Side:
    """An agreement of the register, with its basis."""
    agreements = register["agreements"]
    row = agreements.row(agreements.index[agreement_id][0])
    basis = str(row["basis"] or "none")
    act, article = str(row["authorising_act"] or ""), str(row["legal_article"] or "")
    return Side(agreement_id, {}, act, article, basis)
