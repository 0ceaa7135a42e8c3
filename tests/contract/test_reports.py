"""Reports: figures, the rows behind each, who sees less, and the file of the rows."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from allocation.small_cells import hidden
from api.db.bulk import insert_rows
from api.db.tables.register import allocations_ytd, applications, choices, facts, offers
from tests.fixtures.service import OURS, REGION, World

CHARLEROI, CHATELET = "52011", "52012"


def allocated(world: World, n: int, **changes: Any) -> None:
    """Write allocations of the year: the first for A1, then for nobody any more."""
    stem = changes.pop("stem", "X")
    rows = [
        {
            "held_by": OURS,
            "allocation_id": f"{stem}{i:05d}",
            "decided_on": date(2026, 3, 1) + timedelta(days=i % 60),
            "dwelling_id": "D1",
            "nis5": CHARLEROI,
            "application_id": "A1" if i == 0 else None,
            "list": "candidate",
            "income_category": "2",
            "channel": "list",
            "agreement_id": None,
            "origin": "vacated",
        }
        | changes
        for i in range(n)
    ]
    with world.service.database.writing() as connection:
        insert_rows(connection, allocations_ytd, rows)


def cells(told: dict[str, Any]) -> dict[str, int | None]:
    return {cell["key"]: cell["n"] for cell in told["cells"]}


def test_allocations_are_counted_by_what_is_asked(world: World) -> None:
    allocated(world, 12)
    derogation = {"channel": "derogation_urgency", "nis5": CHATELET, "income_category": "3"}
    allocated(world, 2, stem="Y", application_id=None, **derogation)
    expected = {
        "nis5": {CHARLEROI: 13, CHATELET: 2},
        "income_category": {"1": 1, "2": 12, "3": 2},
        "bedrooms": {"2": 14, "none": 1},
        "kind": {"derogation_urgency": 2, "list": 13},
        "month": {"2026-02": 1, "2026-03": 14},
    }
    clerk = world.as_role("clerk")
    for by, counted in expected.items():
        told = clerk.get(f"/reports/allocations?by={by}").json()
        assert (cells(told), told["total"], told["hides_below"]) == (counted, 15, 0)


@pytest.mark.parametrize("name", ["allocations", "derogations", "refusals", "housed", "waiting"])
def test_every_figure_opens_its_rows(world: World, name: str) -> None:
    allocated(world, 3)
    allocated(world, 2, stem="Y", application_id=None, channel="derogation_cohesion")
    clerk = world.as_role("clerk")
    for by in ("nis5", "income_category", "bedrooms", "kind", "month"):
        if name in ("housed", "waiting"):
            report = clerk.get(f"/reports/waits?by={by}").json()[name]
        else:
            report = clerk.get(f"/reports/{name}?by={by}").json()
        assert report["total"]
        for key, n in cells(report).items():
            rows = clerk.get(f"/reports/{name}/rows?{by}={key}").json()["items"]
            assert len(rows) == n, (by, key)


def test_a_period_keeps_to_its_days(world: World) -> None:
    clerk = world.as_role("clerk")
    allocated(world, 1)
    for query, total in (
        ("from_day=2026-03-01", 1), ("to_day=2026-02-28", 1), ("from_day=2026-03-02", 0)
    ):  # fmt: skip
        assert clerk.get(f"/reports/allocations?{query}").json()["total"] == total


def test_refusals_are_the_answers_that_count_as_one(world: World) -> None:
    told = world.as_role("clerk").get("/reports/refusals?by=kind").json()
    assert cells(told) == {"refused": 1}
    row = world.as_role("clerk").get("/reports/refusals/rows").json()["items"][0]
    assert (row["row_id"], row["day"], row["nis5"]) == ("O1", "2026-03-09", CHARLEROI)


def test_both_waits_are_told_with_the_warning(world: World) -> None:
    allocated(world, 1)
    told = world.as_role("clerk").get("/reports/waits").json()
    wait = (date(2026, 3, 1) - date(2021, 3, 1)).days
    assert told["housed"]["waits"] == {"mean": wait, "median": wait, "nine_tenths": wait}
    # A1 is housed: A2 alone still waits, to the day of the report.
    still = (date(2026, 6, 15) - date(2018, 5, 2)).days
    assert told["waiting"]["waits"]["median"] == still
    assert "still waiting" in told["warning"]


def test_the_ceiling_of_derogations_is_the_engines(world: World) -> None:
    allocated(world, 39)  # forty with that of the files (P02 of the published cases)
    for n, ground in ((3, "urgency"), (2, "cohesion"), (1, "force_majeure")):
        rest = {"channel": f"derogation_{ground}", "nis5": CHATELET, "application_id": None}
        allocated(world, n, stem=ground, **rest)
    with world.service.database.writing() as connection:
        connection.execute(sa.update(allocations_ytd).values(nis5=CHARLEROI))
        some = allocations_ytd.c.allocation_id.in_([f"X{n:05d}" for n in range(6)])
        connection.execute(sa.delete(allocations_ytd).where(some))
    query = f"nis5={CHARLEROI}&social_share=0.12&by=kind"
    told = world.as_role("clerk").get(f"/reports/derogations?{query}").json()["ceiling"]
    assert (told["allocations"], told["total"], told["urgency"], told["cohesion"]) == (40, 6, 4, 2)
    assert told["used"]["derogation_urgency"] == 3
    assert told["left"] == 1  # force majeure is outside
    assert world.as_role("clerk").get("/reports/derogations").json()["ceiling"] is None


def test_small_cells_are_hidden_outside_the_company(world: World) -> None:
    allocated(world, 30)
    allocated(world, 12, stem="Y", application_id=None, income_category="3")
    path = f"/reports/allocations?by=income_category&register_id={OURS}"
    told = world.as_role("advisor", REGION).get(path).json()
    # One allocation of category 1; category 3 is hidden too, or the total would give it away.
    assert (cells(told), told["total"]) == ({"1": None, "2": 30, "3": None}, 43)
    inside = world.as_role("advisor").get(path).json()
    assert cells(inside) == {"1": 1, "2": 30, "3": 12}


def test_a_small_total_is_hidden_too(world: World) -> None:
    told = world.as_role("advisor", REGION).get(f"/reports/waits?register_id={OURS}").json()
    assert (told["waiting"]["total"], told["waiting"]["waits"]) == (None, None)


def test_what_is_hidden_cannot_be_had_back_from_the_total() -> None:
    assert hidden({"a": 12, "b": 30}) == frozenset()
    assert hidden({"a": 3, "b": 30, "c": 12}) == {"a", "c"}
    assert hidden({"a": 3, "b": 4, "c": 12, "d": 40}) == {"a", "b", "c"}
    assert hidden({"a": 6, "b": 7, "c": 12}) == {"a", "b"}


def test_rows_of_a_company_are_for_it_and_for_who_controls_it(world: World) -> None:
    for suffix in ("rows", "rows.csv"):
        path = f"/reports/allocations/{suffix}?register_id={OURS}"
        assert world.as_role("clerk", REGION).get(path).status_code == 403
        assert world.as_role("commissioner", REGION).get(path).status_code == 200


def test_pages_of_rows_neither_repeat_nor_skip(world: World) -> None:
    allocated(world, 25)
    clerk, seen, cursor = world.as_role("clerk"), [], ""
    while True:
        told = clerk.get(f"/reports/allocations/rows?limit=7&cursor={cursor}").json()
        seen += [row["row_id"] for row in told["items"]]
        cursor = told["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 26
    stolen = clerk.get("/reports/allocations/rows?limit=7").json()["next_cursor"]
    assert clerk.get(f"/reports/refusals/rows?cursor={stolen}").status_code == 400


def test_the_file_holds_the_rows_and_runs_nothing(world: World) -> None:
    allocated(world, 2_500)
    names = ["=1+1", "+A", "-A", "@A"]
    made = [{"reference_slsp_id": OURS, "application_id": name} for name in names]
    with world.service.database.writing() as connection:
        like = connection.execute(
            sa.select(applications).where(applications.c.application_id == "A1")
        ).one()
        insert_rows(connection, applications, [dict(like._mapping) | row for row in made])
        insert_rows(
            connection,
            choices,
            [{"held_by": OURS, "application_id": n, "rank": 1, "nis5": CHARLEROI} for n in names],
        )
        insert_rows(
            connection,
            offers,
            [
                {
                    "held_by": OURS,
                    "offer_id": f"F{i}",
                    "application_id": name,
                    "dwelling_id": "D3",
                    "made_on": date(2026, 5, 1),
                    "answer": "silence",
                }
                for i, name in enumerate(names)
            ],
        )
    answer = world.as_role("clerk").get("/reports/allocations/rows.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == 2_501
    refused = world.as_role("clerk").get("/reports/refusals/rows.csv?kind=silence").text
    told = [row["application_id"] for row in csv.DictReader(io.StringIO(refused))]
    assert told == [f"'{name}" for name in names]


def test_no_row_joins_a_protected_household_and_a_place(world: World) -> None:
    allocated(world, 1)
    fact = {"held_by": OURS, "member_id": "", "fact": "domestic_violence", "value": "2026-01-01"}
    with world.service.database.writing() as connection:
        for name in ("A1", "A2"):
            connection.execute(facts.insert(), fact | {"application_id": name})
    reader = world.as_role("committee_member")
    (housed,) = reader.get("/reports/housed/rows").json()["items"]
    assert (housed["nis5"], housed["application_id"]) == (CHARLEROI, None)
    (waiting,) = reader.get("/reports/waiting/rows").json()["items"]
    assert (waiting["nis5"], waiting["application_id"]) == (None, "A2")
    assert "A1" not in reader.get("/reports/housed/rows.csv").text
    behind = reader.get("/quotas/ledger/income-1/allocations?figure=base").text
    assert "A1" not in behind
    assert "A1" in world.as_role("clerk").get("/reports/housed/rows").text
