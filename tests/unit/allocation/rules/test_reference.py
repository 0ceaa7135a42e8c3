"""The reference page says what the rulebook says today."""

from pathlib import Path

import pytest

from allocation.rules import load_rulebook
from allocation.rules.reference import rules_page, said
from allocation.rules.schema import When

BOOK = load_rulebook("wallonia")
PAGE = Path(__file__).parents[4] / "docs" / "reference" / "rules_wallonia.md"


def test_the_page_is_up_to_date() -> None:
    """To refresh: write `allocation.rules.reference.rules_page(load_rulebook("wallonia"))`."""
    assert PAGE.read_text(encoding="utf-8") == rules_page(BOOK)


def test_every_code_fact_parameter_and_question_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    codes = [*BOOK.lines, *BOOK.facts, *BOOK.proofs, *BOOK.parameters]
    codes += [rule.code for rules in BOOK.rules.values() for rule in rules]
    assert [code for code in codes if f"`{code}`" not in page] == []
    assert [code for code in BOOK.switches if f"| {code} |" not in page] == []


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"fact": "role", "is": "child"}, "`role` = child"),
        ({"fact": "role", "in": ["child", "other"]}, "`role` = child or other"),
        ({"fact": "age", "number": {"less_than": 18}}, "`age` < 18"),
        (
            {"fact": "homeless_since", "held_for_days": {"at_least": 30}},
            "`homeless_since`: days up to `on` ≥ 30",
        ),
        ({"not": {"fact": "disabled", "is": "yes"}}, "not `disabled` = yes"),
        (
            {"any_member": {"all": [{"fact": "disabled", "is": "yes"},
                                    {"fact": "age", "number": {"more_than": 65}}]}},
            "a member: (`disabled` = yes and `age` > 65)",
        ),
    ],
)  # fmt: skip
def test_a_condition_is_said_with_its_bounds(condition, sentence) -> None:
    assert said(When.model_validate(condition)) == sentence
