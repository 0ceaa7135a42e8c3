"""Every route, every role, the right and the wrong organisation, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.access import ROLES
from api.app import PAGES as PAGE_ROUTERS
from tests.contract import matrix
from tests.contract.matrix import PAGES, PUBLIC, PUBLIC_PAGES, Row
from tests.contract.matrix_of_stays import STAYS
from tests.contract.matrix_partners import FOLLOWED
from tests.contract.matrix_reserved import RESERVED
from tests.contract.matrix_studies import STUDIES
from tests.fixtures.service import OURS, REGION, THEIRS, World

MATRIX = matrix.MATRIX | RESERVED | STAYS | FOLLOWED | STUDIES
REFUSALS = {401, 403, 404}


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


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_only_the_roles_of_the_row_pass(world: World, operation: str) -> None:
    row, ids = MATRIX[operation], world.ids
    path, body = filled(row, ids)
    method = operation.split(maxsplit=1)[0]
    assert world.anonymous.send(method, path, json=body).status_code == 401
    for role in sorted(set(ROLES) - row.roles):
        told = world.as_role(role).send(method, path, json=body, headers=row.headers)
        assert told.status_code == 403, (role, told.text)
    for role in sorted(row.roles):
        path, body = filled(row, ids, role)
        caller = world.as_role(role, "P1" if role == "partner" else OURS)
        told = caller.send(method, path, json=body, headers=row.headers)
        assert told.status_code not in REFUSALS, (role, told.text)
        assert told.status_code < 500, (role, told.text)


@pytest.mark.parametrize("operation", [o for o, r in MATRIX.items() if r.elsewhere != "own"])
def test_another_organisation_gets_nothing(world: World, operation: str) -> None:
    row, ids = MATRIX[operation], world.ids
    method = operation.split(maxsplit=1)[0]
    for role in sorted(row.roles):
        path, body = filled(row, ids, role)
        caller = world.as_role(role, "P2" if role == "partner" else THEIRS)
        told = caller.send(method, path, json=body, headers=row.headers)
        assert told.status_code == row.elsewhere, (role, told.text)


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
