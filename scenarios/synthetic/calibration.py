"""The figures behind the synthetic register, each with its status, and shares read from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from allocation.errors import HousingError

_STATUSES = frozenset({"verified", "secondary", "derived", "unverified", "assumed"})
_ABOUT_THE_FILE = frozenset({"meta", "sources"})
_ROUNDING = 1e-6


class CalibrationError(HousingError):
    """A figure of the calibration is missing or cannot be what it says."""

    code: ClassVar[str] = "synth.bad_calibration"


@dataclass(frozen=True)
class Figure:
    """
    One figure: its value, how well it is known, and where it was read.

    ``status``: ``verified`` (official source), ``secondary`` (press or third party),
    ``derived`` (computed from others), ``unverified``, ``assumed`` (no figure found).
    ``range``: what a sensitivity run should cover, empty when nothing is said.
    """

    key: str
    value: Any
    status: str
    unit: str = ""
    year: str = ""
    source: str = ""
    note: str = ""
    range: tuple[float, ...] = ()


@cache
def figures() -> Mapping[str, Figure]:
    """Every figure of ``calibration.yaml``, ``generator.yaml`` and ``simulator.yaml``."""
    found = {
        **_figures_of("calibration.yaml"),
        **_figures_of("generator.yaml", "generator."),
        **_figures_of("simulator.yaml", "simulator."),
    }
    return MappingProxyType(found)


def figure(key: str) -> Any:
    """
    The value of one figure.

    Raises
    ------
    CalibrationError
        ``synth.bad_calibration``: no figure of that name.
    """
    try:
        return figures()[key].value
    except KeyError:
        raise CalibrationError(f"no figure {key!r} in the calibration", key=key) from None


def shares(key: str) -> dict[str, float]:
    """
    A distribution: label -> share, adding up to one.

    Raises
    ------
    CalibrationError
        ``synth.bad_calibration``: shares are negative or do not add up to one.
    """
    found = {str(label): float(share) for label, share in figure(key).items()}
    if min(found.values()) < 0 or abs(sum(found.values()) - 1) > _ROUNDING:
        raise CalibrationError(f"{key}: shares must add up to 1", key=key)
    return found


def pick(uniforms: npt.NDArray[np.float64], among: Mapping[str, float]) -> npt.NDArray[np.int64]:
    """
    Position in ``among`` drawn by each uniform (inverse of the cumulative shares).

    Shapes
    ------
    uniforms : any shape; result : the same
    """
    steps = np.cumsum(list(among.values()))
    return np.minimum(
        np.searchsorted(steps / steps[-1], uniforms, side="right"), len(steps) - 1
    ).astype(np.int64)


def _figures_of(name: str, prefix: str = "") -> dict[str, Figure]:
    from ruamel.yaml import YAML

    text = files("scenarios.synthetic").joinpath("data", name).read_text(encoding="utf-8")
    sections = YAML(typ="safe", pure=True).load(text)
    found = {}
    for section, entries in sections.items():
        if section in _ABOUT_THE_FILE:
            continue
        for entry, fields in entries.items():
            key = f"{prefix}{section}.{entry}"
            if fields.get("status") not in _STATUSES:
                raise CalibrationError(f"{name}: {key} has no known status", key=key)
            found[key] = Figure(
                key,
                fields["value"],
                fields["status"],
                unit=str(fields.get("unit", "")),
                year=str(fields.get("year", "")),
                source=str(fields.get("source", "")),
                note=str(fields.get("note", "")),
                range=tuple(float(bound) for bound in fields.get("range", ())),
            )
    return found
