"""From the households drawn to the tables about people: applications, members, facts, choices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocation.model import MISSING_INTEGER, TABLE_BY_NAME, Table
from scenarios.streams import Streams
from scenarios.synthetic.agreements import Presentations, agreement_rows, partner_rows
from scenarios.synthetic.applications import Wishes
from scenarios.synthetic.calibration import figure
from scenarios.synthetic.choices import draw_choices
from scenarios.synthetic.circumstances import pensioners
from scenarios.synthetic.evidence import HOUSEHOLD, FactRows
from scenarios.synthetic.households import (
    APPLICANT,
    FIRST_CHILD,
    N_SLOTS,
    OTHER_ADULT,
    PARTNER,
    Households,
)
from scenarios.synthetic.identity import names, national_numbers
from scenarios.synthetic.incomes import Incomes
from scenarios.synthetic.sizes import Sizes

Int = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
_ROLES = ("applicant", "partner", "child", "ascendant", "other")
_ONE_BEDROOM_REASON = "Chambre unique demandée par le ménage, décision n° 0 (exemple fictif)"


@dataclass(frozen=True, eq=False)
class Candidates:
    """
    Everything drawn about the households.

    Shapes
    ------
    entities, company, home, nature : (n,)
    """

    entities: Int
    company: Int
    households: Households
    incomes: Incomes
    wishes: Wishes
    home: Int
    nature: Int

    @property
    def application_ids(self) -> Texts:
        """Identifiers, ``A000001`` on; they follow the draw, not the order of registration."""
        return identifiers("A", self.entities)


def identifiers(prefix: str, positions: Int) -> Texts:
    """``A000001`` for position 0, and so on."""
    found = np.empty(len(positions), dtype=object)
    found[:] = [f"{prefix}{position + 1:06d}" for position in positions.tolist()]
    return found


def application_table(candidates: Candidates, sizes: Sizes) -> Table:
    """Table ``applications``."""
    wishes, incomes = candidates.wishes, candidates.incomes
    company_ids = np.array([c.slsp_id for c in sizes.companies], dtype=object)
    housed = candidates.home >= 0
    home = np.full(len(housed), "", dtype=object)
    home[housed] = identifiers("D", candidates.home[housed])
    one_bedroom = wishes.bedrooms_exception
    return Table.from_columns(
        TABLE_BY_NAME["applications"],
        {
            "application_id": candidates.application_ids,
            "reference_slsp_id": company_ids[candidates.company],
            "registered_on": wishes.registered_on,
            "last_confirmed_on": wishes.last_confirmed_on,
            "confirmations": wishes.confirmations,
            "status": wishes.status,
            "status_until_on": wishes.status_until_on,
            "list": wishes.is_transfer.astype(np.int64),
            "kind_wanted": wishes.kind_wanted,
            "adapted_wanted": wishes.needs_adapted.astype(np.int64),
            "owns_dwelling": wishes.owns,
            "dependent_children": incomes.n_dependent,
            "bedrooms_exception": np.where(one_bedroom, 1, MISSING_INTEGER),
            "bedrooms_exception_reason": np.where(one_bedroom, _ONE_BEDROOM_REASON, ""),
            "appeal_won_on": wishes.appeal_won_on,
            "transfer_nature": candidates.nature,
            "transfer_requested_on": wishes.requested_on,
            "tenant_since_on": wishes.tenant_since_on,
            "current_dwelling_id": home,
        },
    )


def member_table(streams: Streams, candidates: Candidates, sizes: Sizes) -> Table:
    """Table ``household_members``, one row per person."""
    households, incomes = candidates.households, candidates.incomes
    present = households.present
    owner, place = np.nonzero(present)
    family, given = names(streams, candidates.entities, households=households)
    pension = pensioners(streams, candidates.entities, households=households)
    is_couple = np.isin(place, (APPLICANT, PARTNER))
    reference_year = sizes.on.year - figure("generator.incomes.reference_years_before")
    taxable = incomes.taxable[present]
    return Table.from_columns(
        TABLE_BY_NAME["household_members"],
        {
            "application_id": candidates.application_ids[owner],
            "member_id": member_ids(candidates.application_ids, owner, place),
            "role": roles_of(households)[present],
            "family_name": family[present],
            "given_name": given[present],
            "national_number": national_numbers(households)[present],
            "sex": households.sex[present],
            "born_on": households.born_on[present],
            "is_married": households.is_married[owner] & is_couple,
            "is_pensioner": pension[present],
            "lodging": np.where(place >= FIRST_CHILD, households.lodging[present], -1),
            "is_self_employed": incomes.is_self_employed[present],
            "income_year": np.where(taxable == MISSING_INTEGER, MISSING_INTEGER, reference_year),
            "taxable_income_cents": taxable,
            "current_income_cents": incomes.current[present],
            "maintenance_paid_cents": incomes.maintenance[present],
        },
    )


def member_ids(application_ids: Texts, owner: Int, place: Int) -> Texts:
    """``A000001-1`` for the applicant of the first application."""
    found = np.empty(len(owner), dtype=object)
    found[:] = [
        f"{application_ids[who]}-{where + 1}"
        for who, where in zip(owner.tolist(), place.tolist(), strict=True)
    ]
    return found


def roles_of(households: Households) -> Int:
    """Role of each place, position in the register's choices, (n, 9)."""
    roles = np.full((len(households), N_SLOTS), _ROLES.index("child"))
    roles[:, APPLICANT], roles[:, PARTNER] = _ROLES.index("applicant"), _ROLES.index("partner")
    roles[:, OTHER_ADULT] = np.where(
        households.is_ascendant, _ROLES.index("ascendant"), _ROLES.index("other")
    )
    return roles


