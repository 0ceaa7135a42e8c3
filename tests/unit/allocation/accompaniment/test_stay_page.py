"""The page of the rules of stays is the one their data would write."""

from __future__ import annotations

from pathlib import Path

from allocation.accompaniment import load_stay_rules
from allocation.accompaniment.stay_page import stays_page
from allocation.wording import catalogue

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "sejours.md"


def written() -> str:
    return stays_page(load_stay_rules(), catalogue("fr"))


def test_the_page_is_up_to_date() -> None:
    """To refresh: write `written()` of this file to the page."""
    assert PAGE.read_text(encoding="utf-8") == written()
