"""The page from statements to features names routes and tests that exist."""

import ast
import re
from functools import cache

from tests.architecture.source_tree import ROOT
from tests.contract import matrix
from tests.contract.matrix_of_stays import STAYS
from tests.contract.matrix_partners import FOLLOWED
from tests.contract.matrix_reserved import RESERVED

MATRIX = matrix.MATRIX | RESERVED | STAYS | FOLLOWED
PAGE = ROOT / "docs" / "explanation" / "du-constat-a-la-fonction.md"
STATEMENTS = {"Les sept constats": 7, "Les dix recommandations": 10, "Les autres documents": 14}
NOTHING = "**rien encore**"
PREFIX = "/api/v1"


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def rows(section: str) -> list[str]:
    part = text().split(f"## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return lines[2:]


def routes() -> set[str]:
    return set(re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`]*)`", text()))


def named_tests() -> set[str]:
    return set(re.findall(r"`(tests/[^`]+)`", text()))


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def exists(test: str) -> bool:
    path, _, name = test.partition("::")
    return (ROOT / path).is_file() and (not name or name in functions(path))


def test_every_route_named_exists() -> None:
    known = {operation.replace(PREFIX, "", 1) for operation in MATRIX}
    named = routes() - {"GET /…"}
    assert named
    assert named - known == set()


def test_every_test_named_exists() -> None:
    assert named_tests()
    assert [one for one in sorted(named_tests()) if not exists(one)] == []


def test_every_statement_has_a_row_that_names_what_carries_it_or_says_nothing_does() -> None:
    for section, expected in STATEMENTS.items():
        found = rows(section)
        assert len(found) == expected, section
        for row in found:
            carried = re.search(r"`(?:GET|POST|PUT|DELETE) /|`tests/", row)
            assert carried or NOTHING in row, row
