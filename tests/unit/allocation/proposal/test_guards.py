"""Nothing is proposed on real people with stale or invented law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from allocation.model import TABLE_BY_NAME, Confirmation, Register, Table
from allocation.proposal import problems_before_proposing
from allocation.rules import load_rulebook
from tests.builders import a_meeting, a_register

BOOK = load_rulebook("wallonia")
ON = date(2026, 6, 30)
SOUND = {
    "basis": "recorded", "legal_article": "132", "authorising_act": "AGW", "signed_on": ON,
}  # fmt: skip


def with_agreement(register: Register, **changes: object) -> Register:
    rows = [row | changes for row in register["agreements"].rows()]
    table = Table.of(TABLE_BY_NAME["agreements"], rows)  # type: ignore[arg-type]
    return replace(register, tables={**register.tables, "agreements": table})


def confirmed(register: Register, **changes: object) -> Register:
    """Every value in use confirmed for the year by two persons, but for ``changes``."""
    meeting = a_meeting()
    keys = [*BOOK.values_in_use(meeting.meeting_on, meeting.settings)]
    keys += [f"quotas.{q.quota_id}" for q in register.quotas if not q.parameter]
    one = Confirmation("", 2026, ("Chêne Aubier", "Orme Liber"), "council of 5 January", ON)
    everything = tuple(replace(one, key=k, **changes) for k in keys)  # type: ignore[arg-type]
    real = replace(register, kind="real", meeting=meeting, confirmations=everything)
    return with_agreement(real, **SOUND)


def codes(register: Register) -> list[str]:
    return [p.code for p in problems_before_proposing(register, BOOK)]


def test_a_real_register_with_everything_confirmed_may_be_proposed_on() -> None:
    assert codes(confirmed(a_register())) == []


def test_every_value_not_confirmed_is_listed_at_once() -> None:
    register = confirmed(a_register())
    found = problems_before_proposing(replace(register, confirmations=()), BOOK)
    assert {p.code for p in found} == {"register.value_not_confirmed"}
    assert len(found) == len(register.confirmations)
    assert "ceilings" in {dict(p.facts)["key"] for p in found}


def test_one_person_another_year_no_source_or_a_later_date_confirm_nothing() -> None:
    expected = len(confirmed(a_register()).confirmations)
    for changes in (
        {"confirmed_by": ("Chêne Aubier", "Chêne Aubier")},
        {"year": 2025},
        {"source": ""},
        {"confirmed_on": date(2026, 7, 1)},
    ):
        assert len(codes(confirmed(a_register(), **changes))) == expected, changes


def test_a_seat_for_a_partner_needs_a_recorded_basis_on_a_real_register() -> None:
    for missing in ({"basis": "fictional"}, {"legal_article": None}, {"signed_on": None}):
        register = with_agreement(confirmed(a_register()), **missing)
        assert codes(register) == ["quota.no_legal_basis"], missing


def test_a_demo_register_accepts_a_fictional_basis_but_not_none_at_all() -> None:
    demo = with_agreement(a_register(), **(SOUND | {"basis": "fictional"}))
    assert codes(demo) == []
    assert codes(with_agreement(demo, basis="none")) == ["quota.no_legal_basis"]


def test_settings_are_decided_with_a_basis_before_the_meeting() -> None:
    register = confirmed(a_register())
    late = a_meeting(settings_basis="", settings_decided_on=date(2026, 7, 1))
    assert codes(replace(register, meeting=late)) == [
        "meeting.settings_without_basis", "meeting.settings_decided_late",
    ]  # fmt: skip


def test_without_a_meeting_nothing_can_be_proposed() -> None:
    assert codes(replace(a_register(), meeting=None)) == ["meeting.missing"]
