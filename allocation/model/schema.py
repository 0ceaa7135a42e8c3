"""
The tables of a register, column by column: the one place that says what a register folder holds.

Files, Excel sheets, templates, the columnar snapshot, the reference page and the synthetic
generator all read this list. The order of tables and columns is the order in the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "date", "integer", "cents", "choice", "flag"]

FLAG_CHOICES = ("no", "yes")


@dataclass(frozen=True)
class Column:
    """
    One column: its kind, whether it must be filled, what it may hold.

    ``flag`` is three-valued: ``yes``, ``no``, or empty for unknown. ``cents`` are whole euro
    cents. ``references`` names the table whose key the value must exist in. ``is_personal``
    columns never leave the SLSP and never enter a certificate.
    """

    name: str
    kind: Kind
    doc: str
    is_required: bool = False
    choices: tuple[str, ...] = ()
    references: str = ""
    is_personal: bool = False


@dataclass(frozen=True)
class TableSchema:
    """A table: file stem, key columns (rows are kept sorted by them), columns, meaning."""

    name: str
    key: tuple[str, ...]
    doc: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name; ``KeyError`` when there is none."""
        return next(c for c in self.columns if c.name == name)


def _id(name: str, doc: str, *, required: bool = True, references: str = "") -> Column:
    return Column(name, "id", doc, is_required=required, references=references)


def _on(name: str, doc: str, *, required: bool = False, personal: bool = False) -> Column:
    return Column(name, "date", doc, is_required=required, is_personal=personal)


def _choice(name: str, doc: str, *choices: str, required: bool = False) -> Column:
    return Column(name, "choice", doc, is_required=required, choices=choices)


def _flag(name: str, doc: str) -> Column:
    return Column(name, "flag", doc, choices=FLAG_CHOICES)


def _count(name: str, doc: str, *, required: bool = False) -> Column:
    return Column(name, "integer", doc, is_required=required)


def _cents(name: str, doc: str) -> Column:
    return Column(name, "cents", doc)


def _text(name: str, doc: str, *, required: bool = False, personal: bool = False) -> Column:
    return Column(name, "text", doc, is_required=required, is_personal=personal)


APPLICATIONS = TableSchema(
    "applications",
    ("application_id",),
    "One row per application; the household applies once in Wallonia, at its reference SLSP.",
    (
        _id("application_id", "opaque ASCII identifier, compared bytewise"),
        _id("reference_slsp_id", "company where the single application was filed"),
        _on("registered_on", "first registration, start of seniority", required=True),
        _on("last_confirmed_on", "last yearly confirmation"),
        _count("confirmations", "yearly confirmations made (seniority mode `confirmations`)"),
        _choice(
            "status",
            "where the application stands",
            "admitted",
            "incomplete",
            "struck_off",
            "withdrawn",
            required=True,
        ),
        _on("status_until_on", "end of a strike-off"),
        _choice(
            "list",
            "candidate list, or transfer of a sitting tenant",
            "candidate",
            "transfer",
            required=True,
        ),
        _choice("kind_wanted", "dwelling accepted", "house", "flat", "any", required=True),
        _flag("adapted_wanted", "the household needs an adapted dwelling"),
        _choice(
            "owns_dwelling",
            "full ownership or usufruct of a dwelling (exception = a case the order accepts)",
            "no",
            "yes",
            "exception",
        ),
        _count("dependent_children", "dependent children as established by the clerk (U06)"),
        _count(
            "bedrooms_exception",
            "bedrooms accepted by a recorded exception instead of the computed number",
        ),
        _text("bedrooms_exception_reason", "reason and decision of that exception"),
        _on("appeal_won_on", "decision of the appeal chamber the household won"),
        _choice(
            "transfer_nature",
            "nature of the transfer",
            "under_occupation",
            "over_occupation",
            "medical",
            "convenience",
        ),
        _on("transfer_requested_on", "date of the transfer request"),
        _on("tenant_since_on", "entry into the present dwelling (transfers)"),
        _id("current_dwelling_id", "present dwelling (transfers)", required=False),
    ),
)

HOUSEHOLD_MEMBERS = TableSchema(
    "household_members",
    ("application_id", "member_id"),
    "The persons who will live in the dwelling.",
    (
        _id("application_id", "application", references="applications"),
        _id("member_id", "identifier, unique in the register"),
        _choice(
            "role",
            "place in the household",
            "applicant",
            "partner",
            "child",
            "ascendant",
            "other",
            required=True,
        ),
        _text("family_name", "family name", personal=True),
        _text("given_name", "given name", personal=True),
        _text("national_number", "national or bis number", personal=True),
        _choice("sex", "sex as registered (bedroom rule)", "f", "m", "x"),
        _on("born_on", "date of birth", personal=True),
        _flag("is_married", "married (an unmarried child of 18 to 25 counts half)"),
        _flag("is_pensioner", "receives a pension (a pensioned ascendant counts half)"),
        _choice(
            "lodging",
            "how a child lives here: all the time, shared by judgment, deed or accredited "
            "mediation, or shared by private agreement (does not count)",
            "full",
            "shared_recognised",
            "shared_private",
        ),
        _flag("is_self_employed", "self-employed: a negative income is possible and flagged"),
        _count("income_year", "year of the taxable income"),
        _cents("taxable_income_cents", "globally taxable income of that year"),
        _cents("current_income_cents", "present yearly income (used when it differs by 15 %)"),
        _cents("maintenance_paid_cents", "deductible maintenance paid that year"),
    ),
)

