"""
A study as a file: arms, changes, horizon, measures; every fault located before anything runs.

Numbers with decimals are written as decimals or fractions (``3/100``); shares are exact.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from allocation.errors import Problem, ProblemsError
from allocation.file_faults import file_problem
from allocation.model import Group, QuotaRule, Setting
from allocation.rules.loader import load_rulebook
from allocation.rules.rulebook import Rulebook, RulebookError
from allocation.rules.yaml_file import Place, YamlFile, read_yaml, validated
from allocation.territory import companies
from scenarios.measures import MEASURES
from scenarios.parameters import names
from scenarios.policy import FLOW_FROM, Bridge, Policy
from scenarios.search_file import SearchEntry, search_faults
from scenarios.synthetic.calibration import figure

RULEBOOK = "wallonia"
SCHEMA = "passerelle-study/1"
SNAPSHOT = date(2026, 12, 31)
_MOST_YEARS = 30
_MOST_REPLICATIONS = 100_000
# Figures counted in whole months, years or days.
_WHOLE = (
    "bridges.transit_lease_months",
    "bridges.insertion_lease_years",
    "simulator.committee.day_of_month",
    "simulator.committee.repropose_every_days",
    "simulator.transfers.home_size_gap",
)


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", populate_by_name=True)


class Text(_Model):
    """One sentence in the four languages."""

    fr: str
    nl: str
    de: str
    en: str

    def in_(self, language: str) -> str:
        """The sentence in a language."""
        return str(getattr(self, language))


class BridgeEntry(_Model):
    """An agreement of an arm."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    public: list[str] = Field(min_length=1)
    share: str | int = 0
    named_share: str | int = 0
    places_per_1000: str | int | None = None
    sliding: bool = False
    unused: Literal["lapse", "carry_over"] = "lapse"


class QuotaEntry(_Model):
    """A share of the law, on an income category or a list."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    kind: Literal["floor", "cap"]
    income_categories: list[int] = Field(default_factory=list)
    of_list: Literal["", "candidate", "transfer"] = Field(default="", alias="list")
    share: str | int | None = None
    parameter: str = ""
    base: Literal["allocations", "vacated"] = "allocations"


class ArmEntry(_Model):
    """One policy to compare."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    label: Text
    bridges: list[BridgeEntry] = Field(default_factory=list)
    quotas: list[QuotaEntry] | None = None
    rules: dict[str, str | int | bool] = Field(default_factory=dict)
    behaviour: dict[str, str | int] = Field(default_factory=dict)
    mode: Literal["joint", "serial"] = "joint"
    pacing: Literal["linear", "year_end", "prefix"] = "linear"


class TargetEntry(_Model):
    """Replications go on until this interval is narrow enough."""

    measure: str
    half_width: str | int
    most_replications: int = Field(default=400, ge=1, le=_MOST_REPLICATIONS)


class StudyFile(_Model):
    """The content of a study file."""

    schema_: Literal["passerelle-study/1"] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9-]{1,60}$")
    title: Text
    question: Text
    territory: str
    start: date
    years: int = Field(ge=1, le=_MOST_YEARS)
    warm_up_years: int = Field(default=0, ge=0, le=_MOST_YEARS)
    replications: int = Field(default=20, ge=1, le=_MOST_REPLICATIONS)
    target: TargetEntry | None = None
    baseline: str
    arms: list[ArmEntry] = Field(min_length=2)
    primary: list[str] = Field(min_length=1)
    sensitivity: list[str] = Field(default_factory=list)
    search: SearchEntry | None = None


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
    content = None if file is None or problems else validated(file, StudyFile, problems)
    if file is None or content is None:
        raise ProblemsError(problems)
    rulebook = load_rulebook(RULEBOOK)
    problems += _faults(file, content, rulebook)
    if problems:
        raise ProblemsError(problems)
    return Study(content, tuple(_policy(arm) for arm in content.arms), text)


def number(value: str | int) -> Fraction | None:
    """A written number, exactly; ``None`` when it is not one."""
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None


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


def _policy(arm: ArmEntry) -> Policy:
    return Policy(
        arm_id=arm.id,
        quotas=legal_quotas()
        if arm.quotas is None
        else tuple(
            QuotaRule(
                q.id,
                q.kind,
                Group(income_categories=tuple(q.income_categories), list=q.of_list),
                share=None if q.share is None else number(q.share),
                parameter=q.parameter,
                base=q.base,
            )
            for q in arm.quotas
        ),
        bridges=tuple(
            Bridge(
                b.id,
                tuple(b.public),
                number(b.share) or Fraction(0),
                number(b.named_share) or Fraction(0),
                None if b.places_per_1000 is None else number(b.places_per_1000),
                b.sliding,
                b.unused,
            )
            for b in arm.bridges
        ),
        settings=tuple(Setting(key, value) for key, value in sorted(arm.rules.items())),
        parameters={key: plain(value) for key, value in arm.behaviour.items()},
        pacing=arm.pacing,
        mode=arm.mode,
    )


def plain(value: str | int) -> float | int:
    """A number for the simulation: whole when it is."""
    found = number(value)
    if found is None:
        raise ValueError(f"{value!r} is not a number")
    return int(found) if found.denominator == 1 else float(found)


