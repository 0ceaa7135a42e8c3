"""An application as it is written: the file, its household, its facts, its choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from api.register_rows import row_entry
from api.schemas import Entry, View

if TYPE_CHECKING:  # made from the tables when the program runs
    from api.schemas import Entry as ApplicationRow
    from api.schemas import Entry as ChoiceRow
    from api.schemas import Entry as FactRow
    from api.schemas import Entry as MemberRow
else:
    # What procedures write (confirmations, ends of strike-offs, appeals) is theirs alone.
    ApplicationRow = row_entry(
        "ApplicationRow",
        "applications",
        without=(
            "application_id", "reference_slsp_id", "last_confirmed_on", "confirmations",
            "status_until_on", "appeal_won_on",
        ),
    )  # fmt: skip
    MemberRow = row_entry("MemberRow", "household_members", without=("application_id",))
    FactRow = row_entry("FactRow", "facts", without=("application_id",))
    ChoiceRow = row_entry("ChoiceRow", "choices", without=("application_id",))

EXAMPLE = {
    "application": {
        "registered_on": "2026-06-01",
        "status": "incomplete",
        "list": "candidate",
        "kind_wanted": "any",
        "owns_dwelling": "no",
    },
    "members": [
        {
            "member_id": "p-1",
            "role": "applicant",
            "family_name": "Exemple",
            "given_name": "Ada",
            "born_on": "1990-04-02",
            "income_year": 2024,
            "taxable_income_cents": 1_900_000,
        }
    ],
    "facts": [
        {
            "fact": "homeless_since",
            "value": "2026-04-15",
            "proof": "cpas_certificate",
            "issued_on": "2026-05-20",
            "issuer": "CPAS",
        }
    ],
    "choices": [{"rank": 1, "nis5": "52011"}],
}


class ApplicationRecord(Entry):
    """The whole file: what is left out is taken away."""

    application: ApplicationRow = Field(examples=[EXAMPLE["application"]])
    members: list[MemberRow] = Field(max_length=40, examples=[EXAMPLE["members"]])
    facts: list[FactRow] = Field(max_length=400, examples=[EXAMPLE["facts"]])
    choices: list[ChoiceRow] = Field(max_length=40, examples=[EXAMPLE["choices"]])


class WarningView(View):
    """Something to look at that does not stop the act."""

    path: str
    code: str
    sentence: str


class RecordView(View):
    """A file as it is written."""

    application_id: str
    row_version: int = Field(description="To be sent back with a change of it.")
    record: ApplicationRecord
    warnings: tuple[WarningView, ...] = ()
