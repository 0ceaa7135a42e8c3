"""The years worked by hand in the documentation are those of the ledger, figure by figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from allocation.exchange.outline import read_yaml
from allocation.exchange.reading import read_quotas
from allocation.model import TABLE_BY_NAME, Forecast, Meeting, QuotaRule, Register, Table
from allocation.quotas import Balance, QuotaError, balance
from allocation.rules import load_rulebook
from tests.architecture.source_tree import ROOT

FOLDER = ROOT / "docs" / "explanation" / "annee-de-contingents"
PAGE = FOLDER.with_suffix(".md").read_text(encoding="utf-8")
RULEBOOK = load_rulebook("wallonia")
COLUMNS: dict[str, dict[str, Any]] = {
    "mutations": {"list": "transfer", "channel": "transfer", "income_category": "1"},
    "liste, cat. 1": {"income_category": "1"},
    "liste, cat. 2": {"income_category": "2"},
    "liste, cat. 3": {"income_category": "3"},
    "APL": {"channel": "agreement", "agreement_id": "APL", "income_category": "1"},
    "relais": {"channel": "agreement", "agreement_id": "RELAIS", "income_category": "1"},
    "urgence": {
        "channel": "derogation_urgency",
        "income_category": "1",
        "undone_on": date(2026, 7, 10),
        "undone_for": "refused",
    },
    "cohésion": {"channel": "derogation_cohesion", "income_category": "2"},
}


def tables(after: str) -> Iterator[list[dict[str, str]]]:
    """The tables of the page below a heading, row by row."""
    text = PAGE[PAGE.index(after) + len(after) :]
    for found in re.finditer(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        head, _, *rows = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in found[0].strip().splitlines()
        ]
        yield [dict(zip(head, row, strict=True)) for row in rows]


def quotas_of(name: str) -> tuple[QuotaRule, ...]:
    outline, problems = read_yaml(FOLDER / f"{name}.quotas.yaml")
    assert outline is not None
    placed, more = read_quotas(outline)
    assert (problems, more) == ((), ())
    return tuple(p.quota for p in placed)


def decided() -> list[dict[str, Any]]:
    """The allocations of the Walloon year, one row each."""
    always = {"nis5": "52011", "list": "candidate", "channel": "list", "origin": "vacated"}
    rows = []
    for line in next(tables("Ce que le comité a décidé")):
        for column, row in COLUMNS.items():
            for n in range(int(line[column])):
                name = f"{line['comité']} {column} {n}".replace(" ", "-")
                day = date.fromisoformat(line["comité"])
                rows.append(always | row | {"allocation_id": name, "decided_on": day})
    return rows


def ledger(
    on: date, *, rows: list[dict[str, Any]], quotas: tuple[QuotaRule, ...], expected: int
) -> dict[str, Balance]:
    forecast = Forecast(expected, expected, date(on.year, 1, 5))
    meeting = Meeting("s", on, "seed", "00", forecast=forecast)
    until = [row for row in rows if row["decided_on"] <= on]
    agreements = [
        {"agreement_id": name, "partner_id": "P", "seats_per_year": 4} for name in ("APL", "RELAIS")
    ]
    found = {
        name: Table.of(TABLE_BY_NAME[name], content)
        for name, content in (("allocations_ytd", until), ("agreements", agreements))
    }
    register = Register.of("demo", "s", found, quotas=quotas, meeting=meeting)
    return {rule.quota_id: balance(register, rule, RULEBOOK) for rule in quotas}


@pytest.mark.parametrize(
    ("heading", "on"),
    [
        ("### Au 30 juin", date(2026, 6, 30)),
        ("### Au 15 juillet", date(2026, 7, 15)),
        ("### Au 31 décembre", date(2026, 12, 31)),
    ],
)
def test_the_walloon_year_worked_by_hand_is_the_ledger(heading: str, on: date) -> None:
    found = ledger(on, rows=decided(), quotas=quotas_of("wallonie"), expected=40)
    told = [
        {
            "contingent": quota_id,
            "base": str(line.opened.base_done),
            "dû": str(line.due),
            "fait": str(line.done),
            "défait": str(line.undone),
            "reste": str(line.remaining),
            "année": str(line.year_due),
        }
        for quota_id, line in found.items()
    ]
    assert told == next(tables(heading))


def test_what_is_left_of_the_walloon_year_goes_where_the_page_says() -> None:
    found = ledger(date(2026, 12, 31), rows=decided(), quotas=quotas_of("wallonie"), expected=40)
    _, said = (rows for rows, _ in zip(tables("### Au 31 décembre"), range(2), strict=False))
    for row in said:
        fate = found[row["contingent"]].fate
        assert fate is not None
        assert (fate.lapsed, fate.carried, fate.released) == (
            int(row["éteint"]),
            int(row["reporté"]),
            int(row["rendu à la liste"]),
        )


def test_the_brussels_floors_and_cap_are_those_of_the_texts() -> None:
    by_year, by_base = tables("## Une année bruxelloise")
    quotas = quotas_of("bruxelles")
    for row in by_year:
        found = ledger(date(int(row["année"]), 7, 1), rows=[], quotas=quotas, expected=120)
        told = {quota_id: str(line.year_due) for quota_id, line in found.items()}
        assert told == {name: cell for name, cell in row.items() if name != "année"}
    for row in by_base:
        base, *wanted = map(int, row.values())
        sized = tuple(replace(rule, previous_base=base) for rule in quotas)
        years = [
            ledger(date(year, 7, 1), rows=[], quotas=sized, expected=base)
            for year in (2025, 2026, 2027)
        ]
        steps = [year["article-36bis"].year_due for year in years]
        assert [*steps, years[0]["derogations"].year_due] == wanted


def test_the_base_of_the_year_before_does_not_move_with_this_year() -> None:
    rows = [
        {"allocation_id": f"L{n}", "decided_on": date(2026, 3, 1), "nis5": "21004",
         "list": "candidate", "income_category": "1", "channel": "agreement",
         "agreement_id": "SA1" if n < 2 else "MA1", "origin": "vacated"}
        for n in range(5)
    ]  # fmt: skip
    found = ledger(date(2026, 3, 1), rows=rows, quotas=quotas_of("bruxelles"), expected=100)
    assert [(found[n].year_due, found[n].done) for n in ("article-36", "article-36bis")] == [
        (4, 3),
        (6, 2),
    ]


def test_whether_reserved_seats_count_in_the_cap_is_a_choice_written_down() -> None:
    quotas = quotas_of("bruxelles")
    inside = tuple(
        replace(rule, also_counts=("article-36", "article-36bis"))
        if rule.quota_id == "derogations"
        else rule
        for rule in quotas
    )
    base = {"decided_on": date(2026, 3, 1), "nis5": "21004", "list": "candidate",
            "income_category": "1", "origin": "vacated"}  # fmt: skip
    rows: list[dict[str, Any]] = [
        base | {"allocation_id": "a", "channel": "derogation_urgency"},
        base | {"allocation_id": "b", "channel": "agreement", "agreement_id": "MA2"},
        base | {"allocation_id": "c", "channel": "list"},
    ]
    for rules, done in ((quotas, 1), (inside, 2)):
        found = ledger(date(2026, 4, 1), rows=rows, quotas=rules, expected=100)
        assert found["derogations"].done == done


def test_before_its_first_step_a_share_has_no_value() -> None:
    with pytest.raises(QuotaError):
        ledger(date(2024, 7, 1), rows=[], quotas=quotas_of("bruxelles"), expected=120)
