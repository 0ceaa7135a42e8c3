"""A register as the rules see it: one column per fact, for every household or member at once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from allocation.errors import Problem, ProblemsError
from allocation.model import MISSING_CHOICE, MISSING_INTEGER, Register
from allocation.model.schema import TABLE_BY_NAME
from allocation.model.table import NO_DATE
from allocation.rules.periods import completed_years_each
from allocation.rules.rulebook import Rulebook
from allocation.rules.schema import FactDef

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Values = npt.NDArray[Any]
K = TypeVar("K", bound=Hashable)

MEMBERS, CHOICES = "household_members", "choices"


@dataclass(frozen=True, eq=False)
class FactColumn:
    """
    One fact for every row of its level.

    Shapes
    ------
    All arrays have one element per application (household facts) or per row of
    ``household_members`` (member facts). ``is_absent``: no row at all. ``is_known``: a value is
    held. ``values``: text, ``datetime64[D]`` or int64. ``proofs``: position in ``proof_names``,
    -1 when none. ``issued_on``: date of the proof.
    """

    values: Values
    is_absent: Flags
    is_known: Flags
    proofs: npt.NDArray[np.int64]
    issued_on: npt.NDArray[np.datetime64]


@dataclass(eq=False)
class RegisterColumns:
    """
    The tables of a register joined once, and facts worked out during the evaluation.

    Parameters
    ----------
    register
        The snapshot.
    rulebook
        Its catalogue says where each fact is read.
    on
        Date of the evaluation (ages).

    Raises
    ------
    ProblemsError
        Facts the catalogue does not know, of the wrong level, type or proof; rows whose
        application or member is unknown; applications registered after ``on``.
    """

    register: Register
    rulebook: Rulebook
    on: date
    computed: dict[str, FactColumn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        applications, members = self.register["applications"], self.register["household_members"]
        self.n_applications, self.n_members = len(applications), len(members)
        self.proof_names = {name: i for i, name in enumerate(self.rulebook.proofs)}
        self._applications = _positions(applications["application_id"].tolist())
        problems: list[Problem] = []
        self.household_of = self._households(members["application_id"], MEMBERS, problems)
        choices = self.register["choices"]
        self.household_of_choice = self._households(choices["application_id"], CHOICES, problems)
        self._index_facts(problems)
        late = applications["registered_on"] > np.datetime64(self.on)
        for row in np.flatnonzero(late):
            problems.append(
                Problem.at(
                    "applications",
                    int(row) + 2,
                    "registered_on",
                    "rule.registered_after",
                    application_id=applications["application_id"][row],
                    on=self.on,
                )
            )
        if problems:
            raise ProblemsError(problems)
        self._columns: dict[str, FactColumn] = {}
        known = ~np.isnat(members["born_on"])
        ages = completed_years_each(members["born_on"], self.on)
        self.computed["age"] = known_where(ages, known)

    def rows(self, level: str) -> int:
        """Number of rows of a level."""
        return self.n_applications if level == "household" else self.n_members

    def column(self, fact: str) -> FactColumn:
        """The column of a fact; ``KeyError`` for a fact not computed yet."""
        definition = self.rulebook.facts[fact]
        if definition.from_ == "computed":
            return self.computed[fact]
        if fact not in self._columns:
            table, _, name = definition.from_.partition(".")
            self._columns[fact] = (
                self._from_facts(fact, definition)
                if table == "facts"
                else self.from_table(table, name)
            )
        return self._columns[fact]

    def _households(self, ids: Values, table: str, problems: list[Problem]) -> Rows:
        """Row of ``applications`` of each identifier."""
        found = _looked_up(self._applications, ids.tolist())
        for row in np.flatnonzero(found < 0):
            problems.append(
                Problem.at(
                    table,
                    int(row) + 2,
                    "application_id",
                    "rule.unknown_application",
                    application_id=ids[row],
                )
            )
        return found

    def _index_facts(self, problems: list[Problem]) -> None:
        facts, members = self.register["facts"], self.register["household_members"]
        names = facts["fact"].tolist()
        self._fact_names = _positions(list(dict.fromkeys(names)))
        self._fact_of = _looked_up(self._fact_names, names)
        self._fact_households = self._households(facts["application_id"], "facts", problems)
        owners, asked = facts["application_id"].tolist(), facts["member_id"].tolist()
        self._fact_has_member = np.fromiter(map(bool, asked), dtype=np.bool_, count=len(asked))
        of_member = _positions(
            list(
                zip(members["application_id"].tolist(), members["member_id"].tolist(), strict=True)
            )
        )
        self._fact_members = np.full(len(asked), -1)
        rows = np.flatnonzero(self._fact_has_member)
        pairs = [(owners[row], asked[row]) for row in rows.tolist()]
        self._fact_members[rows] = _looked_up(of_member, pairs)
        for row in np.flatnonzero(self._fact_has_member & (self._fact_members < 0)):
            self._fault(int(row), "member_id", "rule.unknown_member", problems)
        proofs = facts["proof"].tolist()
        self._fact_proofs = _looked_up(self.proof_names, proofs)
        has_proof = np.fromiter(map(bool, proofs), dtype=np.bool_, count=len(proofs))
        for row in np.flatnonzero((self._fact_proofs < 0) & has_proof):
            self._fault(int(row), "proof", "rule.unknown_proof", problems)
        for name, position in self._fact_names.items():
            self._check_fact(name, np.flatnonzero(self._fact_of == position), problems)

    def _check_fact(self, name: str, rows: Rows, problems: list[Problem]) -> None:
        definition = self.rulebook.facts.get(name)
        if definition is None or definition.from_ != "facts":
            for row in rows:
                self._fault(int(row), "fact", "rule.unknown_fact", problems)
            return
        is_member = definition.level == "member"
        for row in rows[self._fact_has_member[rows] != is_member]:
            self._fault(int(row), "member_id", "rule.wrong_level", problems)
        texts = _text(self.register["facts"]["value"][rows])
        for row in rows[~_readable(texts, definition)]:
            self._fault(int(row), "value", "rule.bad_value", problems)

    def _fault(self, row: int, column: str, code: str, problems: list[Problem]) -> None:
        facts = self.register["facts"]
        problems.append(
            Problem.at(
                "facts",
                int(row) + 2,
                column,
                code,
                fact=facts["fact"][row],
                application_id=facts["application_id"][row],
                member_id=facts["member_id"][row],
                value=facts["value"][row],
                proof=facts["proof"][row],
                detail=facts["value"][row],
                level="member" if facts["member_id"][row] == "" else "household",
            )
        )

    def _from_facts(self, fact: str, definition: FactDef) -> FactColumn:
        n = self.rows(definition.level)
        position = self._fact_names.get(fact, -1)
        rows = np.flatnonzero(self._fact_of == position)
        owners = self._fact_members if definition.level == "member" else self._fact_households
        at = owners[rows]
        facts = self.register["facts"]
        texts = _text(facts["value"][rows])
        is_absent = np.ones(n, dtype=np.bool_)
        is_known = np.zeros(n, dtype=np.bool_)
        proofs = np.full(n, -1, dtype=np.int64)
        issued_on = np.full(n, NO_DATE)
        values = _empty(definition, n)
        is_absent[at] = False
        is_known[at] = texts != ""
        proofs[at] = self._fact_proofs[rows]
        issued_on[at] = facts["issued_on"][rows]
        values[at] = _parsed(texts, definition)
        return FactColumn(values, is_absent, is_known, proofs, issued_on)

    def from_table(self, table: str, name: str) -> FactColumn:
        """A column of the register as a fact."""
        raw = self.register[table][name]
        schema = TABLE_BY_NAME[table].column(name)
        if schema.kind == "date":
            return known_where(raw, ~np.isnat(raw))
        if schema.kind in ("choice", "flag"):
            names = np.array([*schema.choices, ""])
            return known_where(names[raw], raw != MISSING_CHOICE)
        return known_where(raw, raw != MISSING_INTEGER)


def known_where(values: Values, is_known: Flags) -> FactColumn:
    """A column without proofs: known where said, absent elsewhere."""
    n = len(values)
    return FactColumn(
        values, ~is_known, is_known, np.full(n, -1, dtype=np.int64), np.full(n, NO_DATE)
    )


def _text(values: Values) -> Values:
    return values.astype(str) if len(values) else np.zeros(0, dtype="U1")


def _positions(keys: Sequence[K]) -> dict[K, int]:
    return {key: i for i, key in enumerate(keys)}


def _looked_up(positions: Mapping[Any, int], wanted: Sequence[Hashable]) -> Rows:
    """Position of each wanted key, -1 when there is none (one pass in C, no array of text)."""
    return np.fromiter(map(positions.get, wanted, repeat(-1)), dtype=np.int64, count=len(wanted))


def _empty(definition: FactDef, n: int) -> Values:
    if definition.type == "date":
        return np.full(n, NO_DATE)
    if definition.type == "integer":
        return np.zeros(n, dtype=np.int64)
    width = max(3, *(len(c) for c in definition.choices)) if definition.choices else 3
    return np.full(n, "", dtype=f"U{width}")


def _readable(texts: Values, definition: FactDef) -> Flags:
    """Which texts are empty or of the fact's type."""
    if definition.type in ("flag", "choice"):
        accepted = ["", *(definition.choices or ["yes", "no"])]
        return np.isin(texts, accepted)
    return np.array([is_readable(str(t), definition) for t in texts], dtype=np.bool_)


def is_readable(text: str, definition: FactDef) -> bool:
    """Whether one text is empty or of the fact's type."""
    if text == "":
        return True
    try:
        if definition.type == "date":
            date.fromisoformat(text)
        elif definition.type == "integer":
            int(text)
        else:
            return text in (definition.choices or ["yes", "no"])
    except ValueError:
        return False
    return True


def _parsed(texts: Values, definition: FactDef) -> Values:
    if definition.type == "date":
        return np.where(texts == "", "NaT", texts).astype("datetime64[D]")
    if definition.type == "integer":
        return np.where(texts == "", "0", texts).astype(np.int64)
    return texts
