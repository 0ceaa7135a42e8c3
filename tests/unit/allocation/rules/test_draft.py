"""A draft is previewed and published as one and the same rulebook; its faults are at its lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from allocation.errors import Problem, ProblemsError
from allocation.rules import Rulebook, load_rulebook
from allocation.rules.draft import Draft, DraftPlace, drafted, publish
from allocation.rules.loader import SHELF
from allocation.rules.yaml_file import read_yaml, validated

HEAD = """rulebook: wallonia
from: 2027-01-01
source: {act: "proposition", article: "1"}
"""
WHOLE = (
    HEAD
    + """note: a trial
values:
  points.H_HOMELESS: 8
  seniority.cap: 10
  work_rule: or
  quota.cat1_min_share: "6/10"
  quota.cat3_max_share_by_commune.52011: "1/5"
lines:
  - code: P_RETIRED
    table: personal_situation
    label: {fr: Retraite, nl: Pensioen, de: Rente, en: Retired}
    when: {any_member: {fact: retirement_pension, is: "yes"}}
    unknown: does_not_count
    proof: {retirement_pension: [pension_certificate]}
    points: 2
  - code: H_UNFIT_OVERCROWDED_EXPROPRIATED
    table: housing_situation
    label: {fr: Inhabitable, nl: Onbewoonbaar, de: Unbewohnbar, en: Unfit}
    when: {fact: unfit_dwelling, is: uninhabitable}
    unknown: does_not_count
    points: 5
ended: [P_LOST_JOB_12M]
ceilings:
  ceilings: {"1": [18000, 24000], "2": [35000, 43000], "3": [70000, 86000]}
  per_child: 3300
