"""How long snapshots and results are kept: read from ``retention.yaml``, each with its mark."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from api.erasure.retention import Source

FILE = Path(__file__).with_name("retention.yaml")
SNAPSHOT, CHECKPOINT, RESULT = "snapshot", "checkpoint", "result"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeepingRule(_Strict):
    """How long one part of a study is kept, and why."""

    part: Literal["snapshot", "result"]
    counted_from: Literal["frozen_at", "done_at"]
    keep_days: int = Field(ge=0)
    source: Source


class _Rules(_Strict):
    verified_on: date
    rules: tuple[KeepingRule, ...]


@cache
def keeping_rules() -> dict[str, KeepingRule]:
    """The rules, by the part of a study they are about."""
    with FILE.open(encoding="utf-8") as file:
        rules = _Rules.model_validate(YAML(typ="safe", pure=True).load(file)).rules
    return {rule.part: rule for rule in rules}


def kept_until(part: str, counted_from: date) -> date:
    """The last day a part is kept."""
    return counted_from + timedelta(days=keeping_rules()[part].keep_days)
