"""The synthetic register, from a seed: every table, the quotas and the meeting."""

from __future__ import annotations

from datetime import date

import numpy as np

from allocation.model import Meeting, Register, Table
from allocation.rules.loader import load_rulebook
from allocation.rules.rulebook import Rulebook
from scenarios.streams import Streams, streams
from scenarios.synthetic.agreements import (
    demo_meeting,
    draw_presentations,
    quota_rules,
    seats_by_position,
)
from scenarios.synthetic.applications import draw_wishes
from scenarios.synthetic.circumstances import draw_facts
from scenarios.synthetic.households import draw_households
from scenarios.synthetic.incomes import Ceilings, draw_incomes
from scenarios.synthetic.ledger import Ledger, draw_ledger
from scenarios.synthetic.offers import draw_offers
from scenarios.synthetic.people_tables import (
    Candidates,
    application_table,
    choice_table,
    fact_table,
    member_table,
    partner_tables,
)
from scenarios.synthetic.sizes import Sizes, plan_sizes
from scenarios.synthetic.stock import Stock, draw_stock
from scenarios.synthetic.stock_tables import (
    ledger_table,
    offer_table,
    stock_tables,
    vacancy_table,
)
from scenarios.synthetic.vacancies import (
    VACATED,
    Free,
    Vacancies,
    draw_vacancies,
    homes_of_transfers,
)

DEMO_SLSP = "la-sambrienne"
DEMO_MEETING_ON = date(2026, 12, 1)
_CENTS = 100
_RULEBOOK = "wallonia"
_CAT3_TABLE = "quota.cat3_max_share_by_commune"


def synthesise(
    seed: int | str,
    *,
    slsp_id: str = DEMO_SLSP,
    households: int | None = None,
    vacancies: int | None = None,
    on: date = DEMO_MEETING_ON,
) -> Register:
    """
    Invent a register whose margins follow the calibration.

    Parameters
    ----------
    seed
        Any number or text; the same seed and sizes give the same register, byte for byte.
    slsp_id
        A company of the territory, or ``region`` for the sixty of them.
    households, vacancies
        Totals wanted; by default as many as the calibration gives to that stock.
    on
        Date of the meeting.

    Returns
    -------
    Register
        Of kind ``demo``. Names, national numbers, partners and legal bases are invented.

    Raises
    ------
    UnknownCompanyError
        ``synth.unknown_company``.
    SizeError
        ``synth.number_out_of_range``: no register has that many households or vacancies.
    """
    sizes = plan_sizes(slsp_id, on=on, households=households, vacancies=vacancies)
    drawn, rulebook = streams(seed), load_rulebook(_RULEBOOK)
    stock = draw_stock(drawn.under("stock"), sizes.companies)
    free = Free(drawn.under("stock"), stock)
    vacant = draw_vacancies(drawn.under("vacancies"), stock, free, sizes=sizes)
    people = drawn.under("households")
    candidates = _candidates(people, stock, free, sizes=sizes, ceilings=ceilings_of(rulebook, on))
    ledger = draw_ledger(
        drawn.under("ledger"), stock, free, sizes=sizes, seats=seats_by_position(sizes)
    )
    offers = draw_offers(
        drawn.under("offers"), stock, free, sizes=sizes, wishes=candidates.wishes, vacancies=vacant
    )
    return Register.of(
        "demo",
        slsp_id,
        {
            **_people_tables(people, candidates, sizes),
            **stock_tables(drawn.under("stock"), stock, sizes),
            "vacancies": vacancy_table(stock, vacant),
            "allocations_ytd": ledger_table(stock, ledger, sizes),
            "offers": offer_table(candidates, offers, sizes),
        },
        quotas=quota_rules(sizes, capped_communes=_capped_communes(rulebook)),
        meeting=_meeting(str(seed), sizes, ledger=ledger, vacant=vacant),
    )


def _candidates(
    people: Streams, stock: Stock, free: Free, *, sizes: Sizes, ceilings: Ceilings
) -> Candidates:
    """Households, what they earn and ask, and where those who ask a transfer live."""
    company = np.repeat(np.arange(len(sizes.companies)), sizes.applications)
    entities = np.arange(len(company))
    living = draw_households(people, entities, on=sizes.on)
    wishes = draw_wishes(people, entities, households=living, on=sizes.on)
    home, nature = homes_of_transfers(stock, free, wishes=wishes, company=company)
    return Candidates(
        entities=entities,
        company=company,
        households=living,
        incomes=draw_incomes(people, entities, households=living, ceilings=ceilings),
        wishes=wishes,
        home=home,
        nature=nature,
    )


def _meeting(seed: str, sizes: Sizes, *, ledger: Ledger, vacant: Vacancies) -> Meeting:
    return demo_meeting(
        seed,
        sizes=sizes,
        n_decided=len(ledger.dwelling),
        n_vacated=int((ledger.origin == VACATED).sum()),
        vacated_this_month=int((vacant.origin == VACATED).sum()),
    )


def _capped_communes(rulebook: Rulebook) -> tuple[str, ...]:
    """Communes whose ceiling of category 3 is in the rulebook's table."""
    table = rulebook.parameters[_CAT3_TABLE].values[-1].value
    return tuple(table) if isinstance(table, dict) else ()


def ceilings_of(rulebook: Rulebook, on: date) -> Ceilings:
    """Income ceilings of the rulebook on a date, in cents."""
    row = rulebook.ceilings_in_force(on)
    single, several = (
        tuple(amounts[limb] * _CENTS for _, amounts in sorted(row.ceilings.items()))
        for limb in (0, 1)
    )
    return Ceilings(
        single=(single[0], single[1], single[2]),
        several=(several[0], several[1], several[2]),
        per_child=row.per_child * _CENTS,
        single_parent_is_single=rulebook.parameter("single_parent_limb", on).value == "a",
    )


def _people_tables(people: Streams, candidates: Candidates, sizes: Sizes) -> dict[str, Table]:
    facts = draw_facts(
        people,
        candidates.entities,
        households=candidates.households,
        incomes=candidates.incomes,
        wishes=candidates.wishes,
        on=sizes.on,
    )
    presentations = draw_presentations(
        people.under("presentations"), candidates.entities, wishes=candidates.wishes, sizes=sizes
    )
    return {
        "applications": application_table(candidates, sizes),
        "household_members": member_table(people, candidates, sizes),
        "facts": fact_table(candidates, facts),
        "choices": choice_table(people, candidates, sizes),
        **partner_tables(candidates, presentations, sizes),
    }
