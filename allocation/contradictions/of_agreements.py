"""Agreements whose public, dwellings or times make them impossible to use as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field

from allocation.accompaniment import Terms, load_stay_rules
from allocation.contradictions.finding import (
    Contradiction,
    Fact,
    Side,
    of_agreement,
    of_parameter,
    of_quota,
)
from allocation.model import Group, Meeting, QuotaRule, Register
from allocation.rules.outcome import YES, Assessments
from allocation.rules.periods import after_months
from allocation.rules.schema import Strict
from allocation.rules.yaml_file import read_whole

PRESENTED = "contradictions.side.presented"
DWELLINGS = "contradictions.side.dwellings"
TERM = "contradictions.side.term"
FILTER = "contradictions.side.filter"
NAMED = "contradictions.side.named"
# Stays whose text says whose income they are for, by the kind of the agreement.
_INCOME = {"transit": "transit.income_category"}
_WORDS = Path(__file__).parent / "slide_words.yaml"


class SlideWords(Strict):
    """``slide_words.yaml``: words, in small letters."""

    landlord: list[str] = Field(min_length=1)
    consent: list[str] = Field(min_length=1)


def of_quotas_of_agreements(
    register: Register, assessments: Assessments, meeting: Meeting
) -> Iterator[Contradiction]:
    """Reserved places that nobody presented, or nobody the text admits, can fill."""
    agreements = register["agreements"]
    for rule in register.quotas:
        agreement_id = rule.group.agreement_id
        if rule.kind != "floor" or not agreement_id:
            continue
        row = agreements.row(agreements.index[agreement_id][0])
        yield from _income_of_the_text(rule, str(row["kind"]), meeting)
        yield from _nobody_presented(rule, register, assessments)


def of_terms(
    agreement_id: str, terms: Terms, register: Register, assessments: Assessments, meeting: Meeting
) -> Iterator[Contradiction]:
    """What one agreement says that it cannot have, or that the texts do not let it say."""
    own = of_agreement(agreement_id, register)
    yield from _of_the_filter(own, terms, register)
    yield from _presented_outside(own, agreement_id, terms, register, assessments)
    yield from _of_the_term(own, terms, meeting)
    yield from _slide_on_the_landlord(own, terms)


def _income_of_the_text(rule: QuotaRule, kind: str, meeting: Meeting) -> Iterator[Contradiction]:
    """Places kept for categories of income that the text of the stay leaves out."""
    asked, key = rule.group.income_categories, _INCOME.get(kind)
    if not asked or key is None:
        return
    rules = load_stay_rules()
    found = rules.rule(key, meeting.meeting_on)
    if found.value in asked:
        return
    facts = {"asked": ", ".join(map(str, asked)), "admitted": str(found.value)}
    side = of_parameter(found, rules.book)
    yield Contradiction("income_outside_the_text", "to_confirm", of_quota(rule, rule.mark), side,
                        facts)  # fmt: skip


def _nobody_presented(
    rule: QuotaRule, register: Register, assessments: Assessments
) -> Iterator[Contradiction]:
    """Households are presented, and none of them is admissible and counted."""
    rows = _presented(rule.group.agreement_id, register)
    if not len(rows) or np.any(_counted(rule.group, register, assessments)[rows]):
        return
    yield Contradiction(
        "nobody_presented_is_counted",
        "register",
        of_quota(rule, rule.mark),
        Side(PRESENTED),
        {"n": len(rows)},
    )


def _presented(agreement_id: str, register: Register) -> npt.NDArray[np.int64]:
    """Rows of the applications presented under an agreement with the household's agreement."""
    table = register["presentations"]
    agreed = (table["agreement_id"] == agreement_id) & ~np.isnat(table["household_agreed_on"])
    known = register["applications"].index
    names = table["application_id"][agreed].tolist()
    return np.array([known[name][0] for name in names if name in known], dtype=np.int64)


