"""Everything that is wrong with a study, found before anything runs, each at its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from allocation.errors import Problem, ProblemsError
from allocation.model import Setting
from allocation.rules.draft import DraftPlace
from allocation.rules.loader import load_rulebook
from allocation.rules.rulebook import Rulebook, RulebookError
from allocation.rules.yaml_file import Place, YamlFile
from allocation.territory import companies
from scenarios.measures import MEASURES
from scenarios.parameters import names
from scenarios.policy import FLOW_FROM, RULEBOOK, drafted_for
from scenarios.search_file import search_faults
from scenarios.study_file import (
    REGION,
    ArmEntry,
    BridgeEntry,
    LeaseEntry,
    QuotaEntry,
    StudyFile,
    number,
)
from scenarios.synthetic.calibration import figure, figures

SNAPSHOT = date(2026, 12, 31)
_LONGEST_TERM_MONTHS = 1200
# Figures counted in whole months, years or days.
_WHOLE = (
    "bridges.transit_lease_months",
    "bridges.insertion_lease_years",
    "simulator.committee.day_of_month",
    "simulator.committee.repropose_every_days",
    "simulator.transfers.home_size_gap",
    "simulator.leases.notice_months",
)


def study_faults(file: YamlFile, study: StudyFile) -> Iterator[Problem]:
    """Everything wrong with a study, each with its line."""
    yield from _territory(file, study)
    if study.start < SNAPSHOT:
        yield file.problem(("start",), "study.before_snapshot", on=SNAPSHOT, start=study.start)
    if study.warm_up_years >= study.years:
        yield file.problem(("warm_up_years",), "study.all_warm_up", years=study.years)
    ids = [arm.id for arm in study.arms]
    for i, arm in enumerate(study.arms):
        if arm.id in ids[:i]:
            yield file.problem(("arms", i, "id"), "study.arm_twice", name=arm.id)
        yield from _arm(file, ("arms", i), study, arm)
    if study.baseline not in ids:
        yield file.problem(("baseline",), "study.unknown_arm", name=study.baseline)
    yield from _without_difference(file, study)
    yield from _measures(file, study)
    yield from search_faults(file, study)
    for i, key in enumerate(study.sensitivity):
        if key not in names() or not _has_range(key):
            yield file.problem(("sensitivity", i), "study.no_range", name=key)


def _has_range(key: str) -> bool:
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
        elif measure.unit_cost:
            yield file.problem(place, "study.euros_alone", name=name)
        elif measure.needs_years > window:
            yield file.problem(
                place, "study.window_too_short", name=name, years=int(measure.needs_years)
            )
        elif measure.needs_bridge and not any(arm.bridges for arm in study.arms):
            yield file.problem(place, "study.needs_bridge", name=name)


def _territory(file: YamlFile, study: StudyFile) -> Iterator[Problem]:
    listed = isinstance(study.territory, list)
    if not study.territory:
        yield file.problem(("territory",), "study.no_territory")
    names = study.territory if isinstance(study.territory, list) else [study.territory]
    for i, name in enumerate(names):
        place: Place = ("territory", i) if listed else ("territory",)
        if name not in companies() and (listed or name != REGION):
            yield file.problem(place, "study.unknown_company", name=name)
        elif name in names[:i]:
            yield file.problem(place, "study.arm_twice", name=name)


def _arm(file: YamlFile, at: Place, study: StudyFile, arm: ArmEntry) -> Iterator[Problem]:
    rulebook = load_rulebook(RULEBOOK)
    if arm.draft is not None:
        try:
            rulebook = drafted_for(arm.draft, study.start, DraftPlace(file, (*at, "draft")))
        except ProblemsError as faults:
            yield from faults.problems
    yield from _bridges(file, at, study, arm.bridges)
    for i, quota in enumerate(arm.quotas or []):
        yield from _quota(file, (*at, "quotas", i), study, quota, rulebook)
    for key, value in arm.rules.items():
        try:
            rulebook.check_settings([Setting(key, value)])
        except RulebookError as fault:
            code = "study.rule_value" if fault.code == "rule.value_not_allowed" else "study.rule"
            yield file.problem((*at, "rules", key), code, name=key)
    if arm.leases is not None:
        yield from _leases(file, (*at, "leases"), arm.leases)
    for key, value in arm.behaviour.items():
        yield from _behaviour(file, (*at, "behaviour", key), key, value)


def _bridges(
    file: YamlFile, at: Place, study: StudyFile, bridges: list[BridgeEntry]
) -> Iterator[Problem]:
    for i, bridge in enumerate(bridges):
        place = (*at, "bridges", i)
        if bridge.id in [b.id for b in bridges[:i]]:
            yield file.problem((*place, "id"), "study.arm_twice", name=bridge.id)
        yield from _bridge(file, place, study, bridge)
    for slsp_id in study.slsp_ids:
        highest = [
            max(
                filter(None, map(number, (b.share, *(s.share for s in b.steps)))),
                default=Fraction(0),
            )
            for b in bridges
            if not b.companies or slsp_id in b.companies
        ]
        if sum(highest) > 1:
            yield file.problem((*at, "bridges"), "study.share_above_one")
            break


def _bridge(file: YamlFile, at: Place, study: StudyFile, bridge: BridgeEntry) -> Iterator[Problem]:
    for name in ("share", "named_share"):
        yield from _share(file, (*at, name), getattr(bridge, name))
    for j, step in enumerate(bridge.steps):
        place = (*at, "steps", j)
        yield from _share(file, (*place, "share"), step.share)
        # Shares are read when a year opens.
        if (step.from_.month, step.from_.day) != (1, 1):
            yield file.problem((*place, "from"), "study.step_within_year", on=step.from_)
        if not study.start < step.from_ < study.start.replace(year=study.start.year + study.years):
            yield file.problem((*place, "from"), "study.step_outside", on=step.from_)
    if bridge.places_per_1000 is not None and number(bridge.places_per_1000) is None:
        yield file.problem((*at, "places_per_1000"), "study.not_a_number")
    for j, slsp_id in enumerate(bridge.companies):
        if slsp_id not in study.slsp_ids:
            yield file.problem((*at, "companies", j), "study.company_elsewhere", name=slsp_id)
    for j, public in enumerate(bridge.public):
        if public not in FLOW_FROM:
            valid = ", ".join(FLOW_FROM)
            yield file.problem((*at, "public", j), "study.unknown_public", name=public, valid=valid)


def _leases(file: YamlFile, at: Place, leases: LeaseEntry) -> Iterator[Problem]:
    for i, months in enumerate(leases.terms_months):
        if not 1 <= months <= _LONGEST_TERM_MONTHS:
            place = (*at, "terms_months", i)
            yield file.problem(place, "study.term_length", most=_LONGEST_TERM_MONTHS)
    if leases.trial_months and leases.trial_months >= min(leases.terms_months):
        yield file.problem((*at, "trial_months"), "study.trial_too_long")


def _quota(
    file: YamlFile, at: Place, study: StudyFile, quota: QuotaEntry, rulebook: Rulebook
) -> Iterator[Problem]:
    if (quota.share is None) == (not quota.parameter):
        yield file.problem(at, "study.share_or_parameter")
    if quota.share is not None:
        yield from _share(file, (*at, "share"), quota.share)
    if quota.parameter and quota.parameter not in rulebook.parameters:
        yield file.problem((*at, "parameter"), "study.rule", name=quota.parameter)
    if not quota.income_categories and not quota.of_list:
        yield file.problem(at, "study.quota_of_nobody")
    served = {nis5 for slsp_id in study.slsp_ids for nis5 in _communes(slsp_id)}
    if quota.commune and quota.commune not in served:
        yield file.problem((*at, "commune"), "study.commune_elsewhere", name=quota.commune)


def _communes(slsp_id: str) -> tuple[str, ...]:
    known = companies().get(slsp_id)
    return known.communes if known else ()


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
