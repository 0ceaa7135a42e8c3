"""
The common file of candidates kept elsewhere, read through a mapping and compared with a register.

The mapping is data: which of its columns says what, and which of its codes means what. Nothing
is compared until the mapping and every row are sound; comparing changes nothing on either side.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from allocation.errors import Problem, ProblemsError
from allocation.exchange.cells import suggestion
from allocation.model import TABLE_BY_NAME, Column

MOST_CHOICES = 5
_WHOLE = re.compile(r"-?[0-9]{1,15}")
APPLICANT, CHOICE = "applicant.", "choice_"
Values = dict[str, str]  # our field -> our value as text; empty: nothing
Rows = dict[str, Values]  # by identifier of the application


class MappedColumn(BaseModel):
    """One column of the outside file, and what it says here."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    column: str = Field(min_length=1, max_length=100, examples=["STATUT"])
    field: str = Field(
        min_length=1,
        max_length=64,
        description="A column of `applications`, `choice_1` to `choice_5` (a commune), or "
        "`applicant.` and a column of `household_members`.",
        examples=["status"],
    )
    day: str = Field(
        default="",
        max_length=20,
        description="How days are written there, such as `%d/%m/%Y`; left out: as here.",
    )
    codes: dict[str, str] = Field(
        default={}, description="Their code -> ours.", examples=[{"A": "admitted"}]
    )