FACTS = TableSchema(
    "facts",
    ("application_id", "member_id", "fact"),
    "Facts that open a rule, each with its evidence; the catalogue of facts is in the rulebook.",
    (
        _id("application_id", "application", references="applications"),
        _id("member_id", "member concerned; empty = the household", required=False),
        _id("fact", "code of the rulebook's catalogue of facts"),
        _text("value", "date, yes/no, integer or code, as the catalogue says; empty = unknown"),
        _id("proof", "kind of proof held, code of the catalogue; empty = none", required=False),
        _on("issued_on", "date of the proof"),
        _text("issuer", "who issued the proof, by function"),
    ),
)

CHOICES = TableSchema(
    "choices",
    ("application_id", "rank"),
    "Communes or sections accepted, ranked; at most five.",
    (
        _id("application_id", "application", references="applications"),
        _count("rank", "1 = first choice", required=True),
        _id("nis5", "commune (REFNIS code)"),
        _id("section_id", "section of that commune; empty = the whole commune", required=False),
    ),
)

SECTIONS = TableSchema(
    "sections",
    ("section_id",),
    "Sections (localities) of communes used in choices and dwellings.",
    (
        _id("section_id", "identifier"),
        _id("nis5", "commune"),
        _text("name", "name of the section", required=True),
    ),
)

DWELLINGS = TableSchema(
    "dwellings",
    ("dwelling_id",),
    "Dwellings managed by the SLSP (at least the vacant and the reserved ones).",
    (
        _id("dwelling_id", "identifier"),
        _id("slsp_id", "managing company"),
        _id("nis5", "commune"),
        _id("section_id", "section", required=False, references="sections"),
        _text("address", "street and number"),
        _choice("kind", "house or flat", "house", "flat", required=True),
        _count("bedrooms", "number of bedrooms", required=True),
        _choice(
            "accessibility",
            "adapted to a disability, adaptable, accessible, or ordinary",
            "ordinary",
            "accessible",
            "adaptable",
            "adapted",
            required=True,
        ),
        _flag("designed_for_over_65", "designed for persons over 65"),
        _count("floor", "floor, 0 = ground floor"),
        _flag("has_lift", "lift to that floor"),
        _cents("rent_cents", "monthly rent asked before the social computation"),
        _choice(
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
        _id("dwelling_id", "dwelling", references="dwellings"),
        _choice(
            "origin",
            "vacated by a tenant (base of the transfer share), newly built, or back from works",
            "vacated",
            "new",
            "renovated",
            required=True,
        ),
        _on("vacated_on", "when the last tenant left"),
        _on("available_on", "when the next tenant can enter", required=True),
        _id(
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
        _id("partner_id", "identifier"),
        _text("name", "name", required=True),
        _choice(
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
        _id("agreement_id", "identifier"),
        _id("partner_id", "partner", references="partners"),
        _choice(
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
            required=True,
        ),
        _on("signed_on", "signature"),
        _on("in_force_from", "start", required=True),
        _on("in_force_to", "end; empty = open"),
        _text("public", "public admitted, in words"),
        _count("seats_per_year", "reserved places on the yearly flow"),
        _count("accompaniment_places", "accompaniment places the partner offers"),
        _count("accompaniment_used", "places in use today"),
        _text("legal_article", "article the seats rest on"),
        _text("authorising_act", "act that authorises them"),
        _choice("basis", "standing of that basis", "recorded", "fictional", "none"),
    ),
)

PRESENTATIONS = TableSchema(
    "presentations",
    ("agreement_id", "application_id"),
    "Candidates presented by a partner under an agreement.",
    (
        _id("agreement_id", "agreement", references="agreements"),
        _id("application_id", "application", references="applications"),
        _on("presented_on", "presentation", required=True),
        _on("household_agreed_on", "the household's own agreement to be presented"),
    ),
)

OFFERS = TableSchema(
    "offers",
    ("offer_id",),
    "Offers made; an open one locks the household and the dwelling.",
    (
        _id("offer_id", "identifier"),
        _id("application_id", "application", references="applications"),
        _id("dwelling_id", "dwelling"),
        _on("made_on", "date of the offer", required=True),
        _choice(
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
        _on("answered_on", "date of the answer"),
    ),
)

ALLOCATIONS_YTD = TableSchema(
    "allocations_ytd",
    ("allocation_id",),
    "The ledger: allocations decided since 1 January.",
    (
        _id("allocation_id", "identifier"),
        _on("decided_on", "date of the committee", required=True),
        _id("dwelling_id", "dwelling", required=False),
        _id("nis5", "commune of the dwelling"),
        _id("application_id", "application; empty once anonymised", required=False),
        _choice("list", "list the household came from", "candidate", "transfer", required=True),
        _choice("income_category", "income category", "1", "2", "3", required=True),
        _choice(
            "channel",
            "the one channel named in the decision",
            "appeal",
            "adapted",
            "over_65",
            "transfer",
            "list",
            "reserve",
            "derogation_urgency",
            "derogation_cohesion",
            "derogation_force_majeure",
            "derogation_project",
            required=True,
        ),
        _id(
            "agreement_id", "agreement whose seat was used", required=False, references="agreements"
        ),
        _choice("origin", "origin of the dwelling", "vacated", "new", "renovated", required=True),
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
