"""
The tables of a register, column by column: the one place that says what a register folder holds.

Files, Excel sheets, templates, the columnar snapshot, the reference page and the synthetic
generator all read this list. The order of tables and columns is the order in the files.
"""

from __future__ import annotations

from allocation.model.column import (
    FLAG_CHOICES,
    Column,
    TableSchema,
    cents,
    choice,
    count,
    day,
    flag,
    identifier,
    text,
)

APPLICATIONS = TableSchema(
    "applications",
    ("application_id",),
    "One row per application; the household applies once in Wallonia, at its reference SLSP.",
    (
        identifier("application_id", "opaque ASCII identifier, compared bytewise"),
        identifier("reference_slsp_id", "company where the single application was filed"),
        day("registered_on", "first registration, start of seniority", required=True),
        day("last_confirmed_on", "last yearly confirmation"),
        count("confirmations", "yearly confirmations made (seniority mode `confirmations`)"),
        choice(
            "status",
            "where the application stands",
            "admitted",
            "incomplete",
            "struck_off",
            "withdrawn",
            required=True,
        ),
        day("status_until_on", "end of a strike-off"),
        choice(
            "list",
            "candidate list, or transfer of a sitting tenant",
            "candidate",
            "transfer",
            required=True,
        ),
        choice("kind_wanted", "dwelling accepted", "house", "flat", "any", required=True),
        flag("adapted_wanted", "the household needs an adapted dwelling"),
        choice(
            "owns_dwelling",
            "full ownership or usufruct of a dwelling (exception = a case the order accepts)",
            "no",
            "yes",
            "exception",
        ),
        count("dependent_children", "dependent children as established by the clerk (U06)"),
        count(
            "bedrooms_exception",
            "bedrooms accepted by a recorded exception instead of the computed number",
        ),
        text("bedrooms_exception_reason", "reason and decision of that exception"),
        day("appeal_won_on", "decision of the appeal chamber the household won"),
        choice(
            "transfer_nature",
            "nature of the transfer",
            "under_occupation",
            "over_occupation",
            "medical",
            "convenience",
        ),
        day("transfer_requested_on", "date of the transfer request"),
        day("tenant_since_on", "entry into the present dwelling (transfers)"),
        identifier("current_dwelling_id", "present dwelling (transfers)", required=False),
    ),
)

HOUSEHOLD_MEMBERS = TableSchema(
    "household_members",
    ("application_id", "member_id"),
    "The persons who will live in the dwelling.",
    (
        identifier("application_id", "application", references="applications"),
        identifier("member_id", "identifier, unique in the register"),
        choice(
            "role",
            "place in the household",
            "applicant",
            "partner",
            "child",
            "ascendant",
            "other",
            required=True,
        ),
        text("family_name", "family name", personal=True),
        text("given_name", "given name", personal=True),
        text("national_number", "national or bis number", personal=True),
        choice("sex", "sex as registered (bedroom rule)", "f", "m", "x"),
        day("born_on", "date of birth", personal=True),
        flag("is_married", "married (the income of an unmarried young adult child counts half)"),
        flag("is_pensioner", "receives a pension (a pensioned ascendant counts half)"),
        choice(
            "lodging",
            "how a child lives here: all the time, shared by judgment, deed or accredited "
            "mediation, or shared by private agreement (does not count)",
            "full",
            "shared_recognised",
            "shared_private",
        ),
        flag("is_self_employed", "self-employed: a negative income is possible and flagged"),
        count("income_year", "year of the taxable income"),
        cents("taxable_income_cents", "globally taxable income of that year"),
        cents(
            "current_income_cents", "present yearly income (used instead when it differs enough)"
        ),
        cents("maintenance_paid_cents", "deductible maintenance paid that year"),
    ),
)

FACTS = TableSchema(
    "facts",
    ("application_id", "member_id", "fact"),
    "Facts that open a rule, each with its evidence; the catalogue of facts is in the rulebook.",
    (
        identifier("application_id", "application", references="applications"),
        identifier("member_id", "member concerned; empty = the household", required=False),
        identifier("fact", "code of the rulebook's catalogue of facts"),
        text("value", "date, yes/no, integer or code, as the catalogue says; empty = unknown"),
        identifier(
            "proof", "kind of proof held, code of the catalogue; empty = none", required=False
        ),
        day("issued_on", "date of the proof"),
        text("issuer", "who issued the proof, by function"),
    ),
)

CHOICES = TableSchema(
    "choices",
    ("application_id", "rank"),
    "Communes or sections accepted, ranked; at most five.",
    (
        identifier("application_id", "application", references="applications"),
        count("rank", "1 = first choice", required=True),
        identifier("nis5", "commune (REFNIS code)"),
        identifier(
            "section_id", "section of that commune; empty = the whole commune", required=False
        ),
    ),
)

SECTIONS = TableSchema(
    "sections",
    ("section_id",),
    "Sections (localities) of communes used in choices and dwellings.",
    (
        identifier("section_id", "identifier"),
        identifier("nis5", "commune"),
        text("name", "name of the section", required=True),
    ),
)