def fact_table(candidates: Candidates, facts: FactRows) -> Table:
    """Table ``facts``."""
    of_member = facts.place != HOUSEHOLD
    member = np.full(len(facts.owner), "", dtype=object)
    member[of_member] = member_ids(
        candidates.application_ids, facts.owner[of_member], facts.place[of_member]
    )
    return Table.from_columns(
        TABLE_BY_NAME["facts"],
        {
            "application_id": candidates.application_ids[facts.owner],
            "member_id": member,
            "fact": facts.fact,
            "value": facts.value,
            "proof": facts.proof,
            "issued_on": facts.issued_on,
            "issuer": facts.issuer,
        },
    )


def choice_table(streams: Streams, candidates: Candidates, sizes: Sizes) -> Table:
    """Table ``choices``, company by company."""
    parts = []
    for idx, company in enumerate(sizes.companies):
        rows = np.flatnonzero(candidates.company == idx)
        if len(rows):
            owner, *rest = draw_choices(streams, candidates.entities[rows], company=company)
            parts.append((rows[owner], *rest))
    owner, rank, nis5, section_id = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Table.from_columns(
        TABLE_BY_NAME["choices"],
        {
            "application_id": candidates.application_ids[owner],
            "rank": rank,
            "nis5": nis5,
            "section_id": section_id,
        },
    )


def partner_tables(
    candidates: Candidates, presentations: Presentations, sizes: Sizes
) -> dict[str, Table]:
    """Tables ``partners``, ``agreements`` and ``presentations``."""
    agreements = agreement_rows(sizes)
    ids = np.array([row["agreement_id"] for row in agreements], dtype=object)
    return {
        "partners": Table.of(TABLE_BY_NAME["partners"], partner_rows()),
        "agreements": Table.of(TABLE_BY_NAME["agreements"], agreements),
        "presentations": Table.from_columns(
            TABLE_BY_NAME["presentations"],
            {
                "agreement_id": ids[presentations.agreement],
                "application_id": candidates.application_ids[presentations.household],
                "presented_on": presentations.presented_on,
                "household_agreed_on": presentations.agreed_on,
            },
        ),
    }
