"""``reform.json``: a whole comparison as plain values, free of any language."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from allocation.model import Register
from scenarios.reform import cases, figures
from scenarios.reform.arms import Arm, arms, hold
from scenarios.reform.bands import bands
from scenarios.reform.comparison import Comparison, compare
from scenarios.reform.differences import differences, each_alone
from scenarios.reform.pooled import pooled
from scenarios.reform.reform_file import Reform, rulebook_of

SCHEMA = "reform/1"
REGION = "region"
COLUMNS = (
    "application_id", "rank_before", "rank_after", "places_moved", "points_before",
    "points_after", "bedrooms_before", "bedrooms_after", "dwelling_before", "dwelling_after",
)  # fmt: skip
GROUP_COLUMNS = ("value", *figures.COUNTED, "points_gained", "moved")


def reformed(
    register: Register, reform: Reform, *, on: date, is_outside: bool = False
) -> tuple[Comparison, dict[str, Any]]:
    """
    Hold the meeting of a register as it is and under a reform, and tell what changes.

    Parameters
    ----------
    register
        A snapshot with its meeting.
    reform
        What to compare with.
    on
        The day of both meetings.
    is_outside
        For a reader outside the company: aggregates in cells of ten or more, and look-alikes
        instead of households.

    Raises
    ------
    ProblemsError, ReformError, InfeasibleError
        As ``arms`` and ``hold``.
    """
    before, after = arms(register, reform, on=on)
    compared = compare(hold(before), hold(after))
    told = _told(before, after, reform, compared, on=on, is_outside=is_outside)
    told["alone"] = _alone(register, reform, compared, on=on, is_outside=is_outside)
    return compared, told


def reformed_together(
    registers: Sequence[Register],
    reform: Reform,
    *,
    on: date,
    tell: Callable[[int], None] | None = None,
) -> tuple[Comparison, dict[str, Any]]:
    """
    The same over the registers of several companies, for a reader outside all of them.

    Each company holds its own meetings; only what they come to together is told. Changes are
    not told one by one. ``tell``: called with the number of registers done after each.

    Raises
    ------
    ProblemsError, ReformError, InfeasibleError
        As ``arms`` and ``hold``; ``reform.other_rules``.
    """
    found = []
    for register in registers:
        before, after = arms(register, reform, on=on)
        found.append(compare(hold(before), hold(after)))
        if tell is not None:
            tell(len(found))
    whole = pooled(found)
    sides = whole.before.held.arm, whole.after.held.arm
    told = _told(*sides, reform, whole, on=on, is_outside=True)
    hashes = sorted(register.content_hash for register in registers)
    told |= {
        "slsp_id": REGION,
        "kind": "demo" if any(r.kind == "demo" for r in registers) else "real",
        "draw_seed": "",
        "register_hash": hashlib.sha256("".join(hashes).encode()).hexdigest(),
        "quotas": figures.quotas_together(found),
        "alone": [],
    }
    return whole, told


def _told(
    before: Arm, after: Arm, reform: Reform, c: Comparison, *, on: date, is_outside: bool
) -> dict[str, Any]:
    found = figures.totals(c)
    draft = reform.draft
    return {
        "schema": SCHEMA,
        "kind": before.register.kind,
        "slsp_id": before.register.slsp_id,
        "on": on.isoformat(),
        "draw_seed": before.meeting.draw_seed,
        "audience": "outside" if is_outside else "company",
        "register_hash": before.register.content_hash,
        "rulebook_hash": {
            "before": before.rulebook.content_hash,
            "after": after.rulebook.content_hash,
        },
        "label": {"before": dict(before.label), "after": dict(after.label)},
        "starts_on": draft.from_.isoformat() if draft else None,
        "is_taken_as_in_force": bool(draft and draft.from_ > on),
        "differences": [asdict(d) for d in differences(before, after)],
        "totals": figures.shown_each(found) if is_outside else found,
        "profiles": figures.by_profile(c, hides=is_outside),
        "bands": bands(c, hides=is_outside),
        "lines": figures.lines(c, hides=is_outside),
        "quotas": figures.quotas(c, hides=is_outside),
        "waits": figures.waits(c, hides=is_outside),
        "cases": cases.look_alikes(c) if is_outside else cases.households(c),
    }


def _alone(
    register: Register, reform: Reform, whole: Comparison, *, on: date, is_outside: bool
) -> list[dict[str, Any]]:
    """What each change does without the others, beside all of them together."""
    rows = []
    for key, part in each_alone(reform):
        book = None
        if part.draft is not None and reform.place is not None:
            book = rulebook_of(part.draft, reform.place, on=on)
        _, after = arms(register, replace(part, rulebook=book), on=on)
        rows.append((key, compare(whole.before.held, hold(after))))
    told: list[dict[str, Any]] = [{"key": key, **figures.effect(c)} for key, c in rows]
    if told:
        told.append({"key": "", **figures.effect(whole)})
    if is_outside:
        return [{"key": row.pop("key"), **figures.shown_each(row)} for row in told]
    return told


def groups_csv(told: dict[str, Any]) -> str:
    """Winners and losers by profile, one line a group; empty where a figure is not to be shown."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("dimension", *GROUP_COLUMNS))
    for dimension, rows in told["profiles"].items():
        for row in rows:
            cells = ("" if row[name] is None else row[name] for name in GROUP_COLUMNS)
            out.writerow((dimension, *cells))
    return text.getvalue()


def households_csv(c: Comparison) -> str:
    """Everybody to whom something happens, one line each, in the order of today."""
    first, second = c.before.held.assessments, c.after.held.assessments
    rows = cases.changed(c).nonzero()[0]
    rows = rows[c.before.rank[rows].argsort(kind="stable")]
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for row in rows.tolist():
        out.writerow(
            (
                first.application_ids[row],
                c.before.rank[row] or "",
                c.after.rank[row] or "",
                c.moved[row],
                first.points[row],
                second.points[row],
                first.bedrooms[row],
                second.bedrooms[row],
                c.before.dwelling[row],
                c.after.dwelling[row],
            )
        )
    return text.getvalue()