DWELLINGS = TableSchema(
    "dwellings",
    ("dwelling_id",),
    "Dwellings managed by the SLSP (at least the vacant and the reserved ones).",
    (
        identifier("dwelling_id", "identifier"),
        identifier("slsp_id", "managing company"),
        identifier("nis5", "commune"),
        identifier("section_id", "section", required=False, references="sections"),
        text("address", "street and number"),
        choice("kind", "house or flat", "house", "flat", required=True),
        count("bedrooms", "number of bedrooms", required=True),
        choice(
            "accessibility",
            "adapted to a disability, adaptable, accessible, or ordinary",
            "ordinary",
            "accessible",
            "adaptable",
            "adapted",
            required=True,
        ),
        flag("designed_for_over_65", "designed for persons over 65"),
        count("floor", "floor, 0 = ground floor"),
        flag("has_lift", "lift to that floor"),
        cents("rent_cents", "monthly rent asked before the social computation"),
        choice(
            "regime",
            "regime of the dwelling; only `social` dwellings follow the points list",
            "social",
            "balance_rent",
            "transit",
            "insertion",
            "partner_lease",
            required=True,
        ),
    ),
)

VACANCIES = TableSchema(
    "vacancies",
    ("dwelling_id",),
    "Dwellings to let at the next meeting.",
    (
        identifier("dwelling_id", "dwelling", references="dwellings"),
        choice(
            "origin",
            "vacated by a tenant (base of the transfer share), newly built, or back from works",
            "vacated",
            "new",
            "renovated",
            required=True,
        ),
        day("vacated_on", "when the last tenant left"),
        day("available_on", "when the next tenant can enter", required=True),
        identifier(
            "agreement_id",
            "agreement that names this dwelling",
            required=False,
            references="agreements",
        ),
    ),
)

PARTNERS = TableSchema(
    "partners",
    ("partner_id",),
    "Associations, agencies and welfare centres.",
    (
        identifier("partner_id", "identifier"),
        text("name", "name", required=True),
        choice(
            "kind",
            "kind of body",
            "apl",
            "ais",
            "cpas",
            "relais_social",
            "housing_first",
            "shelter",
            "rdq",
            "commune",
            "other",
            required=True,
        ),
    ),
)

AGREEMENTS = TableSchema(
    "agreements",
    ("agreement_id",),
    "Agreements with partners; a seat on the flow needs a recorded legal basis.",
    (
        identifier("agreement_id", "identifier"),
        identifier("partner_id", "partner", references="partners"),
        choice(
            "kind",
            "type of agreement",
            "reserved_allocation",
            "sliding_lease",
            "partner_lease",
            "housing_first",
            "transit",
            "accompaniment_subcontract",
            "collective_partnership",
            "ais_management",
            "derogation",
            "network_charter",
            required=True,
        ),
        day("signed_on", "signature"),
        day("in_force_from", "start", required=True),
        day("in_force_to", "end; empty = open"),
        text("public", "public admitted, in words"),
        count("seats_per_year", "reserved places on the yearly flow"),
        count("accompaniment_places", "accompaniment places the partner offers"),
        count("accompaniment_used", "places in use today"),
        text("legal_article", "article the seats rest on"),
        text("authorising_act", "act that authorises them"),
        choice("basis", "standing of that basis", "recorded", "fictional", "none"),
    ),
)

PRESENTATIONS = TableSchema(
    "presentations",
    ("agreement_id", "application_id"),
    "Candidates presented by a partner under an agreement.",
    (
        identifier("agreement_id", "agreement", references="agreements"),
        identifier("application_id", "application", references="applications"),
        day("presented_on", "presentation", required=True),
        day("household_agreed_on", "the household's own agreement to be presented"),
    ),
)

OFFERS = TableSchema(
    "offers",
    ("offer_id",),
    "Offers made; an open one locks the household and the dwelling.",
    (
        identifier("offer_id", "identifier"),
        identifier("application_id", "application", references="applications"),
        identifier("dwelling_id", "dwelling"),
        day("made_on", "date of the offer", required=True),
        choice(
            "answer",
            "answer",
            "open",
            "accepted",
            "refused",
            "refused_justified",
            "silence",
            "withdrawn",
            required=True,
        ),
        day("answered_on", "date of the answer"),
    ),
)

ALLOCATIONS_YTD = TableSchema(
    "allocations_ytd",
    ("allocation_id",),
    "The ledger: allocations decided since 1 January.",
    (
        identifier("allocation_id", "identifier"),
        day("decided_on", "date of the committee", required=True),
        identifier("dwelling_id", "dwelling", required=False),
        identifier("nis5", "commune of the dwelling"),
        identifier("application_id", "application; empty once anonymised", required=False),
        choice("list", "list the household came from", "candidate", "transfer", required=True),
        choice("income_category", "income category", "1", "2", "3", required=True),
        choice(
            "channel",
            "the one channel named in the decision",
            "appeal",
            "adapted",
            "over_65",
            "transfer",
            "list",
            "reserve",
            "agreement",
            "derogation_urgency",
            "derogation_cohesion",
            "derogation_force_majeure",
            "derogation_project",
            required=True,
        ),
        identifier(
            "agreement_id", "agreement whose seat was used", required=False, references="agreements"
        ),
        choice("origin", "origin of the dwelling", "vacated", "new", "renovated", required=True),
        day("undone_on", "day it was undone; from then on it counts nowhere, its row stays"),
        choice("undone_for", "why it was undone", "refused", "silence", "withdrawn", "annulled"),
    ),
)

TABLES: tuple[TableSchema, ...] = (
    APPLICATIONS,
    HOUSEHOLD_MEMBERS,
    FACTS,
    CHOICES,
    SECTIONS,
    DWELLINGS,
    VACANCIES,
    PARTNERS,
    AGREEMENTS,
    PRESENTATIONS,
    OFFERS,
    ALLOCATIONS_YTD,
)

TABLE_BY_NAME = {t.name: t for t in TABLES}

__all__ = ["FLAG_CHOICES", "TABLES", "TABLE_BY_NAME", "Column", "TableSchema"]
