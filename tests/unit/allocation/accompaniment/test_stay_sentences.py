"""A refusal says the rule, its source and mark, and what would make the act possible."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from allocation import accompaniment
from allocation.accompaniment import Asked, Stay, StayRefusedError, load_stay_rules, take
from allocation.cli.console import problem_sentence
from allocation.wording import LANGUAGES, catalogue

ROOM = Path(accompaniment.__file__).parent
OTHERS = {"procedure.illegal_act", "rule.no_value_in_force", "rule.bad_value"}


def codes() -> set[str]:
    """Every code of a refusal written in the room of accompaniment."""
    found = set()
    for path in ROOM.glob("stay*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and str(node.value).startswith("stay."):
                found.add(str(node.value))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_its_sentence(language: str) -> None:
    words = catalogue(language)
    assert len(codes()) > 30
    assert not [code for code in codes() if code not in words]


def test_a_refusal_names_the_rule_its_source_its_mark_and_the_way_out() -> None:
    asked = Asked(
        "enter_insertion", date(2026, 1, 15), until_on=date(2029, 1, 16), signed_on=date(2026, 1, 9)
    )
    with pytest.raises(StayRefusedError) as refused:
        take(Stay(income_category=1), asked, load_stay_rules())
    (problem,) = refused.value.problems
    assert problem_sentence(problem, catalogue("fr")) == (
        "La date demandée (16 janvier 2029) dépasse la plus longue durée permise, qui s'arrête le "
        "15 janvier 2029. Choisissez ce jour ou un jour antérieur. Règle : Code wallon de "
        "l'habitation durable, art. 1, 7° (page d'une société ou d'une association)."
    )
