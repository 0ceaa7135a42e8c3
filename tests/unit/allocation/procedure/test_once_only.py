"""Ask once: where a proof may be looked up, with its mark, and where one was obtained."""

from __future__ import annotations

import pytest

from allocation.procedure.machine import IllegalActError
from allocation.procedure.once_only import (
    ORIGINS,
    authentic_sources,
    check_origin,
    source_of_condition,
    source_of_proofs,
)
from allocation.rules import load_rulebook

BOOK = load_rulebook("wallonia")
PROOFS = {code: source_of_proofs([code]) for code in BOOK.proofs}
CONDITIONS = str(BOOK.parameters["fresh_proofs.conditions"].values[-1].value).split(",")


def test_a_proof_with_a_source_is_looked_up_and_another_is_asked_for() -> None:
    found = source_of_proofs(["insurer_decision", "fedris_decision"])
    assert found is not None
    assert (found.code, found.mark) == ("social_security", "assumed")
    assert source_of_proofs(["cpas_certificate"]) is None
    assert source_of_proofs([]) is None


def test_a_condition_with_a_source_is_looked_up_and_another_is_asked_for() -> None:
    found = {code: source_of_condition(code) for code in CONDITIONS}
    assert {code for code, source in found.items() if source} == {"household"}


def test_no_line_says_more_than_what_was_read() -> None:
    """Which source holds which proof was read in no text: every line says it is assumed."""
    found = [one for one in PROOFS.values() if one]
    assert len(found) == 5
    assert {one.mark for one in found} == {"assumed"}
    assert {one.code for one in found} <= set(authentic_sources())


@pytest.mark.parametrize(
    ("origin", "source", "is_sound"),
    [
        (None, "", True),
        ("declared", "", True),
        ("paper", "", True),
        ("authentic_source", "national_register", True),
        ("authentic_source", "", False),
        ("authentic_source", "somewhere", False),
        ("paper", "national_register", False),
        (None, "national_register", False),
    ],
)
def test_a_proof_says_where_it_comes_from_or_nothing(
    origin: str | None, source: str, is_sound: bool
) -> None:
    assert origin is None or origin in ORIGINS
    if is_sound:
        check_origin(origin, source)  # type: ignore[arg-type]  # parametrized
        return
    with pytest.raises(IllegalActError):
        check_origin(origin, source)  # type: ignore[arg-type]  # parametrized