def _counted(group: Group, register: Register, assessments: Assessments) -> npt.NDArray[np.bool_]:
    """Applications admissible and of a group, presentations apart; (n,) bool."""
    counted: npt.NDArray[np.bool_] = assessments.admissible == YES
    if group.income_categories:
        counted &= np.isin(assessments.income_category, group.income_categories)
    if group.list:
        lists = register["applications"].schema.column("list").choices
        counted &= register["applications"]["list"] == lists.index(group.list)
    return counted


def _of_the_filter(own: Side, terms: Terms, register: Register) -> Iterator[Contradiction]:
    """Dwellings it is about that do not exist, or that it names and leaves out."""
    wanted = terms.dwellings
    low, high = wanted.bedrooms_from, wanted.bedrooms_to
    if low is not None and high is not None and low > high:
        facts = {"low": low, "high": high}
        yield Contradiction("filter_is_empty", "certain", own, Side(FILTER), facts)
        return
    homes = {str(row["dwelling_id"]): row for row in register["dwellings"].rows()}
    admitted = {
        name
        for name, row in homes.items()
        if wanted.admits(
            nis5=str(row["nis5"]),
            bedrooms=int(str(row["bedrooms"])),
            accessibility=str(row["accessibility"]),
        )
    }
    if homes and not admitted:
        yield Contradiction(
            "filter_meets_no_dwelling", "register", own, Side(DWELLINGS), {"n": len(homes)}
        )
    left_out = [n for n in terms.capacity.named_dwellings if n in homes and n not in admitted]
    if admitted and left_out:
        facts_ = {"dwellings": ", ".join(left_out)}
        yield Contradiction("names_what_it_leaves_out", "register", own, Side(NAMED), facts_)


def _presented_outside(
    own: Side, agreement_id: str, terms: Terms, register: Register, assessments: Assessments
) -> Iterator[Contradiction]:
    """Nobody presented needs a number of bedrooms that the filter lets in."""
    low, high = terms.dwellings.bedrooms_from, terms.dwellings.bedrooms_to
    rows = _presented(agreement_id, register)
    needed = assessments.bedrooms[rows]
    needed = needed[needed >= 0]
    if not len(needed) or (low is None and high is None):
        return
    inside = np.ones(len(needed), dtype=np.bool_)
    if low is not None:
        inside &= needed >= low
    if high is not None:
        inside &= needed <= high
    if not np.any(inside):
        facts: dict[str, Fact] = {
            "n": len(needed),
            "low": low or 0,
            "high": high if high is not None else "…",
        }
        yield Contradiction("filter_misses_the_presented", "register", own, Side(PRESENTED), facts)


def _of_the_term(own: Side, terms: Terms, meeting: Meeting) -> Iterator[Contradiction]:
    """A notice, or a first slide, that comes after the end of the agreement."""
    start, end = terms.in_force_from, terms.in_force_to
    if end is None or terms.renewal != "none":
        return
    if after_months(start, terms.notice_months) > end:
        facts: dict[str, Fact] = {"months": terms.notice_months, "until": end}
        yield Contradiction("notice_outlasts_term", "certain", own, Side(TERM), facts)
    if terms.kind != "sliding_lease":
        return
    rules = load_stay_rules()
    found = rules.rule("sliding_lease.term_months", meeting.meeting_on)
    months = int(str(found.value))
    if after_months(start, months) > end:
        facts_: dict[str, Fact] = {"months": months, "until": end}
        side = of_parameter(found, rules.book)
        yield Contradiction("ends_before_first_slide", "certain", own, side, facts_)


def _slide_on_the_landlord(own: Side, terms: Terms) -> Iterator[Contradiction]:
    """A condition to slide that seems to hang on the landlord, who cannot object."""
    if terms.kind != "sliding_lease":
        return
    source = terms.type.source
    names = terms.type.label.model_dump()
    text = Side(terms.kind, names, source.act, source.article, source.mark)
    for condition in terms.slide_conditions:
        said = condition.casefold()
        words = _slide_words()
        if any(w in said for w in words.landlord) and any(w in said for w in words.consent):
            facts = {"condition": condition}
            yield Contradiction("slide_hangs_on_landlord", "to_confirm", own, text, facts)


@cache
def _slide_words() -> SlideWords:
    return read_whole(_WORDS, SlideWords)
