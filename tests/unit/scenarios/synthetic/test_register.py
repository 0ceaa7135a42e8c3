"""The synthetic register: complete, sound, the same for the same seed, and nobody's."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from allocation.exchange import examine, write_folder
from allocation.model import TABLES, Register
from allocation.territory import communes
from scenarios.synthetic import REGION, SizeError, UnknownCompanyError, synthesise


@pytest.fixture(scope="module")
def demo() -> Register:
    return synthesise(7)


def choice(register: Register, table: str, column: str) -> list[str]:
    return register[table].text(column)


def test_the_demo_has_the_stated_size(demo: Register) -> None:
    assert len(demo["applications"]) == pytest.approx(4100, abs=20)
    assert len(demo["vacancies"]) == 45
    assert len(set(choice(demo, "agreements", "kind"))) == len(demo["agreements"]) == 6


def test_every_table_is_filled(demo: Register) -> None:
    assert all(len(demo[schema.name]) for schema in TABLES)


def test_an_import_finds_no_fault_and_a_round_trip_changes_nothing(
    demo: Register, tmp_path: Path
) -> None:
    write_folder(demo, tmp_path / "register")
    examination = examine(tmp_path / "register")
    assert examination.problems == ()
    assert examination.register().content_hash == demo.content_hash


def test_the_only_warnings_are_losses_of_the_self_employed(demo: Register, tmp_path: Path) -> None:
    write_folder(demo, tmp_path / "register")
    told = {problem.code for problem in examine(tmp_path / "register").warnings}
    assert told <= {"register.negative_income_self_employed"}


def test_the_same_seed_writes_the_same_bytes(demo: Register, tmp_path: Path) -> None:
    write_folder(demo, tmp_path / "one")
    write_folder(synthesise("7"), tmp_path / "two")
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_another_seed_makes_another_register(demo: Register) -> None:
    assert synthesise(8).content_hash != demo.content_hash


def test_more_households_leave_the_first_ones_as_they_were() -> None:
    few = synthesise(3, slsp_id="lysco", households=120)
    many = synthesise(3, slsp_id="lysco", households=180)
    for name in ("A000001", "A000060", "A000120"):
        small, large = few.application(name), many.application(name)
        assert small.members == large.members
        assert small.choices == large.choices
        assert small.registered_on == large.registered_on


def test_the_month_shows_every_case(demo: Register) -> None:
    dwellings = demo["dwellings"]
    rows = [dwellings.index[d][0] for d in demo["vacancies"]["dwelling_id"]]
    assert Counter(np.array(dwellings.text("regime"))[rows])["partner_lease"] == 1
    assert "adapted" in np.array(dwellings.text("accessibility"))[rows]
    assert Counter(np.array(dwellings.text("designed_for_over_65"))[rows])["yes"] >= 2
    assert set(choice(demo, "vacancies", "origin")) == {"vacated", "new", "renovated"}
    named = [
        dwellings.row(row)["bedrooms"]
        for row, agreement in zip(rows, demo["vacancies"]["agreement_id"], strict=True)
        if agreement == "conv-2-housing-first"
    ]
    assert named == [1, 1]


def test_a_dwelling_serves_once(demo: Register) -> None:
    homes = [d for d in demo["applications"]["current_dwelling_id"] if d]
    decided = demo["allocations_ytd"]["dwelling_id"].tolist()
    vacant = demo["vacancies"]["dwelling_id"].tolist()
    together = homes + decided + vacant
    assert len(together) == len(set(together))


def test_transfers_have_a_home_a_nature_and_dates_in_order(demo: Register) -> None:
    rows = [r for r in demo["applications"].rows() if r["list"] == "transfer"]
    assert 0.05 < len(rows) / len(demo["applications"]) < 0.11
    assert {r["transfer_nature"] for r in rows} == {
        "under_occupation", "over_occupation", "medical", "convenience",
    }  # fmt: skip
    for row in rows:
        since, asked = row["tenant_since_on"], row["transfer_requested_on"]
        assert isinstance(since, date)
        assert isinstance(asked, date)
        assert since < asked < date(2026, 12, 1)
        assert row["current_dwelling_id"]


def test_one_or_two_households_won_before_the_appeal_chamber(demo: Register) -> None:
    won = [r for r in demo["applications"].rows() if r["appeal_won_on"]]
    assert 1 <= len(won) <= 2
    assert {r["list"] for r in won} == {"candidate"}


def test_some_things_are_unknown_on_purpose(demo: Register) -> None:
    values, proofs = choice(demo, "facts", "value"), choice(demo, "facts", "proof")
    assert 0.005 < values.count("") / len(values) < 0.04
    assert 0.03 < proofs.count("") / len(proofs) < 0.12
    assert "" in choice(demo, "applications", "owns_dwelling")


def test_sections_of_charleroi_and_neighbouring_communes_are_chosen(demo: Register) -> None:
    sections = {s for s in demo["choices"]["section_id"] if s}
    assert len(sections) == 15
    assert {"52025", "52012"} <= set(demo["choices"]["nis5"])
    assert max(demo["choices"]["rank"]) == 5


def test_partner_seats_rest_on_a_basis_marked_fictional(demo: Register) -> None:
    assert demo.kind == "demo"
    assert set(choice(demo, "agreements", "basis")) == {"fictional"}
    assert all("exemple fictif" in text for text in demo["agreements"]["legal_article"])


def test_quotas_are_the_legal_ones_by_parameter_and_the_partners_by_agreement(
    demo: Register,
) -> None:
    assert {q.parameter for q in demo.quotas if q.parameter} == {
        "quota.cat1_min_share", "quota.transfer_share",
    }  # fmt: skip
    assert {q.nis5 for q in demo.quotas if q.group.income_categories == (3,)} == {"52011", "52025"}
    assert all(q.mark == "assumed" for q in demo.quotas if q.nis5)
    seats = [q for q in demo.quotas if q.from_agreement == "seats_per_year"]
    assert len(seats) == 3
    assert {q.counting for q in seats} == {"once"}


def test_the_ceiling_of_liege_comes_from_the_rulebook() -> None:
    liege = synthesise(7, slsp_id="maison-liegeoise", households=60)
    caps = [q for q in liege.quotas if q.nis5]
    assert [q.parameter for q in caps] == ["quota.cat3_max_share_by_commune.62063"]


def test_the_ledger_leaves_seats_to_fill_and_stays_in_the_year(demo: Register) -> None:
    ledger = demo["allocations_ytd"]
    agreements = {r["agreement_id"]: r["seats_per_year"] for r in demo["agreements"].rows()}
    used = Counter(a for a in ledger["agreement_id"] if a)
    for agreement, count in used.items():
        seats = agreements[agreement]
        assert isinstance(seats, int)
        assert 0 < count < seats
    days = ledger["decided_on"]
    assert days.min() >= np.datetime64("2026-01-01")
    assert days.max() < np.datetime64("2026-12-01")
    assert demo.meeting is not None
    assert demo.meeting.forecast is not None
    assert demo.meeting.forecast.allocations == len(ledger) + 45


def test_an_open_offer_locks_one_vacancy_and_some_households(demo: Register) -> None:
    offers = [r for r in demo["offers"].rows() if r["answer"] == "open"]
    vacant = set(demo["vacancies"]["dwelling_id"])
    assert len(offers) == 6
    assert sum(r["dwelling_id"] in vacant for r in offers) == 1
    assert all(r["answered_on"] is None for r in offers)


def test_the_secret_is_not_the_published_draw(demo: Register) -> None:
    assert demo.meeting is not None
    assert len(demo.meeting.pseudonym_secret) == 64
    assert demo.meeting.pseudonym_secret not in demo.meeting.draw_seed


def test_the_region_has_its_sixty_companies_and_no_german_speaking_choice() -> None:
    region = synthesise(1, slsp_id=REGION, households=3000)
    assert len(set(region["applications"]["reference_slsp_id"])) == 60
    chosen = set(region["choices"]["nis5"])
    assert all(communes()[nis5].is_in_walloon_scheme for nis5 in chosen)
    assert 440 < len(region["vacancies"]) < 520
    assert {q.nis5 for q in region.quotas if q.nis5} == {"62063"}


def test_a_register_of_january_has_an_empty_ledger() -> None:
    january = synthesise(5, slsp_id="lysco", on=date(2026, 1, 6))
    assert len(january["allocations_ytd"]) == 0
    assert len(january["vacancies"]) > 0


@pytest.mark.parametrize(("households", "vacancies"), [(0, None), (2_000_000, None), (None, 0),
                                                       (None, 100)])  # fmt: skip
def test_a_number_out_of_range_is_refused(households: int | None, vacancies: int | None) -> None:
    with pytest.raises(SizeError) as refused:
        synthesise(1, slsp_id="lysco", households=households, vacancies=vacancies)
    assert refused.value.context["option"] == ("vacancies" if households is None else "households")


def test_an_unknown_company_is_refused() -> None:
    with pytest.raises(UnknownCompanyError):
        synthesise(1, slsp_id="nowhere")
