"""Every route, every role, the right and the wrong organisation, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.access import ROLES
from tests.contract.matrix import MATRIX, PUBLIC
from tests.fixtures.service import OURS, THEIRS, World

REFUSALS = {401, 403, 404}


def operations(world: World) -> Iterator[str]:
    document = world.anonymous.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        yield from (f"{method.upper()} {path}" for method in methods)


def test_every_route_has_a_row_and_every_row_its_route(world: World) -> None:
    assert set(operations(world)) == PUBLIC | set(MATRIX)


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_only_the_roles_of_the_row_pass(world: World, operation: str) -> None:
    row, method = MATRIX[operation], operation.split(maxsplit=1)[0]
    assert world.anonymous.send(method, row.path, json=row.body).status_code == 401
    for role in sorted(set(ROLES) - row.roles):
        told = world.as_role(role).send(method, row.path, json=row.body, headers=row.headers)
        assert told.status_code == 403, (role, told.text)
    for role in sorted(row.roles):
        told = world.as_role(role).send(method, row.path, json=row.body, headers=row.headers)
        assert told.status_code not in REFUSALS, (role, told.text)
        assert told.status_code < 500, (role, told.text)


@pytest.mark.parametrize("operation", [o for o, r in MATRIX.items() if r.elsewhere != "own"])
def test_another_company_gets_nothing(world: World, operation: str) -> None:
    row, method = MATRIX[operation], operation.split(maxsplit=1)[0]
    for role in sorted(row.roles):
        caller = world.as_role(role, THEIRS)
        told = caller.send(method, row.path, json=row.body, headers=row.headers)
        assert told.status_code == row.elsewhere, (role, told.text)


def test_the_row_that_is_refused_elsewhere_is_there_at_home(world: World) -> None:
    clerk = world.as_role("clerk", OURS)
    assert clerk.get("/applications/A2").status_code == 200
    assert world.as_role("clerk", THEIRS).get("/applications/B1").status_code == 200
