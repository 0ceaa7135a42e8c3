"""Choices: not too many, ranked one after the other, each place once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.checks.applications import ACTIVE
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Frame
from allocation.model import MISSING_INTEGER


def check(draft: Draft) -> Iterator[Problem]:
    """The choices of each application, together."""
    choices, applications = draft["choices"], draft["applications"]
    most = draft.most_choices
    ranked: dict[str, list[tuple[int, int]]] = {}
    for idx, (application, rank) in enumerate(
        zip(choices["application_id"].tolist(), choices["rank"].tolist(), strict=True)
    ):
        if application:
            ranked.setdefault(application, []).append((rank, idx))
    for pairs in ranked.values():
        if most is not None and len(pairs) > most:
            yield choices.problem(
                pairs[most][1], "rank", "register.too_many_choices", found=len(pairs), most=most
            )
        ranks = sorted({rank for rank, _ in pairs if rank != MISSING_INTEGER})
        is_complete = all(rank != MISSING_INTEGER for rank, _ in pairs)
        if is_complete and ranks != list(range(1, len(ranks) + 1)):
            yield choices.problem(
                pairs[0][1],
                "rank",
                "register.choice_ranks",
                found=", ".join(str(r) for r in ranks),
                expected=", ".join(str(r) for r in range(1, len(ranks) + 1)),
            )
    yield from _twice(choices)
    if draft.is_known("choices"):
        has_choice = np.array([a in ranked for a in applications["application_id"]], dtype=bool)
        is_active = applications.is_choice("status", *ACTIVE)
        yield from applications.problems_at(
            is_active & ~has_choice, "application_id", "register.no_choice"
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
