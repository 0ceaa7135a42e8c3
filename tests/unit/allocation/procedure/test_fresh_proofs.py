"""What is asked to be proved again, and when it is missing."""

from __future__ import annotations

from datetime import date

import pytest

from allocation.procedure import IllegalActError, check_fresh_proof_act, facts_to_prove
from allocation.rules import evaluate, load_rulebook
from tests.builders import a_register, some_rows

BOOK, ON = load_rulebook("wallonia"), date(2026, 6, 30)
DUE = date(2026, 6, 25)


def asked(*facts: dict[str, str]) -> tuple[str, ...]:
    rows = [{"application_id": "A1", "proof": "cpas_certificate"} | f for f in facts]
    register = a_register(tables={"facts": [*some_rows()["facts"], *rows]})
    return facts_to_prove(evaluate(BOOK, register.application("A1"), ON))


def test_only_facts_of_the_lines_that_count_are_to_be_proved() -> None:
    assert asked() == ()  # homeless since after the registration: no line counts
    assert asked({"fact": "calamity_recognised", "value": "yes"}) == ("calamity_recognised",)


def test_a_proof_is_missing_from_the_day_after_its_last() -> None:
    with pytest.raises(IllegalActError) as early:
        check_fresh_proof_act("note_missing", DUE, due_on=DUE)
    assert early.value.code == "procedure.too_early"
    check_fresh_proof_act("note_missing", date(2026, 6, 26), due_on=DUE)
    check_fresh_proof_act("record_receipt", DUE, due_on=DUE)