def _faults(file: YamlFile, study: StudyFile, rulebook: Rulebook) -> Iterator[Problem]:
    if study.territory != "region" and study.territory not in companies():
        yield file.problem(("territory",), "study.unknown_company", name=study.territory)
    if study.start < SNAPSHOT:
        yield file.problem(("start",), "study.before_snapshot", on=SNAPSHOT, start=study.start)
    if study.warm_up_years >= study.years:
        yield file.problem(("warm_up_years",), "study.all_warm_up", years=study.years)
    ids = [arm.id for arm in study.arms]
    for i, arm in enumerate(study.arms):
        if arm.id in ids[:i]:
            yield file.problem(("arms", i, "id"), "study.arm_twice", name=arm.id)
        yield from _arm(file, ("arms", i), arm, rulebook)
    if study.baseline not in ids:
        yield file.problem(("baseline",), "study.unknown_arm", name=study.baseline)
    yield from _without_difference(file, study)
    yield from _measures(file, study)
    yield from search_faults(file, study)
    for i, key in enumerate(study.sensitivity):
        if key not in names() or not _has_range(key):
            yield file.problem(("sensitivity", i), "study.no_range", name=key)


def _has_range(key: str) -> bool:
    from scenarios.synthetic.calibration import figures

    return bool(figures()[key].range)


def _without_difference(file: YamlFile, study: StudyFile) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for i, arm in enumerate(study.arms):
        said = json.dumps(
            arm.model_dump(mode="json", exclude={"id", "label"}), sort_keys=True, default=str
        )
        if said in seen:
            yield file.problem(("arms", i), "study.no_difference", name=arm.id, other=seen[said])
        seen.setdefault(said, arm.id)


def _measures(file: YamlFile, study: StudyFile) -> Iterator[Problem]:
    asked: list[tuple[Place, str]] = [(("primary", i), m) for i, m in enumerate(study.primary)]
    if study.target is not None:
        asked.append((("target", "measure"), study.target.measure))
        width = number(study.target.half_width)
        if width is None or width <= 0:
            yield file.problem(("target", "half_width"), "study.not_a_number")
    window = study.years - study.warm_up_years
    for place, name in asked:
        measure = MEASURES.get(name)
        if measure is None:
            yield file.problem(place, "study.unknown_measure", name=name)
        elif measure.needs_years > window:
            yield file.problem(
                place, "study.window_too_short", name=name, years=int(measure.needs_years)
            )
        elif measure.needs_bridge and not any(arm.bridges for arm in study.arms):
            yield file.problem(place, "study.needs_bridge", name=name)


def _arm(file: YamlFile, at: Place, arm: ArmEntry, rulebook: Rulebook) -> Iterator[Problem]:
    total = Fraction(0)
    for i, bridge in enumerate(arm.bridges):
        place = (*at, "bridges", i)
        for name in ("share", "named_share"):
            yield from _share(file, (*place, name), getattr(bridge, name))
        share = number(bridge.share)
        total += share if share is not None else 0
        if bridge.places_per_1000 is not None and number(bridge.places_per_1000) is None:
            yield file.problem((*place, "places_per_1000"), "study.not_a_number")
        for j, public in enumerate(bridge.public):
            if public not in FLOW_FROM:
                valid = ", ".join(FLOW_FROM)
                yield file.problem(
                    (*place, "public", j), "study.unknown_public", name=public, valid=valid
                )
        if bridge.id in [b.id for b in arm.bridges[:i]]:
            yield file.problem((*place, "id"), "study.arm_twice", name=bridge.id)
    if total > 1:
        yield file.problem((*at, "bridges"), "study.share_above_one")
    for i, quota in enumerate(arm.quotas or []):
        yield from _quota(file, (*at, "quotas", i), quota, rulebook)
    for key, value in arm.rules.items():
        try:
            rulebook.check_settings([Setting(key, value)])
        except RulebookError as fault:
            code = "study.rule_value" if fault.code == "rule.value_not_allowed" else "study.rule"
            yield file.problem((*at, "rules", key), code, name=key)
    for key, value in arm.behaviour.items():
        yield from _behaviour(file, (*at, "behaviour", key), key, value)


def _quota(file: YamlFile, at: Place, quota: QuotaEntry, rulebook: Rulebook) -> Iterator[Problem]:
    if (quota.share is None) == (not quota.parameter):
        yield file.problem(at, "study.share_or_parameter")
    if quota.share is not None:
        yield from _share(file, (*at, "share"), quota.share)
    if quota.parameter and quota.parameter not in rulebook.parameters:
        yield file.problem((*at, "parameter"), "study.rule", name=quota.parameter)
    if not quota.income_categories and not quota.of_list:
        yield file.problem(at, "study.quota_of_nobody")


def _share(file: YamlFile, at: Place, value: str | int) -> Iterator[Problem]:
    found = number(value)
    if found is None or found < 0:
        yield file.problem(at, "study.not_a_number")
    elif found > 1:
        yield file.problem(at, "study.share_above_one")


def _behaviour(file: YamlFile, at: Place, key: str, value: str | int) -> Iterator[Problem]:
    found = number(value)
    if key not in names() or not isinstance(figure(key), int | float):
        yield file.problem(at, "study.unknown_figure", name=key)
    elif found is None or found < 0:
        yield file.problem(at, "study.not_a_number")
    elif key in _WHOLE and found.denominator != 1:
        yield file.problem(at, "study.whole_number")
    elif _is_share(key) and found > 1:
        yield file.problem(at, "study.share_above_one")
    elif key == "demand.registrations_per_candidate_per_year" and found > 2 * Fraction(
        str(figure(key))
    ):
        yield file.problem(at, "study.too_many_arrivals")


def _is_share(key: str) -> bool:
    """Figures that are a share of something, by their name."""
    last = key.rpartition(".")[2]
    is_share = "share" in last or last.endswith(("rate_per_offer", "take_up", "success"))
    return is_share and key != "simulator.departures.renewal_share_exposed"


def written(study: Study) -> Mapping[str, Any]:
    """What the study says, for the results."""
    left_out = {"search"} if study.file.search is None else set[str]()
    return study.file.model_dump(mode="json", by_alias=True, exclude=left_out)
