"""An immutable snapshot of a register: tables in columns, the quotas, the meeting, one hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from allocation.model.application import Application, Choice, Fact, Member
from allocation.model.meeting import Meeting
from allocation.model.quota import QuotaRule
from allocation.model.schema import TABLE_BY_NAME
from allocation.model.table import Table


@dataclass(frozen=True)
class Confirmation:
    """
    Two named persons confirm a value of the rulebook for a year, with its source (rule 11).

    ``key`` is a rulebook parameter, a points row (``points.H_HOMELESS``), a ceilings row
    (``ceilings``) or a switch (``U15``).
    """

    key: str
    year: int
    confirmed_by: tuple[str, ...]
    source: str
    confirmed_on: date


@dataclass(frozen=True, eq=False)
class Register:
    """
    A register frozen for one proposal.

    ``kind`` is ``demo`` or ``real``: on a real one nothing is proposed until every value used
    has been confirmed. ``tables`` holds every table of ``allocation.model.schema`` (empty ones
    included). Plans of accompaniment and consents are not part of it.
    """

    kind: Literal["demo", "real"]
    slsp_id: str
    tables: Mapping[str, Table]
    quotas: tuple[QuotaRule, ...] = ()
    meeting: Meeting | None = None
    confirmations: tuple[Confirmation, ...] = ()

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    @staticmethod
    def of(
        kind: Literal["demo", "real"],
        slsp_id: str,
        tables: Mapping[str, Table],
        *,
        quotas: tuple[QuotaRule, ...] = (),
        meeting: Meeting | None = None,
        confirmations: tuple[Confirmation, ...] = (),
    ) -> Register:
        """Build a register; tables left out are empty; quotas are sorted by identifier."""
        full = {name: tables.get(name) or Table.of(s, []) for name, s in TABLE_BY_NAME.items()}
        ordered = tuple(sorted(quotas, key=lambda q: q.quota_id))
        return Register(kind, slsp_id, full, ordered, meeting, confirmations)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hexadecimal) of the tables, quotas and meeting; rows in any order."""
        sha = hashlib.sha256(f"register/1\x1d{self.kind}\x1d{self.slsp_id}".encode())
        for name in TABLE_BY_NAME:
            sha.update(self.tables[name].digest())
        rest = {
            "quotas": [asdict(q) for q in self.quotas],
            "meeting": asdict(self.meeting) if self.meeting else None,
            "confirmations": [asdict(c) for c in self.confirmations],
        }
        sha.update(json.dumps(rest, sort_keys=True, default=_plain).encode())
        return sha.hexdigest()

    def application(self, application_id: str) -> Application:
        """One application with its members, facts and choices; ``KeyError`` when unknown."""
        row: dict[str, Any] = self["applications"].row(
            self["applications"].index[application_id][0]
        )
        for flag in ("adapted_wanted",):
            row[flag] = _truth(row[flag])
        row["reference_slsp_id"] = row["reference_slsp_id"] or ""
        return Application(
            **row,
            members=tuple(_member(r) for r in self._rows_of("household_members", application_id)),
            facts=tuple(_fact(r) for r in self._rows_of("facts", application_id)),
            choices=tuple(_choice(r) for r in self._rows_of("choices", application_id)),
        )

    def _rows_of(self, name: str, application_id: str) -> list[dict[str, Any]]:
        table = self[name]
        return [table.row(i) for i in table.index.get(application_id, [])]


def _truth(flag: object) -> bool | None:
    return {"yes": True, "no": False}.get(str(flag))


def _member(row: dict[str, Any]) -> Member:
    row.pop("application_id")
    for flag in ("is_married", "is_pensioner", "is_self_employed"):
        row[flag] = _truth(row[flag])
    return Member(**row)


def _fact(row: dict[str, Any]) -> Fact:
    row.pop("application_id")
    return Fact(**row)


def _choice(row: dict[str, Any]) -> Choice:
    row.pop("application_id")
    return Choice(**row)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise TypeError(f"cannot hash a {type(value).__name__}")
