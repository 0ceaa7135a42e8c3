"""Every problem a register can have is found, and said to be where it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from allocation.errors import ProblemsError
from allocation.exchange import examine, write_folder
from allocation.exchange.checks import evidence
from allocation.exchange.severity import severities, severity
from allocation.wording import LANGUAGES, catalogue
from tests.builders import a_register
from tests.unit.allocation.exchange.damage import (
    Damage,
    both,
    cell,
    gone,
    more,
    raw,
    text,
    without,
)

APPLICATIONS, MEMBERS = "applications.csv", "household_members.csv"
CHOICES, FACTS = "choices.csv", "facts.csv"
Case = tuple[str, Damage, str, int, str]

FILES: list[Case] = [
    ("file_missing", gone(APPLICATIONS), APPLICATIONS, 0, ""),
    ("file_missing", gone("register.yaml"), "register.yaml", 0, ""),
    ("quotas_missing", gone("quotas.yaml"), "quotas.yaml", 0, ""),
    ("not_utf8", raw(CHOICES, b"application_id,rank\nA1,1\n\xe9,2\n"), CHOICES, 3, ""),
    ("not_utf8", raw("meeting.yaml", b"slsp_id: \xe9"), "meeting.yaml", 0, ""),
    ("unreadable", raw(CHOICES, b'application_id,rank\n"A1"x,1\n'), CHOICES, 0, ""),
    ("unreadable", raw("quotas.yaml", b"a: 1\nb: [2"), "quotas.yaml", 2, ""),
    ("empty_file", raw("sections.csv", b""), "sections.csv", 1, ""),
    ("row_length", text(CHOICES, "A2,1,52011,", "A2,1,52011,,x"), CHOICES, 4, ""),
    ("row_length", text(CHOICES, "A2,1,52011,", "A2,1"), CHOICES, 4, ""),
    ("unknown_column", text(CHOICES, "section_id", "section"), CHOICES, 1, "section"),
    ("missing_column", text(CHOICES, "rank", "nis5"), CHOICES, 1, "rank"),
    ("duplicate_column", text(CHOICES, "rank", "nis5"), CHOICES, 1, "nis5"),
    ("unknown_file", raw("notes.txt", b""), "notes.txt", 0, ""),
]

CELLS: list[Case] = [
    ("required_empty", cell("sections", 2, name=" "), "sections.csv", 2, "name"),
    ("not_a_date", cell("offers", 2, made_on="02/03/2026"), "offers.csv", 2, "made_on"),
    ("not_a_date", cell("offers", 2, made_on="20260302"), "offers.csv", 2, "made_on"),
    ("no_such_day", cell("offers", 3, made_on="2026-02-30"), "offers.csv", 3, "made_on"),
    ("not_an_integer", cell("dwellings", 3, bedrooms="2.0"), "dwellings.csv", 3, "bedrooms"),
    ("not_cents", cell("dwellings", 2, rent_cents="312,50"), "dwellings.csv", 2, "rent_cents"),
    ("number_too_large", cell("dwellings", 2, bedrooms="9" * 16), "dwellings.csv", 2, "bedrooms"),
    ("unknown_value", cell("applications", 2, status="admited"), APPLICATIONS, 2, "status"),
    ("unknown_value", cell("dwellings", 2, has_lift="oui"), "dwellings.csv", 2, "has_lift"),
    ("invalid_identifier", more("partners", 2, partner_id="CPAS é"),
     "partners.csv", 3, "partner_id"),
    ("invisible_character", cell("partners", 2, name="CPAS\ninventé"), "partners.csv", 2, "name"),
    ("too_long", cell("partners", 2, name="x" * 32_001), "partners.csv", 2, "name"),
    ("duplicate_key", more("sections", 2, name="Autre"), "sections.csv", 3, "section_id"),
    ("duplicate_key", more("vacancies", 2), "vacancies.csv", 4, "dwelling_id"),
    ("duplicate_key", cell("household_members", 4, member_id="M1"), MEMBERS, 4, "member_id"),
    ("unknown_reference", cell("vacancies", 2, dwelling_id="D77"),
     "vacancies.csv", 2, "dwelling_id"),
    ("unknown_reference", cell("vacancies", 3, agreement_id="C9"),
     "vacancies.csv", 3, "agreement_id"),
    ("unknown_reference", cell("choices", 2, section_id="S9"), CHOICES, 2, "section_id"),
    ("day_out_of_range", cell("agreements", 2, signed_on="0204-12-01"),
     "agreements.csv", 2, "signed_on"),
    ("after_meeting", cell("applications", 2, registered_on="2026-07-01", last_confirmed_on=""),
     APPLICATIONS, 2, "registered_on"),
    ("dates_reversed", cell("applications", 2, last_confirmed_on="2020-01-20"),
     APPLICATIONS, 2, "last_confirmed_on"),
    ("dates_reversed", cell("agreements", 2, in_force_from="2028-01-01"),
     "agreements.csv", 2, "in_force_to"),
    ("negative_number", cell("dwellings", 2, rent_cents="-1"), "dwellings.csv", 2, "rent_cents"),
    ("negative_income", cell("household_members", 2, taxable_income_cents="-1"),
     MEMBERS, 2, "taxable_income_cents"),
    ("negative_income_self_employed",
     cell("household_members", 2, taxable_income_cents="-1", is_self_employed="yes"),
     MEMBERS, 2, "taxable_income_cents"),
    ("income_without_year", cell("household_members", 2, income_year=""),
     MEMBERS, 2, "income_year"),
    ("income_year_ahead", cell("household_members", 2, income_year="2027"),
     MEMBERS, 2, "income_year"),
]  # fmt: skip

PLACES: list[Case] = [
    ("unknown_commune", cell("choices", 3, nis5="52O12"), CHOICES, 3, "nis5"),
    ("unknown_commune", cell("allocations_ytd", 2, nis5="6000"),
     "allocations_ytd.csv", 2, "nis5"),
    ("commune_outside_walloon_rules", cell("choices", 3, nis5="63023"), CHOICES, 3, "nis5"),
    ("commune_of_brussels", cell("choices", 3, nis5="21001"), CHOICES, 3, "nis5"),
    ("section_outside_commune", cell("choices", 2, nis5="52012"), CHOICES, 2, "section_id"),
    ("section_outside_commune", cell("dwellings", 2, nis5="52012"),
     "dwellings.csv", 2, "section_id"),
    ("unknown_company", cell("dwellings", 3, slsp_id="la-sambriene"),
     "dwellings.csv", 3, "slsp_id"),
]  # fmt: skip

HOUSEHOLDS: list[Case] = [
    ("active_twice", cell("household_members", 4, national_number="85.07.30-033.28"),
     MEMBERS, 4, "national_number"),
    ("person_twice", cell("household_members", 3, national_number="85073003328"),
     MEMBERS, 3, "national_number"),
    ("perhaps_active_twice",
     cell("household_members", 4, national_number="", family_name="EXEMPLE, L'AÎNÉ",
          given_name='Zoé "Z"', born_on="1985-07-30"), MEMBERS, 4, "family_name"),
    ("transfer_incomplete", cell("applications", 3, transfer_nature=""),
     APPLICATIONS, 3, "transfer_nature"),
    ("transfer_of_a_candidate", cell("applications", 2, transfer_nature="medical"),
     APPLICATIONS, 2, "transfer_nature"),
    ("exception_without_reason", cell("applications", 2, bedrooms_exception="3"),
     APPLICATIONS, 2, "bedrooms_exception_reason"),
    ("applicant_missing", cell("household_members", 2, role="other"),
     APPLICATIONS, 2, "application_id"),
    ("applicant_twice", cell("household_members", 3, role="applicant"), MEMBERS, 3, "role"),
    ("born_after_meeting", cell("household_members", 3, born_on="2026-07-30"),
     MEMBERS, 3, "born_on"),
    ("member_too_old", cell("household_members", 2, born_on="1826-07-30"), MEMBERS, 2, "born_on"),
    ("member_too_old",
     both(gone("meeting.yaml"), cell("household_members", 2, born_on="1826-07-30")),
     MEMBERS, 2, "born_on"),
    ("invalid_national_number", cell("household_members", 2, national_number="85073003327"),
     MEMBERS, 2, "national_number"),
    ("invented_number",
     both(text("register.yaml", "kind: demo", "kind: real"),
          cell("household_members", 2, national_number="85079100173")),
     MEMBERS, 2, "national_number"),
    ("number_of_another_birth", cell("household_members", 2, born_on="1985-07-31"),
     MEMBERS, 2, "national_number"),
    ("too_many_choices",
     both(*(more("choices", 4, application_id="A1", rank=str(rank), nis5=nis5) for rank, nis5 in
            [(3, "52010"), (4, "52015"), (5, "52018"), (6, "52021")])), CHOICES, 8, "rank"),
    ("choice_ranks", cell("choices", 3, rank="3"), CHOICES, 2, "rank"),
    ("choice_ranks", cell("choices", 4, rank="0"), CHOICES, 4, "rank"),
    ("choice_twice", cell("choices", 2, nis5="52012", section_id=""), CHOICES, 3, "nis5"),
    ("no_choice", without("choices", 4), APPLICATIONS, 3, "application_id"),
]  # fmt: skip

PARTNERS: list[Case] = [
    ("agreement_not_in_force", cell("agreements", 2, in_force_to="2026-06-29"),
     "vacancies.csv", 3, "agreement_id"),
    ("fictional_basis", text("register.yaml", "kind: demo", "kind: real"),
     "agreements.csv", 2, "basis"),
    ("basis_not_recorded", cell("agreements", 2, basis="recorded"), "agreements.csv", 2, "basis"),
    ("places_exceeded", cell("agreements", 2, accompaniment_used="11"),
     "agreements.csv", 2, "accompaniment_used"),
    ("presented_without_agreement", cell("presentations", 2, household_agreed_on=""),
     "presentations.csv", 2, "household_agreed_on"),
    ("presented_outside_agreement", cell("presentations", 2, presented_on="2024-05-04"),
     "presentations.csv", 2, "presented_on"),
    ("two_open_offers", more("offers", 3, offer_id="O3", application_id="A1"),
     "offers.csv", 4, "dwelling_id"),
    ("open_offer_answered", cell("offers", 2, answer="open"), "offers.csv", 2, "answer"),
    ("ledger_other_year", cell("allocations_ytd", 2, decided_on="2025-12-22"),
     "allocations_ytd.csv", 2, "decided_on"),
    ("channel_contradicts_list", cell("allocations_ytd", 2, channel="transfer"),
     "allocations_ytd.csv", 2, "channel"),
]  # fmt: skip

EVIDENCE: list[Case] = [
    ("unknown_fact", cell("facts", 2, fact="homeles_since"), FACTS, 2, "fact"),
    ("unknown_proof", cell("facts", 2, proof="cpas_certificat"), FACTS, 2, "proof"),
    ("proof_of_another_fact", cell("facts", 2, proof="lease"), FACTS, 2, "proof"),
    ("fact_read_elsewhere", cell("facts", 2, fact="born_on"), FACTS, 2, "fact"),
    ("fact_of_a_member", cell("facts", 3, member_id=""), FACTS, 3, "member_id"),
    ("fact_of_the_household", cell("facts", 2, member_id="M1"), FACTS, 2, "member_id"),
    ("fact_needs_a_date", cell("facts", 2, value="2026-02-31"), FACTS, 2, "value"),
    ("fact_needs_yes_or_no", cell("facts", 3, value="true"), FACTS, 3, "value"),
    ("fact_needs_a_choice", cell("facts", 2, fact="occupancy_title", value="tenent", proof=""),
     FACTS, 2, "value"),
    ("member_of_another_household", cell("facts", 3, member_id="M1"), FACTS, 3, "member_id"),
]  # fmt: skip

QUOTAS: list[Case] = [
    ("field_missing", text("quotas.yaml", "- id: income-1\n    kind", "- kind"),
     "quotas.yaml", 3, "quotas[1].id"),
    ("unknown_field", text("quotas.yaml", "share: 1/2", "shares: 1/2"),
     "quotas.yaml", 8, "quotas[1].shares"),
    ("unknown_inner_field", text("quotas.yaml", "list: transfer", "liste: transfer"),
     "quotas.yaml", 30, "quotas[3].group.liste"),
    ("expected_text", text("quotas.yaml", "share: 1/2", "share: 0.5"),
     "quotas.yaml", 8, "quotas[1].share"),
    ("expected_whole_number", text("quotas.yaml", "weight: 1", "weight: 1.5"),
     "quotas.yaml", 11, "quotas[1].weight"),
    ("expected_true_or_false", text("quotas.yaml", "hard: false", "hard: no"),
     "quotas.yaml", 13, "quotas[1].hard"),
    ("expected_list", text("quotas.yaml", "income_categories:\n        - 1",
                           "income_categories: 1"), "quotas.yaml", 6,
     "quotas[1].group.income_categories"),
    ("expected_fields", raw("quotas.yaml", b"- 1\n"), "quotas.yaml", 1, ""),
    ("number_too_small", text("quotas.yaml", "weight: 1", "weight: 0"),
     "quotas.yaml", 11, "quotas[1].weight"),
    ("number_above", text("quotas.yaml", "weight: 1", "weight: 10000"),
     "quotas.yaml", 11, "quotas[1].weight"),
    ("number_above", text("quotas.yaml", "share: 1/2", f"seats: {10**25}"),
     "quotas.yaml", 8, "quotas[1].seats"),
    ("share_invalid", text("quotas.yaml", "share: 1/2", "share: 3/2"),
     "quotas.yaml", 8, "quotas[1].share"),
    ("share_invalid", text("quotas.yaml", "share: 1/2", "share: 50 %"),
     "quotas.yaml", 8, "quotas[1].share"),
    ("quota_quantity", text("quotas.yaml", "share: 1/2", "seats: 2\n    period_seats: 3"),
     "quotas.yaml", 3, "quotas[1]"),
    ("quota_quantity", text("quotas.yaml", "    share: 1/2\n", ""),
     "quotas.yaml", 3, "quotas[1]"),
    ("quota_twice", text("quotas.yaml", "id: transfers", "id: income-1"),
     "quotas.yaml", 27, "quotas[3].id"),
    ("quota_counts_everyone", text("quotas.yaml", "    group:\n      list: transfer\n", ""),
     "quotas.yaml", 27, "quotas[3]"),
    ("quota_without_agreement", text("quotas.yaml", "agreement_id: C1", "list: candidate"),
     "quotas.yaml", 18, "quotas[2].from_agreement"),
    ("unknown_reference", text("quotas.yaml", "agreement_id: C1", "agreement_id: C7"),
     "quotas.yaml", 17, "quotas[2].group.agreement_id"),
    ("unknown_commune", text("quotas.yaml", "share: 1/2", "share: 1/2\n    nis5: '99999'"),
     "quotas.yaml", 9, "quotas[1].nis5"),
    ("agreement_without_places", cell("agreements", 2, seats_per_year=""),
     "agreements.csv", 2, "seats_per_year"),
    ("unknown_parameter",
     text("quotas.yaml", "quota.transfer_share", "quota.transfert_share"),
     "quotas.yaml", 31, "quotas[3].parameter"),
    ("hard_floor_too_high",
     text("quotas.yaml", "from_agreement: seats_per_year", "seats: 3"),
     "quotas.yaml", 18, "quotas[2].seats"),
    ("agreement_not_in_force", cell("agreements", 2, in_force_from="2026-07-01"),
     "quotas.yaml", 17, "quotas[2].group.agreement_id"),
    ("floors_exceed_whole",
     text("quotas.yaml", "  - id: partner-1",
          "  - {id: income-2, kind: floor, group: {income_categories: [2]}, share: 2/3}\n"
          "  - id: partner-1"), "quotas.yaml", 14, "quotas[2].share"),
    ("unknown_value", text("quotas.yaml", "- 1\n", "- 4\n"),
     "quotas.yaml", 7, "quotas[1].group.income_categories[1]"),
]  # fmt: skip


def income(extra: str) -> Damage:
    """The floor by income with one more field."""
    return text("quotas.yaml", "    hard: false\n  - id: partner-1",
                f"    hard: false\n    {extra}\n  - id: partner-1")  # fmt: skip


def partner(extra: str) -> Damage:
    """The seats of the agreement with one more field."""
    return text("quotas.yaml", "    hard: true\n", f"    hard: true\n    {extra}\n")


YEARS: list[Case] = [
    ("share_invalid", text("quotas.yaml", "share: 1/2",
                           "steps: [{from: 2026-01-01, share: 3 %}]"),
     "quotas.yaml", 8, "quotas[1].steps[1].share"),
    ("quota_quantity", income("steps: [{from: 2026-01-01, share: 3/100}]"),
     "quotas.yaml", 3, "quotas[1]"),
    ("quota_steps_in_order", text(
        "quotas.yaml", "share: 1/2",
        "steps: [{from: 2026-01-01, share: 1/2}, {from: 2026-01-01, share: 1/3}]"),
     "quotas.yaml", 8, "quotas[1].steps[2].from"),
    ("quota_base_without_share", partner("previous_base: 120"),
     "quotas.yaml", 24, "quotas[2].previous_base"),
    ("quota_carried_into_share", income("carried_in: 2"),
     "quotas.yaml", 14, "quotas[1].carried_in"),
    ("quota_unused_says", partner("unused: {policy: carry_over}"),
     "quotas.yaml", 24, "quotas[2].unused"),
    ("quota_unused_says", partner("unused: {policy: lapse, most: 1}"),
     "quotas.yaml", 24, "quotas[2].unused"),
    ("quota_unused_to", partner("unused: {policy: reassign, on: 2026-10-01, to: income-1}"),
     "quotas.yaml", 24, "quotas[2].unused.to"),
    ("quota_unused_to", partner("unused: {policy: reassign, on: 2026-10-01, to: partner-1}"),
     "quotas.yaml", 24, "quotas[2].unused.to"),
    ("quota_cap_leaves_nothing",
     text("quotas.yaml", "mark: S", "mark: S\n    unused: {policy: report_only}"),
     "quotas.yaml", 36, "quotas[3].unused"),
    ("quota_counts_unknown", income("also_counts: [nothing]"),
     "quotas.yaml", 14, "quotas[1].also_counts[1]"),
    ("quota_once_in_two", text(
        "quotas.yaml", "  - id: transfers",
        "  - {id: a, kind: floor, group: {agreement_ids: [C1]}, share: 1/9, counting: once}\n"
        "  - {id: b, kind: floor, group: {agreement_ids: [C1]}, share: 1/9, counting: once}\n"
        "  - id: transfers"), "quotas.yaml", 28, "quotas[4].group.agreement_ids[1]"),
    ("unknown_value", text("quotas.yaml", "      list: transfer", "      channels: [derogation]"),
     "quotas.yaml", 30, "quotas[3].group.channels[1]"),
    ("unknown_reference", text("quotas.yaml", "      list: transfer", "      agreement_ids: [C7]"),
     "quotas.yaml", 30, "quotas[3].group.agreement_ids[1]"),
    ("floors_exceed_whole", text(
        "quotas.yaml", "  - id: partner-1",
        "  - {id: a, kind: floor, group: {agreement_id: C1}, share: 2/3}\n"
        "  - {id: b, kind: floor, group: {agreement_id: C1}, share: 1/2}\n"
        "  - id: partner-1"), "quotas.yaml", 15, "quotas[3]"),
    ("seats_exceed_year", cell("agreements", 2, seats_per_year="91"),
     "quotas.yaml", 14, "quotas[2]"),
    ("undone_without_reason", cell("allocations_ytd", 2, undone_on="2026-03-02"),
     "allocations_ytd.csv", 2, "undone_on"),
]  # fmt: skip

MEETING: list[Case] = [
    ("no_meeting", gone("meeting.yaml"), "meeting.yaml", 0, ""),
    ("field_twice", text("meeting.yaml", "mode: joint", "mode: joint\nmode: serial"),
     "meeting.yaml", 8, ""),
    ("unknown_format", text("register.yaml", "register/1", "register/9"),
     "register.yaml", 1, "schema"),
    ("unknown_value", text("meeting.yaml", "mode: joint", "mode: join"),
     "meeting.yaml", 7, "mode"),
    ("expected_day", text("meeting.yaml", "meeting_on: 2026-06-30", "meeting_on: '2026-06-30'"),
     "meeting.yaml", 3, "meeting_on"),
    ("no_such_day", text("meeting.yaml", "meeting_on: 2026-06-30", "meeting_on: 2026-06-31"),
     "meeting.yaml", 3, ""),
    ("expected_scalar", text("meeting.yaml", "value: false", "value: 1.5"),
     "meeting.yaml", 21, "settings[1].value"),
    ("slsp_mismatch", text("meeting.yaml", "la-sambrienne", "mons-borinage"),
     "meeting.yaml", 2, "slsp_id"),
    ("unknown_levels", text("meeting.yaml", "  - floors\n", ""), "meeting.yaml", 8, "levels"),
    ("secret_too_weak", text("meeting.yaml", "0123456789abcdef", "x"),
     "meeting.yaml", 5, "pseudonym_secret"),
    ("after_meeting", text("meeting.yaml", "decided_on: 2026-01-05", "decided_on: 2026-07-01"),
     "meeting.yaml", 23, "settings[1].decided_on"),
    ("forecast_below_ledger", text("meeting.yaml", "vacated: 80", "vacated: 0"),
     "meeting.yaml", 16, "forecast.vacated"),
    ("no_rule_in_force", text("meeting.yaml", "meeting_on: 2026", "meeting_on: 2006"),
     "meeting.yaml", 3, "meeting_on"),
    ("unknown_rulebook", text("meeting.yaml", "rulebook: wallonia", "rulebook: flanders"),
     "meeting.yaml", 6, "rulebook"),
    ("unknown_setting", text("meeting.yaml", "quota.transfer_is_at_least", "U99"),
     "meeting.yaml", 20, "settings[1].key"),
    ("setting_twice", text("meeting.yaml", "settings:\n",
                           "settings:\n  - key: quota.transfer_is_at_least\n    value: true\n"),
     "meeting.yaml", 22, "settings[2].key"),
    ("setting_value", text("meeting.yaml", "value: false", "value: maybe"),
     "meeting.yaml", 20, "settings[1].key"),
    ("setting_fixed_by_law",
     text("meeting.yaml", "quota.transfer_is_at_least", "bedrooms.years_apart"),
     "meeting.yaml", 20, "settings[1].key"),
    ("setting_ambiguous", text("meeting.yaml", "quota.transfer_is_at_least", "U01"),
     "meeting.yaml", 20, "settings[1].key"),
    ("confirmation_incomplete", text("register.yaml", "Agent Deux", "agent un"),
     "register.yaml", 5, "confirmations[1]"),
]  # fmt: skip

CASES = [*FILES, *CELLS, *PLACES, *HOUSEHOLDS, *PARTNERS, *EVIDENCE, *QUOTAS, *YEARS, *MEETING]
MADE_ELSEWHERE = {"not_a_register", "fact_needs_a_number", "child_in_two_households"}


@pytest.mark.parametrize(
    ("code", "damage", "where", "row", "column"),
    CASES,
    ids=[f"{case[0]}-{idx}" for idx, case in enumerate(CASES)],
)
def test_a_fault_is_found_where_it_is(
    tmp_path: Path, code: str, damage: Damage, where: str, row: int, column: str
) -> None:
    write_folder(a_register(), tmp_path / "register")
    damage(tmp_path / "register")
    examination = examine(tmp_path / "register")
    found = examination.problems + examination.warnings
    places = [(p.where, p.row, p.column) for p in found if p.code == f"register.{code}"]
    assert (where, row, column) in places, found
    is_error = severity(f"register.{code}") == "error"
    told = examination.problems if is_error else examination.warnings
    assert f"register.{code}" in {p.code for p in told}
    for language in LANGUAGES:
        for problem in found:
            assert catalogue(language).text(problem.code, **dict(problem.facts))


def test_a_fact_that_is_a_number_is_not_a_text(tmp_path: Path) -> None:
    write_folder(a_register(), tmp_path / "register")
    draft = examine(tmp_path / "register").draft
    assert draft.rulebook is not None
    counted = draft.rulebook.facts["homeless_since"].model_copy(update={"type": "integer"})
    rulebook = replace(draft.rulebook, facts={**draft.rulebook.facts, "homeless_since": counted})
    vars(draft)["rulebook"] = rulebook
    found = [(p.row, p.column, p.code) for p in evidence.check(draft)]
    assert found == [(2, "value", "register.fact_needs_a_number")]


@pytest.mark.parametrize("name", ["photo.jpg", "broken.xlsx"])
def test_what_is_no_register_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"not what it says")
    with pytest.raises(ProblemsError) as refused:
        examine(tmp_path / name).register()
    assert [p.code for p in refused.value.problems] == ["register.not_a_register"]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as refused:
        examine(tmp_path / "absent")
    assert [p.code for p in refused.value.problems] == ["register.source_absent"]


def test_every_code_has_a_case() -> None:
    made = {f"register.{case[0]}" for case in CASES} | {f"register.{c}" for c in MADE_ELSEWHERE}
    assert made == set(severities())
