"""
Contracts of a stay, ready to complete and sign.

A contract is a draft for people: what no text settles is left blank, and every length it prints
comes with its source and mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from allocation.accompaniment import StayRules
from allocation.documents.page import render
from allocation.documents.pdf import as_pdf
from allocation.wording import catalogue
from allocation.wording.citations import citation

# Contract -> status it opens, clauses it has, rules it prints.
STATUS_OF: Mapping[str, str] = {
    "precarious_occupancy": "transit",
    "insertion_lease": "insertion",
    "main_lease": "sliding_lease",
    "sub_lease": "sliding_lease",
    "slide": "standard_lease",
    "standard_lease": "standard_lease",
}
CLAUSES: Mapping[str, tuple[str, ...]] = {
    "precarious_occupancy": ("temporary", "indemnity", "support", "end", "exit"),
    "insertion_lease": ("rent", "support", "end", "exit"),
    "main_lease": ("rent", "subtenant", "liability", "guarantee", "slide"),
    "sub_lease": ("rent", "liability", "objectives", "review", "slide", "support", "end"),
    "slide": ("established", "objectives", "guarantee_transfer", "inventory", "term"),
    "standard_lease": ("rent", "guarantee", "term"),
}
RULES_OF: Mapping[str, tuple[str, ...]] = {
    "precarious_occupancy": ("transit.months", "transit.renewals", "transit.renewal_months"),
    "insertion_lease": ("insertion.months",),
    "main_lease": ("sliding_lease.term_months", "sliding_lease.most_months"),
    "sub_lease": (
        "sliding_lease.term_months",
        "sliding_lease.most_months",
        "sliding_lease.review_months",
        "sliding_lease.slides_at_anniversary",
    ),
    "slide": ("standard_lease.months", "sliding_lease.slides_at_anniversary"),
    "standard_lease": ("standard_lease.months",),
}
WITHOUT_OPERATOR = ("slide", "standard_lease")


@dataclass(frozen=True)
class Contract:
    """
    What a contract prints. An empty text is left blank, to be completed by hand.

    ``objectives``: in the household's words; ``None`` where the reader may not see them.
    """

    name: str
    company: str
    operator: str
    household: tuple[str, ...]
    dwelling_id: str
    dwelling: str
    from_on: date
    until_on: date
    signed_on: date | None
    objectives: tuple[str, ...] | None
    is_demo: bool


def contract_html(contract: Contract, rules: StayRules, lang: str) -> str:
    """The contract as the page the PDF is made from."""
    words = catalogue(lang)
    parties = ["company", "household"]
    if contract.operator and contract.name not in WITHOUT_OPERATOR:
        parties.insert(1, "operator")
    if contract.name == "main_lease":
        parties.remove("household")
    printed = []
    for key in RULES_OF[contract.name]:
        rule = rules.rule(key, contract.from_on)
        value = words.text("contract.yes") if rule.value is True else str(rule.value)
        source = citation(rule.source.act, rule.source.article, words)
        label = getattr(rules.book.parameters[key].label, lang)
        printed.append((label, value, source, words.text(f"reasons.mark.{rule.mark}")))
    return render(
        "contract.html.j2",
        lang=lang,
        stylesheet="minutes.css",
        contract=contract,
        parties=parties,
        clauses=CLAUSES[contract.name],
        rules=printed,
        language=lang,
        date=words.date,
    )


def contract_pdf(contract: Contract, rules: StayRules, lang: str) -> bytes:
    """The contract as a tagged PDF (PDF/UA-1) that holds no time of making."""
    return as_pdf(contract_html(contract, rules, lang))
