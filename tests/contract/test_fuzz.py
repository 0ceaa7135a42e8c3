"""
What schemathesis makes of the OpenAPI document finds nothing to say of the answers.

Short here; ``make fuzz`` takes a quarter of an hour on each database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis

from api.db import Database
from tests.contract.fuzzing import Fuzz, configuration, described
from tests.fixtures.databases import databases
from tests.fixtures.service import made

SEED = int(os.environ.get("FUZZ_SEED", "20261129"))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))  # of each operation; 0: the short form
schema = described(configuration(seed=SEED, examples=EXAMPLES or 3, is_short=not EXAMPLES))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fuzz(request: pytest.FixtureRequest, folder: Path) -> Iterator[Fuzz]:
    for url in databases(request, folder):
        database = Database.at(url)
        for world in made(database):
            yield Fuzz(world)
        database.close()


@schema.parametrize()
def test_the_api_answers_as_it_is_described(case: schemathesis.Case, fuzz: Fuzz) -> None:
    fuzz.check(case)
