"""The page of the machines of accompaniment is the one the code would write."""

from __future__ import annotations

from pathlib import Path

from allocation.procedure.reference import Say, procedures_page
from allocation.wording import catalogue
from tests.unit.allocation.accompaniment.test_support_machines import MACHINES

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "accompaniment.md"
INTRODUCTION = (
    "This page is generated from `allocation/accompaniment`. Nothing moves by itself. In brackets: "
    "whose act it is. No state here is read by ranking, allocation, renewal or recovery."
)


def words(language: str) -> Say:
    """Words of the machines of accompaniment stand under keys of their own."""
    found = catalogue(language)
    return lambda key: found.text(key.replace("procedure.", "support.", 1))


def written() -> str:
    return procedures_page(
        MACHINES,
        words("fr"),
        words("en"),
        title="Accompaniment: states and acts",
        introduction=INTRODUCTION,
    )


def test_the_page_is_up_to_date() -> None:
    """To refresh: write `written()` of this file to the page."""
    assert PAGE.read_text(encoding="utf-8") == written()
