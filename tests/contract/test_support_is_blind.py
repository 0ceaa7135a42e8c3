"""What is offered in support follows neither the age, the sex nor the family of a household."""

from __future__ import annotations

import ast
from datetime import date
from typing import Any

import pytest

from api.db.tables.register import applications, household_members
from tests.architecture.source_tree import ROOT
from tests.fixtures.service import Caller, World

EVENT = {"application_id": "A1", "event": "first_missed_rent", "happened_on": "2026-06-10"}
# Columns that tell of age, sex and family.
OF_PERSONS = {"born_on", "sex", "role", "is_married", "is_pensioner", "lodging", "given_name"}
# Rooms that offer, weigh and lead support; rights of the law are asked about the law's own facts.
ROOMS = ("allocation/accompaniment", "api/accompaniment", "api/orientation", "api/practice")
# Rights are the law's own conditions; the library looks for names to refuse them.
APART = {"rights.py", "work.py"}
OLD = {"born_on": date(1931, 1, 1), "sex": "m", "is_pensioner": "yes"}
YOUNG = {"born_on": date(2004, 1, 1), "sex": "f", "is_pensioner": "no"}


def offered(world: World) -> dict[str, Any]:
    """Everything that is offered in support to A1, in figures and codes."""
    clerk, liaison = world.as_role("clerk"), world.as_role("liaison")
    assert clerk.post("/contact-offers", EVENT).status_code == 201
    waiting = liaison.get("/contact-offers").json()["items"]
    found = {
        "contact": [(one["event"], one["state"]) for one in waiting],
        "directory": liaison.get("/services?nis5=52011").json(),
        "capacity": liaison.get("/accompaniment/capacity").json(),
    }
    plan = plan_of(liaison)
    found["possible"] = plan["possible"]
    found["words"] = liaison.get(f"/plans/{plan['plan_id']}/letters/offer").json()
    return found


def plan_of(caller: Caller) -> dict[str, Any]:
    body = {"application_id": "A1", "first_contact_on": "2026-06-01"}
    told = caller.post("/plans", body)
    assert told.status_code == 201, told.text
    return dict(told.json()["plan"])


@pytest.mark.parametrize("person", [OLD, YOUNG])
def test_the_same_support_is_offered_whatever_the_age_and_the_family(
    world: World, person: dict[str, Any]
) -> None:
    before = offered(world)
    with world.service.database.writing() as connection:
        connection.execute(household_members.update().values(person))
        connection.execute(applications.update().values(dependent_children=6))
        connection.execute(
            household_members.delete().where(household_members.c.role != "applicant")
        )
    after = offered(world)
    # The event was passed on twice, the second time to the same service.
    assert after.pop("contact") == before.pop("contact") * 2
    assert after == before


def test_no_room_of_support_reads_the_age_the_sex_or_the_family() -> None:
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).glob("*.py")):
            if path.name in APART:
                continue
            names = {
                node.attr if isinstance(node, ast.Attribute) else node.value
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Attribute)
                or (isinstance(node, ast.Constant) and isinstance(node.value, str))
            }
            # The role of an account is another matter than a person's place in its household.
            found += [f"{path.name}: {n}" for n in sorted((OF_PERSONS - {"role"}) & names)]
    assert found == []
