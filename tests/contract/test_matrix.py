"""Every route, every role, the right and the wrong organisation, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from api.access import ROLES
from api.app import PAGES as PAGE_ROUTERS
from api.db.tables.journal import journal_head
from tests.contract import matrix
from tests.contract.matrix import PAGES, PUBLIC, PUBLIC_PAGES, Row
from tests.contract.matrix_of_stays import STAYS
from tests.contract.matrix_partners import FOLLOWED
from tests.contract.matrix_reserved import RESERVED
from tests.contract.matrix_studies import STUDIES
from tests.fixtures.databases import databases
from tests.fixtures.service import OURS, REGION, THEIRS, Caller, World, served_at

MATRIX = matrix.MATRIX | RESERVED | STAYS | FOLLOWED | STUDIES
REFUSALS = {401, 403, 404}
READS = "GET "


def operations(world: World) -> Iterator[str]:
    document = world.anonymous.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        yield from (f"{method.upper()} {path}" for method in methods)


def test_every_route_has_a_row_and_every_row_its_route(world: World) -> None:
    assert set(operations(world)) == PUBLIC | set(MATRIX)


def test_every_page_has_a_row_and_every_row_its_page() -> None:
    routes = [route for router in PAGE_ROUTERS for route in router.routes]
    found = {f"{method} {route.path}" for route in routes for method in route.methods}  # type: ignore[attr-defined]
    assert found == PUBLIC_PAGES | set(PAGES)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_is_for_the_roles_of_its_row(world: World, page: str) -> None:
    address = page.split(maxsplit=1)[1]
    sent = world.client.get(address, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/session?next={address}")
    for role in ROLES:
        token = world.as_role(role).headers["authorization"].removeprefix("Bearer ")
        told = world.client.get(address, headers={"cookie": f"passerelle-session={token}"})
        assert told.status_code == (200 if role in PAGES[page] else 403), (role, told.text)


def filled(row: Row, ids: dict[str, str], role: str = "") -> tuple[str, Any]:
    """
    The address and the body of a row with identifiers in their places.

    A partner keeps its own of what each service has for itself: ``partner_plan`` for ``plan``.
    """
    if role == "partner":
        own = {k: v for k, v in ids.items() if k.startswith("partner_")}
        ids = ids | {k.removeprefix("partner_"): v for k, v in own.items()}
    body = row.body
    if isinstance(body, dict):
        body = {k: v.format(**ids) if isinstance(v, str) else v for k, v in body.items()}
    return row.path.format(**ids), body


@dataclass(frozen=True)
class Standing:
    """A world that stands as it was made: what is asked of it is refused, or only reads."""

    world: World
    ids: dict[str, str]
    callers: dict[tuple[str, str], Caller] = field(default_factory=dict)

    def caller(self, role: str, organisation_id: str) -> Caller:
        """One session for each role and organisation."""
        who = role, organisation_id
        if who not in self.callers:
            self.callers[who] = self.world.as_role(role, organisation_id)
        return self.callers[who]

    def entries(self) -> int | None:
        """How many acts the journal holds."""
        with self.world.service.database.reading() as connection:
            return connection.scalar(sa.select(journal_head.c.sequence))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """One for all rows, on each database."""
    for url in databases(request, tmp_path_factory.mktemp("standing"), sample="filled"):
        for world in served_at(url):
            yield Standing(world, world.ids)


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_the_roles_that_are_not_of_the_row_are_refused(standing: Standing, operation: str) -> None:
    row, before = MATRIX[operation], standing.entries()
    path, body = filled(row, standing.ids)
    method = operation.split(maxsplit=1)[0]
    assert standing.world.anonymous.send(method, path, json=body).status_code == 401
    for role in sorted(set(ROLES) - row.roles):
        told = standing.caller(role, OURS).send(method, path, json=body, headers=row.headers)
        assert told.status_code == 403, (role, told.text)
    assert standing.entries() == before


def kept_out(
    row: Row, method: str, ids: dict[str, str], caller: Callable[[str, str], Caller]
) -> list[tuple[str, int, str]]:
    """The roles of the row that are refused, or meet a fault of ours."""
    found = []
    for role in sorted(row.roles):
        path, body = filled(row, ids, role)
        who = caller(role, "P1" if role == "partner" else OURS)
        told = who.send(method, path, json=body, headers=row.headers)
        if told.status_code in REFUSALS or told.status_code >= 500:
            found.append((role, told.status_code, told.text))
    return found


@pytest.mark.parametrize("operation", [o for o in sorted(MATRIX) if o.startswith(READS)])
def test_the_roles_of_the_row_read(standing: Standing, operation: str) -> None:
    assert not kept_out(MATRIX[operation], "GET", standing.ids, standing.caller)


@pytest.mark.parametrize("operation", [o for o in sorted(MATRIX) if not o.startswith(READS)])
def test_the_roles_of_the_row_act(world: World, operation: str) -> None:
    """In a world of its own: what one row does, another would find."""
    method = operation.split(maxsplit=1)[0]
    assert not kept_out(MATRIX[operation], method, world.ids, world.as_role)


@pytest.mark.parametrize("operation", [o for o, r in MATRIX.items() if r.elsewhere != "own"])
def test_another_organisation_gets_nothing(standing: Standing, operation: str) -> None:
    row, before = MATRIX[operation], standing.entries()
    method = operation.split(maxsplit=1)[0]
    for role in sorted(row.roles):
        path, body = filled(row, standing.ids, role)
        caller = standing.caller(role, "P2" if role == "partner" else THEIRS)
        told = caller.send(method, path, json=body, headers=row.headers)
        assert told.status_code == row.elsewhere, (role, told.text)
    assert standing.entries() == before


def test_what_is_listed_is_of_ones_own_company(world: World) -> None:
    clerk, stranger = world.as_role("clerk"), world.as_role("clerk", THEIRS)
    assert clerk.get("/meetings").json()["items"]
    assert stranger.get("/meetings").json()["items"] == []
    clerk.post("/meetings", MATRIX["POST /api/v1/meetings"].body)
    assert world.as_role("manager").get("/journal").json()["items"]
    theirs = world.as_role("manager", THEIRS).get("/journal").json()["items"]
    assert [entry["act"] for entry in theirs] == ["register.loaded"]
    assert world.as_role("auditor", REGION).get("/journal").json()["items"]


def test_each_company_reads_its_own_files(world: World) -> None:
    assert world.as_role("clerk", OURS).get("/applications/A2").status_code == 200
    assert world.as_role("clerk", THEIRS).get("/applications/B1").status_code == 200
