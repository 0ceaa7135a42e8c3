"""Choices: not too many, ranked one after the other, each place once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.checks.applications import ACTIVE
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Array, Frame, positions
from allocation.model import MISSING_INTEGER


def check(draft: Draft) -> Iterator[Problem]:
    """The choices of each application, together."""
    choices, applications = draft["choices"], draft["applications"]
    at = choices.rows_of(choices["application_id"].tolist(), applications)
    n_choices = np.bincount(at[at >= 0], minlength=len(applications))
    if draft.most_choices is not None:
        yield from _too_many(choices, at, n_choices, most=draft.most_choices)
    yield from _ranks(choices, at, n_choices)
    yield from _twice(choices)
    if draft.is_known("choices"):
        is_active = applications.is_choice("status", *ACTIVE)
        yield from applications.problems_at(
            is_active & (n_choices == 0), "application_id", "register.no_choice"
        )


def _too_many(choices: Frame, at: Array, n_choices: Array, *, most: int) -> Iterator[Problem]:
    """Told once per application, at its first choice beyond the most."""
    for application in positions(n_choices > most):
        rows = np.flatnonzero(at == application)
        yield choices.problem(
            rows[most], "rank", "register.too_many_choices", found=len(rows), most=most
        )


def _ranks(choices: Frame, at: Array, n_choices: Array) -> Iterator[Problem]:
    """
    Ranks are 1, 2, 3 without a gap; a rank given twice is a key given twice, told elsewhere.

    Ranks that are distinct and whole are 1 to n when the lowest is 1 and the highest is n.
    """
    rank = choices["rank"]
    known = (at >= 0) & (rank != MISSING_INTEGER)
    order = np.lexsort((rank, at))
    order = order[known[order]]
    is_again = np.zeros(len(order), dtype=bool)
    is_again[1:] = (at[order][1:] == at[order][:-1]) & (rank[order][1:] == rank[order][:-1])
    order = order[~is_again]
    owners = at[order]
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(owners) else owners
    expected = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)])) + 1
    for application in sorted(set(owners[rank[order] != expected].tolist())):
        of_it = order[owners == application]
        if np.count_nonzero(known & (at == application)) == n_choices[application]:
            yield choices.problem(
                int(of_it.min()),
                "rank",
                "register.choice_ranks",
                found=", ".join(str(r) for r in rank[of_it]),
                expected=", ".join(str(r) for r in range(1, len(of_it) + 1)),
            )


def _twice(choices: Frame) -> Iterator[Problem]:
    first: dict[tuple[str, str, str], int] = {}
    places = zip(
        choices["application_id"].tolist(),
        choices["nis5"].tolist(),
        choices["section_id"].tolist(),
        strict=True,
    )
    for idx, place in enumerate(places):
        if place[0] and place[1] and first.setdefault(place, idx) != idx:
            yield choices.problem(
                idx,
                "nis5",
                "register.choice_twice",
                value=" / ".join(part for part in place[1:] if part),
                first=choices.rows[first[place]],
            )
