"""
A study as a file: arms, changes, horizon, measures; every fault located before anything runs.

Numbers with decimals are written as decimals or fractions (``3/100``); shares are exact.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from allocation.errors import Problem, ProblemsError
from allocation.file_faults import file_problem
from allocation.model import Group, QuotaRule, Setting, ShareStep
from allocation.rules.yaml_file import YamlFile, read_yaml, validated
from scenarios.policy import Bridge, Leases, Policy
from scenarios.study_faults import study_faults
from scenarios.study_file import ArmEntry, BridgeEntry, QuotaEntry, StudyFile, number

SCHEMA = "passerelle-study/1"


@dataclass(frozen=True)
class Study:
    """A study that can be run."""

    file: StudyFile
    policies: tuple[Policy, ...]
    text: str

    @property
    def baseline(self) -> int:
        """Position of the arm the others are compared with."""
        return [p.arm_id for p in self.policies].index(self.file.baseline)

    @property
    def other(self) -> Policy:
        """The last arm that is not the baseline: the one doubts are told of."""
        return next(p for p in reversed(self.policies) if p.arm_id != self.file.baseline)

    @property
    def digest(self) -> str:
        """SHA-256 of what the study says, whatever its layout."""
        content = written(self)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def end(self) -> date:
        """Last day."""
        return self.file.start.replace(year=self.file.start.year + self.file.years)


def read_study(path: Path) -> Study:
    """
    Read a study.

    Raises
    ------
    ProblemsError
        Everything that is wrong with it, each with its line.
    """
    problems: list[Problem] = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ProblemsError([file_problem(path, fault)]) from fault
    file = read_yaml(path, path.name, problems)
    if file is None or problems:
        raise ProblemsError(problems)
    return study_of(file, text)


def study_of(file: YamlFile, text: str) -> Study:
    """
    The study a file, or what was sent as one, holds; ``text``: as it was written.

    Raises
    ------
    ProblemsError
        Everything that is wrong with it.
    """
    problems: list[Problem] = []
    content = validated(file, StudyFile, problems)
    if content is None:
        raise ProblemsError(problems)
    problems += study_faults(file, content)
    if problems:
        raise ProblemsError(problems)
    return Study(content, tuple(_policy(arm, content.start) for arm in content.arms), text)


def legal_quotas() -> tuple[QuotaRule, ...]:
    """The shares of the law: lowest incomes at least, transfers at most."""
    return (
        QuotaRule(
            "cat1",
            "floor",
            Group(income_categories=(1,)),
            parameter="quota.cat1_min_share",
            base="allocations",
        ),
        QuotaRule(
            "transfers",
            "cap",
            Group(list="transfer"),
            parameter="quota.transfer_share",
            base="vacated",
        ),
    )


def _policy(arm: ArmEntry, start: date) -> Policy:
    leases = arm.leases
    return Policy(
        arm_id=arm.id,
        quotas=legal_quotas() if arm.quotas is None else tuple(_quota(q) for q in arm.quotas),
        bridges=tuple(_bridge(b) for b in arm.bridges),
        settings=tuple(Setting(key, value) for key, value in sorted(arm.rules.items())),
        draft=arm.draft,
        drafted_on=start,
        leases=Leases(tuple(leases.terms_months), leases.trial_months) if leases else None,
        parameters={key: plain(value) for key, value in arm.behaviour.items()},
        pacing=arm.pacing,
        mode=arm.mode,
    )


def _quota(entry: QuotaEntry) -> QuotaRule:
    return QuotaRule(
        entry.id,
        entry.kind,
        Group(income_categories=tuple(entry.income_categories), list=entry.of_list),
        share=None if entry.share is None else number(entry.share),
        parameter=entry.parameter,
        base=entry.base,
        nis5=entry.commune,
    )


def _bridge(entry: BridgeEntry) -> Bridge:
    return Bridge(
        entry.id,
        tuple(entry.public),
        number(entry.share) or Fraction(0),
        number(entry.named_share) or Fraction(0),
        None if entry.places_per_1000 is None else number(entry.places_per_1000),
        entry.sliding,
        entry.unused,
        steps=tuple(
            ShareStep(step.from_, number(step.share) or Fraction(0))
            for step in sorted(entry.steps, key=lambda step: step.from_)
        ),
        of_previous_year=entry.base == "previous_year",
        companies=tuple(sorted(entry.companies)),
        is_accompanied=entry.accompanied,
    )


def plain(value: str | int) -> float | int:
    """A number for the simulation: whole when it is."""
    found = number(value)
    if found is None:
        raise ValueError(f"{value!r} is not a number")
    return int(found) if found.denominator == 1 else float(found)


def written(study: Study) -> Mapping[str, Any]:
    """What the study says, for the results."""
    left_out = {"search"} if study.file.search is None else set[str]()
    return study.file.model_dump(mode="json", by_alias=True, exclude=left_out)
