"""The page of the procedures is the one the code would write."""

from __future__ import annotations

from pathlib import Path

from allocation import accompaniment, procedure
from allocation.procedure.reference import procedures_page
from allocation.wording import catalogue

MACHINES = procedure.MACHINES + accompaniment.MACHINES
PAGE = Path(__file__).parents[4] / "docs" / "reference" / "procedures.md"


def written() -> str:
    return procedures_page(MACHINES, catalogue("fr").text, catalogue("en").text)


def test_the_page_is_up_to_date() -> None:
    """To refresh: write `written()` of this file to the page."""
    assert PAGE.read_text(encoding="utf-8") == written()
