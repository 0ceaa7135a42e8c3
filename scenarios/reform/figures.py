"""The figures of a comparison, as plain values: what the file, the page and the terminal tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.quotas import Resolved
from allocation.small_cells import FEWEST_SHOWN, hidden
from scenarios.reform.comparison import Comparison, Flags, Ints, Side
from scenarios.streams import streams

_RESAMPLES = 2000
_CHUNK = 200
_PURPOSE = "reform/waits"
COUNTED = ("n", "up", "down", "served_before", "served_after", "gained", "lost")


def totals(c: Comparison) -> dict[str, int]:
    """How many of everything that may happen to an application; they reconcile."""
    both, before, after = c.is_in_both, c.before, c.after
    first, second = before.held.assessments, after.held.assessments
    return {
        "applications": len(both),
        "ranked_before": _n(before.is_ranked),
        "ranked_after": _n(after.is_ranked),
        "entering": _n(c.is_entering),
        "leaving": _n(c.is_leaving),
        "in_both": _n(both),
        "up": _n(c.moved < 0),
        "down": _n(c.moved > 0),
        "same_place": _n(both & (c.moved == 0)),
        "more_points": _n(c.points_gained > 0),
        "fewer_points": _n(c.points_gained < 0),
        "other_bedrooms": _n(both & (first.bedrooms != second.bedrooms)),
        "other_income_category": _n(both & (first.income_category != second.income_category)),
        "served_before": _n(before.is_served),
        "served_after": _n(after.is_served),
        "gained": _n(c.gains_dwelling),
        "lost": _n(c.loses_dwelling),
        "other_dwelling": _n(
            before.is_served & after.is_served & (before.dwelling != after.dwelling)
        ),
    }


def effect(c: Comparison) -> dict[str, int]:
    """The figures by which changes are compared with one another."""
    found = totals(c)
    return {k: found[k] for k in ("entering", "leaving", "up", "down", "gained", "lost")}


def by_profile(c: Comparison, *, hides: bool) -> dict[str, list[dict[str, Any]]]:
    """
    The same by profile, one list a dimension, the largest groups first.

    With ``hides`` a figure under ten is ``None``, and so is one that the total would give back.
    """
    return {name: _groups(c, values, hides=hides) for name, values in c.profile.items()}


def _groups(c: Comparison, values: npt.NDArray[Any], *, hides: bool) -> list[dict[str, Any]]:
    concerned = c.before.is_ranked | c.after.is_ranked
    flags: dict[str, Flags] = {
        "n": concerned,
        "up": c.moved < 0,
        "down": c.moved > 0,
        "served_before": c.before.is_served,
        "served_after": c.after.is_served,
        "gained": c.gains_dwelling,
        "lost": c.loses_dwelling,
    }
    names = sorted({str(v) for v in values[concerned]})
    rows = {}
    for name in names:
        here = values == name
        both = here & c.is_in_both
        rows[name] = {
            "value": name,
            **{key: _n(flag & here) for key, flag in flags.items()},
            "points_gained": _mean(c.points_gained[both]),
            "moved": _median(c.moved[both]),
        }
    if hides:
        _hide(rows)
    return sorted(rows.values(), key=lambda r: (-(r["n"] or 0), r["value"]))


def _hide(rows: dict[str, dict[str, Any]]) -> None:
    for key in COUNTED:
        for name in hidden({n: r[key] for n, r in rows.items() if r[key]}):
            rows[name][key] = None
    for row in rows.values():
        if row["n"] is None:
            row.update(dict.fromkeys((*COUNTED, "points_gained", "moved")))


def lines(c: Comparison, *, hides: bool) -> list[dict[str, Any]]:
    """
    What became of each line of points: who holds it, and who of them has fewer points.

    What a standstill examination asks for: which protection becomes weaker, and for how many.
    """
    first, second = c.before.held, c.after.held
    here, there = first.session.rulebook, second.session.rulebook
    on, settings = first.arm.meeting.meeting_on, first.arm.meeting.settings
    later = second.arm.meeting.settings
    codes = dict.fromkeys((*first.assessments.lines, *second.assessments.lines))
    found = []
    for code in codes:
        holds = c.is_in_both & (_holds(c.before, code) | _holds(c.after, code))
        losing = holds & (c.points_gained < 0)
        was = here.points(here.lines[code], on, settings) if code in first.assessments.lines else 0
        will = 0
        if code in second.assessments.lines:
            will = there.points(there.lines[code], on, later)
        row: dict[str, Any] = {
            "code": code,
            "points_before": was,
            "points_after": will,
            "holders": _n(holds),
            "losing": _n(losing),
        }
        if hides:
            row |= {k: shown(row[k]) for k in ("holders", "losing")}
        found.append(row)
    return found


def _holds(side: Side, code: str) -> Flags:
    assessed = side.held.assessments
    if code not in assessed.lines:
        return np.zeros(len(side.rank), dtype=np.bool_)
    at = assessed.lines.index(code)
    holds: Flags = (assessed.housing_line == at) | (assessed.personal_line == at)
    return holds


def quotas(c: Comparison, *, hides: bool) -> list[dict[str, Any]]:
    """Each quota of either side: kind, seats at this meeting, used, missing."""
    sides = [_quotas_of(side, hides=hides) for side in (c.before, c.after)]
    names = sorted({*sides[0], *sides[1]})
    return [
        {"quota_id": name, "before": sides[0].get(name), "after": sides[1].get(name)}
        for name in names
    ]


def quotas_together(found: Sequence[Comparison]) -> list[dict[str, Any]]:
    """The quotas of several companies added up by name, for readers outside."""
    every = [quotas(c, hides=False) for c in found]
    names = sorted({row["quota_id"] for rows in every for row in rows})
    told = []
    for name in names:
        mine = [row for rows in every for row in rows if row["quota_id"] == name]
        sides = {side: _added([r[side] for r in mine if r[side]]) for side in ("before", "after")}
        told.append({"quota_id": name, **sides})
    return told


def _added(found: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    if not found:
        return None
    total = {k: sum(one[k] for one in found) for k in ("seats", "used", "missing")}
    used = shown(total["used"])
    return {
        "kind": found[0]["kind"],
        "seats": total["seats"],
        "used": used,
        "missing": None if used is None else total["missing"],
        "mark": found[0]["mark"],
    }


def _quotas_of(side: Side, *, hides: bool) -> dict[str, dict[str, Any]]:
    held = side.held
    return {
        r.rule.quota_id: {
            "kind": r.rule.kind,
            "seats": r.seats,
            "used": shown(used) if hides else used,
            "missing": _missing(r, used, hides=hides),
            "mark": r.mark,
        }
        for r, used in zip(held.resolved, held.used, strict=True)
    }


def _missing(quota: Resolved, used: int, *, hides: bool) -> int | None:
    """Members a floor lacks; hidden where it would tell how many it has."""
    if hides and shown(used) is None:
        return None
    return max(0, quota.seats - used) if quota.rule.kind == "floor" else 0


def waits(c: Comparison, *, hides: bool) -> dict[str, Any]:
    """
    Days the households of the points list waited that are proposed a dwelling, on each side.

    Intervals of 95 % by resampling the households served on either side, the same ones for both
    (percentile bootstrap of a named stream): what they tell is how far so few households may
    speak for others, and nothing of the waits of those not served. With ``hides`` a side of
    fewer than ten tells nothing.
    """
    served = (c.before.is_served | c.after.is_served) & c.is_on_list
    days = c.days_waited[served]
    first, second = c.before.is_served[served], c.after.is_served[served]
    order = np.lexsort((second, first, days))  # what is drawn again does not depend on the rows
    days, first, second = days[order], first[order], second[order]
    meeting = c.before.held.arm.meeting
    fewest = FEWEST_SHOWN if hides else 1
    found: dict[str, Any] = {
        "before": _told(days[first], fewest=fewest),
        "after": _told(days[second], fewest=fewest),
        "resamples": _RESAMPLES,
    }
    if min(np.count_nonzero(first), np.count_nonzero(second)) < fewest:
        return found
    random = streams(meeting.draw_seed).of(_PURPOSE)
    medians = _medians_again(days, first, second, random)
    for side, values in (("before", medians[:, 0]), ("after", medians[:, 1])):
        found[side] |= _interval(values)
    found["difference"] = {
        "median": found["after"]["median"] - found["before"]["median"],
        **_interval(medians[:, 1] - medians[:, 0]),
    }
    return found


def _medians_again(
    days: Ints, first: Flags, second: Flags, random: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Medians of both sides in each resample; (resamples, 2), without those of an empty side."""
    found = []
    for _ in range(_RESAMPLES // _CHUNK):
        rows = random.integers(0, len(days), (_CHUNK, len(days)))
        again = days[rows].astype(np.float64)
        with np.errstate(invalid="ignore"):
            sides = [np.where(flag[rows], again, np.nan) for flag in (first, second)]
        whole = np.all([np.isfinite(s).any(axis=1) for s in sides], axis=0)
        found.append(np.stack([np.nanmedian(s[whole], axis=1) for s in sides], axis=1))
    return np.concatenate(found)


def _interval(values: npt.NDArray[np.float64]) -> dict[str, int]:
    low, high = np.quantile(values, [0.025, 0.975])
    return {"low": round(float(low)), "high": round(float(high))}


def _told(days: Ints, *, fewest: int) -> dict[str, Any]:
    if len(days) < fewest:
        return {"n": None if len(days) else 0, "median": None, "nine_tenths": None}
    median, ninth = np.quantile(days, [0.5, 0.9])
    return {"n": len(days), "median": round(float(median)), "nine_tenths": round(float(ninth))}


def shown(n: int) -> int | None:
    """A figure as a reader outside the company may see it."""
    return n if n == 0 or n >= FEWEST_SHOWN else None


def shown_each(found: Mapping[str, int]) -> dict[str, int | None]:
    """Figures as a reader outside the company may see them."""
    return {name: shown(n) for name, n in found.items()}


def _n(flags: Flags) -> int:
    return int(np.count_nonzero(flags))


def _mean(values: Ints) -> float | None:
    return round(float(values.mean()), 3) if len(values) else None


def _median(values: Sequence[int] | Ints) -> int | None:
    return int(np.median(values)) if len(values) else None