"""
)
BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)


def a_draft(tmp_path: Path, text: str) -> tuple[Draft, DraftPlace]:
    path = tmp_path / "draft.yaml"
    path.write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    file = read_yaml(path, "draft.yaml", problems)
    assert file is not None
    draft = validated(file, Draft, problems)
    assert draft is not None, problems
    return draft, DraftPlace(file)


def faults(tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    draft, place = a_draft(tmp_path, HEAD + text)
    with pytest.raises(ProblemsError) as refused:
        drafted(draft, place)
    assert {p.where for p in refused.value.problems} == {"draft.yaml"}
    return [(p.row, p.column, p.code) for p in refused.value.problems]


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    return drafted(*a_draft(tmp_path, WHOLE))


def test_the_published_rulebook_is_the_previewed_one(tmp_path: Path, book: Rulebook) -> None:
    published = publish(*a_draft(tmp_path, WHOLE), tmp_path / "published")
    assert published.content_hash == book.content_hash
    assert published.content_hash != load_rulebook("wallonia").content_hash


def test_publishing_keeps_comments_and_cases_and_leaves_other_files_alone(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    publish(*a_draft(tmp_path, HEAD + "values: {points.H_HOMELESS: 8}\n"), folder)
    shelf = SHELF / "wallonia"
    changed = [
        p.relative_to(shelf).as_posix()
        for p in sorted(shelf.rglob("*.yaml"))
        if p.read_bytes() != (folder / p.relative_to(shelf)).read_bytes()
    ]
    assert changed == ["points/homeless.yaml"]
    assert "# Thirty days before" in (folder / "points/homeless.yaml").read_text(encoding="utf-8")


def test_every_change_holds_from_the_day_of_the_draft_and_not_before(book: Rulebook) -> None:
    lines, base = book.lines, load_rulebook("wallonia")
    assert book.points(lines["H_HOMELESS"], BEFORE) == 5
    assert book.points(lines["H_HOMELESS"], AFTER) == 8
    assert book.parameter("seniority.cap", BEFORE).value == 6
    assert book.parameter("seniority.cap", AFTER).value == 10
    assert book.parameter("work_rule", AFTER).value == "or"
    rows = "quota.cat3_max_share_by_commune"
    assert str(book.parameter(f"{rows}.52011", AFTER).value) == "1/5"
    assert (
        book.parameter(f"{rows}.62063", AFTER).value == base.parameter(f"{rows}.62063", AFTER).value
    )
    assert "P_RETIRED" in book.codes_in_force(AFTER)
    assert "P_RETIRED" not in book.codes_in_force(BEFORE)
    assert "P_LOST_JOB_12M" not in book.codes_in_force(AFTER)
    assert "P_LOST_JOB_12M" in book.codes_in_force(BEFORE)
    unfit = book.lines["H_UNFIT_OVERCROWDED_EXPROPRIATED"]
    assert (book.points(unfit, BEFORE), book.points(unfit, AFTER)) == (4, 5)
    assert book.ceilings_in_force(AFTER).per_child == 3300
    assert book.ceilings_in_force(BEFORE).per_child == 3200


def test_every_changed_value_carries_the_mark_and_the_source_of_the_draft(book: Rulebook) -> None:
    found = book.parameter("seniority.cap", AFTER)
    assert (found.mark, found.source.act, found.note) == ("assumed", "proposition", "a trial")


def test_a_preview_may_take_the_draft_as_in_force_earlier(tmp_path: Path) -> None:
    early = drafted(*a_draft(tmp_path, WHOLE), since=date(2026, 6, 1))
    assert early.points(early.lines["H_HOMELESS"], BEFORE) == 8


REFUSED = [
    ("values: {points.H_HOMELES: 8}\n", [(4, "values.points.H_HOMELES", "draft.unknown_value")]),
    ("values: {seniority.cap: many}\n", [(4, "values.seniority.cap", "draft.value_not_allowed")]),
    ("values: {seniority.cap: true}\n", [(4, "values.seniority.cap", "draft.value_not_allowed")]),
    (
        'values: {quota.cat1_min_share: "11/10"}\n',
        [(4, "values.quota.cat1_min_share", "draft.value_not_allowed")],
    ),
    (
        "values: {points.H_HOMELESS: -1}\n",
        [(4, "values.points.H_HOMELESS", "draft.value_not_allowed")],
    ),
    ("values: {work_rule: perhaps}\n", [(4, "values.work_rule", "draft.value_not_allowed")]),
    ("ended: [H_NOBODY]\n", [(4, "ended.0", "draft.unknown_line")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_a_fault_is_told_at_its_line(
    tmp_path: Path, text: str, expected: list[tuple[int, str, str]]
) -> None:
    assert faults(tmp_path, text) == expected


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = "values: {points.H_HOMELES: 8, seniority.cap: many}\nended: [H_NOBODY]\n"
    assert len(faults(tmp_path, text)) == 3


def test_a_fault_inside_a_new_line_is_told_at_the_line_of_the_draft(tmp_path: Path) -> None:
    text = """lines:
  - code: P_NEW
    table: personal_situation
    label: {fr: n, nl: n, de: n, en: n}
    when: {any_member: {fact: retirement_pensions, is: "yes"}}
    unknown: does_not_count
    points: 2
"""
    ((row, column, code),) = faults(tmp_path, text)
    assert (row, code) == (8, "rule.unknown_fact")
    assert column.startswith("lines.0.when")


def test_a_draft_cannot_follow_a_value_that_begins_later(tmp_path: Path) -> None:
    text = HEAD.replace("2027-01-01", "2012-06-01") + "values: {seniority.cap: 9}\n"
    draft, place = a_draft(tmp_path, text)
    with pytest.raises(ProblemsError) as refused:
        drafted(draft, place)
    assert [p.code for p in refused.value.problems] == ["draft.not_the_last"]


def test_a_draft_of_a_rulebook_nobody_has_is_refused(tmp_path: Path) -> None:
    draft, place = a_draft(tmp_path, HEAD.replace("rulebook: wallonia", "rulebook: atlantis"))
    with pytest.raises(ProblemsError) as refused:
        drafted(draft, place)
    assert [(p.where, p.code) for p in refused.value.problems] == [
        ("draft.yaml", "rule.no_rulebook")
    ]
