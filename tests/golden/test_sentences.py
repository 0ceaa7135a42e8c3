"""
Every sentence about the hand-made meeting, in four languages, word for word.

``PASSERELLE_ACCEPT=1 pytest tests/golden/test_sentences.py`` writes what is said now; read the
difference before committing it.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from allocation.documents.rule_texts import SENIORITY, RulebookTexts
from allocation.rules import load_rulebook
from allocation.wording import LANGUAGES, catalogue
from allocation.wording.reasons import PointsLine, Reasons
from tests.proposals import MEETING_ON, a_proposal, a_register

FOLDER = Path(__file__).parent


def sentences(lang: str) -> str:
    proposal, register = a_proposal(), a_register()
    said = Reasons(
        proposal,
        catalogue(lang),
        quota_rules=register.quotas,
        agreements={"G1": "Relais fictif"},
    )
    rules = RulebookTexts(load_rulebook("wallonia"))
    lines = [
        PointsLine("housing", "H_HOMELESS", 5),
        PointsLine("personal", "P_DOMESTIC_VIOLENCE", 5),
        PointsLine("seniority", SENIORITY, 1),
        PointsLine("housing", "", 0),
        PointsLine("personal", "", 0),
    ]
    told = said.points(lines, rules, on=MEETING_ON)
    # The line on violence had another condition, and another source, before April 2024.
    told += said.points(lines[1:2], rules, on=date(2024, 3, 31))
    for dwelling in proposal.dwellings:
        if dwelling.application_id:
            told += [said.channel(dwelling), said.standing(dwelling.application_id)]
            told += [said.critical(dwelling)] if dwelling.critical_for else []
        else:
            told.append(said.empty(dwelling))
        told += [said.next_in_line(n) for n in dwelling.next]
    told += [said.quota_state(q) for q in proposal.quotas]
    told += [said.unserved(u) for u in proposal.unserved]
    told += [said.not_ranked(n, rules) for n in proposal.not_ranked]
    told += [said.caveat(c, rules) for c in proposal.warnings]
    return "\n".join(told) + "\n"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_are_those_accepted(lang: str) -> None:
    path = FOLDER / f"sentences.{lang}.txt"
    said = sentences(lang)
    if os.environ.get("PASSERELLE_ACCEPT") == "1":
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


def test_outside_the_company_a_household_has_its_pseudonym() -> None:
    proposal = a_proposal()
    said = Reasons(proposal, catalogue("fr"), name_household=lambda _: "P-7f3a")
    told = [said.unserved(u) for u in proposal.unserved if u.must_outrank]
    assert told
    assert all("P-7f3a" in sentence and "A02" not in sentence for sentence in told)
