"""The quotas of a register in and out of their rows; which set is in force on a day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from allocation.exchange.entries import QuotaEntry, quota_values
from allocation.model import QuotaRule
from api.db.tables.quotas import quota_set

FROM_FILES = 0  # sequence of the quotas that the register's files brought


@dataclass(frozen=True)
class InForce:
    """A set in force: its sequence and its quotas."""

    sequence: int
    quotas: tuple[QuotaRule, ...]


def set_in_force(connection: sa.Connection, register_id: str, on: date | None) -> InForce | None:
    """
    The latest set begun by a day; ``None`` while the quotas of the register's files hold.

    Without a day, the set that begins last.
    """
    query = sa.select(quota_set).where(quota_set.c.register_id == register_id)
    if on is not None:
        query = query.where(quota_set.c.in_force_from <= on)
    latest = query.order_by(quota_set.c.in_force_from.desc(), quota_set.c.sequence.desc()).limit(1)
    row = connection.execute(latest).one_or_none()
    if row is None:
        return None
    return InForce(row.sequence, read_quotas(row.quotas))


def quotas_text(quotas: Iterable[QuotaRule]) -> str:
    """Quotas as `quotas.yaml` holds them, in JSON."""
    values = [quota_values(q) for q in quotas]
    return json.dumps(values, ensure_ascii=False, default=date.isoformat)


def read_quotas(text: str) -> tuple[QuotaRule, ...]:
    """The quotas of a row."""
    return tuple(quota_of(values) for values in json.loads(text))


def quota_of(values: Any) -> QuotaRule:
    """One quota from its plain values."""
    entry = QuotaEntry.model_validate_json(json.dumps(values))
    share = Fraction(entry.share) if entry.share else None
    return entry.quota(share, [Fraction(step.share) for step in entry.steps])
