"""Communes and sections: known, under Walloon rules, and agreeing with each other."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

import numpy as np

from allocation.errors import Problem
from allocation.exchange.cells import Fault
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Frame, positions
from allocation.territory import Commune, communes, companies, postal_codes

WITH_COMMUNE = ("choices", "sections", "dwellings", "allocations_ytd")
WITH_SECTION = ("choices", "dwellings")
WITH_COMPANY = (("applications", "reference_slsp_id"), ("dwellings", "slsp_id"))


def check(draft: Draft) -> Iterator[Problem]:
    """Every commune, section and company named in the tables."""
    for table in WITH_COMMUNE:
        yield from draft[table].problems_by_value("nis5", commune_fault)
    for table in WITH_SECTION:
        yield from _sections(draft[table], draft["sections"])
    for table, column in WITH_COMPANY:
        yield from _companies(draft[table], column)


def commune_fault(value: str) -> Fault | None:
    """Why a commune cannot stand in a Walloon register; ``None`` when it can."""
    commune = communes().get(value)
    if commune is None:
        facts = (("value", value), ("suggestion", _closest_commune(value)))
        return Fault("register.unknown_commune", facts)
    if commune.is_in_walloon_scheme:
        return None
    code = {"DG": "register.commune_outside_walloon_rules", "RBC": "register.commune_of_brussels"}
    return Fault(code[commune.competence], (("value", value), ("name", commune.name_fr)))


def _closest_commune(value: str) -> str:
    """
    A Walloon commune whose postal code or name was written, or nearly its code; empty if none.

    Codes one digit apart are neighbours at random, so a code is near only when two digits were
    exchanged or one was left out or doubled.
    """
    walloon = {n: c for n, c in communes().items() if c.is_in_walloon_scheme}
    by_post = [n for n in postal_codes().get(value, ()) if n in walloon]
    if by_post:
        return _named(walloon[by_post[0]])
    by_name = {c.name_fr.casefold(): c for c in walloon.values()}
    close = get_close_matches(value.casefold(), by_name, n=1, cutoff=0.7)
    if close:
        return _named(by_name[close[0]])
    close = [n for n in sorted(walloon) if _is_slip(value, n)]
    return _named(walloon[close[0]]) if len(close) == 1 else ""


def _is_slip(written: str, code: str) -> bool:
    """Whether two neighbours were exchanged, or one digit left out or added, while typing."""
    shorter, longer = sorted((written, code), key=len)
    if len(longer) == len(shorter) + 1:
        return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
    if len(longer) != len(shorter):
        return False
    differ = [i for i, (a, b) in enumerate(zip(written, code, strict=True)) if a != b]
    first = differ[0] if len(differ) == 2 and differ[1] == differ[0] + 1 else None
    return first is not None and written[first : first + 2] == code[first : first + 2][::-1]


def _named(commune: Commune) -> str:
    return f"{commune.nis5} ({commune.name_fr})"


def _sections(frame: Frame, sections: Frame) -> Iterator[Problem]:
    """A section exists (dwellings are covered by their reference) and is in the commune named."""
    at = frame.rows_of(frame["section_id"].tolist(), sections)
    is_given = frame.filled("section_id")
    if not frame.schema.column("section_id").references:
        for idx in positions(is_given & (at < 0)):
            yield frame.problem(
                idx,
                "section_id",
                "register.unknown_reference",
                value=frame["section_id"][idx],
                file=sections.where,
                identifier="section_id",
            )
    found = is_given & (at >= 0)
    for idx in positions(found):
        commune = sections["nis5"][at[idx]]
        if commune and frame["nis5"][idx] and commune != frame["nis5"][idx]:
            yield frame.problem(
                idx,
                "section_id",
                "register.section_outside_commune",
                value=frame["section_id"][idx],
                section_commune=_display(commune),
                commune=_display(frame["nis5"][idx]),
            )


def _display(nis5: str) -> str:
    commune = communes().get(nis5)
    return _named(commune) if commune else nis5


def _companies(frame: Frame, column: str) -> Iterator[Problem]:
    """A company that is not on the list is told once, at its first row: the list has gaps."""
    first: dict[str, int] = {}
    for idx, value in enumerate(frame[column].tolist()):
        if value and value not in companies():
            first.setdefault(value, idx)
    for value, idx in first.items():
        close = get_close_matches(value, companies(), n=1, cutoff=0.8)
        n = int(np.count_nonzero(frame[column] == value))
        yield frame.problem(
            idx,
            column,
            "register.unknown_company",
            value=value,
            suggestion=close[0] if close else "",
            rows=n,
        )
