"""From the stock drawn to the tables about dwellings: stock, vacancies, ledger, offers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from allocation.model import TABLE_BY_NAME, Table
from allocation.territory import sections
from scenarios.streams import Streams
from scenarios.synthetic.agreements import templates
from scenarios.synthetic.calibration import figure
from scenarios.synthetic.identity import invented_streets
from scenarios.synthetic.ledger import Ledger
from scenarios.synthetic.offers import Offers
from scenarios.synthetic.people_tables import Candidates, identifiers
from scenarios.synthetic.sizes import Sizes
from scenarios.synthetic.stock import PARTNER_LEASE, Stock
from scenarios.synthetic.vacancies import Vacancies, ordinary_vacancies


def stock_tables(streams: Streams, stock: Stock, sizes: Sizes) -> dict[str, Table]:
    """Tables ``dwellings`` and ``sections``."""
    positions = np.arange(len(stock))
    company_ids = np.array([c.slsp_id for c in sizes.companies], dtype=object)
    served = {nis5 for company in sizes.companies for nis5 in company.communes}
    dwellings = Table.from_columns(
        TABLE_BY_NAME["dwellings"],
        {
            "dwelling_id": identifiers("D", positions),
            "slsp_id": company_ids[stock.company],
            "nis5": stock.nis5,
            "section_id": stock.section_id,
            "address": invented_streets(streams, positions),
            "kind": stock.kind,
            "bedrooms": stock.bedrooms,
            "accessibility": stock.accessibility,
            "designed_for_over_65": stock.designed_for_over_65.astype(np.int64),
            "floor": stock.floor,
            "has_lift": stock.has_lift.astype(np.int64),
            "rent_cents": stock.rent_cents,
            "regime": stock.regime,
        },
    )
    named = [
        {"section_id": s.section_id, "nis5": s.nis5, "name": s.name}
        for s in sections().values()
        if s.nis5 in served
    ]
    return {"dwellings": dwellings, "sections": Table.of(TABLE_BY_NAME["sections"], named)}


def vacancy_table(stock: Stock, vacancies: Vacancies) -> Table:
    """Table ``vacancies``; the smallest are named by an agreement, others let to its partner."""
    held = np.full(len(vacancies.dwelling), "", dtype=object)
    regime = stock.regime[vacancies.dwelling]
    ordinary = ordinary_vacancies(stock, vacancies)
    for template in templates()["agreements"]:
        if "named_vacancies" in template and len(ordinary) > template["named_vacancies"]:
            held[ordinary[: template["named_vacancies"]]] = template["agreement_id"]
        if template.get("holds_regime") == "partner_lease":
            held[regime == PARTNER_LEASE] = template["agreement_id"]
    return Table.from_columns(
        TABLE_BY_NAME["vacancies"],
        {
            "dwelling_id": identifiers("D", vacancies.dwelling),
            "origin": vacancies.origin,
            "vacated_on": vacancies.vacated_on,
            "available_on": vacancies.available_on,
            "agreement_id": held,
        },
    )


def ledger_table(stock: Stock, ledger: Ledger, sizes: Sizes) -> Table:
    """Table ``allocations_ytd``; households housed left the register, the oldest are anonymous."""
    schema = TABLE_BY_NAME["allocations_ytd"]
    n = len(ledger.dwelling)
    month = ledger.decided_on.astype("datetime64[M]").astype(np.int64) % 12 + 1
    gone = identifiers("G", np.arange(n))
    gone[month <= figure("generator.ledger.anonymised_up_to_month")] = ""
    channels = {code: idx for idx, code in enumerate(schema.column("channel").choices)}
    ids = np.array([t["agreement_id"] for t in templates()["agreements"]] + [""], dtype=object)
    return Table.from_columns(
        schema,
        {
            "allocation_id": identifiers(f"L{sizes.on.year}-", np.arange(n)),
            "decided_on": ledger.decided_on,
            "dwelling_id": identifiers("D", ledger.dwelling),
            "nis5": stock.nis5[ledger.dwelling],
            "application_id": gone,
            "list": ledger.is_transfer.astype(np.int64),
            "income_category": ledger.income_category - 1,
            "channel": np.array([channels[code] for code in ledger.channel], dtype=np.int64),
            "agreement_id": ids[ledger.agreement],
            "origin": ledger.origin,
        },
    )


def offer_table(candidates: Candidates, offers: Offers, sizes: Sizes) -> Table:
    """Table ``offers``."""
    schema = TABLE_BY_NAME["offers"]
    answers: Mapping[str, int] = {
        code: idx for idx, code in enumerate(schema.column("answer").choices)
    }
    return Table.from_columns(
        schema,
        {
            "offer_id": identifiers(f"O{sizes.on.year}-", np.arange(len(offers.household))),
            "application_id": candidates.application_ids[offers.household],
            "dwelling_id": identifiers("D", offers.dwelling),
            "made_on": offers.made_on,
            "answer": np.array([answers[code] for code in offers.answer], dtype=np.int64),
            "answered_on": offers.answered_on,
        },
    )
