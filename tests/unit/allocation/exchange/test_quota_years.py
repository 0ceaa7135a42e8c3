"""Quotas over a year go through files, workbook and database unchanged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from allocation.exchange import read_register, write_folder
from allocation.exchange.workbook_write import write_workbook
from allocation.model import Group, QuotaRule, ShareStep, Unused
from api.db.quota_sets import quotas_text, read_quotas
from tests.builders import a_register, some_quotas

STEPPED = QuotaRule(
    "stepped",
    "floor",
    Group(),
    agreement_ids=("C1",),
    steps=(
        ShareStep(date(2025, 1, 1), Fraction(3, 100)),
        ShareStep(date(2026, 1, 1), Fraction(9, 200)),
    ),
    previous_base=120,
    carried_in=1,
    unused=Unused("carry_over", 2),
)
CAP = QuotaRule(
    "derogations",
    "cap",
    Group(),
    channels=("derogation_urgency", "derogation_cohesion"),
    share=Fraction(2, 5),
    previous_base=120,
    also_counts=("stepped",),
)
GIVING = replace(
    some_quotas()[0], quota_id="giving", group=Group(agreement_id="C1"), share=None,
    period_seats=3, unused=Unused("reassign", on=date(2026, 10, 1), to="partner-1"),
)  # fmt: skip
QUOTAS = tuple(sorted((*some_quotas(), STEPPED, CAP, GIVING), key=lambda q: q.quota_id))


def test_a_folder_gives_back_what_it_was_given(tmp_path: Path) -> None:
    register = a_register(quotas=QUOTAS)
    write_folder(register, tmp_path / "register")
    again = read_register(tmp_path / "register")
    assert again.quotas == QUOTAS
    assert again.content_hash == register.content_hash


def test_a_workbook_gives_back_what_it_was_given(tmp_path: Path) -> None:
    register = a_register(quotas=QUOTAS)
    write_workbook(register, tmp_path / "register.xlsx")
    assert read_register(tmp_path / "register.xlsx").content_hash == register.content_hash


def test_a_row_of_the_database_gives_back_what_it_was_given() -> None:
    assert read_quotas(quotas_text(QUOTAS)) == QUOTAS