class CommonFileMapping(BaseModel):
    """What a common file says, column by column; which side is the master."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200, examples=["Fichier commun (exemple)"])
    master: Literal["theirs", "ours"] = Field(
        default="theirs", description="The SWL's file, unless declared otherwise."
    )
    basis: str = Field(
        default="", max_length=500, description="What `ours` rests on: act, agreement, day."
    )
    delimiter: Literal[";", ",", "\t"] = ";"
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    key: str = Field(
        min_length=1, max_length=100, description="Column of the identifier.", examples=["NUMERO"]
    )
    columns: list[MappedColumn] = Field(min_length=1, max_length=60)


@dataclass(frozen=True, order=True)
class Difference:
    """``only_ours``, ``only_theirs`` (no field), or ``different`` in one field."""

    application_id: str
    kind: str
    field: str = ""
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True)
class Reconciliation:
    """Everything that differs, and totals that add up."""

    differences: tuple[Difference, ...]
    n_ours: int
    n_theirs: int
    n_both: int
    n_same: int
    n_different: int
    n_only_ours: int
    n_only_theirs: int
    n_fields: int

    def adds_up(self) -> bool:
        """Whether every application of either side is counted once."""
        kinds = Counter(d.kind for d in self.differences)
        return (
            self.n_ours == self.n_both + self.n_only_ours
            and self.n_theirs == self.n_both + self.n_only_theirs
            and self.n_both == self.n_same + self.n_different
            and (kinds["only_ours"], kinds["only_theirs"]) == (self.n_only_ours, self.n_only_theirs)
            and kinds["different"] == self.n_fields
        )


def fields() -> dict[str, Column]:
    """What a mapping may speak of."""
    found = {c.name: c for c in TABLE_BY_NAME["applications"].columns if c.name != "application_id"}
    commune = next(c for c in TABLE_BY_NAME["choices"].columns if c.name == "nis5")
    found |= {f"{CHOICE}{n}": commune for n in range(1, MOST_CHOICES + 1)}
    members = TABLE_BY_NAME["household_members"].columns
    own = ("application_id", "member_id", "role")
    return found | {f"{APPLICANT}{c.name}": c for c in members if c.name not in own}


def check_mapping(mapping: CommonFileMapping) -> None:
    """
    Refuse a mapping that cannot be read by, with every fault.

    Raises
    ------
    ProblemsError
        ``input.refused``; ``where`` and ``column`` are the path in the mapping.
    """
    problems = list(_of_mapping(mapping))
    if problems:
        raise ProblemsError(problems)


def _of_mapping(mapping: CommonFileMapping) -> Iterator[Problem]:
    known = fields()
    if mapping.master == "ours" and not mapping.basis:
        yield Problem.at("", 0, "basis", "common_file.master_without_basis")
    columns = Counter([mapping.key, *(c.column for c in mapping.columns)])
    said = Counter(c.field for c in mapping.columns)
    for place, entry in enumerate(mapping.columns):
        at = f"/columns/{place}"
        if columns[entry.column] > 1:
            yield Problem.at(at, place, "column", "common_file.column_twice", name=entry.column)
        if said[entry.field] > 1:
            yield Problem.at(at, place, "field", "common_file.field_twice", name=entry.field)
        column = known.get(entry.field)
        if column is None:
            near = suggestion(entry.field, known)
            yield Problem.at(
                at, place, "field", "common_file.unknown_field", name=entry.field, suggestion=near
            )
            continue
        yield from _of_codes(entry, column, at, place)


def _of_codes(entry: MappedColumn, column: Column, at: str, place: int) -> Iterator[Problem]:
    if entry.day and (column.kind != "date" or not all(p in entry.day for p in ("%d", "%m", "%Y"))):
        yield Problem.at(at, place, "day", "common_file.day_form", name=entry.field)
    if column.choices:
        for code in sorted(set(entry.codes.values()) - set(column.choices) - {""}):
            valid = ", ".join(column.choices)
            yield Problem.at(at, place, "codes", "common_file.unknown_code", name=code, valid=valid)


def read_common_file(content: bytes, mapping: CommonFileMapping) -> Rows:
    """
    The applications of a common file, in our fields and codes.

    Raises
    ------
    ProblemsError
        ``input.refused``: every fault with its line and column; nothing is read then.
    """
    try:
        text = content.decode(mapping.encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise ProblemsError([Problem.at("file", line, "", "common_file.encoding")]) from fault
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as fault:
        raise ProblemsError(
            [Problem.at("file", reader.line_num, "", "common_file.unreadable")]
        ) from fault
    rows, problems = _read(lines, mapping)
    if problems:
        raise ProblemsError(problems)
    return rows


def _read(
    lines: list[tuple[int, list[str]]], mapping: CommonFileMapping
) -> tuple[Rows, list[Problem]]:
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    wanted = [mapping.key, *(c.column for c in mapping.columns)]
    problems = [
        Problem.at("file", 1, name, "common_file.missing_column", name=name)
        for name in wanted
        if header.count(name) != 1
    ]
    if problems:
        return {}, problems
    known, rows = fields(), Rows()
    places = [(c, known[c.field], header.index(c.column)) for c in mapping.columns]
    key_place = header.index(mapping.key)
    for line, cells in lines[1:]:
        if not any(cells):
            continue
        if len(cells) != len(header):
            problems.append(Problem.at("file", line, "", "common_file.row_length"))
            continue
        key = cells[key_place].strip()
        if not key or key in rows:
            code = "common_file.key_twice" if key else "common_file.no_key"
            problems.append(Problem.at("file", line, mapping.key, code, name=key))
            continue
        rows[key] = {}
        for entry, column, place in places:
            value = _ours(cells[place].strip(), entry, column)
            if value is None:
                problems.append(
                    Problem.at("file", line, entry.column, f"common_file.not_{column.kind}")
                )
                continue
            rows[key][entry.field] = value
    return rows, problems


def _ours(text: str, entry: MappedColumn, column: Column) -> str | None:
    """A cell in our code; ``None`` when it cannot be read."""
    if entry.codes:
        return entry.codes.get(text, "" if not text else None)
    if not text:
        return ""
    if column.kind == "date":
        return _day(text, entry.day)
    if column.kind in ("integer", "cents"):
        return str(int(text)) if _WHOLE.fullmatch(text) else None
    if column.choices:
        return text if text in column.choices else None
    return text


def _day(text: str, form: str) -> str | None:
    try:
        if form:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date().isoformat()
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def reconcile(ours: Rows, theirs: Rows, *, of: Iterable[str]) -> Reconciliation:
    """Compare the fields both sides speak of; the order of the rows changes nothing."""
    compared = sorted(set(of))
    both = sorted(ours.keys() & theirs.keys())
    only_ours = [Difference(a, "only_ours") for a in ours.keys() - theirs.keys()]
    only_theirs = [Difference(a, "only_theirs") for a in theirs.keys() - ours.keys()]
    different = [
        Difference(a, "different", f, ours[a].get(f, ""), theirs[a].get(f, ""))
        for a in both
        for f in compared
        if ours[a].get(f, "") != theirs[a].get(f, "")
    ]
    n_different = len({d.application_id for d in different})
    return Reconciliation(
        differences=tuple(sorted([*only_ours, *only_theirs, *different])),
        n_ours=len(ours),
        n_theirs=len(theirs),
        n_both=len(both),
        n_same=len(both) - n_different,
        n_different=n_different,
        n_only_ours=len(only_ours),
        n_only_theirs=len(only_theirs),
        n_fields=len(different),
    )


def written(values: Mapping[str, str], mapping: CommonFileMapping) -> list[str]:
    """One application in their columns and codes, without its identifier."""
    return [_theirs(values.get(c.field, ""), c) for c in mapping.columns]


def _theirs(value: str, entry: MappedColumn) -> str:
    if entry.codes:
        return next((theirs for theirs, ours in entry.codes.items() if ours == value), "")
    if value and entry.day:
        return date.fromisoformat(value).strftime(entry.day)
    return value
