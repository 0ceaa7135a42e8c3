"""A person erased: unreadable everywhere, while totals, certificates and the journal stay."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from pypdf import PdfReader

from allocation.proof.checker import check, read
from api.app import create_app
from api.auth.actor import Actor
from api.db.tables import metadata
from api.db.tables.meetings import meeting_file
from api.db.tables.register import allocations_ytd, applications, household_members, offers
from api.erasure.personal import OWNER, emptied_columns
from api.journal import append
from api.journal.reading import verify
from api.journal.sealing import seal
from tests.fixtures.service import NOW, OURS, World

GONE = ("Exemple, l'aîné", "EXEMPLE, L'AÎNÉ", 'Zoé "Z"', "Noa", "85073003328", "17073003384")
STAYS = "Modèle"
CLOSED = {"closed_on": "2026-01-31", "row_version": 1}
ACTOR = Actor(f"acc-{OURS}-clerk", OURS, "slsp", "clerk")


def years_later(world: World, years: int = 2) -> World:
    service = replace(world.service, now=lambda: NOW + timedelta(days=366 * years))
    client = TestClient(create_app(service), raise_server_exceptions=False)
    return World(service, client)


def withdrawn(world: World) -> None:
    """A1 has left the list."""
    with world.service.database.writing() as connection:
        mine = applications.c.application_id == "A1"
        connection.execute(applications.update().where(mine).values(status="withdrawn"))
        gone = offers.c.application_id == "A1"
        connection.execute(offers.update().where(gone).values(answer="refused"))


def erased(world: World, **changes: Any) -> Any:
    return world.as_role("manager").post("/applications/A1/erasure", CLOSED | changes)


def texts(content: bytes) -> Iterator[str]:
    """Everything a file can be read as."""
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        for name in archive.namelist():
            yield from texts(archive.read(name))
    elif content.startswith(b"%PDF"):
        yield from (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    else:
        yield content.decode("utf-8", "replace").replace("&#34;", '"').replace("&#39;", "'")


def everything(world: World) -> list[str]:
    found: list[str] = []
    with world.service.database.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for value in row:
                    parts = texts(value) if isinstance(value, bytes) else [str(value)]
                    found += (f"{table.name}: {part}" for part in parts)
    return found


def lines_with(world: World, wanted: tuple[str, ...]) -> dict[str, str]:
    """Each text that is found somewhere, with the place."""
    read_lines = everything(world)
    return {t: line[:40] for t in wanted for line in read_lines if t in line}


def others_have_other_names(world: World) -> None:
    """The household of the other company is a copy of A1."""
    with world.service.database.writing() as connection:
        others = household_members.c.application_id == "B1"
        values = dict.fromkeys(("family_name", "given_name", "national_number"), "Autre")
        connection.execute(household_members.update().where(others).values(values))


def test_a_person_erased_is_found_nowhere_and_every_proof_still_holds(world: World) -> None:
    others_have_other_names(world)
    clerk = world.as_role("clerk")
    meeting_id = clerk.get("/meetings").json()["items"][0]["meeting_id"]
    assert clerk.post(f"/meetings/{meeting_id}/freeze").status_code == 200
    clerk.post(f"/meetings/{meeting_id}/proposal")
    world.work()
    with world.service.database.writing() as connection:
        secret = world.service.secret
        sealed = {"A1": seal(connection, "A1", {"said": GONE[0]}, secret=secret)}
        append(connection, "test.done", subject="A1", actor=ACTOR, now=NOW, sealed=sealed)
        before = connection.execute(sa.select(allocations_ytd)).all()
        proposal = content_of(connection, meeting_id, "proposal.json")
    assert set(lines_with(world, GONE)) == set(GONE)
    withdrawn(world)
    later = years_later(world)
    assert erased(later).status_code == 201
    later.work()
    assert lines_with(later, GONE) == {}
    assert lines_with(later, (STAYS,))
    with world.service.database.reading() as connection:
        assert verify(connection).is_sound
        assert connection.execute(sa.select(allocations_ytd)).all() == before
        assert content_of(connection, meeting_id, "proposal.json") == proposal
        certificate, annex = (
            read(content_of(connection, meeting_id, f"{name}.json").decode(), schema)
            for name, schema in (("certificate", "certificate/1"), ("annex", "certificate-annex/1"))
        )
    assert check(certificate, annex)["opened"] == len(certificate["households"]) - 1
    file = later.as_role("clerk").get("/applications/A1").json()
    assert {(m["family_name"], m["born_on"]) for m in file["members"]} == {(None, None)}


def content_of(connection: sa.Connection, meeting_id: str, name: str) -> bytes:
    mine = (meeting_file.c.meeting_id == meeting_id) & (meeting_file.c.name == name)
    return bytes(connection.scalar(sa.select(meeting_file.c.content).where(mine)) or b"")


def test_who_still_takes_part_is_not_erased(world: World) -> None:
    told = erased(years_later(world))
    assert (told.status_code, told.json()["code"]) == (409, "erasure.still_on_list")


def test_data_is_kept_until_the_last_day_of_its_time(world: World) -> None:
    withdrawn(world)
    for day, code in (
        ("2026-01-31", "erasure.too_early"),  # kept until 31 January 2027
        ("2025-12-31", "erasure.closed_on"),  # confirmed on 20 January 2026
        ("2099-01-01", "erasure.closed_on"),
    ):
        told = erased(world, closed_on=day)
        assert told.json()["code"] == code
    last = replace(world.service, now=lambda: NOW.replace(year=2027, month=1, day=31))
    told = erased(World(last, TestClient(create_app(last))))
    assert told.json()["code"] == "erasure.too_early"
    first = replace(world.service, now=lambda: NOW.replace(year=2027, month=2, day=1))
    assert erased(World(first, TestClient(create_app(first)))).status_code == 201


def test_a_household_that_was_housed_is_kept_ten_years(world: World) -> None:
    withdrawn(world)
    with world.service.database.writing() as connection:
        values = {"application_id": "A1", "decided_on": NOW.date().replace(month=2)}
        connection.execute(allocations_ytd.update().values(values))
    day = "2026-02-28"
    assert erased(years_later(world), closed_on=day).json()["code"] == "erasure.too_early"
    assert erased(years_later(world, 11), closed_on=day).status_code == 201


def test_a_household_whose_allocation_was_undone_was_not_housed(world: World) -> None:
    withdrawn(world)
    decided_on = NOW.date().replace(month=2)
    with world.service.database.writing() as connection:
        values = {"application_id": "A1", "decided_on": decided_on}
        undone = {"undone_on": decided_on.replace(month=3), "undone_for": "refused"}
        connection.execute(allocations_ytd.update().values(values | undone))
    told = erased(years_later(world), closed_on="2026-02-28")
    assert (told.status_code, told.json()["rule"]) == (201, "left_the_list")


def test_an_open_offer_or_a_first_erasure_refuses(world: World) -> None:
    withdrawn(world)
    later = years_later(world)
    assert erased(later).status_code == 201
    told = erased(later, row_version=1)
    assert told.json()["code"] == "erasure.already_done"


def test_every_rule_of_retention_has_its_source_and_mark(world: World) -> None:
    told = world.as_role("clerk").get("/retention").json()["items"]
    assert {rule["code"] for rule in told} == {"housed", "never_completed", "left_the_list"}
    assert all(rule["source"] and rule["status"] and rule["counted_from"] for rule in told)


def test_every_table_with_a_row_per_application_says_what_is_personal() -> None:
    with_owner = {t.name for t in metadata.sorted_tables if OWNER in t.c}
    assert with_owner == set(emptied_columns())
    assert {"family_name", "born_on"} <= set(emptied_columns()[household_members.name])


@pytest.mark.parametrize("name", ["A1", "A2"])
def test_only_the_person_asked_for_is_emptied(world: World, name: str) -> None:
    withdrawn(world)
    assert erased(years_later(world)).status_code == 201
    with world.service.database.reading() as connection:
        mine = household_members.c.application_id == name
        found = connection.scalars(sa.select(household_members.c.family_name).where(mine)).all()
    assert [f is None for f in found] == [name == "A1"] * len(found)
    assert json.dumps(found)
