"""Templates and the reference page say everything the program reads, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from allocation.exchange import (
    examine,
    write_folder,
    write_template_folder,
    write_template_workbook,
)
from allocation.exchange.entries import (
    ConfirmationEntry,
    ForecastEntry,
    GroupEntry,
    MeetingEntry,
    QuotaEntry,
    RegisterEntry,
    SettingEntry,
)
from allocation.exchange.reference import reference_page
from allocation.exchange.template import TEMPLATES
from tests.builders import a_register

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "register.md"


def test_the_reference_page_is_up_to_date() -> None:
    """To refresh: write `allocation.exchange.reference.reference_page()` to the page."""
    assert PAGE.read_text(encoding="utf-8") == reference_page()


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("register", (RegisterEntry, ConfirmationEntry)),
        ("meeting", (MeetingEntry, ForecastEntry, SettingEntry)),
        ("quotas", (QuotaEntry, GroupEntry)),
    ],
)
def test_a_template_shows_every_field(name: str, models: tuple[type, ...]) -> None:
    text = (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")
    shown = set(re.findall(r"([a-z0-9_]+):", text))
    for model in models:
        fields = {f.alias or n for n, f in model.model_fields.items()}  # type: ignore[attr-defined]
        assert fields <= shown


def test_an_empty_template_only_lacks_what_a_clerk_must_say(tmp_path: Path) -> None:
    write_template_folder(tmp_path / "template")
    found = examine(tmp_path / "template")
    assert {(p.where, p.column, p.code) for p in found.problems} == {
        ("register.yaml", "slsp_id", "register.field_missing"),
        ("meeting.yaml", "slsp_id", "register.field_missing"),
        ("meeting.yaml", "draw_seed", "register.field_missing"),
        ("meeting.yaml", "pseudonym_secret", "register.field_missing"),
    }
    assert found.warnings == ()


def test_an_empty_workbook_only_lacks_what_a_clerk_must_say(tmp_path: Path) -> None:
    write_template_workbook(tmp_path / "template.xlsx")
    found = examine(tmp_path / "template.xlsx")
    assert {(p.where, p.column, p.code) for p in found.problems} == {
        ("register", "kind", "register.field_missing"),
        ("register", "slsp_id", "register.field_missing"),
    }
    assert [p.code for p in found.warnings] == ["register.no_meeting"]


def test_a_template_may_be_filled_and_replaced(tmp_path: Path) -> None:
    write_template_folder(tmp_path / "register")
    write_folder(a_register(), tmp_path / "register")
    assert examine(tmp_path / "register").is_accepted
