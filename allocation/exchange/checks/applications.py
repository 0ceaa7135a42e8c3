"""Applications: one active application per household, and transfers that can be ordered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Array, Frame

ACTIVE = ("admitted", "incomplete")
TRANSFER_COLUMNS = ("transfer_nature", "transfer_requested_on")


def check(draft: Draft) -> Iterator[Problem]:
    """What the rows of applications say together."""
    frame = draft["applications"]
    is_transfer = frame.is_choice("list", "transfer")
    is_active = frame.is_choice("status", *ACTIVE)
    for name in TRANSFER_COLUMNS:
        filled = frame.filled(name)
        yield from frame.problems_at(
            is_active & is_transfer & ~filled, name, "register.transfer_incomplete"
        )
        yield from frame.problems_at(
            ~is_transfer & filled & frame.is_choice("list", "candidate"),
            name,
            "register.transfer_of_a_candidate",
        )
    yield from frame.problems_at(
        frame.filled("bedrooms_exception") & ~frame.filled("bedrooms_exception_reason"),
        "bedrooms_exception_reason",
        "register.exception_without_reason",
    )
    if draft.is_known("applications"):
        yield from _active_twice(frame, draft["household_members"], draft.national_numbers)


def _active_twice(applications: Frame, members: Frame, numbers: Array) -> Iterator[Problem]:
    """
    One household, one active application.

    The same adult in two active applications is an error. A child may live with each parent in
    turn, so a child is an error only when it is said to live in both all the time, and a warning
    when nothing is said. Adults of the same names and birth date are told when a number that
    would tell them apart is missing.
    """
    at = members.rows_of(members["application_id"].tolist(), applications)
    is_active = np.zeros(len(members), dtype=bool)
    if len(applications):
        is_active = (at >= 0) & applications.is_choice("status", *ACTIVE)[at]
    is_child = members.is_choice("role", "child")
    has_number = is_active & (numbers >= 0)
    stays = ~is_child | members.is_choice("lodging", "full")
    yield from _same(members, has_number & stays, numbers, "register.active_twice")
    stays |= ~members.filled("lodging")
    yield from _same(
        members, has_number & stays & is_child, numbers, "register.child_in_two_households",
        only=~members.filled("lodging"),
    )  # fmt: skip
    yield from _resembling(members, is_active & ~is_child, numbers)


def _same(
    members: Frame, counted: Array, numbers: Array, code: str, *, only: Array | None = None
) -> Iterator[Problem]:
    """Later rows of a number among those counted; with `only`, pairs that concern one of those."""
    applications = members["application_id"].tolist()
    first: dict[int, int] = {}
    for idx in np.flatnonzero(counted).tolist():
        before = first.setdefault(int(numbers[idx]), idx)
        if before == idx or not (only is None or only[idx] or only[before]):
            continue
        if applications[before] == applications[idx]:
            yield members.problem(
                idx, "national_number", "register.person_twice", first=members.rows[before]
            )
        else:
            yield members.problem(
                idx, "national_number", code,
                application=applications[idx], other=applications[before],
                first=members.rows[before],
            )  # fmt: skip


def _resembling(members: Frame, counted: Array, numbers: Array) -> Iterator[Problem]:
    born = members["born_on"].astype(np.int64).tolist()
    usable = counted & members.filled("born_on") & members.filled("family_name")
    first: dict[tuple[str, str, int], int] = {}
    applications = members["application_id"].tolist()
    for idx in np.flatnonzero(usable).tolist():
        family = members["family_name"][idx].casefold()
        given = members["given_name"][idx].casefold()
        before = first.setdefault((family, given, born[idx]), idx)
        is_told_apart = numbers[before] >= 0 and numbers[idx] >= 0
        if before != idx and applications[before] != applications[idx] and not is_told_apart:
            yield members.problem(
                idx, "family_name", "register.perhaps_active_twice",
                application=applications[idx], other=applications[before],
                first=members.rows[before],
            )  # fmt: skip
