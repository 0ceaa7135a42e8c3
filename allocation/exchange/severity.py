"""How bad each problem is: errors refuse the register, warnings are told and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import ClassVar

from allocation.errors import HousingError, Problem

_FILE = Path(__file__).parent / "codes.yaml"
SEVERITIES = ("error", "warning")


class UnknownCodeError(HousingError):
    """A check used a code that `codes.yaml` does not list: an error of ours."""

    code: ClassVar[str] = "exchange.unknown_code"


@cache
def severities() -> Mapping[str, str]:
    """Code -> ``error`` or ``warning``, for every problem a register can have."""
    from ruamel.yaml import YAML

    listed: dict[str, list[str]] = YAML(typ="safe", pure=True).load(_FILE)
    return {f"register.{name}": kind for kind in SEVERITIES for name in listed[kind]}


def severity(code: str) -> str:
    """``error`` or ``warning``."""
    try:
        return severities()[code]
    except KeyError:
        raise UnknownCodeError(f"{code} is not listed in {_FILE.name}", code=code) from None


def errors_among(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that refuse the register, sorted by place."""
    return tuple(sorted({p for p in problems if severity(p.code) == "error"}))


def warnings_among(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that are only told, sorted by place."""
    return tuple(sorted({p for p in problems if severity(p.code) == "warning"}))
