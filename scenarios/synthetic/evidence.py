"""Rows of facts: a value, a proof or none, its date and who issued it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure, pick

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Texts = npt.NDArray[np.object_]

HOUSEHOLD = -1


@dataclass(frozen=True, eq=False)
class FactRows:
    """
    Facts of many households, one element per fact.

    ``owner`` is a position among the households, ``place`` the member's place or
    ``HOUSEHOLD``; ``value`` is empty when not established, ``proof`` when none is on file.
    """

    owner: Int
    place: Int
    fact: Texts
    value: Texts
    proof: Texts
    issued_on: Days
    issuer: Texts


@dataclass
class FactFile:
    """Gathers facts, drawing for each its proof, its date, and what is missing on purpose."""

    streams: Streams
    entities: Int
    on: date
    _parts: list[FactRows] = field(default_factory=list)

    def add(
        self,
        fact: str,
        holders: Flags,
        *,
        value: str | Texts | Days = "yes",
        place: int = 0,
        proofs: str = "",
        is_certain: bool = False,
    ) -> None:
        """
        Record a fact for the households marked.

        Parameters
        ----------
        fact
            Code of the rulebook's catalogue of facts.
        holders
            Which households, (n,).
        value
            The same for all, or one for every household, (n,); dates are written in ISO form.
        place
            Place of the member concerned, or ``HOUSEHOLD``.
        proofs
            Row of ``evidence.yaml`` when it is not the fact's own name.
        is_certain
            The value is always established (the proof may still be missing).
        """
        rows = np.flatnonzero(holders)
        if not len(rows):
            return
        kind = proofs or fact
        drawn = self.streams.uniforms(
            f"fact {fact}", self.entities[rows], others=place + 1, width=4
        )
        unknown = (drawn[:, 0] < figure("generator.circumstances.value_unknown_share")) & (
            not is_certain
        )
        lacks = unknown | (drawn[:, 1] < figure("generator.circumstances.proof_missing_share"))
        among = evidence()["proofs"][kind]
        proof = np.array(list(among), dtype=object)[pick(drawn[:, 2], among)]
        low, high = evidence()["age_days"].get(kind, evidence()["age_days"]["default"])
        age = (low + np.floor(drawn[:, 3] * (high - low + 1))).astype("timedelta64[D]")
        issued = np.datetime64(self.on, "D") - age
        issuers = np.array([evidence()["issuers"][p] for p in proof.tolist()], dtype=object)
        self._parts.append(
            FactRows(
                owner=rows,
                place=np.full(len(rows), place, dtype=np.int64),
                fact=np.full(len(rows), fact, dtype=object),
                value=np.where(unknown, "", _texts(value, rows)),
                proof=np.where(lacks, "", proof),
                issued_on=np.where(lacks, np.datetime64("NaT", "D"), issued),
                issuer=np.where(lacks, "", issuers),
            )
        )

    def rows(self) -> FactRows:
        """Everything recorded so far."""
        return FactRows(
            *(
                np.concatenate([getattr(part, name) for part in self._parts])
                for name in FactRows.__dataclass_fields__
            )
        )


@cache
def evidence() -> Mapping[str, Any]:
    """Content of ``evidence.yaml``: proofs of each fact, their age, their issuers."""
    from ruamel.yaml import YAML

    folder = files(__package__).joinpath("data")
    text = folder.joinpath("evidence.yaml").read_text(encoding="utf-8")
    return MappingProxyType(YAML(typ="safe", pure=True).load(text))


def _texts(value: str | Texts | Days, rows: Int) -> Texts:
    if isinstance(value, str):
        return np.full(len(rows), value, dtype=object)
    found = np.empty(len(rows), dtype=object)
    found[:] = value[rows].astype(str)
    return found
