"""A file of nonsense given to ``passerelle match`` is refused or answered: never a crash."""

from __future__ import annotations

import contextlib
import io
import json
import random
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.cli import match
from allocation.cli.console import BAD_INPUT, problem_sentence
from allocation.errors import ProblemsError
from allocation.wording import catalogue
from tests.random_vectors import a_vector

LANGUAGES = ("fr", "nl", "de", "en")
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 0, 1, 3, 2**31, 2**64, 10**30, 1.5, 1e400, "", "1/0", "1e999999999", "3/2",
     "1/2", "A", "u0", "h0", "q0", "once", "each", "floor", "cap", "partner", "capacity",
     "leximin", "\ud800", "\x00", [], {}, [[]], ["A"], {"h0": 2}, {"total": 3, "by_group": {}}]
)  # fmt: skip
JSON = st.recursive(
    ODD | st.text(max_size=4) | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip
FIELDS = st.sampled_from(
    ["id", "kind", "group", "groups", "accepts", "choices", "seats", "share", "period_seats",
     "places", "used", "hard", "weight", "counting", "precedence", "units", "intensity", "ledger",
     "forecast", "pacing", "shortage_rule", "reserved_for", "label", "label_mode", "points",
     "date", "lottery", "households", "quotas", "expected", "nonsense"]
)  # fmt: skip


def matched(document: Any, *, text: str | None = None) -> int:
    """Exit code of the command, every problem of a refusal said in four languages."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "vectors.json"
        path.write_text(json.dumps(document) if text is None else text, encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                code: int = match.run(path, as_json=True)
            except ProblemsError as refused:
                for problem, language in product(refused.problems, LANGUAGES):
                    assert problem.code in catalogue(language)
                    assert problem_sentence(problem, catalogue(language))
                return BAD_INPUT
    return code


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_any_json_is_refused_or_answered(document: Any) -> None:
    assert matched(document) in (0, 1, 2)


@settings(max_examples=120, deadline=None)
@given(
    seed=st.integers(0, 40),
    changes=st.lists(
        st.tuples(st.integers(0, 10**6), FIELDS, JSON, st.booleans()), min_size=1, max_size=3
    ),
)
def test_a_spoiled_vector_is_refused_or_answered(
    seed: int, changes: list[tuple[int, str, Any, bool]]
) -> None:
    vector = a_vector(random.Random(seed), seed)
    for where, name, value, is_removal in changes:
        entries = [vector, *vector["households"], *vector["units"], *vector["quotas"]]
        entries = [e for e in entries if isinstance(e, dict)]
        entry = entries[where % len(entries)]
        if is_removal:
            entry.pop(name, None)
        elif entry is not vector or name not in ("households", "units", "quotas"):
            entry[name] = value
    assert matched(vector) in (0, 1, 2)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30) | st.integers(1, 3000).map(lambda n: "[" * n) | st.just("9" * 5000))
def test_any_text_is_refused_or_answered(text: str) -> None:
    assert matched(None, text=text) in (0, 1, 2)
